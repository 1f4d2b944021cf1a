"""Which names count only in company, and which only alone? Entries of tables to choose from, and words of machines."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.match.machines import alone
from chipsieve.match.menus import APART, MENU, SAID, offered
from verdicts import finding, signal

NAMING = ("chip", "peak")


def entries(*values: str, signal: str = "chip", row: str = "key", apart: int = 1, first: int = 1) -> list[Finding]:
    """Findings one below another, so many lines apart."""
    return [finding(signal, "a.py", first + apart * at, value, row=row) for at, value in enumerate(values)]


def listed(*findings: Finding) -> list[int]:
    return sorted(offered(findings, NAMING))


def test_three_chips_close_together_are_a_table_and_two_are_none() -> None:
    assert listed(*entries("A100", "H100", "V100")) == [0, 1, 2]
    assert listed(*entries("A100", "H100", "V100", "L40")) == [0, 1, 2, 3]
    assert listed(*entries("A100", "H100")) == listed(*entries("A100")) == listed() == []
    assert MENU == 3


@pytest.mark.parametrize(
    ("values", "table"),
    [
        (("A100-SXM4-80GB", "a100", "NVIDIA A100", "H100"), False),  # variants are one model
        (("A100", "A100-40GB", "H100", "v100-32gb"), True),
        (("gaudi", "tpu", "inferentia"), True),  # names without a number stand for themselves
        (("gaudi", "gaudi", "tpu"), False),
        (("312e12", "989e12", "125e12"), True),
        (("3.12e+14", "3.12e+12", "9.89e+14"), True),  # numbers are three, though two begin alike
        (("3.12e+14", "3.12e+14", "9.89e+14"), False),
    ],
)
def test_a_table_has_three_different_models(values: tuple[str, ...], table: bool) -> None:
    assert bool(listed(*entries(*values))) is table


def test_entries_stand_at_most_so_many_lines_apart() -> None:
    names = ("A100", "H100", "V100")
    assert listed(*entries(*names, apart=APART)) == [0, 1, 2]
    assert listed(*entries(*names, apart=APART + 1)) == []


def test_a_line_is_far_from_where_the_last_entry_ends() -> None:
    first, second, third = entries("A100", "H100", "V100", apart=APART + 1)
    long = [replace(one, span=Span(one.span.line, 1, one.span.line + 1, 9)) for one in (first, second)]
    assert listed(*long, third) == [0, 1, 2]


def test_a_table_and_a_lone_name_in_one_file_are_told_apart_in_any_order() -> None:
    table, lone = entries("A100", "H100", "V100"), entries("A100", first=100)
    assert listed(*table, *lone) == [0, 1, 2]
    assert listed(*lone, *reversed(table)) == [1, 2, 3]
    further = entries("L40", "L4", "T4", first=200)
    assert listed(*further, *lone, *table) == [0, 1, 2, 4, 5, 6]
    pair = entries("A100", "H100", first=50)
    assert listed(*pair, *table) == [2, 3, 4]  # the two below it are no part of it


def test_what_is_said_in_different_ways_is_no_table() -> None:
    two, other = entries("A100", "H100"), entries("V100", first=3)
    assert listed(*two, *(replace(one, row="constant") for one in other)) == []
    assert listed(*two, *(replace(one, signal="peak") for one in other)) == []
    assert listed(*two, *other) == [0, 1, 2]


def test_requests_sentences_and_what_names_no_chip_make_no_table() -> None:
    names = entries("A100", "H100", "V100")
    assert listed(*(replace(one, row="directive") for one in names)) == []
    assert listed(*(replace(one, signal="bf16-training") for one in names)) == []
    for by in SAID:
        assert listed(*(replace(one, by=by) for one in names)) == []
    assert listed(*(replace(one, by="device-test") for one in names)) == [0, 1, 2]
    assert listed(*names[:2], replace(names[2], conditions=(MENTION,))) == []


# Machines

QUEUE = signal("queue", effect="names", same_machine=("site", "other"))
SITE, OTHER, APART_FROM_IT = signal("site", effect="names"), signal("other"), signal("elsewhere")
SIGNALS = {one.id: one for one in (QUEUE, SITE, OTHER, APART_FROM_IT)}


def of(name: str, machine: str) -> Finding:
    return finding(name, "job.sh", 1, machine)


def test_a_shared_word_counts_where_another_names_its_machine() -> None:
    queue = of("queue", "Juwels: Booster")
    assert alone([queue], SIGNALS) == {0}
    assert alone([queue, of("site", "Juwels")], SIGNALS) == frozenset()
    assert alone([of("other", "Juwels: Cluster"), queue], SIGNALS) == frozenset()
    assert alone([of("site", "Jureca"), queue], SIGNALS) == {1}
    assert alone([of("elsewhere", "Juwels"), queue], SIGNALS) == {1}
    assert alone([queue, of("queue", "Juwels: Booster")], SIGNALS) == {0, 1}  # two of them are no company


def test_what_asks_for_no_company_counts_alone() -> None:
    assert alone([of("site", "Juwels")], SIGNALS) == alone([], SIGNALS) == frozenset()
    assert alone([of("unknown", "Juwels"), of("queue", "Juwels")], SIGNALS) == {1}
