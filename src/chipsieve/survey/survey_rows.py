"""Which rows of a survey's tables does one verdict make?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from chipsieve import __version__
from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.derive.premises import Evidence
from chipsieve.facts.statements import Statement
from chipsieve.report.lookups import needed_lines, sorted_gaps, sorted_namings
from chipsieve.sieve.controls import controls_of
from chipsieve.sieve.outcome import LaunchVerdict, Verdict, of_role
from chipsieve.survey.columns import Record

FEW = 3  # families; a name that can mean more of them is a vendor's or an architecture's


def rows_of(verdict: Verdict, source: str, digest: str) -> dict[str, list[Record]]:
    """The rows of each table; `source` is where the repository was read, `digest` stands for what was read and how."""
    return {
        "repositories": [_repository(verdict, source, digest)],
        "launches": list(_launches(verdict)),
        "evidence": list(_evidence(verdict)),
        "claims": list(_claims(verdict)),
        "estimates": list(_estimates(verdict)),
        "gaps": [
            {"path": gap.path, "line": gap.line, "reason": gap.reason, "notice": gap.notice}
            for gap in sorted_gaps(verdict)
        ],
    }


def _repository(verdict: Verdict, source: str, digest: str) -> Record:
    main, first = verdict.main_launch, verdict.trained_on.first if verdict.trained_on else None
    left = main.remaining if main else verdict.remaining
    named = {family for one in verdict.named for family in families_named(verdict.accelerators, one.accelerators)}
    return {
        "source": source,
        "state": "answered",
        "digest": digest,
        "commit": verdict.commit.id if verdict.commit else None,
        "commit_day": verdict.commit.day if verdict.commit else None,
        "branch": verdict.origin.branch,
        "remote": verdict.origin.remote,
        "modified": verdict.origin.modified,
        "as_of": verdict.as_of or None,
        "version": __version__,
        "catalogue": verdict.catalogue_date,
        "policy": verdict.policy,
        "role": verdict.role,
        "main": main.launch.id if main else None,
        "launches": len(verdict.launches),
        "speaking": sum(not one.silent for one in verdict.speaking),
        "possible": sorted(verdict.possible),
        "remaining": sorted(left),
        **_controls(verdict, left),
        "named": sorted(named),
        "family": first.name if first else None,
        "probability": first.probability if first else None,
        "words": first.words if first else None,
        "vendors": sorted(verdict.mentions),
        "files": verdict.coverage.files,
        "read": verdict.coverage.read,
        "sentence": verdict.sentence,
    }


def _controls(verdict: Verdict, left: Sequence[str]) -> Record:
    """Of some accelerators, which were controlled on the verdict's day; nulls where no day is known."""
    found = controls_of(verdict.as_of, verdict.accelerators, left, None)
    if found is None:
        return {}
    return {
        "controlled": sorted(found.out.intersection(found.status.y)),
        "uncontrolled": sorted(found.uncontrolled),
        "undecided": sorted(found.undecided),
    }


def _launches(verdict: Verdict) -> Iterator[Record]:
    speaking = {outcome.launch.id for outcome in verdict.speaking}
    for outcome in verdict.launches:
        launch = outcome.launch
        yield {
            "launch": launch.id,
            "main": launch.id == verdict.main,
            "speaks": launch.id in speaking,
            "silent": outcome.silent,
            "role": launch.role,
            "project": launch.project,
            "entry": launch.entry,
            "command": " ".join(word.text for word in launch.command),
            "as_of": verdict.as_of or None,
            "remaining": sorted(outcome.remaining),
            **_controls(verdict, outcome.remaining),
            "techniques": sorted({note.name or note.label for note in outcome.techniques}),
            "sites": sorted({note.label for note in outcome.sites}),
            "conflict": outcome.conflict is not None,
        }


def _evidence(verdict: Verdict) -> Iterator[Record]:
    """What the launches of the role that was asked for say, but for names, which are claims."""
    for outcome in of_role(verdict.launches, verdict.role, verdict.project, verdict.launch):
        yield from _evidence_of(verdict, outcome)


def _evidence_of(verdict: Verdict, outcome: LaunchVerdict) -> Iterator[Record]:
    rulings = {_key(ruling.evidence): ruling for ruling in outcome.proof.rulings}
    for evidence in outcome.evidence:
        signal, ruling = verdict.signals[evidence.signal], rulings.get(_key(evidence))
        if signal.effect != "names":
            line = next(iter(needed_lines(evidence, outcome.launch)), None)
            yield {
                "launch": outcome.launch.id,
                "signal": evidence.signal,
                "effect": signal.effect,
                "strength": signal.strength,
                "value": evidence.value,
                "standing": evidence.standing,
                "weight": ruling.weight if ruling else None,
                "excluded": len(ruling.excluded) if ruling else 0,
                "path": line.path if line else None,
                "line": line.span.line if line else None,
                "state": "present",
            }


def _key(evidence: Evidence) -> tuple[str, str, str]:
    """What tells the evidence of one launch apart: it is put together by signal and value."""
    return evidence.signal, evidence.value, evidence.standing


def _claims(verdict: Verdict) -> Iterator[Record]:
    said = {(one.path, one.span.line, one.value): one.statement for one in verdict.findings if one.statement}
    for naming in sorted_namings(verdict.named):
        yield {
            "families": families_named(verdict.accelerators, naming.accelerators),
            "accelerators": sorted(naming.accelerators),
            "text": naming.text,
            "by": naming.by,
            **statement_cells(said.get((naming.path, naming.line, naming.text))),
            "path": naming.path,
            "line": naming.line,
            "as_of": verdict.as_of or None,
            "state": "present",
        }


def statement_cells(statement: Statement | None) -> Record:
    """What a sentence says of the hardware that it names; nulls where there is none."""
    if statement is None:
        return {}
    return {"deed": statement.deed, "devices": statement.devices, "hours": statement.hours}


def families_named(accelerators: Iterable[Accelerator], ids: Iterable[str]) -> list[str]:
    """The families of the accelerators that a name can mean; none where it names no model line but a vendor."""
    known: Mapping[str, str] = {chip.id: chip.family for chip in accelerators}
    found = sorted({known[one] for one in ids if one in known})
    return found if len(found) <= FEW else []


def _estimates(verdict: Verdict) -> Iterator[Record]:
    controls = verdict.controls
    standing = {one.family.family: one.standing for one in controls.families} if controls else {}
    for rank, one in enumerate(verdict.trained_on.families if verdict.trained_on else (), 1):
        yield {
            "rank": rank,
            "family": one.name,
            "probability": one.probability,
            "words": one.words,
            "accelerators": sorted(one.accelerators),
            "controlled": standing.get(one.family),
            "as_of": verdict.as_of or None,
            "because": [f"{why.at or 'no line'}: {why.says} ({why.weight:+.2f})" for why in one.because],
        }
