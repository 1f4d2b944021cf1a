"""Which rows of a survey's tables does a repository's history make? What was removed, and since when."""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.catalogue import chips_called, load_catalogue
from chipsieve.survey.columns import Cell, Record
from chipsieve.survey.survey_rows import families_named
from chipsieve.tables import TableError
from chipsieve.timeline.life import History, Life


def with_history(rows: dict[str, list[Record]], history: History) -> dict[str, list[Record]]:
    """The rows of a verdict with what the history of its repository adds."""
    names, evidence = _since(history)
    dated = {
        "claims": [{**row, "since": names.get((row["text"], row["path"]))} for row in rows["claims"]],
        "evidence": [
            {**row, "since": evidence.get((row["signal"], row["value"], row["path"]))} for row in rows["evidence"]
        ],
    }
    gone = history.in_state("removed")
    return {
        **rows,
        "evidence": [*dated["evidence"], *(_evidence(life) for life in gone if life.effect != "names")],
        "claims": [*dated["claims"], *_claims([life for life in gone if life.effect == "names"], rows)],
    }


def _since(history: History) -> tuple[dict[tuple[Cell, ...], str], dict[tuple[Cell, ...], str]]:
    """The days since which names are said, and what signals say; of evidence without a value, that of any value."""
    names: dict[tuple[Cell, ...], str] = {}
    evidence: dict[tuple[Cell, ...], str] = {}
    for life in history.lives:
        day = _first(life)
        if day is None or life.state == "removed":
            continue
        if life.effect == "names":
            _earlier(names, (life.value, life.last.path), day)
        for value in {life.value, ""}:
            _earlier(evidence, (life.signal, value, life.last.path), day)
    return names, evidence


def _earlier(days: dict[tuple[Cell, ...], str], key: tuple[Cell, ...], day: str) -> None:
    days[key] = min(day, days.get(key, day))


def _first(life: Life) -> str | None:
    return life.first.day or None if life.first else None


def _evidence(life: Life) -> Record:
    return {
        "signal": life.signal,
        "effect": life.effect,
        "strength": life.strength,
        "value": life.value,
        **_removed(life),
    }


def _removed(life: Life) -> Record:
    return {
        "path": life.last.path,
        "line": life.last.line,
        "state": "removed",
        "since": _first(life),
        "until": life.removed.day or None if life.removed else None,
        "removed_by": life.removed.id if life.removed else None,
    }


def _claims(lives: list[Life], rows: dict[str, list[Record]]) -> Iterator[Record]:
    """Names that were removed, where they mean accelerators."""
    catalogue = load_catalogue().accelerators
    for life in lives:
        try:
            chips = chips_called(life.value)
        except TableError:
            continue
        yield {
            "families": families_named(catalogue, chips),
            "accelerators": sorted(chips),
            "text": life.value,
            "by": life.by or "prose",
            "deed": life.deed or None,
            "as_of": rows["repositories"][0]["as_of"],
            **_removed(life),
        }
