"""How does the verdict itself look as a SARIF result? Its steps as a code flow, its deciding lines as links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from chipsieve.border.fingerprint import line_hashes
from chipsieve.border.sarif.results import Record, artifact, partial_fingerprints, physical_location, plain, quoted
from chipsieve.border.sarif.rules import VERDICT
from chipsieve.derive.premises import Line
from chipsieve.report import lookups
from chipsieve.report.reasons import derivation, title
from chipsieve.report.sentence import sentence
from chipsieve.report.style import ReadText
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from chipsieve.sieve.proof import Ruling

ANCHORS = ("chipsieve.toml", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
DECISIONS = 100  # cuts that the viewer steps through


class _Decision(NamedTuple):
    """One cut of the main launch as the viewer steps through it: the lines that it needs, what it did.

    `lines` has the deciding one first; the others are those of further premises.
    """

    cut: Ruling
    lines: tuple[Line, ...]
    before: int
    after: int


def verdict_record(verdict: Verdict, rules: Mapping[str, int], read_text: ReadText | None) -> Record:
    """The verdict as one result; present whatever was concluded, for absence would be ambiguous."""
    main = verdict.main_launch
    decisions = list(_decisions(main))[:DECISIONS] if main else []
    anchor = _anchor(verdict, read_text)
    text = read_text(anchor) if read_text else None
    prints = {(anchor, line): hashed for line, hashed in line_hashes(text or "", {1}).items()} if text else {}
    return {
        "ruleId": VERDICT,
        "ruleIndex": rules[VERDICT],
        "level": "note",
        "message": {"text": _message(verdict, main.launch.id if main else "", decisions)},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact(anchor), "region": {"startLine": 1}}}
        ],
        **partial_fingerprints(prints, anchor, 1),
        **({"codeFlows": [_code_flow(verdict, decisions)]} if decisions else {}),
        **({"relatedLocations": _related(verdict, decisions)} if decisions else {}),
        "properties": {"chipsieve/remaining": sorted(verdict.possible), "chipsieve/excluded": excluded(verdict)},
    }  # fmt: skip


def excluded(verdict: Verdict) -> list[str]:
    """The accelerators that remain in no launch, sorted."""
    return sorted({row.id for row in verdict.accelerators}.difference(verdict.possible))


def _decisions(main: LaunchVerdict) -> Iterator[_Decision]:
    for step, went_in in main.proof.narrowing():
        alive = went_in
        for cut in step.cuts:
            left = alive.difference(cut.excluded)
            yield _Decision(cut, lookups.needed_lines(cut.evidence, main.launch), len(alive), len(left))
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
    return " ".join([*parts, plain(sentence(verdict))])


def _code_flow(verdict: Verdict, decisions: list[_Decision]) -> Record:
    """A decision a step, at its deciding line; the lines of its further premises come before it."""
    steps = [
        {"location": {**_at(line), "message": {"text": text}}, "executionOrder": number}
        for number, (line, text) in enumerate((step for one in decisions for step in _steps(verdict, one)), 1)
    ]
    return {"threadFlows": [{"locations": steps}]}


def _steps(verdict: Verdict, one: _Decision) -> Iterator[tuple[Line | None, str]]:
    gone = one.before - one.after
    name = plain(title(verdict.signals, one.cut.signal))
    what = f"excludes {gone} accelerator{'' if gone == 1 else 's'}" if gone else "excludes the same ones again"
    because = "".join(f" {plain(words)}." for words in derivation(one.cut.evidence, verdict.signals))
    yield from ((line, f"{name} rests on this line too.") for line in one.lines[1:])
    yield next(iter(one.lines), None), f"{one.before} -> {one.after}: {name} {what}.{because}"


def _at(line: Line | None) -> Record:
    return {"physicalLocation": physical_location(line)} if line else {}


def _related(verdict: Verdict, decisions: list[_Decision]) -> list[Record]:
    """The places that the message links to: a decision's number is its place in the list."""
    return [
        {
            "id": number,
            **_at(next(iter(one.lines), None)),
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
    there = (name for name in ANCHORS if (read_text(name) is not None if read_text else name in seen))
    others = [*evidence, *sorted(launched), *unread]
    return next(there, others[0] if others else ANCHORS[0])
