"""What does a fact become once signals are asked? Its findings, field by field, and what a choice leaves open."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from chipsieve.facts.conditions import Question
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Fact
from chipsieve.facts.statements import Statement
from chipsieve.match.matching import findings, matched
from chipsieve.match.table import SignalTable
from link_builders import span
from small_signals import row, signal

TABLE = SignalTable({
    one.id: one
    for one in (
        signal("dtype", row("flag", "--dtype", values=["bf16", "fp8"])),
        signal("lowp", row("flag", "--dtype", values=["fp8"])),
        signal("half", row("flag", "--half")),
        signal("switch", row("flag", "--switch", values=["true", "on", "maybe"])),
        signal("yes", row("flag", "--yes", values=["1", "maybe"])),
        signal("node", row("key", "instance", values=["p5"], devices=["count"], by="cloud")),
        signal("chip", row("claim", pattern=r"(?:NVIDIA )?(?P<value>[AH]100)")),
        signal("printed", row("claim", pattern="GPU: (?P<value>[AH]100)", by="log")),
    )
})  # fmt: skip
OPEN, DTYPE = Question("entry"), Question("option", "dtype")


def flag(name: str, value: str | None, *conditions: Question, chosen: Question | None = None) -> Fact:
    return Fact("flag", name, value, span(3, 7), "a line", conditions, "shell", chosen=chosen)


def asked(fact: Fact, path: str = "run.sh") -> list[tuple[Finding, Question | None]]:
    return list(matched(fact, path, TABLE))


def test_a_finding_has_what_its_fact_and_its_row_say() -> None:
    found = Finding("dtype", "flag", "run.sh", span(3, 7), "bf16", "a line", (OPEN,), "shell")
    assert asked(flag("--dtype", "bf16", OPEN)) == [(found, None)]
    assert [(one.signal, one.value) for one, _ in asked(flag("--dtype", "fp8"))] == [("dtype", "fp8"), ("lowp", "fp8")]
    assert asked(flag("--dtype", "fp16")) == asked(flag("--other", "bf16")) == asked(flag("--dtype", None)) == []


def test_a_key_says_its_name_who_speaks_and_how_many_devices() -> None:
    stated = Fact("key", "instance", "p5", span(), beside=(("count", "16"),))
    ((found, question),) = asked(stated, "job.yaml")
    assert (found.name, found.by, found.statement, question) == ("instance", "cloud", Statement(devices=16), None)
    ((bare, _),) = asked(replace(stated, beside=()), "job.yaml")
    assert bare.statement is None


def test_a_row_may_count_in_certain_files_alone() -> None:
    table = SignalTable({"s": signal("s", row("key", "bf16", files=["*/ds*.json"]))})
    stated = Fact("key", "bf16", "true", span())
    assert [item.path for item, _ in matched(stated, "conf/ds_1.json", table)] == ["conf/ds_1.json"]
    assert list(matched(stated, "conf/other.json", table)) == []


def test_a_run_counts_its_own_devices_before_its_row_does() -> None:
    stated = Fact("key", "instance", "p5", span(), beside=(("count", "16"), ("devices", "4")))
    assert [one.statement for one, _ in asked(stated)] == [Statement(devices=4)]


# Values that something else chooses


def values(name: str, *conditions: Question) -> list[tuple[str, Question | None]]:
    """Each value that an option may choose, and the question whether it does."""
    found = asked(flag(name, None, *conditions, chosen=DTYPE))
    assert all(item.conditions == (*conditions, question) for item, question in found)
    return [(item.value, question) for item, question in found]


def chooses(value: str) -> Question:
    return replace(DTYPE, operator="in", values=(value,))


def test_of_a_chosen_value_each_that_a_row_lists_is_asked_for() -> None:
    assert values("--dtype", OPEN) == [("bf16", chooses("bf16")), ("fp8", chooses("fp8")), ("fp8", chooses("fp8"))]
    assert values("--half") == [("true", replace(DTYPE, operator="true"))]


def test_what_says_that_it_is_on_is_one_answer() -> None:
    on = replace(DTYPE, operator="true")
    # `true`, `1` and `on` say the same, where a row lists `true`; where none does, each is asked for.
    assert values("--switch") == [("true", on), ("maybe", chooses("maybe"))]
    assert values("--yes") == [("1", chooses("1")), ("maybe", chooses("maybe"))]


# Claims


def claim(text: str, by: str = "", **more: object) -> Fact:
    return replace(Fact("claim", "", text, Span(4, 5, 4, 5 + len(text)), text, by=by), **more)


def test_a_claim_is_found_where_its_words_stand() -> None:
    text = "Trained on 8 NVIDIA H100 and A100."
    (first, _), (second, _) = asked(claim(text, "prose"), "README.md")
    assert (first.value, first.span, first.row, first.by) == ("H100", Span(4, 5 + 20, 4, 5 + 24), "claim", "prose")
    assert (second.value, second.span) == ("A100", Span(4, 5 + 29, 4, 5 + 33))
    assert (first.snippet, first.path, first.name, first.engine) == (text, "README.md", "", "")
    assert asked(claim("Nothing here.", "prose")) == asked(replace(claim(""), value=None)) == []


@pytest.mark.parametrize(
    ("by", "deed"),
    [("prose", "trained"), ("comment", "trained"), ("", "trained"), ("log", None), ("notebook", None)],
)
def test_what_people_write_is_a_statement(by: str, deed: str | None) -> None:
    ((found, _),) = asked(claim("We trained this model on H100.", by))
    assert found.by == (by or "prose")
    assert (found.statement.deed if found.statement else None) == deed


def test_a_statement_knows_what_stands_around_it_and_where_prose_stands() -> None:
    ((under_a_heading, _),) = asked(claim("8 x H100", "prose", context=("Training",)), "README.md")
    ((alone, _),) = asked(claim("8 x H100", "prose"), "README.md")
    assert under_a_heading.statement == Statement("trained", devices=8)
    assert alone.statement == Statement(devices=8)
    document = "docs/inference.md"
    ((there, _),) = asked(claim("Use an H100.", "prose"), document)
    ((comment, _),) = asked(claim("Use an H100.", "comment"), document)
    assert there.statement is not None
    assert comment.statement is not None
    assert (there.statement.deed, comment.statement.deed) == ("inference", "mentions")  # a comment's file says nothing


def test_what_a_run_prints_is_asked_of_rows_for_logs_too_and_counts_devices() -> None:
    printed = claim("GPU: H100", "log", beside=(("devices", "8"),))
    found = [item for item, _ in asked(printed, "train.log")]
    assert [(one.signal, one.by, one.value) for one in found] == [
        ("chip", "log", "H100"), ("printed", "log", "H100")
    ]  # fmt: skip
    assert {one.statement for one in found} == {Statement(devices=8)}
    assert [item.signal for item, _ in asked(claim("GPU: H100", "prose"))] == ["chip"]


# All facts of a file


def values_of(facts: Iterable[Fact]) -> list[str]:
    return [item.value for item in findings(facts, "run.sh", TABLE)]


def test_the_findings_of_a_file_are_in_the_order_of_its_facts_and_each_is_there_once() -> None:
    later, first = flag("--dtype", "fp8"), flag("--dtype", "bf16")
    assert values_of([first, later, first]) == ["bf16", "fp8", "fp8"]
    assert values_of([later, first]) == ["fp8", "fp8", "bf16"]
    assert [one.path for one in findings([first], "a/b.sh", TABLE)] == ["a/b.sh"]


def test_a_word_of_many_machines_counts_in_company_alone() -> None:
    queue = replace(signal("queue", row("flag", "--queue", pattern="^booster")), same_machine=("site",))
    table = SignalTable({"queue": queue, "site": signal("site", row("flag", "--site", pattern="booster"))})
    shared, own = flag("--queue", "booster"), flag("--site", "booster")
    assert findings([shared], "run.sh", table) == []
    assert [one.signal for one in findings([shared, own], "run.sh", table)] == ["queue", "site"]
    assert [one.signal for one in findings([own], "run.sh", table)] == ["site"]
