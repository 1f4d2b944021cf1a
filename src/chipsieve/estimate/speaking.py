"""What speaks for or against a family? Names, claims, logs, requirements, shapes and dates, each a premise of one kind.

The kinds are the rows of weights.toml. A premise speaks of families and never of the project: what it weighs is the
table's business.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from chipsieve.catalogue.catalogue_answers import CatalogueAnswers, Chips
from chipsieve.derive.premises import Evidence
from chipsieve.estimate.families import Family
from chipsieve.estimate.frameworks import usual_vendors
from chipsieve.facts.finding import Finding
from chipsieve.link.headline import told_at_once
from chipsieve.link.launch import Launch, Standing
from chipsieve.link.roles import VENDORED, distance_from_project
from chipsieve.signals.signal import Signal

MENU = 3  # families that one line names: it lists what there is, and says nothing of the run
NODE = 8  # accelerators that one machine holds
LEFT_BEHIND = ("log", "metadata")  # what runs left behind
DEVICE_NAMES = ("named-in-log", "named-in-metadata")  # what a device query printed or a tool recorded
REQUESTS = frozenset({"scheduler", "cloud"})
SPOKEN = frozenset({"prose", "comment"})
DEEDS_OF_ITS_OWN = frozenset({"trained", "fine-tuned", "experiments", "tested", "requires"})
DONE = frozenset({"trained", "fine-tuned", "experiments"})
MACHINE = "named-by-machine"
NAMED = "named"
POOLED = frozenset({
    "log", "words of a log", "notebook", "request", "request of another run", "request of no run", "device test", "machine", "comment",
    "comment elsewhere", "constant", "constant elsewhere", "mentions", "spoken of elsewhere", "benchmark", "supports",
    *DEEDS_OF_ITS_OWN, *(f"{deed} elsewhere" for deed in DEEDS_OF_ITS_OWN),
})  # fmt: skip
"""The kinds that together make up the kind `NAMED`: what names a family and may speak of what was trained on."""


class Premise(msgspec.Struct, frozen=True):
    """One thing that speaks for some families (`against`: against them), and where: `path:line`, "" for no line."""

    kind: str
    families: frozenset[str]
    at: str = ""
    says: str = ""
    against: bool = False


class Known(msgspec.Struct, frozen=True):
    """What is known of a project: its headline with its evidence, its other launches that speak, and the tree around.

    `findings` are all of the tree, `mentions` the vendors of whom it speaks, `vendors` those of whom it can; `day` is
    the day of the commit, "" where nobody knows. `possible` are the accelerators on which the headline can run,
    `modules` the first names of what the tree's code imports; the headline's own are a part of them.
    """

    headline: Launch | None
    evidence: tuple[Evidence, ...]
    others: tuple[Launch, ...]
    project: str
    findings: tuple[Finding, ...]
    mentions: frozenset[str]
    day: str
    possible: Chips
    modules: frozenset[str] = frozenset()
    processors: bool = False


class Readers(msgspec.Struct, frozen=True):
    """By what the known is read: the families, the signals, and the catalogue's answers to their predicates."""

    families: tuple[Family, ...]
    signals: Mapping[str, Signal]
    answers: CatalogueAnswers

    def meant(self, chips: Chips) -> frozenset[str]:
        """The families that have one of these accelerators."""
        return frozenset(family.id for family in self.families if not chips.isdisjoint(family.accelerators))

    def refused(self, agrees: Chips, unknown: Chips) -> frozenset[str]:
        """The families of which no accelerator satisfies a claim, or may."""
        return frozenset(one.id for one in self.families if not (agrees | unknown).intersection(one.accelerators))


def premises_of(known: Known, readers: Readers) -> tuple[Premise, ...]:
    """Everything that speaks for or against a family, each once, sorted."""
    found = {*_names(known, readers), *_requirements(known, readers), *_shape(known, readers.families)}
    found.update(_vendors(known, readers.families), _frameworks(known, readers.families))
    return tuple(sorted(found, key=lambda one: (one.kind, one.at, one.says, sorted(one.families), one.against)))


def _names(known: Known, readers: Readers) -> Iterator[Premise]:
    """What names a family: requests, logs, device tests, constants, claims."""
    own = dict(known.headline.findings) if known.headline else {}
    beside = {finding for launch in known.others for finding, _ in launch.findings}
    files = frozenset(known.headline.files) if known.headline else frozenset()
    named: dict[Finding, frozenset[str]] = {}
    lines: dict[tuple[str, int], set[str]] = {}
    for finding in {*known.findings, *own, *beside}:
        signal = readers.signals.get(finding.signal)
        if signal is None or signal.effect != "names" or distance_from_project(finding.path) == VENDORED:
            continue
        meant = readers.meant(readers.answers.to(signal.id, signal.requires or {}, finding.value).agrees)
        if meant:
            named[finding] = meant
            lines.setdefault((finding.path, finding.span.line), set()).update(meant)
    for finding, meant in named.items():
        menu = len(lines[finding.path, finding.span.line]) >= MENU + len(meant) - 1
        kind = _kind(
            finding, own.get(finding), known, beside=finding in beside, reached=finding.path in files, menu=menu
        )
        if kind:
            yield Premise(kind, meant, f"{finding.path}:{finding.span.line}", finding.value)


def _kind(finding: Finding, stands: Standing | None, known: Known, *, beside: bool, reached: bool, menu: bool) -> str:
    """The kind of premise that a name is, "" for none."""
    if finding.is_listed:
        return ""
    if finding.by in LEFT_BEHIND:
        return "log" if finding.signal in DEVICE_NAMES else "words of a log"
    if finding.by == "notebook":
        return "notebook"
    if finding.by in REQUESTS:
        return "request" if stands else "request of another run" if beside else "request of no run"
    if finding.by in SPOKEN:
        return _spoken(finding, known, reached=reached, menu=menu)
    if menu:
        return ""
    if finding.by == "constant":
        return "constant" if stands else "constant elsewhere"
    return "device test" if stands else ""


def _spoken(finding: Finding, known: Known, *, reached: bool, menu: bool) -> str:
    """The kind of premise that a claim is: by what it says was done, and whether it stands where the project speaks."""
    deed = finding.statement.deed if finding.statement else "mentions"
    if finding.by == "comment":
        own = deed in DEEDS_OF_ITS_OWN and not menu
        return _near(deed, here=reached) if own else _near("comment", here=reached and not menu)
    if finding.signal == MACHINE and deed not in DEEDS_OF_ITS_OWN:
        return "machine"
    if menu and deed not in DONE:
        return "menu"
    return _near(deed, here=_speaks_for(finding.path, known.project))


def _near(kind: str, *, here: bool) -> str:
    """The kind where the project speaks, or further away; what says little further away is one kind there."""
    return kind if here else f"{kind} elsewhere" if kind in (*DEEDS_OF_ITS_OWN, "comment") else "spoken of elsewhere"


def _speaks_for(path: str, project: str) -> bool:
    """Whether a document is one in which a project speaks of itself: it lies at the top, or in the project's folder."""
    return told_at_once(path) or posixpath.dirname(path) in ("", project)


def _requirements(known: Known, readers: Readers) -> Iterator[Premise]:
    """What the headline asks for, by how firmly: families without it are unlikely, where they are not excluded."""
    for piece in known.evidence:
        signal = readers.signals[piece.signal]
        if signal.effect not in ("requires", "prefers") or piece.standing == "inert":
            continue
        lines = piece.lines
        at = f"{lines[0].path}:{lines[0].span.line}" if lines else ""
        if signal.requires:
            answers = readers.answers.to(signal.id, signal.requires, piece.value)
            firm = signal.effect == "requires" and signal.strength != "weak"
            kind = "perhaps asked for" if piece.standing == "optional" else "asked for" if firm else "preferred"
            yield Premise(kind, readers.refused(answers.agrees, answers.unknown), at, signal.title, against=True)
        if signal.presumption and piece.standing == "asserted":
            answers = readers.answers.to(f"{signal.id}: presumed", signal.presumption, piece.value)
            refused = readers.refused(answers.agrees, answers.unknown)
            unspoken = (one.id for one in readers.families if one.id in refused and one.vendor not in known.mentions)
            yield Premise("presumed", frozenset(unspoken), at, signal.title, against=True)


def _vendors(known: Known, families: Sequence[Family]) -> Iterator[Premise]:
    """Vendors of whom the tree nowhere speaks, NVIDIA apart: its words are everybody's."""
    unspoken = (one.id for one in families if one.vendor not in known.mentions and one.vendor != "nvidia")
    yield Premise("unspoken vendor", frozenset(unspoken), against=True)


def _frameworks(known: Known, families: Sequence[Family]) -> Iterator[Premise]:
    """The frameworks of the headline, or of a tree without one, that people mostly use on one vendor's accelerators."""
    modules = known.headline.modules if known.headline else known.modules
    for name, vendor in usual_vendors(modules).items():
        theirs = frozenset(one.id for one in families if one.vendor != vendor)
        yield Premise("framework", theirs, says=f"imports {name}", against=True)


def _shape(known: Known, families: Iterable[Family]) -> Iterator[Premise]:
    """How many accelerators the headline asks for: whole nodes are seldom of cards made for desks."""
    devices = known.headline.devices if known.headline else 0
    if devices < NODE or known.headline is None:
        return
    kind = "several nodes" if devices > NODE else "a whole node"
    desks = frozenset(one.id for one in families if not one.professional)
    yield Premise(kind, desks, f"{known.headline.path}:{known.headline.line}", f"{devices} devices", against=True)
