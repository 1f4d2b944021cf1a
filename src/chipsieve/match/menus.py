"""Which names stand in a table to choose from? Three or more chips close together name none of them.

It does not matter how the table is written: a mapping, a list, a chain of tests, names of constants one below another.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import Finding

MENU = 3  # different chips
APART = 8  # lines between two entries of one table
SAID = ("prose", "comment", "log")  # a sentence may name several chips and mean each
MODEL = re.compile(r"[a-z]*\d+[a-z]*")


def offered(findings: Sequence[Finding], signals: Iterable[str]) -> frozenset[int]:
    """The indices of those findings of one file that are entries of a table; `signals` are those that name chips."""
    naming = frozenset(signals)
    kinds: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, item in enumerate(findings):
        if item.signal in naming and item.row != "directive" and item.by not in SAID and MENTION not in item.conditions:
            kinds[item.signal, item.row].append(index)
    return frozenset(index for listed in kinds.values() for index in _in_tables(findings, listed))


def _in_tables(findings: Sequence[Finding], listed: list[int]) -> Iterator[int]:
    table: list[int] = []
    for index in sorted(listed, key=lambda at: findings[at].span):
        if table and findings[index].span.line - findings[table[-1]].span.end_line > APART:
            yield from _if_menu(findings, table)
            table = []
        table.append(index)
    yield from _if_menu(findings, table)


def _if_menu(findings: Sequence[Finding], table: list[int]) -> list[int]:
    return table if len({_model(findings[index].value) for index in table}) >= MENU else []


def _model(value: str) -> str:
    """The model that a name begins with: `A100-SXM4-80GB` and `a100` are one; a number stands for itself."""
    found = MODEL.search(value.casefold())
    return value if "e+" in value or found is None else found[0]
