"""How does a finding look as a SARIF result? Place, message, fingerprint, and what the way back needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from chipsieve.border.fingerprint import line_hashes
from chipsieve.border.sarif.condition_trees import encode
from chipsieve.border.sarif.rules import sentence
from chipsieve.derive.premises import Line
from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Standing
from chipsieve.report import lookups
from chipsieve.report.condition_words import in_phrase
from chipsieve.report.escape import one_line
from chipsieve.report.reasons import first_sentence
from chipsieve.report.style import ReadText, SarifLevel
from chipsieve.sieve.outcome import Verdict
from chipsieve.signals.signal import Strength

Record = dict[str, object]
LONGEST = 160  # characters of somebody else's text
RESULTS = 4999
"""Findings kept: with the verdict they are the 5,000 results that GitHub shows."""
KEY = "chipsieve/finding"
TREE = "%SRCROOT%"
"""The folder that was scanned, by the name that most scanners give it."""
EFFECTS = {"requires": 0, "names": 1, "prefers": 2, "site": 3, "technique": 4}


def chosen(verdict: Verdict, level: SarifLevel, at_least: Strength = "weak") -> tuple[Finding, ...]:
    """The findings of a level by place: all, or those that exclude something and those that name a chip.

    Each is strong enough by itself, or by what it is a premise of.
    """
    cuts = (cut for outcome in verdict.speaking for step in outcome.steps for cut in step.cuts)
    lines = {line for cut in cuts if lookups.strong_enough(cut.strength, at_least) for line in cut.evidence.lines}
    wanted = {
        signal.id
        for signal in verdict.signals.values()
        if lookups.strong_enough(signal.strength, at_least) and (level == "all" or signal.effect == "names")
    }
    found = lookups.sorted_findings(verdict)
    if level == "all" and at_least == "weak":
        return found
    return tuple(one for one in found if one in lines or one.signal in wanted)


def strongest(verdict: Verdict, level: SarifLevel, at_least: Strength = "weak") -> tuple[Finding, ...]:
    """At most RESULTS of the chosen, by place: those that take effect first, then by effect and strength."""
    table = lookups.standings(verdict)

    def weight(finding: Finding) -> tuple[int, int, int]:
        signal = verdict.signals.get(finding.signal)
        firmest = min((lookups.FIRMNESS[one] for one in table.get(finding, {}).values()), default=2)
        return (firmest, EFFECTS[signal.effect], lookups.STRENGTHS[signal.strength]) if signal else (3, 0, 0)

    kept = sorted(chosen(verdict, level, at_least), key=weight)[:RESULTS]
    return tuple(sorted(kept, key=lookups.finding_order))


def result_records(
    verdict: Verdict, findings: Iterable[Finding], rules: Mapping[str, int], read_text: ReadText | None
) -> list[Record]:
    """One result per finding; `rules` maps a rule's id to its index."""
    found, table = tuple(findings), lookups.standings(verdict)
    prints = fingerprints(found, read_text)
    return [
        {
            "ruleId": finding.signal,
            "ruleIndex": rules[finding.signal],
            "level": "note",
            "message": {"text": message(verdict, finding, table.get(finding, {}))},
            "locations": [{"physicalLocation": physical_location(finding)}],
            **partial_fingerprints(prints, finding.path, finding.span.line),
            "properties": {KEY: _kept(finding)},
        }
        for finding in found
    ]


def message(verdict: Verdict, finding: Finding, standing: Mapping[str, Standing]) -> str:
    """What was seen, why it matters, and whether it takes effect; the first sentence is GitHub's title of it."""
    signal = verdict.signals.get(finding.signal)
    seen = plain((signal.title if signal else finding.signal).rstrip("."))
    parts = [f"{seen}: {quoted(finding.value)}." if finding.value else f"{seen}."]
    if signal and signal.why:
        parts.append(plain(sentence(first_sentence(signal.why))))
    phrase = plain(one_line(in_phrase(finding.conditions), LONGEST))
    parts.append(f"{_effect(standing)}{phrase and f' ({phrase})'}.")
    return " ".join(parts)


def _effect(standing: Mapping[str, Standing]) -> str:
    asserted = sorted(launch for launch, one in standing.items() if one == "asserted")
    if asserted:
        more = f" and {len(asserted) - 1} more" if len(asserted) > 1 else ""
        return f"It takes effect in {quoted(asserted[0])}{more}"
    return "Whether it takes effect is not known" if standing else "It takes effect in no launch"


def quoted(text: str) -> str:
    """Somebody else's text in single quotes, on one line, safe inside a SARIF message."""
    return f"'{plain(one_line(text, LONGEST))}'"


def plain(text: str) -> str:
    """The text with the characters escaped that would make a link in a SARIF message (SARIF 2.1.0, 3.11.6)."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def physical_location(line: Line) -> Record:
    """Where a premise stands; a finding's line is its context."""
    span = line.span
    context = {"startLine": span.line, "endLine": span.end_line}
    shown = {"snippet": {"text": line.snippet}} if isinstance(line, Finding) else {}
    return {
        "artifactLocation": artifact(line.path),
        "region": {
            "startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column,
        },
        "contextRegion": {**context, **shown},
    }  # fmt: skip


def artifact(path: str) -> Record:
    """A file of the tree, whose place `originalUriBaseIds` says as far as it is known."""
    return {"uri": uri(path), "uriBaseId": TREE}


def uri(path: str) -> str:
    """The path as a relative URI reference; bytes that are no UTF-8 travel as they are."""
    return quote(path, safe="/", errors="surrogateescape")


def fingerprints(findings: Iterable[Finding], read_text: ReadText | None) -> dict[tuple[str, int], str]:
    """GitHub's fingerprint per path and line, where the file's text can be had."""
    lines: defaultdict[str, set[int]] = defaultdict(set)
    for finding in findings:
        lines[finding.path].add(finding.span.line)
    texts = {path: read_text(path) for path in lines} if read_text else {}
    return {
        (path, line): hashed
        for path, text in texts.items()
        if text is not None
        for line, hashed in line_hashes(text, lines[path]).items()
    }


def partial_fingerprints(prints: Mapping[tuple[str, int], str], path: str, line: int) -> Record:
    """The `partialFingerprints` of a place; nothing where it has none."""
    hashed = prints.get((path, line))
    return {"partialFingerprints": {"primaryLocationLineHash": hashed}} if hashed else {}


def _kept(finding: Finding) -> Record:
    return {
        "row": finding.row,
        "value": finding.value,
        "conditions": [encode(condition) for condition in finding.conditions],
        "engine": finding.engine,
        "by": finding.by,
        "name": finding.name,
    }
