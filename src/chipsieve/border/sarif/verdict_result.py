"""How does the verdict itself look as a SARIF result? Its steps as a code flow, its deciding lines as links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from chipsieve.border.fingerprint import line_hashes
from chipsieve.border.sarif.results import Record, partial_fingerprints, physical_location, plain, quoted, uri
from chipsieve.border.sarif.rules import VERDICT
from chipsieve.facts.finding import Finding
from chipsieve.report import facts
from chipsieve.report.conclusion import conclude
from chipsieve.report.groups import Groups
from chipsieve.report.reasons import title
from chipsieve.report.style import ReadText
from chipsieve.sieve.outcome import Cut, LaunchVerdict, Verdict

ANCHORS = ("chipsieve.toml", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
STEPS = 100


class _Decision(NamedTuple):
    """One cut of the main launch as the viewer steps through it: the line, what it did."""

    cut: Cut
    finding: Finding
    before: int
    after: int


def verdict_record(verdict: Verdict, rules: Mapping[str, int], read_text: ReadText | None) -> Record:
    """The verdict as one result; present whatever was concluded, for absence would be ambiguous."""
    main = facts.main_launch(verdict)
    decisions = list(_decisions(verdict, main))[:STEPS] if main else []
    anchor = _anchor(verdict, read_text)
    text = read_text(anchor) if read_text else None
    prints = {(anchor, line): hashed for line, hashed in line_hashes(text or "", {1}).items()} if text else {}
    return {
        "ruleId": VERDICT,
        "ruleIndex": rules[VERDICT],
        "level": "note",
        "message": {"text": _message(verdict, main.launch.id if main else "", decisions)},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": uri(anchor)}, "region": {"startLine": 1}}}
        ],
        **partial_fingerprints(prints, anchor, 1),
        **({"codeFlows": [_code_flow(verdict, decisions)]} if decisions else {}),
        **({"relatedLocations": _related(verdict, decisions)} if decisions else {}),
        "properties": {"chipsieve/remaining": sorted(verdict.possible), "chipsieve/excluded": excluded(verdict)},
    }  # fmt: skip


def excluded(verdict: Verdict) -> list[str]:
    """The accelerators that remain in no launch, sorted."""
    return sorted({row.id for row in verdict.accelerators}.difference(verdict.possible))


def _decisions(verdict: Verdict, main: LaunchVerdict) -> Iterator[_Decision]:
    for step, went_in in facts.narrowing(main, verdict.accelerators):
        alive = went_in
        for cut in step.cuts:
            left = alive.difference(cut.excluded)
            yield _Decision(cut, facts.evidence_lines(cut.evidence, main.launch)[0], len(alive), len(left))
            alive = left


def _message(verdict: Verdict, main: str, decisions: list[_Decision]) -> str:
    """First how many remain, then links to the deciding lines, then the conclusion in words."""
    total = len(verdict.accelerators)
    parts = [f"{len(verdict.possible)} of {total} accelerators remain possible."]
    if decisions:
        titles = [plain(title(verdict.signals, one.cut.signal)) for one in decisions]
        links = [f"[{name}]({number})" for number, name in enumerate(titles, 1)]
        listed = f"{', '.join(links[:-1])} and {links[-1]}" if len(links) > 1 else links[0]
        parts.append(f"The launch {quoted(main)} is decided by {listed}.")
    return " ".join([*parts, plain(conclude(verdict, Groups(verdict.accelerators)))])


def _code_flow(verdict: Verdict, decisions: list[_Decision]) -> Record:
    steps = [
        {
            "location": {
                "physicalLocation": physical_location(one.finding),
                "message": {"text": _told(verdict, one)},
            },
            "executionOrder": number,
        }
        for number, one in enumerate(decisions, 1)
    ]
    return {"threadFlows": [{"locations": steps}]}


def _told(verdict: Verdict, one: _Decision) -> str:
    gone = one.before - one.after
    what = f"excludes {gone} accelerator{'' if gone == 1 else 's'}" if gone else "excludes the same ones again"
    return f"{one.before} -> {one.after}: {plain(title(verdict.signals, one.cut.signal))} {what}."


def _related(verdict: Verdict, decisions: list[_Decision]) -> list[Record]:
    return [
        {
            "id": number,
            "physicalLocation": physical_location(one.finding),
            "message": {"text": f"{plain(title(verdict.signals, one.cut.signal)).rstrip('.')}."},
        }
        for number, one in enumerate(decisions, 1)
    ]


def _anchor(verdict: Verdict, read_text: ReadText | None) -> str:
    """The file that the verdict hangs on: one that does not move when the evidence does.

    A project's manifest if it is known to be there, else the first file with evidence, else the first that a
    launch reaches or a gap names; a manifest's name where the tree shows no file at all.
    """
    launched = {path for outcome in verdict.launches for path in outcome.launch.files}
    evidence = sorted({finding.path for finding in verdict.findings})
    unread = sorted(gap.path for gap in verdict.gaps if not gap.notice)
    seen = launched.union(evidence, unread)
    there = (name for name in ANCHORS if name in seen or (read_text and read_text(name) is not None))
    others = [*evidence, *sorted(launched), *unread]
    return next(there, others[0] if others else ANCHORS[0])
