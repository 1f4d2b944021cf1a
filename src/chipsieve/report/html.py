"""How does a verdict read in a browser? One self-contained page: no script, no network, further launches folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chipsieve.report.drawings import estimate_drawing
from chipsieve.report.groups import LEGEND, legend
from chipsieve.report.markup import Markup, breakable, bullets, element, join, table
from chipsieve.report.outline import ControlLines, Outline, PremiseLine, RuleLine
from chipsieve.report.page_frame import framed
from chipsieve.report.page_launches import Launches, groups, section
from chipsieve.report.page_places import Places
from chipsieve.report.phrasing import in_words
from chipsieve.report.provenance import provenance_words
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict

METHOD = (
    "What the code needs and what it was trained on are two answers. The sieve starts with every accelerator of its "
    "catalogue. Evidence that takes effect in a launch, and that the policy admits, excludes those that cannot run it; "
    "each exclusion names its line. A chip's name excludes nothing, nor does a line that may not take effect. What "
    "could not be read is listed, and what is unknown of a chip never excludes it. The estimate weighs names, claims, "
    "logs, requirements, shapes and dates by how often such premises were right in labelled repositories."
)
PRINT_ALL = Markup(
    '<p class="soft"><label><input type="checkbox" id="print-all"> Print what is folded, too</label></p>'
)


def report(verdict: Verdict, style: Style) -> str:
    """The verdict as one HTML page that stands alone; with links to the code where it is known where that lies."""
    outline = in_words(verdict, vendors=len(verdict.accelerators))
    made = provenance_words(verdict, style.command)
    footer = (outline.coverage, LEGEND, METHOD, f"Provenance: {made}.")
    return framed(outline.root, _main(outline, Places.of(verdict, style.link_base)), footer)


def _main(outline: Outline, at: Places) -> Iterator[Markup]:
    sections = [*_sections(outline, at)]
    yield element("h1", f"Which accelerators can {outline.root} have used?")
    catalogue = f"{outline.total} accelerators in the catalogue of {outline.date}"
    yield element("p", f"Policy {outline.policy}, scope {outline.scope}, {catalogue}.", class_="soft")
    yield element("p", outline.sentence, class_="conclusion")
    yield _contents(sections)
    yield PRINT_ALL
    yield from sections
    yield element("p", outline.sentence, class_="conclusion")


def _contents(sections: Iterable[Markup]) -> Markup:
    """Links to the sections below."""
    names = [name for part in sections for name in re.findall(r'<h2 id="([a-z-]+)"', part)]
    links = (element("a", name.replace("-", " ").capitalize(), href=f"#{name}") for name in names)
    return element("nav", bullets(links), aria_label="Contents") if names else Markup()


def _sections(outline: Outline, at: Places) -> Iterator[Markup]:
    """What stands between the sentence and itself, section by section."""
    launches = Launches(at)
    yield from _estimate(outline, at)
    if outline.main:
        yield from launches.whole(outline.main, "Main launch", outline.possible, outline.main_reason)
    yield from _possible(outline)
    yield from _controls(outline.controls)
    yield from section("Named chips", launches.names(outline.named), name="named-chips")
    yield from _summary(outline, at)
    yield from _others(outline, launches)
    yield from _rest(outline, at)


def _others(outline: Outline, launches: Launches) -> Iterator[Markup]:
    """The launches beside the main one: those of its role fold, all others are counted."""
    if outline.others:
        yield element("h2", f"Other launches: {len(outline.others)}", id="other-launches")
        yield element("div", *launches.folded(outline.others, outline.possible), class_="others")
        yield element("p", "A launch that does not open, or all of one: chipsieve explain LAUNCH PATH.", class_="soft")
        yield element("p", "Launches that are folded are not printed.", class_="soft printed")
    elif outline.uncounted:
        yield element("h2", "Other launches", id="other-launches")
    if outline.uncounted:
        counted = ", ".join(f"{count} {role or 'of no known role'}" for role, count in outline.uncounted)
        yield element("p", f"Launches that do not speak for the repository: {counted}.", class_="soft")


def _rest(outline: Outline, at: Places) -> Iterator[Markup]:
    """What does not speak for the repository, what was left out, and what was not read."""
    projects = [(breakable(one.title), one.launches, at.one(one.main)) for one in outline.projects]
    if projects:
        rows = table("Each with the launch to look at first", ("Folder", "Holds", "First"), projects)
        yield from section("Projects", rows, name="projects")
    ignored = [join([at.one(one.place), f": {one.title}: {one.reason}"]) for one in outline.ignored]
    yield from section(outline.ignored_heading, bullets(ignored), name="left-out")
    gaps = [join([f"{gap.counted}: ", at.several(gap.places)]) for gap in outline.gaps]
    yield from section("Not read", bullets(gaps), name="not-read")
    notices = bullets([join([f"{one.reason}: ", at.several(one.places)]) for one in outline.notices])
    yield from section("Notices", notices, name="notices")


def _estimate(outline: Outline, at: Places) -> Iterator[Markup]:
    """The families that were most likely trained on, with what speaks for each and against it."""
    if not outline.families:
        return
    yield element("h2", "Trained on", id="trained-on")
    yield estimate_drawing(outline.families)
    marks = legend(*(one.name for one in outline.families))
    caption = " ".join([f"An estimate, not a proof. Weights: {outline.estimate_rests_on}.", *marks])
    rows = [
        (one.name, f"{one.percent}, {one.words}", bullets(_premise(part, at) for part in one.premises))
        for one in outline.families
    ]
    yield table(caption, ("Family", "Probability", "What speaks for it and against it"), rows)


def _premise(line: PremiseLine, at: Places) -> Markup:
    where = (at.one(line.place), ": ") if line.place else ()
    sign = element("span", "for " if line.speaks_for else "against ", class_="agrees" if line.speaks_for else "quiet")
    return join([sign, *where, line.says])


def _possible(outline: Outline) -> Iterator[Markup]:
    yield element("h2", f"Possible: {outline.possible_count} of {outline.total}", id="possible")
    if outline.possible_count != outline.remaining_count:
        remain = "1 remains" if outline.remaining_count == 1 else f"{outline.remaining_count} remain"
        yield element("p", f"In at least one launch; {remain} in every one.")
    yield groups("Accelerators that remain possible for the repository", outline.possible)
    yield bullets(outline.conflict)


def _controls(controls: ControlLines) -> Iterator[Markup]:
    """What was under export control on the day, with the rules in force."""
    if not controls.day:
        yield element("p", controls.heading, class_="soft")
        return
    yield element("h2", controls.heading, id="export-control")
    yield from (element("p", words) for words in (controls.left, controls.trained) if words)
    rows = [(one.id, one.since, _cited(one), one.destinations, one.counts) for one in controls.rules]
    if rows:
        yield table("The rules in force", ("Rule", "From", "What and where", "For", "Of what remains"), rows)
    yield element("p", " ".join(controls.remarks), class_="soft")


def _cited(rule: RuleLine) -> Markup:
    said = [f"{rule.title}{f'; {rule.binds}' if rule.binds else ''}", rule.citation, rule.notes]
    return join([element("div", said[0]), *(element("div", one, class_="soft") for one in said[1:])])


def _summary(outline: Outline, at: Places) -> Iterator[Markup]:
    """What the launches that speak show together."""
    for heading, notes in (("Techniques", outline.techniques), ("Sites", outline.sites)):
        rows = [(one.text, str(one.launches), at.several(one.places)) for one in notes]
        if rows:
            caption = f"In how many of {len(outline.others) + 1} launches, and the first line that shows it"
            counted = table(caption, (heading.removesuffix("s"), "Launches", "First line"), rows)
            yield from section(heading, counted, name=heading.lower())
