"""How does a verdict read in a terminal? The sieve as a narrowing table, then what it leaves open."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from chipsieve.report.facts import TRAINING
from chipsieve.report.groups import Group, untouched_vendors
from chipsieve.report.outline import (
    CutLine,
    GapLine,
    IgnoredLine,
    LaunchOutline,
    NameLine,
    NoteLine,
    Outline,
    StepLine,
    UnprovenLine,
)
from chipsieve.report.style import Style
from chipsieve.report.words import outline
from chipsieve.sieve.outcome import Verdict

NARROWEST = 60
SHOWN = 10  # lines of a list before the rest is counted
BOLD, DIM, RED, GREEN = "1", "2", "31", "32"
COMMAND = re.compile(r"^(\s*)(::|##\[)", re.MULTILINE)  # a line that GitHub's runner would take as a command
Line = TypeVar("Line")
DASH = "\N{EN DASH}"
MARGIN = " " * 17  # what the columns "before → after" take


def report(verdict: Verdict, style: Style) -> str:
    """The verdict for people, at most `style.width` columns wide where words can be broken.

    Without `style.verbose` the other launches take one line each and long lists are cut short and counted.
    """
    page = _Page(style)
    told = outline(verdict)
    blocks = [
        list(_heading(page, told)),
        *([_untold(page, told)] if _quiet(page, told) else _launches(page, told)),
        list(_remaining(page, told)),
        list(_list(page, "Named", told.named, _name)),
        list(_list(page, "Techniques", told.main.techniques if told.main else (), _note)),
        list(_list(page, "Site", told.main.sites if told.main else (), _note)),
        list(_list(page, "Seen, but excludes nothing", _seen(page, told), _unproven)),
        list(_list(page, f"{told.ignored_heading} ({len(told.ignored)})", told.ignored, _ignored)),
        list(_gaps(page, told)),
        list(_list(page, "Notices", told.notices, _notice)),
        list(_conclusion(page, told)),
    ]
    return COMMAND.sub(r"\1\\\2", "\n".join("\n".join(block) + "\n" for block in blocks if block))


def _launches(page: _Page, told: Outline) -> Iterator[list[str]]:
    """The main launch whole, then the others."""
    yield list(_launch(page, told.main)) if told.main else []
    yield from ([line] for line in _others(page, told))


def _quiet(page: _Page, told: Outline) -> bool:
    """Whether training was asked for, and nothing trains, and no launch has evidence that decides."""
    launches = [told.main, *told.others] if told.main else []
    trains = told.role != "training" or any(launch.role in TRAINING for launch in launches)
    return bool(launches) and not (page.verbose or trains or any(launch.decided for launch in launches))


def _untold(page: _Page, told: Outline) -> list[str]:
    launches = [told.main, *told.others] if told.main else []
    counted = ", ".join(f"{count} {role}" for role, count in sorted(Counter(one.role for one in launches).items()))
    return page.fill(f"No training launch was found. Other launches, none with evidence that decides: {counted}.")


class _Page:
    """The sheet to write on: its width, whether it has colours, how much is listed."""

    def __init__(self, style: Style) -> None:
        self.width = max(style.width, NARROWEST)
        self.colour = style.colour
        self.verbose = style.verbose

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def fill(self, text: str, indent: int = 0, hang: int = 0) -> list[str]:
        """The text wrapped, `indent` columns in, further lines `hang` more; words are never broken."""
        return textwrap.wrap(
            text, self.width, initial_indent=" " * indent, subsequent_indent=" " * (indent + hang),
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    def clip(self, text: str, indent: int) -> str:
        """The text on one line, cut at the width."""
        room = max(self.width - indent, 20)
        return " " * indent + (text if len(text) <= room else text[: room - 1] + "…")


def _heading(page: _Page, told: Outline) -> Iterator[str]:
    yield page.paint(f"chipsieve: {told.root}", BOLD)
    asked = f"Policy {told.policy}, scope {told.scope}; {told.total} accelerators in the catalogue of {told.date}."
    yield from page.fill(asked)


def _launch(page: _Page, launch: LaunchOutline) -> Iterator[str]:
    """One launch whole: what it runs, then its narrowing table."""
    devices = f", {launch.devices} accelerators" if launch.devices else ""
    runs = f", runs {launch.entry}" if launch.entry else ""
    heading = page.fill(f"Launch {launch.id} ({launch.role}{runs}{devices})", hang=2)
    yield from (page.paint(line, BOLD) for line in heading)
    if launch.command:
        yield page.paint(page.clip(f"$ {launch.command}", 2), DIM)
    yield ""
    yield page.paint(" before → after   step", DIM)
    for step in launch.steps:
        yield from _step(page, step)
    for sentence in launch.conflict:
        yield from page.fill(sentence, 2, 2)


def _step(page: _Page, step: StepLine) -> Iterator[str]:
    numbers = f"{step.before:>7} → {step.after:<7}"
    if not step.cuts:
        yield page.paint(f"{numbers}{step.name}: no evidence that decides", DIM)
        return
    first, *rest = page.fill(f"{numbers}{step.name}: {step.question}", hang=len(MARGIN))
    yield first.replace(step.name, page.paint(step.name, BOLD), 1)
    yield from rest
    for cut in step.cuts:
        yield from _cut(page, cut)


def _cut(page: _Page, cut: CutLine) -> Iterator[str]:
    indent = len(MARGIN)
    more = f" and {len(cut.places) - 1} more" if len(cut.places) > 1 else ""
    yield from page.fill(f"{cut.places[0]}{more}: {cut.title} ({cut.strength})", indent, 2)
    if cut.snippet:
        yield page.paint(page.clip(cut.snippet, indent + 2), DIM)
    yield from page.fill(f"excludes {cut.excluded}", indent + 2, 2)


def _others(page: _Page, told: Outline) -> Iterator[str]:
    """The other launches: of the same role one line each (whole when verbose), of other roles counted."""
    if page.verbose:
        for launch in told.others:
            yield "\n".join(_launch(page, launch))
    elif told.others:
        heading = page.paint(f"Other launches of its role ({len(told.others)})", BOLD)
        yield "\n".join([heading, *_shortened(page, [[_short(launch)] for launch in told.others])])
    if told.uncounted:
        counted = ", ".join(f"{count} {role or 'of no known role'}" for role, count in told.uncounted)
        yield "\n".join(page.fill(f"Launches that do not speak for the repository: {counted}."))


def _short(launch: LaunchOutline) -> str:
    decided = f"decided by {', '.join(launch.decided)}" if launch.decided else "no evidence that decides"
    return f"  {launch.id} ({launch.role}): {launch.before} → {launch.after}, {decided}"


def _remaining(page: _Page, told: Outline) -> Iterator[str]:
    if told.main and told.main.remaining != told.possible:
        yield page.paint(f"Remaining in this launch: {told.main.after} of {told.total}", BOLD)
        yield from _groups(page, told.main.remaining)
        yield ""
    yield page.paint(f"Possible for the repository: {told.possible_count} of {told.total}", BOLD)
    if told.remaining_count != told.possible_count:
        yield from page.fill(f"in at least one of its launches; {told.remaining_count} remain in every one", 2)
    if told.possible_count == told.total:
        yield "  every accelerator in the catalogue"
    else:
        yield from _groups(page, told.possible)
    for sentence in told.conflict:
        yield from page.fill(sentence, 2, 2)


def _groups(page: _Page, groups: Sequence[Group]) -> Iterator[str]:
    """A line per architecture; vendors of which nothing is excluded share one unless verbose."""
    told = [group for group in groups if page.verbose or not group.untouched]
    column = max((len(group.label) for group in told), default=0)
    for group in told:
        head = f"{group.label:<{column}} {group.count:>3}  "
        yield from page.fill(head + ", ".join(group.families), 2, len(head))
    if len(told) < len(groups):
        yield from page.fill(f"and every accelerator of {untouched_vendors(groups)}", 2, 4)


def _list(page: _Page, heading: str, lines: Sequence[Line], tell: Callable[[_Page, Line], list[str]]) -> Iterator[str]:
    if lines:
        yield page.paint(heading, BOLD)
        yield from _shortened(page, [tell(page, line) for line in lines])


def _shortened(page: _Page, entries: Sequence[list[str]]) -> Iterator[str]:
    """The entries' lines; without `verbose` the first few entries, and how many more there are."""
    shown = entries if page.verbose or len(entries) <= SHOWN + 1 else entries[:SHOWN]
    for entry in shown:
        yield from entry
    if len(entries) > len(shown):
        yield f"  and {len(entries) - len(shown)} more"


def _places(places: Sequence[str], shown: int = 3) -> str:
    more = len(places) - shown
    return ", ".join(places[:shown]) + (f" and {more} more" if more > 0 else "")


def _name(page: _Page, line: NameLine) -> list[str]:
    code = {True: GREEN, False: RED, None: DIM}[line.agrees]
    but = "but " if line.agrees is False else ""
    said = f"{line.word} named in {_places(line.places)} ({', '.join(line.by)}) {DASH} {but}{line.standing}"
    return [page.paint(text, code) for text in page.fill(said, 2, 4)]


def _note(page: _Page, line: NoteLine) -> list[str]:
    return page.fill(f"{line.label}: {_places(line.places)}", 2, 4)


def _seen(page: _Page, told: Outline) -> Sequence[UnprovenLine]:
    """The main launch's evidence that excludes nothing; what does not even take effect only when verbose."""
    lines = told.main.unproven if told.main else ()
    return lines if page.verbose else [line for line in lines if line.standing != "inert"]


def _unproven(page: _Page, line: UnprovenLine) -> list[str]:
    value = f" ({line.value})" if line.value else ""
    head = page.fill(f"{_places(line.places, 1)}: {line.title}{value}", 2, 4)
    snippet = [page.paint(page.clip(line.snippet, 6), DIM)] if line.snippet else []
    return [*head, *snippet, *page.fill(line.reason, 6)]


def _ignored(page: _Page, line: IgnoredLine) -> list[str]:
    return page.fill(f"{line.place}: {line.title}: {line.reason}", 2, 4)


def _notice(page: _Page, line: GapLine) -> list[str]:
    return page.fill(f"{line.reason}: {_places(line.places)}", 2, 4)


def _gaps(page: _Page, told: Outline) -> Iterator[str]:
    if told.gaps:
        yield page.paint(f"Not read ({sum(len(gap.places) for gap in told.gaps)})", BOLD)
        lines = [page.fill(f"{gap.counted}: {_places(gap.places)}", 2, 4) for gap in told.gaps]
        yield from _shortened(page, lines)


def _conclusion(page: _Page, told: Outline) -> Iterator[str]:
    yield from page.fill(f"Coverage: {told.coverage}")
    yield from (page.paint(line, BOLD) for line in page.fill(told.conclusion))
