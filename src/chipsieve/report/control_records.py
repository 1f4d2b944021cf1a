"""What was under export control on the day of a verdict, as JSON values of contract `chipsieve/2`?"""

from __future__ import annotations

from chipsieve.catalogue.export_controls import NO_ADVICE
from chipsieve.report.control_words import control_lines
from chipsieve.report.groups import made_for_china
from chipsieve.sieve.controls import ControlledFamily, RuleSplit, Split
from chipsieve.sieve.outcome import Verdict

Record = dict[str, object]


def control_records(verdict: Verdict) -> Record:
    """The contract's `controlled`, `export_controls` and `made_for_china`; null where no day is known."""
    controls, china = verdict.controls, made_for_china(verdict.accelerators)
    made = {"made_for_china": sorted(china.intersection(verdict.possible))}
    if controls is None:
        return {"controlled": None, "export_controls": None, **made}
    words = control_lines(verdict)
    summary: Record = {
        "day": controls.day,
        "known_to": controls.known_to,
        "status": _split(controls.status),
        "uncontrolled": sorted(controls.uncontrolled),
        "undecided": sorted(controls.undecided),
        "families": list(map(_family, controls.families)),
        "says": [one for one in (words.left, words.trained, *words.remarks) if one and one != NO_ADVICE],
        "notice": NO_ADVICE,
    }
    return {
        "controlled": [_rule(one) for one in (*controls.rules, *controls.reviews)], "export_controls": summary, **made,
    }  # fmt: skip


def _split(split: Split) -> Record:
    return {"y": sorted(split.y), "n": sorted(split.n), "unknown": sorted(split.unknown)}


def _rule(one: RuleSplit) -> Record:
    rule = one.rule
    return {
        "rule": rule.id,
        "kind": rule.kind,
        "title": rule.title,
        "citation": rule.citation,
        "effective": rule.since,
        "until": rule.until or None,
        "destinations": rule.destinations,
        "addressees": list(rule.addressees),
        "notes": rule.notes,
        "status": _split(one.status),
        "words": {word: sorted(chips) for word, chips in one.statuses.items()},
    }


def _family(one: ControlledFamily) -> Record:
    since: Record | None = None
    if one.since is not None:
        since = {"rule": one.since.id, "day": one.since.since, "at_latest": one.at_latest}
    return {
        "family": one.family.family, "probability": one.family.probability, "standing": one.standing,
        "rules": list(one.rules), "since": since,
    }  # fmt: skip
