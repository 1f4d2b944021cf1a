"""Which commands does one parser see and the other not? `make differ [CLONES="DIR DIR"] [PAGE=docs/quality.md]`.

Our shell reader stands beside tree-sitter-bash, on the fixtures or on repositories: each command and each assignment by
its place. What ALLOWED explains is counted, everything else is shown.
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
from differing.shell_commands import Difference, differences

FIXTURES = Path(__file__).parents[2] / "fixtures"
BEGIN, END = "<!-- differ: begin -->", "<!-- differ: end -->"


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
    for path, text in shell_scripts(root):
        scripts += 1
        result = differences(text)
        if result is None:
            unread += 1
            continue
        both += result[0]
        found += ((path, one) for one in result[1])
    return Compared(scripts, unread, both, tuple(found))


def shell_scripts(root: Path) -> Iterator[tuple[str, str]]:
    """The shell scripts of a tree, each with its text."""
    with open_tree(root) as tree:
        for path, language in discover(tree).files:
            if language == "shell":
                yield path, decode((root / path).read_bytes())


@click.command()
@click.argument("roots", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--page", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Write the table there.")
def main(roots: tuple[Path, ...], *, page: Path | None) -> None:
    """Compare the scripts of the fixtures, or below these folders."""
    every = {root.name.replace("+", "/"): compared(root) for root in roots or (FIXTURES,)}
    for name, one in every.items():
        click.echo(f"{name}: {one.scripts} scripts, {one.both:,} seen by both, {len(one.differences)} differences")
        for path, difference in one.differences:
            mark = difference.why or "FAIL"
            click.echo(f"  {path}:{difference.line}: {difference.by}: {difference.text!a}: {mark}")
    if page:
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        table = "\n".join((before + BEGIN, "", *_table(every), "", END + rest.partition(END)[2]))
        page.write_text(table, encoding="utf-8")
    sys.exit(any(one.unexplained for one in every.values()))


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


if __name__ == "__main__":
    main()
