"""What does the machine-readable verdict hold? Contract `chipsieve/1`, described by schema/chipsieve-1.json."""

from __future__ import annotations

from collections.abc import Mapping

from chipsieve import __version__
from chipsieve.model import Conflict, Cut, Finding, Gap, LaunchVerdict, Naming, Standing, StepResult, Verdict
from chipsieve.report import facts
from chipsieve.report.conditions import describe_all
from chipsieve.report.escape import json_text
from chipsieve.report.style import Style

SCHEMA = "chipsieve/1"


def report(verdict: Verdict, style: Style) -> str:  # noqa: ARG001  every format takes a style
    """The verdict as one JSON document, two spaces deep, in the contract's order of keys."""
    return json_text(document(verdict))


def document(verdict: Verdict) -> dict[str, object]:
    """The verdict as JSON values, by contract `chipsieve/1`."""
    return {
        **header(verdict),
        "launches": [launch_record(outcome) for outcome in verdict.launches],
        "repository": repository_record(verdict),
        "findings": finding_records(verdict),
        "gaps": [_gap(gap) for gap in facts.sorted_gaps(verdict)],
        "coverage": _coverage(verdict),
    }


def header(verdict: Verdict) -> dict[str, object]:
    """What was asked, of which tree, by which catalogue."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "policy": verdict.policy,
        "scope": verdict.scope,
        "root": verdict.root,
        "catalogue": {"date": verdict.catalogue_date, "accelerators": len(verdict.accelerators)},
    }


def footer(verdict: Verdict) -> dict[str, object]:
    """What could not be read, and how much was."""
    return {"gaps": [_gap(gap) for gap in facts.sorted_gaps(verdict)], "coverage": _coverage(verdict)}


def launch_record(outcome: LaunchVerdict) -> dict[str, object]:
    """One launch of the contract's `launches`."""
    launch = outcome.launch
    return {
        "id": launch.id,
        "role": launch.role,
        "entry": launch.entry,
        "command": [word.text for word in launch.command],
        "environment": {name: value.text for name, value in sorted(launch.environment.items())},
        "files": sorted(launch.files),
        "steps": [_step(step, outcome) for step in outcome.steps],
        "remaining": sorted(outcome.remaining),
        "named": _namings(outcome.named),
        "techniques": [{"technique": note.label, "at": f"{note.path}:{note.line}"} for note in _sorted(outcome.techniques)],
        "site": [{"site": note.label, "at": f"{note.path}:{note.line}"} for note in _sorted(outcome.sites)],
        "conflict": _conflict(outcome.conflict, outcome),
    }


def repository_record(verdict: Verdict) -> dict[str, object]:
    """The contract's `repository`."""
    return {
        "role": verdict.role,
        "possible": sorted(verdict.possible),
        "remaining": sorted(verdict.remaining),
        "main": verdict.main or None,
        "named": _namings(verdict.named),
        "conflict": _conflict(verdict.conflict, facts.main_launch(verdict)),
    }


def finding_records(verdict: Verdict) -> list[dict[str, object]]:
    """The contract's `findings`, by place; a launch where a finding is inert is not in its `standing`."""
    table = facts.standings(verdict)
    return [_finding(verdict, finding, table.get(finding, {})) for finding in facts.sorted_findings(verdict)]
