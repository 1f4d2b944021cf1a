"""How do launches stand on an HTML page? The main one whole and open; each other on a line that opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from chipsieve.report.drawings import narrowing_drawing
from chipsieve.report.groups import Group, untouched_vendors
from chipsieve.report.markup import Markup, bullets, code, element, join, table
from chipsieve.report.outline import LaunchOutline, NameLine, NoteLine, StepLine, UnprovenLine
from chipsieve.report.page_places import Places

Shown = Callable[[Sequence[str]], Markup]
ROOM = 1_400_000
"""Bytes for launches that open; further ones are a line each, so that the page of any tree opens quickly."""
NB = "\N{NO-BREAK SPACE}"
VENDORS = 3
"""Vendors of whom nothing is excluded that are listed like the others; more of them fold away."""


class Launches(msgspec.Struct, frozen=True):
    """Writes launches, with places as `at` shows them."""

    at: Places

    def whole(self, launch: LaunchOutline, heading: str, possible: Sequence[Group], reason: str) -> Iterator[Markup]:
        """One launch whole; what remains of it only where that is not what the repository's table shows."""
        yield element("h2", f"{heading} ", code(launch.id), id="main-launch")
        yield element("p", ", ".join([*_said(launch), *([f"first because {reason}"] if reason else [])]), class_="soft")
        if launch.command:
            words = (element("span", word) for word in launch.command.split(" "))
            yield element("pre", join(words, " "), class_="command")
        yield narrowing_drawing(launch)
        yield table("The sieve, step by step", ("Step", "Left", "Decided by"), map(self._step, launch.steps))
        yield bullets(launch.conflict)
        if launch.after < launch.before and launch.remaining != possible:
            count = element("summary", f"Remaining for this launch: {launch.after} of {launch.before}")
            remaining = groups("Accelerators that remain possible for this launch", launch.remaining)
            yield element("details", count, remaining)
        yield from section("Named in this launch", self.names(launch.named), "h3")
        yield from section("Techniques", self._techniques(launch.techniques), "h3")
        yield from section("Site", self._notes(launch.sites, self.at.several), "h3")
        if launch.unproven:
            seen = element("summary", f"Seen, but excludes nothing: {len(launch.unproven)}")
            yield element("details", seen, bullets(map(self._unproven, launch.unproven)), class_="seen")

    def folded(self, launches: Iterable[LaunchOutline], possible: Sequence[Group]) -> Iterator[Markup]:
        """A line for each launch, which opens as long as there is room."""
        room = ROOM
        for launch in launches:
            decided = f": {', '.join(launch.decided)}" if launch.decided else ""
            left = "silent" if launch.silent else f"{launch.before}{NB}→{NB}{launch.after}{decided}"
            line = join([code(launch.id), f" {left}"])
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
        named = (join([f"{one.word}: ", _standing(one), ": ", self.at.first(one.places)]) for one in launch.named)
        yield from section("Named", bullets(named), "h3")
        yield from section("Techniques", self._notes(launch.techniques, self.at.first), "h3")
        yield from section("Site", self._notes(launch.sites, self.at.first), "h3")
        if launch.unproven:
            seen = ", ".join(dict.fromkeys(one.title for one in launch.unproven))
            yield element("p", f"Seen, but excludes nothing: {seen}")

    def _narrowed(self, step: StepLine) -> Markup:
        return join([f"{step.name}: {step.before} → {step.after}", *self._cuts(step, self.at.first)])

    def _step(self, step: StepLine) -> tuple[str, str, str]:
        numbers = element("span", f"{step.before} → {step.after}", class_="number")
        if not step.cuts:
            return step.name, numbers, element("span", "no evidence that decides", class_="quiet")
        return (
            step.name,
            numbers,
            join([element("p", step.question, class_="soft"), *self._cuts(step, self.at.several)]),
        )

    def _cuts(self, step: StepLine, shown: Shown) -> Iterator[Markup]:
        """What decides a step; where several exclude the same, the first one says what."""
        for cut in step.cuts:
            where = (": ", shown(cut.places)) if cut.places else ()
            title = element("div", f"{cut.title} ({cut.strength})", *where)
            snippet = element("pre", cut.snippet) if cut.snippet else Markup()
            excluded = element("div", f"excludes {'the same' if cut.repeats else cut.excluded}")
            yield element("div", title, snippet, bullets(cut.derivation), excluded, class_="cut")

    def _techniques(self, notes: Sequence[NoteLine]) -> Markup:
        rows = [(one.name, one.value, self.at.several(one.places)) for one in notes]
        return table("What the launch sets, and where", ("Technique", "Value", "Line"), rows) if rows else Markup()

    def _notes(self, notes: Iterable[NoteLine], shown: Shown) -> Markup:
        return bullets(join([f"{note.text}: ", shown(note.places)]) for note in notes)

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
    """Accelerators by architecture; where of many vendors nothing is excluded, these are named and their chips fold."""
    whole = [one for one in several if one.untouched]
    if len({one.vendor for one in whole}) <= VENDORS:
        return _architectures(caption, several)
    named = element("summary", f"Every model of {untouched_vendors(whole)}")
    folded = element("details", named, _architectures("Models of vendors of whom nothing is excluded", whole))
    return join([_architectures(caption, [one for one in several if not one.untouched]), folded])


def _architectures(caption: str, several: Sequence[Group]) -> Markup:
    rows = [(one.label, str(one.models), ", ".join(one.families)) for one in several]
    return table(caption, ("Architecture", "Models", "Accelerators"), rows) if rows else Markup()


def _said(launch: LaunchOutline) -> list[str]:
    """How far the launch narrows, and what it is."""
    said = [f"{launch.before} → {launch.after}; {launch.role}", *([f"runs {launch.entry}"] if launch.entry else [])]
    return [*said, f"{launch.devices} accelerators"] if launch.devices else said


def _standing(line: NameLine) -> Markup:
    name = {True: "agrees", False: "contradicts", None: "quiet"}[line.agrees]
    return element("span", line.standing, class_=name)
