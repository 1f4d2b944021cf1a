"""How does a verdict read in a browser? One self-contained page: no script, no network, nothing cut short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from string import Template

from chipsieve import __version__
from chipsieve.report.groups import LEGEND, Group
from chipsieve.report.markup import Markup, bullets, code, element, escape, join, table
from chipsieve.report.outline import (
    ControlLines,
    CutLine,
    FamilyLine,
    LaunchOutline,
    NameLine,
    NoteLine,
    Outline,
    PremiseLine,
    RuleLine,
    StepLine,
    UnprovenLine,
)
from chipsieve.report.phrasing import in_words
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict

METHOD = (
    "What the code needs and what it was trained on are two answers. The sieve starts with every accelerator of its "
    "catalogue. Evidence that takes effect in a launch, and that the policy admits, excludes those that cannot run it; "
    "each exclusion names its line. A chip's name excludes nothing, nor does a line that may not take effect. What "
    "could not be read is listed, and what is unknown of a chip never excludes it. The estimate weighs names, claims, "
    "logs, requirements, shapes and dates by how often such premises were right in labelled repositories."
)
FEW = 5


def report(verdict: Verdict, style: Style) -> str:  # noqa: ARG001  every format takes a style
    """The verdict as one HTML page that stands alone; everything is shown, whatever the style."""
    outline = in_words(verdict, vendors=len(verdict.accelerators))
    package = files("chipsieve.report")
    page = Template(package.joinpath("page.html").read_text(encoding="utf-8"))
    css = package.joinpath("page.css").read_text(encoding="utf-8")
    return page.substitute(title=escape(outline.root), css=css, body="\n".join(_body(outline)))


def _body(outline: Outline) -> Iterator[Markup]:
    yield element("h1", f"Which accelerators can {outline.root} have used?")
    catalogue = f"{outline.total} accelerators in the catalogue of {outline.date}"
    yield element("p", f"Policy {outline.policy}, scope {outline.scope}, {catalogue}.", class_="soft")
    yield element("p", outline.sentence, class_="conclusion")
    yield from _estimate(outline)
    if outline.main:
        yield element("section", *_launch(outline.main, "Main launch", outline.possible, outline.main_reason))
    yield from _possible(outline)
    yield from _controls(outline.controls)
    yield from _section("Named chips", _names(outline.named))
    yield from _summary(outline)
    for launch in outline.others:
        yield element("section", *_launch(launch, "Launch", outline.possible))
    projects = [(one.title, one.launches, one.main) for one in outline.projects]
    if projects:
        yield from _section("Projects", table("Projects", ("Folder", "Launches", "First"), projects))
    if outline.uncounted:
        counted = ", ".join(f"{count} {role}" for role, count in outline.uncounted)
        yield element("p", f"Launches that do not speak for the repository: {counted}.", class_="soft")
    ignored = [join([code(one.place), f": {one.title}: {one.reason}"]) for one in outline.ignored]
    yield from _section(outline.ignored_heading, bullets(ignored))
    gaps = [join([f"{gap.counted}: ", _places(gap.places)]) for gap in outline.gaps]
    yield from _section("Not read", bullets(gaps))
    yield from _section("Notices", bullets([join([f"{one.reason}: ", _places(one.places)]) for one in outline.notices]))
    yield element("p", outline.sentence, class_="conclusion")
    yield element(
        "footer",
        element("p", outline.coverage),
        element("p", LEGEND),
        element("p", METHOD),
        element("p", f"chipsieve {__version__}"),
    )


def _estimate(outline: Outline) -> Iterator[Markup]:
    """The families that were most likely trained on: a bar each, with what speaks for it and against it."""
    if not outline.families:
        return
    rows = [(one.name, _chance(one), bullets(map(_premise, one.premises))) for one in outline.families]
    yield element("h2", "Trained on")
    caption = f"An estimate, not a proof. Weights: {outline.estimate_rests_on}."
    yield table(caption, ("Family", "Probability", "What speaks for it and against it"), rows)


def _chance(line: FamilyLine) -> Markup:
    fill = element("i", style=f"width:{100 * line.share:.1f}%")
    meter = element("span", fill, class_="meter", aria_hidden="true")
    return element("span", f"{line.percent}, {line.words}", meter, class_="number chance")


def _premise(line: PremiseLine) -> Markup:
    at = (code(line.place), ": ") if line.place else ()
    sign = element("span", "for " if line.speaks_for else "against ", class_="agrees" if line.speaks_for else "quiet")
    return join([sign, *at, line.says])


def _section(heading: str, content: Markup, level: str = "h2") -> Iterator[Markup]:
    """A heading and its content; nothing where there is no content."""
    if content:
        yield element(level, heading)
        yield content


def _possible(outline: Outline) -> Iterator[Markup]:
    yield element("h2", f"Possible: {outline.possible_count} of {outline.total}")
    if outline.possible_count != outline.remaining_count:
        yield element("p", f"In at least one launch; {outline.remaining_count} remain in every one.")
    yield _groups("Accelerators that remain possible for the repository", outline.possible)
    yield bullets(outline.conflict)


def _controls(controls: ControlLines) -> Iterator[Markup]:
    """What was under export control on the day, with the rules in force."""
    if not controls.day:
        yield element("p", controls.heading, class_="soft")
        return
    yield element("h2", controls.heading)
    yield from (element("p", words) for words in (controls.left, controls.trained) if words)
    rows = [(one.id, one.since, _cited(one), one.destinations, one.counts) for one in controls.rules]
    if rows:
        yield table("The rules in force", ("Rule", "From", "What and where", "For", "Of what remains"), rows)
    yield element("p", " ".join(controls.remarks), class_="soft")


def _cited(rule: RuleLine) -> Markup:
    said = [f"{rule.title}{f'; {rule.binds}' if rule.binds else ''}", rule.citation, rule.notes]
    return join([element("div", said[0]), *(element("div", one, class_="soft") for one in said[1:])])


def _groups(caption: str, groups: Sequence[Group]) -> Markup:
    rows = [(one.label, str(one.count), ", ".join(one.families)) for one in groups]
    return table(caption, ("Architecture", "Count", "Accelerators"), rows) if rows else Markup()


def _names(named: Sequence[NameLine]) -> Markup:
    rows = [(one.word, _standing(one), _places(one.places), ", ".join(one.by)) for one in named]
    return table("Names exclude nothing; they agree with the sieve or not", ("Chip", "The sieve says", "Where", "By"),
                 rows) if rows else Markup()  # fmt: skip


def _standing(line: NameLine) -> Markup:
    name = {True: "agrees", False: "contradicts", None: "quiet"}[line.agrees]
    return element("span", line.standing, class_=name)


def _launch(launch: LaunchOutline, heading: str, possible: Sequence[Group], reason: str = "") -> Iterator[Markup]:
    """One launch whole; what remains of it only where that is not what the repository's table shows."""
    yield element("h2", f"{heading} ", code(launch.id))
    said = [launch.role, *([f"runs {launch.entry}"] if launch.entry else [])]
    said += [f"{launch.devices} accelerators"] if launch.devices else []
    said += [f"first because {reason}"] if reason else []
    yield element("p", f"{launch.before} → {launch.after}; {', '.join(said)}", class_="soft")
    if launch.command:
        yield element("pre", launch.command)
    rows = [_step(step, launch.before) for step in launch.steps]
    yield table("The sieve, step by step", ("Step", "Accelerators", "Decided by"), rows)
    yield bullets(launch.conflict)
    if launch.after < launch.before and launch.remaining != possible:
        remaining = _groups("Accelerators that remain possible for this launch", launch.remaining)
        yield from _section(f"Remaining: {launch.after} of {launch.before}", remaining, "h3")
    yield from _section("Named in this launch", _names(launch.named), "h3")
    yield from _section("Techniques", _techniques(launch.techniques), "h3")
    yield from _section("Site", _notes(launch.sites), "h3")
    yield from _section("Seen, but excludes nothing", bullets(map(_unproven, launch.unproven)), "h3")


def _step(step: StepLine, total: int) -> tuple[str, str, str]:
    share = 100 * step.after / total if total else 0
    meter = element("span", element("i", style=f"width:{share:.1f}%"), class_="meter", aria_hidden="true")
    numbers = element("span", f"{step.before} → {step.after}", meter, class_="number")
    if not step.cuts:
        return step.name, numbers, element("span", "no evidence that decides", class_="quiet")
    return step.name, numbers, join([element("p", step.question, class_="soft"), *map(_cut, step.cuts)])


def _cut(cut: CutLine) -> Markup:
    where = (": ", _places(cut.places)) if cut.places else ()
    said = element("div", f"{cut.title} ({cut.strength})", *where)
    snippet = element("pre", cut.snippet) if cut.snippet else Markup()
    excluded = element("div", f"excludes {cut.excluded}")
    return element("div", said, snippet, bullets(cut.derivation), excluded, class_="cut")


def _techniques(notes: Sequence[NoteLine]) -> Markup:
    rows = [(one.name, one.value, _places(one.places)) for one in notes]
    return table("Techniques of the launch", ("Technique", "Value", "Line"), rows) if rows else Markup()


def _summary(outline: Outline) -> Iterator[Markup]:
    """What the launches that speak show together."""
    for heading, notes in (("Techniques", outline.techniques), ("Sites", outline.sites)):
        rows = [(one.told, str(one.launches), _places(one.places)) for one in notes]
        if rows:
            caption = f"{heading} of {len(outline.others) + 1} launches"
            yield from _section(heading, table(caption, (heading.removesuffix("s"), "Launches", "First line"), rows))


def _notes(notes: Iterable[NoteLine]) -> Markup:
    return bullets(join([f"{note.told}: ", _places(note.places)]) for note in notes)


def _unproven(line: UnprovenLine) -> Markup:
    value = f" ({line.value})" if line.value else ""
    snippet = element("pre", line.snippet) if line.snippet else Markup()
    reason = element("span", line.reason, class_="soft")
    return join([f"{line.title}{value}: ", _places(line.places), snippet, bullets(line.derivation), reason])


def _places(places: Sequence[str]) -> Markup:
    """The places, all of them; beyond a few they fold away."""
    first = join([code(place) for place in places[:FEW]], ", ")
    rest = places[FEW:]
    if not rest:
        return first
    more = element("details", element("summary", f"{len(rest)} more"), join([code(place) for place in rest], ", "))
    return join([first, more])
