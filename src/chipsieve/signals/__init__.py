"""Which constructs say something about hardware? The signal files beside this module, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import cast, get_args

from chipsieve.prepared import prepared
from chipsieve.signals.signal import Effect, Row, Signal, Strength
from chipsieve.signals.site_rows import site_rows
from chipsieve.signals.steps import steps
from chipsieve.sites import LEVELS
from chipsieve.tables import TableError, load_toml, one_of, refuse_unknown, text_field, text_list, toml_tables

NO_STEP = "none"  # of signals that claim nothing of chips: techniques and sites
KINDS = (
    "env", "flag", "key", "name", "call", "import", "constant", "directive", "image", "pin", "literal", "claim",
    "demand",
    "semgrep",  # hand-written rules: languages that no reader covers
)  # fmt: skip
FIELDS = (
    "title", "question", "step", "effect", "strength", "requires", "why", "caveats", "references",
    "match", "sites", "label", "place", "provides", "presumption", "abstains", "together_with", "unless", "escape",
    "same_machine",
)  # fmt: skip
ROW_FIELDS = ("kind", "names", "values", "pattern", "keyword", "argument", "files", "beside", "devices", "by", "means")
PLACES = ("cloud", "on premises")
BY = ("scheduler", "cloud", "device-test", "constant", "log", "metadata", "comment", "prose", "site", "vendor")


@cache
def load_signals() -> Mapping[str, Signal]:
    """Every signal by id, sorted; patterns are compiled when a text asks for them, and all of them by the tests.

    Raises:
        TableError: a signal file does not follow docs/signals-format.md; the message names the file and the fix.
    """
    found = prepared("signals", dict[str, Signal])
    return read_signals() if found is None else found


def read_signals() -> dict[str, Signal]:
    """Every signal as its file says now.

    Raises:
        TableError: as `load_signals`.
    """
    return {stem: _signal(stem, load_toml(table)) for stem, table in toml_tables("signals")}


def read_signal(stem: str, table: Mapping[str, object]) -> Signal:
    """One signal from its parsed file; `stem` is its id.

    Raises:
        TableError: a key is missing, unknown or of the wrong type, or a pattern cannot be compiled.
    """
    signal = _signal(stem, table)
    for number, row in enumerate(signal.rows, 1):
        try:
            re.compile(row.pattern)
        except re.error as error:
            raise TableError(f"signals/{stem}.toml: match {number}: pattern {row.pattern!r}: {error}") from error
    return signal


def _signal(stem: str, table: Mapping[str, object]) -> Signal:
    where = f"signals/{stem}.toml"
    refuse_unknown(where, table, FIELDS)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", stem):
        raise TableError(f"{where}: a signal's id is kebab-case")
    requires, rows = table.get("requires", {}), table.get("match", [])
    presumption = table.get("presumption", {})
    if not isinstance(requires, dict) or not isinstance(presumption, dict) or not isinstance(rows, list):
        raise TableError(f"{where}: 'requires' and 'presumption' must be tables and 'match' a list of tables")
    effect = one_of(where, table, "effect", get_args(Effect))
    if table.get("abstains", True) is not True or ("abstains" in table and effect != "site"):
        raise TableError(f"{where}: 'abstains' is true or absent, and for effect 'site' alone")
    if presumption and effect not in ("requires", "prefers"):
        raise TableError(f"{where}: 'presumption' is for the effects 'requires' and 'prefers'")
    if bool(requires) != (effect in ("requires", "prefers", "names")):
        raise TableError(f"{where}: effect {effect!r} " + ("has no" if requires else "needs a") + " 'requires'")
    allowed = (*(step.id for step in steps()), *(() if requires else (NO_STEP,)))
    return Signal(
        id=stem,
        title=text_field(where, table, "title"),
        question=text_field(where, table, "question"),
        step=one_of(where, table, "step", allowed),
        effect=cast("Effect", effect),
        strength=cast("Strength", one_of(where, table, "strength", get_args(Strength))),
        requires=requires,
        why=text_field(where, table, "why"),
        caveats=text_list(where, table, "caveats"),
        references=text_list(where, table, "references"),
        rows=(*(_row(f"{where}: match {number}", row) for number, row in enumerate(rows, 1)), *_of_sites(where, table)),
        label=text_field(where, table, "label", ""),
        place=_place(where, table, effect),
        provides=text_list(where, table, "provides"),
        presumption=presumption,
        abstains=table.get("abstains") is True,
        together_with=_partners(where, table.get("together_with", [])),
        unless=text_list(where, table, "unless"),
        escape=text_field(where, table, "escape", ""),
        same_machine=text_list(where, table, "same_machine"),
    )


def _of_sites(where: str, table: Mapping[str, object]) -> tuple[Row, ...]:
    """The rows for the known machines' words of the level that a signal asks for."""
    return site_rows(one_of(where, table, "sites", LEVELS)) if "sites" in table else ()


def _place(where: str, table: Mapping[str, object], effect: str) -> str:
    """Where the machines stand: in a cloud, on premises, or "" where the signal does not say."""
    if "place" not in table:
        return ""
    if effect != "site":
        raise TableError(f"{where}: 'place' is for the effect 'site' alone")
    return one_of(where, table, "place", PLACES)


def _partners(where: str, lists: object) -> tuple[tuple[str, ...], ...]:
    fits = isinstance(lists, list) and all(isinstance(one, list) and one for one in lists)
    if not fits or not all(isinstance(name, str) for one in cast("list[list[object]]", lists) for name in one):
        raise TableError(f"{where}: 'together_with' must be a list of lists of signals' ids")
    return tuple(tuple(one) for one in cast("list[list[str]]", lists))


def _row(where: str, row: Mapping[str, object]) -> Row:
    refuse_unknown(where, row, ROW_FIELDS)
    pattern, beside, argument = text_field(where, row, "pattern", ""), row.get("beside", {}), row.get("argument")
    if not isinstance(beside, dict) or not (argument is None or isinstance(argument, int)):
        raise TableError(f"{where}: 'beside' must be a table and 'argument' a number")
    by = text_field(where, row, "by", "")
    if by and by not in BY:
        raise TableError(f"{where}: by {by!r} is none of {', '.join(BY)}")
    return Row(
        kind=one_of(where, row, "kind", KINDS),
        names=text_list(where, row, "names"),
        values=text_list(where, row, "values"),
        pattern=pattern,
        keyword=text_field(where, row, "keyword", ""),
        argument=argument,
        files=text_list(where, row, "files"),
        beside={key: str(value) for key, value in beside.items()},
        devices=text_list(where, row, "devices"),
        by=by,
        means=text_field(where, row, "means", ""),
    )
