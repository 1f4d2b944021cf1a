"""Which signals tell which chips apart? The page docs/discrimination.md, from the signals and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.catalogue.cells import STATED
from chipsieve.reference.chips_asked import answers_to
from chipsieve.sieve.policies import DEFAULT, load_policy
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Signal
from chipsieve.signals.steps import steps

FAMILIES = (
    "A100", "A800", "L40S", "RTX 4090", "H100", "H800", "H20", "B200", "GB200", "MI250X", "MI300X", "Ascend 910B",
    "MLU590", "MTT S4000", "TPU v4", "Trainium1", "Trainium2",
)  # fmt: skip
VALUES = {
    "cuda-arch-exact": ("8.9a", "9.0a", "10.0a", "10.0f"),
    "torch-cuda-arch-list": ("8.0", "8.9", "9.0", "9.0+PTX", "10.0"),
    "nvcc-gencode": ("sm_80", "sm_89", "sm_90a", "compute_80"),
    "rocm-arch-list": ("gfx90a", "gfx942"),
}
"""What lines often say, for signals whose claim depends on it."""
UNSEEN = ("announced", "released", "node_devices", "process", "die_area_mm2", "ics", "china_specific", "marketed_dc")
"""Facts that no code can ask for."""
MARKS = {frozenset({True}): "+", frozenset({False}): "-", frozenset({None}): "?"}
PART = "±"
PAIRS = "Of the two, one stays and all of the other goes. Hints prefer one of them, or ask for it weakly."
VENDORS = "Signals that exclude every chip of one vendor in the tables above, and leave every chip of the other."
ALIKE = (
    "Names tell them apart, hints of the tables above, and figures of the catalogue. A memory floor may lie between "
    "two sizes of memory; no signal asks for a rate. They differ in:"
)

HEAD = """# Which signals tell which chips apart
{generated}

Computed from the signals' predicates and the catalogue. `+`: the signal admits the chip; `-`: it refuses it; `?`: the
catalogue does not know; `±`: it depends on which row of the family it is. Signals with the same answers share a row;
those that say the same of all these chips are left out. Only those that are definitive or strong exclude by default
([method.md](method.md)); all others count in the estimate. A chip's name ([signals.md](signals.md#names)) tells all
chips apart and excludes none.
"""


@dataclass(frozen=True)
class Claim:
    """One signal's claim, for one value where that decides: what it says, and whether it excludes by default."""

    signal: Signal
    value: str
    answers: Mapping[str, frozenset[bool | None]]
    excludes: bool

    @property
    def marks(self) -> tuple[str, ...]:
        """The answer for each family."""
        return tuple(MARKS.get(self.answers[family], PART) for family in FAMILIES)

    def leaves(self, one: str, other: str) -> bool:
        """Whether it admits a chip of one family, and refuses all of the other."""
        return True in self.answers[one] and self.answers[other] == {False}

    def parts(self, one: str, other: str) -> bool:
        """Whether it leaves one of the two families, and refuses the other."""
        return self.leaves(one, other) or self.leaves(other, one)


@cache
def members(family: str) -> tuple[Accelerator, ...]:
    """The rows of a family; there must be one."""
    found = tuple(chip for chip in load_catalogue().accelerators if chip.family == family)
    if not found:
        raise ValueError(f"no accelerator's family is {family!r}: correct FAMILIES in tools/discrimination.py")
    return found


@cache
def claims() -> tuple[Claim, ...]:
    """What the signals that require or prefer say of the families; those that say the same of all are left out."""
    policy = load_policy(DEFAULT)
    found = []
    for signal in load_signals().values():
        if signal.effect not in ("requires", "prefers"):
            continue
        depends = "$value" in repr(signal.requires)
        for value in VALUES.get(signal.id, ()) if depends else ("",):
            answers = {family: _answers(signal, value, family) for family in FAMILIES}
            found.append(Claim(signal, value, answers, policy.predicate(signal) is not None))
    return tuple(claim for claim in found if len(set(claim.answers.values())) > 1)


def _answers(signal: Signal, value: str, family: str) -> frozenset[bool | None]:
    said = answers_to(signal.requires, value)
    sides: tuple[tuple[bool | None, frozenset[str]], ...] = (
        (True, said.agrees), (False, said.against), (None, said.unknown),
    )  # fmt: skip
    return frozenset(answer for answer, ids in sides if any(chip.id in ids for chip in members(family)))


def discrimination_page(generated: str) -> str:
    """The page; `generated` is the line that says so."""
    lines = [HEAD.format(generated=generated), *_tables(), *_pairs()]
    return "\n".join(lines).rstrip("\n") + "\n"


def _tables() -> Iterator[str]:
    for step in steps():
        own = [claim for claim in claims() if claim.signal.step == step.id]
        for title, excludes in ((f"{step.id}: what excludes by default", True), (f"{step.id}: what hints", False)):
            if rows := [claim for claim in own if claim.excludes == excludes]:
                yield from (f"## {title}", "", *_table(rows), "")


def _table(rows: Iterable[Claim]) -> Iterator[str]:
    together: dict[tuple[str, ...], list[Claim]] = {}
    for claim in rows:
        together.setdefault(claim.marks, []).append(claim)
    yield f"| signals | {' | '.join(FAMILIES)} |"
    yield f"|---{'|:---:' * len(FAMILIES)}|"
    for marks, same in together.items():
        yield f"| {listed(same)} | {' | '.join(marks)} |"


def _pairs() -> Iterator[str]:
    pairs = list(combinations(FAMILIES, 2))
    alike = [pair for pair in pairs if not any(claim.excludes and claim.parts(*pair) for claim in claims())]
    yield from ("## Pairs of one vendor", "", PAIRS, "", "| chips | excludes the first | excludes the second | hints |")
    yield "|---|---|---|---|"
    for one, other in pairs:
        if vendor(one) == vendor(other):
            hints = [claim for claim in claims() if not claim.excludes and claim.parts(one, other)]
            strong = [claim for claim in claims() if claim.excludes]
            first = [claim for claim in strong if claim.leaves(other, one)]
            second = [claim for claim in strong if claim.leaves(one, other)]
            yield f"| {one}, {other} | {listed(first)} | {listed(second)} | {listed(hints)} |"
    yield from (
        "",
        "## Vendors",
        "",
        VENDORS,
        "",
        "| vendors | excludes the first | excludes the second |",
        "|---|---|---|",
    )
    names = load_catalogue().vendors
    for one, other in combinations(dict.fromkeys(map(vendor, FAMILIES)), 2):
        yield f"| {names[one]}, {names[other]} | {listed(_parting(other, one))} | {listed(_parting(one, other))} |"
    yield from ("", "## Pairs that no requirement tells apart", "", ALIKE, "")
    yield from (f"- **{one} and {other}**: {_figures(one, other)}." for one, other in alike)


def vendor(family: str) -> str:
    """The slug of the vendor of a family."""
    return members(family)[0].vendor


def _parting(stays: str, goes: str) -> list[Claim]:
    """The claims that exclude every family of one vendor by default, and leave every one of another."""
    return [
        claim
        for claim in claims()
        if claim.excludes
        and all(claim.answers[family] == {True} for family in FAMILIES if vendor(family) == stays)
        and all(claim.answers[family] == {False} for family in FAMILIES if vendor(family) == goes)
    ]


def listed(found: Iterable[Claim]) -> str:
    """The signals with links, each once with the values of its claims."""
    values: dict[str, list[str]] = {}
    for claim in found:
        values.setdefault(claim.signal.id, []).extend([f"`{claim.value}`"] if claim.value else [])
    links = {name: f"[{name}](signals/{name}.md)" for name in values}
    return ", ".join(f"{links[name]} ({', '.join(said)})" if said else links[name] for name, said in values.items())


def _figures(one: str, other: str) -> str:
    """The facts of which the two families share no value."""
    found = []
    for fact in STATED:
        here, there = _cells(one, fact), _cells(other, fact)
        if fact not in UNSEEN and here and there and not here & there:
            found.append(f"`{fact}` ({_said(here)} against {_said(there)})")
    return ", ".join(found) or "no figure differs"


def _cells(family: str, fact: str) -> set[Cell]:
    return {cell for chip in members(family) if (cell := chip.facts.get(fact)) is not None}


def _said(cells: set[Cell]) -> str:
    texts = {
        "yes" if cell is True else "no" if cell is False else f"{cell:g}" if isinstance(cell, int | float) else cell
        for cell in cells
    }
    return " or ".join(sorted(map(str, texts)))
