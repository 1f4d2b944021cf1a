"""What do programs read of a repository's history? JSON of contract `chipsieve-history/1`, and a sheet of lives."""

from __future__ import annotations

from chipsieve import __version__
from chipsieve.report.escape import json_text
from chipsieve.report.json_report import estimate_record
from chipsieve.report.sheets import as_csv
from chipsieve.report.style import Style
from chipsieve.report.timeline_words import paragraph
from chipsieve.sources.commits import Moment
from chipsieve.timeline.life import Answer, History, Life, Place

SCHEMA = "chipsieve-history/1"
Record = dict[str, object]
HEAD = (
    "state", "signal", "effect", "strength", "variable", "value", "by", "deed", "path", "line", "first_day",
    "first_commit", "removed_day", "removed_commit", "removed_subject", "still_at", "ref",
)  # fmt: skip


def as_json(history: History, style: Style) -> str:  # noqa: ARG001  every format takes a style
    """The history as one JSON document, keys in a fixed order."""
    return json_text(document(history))


def as_jsonl(history: History, style: Style) -> str:  # noqa: ARG001  same
    """The same a line: the repository, then each life."""
    whole = document(history)
    lives = whole.pop("lives")
    rows: list[Record] = [{"kind": "repository", **whole}]
    rows += [{"kind": "life", **life} for life in lives] if isinstance(lives, list) else []
    return "".join(json_text(row, indent=None) for row in rows)


def as_sheet(history: History, style: Style) -> str:  # noqa: ARG001  same
    """The lives as CSV."""
    return as_csv(HEAD, (_row(life) for life in history.lives))


def document(history: History) -> Record:
    """The history as JSON values."""
    ever = history.trained_on_ever
    return {
        "schema": SCHEMA,
        "version": __version__,
        "root": history.root,
        "asked": history.asked or None,
        "tip": _moment(history.tip),
        "commits": {
            "walked": len(history.commits),
            "to_tip": sum(moment.id in history.ancestors for moment in history.commits),
            "new": None if history.news is None else sorted(history.news.commits),
        },
        "contents": history.contents,
        "sentence": paragraph(history),
        "declared": [{"kind": one.kind, "sentence": one.sentence, "at": list(one.at)} for one in history.declared],
        "answers": [_answer(one) for one in history.answers],
        "judged": {"commits": history.judged, "candidates": history.candidates},
        "trained_on_ever": estimate_record(ever) if ever else None,
        "lives": [life_record(life) for life in history.lives],
        "rewritten": list(history.news.rewritten) if history.news else [],
        "refs": dict(sorted(history.refs.items())),
        "gaps": [{"path": gap.path, "reason": gap.reason} for gap in history.gaps],
    }


def life_record(life: Life) -> Record:
    """One life as JSON values."""
    return {
        "state": life.state,
        "signal": life.signal,
        "effect": life.effect,
        "strength": life.strength,
        "variable": life.variable or None,
        "value": life.value,
        "by": life.by or None,
        "deed": life.deed or None,
        "came": _place(life.place),
        "last": _place(life.last),
        "first": _moment(life.first) if life.first else None,
        "removed": _moment(life.removed) if life.removed else None,
        "still_at": list(life.still_at),
        "ref": life.ref or None,
    }


def _place(place: Place) -> Record:
    return {"path": place.path, "line": place.line, "snippet": place.snippet}


def _moment(moment: Moment) -> Record:
    return {"id": moment.id, "day": moment.day or None, "subject": moment.subject, "parent": moment.parent or None}


def _answer(answer: Answer) -> Record:
    trained = answer.trained
    return {
        "commit": _moment(answer.moment),
        "main": answer.main or None,
        "possible": sorted(answer.possible),
        "remaining": sorted(answer.remaining),
        "trained_on": trained._asdict() if trained else None,
        "sentence": answer.sentence,
    }


def _row(life: Life) -> list[object]:
    first, removed = life.first, life.removed
    return [
        life.state, life.signal, life.effect, life.strength, life.variable, life.value, life.by, life.deed,
        life.last.path, life.last.line, first.day if first else "", first.id if first else "",
        removed.day if removed else "", removed.id if removed else "", removed.subject if removed else "",
        " ".join(life.still_at), life.ref,
    ]  # fmt: skip
