"""What matters most of a verdict, on one screen: the sentence, then ten lines or so; `-v` has the rest."""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.report.groups import legend
from chipsieve.report.outline import LaunchOutline, Outline
from chipsieve.report.sheet import BOLD, DIM, Sheet

FAMILIES, CUTS, WAITING, NAMES = 4, 4, 2, 2
"""How much is shown: families of the estimate, reasons that exclude, reasons at all where fewer do, and names."""


def digest(sheet: Sheet, outline: Outline, provenance: str) -> str:
    """The sentence, wrapped, and the lines that matter, each cut at the width; ends with a newline.

    `provenance` says on one line by what the report was made, and of what.
    """
    sentence = [sheet.paint(line, BOLD) for line in sheet.fill(outline.sentence)]
    lines = [*_trained(outline), *_needed(outline), *_named(outline), *_rest(outline), ("provenance", provenance)]
    column = max(len(what) for what, _ in lines)
    shown = [sheet.clip(f"{what:<{column}}  {said}", 0) for what, said in lines]
    more = [sheet.paint(line, DIM) for line in sheet.fill("-v shows all of it; -q the first paragraph alone.")]
    return "\n".join([*sentence, "", *shown, *legend(*sentence, *shown), "", *more]) + "\n"


def _trained(outline: Outline) -> Iterator[tuple[str, str]]:
    """The likeliest families, and the best line for the first."""
    if outline.families:
        said = "; ".join(f"{one.name} {one.percent} {one.words}" for one in outline.families[:FAMILIES])
        yield "trained on", f"{said} (an estimate)"


def _needed(outline: Outline) -> Iterator[tuple[str, str]]:
    """How many accelerators remain, and the lines that exclude the others."""
    main = outline.main
    if main is None:
        yield "needs", "no launch was found, so nothing is known"
        return
    yield "needs", f"{outline.counted(main.remaining)} remain for {main.id} ({main.role})"
    cuts = [(step, cut) for step in main.steps for cut in step.cuts]
    for step, cut in cuts[:CUTS]:
        where = f"{cut.places[0]}{cut.more}: " if cut.places else ""
        yield "", f"{step.before} → {step.after}  {where}{cut.title} ({cut.strength})"
    if len(cuts) > CUTS:
        yield "", f"and {len(cuts) - CUTS} more reasons"
    yield from _uncertain(main, max(WAITING - len(cuts), 0))


def _uncertain(main: LaunchOutline, most: int) -> Iterator[tuple[str, str]]:
    """What may exclude more, were it known to take effect: the firmest, and how many more."""
    waiting = [line for line in main.unproven if line.standing == "optional"]
    shown = waiting if len(waiting) <= most else waiting[:most]
    for line in shown:
        where = f"{line.places[0]}: " if line.places else ""
        yield "", f"{where}{line.title}: {line.waits}"
    rest = len(waiting) - len(shown)
    if rest:
        yield "", f"{rest} further {'reason' if rest == 1 else 'reasons'}, not known to take effect"


def _named(outline: Outline) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(outline.named[:NAMES]):
        yield "" if number else "named", f"{line.word} in {line.places[0]} ({', '.join(line.by)}): {line.standing}"
    if len(outline.named) > NAMES:
        yield "", f"and {len(outline.named) - NAMES} more names"


def _rest(outline: Outline) -> Iterator[tuple[str, str]]:
    """Export controls, the other launches, and what was not read."""
    controls = outline.controls
    if controls.day:
        yield "controls", f"on {controls.day}: {controls.left}"
        if controls.trained:
            yield "", controls.trained
    silent = sum(one.silent for one in outline.others)
    others = [f"{len(outline.others)} further of its role ({silent} say nothing)"] if outline.others else []
    others += [f"{count} {role or 'of no known role'}" for role, count in outline.uncounted]
    if others:
        yield "launches", "; ".join(others)
    if outline.gaps:
        yield "not read", "; ".join(gap.counted for gap in outline.gaps)
    if outline.ignored:
        yield "ignored", f"{outline.ignored_heading} ({len(outline.ignored)})"
    for number, notice in enumerate(outline.notices):
        yield "" if number else "notices", f"{notice.reason}: {notice.places[0]}" if notice.places else notice.reason
    yield "coverage", outline.coverage
