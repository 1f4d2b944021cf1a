"""What does the machine-readable verdict hold? Contract `chipsieve/2`, described by schema/chipsieve-2.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from chipsieve import __version__
from chipsieve.derive.dating import Change
from chipsieve.derive.premises import Date, Premise, Quantity
from chipsieve.estimate.answer import Estimate
from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Launch, Setting
from chipsieve.report import lookups
from chipsieve.report.condition_words import describe_all
from chipsieve.report.control_records import control_records
from chipsieve.report.escape import json_text
from chipsieve.report.note_counts import site_counts, technique_counts
from chipsieve.report.provenance import provenance_record
from chipsieve.report.sentence import sentence
from chipsieve.report.shared import Group, Shared, Standings
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Contradiction, LaunchVerdict, Naming, Note, Verdict
from chipsieve.sieve.proof import Conflict, Ruling, StepResult
from chipsieve.signals.signal import Signal

SCHEMA = "chipsieve/2"
MOST_LINES = 20
"""Lines of evidence that a cut lists. The standings of its signal's findings have all."""
Record = dict[str, object]


def report(verdict: Verdict, style: Style) -> str:
    """The verdict as one JSON document in the contract's order of keys."""
    return json_text(document(verdict, style.command))


def document(verdict: Verdict, command: Sequence[str] = ()) -> Record:
    """The verdict as JSON values, by contract `chipsieve/2`, with the command that asked for it."""
    shared = Shared.of(verdict)
    return {
        **header(verdict, command),
        **shared_record(shared),
        "launches": list(launch_records(verdict, shared)),
        "repository": repository_record(verdict),
        "findings": finding_records(verdict, shared),
        **footer(verdict),
    }


def header(verdict: Verdict, command: Sequence[str]) -> Record:
    """What was asked, of which tree, by which catalogue, and where all that comes from."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "policy": verdict.policy,
        "scope": verdict.scope,
        "root": verdict.root,
        "catalogue": {"date": verdict.catalogue_date, "accelerators": len(verdict.accelerators)},
        "provenance": provenance_record(verdict, command),
    }


def shared_record(shared: Shared) -> Record:
    """What launches and findings refer to by number."""
    return {
        "files": list(shared.files),
        "settings": [_group(one) for one in shared.groups],
        "standings": [_standing(one) for one in shared.standings],
    }


def _group(group: Group) -> Record:
    """Settings of one file and source, as rows of name, value and line."""
    rows = [[one.name, one.value, one.span.line] for one in group.settings]
    return {"path": group.path, "source": group.source, "values": rows}


def _standing(standings: Standings) -> Record:
    """The numbers of the launches in which a finding is asserted, and of those in which it is optional."""
    return {kind: [number for number, standing in standings if standing == kind] for kind in ("asserted", "optional")}


def footer(verdict: Verdict) -> Record:
    """What comments ask to leave out, what could not be read and why, and how much was read."""
    gaps = [
        {
            "path": gap.path,
            **({} if gap.line is None else {"line": gap.line}),
            "reason": gap.reason,
            **({"notice": True} if gap.notice else {}),
        }
        for gap in lookups.sorted_gaps(verdict)
    ]
    ignored = [
        {
            "signal": one.finding.signal,
            "path": one.finding.path,
            "line": one.finding.span.line,
            "reason": one.reason,
            "overridden": one.overridden,
        }
        for one in lookups.sorted_ignored(verdict)
    ]
    seen = verdict.coverage
    coverage = {
        "files": seen.files, "read": seen.read, "skipped": seen.skipped, "skipped_kinds": dict(seen.kinds),
        "unparsed": seen.unparsed,
    }  # fmt: skip
    return {"ignored": ignored, "gaps": gaps, "coverage": coverage}


def launch_records(verdict: Verdict, shared: Shared) -> Iterator[Record]:
    """The contract's `launches`: those of the role that was asked for in full, the others in brief."""
    for outcome in verdict.launches:
        yield _launch(outcome, verdict.signals, shared, brief=outcome.launch.id not in shared.in_full)


def _launch(outcome: LaunchVerdict, signals: Mapping[str, Signal], shared: Shared, *, brief: bool) -> Record:
    """One launch; in brief, without what fills most of a document: its settings, files, steps and techniques."""
    launch = outcome.launch
    settings, files, steps, techniques = ((), (), (), ()) if brief else (
        shared.of_launch.get(launch.id, ()), launch.files, outcome.steps, outcome.techniques,
    )  # fmt: skip
    return {
        "id": launch.id,
        "role": launch.role,
        "brief": brief,
        "entry": launch.entry,
        "documented_at": launch.documented_at or None,
        "project": launch.project,
        "silent": outcome.silent,
        "command": [word.text for word in launch.command],
        "environment": {name: value.text for name, value in sorted(launch.environment.items())},
        "settings": list(settings),
        "files": sorted(shared.files[one] for one in files),
        "steps": [_step(step, launch, signals) for step in steps],
        "remaining": sorted(outcome.remaining),
        "named": _namings(outcome.named),
        "techniques": list(map(technique_record, lookups.sorted_notes(techniques))),
        "site": list(map(site_record, lookups.sorted_notes(outcome.sites))),
        "conflict": _conflict(outcome.conflict, launch, signals),
        "contradictions": _contradictions(outcome.contradictions),
    }


def setting_record(setting: Setting) -> Record:
    """One setting, with its place."""
    return {"name": setting.name, "value": setting.value, "at": lookups.place(setting), "source": setting.source}


def repository_record(verdict: Verdict) -> Record:
    """The contract's `repository`."""
    main = verdict.main_launch
    return {
        "role": verdict.role,
        "possible": sorted(verdict.possible),
        "remaining": sorted(verdict.remaining),
        "main": main.launch.id if main else None,
        "main_reason": verdict.main_reason or None,
        "projects": [
            {"id": one.id, "title": one.title, "main": one.main, "launches": one.launches, "silent": one.silent}
            for one in verdict.projects
        ],
        "named": _namings(verdict.named),
        "conflict": _conflict(verdict.conflict, main.launch if main else None, verdict.signals),
        "contradictions": _contradictions(verdict.contradictions),
        "techniques": [{**technique_record(one.note), "launches": one.launches} for one in technique_counts(verdict)],
        "site": [{**site_record(one.note), "launches": one.launches} for one in site_counts(verdict)],
        "mentions": list(verdict.mentions),
        "spoken": [
            {"vendor": one.vendor, "at": one.at, "shared_with": list(one.shared_with)} for one in verdict.spoken
        ],
        "trained_on": estimate_record(verdict.trained_on) if verdict.trained_on else None,
        "sentence": sentence(verdict),
        "commit": {"id": verdict.commit.id, "day": verdict.commit.day} if verdict.commit else None,
        "as_of": verdict.as_of or None,
        "changed": _changed(verdict.changed),
        "not_before": {"day": earliest.day, "source": earliest.source} if (earliest := verdict.not_before) else None,
        **control_records(verdict),
    }


def _changed(change: Change | None) -> Record | None:
    """The commit that last changed the main launch."""
    return {"path": change.path, "id": change.commit.id, "day": change.commit.day} if change else None


def estimate_record(answer: Estimate) -> Record:
    """The contract's `trained_on`: each family with its probability, the words for it, and why."""
    families = [
        {
            "family": one.family,
            "name": one.name,
            "accelerators": sorted(one.accelerators),
            "probability": one.probability,
            "words": one.words,
            "because": [
                {"at": why.at, "says": why.says, "kind": why.kind, "weight": why.weight} for why in one.because
            ],
        }
        for one in answer.families
    ]
    rest = {"none_of_these": answer.none_of_these, "no_accelerator": answer.no_accelerator}
    return {"project": answer.project, "families": families, **rest, "basis": answer.basis}


def finding_records(verdict: Verdict, shared: Shared) -> list[Record]:
    """The contract's `findings`, by place; a launch where a finding is inert is not in its `standing`."""
    return [_finding(verdict, finding, shared.standings[held]) for finding, held in shared.held.items()]


def _finding(verdict: Verdict, finding: Finding, standing: int) -> Record:
    signal = verdict.signals.get(finding.signal)
    return {
        "signal": finding.signal,
        "effect": signal.effect if signal else None,
        "strength": signal.strength if signal else None,
        "path": finding.path,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "value": finding.value,
        "snippet": finding.snippet,
        "conditions": list(describe_all(finding.conditions)),
        "engine": finding.engine,
        **({} if finding.statement is None else {"statement": msgspec.structs.asdict(finding.statement)}),
        "standing": standing,
    }


def _step(step: StepResult, launch: Launch, signals: Mapping[str, Signal]) -> Record:
    return {
        "step": step.step,
        "question": step.question,
        "before": step.before,
        "after": step.after,
        "cuts": [_cut(cut, launch, signals) for cut in step.cuts],
    }


def _cut(cut: Ruling, launch: Launch | None, signals: Mapping[str, Signal]) -> Record:
    signal = signals.get(cut.signal)
    derived = any(not isinstance(premise, Finding) for premise in cut.evidence.premises)
    places = lookups.evidence_places(cut.evidence, launch)
    return {
        "signal": cut.signal,
        "strength": cut.strength,
        "evidence": list(places[:MOST_LINES]),
        **({"more": len(places) - MOST_LINES} if len(places) > MOST_LINES else {}),
        **({"premises": list(map(_premise, cut.evidence.premises))} if derived else {}),
        "excluded": sorted(cut.excluded),
        **({"escape": signal.escape} if signal and signal.escape else {}),
    }


def _premise(premise: Premise) -> Record:
    """What a derived claim rests on, down to the lines."""
    match premise:
        case Finding():
            return {"kind": "finding", "signal": premise.signal, "value": premise.value, "at": lookups.place(premise)}
        case Setting():
            return {"kind": "setting", **setting_record(premise)}
        case Quantity():
            below = list(map(_premise, premise.premises))
            says = {"says": premise.says, "number": premise.number, "unit": premise.unit}
            return {"kind": "quantity", **says, "premises": below}
        case Date():
            return {"kind": "date", "day": premise.day, "source": premise.source}


def _namings(namings: Iterable[Naming]) -> list[Record]:
    return [
        {"accelerators": sorted(one.accelerators), "by": one.by, "at": f"{one.path}:{one.line}", "text": one.text}
        for one in lookups.sorted_namings(namings)
    ]


def technique_record(note: Note) -> Record:
    """One technique of the contract's `techniques`."""
    at = f"{note.path}:{note.line}"
    return {"technique": note.label, "name": note.name or note.label, "value": note.value or None, "at": at}


def site_record(note: Note) -> Record:
    """One site of the contract's `site`."""
    return {"site": note.label, "place": note.place or None, "at": f"{note.path}:{note.line}"}


def _contradictions(several: Iterable[Contradiction]) -> list[Record]:
    return [
        {
            "accelerators": sorted(one.accelerators), "by": one.naming.by, "at": f"{one.naming.path}:{one.naming.line}",
            "text": one.naming.text, "signals": list(one.signals),
        }
        for one in several
    ]  # fmt: skip


def _conflict(conflict: Conflict | None, launch: Launch | None, signals: Mapping[str, Signal]) -> Record | None:
    if conflict is None:
        return None
    return {
        "disagreeing": [[_cut(cut, launch, signals) for cut in cuts] for cuts in conflict.disagreeing],
        "explanations": [[list(ids) for ids in group] for group in conflict.explanations],
    }
