"""Where do our readers and other people's differ? `make differ [OF=names] [CLONES="DIR DIR"] [PAGE=docs/quality.md]`.

On the fixtures or on repositories, the shell reader stands beside tree-sitter-bash, by each command and each
assignment, and the Python reader beside ruff and Semgrep, by each qualified name. What has an explanation is counted,
and everything is shown.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from chipsieve.sources.contents import decode
from chipsieve.sources.discovery import discover, open_tree
from differing.python_names import ComparedNames, compared_names
from differing.shell_commands import Difference, differences

FIXTURES = Path(__file__).parents[2] / "fixtures"
PARTS = ("shell", "names")


class Compared(NamedTuple):
    """What came of one tree: its scripts, those that tree-sitter cannot read, what both see, and each difference."""

    scripts: int
    unread: int
    both: int
    differences: tuple[tuple[str, Difference], ...]

    @property
    def unexplained(self) -> tuple[tuple[str, Difference], ...]:
        """What no row of ALLOWED explains."""
        return tuple((path, one) for path, one in self.differences if not one.why)


def compared(root: Path) -> Compared:
    """Compare every script below a folder."""
    scripts = unread = both = 0
    found: list[tuple[str, Difference]] = []
    for path, text in texts_of(root, "shell"):
        scripts += 1
        result = differences(text)
        if result is None:
            unread += 1
            continue
        both += result[0]
        found += ((path, one) for one in result[1])
    return Compared(scripts, unread, both, tuple(found))


def texts_of(root: Path, language: str) -> Iterator[tuple[str, str]]:
    """The files of a tree that are of a language, each with its text."""
    with open_tree(root) as tree:
        for path, found in discover(tree).files:
            if found == language:
                yield path, decode((root / path).read_bytes())


def compared_names_of(root: Path, *, semgrep: bool) -> ComparedNames:
    """Compare the names in every Python file below a folder."""
    return compared_names(dict(texts_of(root, "python")), semgrep=semgrep)


@click.command()
@click.argument("roots", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--of", "parts", multiple=True, type=click.Choice(PARTS), default=PARTS, help="What is compared.")
@click.option("--page", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Write the tables there.")
def main(roots: tuple[Path, ...], *, parts: tuple[str, ...], page: Path | None) -> None:
    """Compare the scripts and the Python code of the fixtures, or below these folders."""
    failed = False
    named = {root.name.replace("+", "/"): root for root in roots or (FIXTURES,)}
    for part in dict.fromkeys(parts):
        unexplained, lines = _scripts(named) if part == "shell" else _names(named)
        failed = failed or unexplained
        if page:
            _fill(page, part, lines)
    sys.exit(failed)


def _fill(page: Path, part: str, lines: list[str]) -> None:
    """Write the lines between the two comments that mark a part."""
    begin, end = f"<!-- differ {part}: begin -->", f"<!-- differ {part}: end -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    text = "\n".join((before + begin, "", *lines, "", end + rest.partition(end)[2]))
    page.write_text(text, encoding="utf-8")


def _scripts(named: dict[str, Path]) -> tuple[bool, list[str]]:
    """Whether something has no explanation, and the page's lines."""
    every = {name: compared(root) for name, root in named.items()}
    for name, one in every.items():
        click.echo(f"{name}: {one.scripts} scripts, {one.both:,} seen by both, {len(one.differences)} differences")
        for path, difference in one.differences:
            mark = difference.why or "FAIL"
            click.echo(f"  {path}:{difference.line}: {difference.by}: {difference.text!a}: {mark}")
    return any(one.unexplained for one in every.values()), list(_table(every))


def _table(every: dict[str, Compared]) -> Iterator[str]:
    """A row for each tree, then one for each difference that is allowed."""
    yield "| scripts of | scripts | not read by tree-sitter | seen by both | explained | unexplained |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, one in every.items():
        explained = len(one.differences) - len(one.unexplained)
        yield f"| {name} | {one.scripts} | {one.unread} | {one.both:,} | {explained} | {len(one.unexplained)} |"
    why = Counter(difference.why for one in every.values() for _, difference in one.differences if difference.why)
    if why:
        yield ""
        yield "| explained: tree-sitter-bash's own fault | times |"
        yield "|---|---:|"
        yield from (f"| {says} | {times} |" for says, times in sorted(why.items()))


def _names(named: dict[str, Path]) -> tuple[bool, list[str]]:
    """The same of names."""
    every = {name: compared_names_of(root, semgrep=True) for name, root in named.items()}
    for name, one in every.items():
        click.echo(f"{name}: {one.texts} files, {one.stated:,} names, {len(one.differences)} differences")
        for path, line, by, qualified, text, why in one.differences:
            click.echo(f"  {path}:{line}: {by}: {qualified} {text!a}: {why or 'FAIL'}")
    return any(one.unexplained for one in every.values()), list(_names_table(every))


def _names_table(every: dict[str, ComparedNames]) -> Iterator[str]:
    """A row for each tree, then one for each kind of difference."""
    yield "| Python of | files | not read by `ast` | names stated | by ruff too | by Semgrep too | unexplained |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, one in every.items():
        figures = f"{one.stated:,} | {one.by_ruff:,} | {one.by_semgrep:,} | {len(one.unexplained)}"
        yield f"| {name} | {one.texts} | {one.unread} | {figures} |"
    why = Counter((one.by, one.why) for tree in every.values() for one in tree.differences if one.why)
    yield ""
    yield "| explained | whose | times |"
    yield "|---|---|---:|"
    yield from (f"| {says} | {by} | {times:,} |" for (by, says), times in sorted(why.items()))


if __name__ == "__main__":
    main()
