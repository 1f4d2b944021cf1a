"""What can be compared of a saved report? JSON of contract `chipsieve/2`, read strictly; verdicts go that way too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from chipsieve.link.launch import Standing
from chipsieve.report.json_report import SCHEMA, document
from chipsieve.report.lookups import FIRMNESS
from chipsieve.saved_files import load_json
from chipsieve.sieve.comparing import Compared, Fact, Name
from chipsieve.sieve.outcome import Verdict
from chipsieve.tables import TableError

LARGEST = 512  # MB of a report that is read


class _Catalogue(msgspec.Struct, frozen=True):
    date: str


class _Cut(msgspec.Struct, frozen=True):
    signal: str
    evidence: tuple[str, ...]


class _Step(msgspec.Struct, frozen=True):
    cuts: tuple[_Cut, ...]


class _Launch(msgspec.Struct, frozen=True):
    id: str
    steps: tuple[_Step, ...]
    remaining: frozenset[str]


class _Naming(msgspec.Struct, frozen=True):
    accelerators: tuple[str, ...]
    by: str
    at: str
    text: str


class _Family(msgspec.Struct, frozen=True):
    name: str
    probability: float


class _Estimate(msgspec.Struct, frozen=True):
    families: tuple[_Family, ...]


class _Repository(msgspec.Struct, frozen=True):
    role: str
    possible: frozenset[str]
    remaining: frozenset[str]
    main: str | None
    named: tuple[_Naming, ...]
    trained_on: _Estimate | None
    sentence: str


class _Standings(msgspec.Struct, frozen=True):
    asserted: tuple[int, ...]
    optional: tuple[int, ...]

    def by_launch(self, ids: Sequence[str]) -> dict[str, Standing]:
        """The standing by the ids of launches, of which this has numbers."""
        optional: dict[str, Standing] = dict.fromkeys((ids[number] for number in self.optional), "optional")
        return optional | dict.fromkeys((ids[number] for number in self.asserted), "asserted")


class _Finding(msgspec.Struct, frozen=True):
    signal: str
    path: str
    line: int
    value: str
    snippet: str
    standing: int


class _Report(msgspec.Struct, frozen=True):
    """The part of the contract that is compared."""

    policy: str
    scope: str
    root: str
    catalogue: _Catalogue
    standings: tuple[_Standings, ...]
    launches: tuple[_Launch, ...]
    repository: _Repository
    findings: tuple[_Finding, ...]


def compared_file(file: Path) -> Compared:
    """What can be compared of a saved report.

    Raises:
        TableError: there is no such file, or it is no report of this contract; the message says what it is.
    """
    saved = load_json(file, LARGEST)
    schema = saved.get("schema") if isinstance(saved, dict) else None
    if schema != SCHEMA:
        found = "no saved report of chipsieve" if schema is None else f"a report of schema {schema!r}"
        raise TableError(f"{file}: {found}; `chipsieve scan --format json` writes {SCHEMA!r}")
    return _compared(saved, str(file))


def compared_verdict(verdict: Verdict) -> Compared:
    """What can be compared of a verdict: the same as of its saved report."""
    return _compared(document(verdict), verdict.root)


def _compared(report: object, where: str) -> Compared:
    try:
        read = msgspec.convert(report, _Report)
        facts = tuple(_facts(read))
        names = tuple(_name(one) for one in read.repository.named)
    except (msgspec.ValidationError, IndexError, ValueError) as error:
        raise TableError(f"{where}: not a whole report: {error}") from error
    answer = read.repository
    remaining = next((one.remaining for one in read.launches if one.id == answer.main), answer.remaining)
    families = answer.trained_on.families if answer.trained_on else ()
    percents = {one.name: round(one.probability * 100) for one in families}
    return Compared(
        tree=read.root,
        asked={
            "policy": read.policy, "scope": read.scope, "role": answer.role, "catalogue": read.catalogue.date,
        },
        facts=facts,
        names=names,
        main=answer.main or "",
        possible=answer.possible,
        remaining=remaining,
        families={name: percent for name, percent in percents.items() if percent},
        sentence=answer.sentence,
    )  # fmt: skip


def _name(naming: _Naming) -> Name:
    return Name(naming.text, naming.by, *_place(naming.at), naming.accelerators)


def _place(at: str) -> tuple[str, int]:
    """The path and the line of a place."""
    path, _, line = at.rpartition(":")
    return path, int(line)


def _facts(report: _Report) -> Iterator[Fact]:
    """Each finding once by its key, as firm as the firmest of them; and what excludes without a finding of its own."""
    found: dict[tuple[str, ...], Fact] = {}
    stated: set[tuple[str, str]] = set()
    ids = [launch.id for launch in report.launches]
    rows = [row.by_launch(ids) for row in report.standings]
    for one in report.findings:
        held = rows[one.standing]
        stated |= {(one.signal, launch) for launch in held}
        main = held.get(report.repository.main or "", "inert")
        anywhere: Standing = min(held.values(), key=FIRMNESS.__getitem__, default="inert")
        _keep(found, Fact(one.signal, one.value, one.path, one.snippet, one.line, main, anywhere))
    for launch in report.launches:
        here: Standing = "asserted" if launch.id == report.repository.main else "inert"
        for cut in (cut for step in launch.steps for cut in step.cuts):
            if (cut.signal, launch.id) not in stated:
                path, line = _place(cut.evidence[0]) if cut.evidence else ("", 0)
                _keep(found, Fact(cut.signal, "", path, "", line, here, "asserted"))
    yield from found.values()


def _keep(found: dict[tuple[str, ...], Fact], fact: Fact) -> None:
    """Keep of several facts that say the same the one that is firmest in the main launch, with the firmest standing."""
    known = found.setdefault(fact.key, fact)
    anywhere = min(known.anywhere, fact.anywhere, key=FIRMNESS.__getitem__)
    firmer = min(known, fact, key=lambda one: (FIRMNESS[one.main], FIRMNESS[one.anywhere]))
    found[fact.key] = replace(firmer, anywhere=anywhere)
