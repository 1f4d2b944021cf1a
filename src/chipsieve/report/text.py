"""How does a verdict read in a terminal? The sieve as a narrowing table, then what it leaves open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from chipsieve.commands.launchers import TRAINING
from chipsieve.report.digest import digest
from chipsieve.report.escape import without_commands
from chipsieve.report.groups import Group, legend, untouched_vendors
from chipsieve.report.outline import (
    CutLine,
    GapLine,
    IgnoredLine,
    LaunchOutline,
    NameLine,
    NoteLine,
    Outline,
    ProjectLine,
    RuleLine,
    StepLine,
    UnprovenLine,
)
from chipsieve.report.phrasing import in_words
from chipsieve.report.provenance import provenance_words
from chipsieve.report.sentence import sentence
from chipsieve.report.sheet import BOLD, DIM, GREEN, RED, Sheet
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict

SHOWN_PREMISES = 4  # lines of the likeliest family
SUMMED = 12  # techniques of all launches
SHOWN = 10  # lines of a list before the rest is counted
Line = TypeVar("Line")
DASH = "\N{EN DASH}"
MARGIN = " " * 17  # what the columns "before → after" take


def report(verdict: Verdict, style: Style) -> str:
    """The verdict for people, at most `style.width` columns wide where words can be broken.

    Unless everything is asked for, the other launches take one line each and long lists are cut short and counted.
    """
    page = Sheet(style.width, colour=style.colour, verbose=style.detail == "everything")
    if style.detail == "sentence":
        return without_commands("\n".join(page.fill(sentence(verdict))) + "\n")
    outline = in_words(verdict)
    if style.detail == "digest":
        return without_commands(digest(page, outline, provenance_words(verdict, style.command, short=True)))
    blocks = [
        list(_heading(page, outline)),
        list(_quotable(page, outline)),
        list(_estimate(page, outline)),
        *([_counted(page, outline)] if _quiet(page, outline) else _launches(page, outline)),
        list(_remaining(page, outline)),
        list(_controls(page, outline)),
        list(_list(page, "Named", outline.named, _name)),
        list(_techniques(page, outline)),
        list(_list(page, "Site", outline.main.sites if outline.main else (), _note)),
        list(_summary(page, outline)),
        list(_list(page, "Seen, but excludes nothing", _seen(page, outline), _unproven)),
        list(_list(page, f"{outline.ignored_heading} ({len(outline.ignored)})", outline.ignored, _ignored)),
        list(_gaps(page, outline)),
        list(_list(page, "Notices", outline.notices, _notice)),
    ]
    marks = legend(*(line for block in blocks for line in block))
    made = page.fill(f"Provenance: {provenance_words(verdict, style.command)}.", 0, 2)
    blocks.append([*page.fill(f"Coverage: {outline.coverage}"), *made, *marks, *_quotable(page, outline)])
    return without_commands("\n".join("\n".join(block) + "\n" for block in blocks if block))


def _launches(page: Sheet, outline: Outline) -> Iterator[list[str]]:
    """The main launch whole, then the others."""
    if outline.main:
        yield list(_launch(page, outline.main, f"Comes first: {outline.main_reason}." if outline.others else ""))
    yield from ([line] for line in _others(page, outline))
    yield list(_list(page, f"Projects ({len(outline.projects)})", outline.projects, _project))


def _quiet(page: Sheet, outline: Outline) -> bool:
    """Whether training was asked for, and nothing trains, and no launch has evidence that decides."""
    launches = [outline.main, *outline.others] if outline.main else []
    trains = outline.role != "training" or any(launch.role in TRAINING for launch in launches)
    return bool(launches) and not (page.verbose or trains or any(launch.decided for launch in launches))


def _counted(page: Sheet, outline: Outline) -> list[str]:
    launches = [outline.main, *outline.others] if outline.main else []
    counted = ", ".join(f"{count} {role}" for role, count in sorted(Counter(one.role for one in launches).items()))
    return page.fill(f"No training launch was found. Other launches, none with evidence that decides: {counted}.")


def _heading(page: Sheet, outline: Outline) -> Iterator[str]:
    yield from page.head(f"chipsieve: {outline.root}")
    catalogue = f"{outline.models} models in {outline.total} variants, in the catalogue of {outline.date}"
    yield from page.fill(f"Policy {outline.policy}, scope {outline.scope}; {catalogue}.")


def _launch(page: Sheet, launch: LaunchOutline, remark: str = "") -> Iterator[str]:
    """One launch whole: what it runs, a remark, then its narrowing table."""
    devices = f", {launch.devices} accelerators" if launch.devices else ""
    runs = f", runs {launch.entry}" if launch.entry else ""
    yield from page.head(f"Launch {launch.id} ({launch.role}{runs}{devices})")
    if launch.command:
        yield page.paint(page.clip(f"$ {launch.command}", 2), DIM)
    yield from page.fill(remark, 2, 2)
    yield ""
    yield page.paint(" before → after   step, in variants", DIM)
    for step in launch.steps:
        yield from _step(page, step)
    for said in launch.conflict:
        yield from page.fill(said, 2, 2)


def _step(page: Sheet, step: StepLine) -> Iterator[str]:
    numbers = f"{step.before:>7} → {step.after:<7}"
    if not step.cuts:
        silent = page.fill(f"{numbers}{step.name}: no evidence that decides", hang=len(MARGIN))
        yield from (page.paint(row, DIM) for row in silent)
        return
    first, *rest = page.fill(f"{numbers}{step.name}: {step.question}", hang=len(MARGIN))
    yield first.replace(step.name, page.paint(step.name, BOLD), 1)
    yield from rest
    for cut in step.cuts:
        yield from _cut(page, cut)


def _cut(page: Sheet, cut: CutLine) -> Iterator[str]:
    indent = len(MARGIN)
    where = f"{cut.places[0]}{cut.more}: " if cut.places else ""
    yield from page.fill(f"{where}{cut.title} ({cut.strength})", indent, 2)
    if cut.snippet:
        yield page.paint(page.clip(cut.snippet, indent + 2), DIM)
    for words in cut.derivation:
        yield from page.fill(words, indent + 4, 2)
    yield from page.fill(f"excludes {cut.excluded}", indent + 2, 2)


def _others(page: Sheet, outline: Outline) -> Iterator[str]:
    """The other launches: of the same role one line each (whole when verbose), of other roles counted."""
    if page.verbose:
        for launch in outline.others:
            yield "\n".join(_launch(page, launch))
    elif outline.others:
        heading = page.head(f"Other launches of its role ({len(outline.others)})")
        yield "\n".join([*heading, *_shortened(page, [page.fill(_short(one), 2, 4) for one in outline.others])])
    if outline.uncounted:
        counted = ", ".join(f"{count} {role or 'of no known role'}" for role, count in outline.uncounted)
        yield "\n".join(page.fill(f"Launches that do not speak for the repository: {counted}."))


def _short(launch: LaunchOutline) -> str:
    if launch.silent:
        return f"{launch.id} ({launch.role}): silent"
    decided = f"decided by {', '.join(launch.decided)}" if launch.decided else "no evidence that decides"
    return f"{launch.id} ({launch.role}): {launch.before} → {launch.after}, {decided}"


def _remaining(page: Sheet, outline: Outline) -> Iterator[str]:
    if outline.main and outline.main.remaining != outline.possible:
        yield from page.head(f"Remaining in this launch: {outline.counted(outline.main.remaining)}")
        yield from _groups(page, outline.main.remaining)
        yield ""
    yield from page.head(f"Possible for the repository: {outline.counted(outline.possible)}")
    if outline.remaining_count != outline.possible_count:
        every = f"{outline.remaining_count} variants remain in every one"
        yield from page.fill(f"in at least one of its launches; {every}", 2)
    if outline.possible_count == outline.total:
        yield "  every accelerator in the catalogue"
    else:
        yield from _groups(page, outline.possible)
    for said in outline.conflict:
        yield from page.fill(said, 2, 2)


def _controls(page: Sheet, outline: Outline) -> Iterator[str]:
    """What was under export control on the day."""
    controls = outline.controls
    if not controls.day:
        yield from page.fill(controls.heading)
        return
    yield from page.head(controls.heading)
    for line in (controls.left, controls.trained, *_rules(page, controls.rules), " ".join(controls.remarks)):
        yield from page.fill(line, 2, 2)


def _rules(page: Sheet, rules: Sequence[RuleLine]) -> Iterator[str]:
    """The rules in force: each on a line with its counts when verbose, else all on one."""
    if page.verbose:
        for rule in rules:
            binds = f"; {rule.binds}" if rule.binds else ""
            where = f"{rule.citation}; {rule.destinations}{binds}"
            yield f"{rule.id}, from {rule.since}: {rule.title}; {where}: {rule.counts}"
    elif rules:
        yield f"In force: {'; '.join(f'{rule.id} ({rule.cited}, {rule.destinations})' for rule in rules)}."


def _groups(page: Sheet, groups: Sequence[Group]) -> Iterator[str]:
    """A line per architecture; vendors of which nothing is excluded share one unless verbose."""
    listed = [group for group in groups if page.verbose or not group.untouched]
    column = max((len(group.label) for group in listed), default=0)
    for group in listed:
        head = f"{group.label:<{column}} {group.models:>3}  "
        yield from page.fill(head + ", ".join(group.families), 2, len(head))
    if len(listed) < len(groups):
        yield from page.fill(f"{'and ' if listed else ''}every model of {untouched_vendors(groups)}", 2, 4)


def _list(
    page: Sheet, heading: str, lines: Sequence[Line], worded: Callable[[Sheet, Line], list[str]]
) -> Iterator[str]:
    if lines:
        yield from page.head(heading)
        yield from _shortened(page, [worded(page, line) for line in lines])


def _shortened(page: Sheet, entries: Sequence[list[str]]) -> Iterator[str]:
    """The entries' lines; without `verbose` the first few entries, and how many more there are."""
    shown = entries if page.verbose or len(entries) <= SHOWN + 1 else entries[:SHOWN]
    for entry in shown:
        yield from entry
    if len(entries) > len(shown):
        yield f"  and {len(entries) - len(shown)} more"


def _places(places: Sequence[str], shown: int = 3) -> str:
    more = len(places) - shown
    return ", ".join(places[:shown]) + (f" and {more} more" if more > 0 else "")


def _name(page: Sheet, line: NameLine) -> list[str]:
    code = {True: GREEN, False: RED, None: DIM}[line.agrees]
    but = "but " if line.agrees is False else ""
    said = f"{line.word} named in {_places(line.places)} ({', '.join(line.by)}) {DASH} {but}{line.standing}"
    return [page.paint(text, code) for text in page.fill(said, 2, 4)]


def _project(page: Sheet, line: ProjectLine) -> list[str]:
    return page.fill(f"{line.title}: {line.launches}, first {line.main}", 2, 4)


def _note(page: Sheet, line: NoteLine) -> list[str]:
    return page.fill(f"{line.text}: {_places(line.places)}", 2, 4)


def _techniques(page: Sheet, outline: Outline) -> Iterator[str]:
    """A table of the main launch's techniques: what, with which value, shown by which line."""
    rows = outline.main.techniques if outline.main else ()
    if rows:
        yield from page.head("Techniques")
        names, values = max(len(row.name) for row in rows), max(len(row.value) for row in rows)
        for row in rows:
            head = f"{row.name:<{names}}  {row.value:<{values}}"
            yield from page.fill(f"{head}  {_places(row.places, 1)}", 2, len(head) + 2)


def _summary(page: Sheet, outline: Outline) -> Iterator[str]:
    """What the launches that speak show together: each technique and site with how many of them."""
    count = len(outline.others) + 1
    for heading, rows in ((f"Techniques of {count} launches", outline.techniques), ("Their sites", outline.sites)):
        if rows:
            more = f"; {len(rows) - SUMMED} more" if len(rows) > SUMMED and not page.verbose else ""
            shown = rows if page.verbose or not more else rows[:SUMMED]
            counted = "; ".join(f"{row.text}: {row.launches}" for row in shown)
            yield from page.fill(f"{heading}: {counted}{more}.", 0, 2)


def _seen(page: Sheet, outline: Outline) -> Sequence[UnprovenLine]:
    """The main launch's evidence that excludes nothing; what does not even take effect only when verbose."""
    lines = outline.main.unproven if outline.main else ()
    return lines if page.verbose else [line for line in lines if line.standing != "inert"]


def _unproven(page: Sheet, line: UnprovenLine) -> list[str]:
    value = f" ({line.value})" if line.value else ""
    where = f"{_places(line.places, 1)}: " if line.places else ""
    head = page.fill(f"{where}{line.title}{value}", 2, 4)
    snippet = [page.paint(page.clip(line.snippet, 6), DIM)] if line.snippet else []
    sums = [row for words in line.derivation for row in page.fill(words, 8, 2)]
    condition = page.fill(f"condition: {line.condition}", 8, 2) if line.condition else []
    return [*head, *snippet, *sums, *page.fill(line.reason, 6), *(page.paint(row, DIM) for row in condition)]


def _ignored(page: Sheet, line: IgnoredLine) -> list[str]:
    return page.fill(f"{line.place}: {line.title}: {line.reason}", 2, 4)


def _notice(page: Sheet, line: GapLine) -> list[str]:
    return page.fill(f"{line.reason}: {_places(line.places)}", 2, 4)


def _gaps(page: Sheet, outline: Outline) -> Iterator[str]:
    if outline.gaps:
        yield from page.head(f"Not read ({sum(len(gap.places) for gap in outline.gaps)})")
        lines = [page.fill(f"{gap.counted}: {_places(gap.places)}", 2, 4) for gap in outline.gaps]
        yield from _shortened(page, lines)


def _quotable(page: Sheet, outline: Outline) -> Iterator[str]:
    """The paragraph that answers both questions."""
    yield from (page.paint(line, BOLD) for line in page.fill(outline.sentence))


def _estimate(page: Sheet, outline: Outline) -> Iterator[str]:
    """The families that were most likely trained on; the first with its lines."""
    if not outline.families:
        return
    yield from page.head("Trained on (an estimate)")
    column = max(len(one.name) for one in outline.families)
    for number, one in enumerate(outline.families):
        yield f"  {one.name:<{column}} {one.percent:>5}  {one.words}"
        shown = one.premises if page.verbose else one.premises[:SHOWN_PREMISES] if number == 0 else ()
        for premise in shown:
            at = f"{premise.place}: " if premise.place else ""
            yield from page.fill(f"{'+' if premise.speaks_for else '-'} {at}{premise.says}", 6, 2)
    yield from page.fill(f"Weights: {outline.estimate_rests_on}.", 2, 2)
