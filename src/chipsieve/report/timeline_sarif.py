"""How does a history leave as SARIF 2.1.0? Evidence of the tip as it stands, and what was removed as `absent`."""

from __future__ import annotations

from chipsieve import __version__
from chipsieve.border.sarif.results import plain, quoted, uri
from chipsieve.border.sarif.rules import HOME, rule_records
from chipsieve.border.sarif.sarif_document import SCHEMA
from chipsieve.report.escape import json_text
from chipsieve.report.style import Style
from chipsieve.report.timeline_words import commit_words, paragraph, said
from chipsieve.timeline.life import History, Life

Record = dict[str, object]
RESULTS = 5_000
LEFT_OUT = "{} results are left out: lives that say least."
ORDER = ("removed", "present")


def as_sarif(history: History, style: Style) -> str:  # noqa: ARG001  every format takes a style
    """The history as SARIF; `baselineState` is `absent` of what was removed later, `unchanged` of what stands."""
    lives = [life for life in history.lives if life.state in ORDER]
    kept = sorted(lives, key=lambda life: (ORDER.index(life.state), life.effect == "technique"))[:RESULTS]
    rules = rule_records((life.signal for life in kept), history.signals)
    index = {str(rule["id"]): number for number, rule in enumerate(rules)}
    left_out = len(lives) - len(kept)
    notes = [_note(plain(paragraph(history)))] + ([_note(LEFT_OUT.format(left_out))] if left_out else [])
    notes += [_note(f"{quoted(gap.path)} was not read whole: {plain(gap.reason)}.") for gap in history.gaps]
    run: Record = {
        "tool": {
            "driver": {"name": "chipsieve", "semanticVersion": __version__, "informationUri": HOME, "rules": rules}
        },
        "automationDetails": {"id": "chipsieve-history/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_result(history, life, index[life.signal]) for life in kept],
        "properties": {"chipsieve/tip": history.tip.id},
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _note(text: str) -> Record:
    return {"descriptor": {"id": "history"}, "level": "note", "message": {"text": text}}


def _result(history: History, life: Life, rule: int) -> Record:
    title = plain(history.signals[life.signal].title.rstrip("."))
    value = f": {quoted(said(life))}" if said(life) else ""
    gone = f" Removed later, on {plain(commit_words(life.removed))}." if life.state == "removed" else ""
    place = {"artifactLocation": {"uri": uri(life.last.path)}, "region": {"startLine": life.last.line}}
    return {
        "ruleId": life.signal,
        "ruleIndex": rule,
        "kind": "informational" if life.state == "removed" else "fail",
        "level": "none" if life.state == "removed" else "note",
        "baselineState": "absent" if life.state == "removed" else "unchanged",
        "message": {"text": f"{title}{value}.{gone}"},
        "locations": [{"physicalLocation": place}],
        "properties": {
            "chipsieve/first": life.first.id if life.first else None,
            "chipsieve/removed": life.removed.id if life.removed else None,
        },
    }
