"""How does a verdict read in a job summary? As GitHub-flavoured Markdown: the narrowing as a table, then the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from chipsieve.report.groups import untouched_vendors
from chipsieve.report.outline import CutLine, LaunchOutline, Outline, StepLine
from chipsieve.report.style import Style
from chipsieve.report.words import outline
from chipsieve.sieve.outcome import Verdict

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
SHOWN = 20


def report(verdict: Verdict, style: Style) -> str:
    """The verdict as Markdown; without `style.verbose` long lists are cut short and counted."""
    told = outline(verdict)
    shown = None if style.verbose else SHOWN
    launches = [told.main, *(told.others if style.verbose else ())] if told.main else []
    blocks = [
        "## chipsieve: which accelerators?",
        f"**{_plain(told.conclusion)}**",
        *(block for launch in launches for block in _launch(launch)),
        *_others(told, () if style.verbose else told.others),
        *_remaining(told, verbose=style.verbose),
        *_named(told),
        *(_evidence(told.main, shown) if told.main else ()),
        *_ignored(told, shown),
        *_gaps(told, shown),
        *_notices(told, shown),
        f"Policy {_plain(told.policy)}, scope {_plain(told.scope)}, catalogue of {_plain(told.date)}.",
        _plain(told.coverage),
    ]
    return "\n\n".join(blocks) + "\n"


def _launch(launch: LaunchOutline) -> Iterator[str]:
    yield f"### Launch {_code(launch.id)} ({_plain(launch.role)})"
    yield _table(("Step", "Question", "Left", "Deciding line", "Excluded"), _rows(launch.steps))
    yield from (_plain(sentence) for sentence in launch.conflict)


def _rows(steps: Iterable[StepLine]) -> Iterator[tuple[str, ...]]:
    for step in steps:
        head = (_plain(step.name), _plain(step.question), f"{step.before} → {step.after}")
        if not step.cuts:
            yield (*head, "no evidence that decides", "")
        for number, cut in enumerate(step.cuts):
            yield (*(head if number == 0 else ("", "", "")), _deciding(cut), _plain(cut.excluded))


def _deciding(cut: CutLine) -> str:
    more = f" and {len(cut.places) - 1} more" if len(cut.places) > 1 else ""
    snippet = f"<br>{_code(cut.snippet)}" if cut.snippet else ""
    return f"{_code(cut.places[0])}{more}: {_plain(cut.title)} ({cut.strength}){snippet}"


def _others(told: Outline, others: Sequence[LaunchOutline]) -> Iterator[str]:
    if others:
        rows = [(_code(one.id), _plain(one.role), f"{one.before} → {one.after}", _list(one.decided)) for one in others]
        yield _table(("Other launch", "Role", "Left", "Decided by"), rows)
    if told.uncounted:
        counted = ", ".join(f"{count} {_plain(role)}" for role, count in told.uncounted)
        yield f"Launches that do not speak for the repository: {counted}."


def _remaining(told: Outline, *, verbose: bool) -> Iterator[str]:
    yield f"### Possible: {told.possible_count} of {told.total}"
    if told.remaining_count != told.possible_count:
        yield f"In at least one launch; {told.remaining_count} remain in every one."
    if 0 < told.possible_count < told.total:
        partly = [group for group in told.possible if verbose or not group.untouched]
        rows = [(_plain(group.label), str(group.count), _list(group.families)) for group in partly]
        yield from [_table(("Architecture", "Count", "Accelerators"), rows)] if rows else []
        if len(partly) < len(told.possible):
            yield f"And every accelerator of {_plain(untouched_vendors(told.possible))}."
    yield from (_plain(sentence) for sentence in told.conflict)


def _named(told: Outline) -> Iterator[str]:
    if told.named:
        yield "### Named"
        rows = [(_plain(one.word), _places(one.places), _list(one.by), _plain(one.standing)) for one in told.named]
        yield _table(("Chip", "Where", "By", "The sieve says"), rows)


def _evidence(main: LaunchOutline, shown: int | None) -> Iterator[str]:
    notes = [f"{_plain(note.label)}: {_places(note.places)}" for note in (*main.techniques, *main.sites)]
    if notes:
        yield "### Techniques and site"
        yield _bullets(notes, shown)
    seen = [one for one in main.unproven if shown is None or one.standing != "inert"]
    if seen:
        yield "### Seen, but excludes nothing"
        yield _bullets([f"{_places(one.places)}: {_plain(one.title)}; {_plain(one.reason)}" for one in seen], shown)


def _ignored(told: Outline, shown: int | None) -> Iterator[str]:
    if told.ignored:
        yield f"### {told.ignored_heading}: {len(told.ignored)}"
        rows = [f"{_code(one.place)}: {_plain(one.title)}: {_plain(one.reason)}" for one in told.ignored]
        yield _bullets(rows, shown)


def _gaps(told: Outline, shown: int | None) -> Iterator[str]:
    if told.gaps:
        yield f"### Not read: {sum(len(gap.places) for gap in told.gaps)}"
        yield _bullets([f"{_plain(gap.counted)}: {_places(gap.places)}" for gap in told.gaps], shown)


def _notices(told: Outline, shown: int | None) -> Iterator[str]:
    if told.notices:
        yield "### Notices"
        yield _bullets([f"{_plain(one.reason)}: {_places(one.places)}" for one in told.notices], shown)


def _bullets(items: Sequence[str], shown: int | None) -> str:
    rest = len(items) - len(items[:shown])
    return "\n".join([*(f"- {item}" for item in items[:shown]), *([f"- and {rest} more"] if rest else [])])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _places(places: Sequence[str]) -> str:
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""  # noqa: PLR2004  three examples are enough
    return ", ".join(map(_code, places[:3])) + more


def _list(texts: Iterable[str]) -> str:
    return ", ".join(map(_plain, texts))


def _plain(text: str) -> str:
    """Text whose characters mean nothing to Markdown."""
    return SPECIAL.sub(r"\\\1", text)


def _code(text: str) -> str:
    """Text as code: in a fence longer than any run of backticks in it, or as HTML where a bar would end a cell."""
    if "|" in text:
        return f"<code>{SPECIAL.sub(lambda char: f'&#{ord(char[0])};', text)}</code>"
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
