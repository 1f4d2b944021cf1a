"""How does a verdict read in a job summary? As GitHub-flavoured Markdown: the narrowing as a table, then the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chipsieve.report.groups import legend, untouched_vendors
from chipsieve.report.markdown_text import code as _code
from chipsieve.report.markdown_text import plain as _plain
from chipsieve.report.outline import (
    ControlLines,
    CutLine,
    LaunchOutline,
    Outline,
    PremiseLine,
    StepLine,
    UnprovenLine,
)
from chipsieve.report.phrasing import in_words
from chipsieve.report.provenance import provenance_words
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict

SHOWN = 20
SQUARES = 10


def report(verdict: Verdict, style: Style) -> str:
    """The verdict as Markdown; long lists are cut short and counted, unless everything is asked for."""
    outline = in_words(verdict)
    verbose = style.detail == "everything"
    shown = None if verbose else SHOWN
    launches = [outline.main, *(outline.others if verbose else ())] if outline.main else []
    blocks = [
        "## chipsieve: which accelerators?",
        f"> {_plain(outline.sentence)}",
        *_estimate(outline, shown),
        *(block for launch in launches for block in _launch(launch, outline)),
        *_others(outline, () if verbose else outline.others),
        *_remaining(outline, verbose=verbose),
        *_controls(outline.controls),
        *_named(outline),
        *(_evidence(outline.main, shown) if outline.main else ()),
        *_summary(outline),
        *_ignored(outline, shown),
        *_gaps(outline, shown),
        *_notices(outline, shown),
        f"Policy {_plain(outline.policy)}, scope {_plain(outline.scope)}, catalogue of {_plain(outline.date)}.",
        _plain(outline.coverage),
        f"Provenance: {_plain(provenance_words(verdict, style.command))}.",
    ]
    blocks += [*legend(*blocks), f"> {_plain(outline.sentence)}"]
    return "\n\n".join(blocks) + "\n"


def _estimate(outline: Outline, shown: int | None) -> Iterator[str]:
    """The families that were most likely trained on; a bar of ten squares shows how likely."""
    if not outline.families:
        return
    yield "### Trained on (an estimate)"
    rows = [
        (
            _plain(one.name),
            f"{_bar(one.share)} {one.percent}",
            one.words,
            "<br>".join(map(_premise, one.premises[:shown])),
        )
        for one in outline.families
    ]
    yield _table(("Family", "Probability", "In words", "By"), rows)
    yield f"Weights: {_plain(outline.estimate_rests_on)}."


def _bar(share: float) -> str:
    full = round(share * SQUARES)
    return "█" * full + "░" * (SQUARES - full)


def _premise(line: PremiseLine) -> str:
    at = f"{_code(line.place)}: " if line.place else ""
    return f"{'for' if line.speaks_for else 'against'}: {at}{_plain(line.says)}"


def _launch(launch: LaunchOutline, outline: Outline) -> Iterator[str]:
    yield f"### Launch {_code(launch.id)} ({_plain(launch.role)})"
    if launch is outline.main and outline.others:
        yield f"Comes first: {_plain(outline.main_reason)}."
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
    where = f"{_code(cut.places[0])}{cut.more}: " if cut.places else ""
    below = [_code(cut.snippet)] if cut.snippet else []
    below += map(_plain, cut.derivation)
    return "<br>".join([f"{where}{_plain(cut.title)} ({cut.strength})", *below])


def _others(outline: Outline, others: Sequence[LaunchOutline]) -> Iterator[str]:
    if others:
        rows = [
            (
                _code(one.id), _plain(one.role), f"{one.before} → {one.after}",
                "silent" if one.silent else _list(one.decided),
            )
            for one in others
        ]  # fmt: skip
        yield _table(("Other launch", "Role", "Left", "Decided by"), rows)
    if outline.uncounted:
        counted = ", ".join(f"{count} {_plain(role)}" for role, count in outline.uncounted)
        yield f"Launches that do not speak for the repository: {counted}."


def _remaining(outline: Outline, *, verbose: bool) -> Iterator[str]:
    yield f"### Possible: {outline.counted(outline.possible)}"
    if outline.remaining_count != outline.possible_count:
        yield f"In at least one launch; {outline.remaining_count} variants remain in every one."
    if 0 < outline.possible_count < outline.total:
        partly = [group for group in outline.possible if verbose or not group.untouched]
        rows = [(_plain(group.label), str(group.models), _list(group.families)) for group in partly]
        yield from [_table(("Architecture", "Models", "Names"), rows)] if rows else []
        if len(partly) < len(outline.possible):
            yield f"{'And every' if rows else 'Every'} model of {_plain(untouched_vendors(outline.possible))}."
    yield from (_plain(sentence) for sentence in outline.conflict)


def _controls(controls: ControlLines) -> Iterator[str]:
    """What was under export control on the day, with the rules in force as a table."""
    if not controls.day:
        yield _plain(controls.heading)
        return
    yield f"### {_plain(controls.heading)}"
    yield from (_plain(words) for words in (controls.left, controls.trained) if words)
    if controls.rules:
        rows = [
            [_plain(cell) for cell in (one.id, one.since, one.title, one.citation, one.destinations, one.counts)]
            for one in controls.rules
        ]
        yield _table(("Rule", "From", "What", "Citation", "For", "Of what remains"), rows)
    yield _plain(" ".join(controls.remarks))


def _named(outline: Outline) -> Iterator[str]:
    if outline.named:
        yield "### Named"
        rows = [(_plain(one.word), _places(one.places), _list(one.by), _plain(one.standing)) for one in outline.named]
        yield _table(("Chip", "Where", "By", "The sieve says"), rows)


def _evidence(main: LaunchOutline, shown: int | None) -> Iterator[str]:
    if main.techniques:
        yield "### Techniques"
        rows = [(_plain(one.name), _plain(one.value), _places(one.places)) for one in main.techniques]
        yield _table(("Technique", "Value", "Line"), rows)
    if main.sites:
        yield "### Site"
        yield _bullets([f"{_plain(one.text)}: {_places(one.places)}" for one in main.sites], shown)
    seen = [one for one in main.unproven if shown is None or one.standing != "inert"]
    if seen:
        yield "### Seen, but excludes nothing"
        yield _bullets([_unproven(one) for one in seen], shown)


def _summary(outline: Outline) -> Iterator[str]:
    """What the launches that speak show together."""
    for heading, rows in (("Techniques", outline.techniques), ("Site", outline.sites)):
        if rows:
            cells = [(_plain(one.text), str(one.launches), _places(one.places)) for one in rows]
            yield _table((f"{heading} of {len(outline.others) + 1} launches", "Launches", "First"), cells)


def _unproven(line: UnprovenLine) -> str:
    rest = (f"; {_plain(words)}" for words in line.derivation)
    return f"{_places(line.places)}: {_plain(line.title)}{''.join(rest)}; {_plain(line.reason)}"


def _ignored(outline: Outline, shown: int | None) -> Iterator[str]:
    if outline.ignored:
        yield f"### {outline.ignored_heading}: {len(outline.ignored)}"
        rows = [f"{_code(one.place)}: {_plain(one.title)}: {_plain(one.reason)}" for one in outline.ignored]
        yield _bullets(rows, shown)


def _gaps(outline: Outline, shown: int | None) -> Iterator[str]:
    if outline.gaps:
        yield f"### Not read: {sum(len(gap.places) for gap in outline.gaps)}"
        yield _bullets([f"{_plain(gap.counted)}: {_places(gap.places)}" for gap in outline.gaps], shown)


def _notices(outline: Outline, shown: int | None) -> Iterator[str]:
    if outline.notices:
        yield "### Notices"
        yield _bullets([f"{_plain(one.reason)}: {_places(one.places)}" for one in outline.notices], shown)


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
