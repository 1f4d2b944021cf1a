"""What speaks for or against a family? Names, claims, logs, requirements, shapes and dates, each a premise of one kind.

The kinds are the rows of weights.toml. A premise speaks of families and never of the project: what it weighs is the
table's business.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from chipsieve.catalogue.catalogue_answers import CatalogueAnswers, Chips
from chipsieve.commands.launchers import TRAINING
from chipsieve.derive.premises import Evidence
from chipsieve.derive.shape import Shape, shape_of
from chipsieve.estimate.families import Family
from chipsieve.estimate.frameworks import computes, usual_vendors
from chipsieve.facts.finding import Finding
from chipsieve.link.headline import read_first
from chipsieve.link.launch import Launch, Standing
from chipsieve.link.roles import VENDORED, distance_from_project
from chipsieve.signals.signal import Signal

MENU = 3  # families that one line names: it lists what there is, and says nothing of the run
NODE = 8  # accelerators that one machine holds
LEFT_BEHIND = ("log", "metadata")  # what runs left behind
DEVICE_NAMES = ("named-in-log", "named-in-metadata")  # what a device query printed or a tool recorded
GROUND = "site"
VENDORS_GROUND = "vendor's ground"
VENDOR = "vendor"  # whose driver or toolkit alone installs what is used
REQUEST = ("request", "request of another run", "request of no run")
BY_WORDS_OF_RUNS: Mapping[str, tuple[str, str, str]] = {
    "scheduler": REQUEST, "cloud": REQUEST, "site": (GROUND, "site elsewhere", "site elsewhere"),
    VENDOR: (GROUND, "", ""),
}  # fmt: skip
"""The kinds of what names a chip in the headline, in another launch of the project, or in none, by who names it."""
GROUNDS = ("site", VENDOR)  # scripts look for many machines behind guards: these count where they are certain
ASKED_BY_CODE = ("constant", "device-test")  # who tests for three chips in one file, knows many
SPOKEN = frozenset({"prose", "comment"})
DEEDS_OF_ITS_OWN = frozenset({"trained", "fine-tuned", "experiments", "tested", "requires"})
DONE = frozenset({"trained", "fine-tuned", "experiments"})
MACHINE = "named-by-machine"
NAME_PARTS = re.compile(r"[^a-z0-9]+")
CHIP = re.compile(r"[a-z]{1,5}\d{3,4}[a-z]{0,2}|h20|gaudi\d|trn\d|910[abc]|rtx\d{4}")
"""A part of a file's name that may be a chip's: `a100`, `mi300x`, `h20`."""
NAMED = "named"
NAMED_ELSEWHERE = "named elsewhere"
FILE_NAME = "file name"
HERE = (
    "log",
    "request",
    "request of another run",
    "device test",
    FILE_NAME,
    "machine",
    "mentions",
    "benchmark",
    "supports",
)
FURTHER_AWAY = (
    "request of no run",
    "comment",
    "constant",
    *(f"{deed} elsewhere" for deed in DEEDS_OF_ITS_OWN),
)
POOLS: Mapping[str, str] = {
    **dict.fromkeys((*HERE, *DEEDS_OF_ITS_OWN), NAMED),
    **dict.fromkeys(FURTHER_AWAY, NAMED_ELSEWHERE),
}
"""The kinds that together make up the kinds `NAMED` and `NAMED_ELSEWHERE`: what names a family that may be the one.

The ground on which a launch stands is not among them: a site names all that it has, rare families beside common ones.
"""


class Premise(msgspec.Struct, frozen=True):
    """One thing that speaks for some families (`against`: against them), and where: `path:line`, "" for no line."""

    kind: str
    families: frozenset[str]
    at: str = ""
    says: str = ""
    against: bool = False


class Known(msgspec.Struct, frozen=True):
    """What is known of a project: its headline with its evidence, its other launches that speak, and the tree around.

    `findings` are all of the tree, `mentions` the vendors of whom it speaks; `day` is the day for which to answer, ""
    where nobody knows, and `not_before` the earliest that it can be. `possible` are the accelerators on which the
    project can run, or on which a log shows that it did; `modules` the first names of what the tree's code imports,
    those of the headline among them.
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
    not_before: str = ""

    @property
    def trains(self) -> bool:
        """Whether the headline is a run that trains."""
        return self.headline is not None and self.headline.role in TRAINING


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
    found.update(_vendors(known, readers.families), _frameworks(known, readers.families), _file_names(known, readers))
    return tuple(sorted(found, key=lambda one: (one.kind, one.at, one.says, sorted(one.families), one.against)))


def _names(known: Known, readers: Readers) -> Iterator[Premise]:
    """What names a family: requests, logs, device tests, constants, claims."""
    own = dict(known.headline.findings) if known.headline else {}
    beside = {finding for launch in known.others for finding, _ in launch.findings}
    files = frozenset(known.headline.files) if known.headline else frozenset()
    named: dict[Finding, frozenset[str]] = {}
    together: defaultdict[tuple[str, int | str], set[str]] = defaultdict(set)
    certain = frozenset(finding.signal for finding, stands in own.items() if stands == "asserted")
    for finding in {*known.findings, *own, *beside}:
        signal = readers.signals.get(finding.signal)
        if signal is None or signal.effect != "names" or certain.intersection(signal.unless):
            continue
        if distance_from_project(finding.path) == VENDORED:
            continue
        meant = readers.meant(readers.answers.to(signal.id, signal.requires or {}, finding.value).agrees)
        if meant:
            named[finding] = meant
            together[_together(finding)].update(meant)
    for finding, meant in named.items():
        menu = len(together[_together(finding)]) >= MENU + len(meant) - 1
        reached = finding.path in files
        kind = _kind(finding, own.get(finding), known, beside=finding in beside, reached=reached, menu=menu)
        at = f"{finding.path}:{finding.span.line}"
        if kind:
            yield Premise(kind, meant, at, finding.value)
        if kind == GROUND and finding.by == VENDOR:
            others = frozenset(family.id for family in readers.families) - meant
            yield Premise(VENDORS_GROUND, others, at, finding.value, against=True)


def _together(finding: Finding) -> tuple[str, int | str]:
    """Among which names a name is one of a menu: those of its line, or those that a file's code asks for likewise."""
    return finding.path, finding.by if finding.by in ASKED_BY_CODE else finding.span.line


def _kind(finding: Finding, stands: Standing | None, known: Known, *, beside: bool, reached: bool, menu: bool) -> str:
    """The kind of premise that a name is, "" for none."""
    if finding.is_listed:
        return ""
    if finding.by in LEFT_BEHIND:
        return "log" if finding.signal in DEVICE_NAMES else "words of a log"
    if finding.by == "notebook":
        return "notebook"
    if finding.by in BY_WORDS_OF_RUNS:
        own, another, none = BY_WORDS_OF_RUNS[finding.by]
        certain = stands == "asserted" if finding.by in GROUNDS else bool(stands)
        return own if certain else another if beside else none
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
    if deed not in DONE and not known.trains:
        return "inference"  # what does not train is tested, measured and supported where it infers
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
    """Whether a document is one in which a project speaks of itself: the topmost README, or its own."""
    folder, _, name = path.rpartition("/")
    return read_first(path) or (folder == project and read_first(name))


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
            unspoken = frozenset(one.id for one in readers.families if one.vendor not in known.mentions) & refused
            yield Premise("presumed", unspoken, at, signal.title, against=True)
            yield Premise("presumed though spoken of", refused - unspoken, at, signal.title, against=True)


def _vendors(known: Known, families: Sequence[Family]) -> Iterator[Premise]:
    """Vendors of whom the tree nowhere speaks, NVIDIA apart: its words are everybody's."""
    unspoken = (one.id for one in families if one.vendor not in known.mentions and one.vendor != "nvidia")
    yield Premise("unspoken vendor", frozenset(unspoken), against=True)


def _file_names(known: Known, readers: Readers) -> Iterator[Premise]:
    """The names of the headline's script, program and configurations: `train_h100.sh`, `configs/a100/7b.yaml`."""
    launch = known.headline
    if launch is None:
        return
    words = [launch.path, launch.entry, *(word.text for word in launch.command)]
    parts = {part for word in words for part in NAME_PARTS.split(word.casefold()) if CHIP.fullmatch(part)}
    for part in sorted(filter(readers.answers.names.__contains__, parts)):  # a command may have 50,000 words
        meant = readers.meant(readers.answers.to("named", {"named": "$value"}, part).agrees)
        if meant:
            yield Premise(FILE_NAME, meant, f"{launch.path}:{launch.line}", part)


def _frameworks(known: Known, families: Sequence[Family]) -> Iterator[Premise]:
    """The frameworks of the headline, or of a tree without one, that people mostly use on one vendor's accelerators."""
    own = known.headline.modules if known.headline else frozenset[str]()
    modules = own if computes(own) else known.modules
    for name, framework in usual_vendors(modules).items():
        others = frozenset(one.id for one in families if one.vendor != framework.vendor)
        kind = "vendor's framework" if framework.own else "framework"
        yield Premise(kind, others, says=f"imports {name}", against=True)


def _shape(known: Known, families: Iterable[Family]) -> Iterator[Premise]:
    """How many accelerators the headline asks for, against cards made for desks and against other kinds of machine."""
    shape = shape_of(known.headline) if known.headline else Shape()
    if known.headline is None or shape.devices < NODE:
        return
    several = shape.devices > NODE
    desks = frozenset(one.id for one in families if not one.professional)
    at = shape.at or f"{known.headline.path}:{known.headline.line}"
    yield Premise("several nodes" if several else "a whole node", desks, at, f"{shape.devices} devices", against=True)
    if shape.per_node:
        says = f"{shape.per_node} devices per node"
        smaller = frozenset(one.id for one in families if one.nodes and max(one.nodes) < shape.per_node)
        others = frozenset(one.id for one in families if one.nodes and shape.per_node not in one.nodes) - smaller
        yield Premise("more than a node", smaller, at, says, against=True)
        if several:
            yield Premise("another node", others, at, says, against=True)
