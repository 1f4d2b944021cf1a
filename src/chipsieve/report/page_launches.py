"""How do launches stand on an HTML page? The main one whole and open; each other on a line that opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from chipsieve.report.groups import Group
from chipsieve.report.markup import Markup, bullets, code, element, join, table
from chipsieve.report.narrowing_drawing import drawing
from chipsieve.report.outline import CutLine, LaunchOutline, NameLine, NoteLine, StepLine, UnprovenLine
from chipsieve.report.page_places import Places

ROOM = 1_400_000
"""Bytes for launches that open; further ones are a line each, so that the page of any tree opens quickly."""


class Launches(msgspec.Struct, frozen=True):
    """Writes launches, with places as `at` shows them."""

    at: Places

    def whole(self, launch: LaunchOutline, heading: str, possible: Sequence[Group], reason: str) -> Iterator[Markup]:
        """One launch whole; what remains of it only where that is not what the repository's table shows."""
        yield element("h2", f"{heading} ", code(launch.id), id="main-launch")
        yield element("p", ", ".join([*_said(launch), *([f"first because {reason}"] if reason else [])]), class_="soft")
        if launch.command:
            yield element("pre", launch.command)
        yield drawing(launch)
        rows = [self._step(step, launch.before) for step in launch.steps]
        yield table("The sieve, step by step", ("Step", "Accelerators", "Decided by"), rows)
        yield bullets(launch.conflict)
        if launch.after < launch.before and launch.remaining != possible:
            remaining = groups("Accelerators that remain possible for this launch", launch.remaining)
            yield from section(f"Remaining: {launch.after} of {launch.before}", remaining, "h3")
        yield from section("Named in this launch", self.names(launch.named), "h3")
        yield from section("Techniques", self._techniques(launch.techniques), "h3")
        yield from section("Site", self._notes(launch.sites), "h3")
        if launch.unproven:
            seen = element("summary", f"Seen, but excludes nothing: {len(launch.unproven)}")
            yield element("details", seen, bullets(map(self._unproven, launch.unproven)), class_="seen")

    def folded(self, launches: Iterable[LaunchOutline], possible: Sequence[Group]) -> Iterator[Markup]:
        """A line for each launch, which opens as long as there is room."""
        room = ROOM
        for launch in launches:
            decided = f": {', '.join(launch.decided)}" if launch.decided else ""
            line = join([code(launch.id), f" {launch.before} → {launch.after}{decided}"])
            inside = join(self._inside(launch, possible)) if room > 0 else Markup()
            room -= len(inside.encode())
            yield element("details", element("summary", line), inside) if inside else element("p", line, class_="soft")

    def names(self, named: Sequence[NameLine]) -> Markup:
        """Chips as somebody wrote them, in a table."""
        rows = [(one.word, _standing(one), self.at.several(one.places), ", ".join(one.by)) for one in named]
        head = ("Chip", "The sieve says", "Where", "By")
        return table("Names exclude nothing; they agree with the sieve or not", head, rows) if rows else Markup()

    def _inside(self, launch: LaunchOutline, possible: Sequence[Group]) -> Iterator[Markup]:
        """What a folded launch says, shorter than the main one: hundreds at that length take tens of megabytes."""
        yield element("p", ", ".join(_said(launch)), class_="soft")
        if launch.command:
            yield element("pre", launch.command)
        yield bullets(self._narrowed(step) for step in launch.steps if step.cuts)
        yield bullets(launch.conflict)
        if launch.after < launch.before and launch.remaining != possible:
            left = ", ".join(f"{one.label} {one.count}" for one in launch.remaining)
            yield element("p", f"Remaining: {launch.after} of {launch.before}: {left}")
        named = (join([f"{one.word}: ", _standing(one), ": ", self.at.several(one.places)]) for one in launch.named)
        yield from section("Named", bullets(named), "h3")
        yield from section("Techniques", self._notes(launch.techniques), "h3")
        yield from section("Site", self._notes(launch.sites), "h3")
        if launch.unproven:
            seen = ", ".join(dict.fromkeys(one.title for one in launch.unproven))
            yield element("p", f"Seen, but excludes nothing: {seen}")

    def _narrowed(self, step: StepLine) -> Markup:
        return join([f"{step.name}: {step.before} → {step.after}", *map(self._cut, step.cuts)])

    def _step(self, step: StepLine, total: int) -> tuple[str, str, str]:
        share = 100 * step.after / total if total else 0
        meter = element("span", element("i", style=f"width:{share:.1f}%"), class_="meter", aria_hidden="true")
        numbers = element("span", f"{step.before} → {step.after}", meter, class_="number")
        if not step.cuts:
            return step.name, numbers, element("span", "no evidence that decides", class_="quiet")
        return step.name, numbers, join([element("p", step.question, class_="soft"), *map(self._cut, step.cuts)])

    def _cut(self, cut: CutLine) -> Markup:
        where = (": ", self.at.several(cut.places)) if cut.places else ()
        said = element("div", f"{cut.title} ({cut.strength})", *where)
        snippet = element("pre", cut.snippet) if cut.snippet else Markup()
        excluded = element("div", f"excludes {cut.excluded}")
        return element("div", said, snippet, bullets(cut.derivation), excluded, class_="cut")

    def _techniques(self, notes: Sequence[NoteLine]) -> Markup:
        rows = [(one.name, one.value, self.at.several(one.places)) for one in notes]
        return table("Techniques of the launch", ("Technique", "Value", "Line"), rows) if rows else Markup()

    def _notes(self, notes: Iterable[NoteLine]) -> Markup:
        return bullets(join([f"{note.told}: ", self.at.several(note.places)]) for note in notes)

    def _unproven(self, line: UnprovenLine) -> Markup:
        value = f" ({line.value})" if line.value else ""
        snippet = element("pre", line.snippet) if line.snippet else Markup()
        reason = element("span", line.reason, class_="soft")
        where = self.at.several(line.places)
        return join([f"{line.title}{value}: ", where, snippet, bullets(line.derivation), reason])


def section(heading: str, content: Markup, level: str = "h2", name: str = "") -> Iterator[Markup]:
    """A heading, with a name to link to where one is given, and its content; nothing where there is no content."""
    if content:
        yield element(level, heading, **({"id": name} if name else {}))
        yield content


def groups(caption: str, several: Sequence[Group]) -> Markup:
    """Accelerators by architecture."""
    rows = [(one.label, str(one.count), ", ".join(one.families)) for one in several]
    return table(caption, ("Architecture", "Count", "Accelerators"), rows) if rows else Markup()


def _said(launch: LaunchOutline) -> list[str]:
    """How far the launch narrows, and what it is."""
    said = [f"{launch.before} → {launch.after}; {launch.role}", *([f"runs {launch.entry}"] if launch.entry else [])]
    return [*said, f"{launch.devices} accelerators"] if launch.devices else said


def _standing(line: NameLine) -> Markup:
    name = {True: "agrees", False: "contradicts", None: "quiet"}[line.agrees]
    return element("span", line.standing, class_=name)
