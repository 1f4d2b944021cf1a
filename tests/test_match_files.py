"""Which findings has a launch whose files' facts stand so? Hand-made files, without any linking."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from chipsieve.facts.conditions import MENTION, Question
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Fact, Import, Reading
from chipsieve.link.launch import FileStandings, Launch, Standing, StatedFact
from chipsieve.link.linking import LinkedTree
from chipsieve.link.whole_files import judge_by_eye, whole
from chipsieve.match import matcher
from chipsieve.match.matcher import Keep, Matcher, keep_all, match_tree, match_whole, place_of
from chipsieve.match.table import SignalTable
from link_builders import command, module, script, span
from small_signals import MATCHING, TABLE, fact, row, signal
from verdicts import launch

ALL_ASSERTED: tuple[Standing, ...] = tuple("asserted" for _ in MATCHING)
HALF, EXTRA = Question("option", "half"), Question("unknown", text="extra == gpu")


def reading(*facts: Fact, path: str = "train.py", findings: Iterable[Finding] = ()) -> Reading:
    return Reading(path, "python", facts=facts, findings=tuple(findings))


def placed(of: Reading, *stands: Standing, around: bool = False) -> FileStandings:
    """A file whose facts stand so; nothing in it is chosen."""
    return FileStandings(of, stands, (None,) * len(of.chosen), around)


def matched(
    *files: FileStandings, provided: frozenset[str] | None = frozenset(), stated: tuple[StatedFact, ...] = (),
    modules: frozenset[str] = frozenset(), keep: Keep = keep_all, alone: bool = False, table: SignalTable = TABLE,
) -> Launch:  # fmt: skip
    """The launch of these files, matched."""
    bare = launch(findings=(), standings=files, stated=stated, modules=modules)
    return Matcher([one.reading for one in files], table, keep, alone=alone).launch(bare, provided)


def stands(of: Launch) -> list[tuple[str, int, Standing]]:
    """Signal, line and standing of each finding."""
    return [(item.signal, item.span.line, standing) for item, standing in of.findings]


def test_findings_stand_as_their_facts_do_and_inert_ones_are_left_out() -> None:
    lines = reading(fact("bf16", line=1), fact("fabric", line=2), fact("bf16", line=3))
    got = matched(placed(lines, "optional", "asserted", "inert"))
    assert stands(got) == [("bf16", 1, "optional"), ("fabric", 2, "asserted")]
    assert (got.standings, got.stated) == ((), ())
    assert stands(matched(placed(lines, "inert", "inert", "asserted"))) == [("bf16", 3, "asserted")]


def test_a_text_that_another_file_writes_is_found_there() -> None:
    here = replace(reading(fact("bf16")), path="run.sh/inner.py", origin="run.sh")
    assert [item.path for item, _ in matched(placed(here, "asserted")).findings] == ["run.sh"]
    assert [item.path for item in Matcher([here], TABLE, keep_all).findings] == ["run.sh"]


def test_all_findings_of_a_tree_are_listed_by_place_and_once() -> None:
    first, second = reading(fact("bf16", line=9), fact("bf16", line=2)), reading(fact("fabric"), path="a.py")
    found = Matcher([first, second, first], TABLE, keep_all).findings
    assert [(item.path, item.span.line) for item in found] == [("a.py", 1), ("train.py", 2), ("train.py", 9)]


def test_what_is_not_to_be_kept_is_in_no_launch_and_in_no_list() -> None:
    lines = reading(fact("bf16", line=1), fact("fabric", line=2))
    said = StatedFact("run.sh", fact("dtype", kind="key", line=5), "asserted")

    def keep(item: Finding) -> bool:
        return item.signal == "fabric"

    assert stands(matched(placed(lines, "asserted", "asserted"), stated=(said,), keep=keep)) == [
        ("fabric", 2, "asserted")
    ]
    assert [item.signal for item in Matcher([lines], TABLE, keep).findings] == ["fabric"]


def test_what_a_launchs_own_words_state_stands_beside_its_files() -> None:
    said = StatedFact("run.sh", fact("dtype", kind="key", line=5), "optional")
    got = matched(placed(reading(fact("bf16")), "asserted"), stated=(said,))
    assert stands(got) == [("bf16", 1, "asserted"), ("dtype", 5, "optional")]
    assert (got.findings[1][0].path, got.stated) == ("run.sh", ())
    # Where a file states the same, its standing counts.
    same = StatedFact("train.py", fact("bf16"), "asserted")
    assert stands(matched(placed(reading(fact("bf16")), "optional"), stated=(same,))) == [("bf16", 1, "optional")]


# Values that an option chooses

CHOSEN = reading(fact("bf16", kind="key"), fact("dtype", kind="key", line=2, chosen=HALF), fact("fabric", line=3))


@pytest.mark.parametrize(
    ("value", "line", "expected"),
    [
        ("bf16", "asserted", [("bf16", 1, "asserted"), ("dtype", 2, "asserted"), ("fabric", 3, "asserted")]),
        ("bf16", "optional", [("bf16", 1, "asserted"), ("dtype", 2, "optional"), ("fabric", 3, "asserted")]),
        ("fp32", "asserted", [("bf16", 1, "asserted"), ("fabric", 3, "asserted")]),
        (None, "asserted", [("bf16", 1, "asserted"), ("dtype", 2, "optional"), ("fabric", 3, "asserted")]),
        ("bf16", "inert", [("bf16", 1, "asserted"), ("fabric", 3, "asserted")]),
    ],
)
def test_a_value_that_is_chosen_counts_where_it_is_the_one(
    value: str | None, line: Standing, expected: list[tuple[str, int, Standing]]
) -> None:
    assert stands(matched(FileStandings(CHOSEN, ("asserted", line, "asserted"), (value,)))) == expected
    by_eye = FileStandings(CHOSEN, ("asserted", line, "asserted"), None)
    assert ("dtype", 2, line) in stands(matched(by_eye)) or line == "inert"


# What is installed


PINNED = fact("flash", kind="pin", line=4)


@pytest.mark.parametrize(
    ("provided", "modules", "around", "stand"),
    [
        (frozenset({"flash_attn"}), frozenset[str](), False, "asserted"),
        (frozenset[str](), frozenset[str](), False, "optional"),
        (frozenset({"other"}), frozenset({"flash_attn"}), False, "optional"),
        (frozenset[str](), frozenset({"flash_attn"}), True, "asserted"),  # a requirement around what imports it
        (frozenset({"flash_attn"}), frozenset({"json"}), True, "asserted"),
        (frozenset({"other"}), frozenset({"json"}), True, "optional"),
        (None, frozenset[str](), False, "asserted"),  # nobody knows what is asked for
    ],
)
def test_what_is_installed_takes_effect_where_it_is_asked_for(
    provided: frozenset[str] | None, modules: frozenset[str], around: bool, stand: Standing
) -> None:
    file = placed(reading(PINNED, path="requirements.txt"), "asserted", around=around)
    assert stands(matched(file, provided=provided, modules=modules)) == [("flash", 4, stand)]


ASKED = frozenset({"flash_attn"})


def test_what_nobody_can_decide_to_install_is_never_certain() -> None:
    extra = fact("flash", EXTRA, kind="pin", line=4)
    assert stands(matched(placed(reading(extra), "optional"), provided=ASKED)) == [("flash", 4, "optional")]
    assert stands(matched(placed(reading(extra), "asserted"), provided=ASKED)) == [("flash", 4, "asserted")]
    # Without a condition of its own the pin is as certain as its file is read.
    assert stands(matched(placed(reading(PINNED), "optional"), provided=ASKED)) == [("flash", 4, "asserted")]
    assert stands(matched(placed(reading(PINNED), "inert"), provided=ASKED)) == []


def test_all_that_one_requirement_says_stands_alike() -> None:
    both = SignalTable({
        one.id: one
        for one in (
            signal("flash", row("pin", "flash-attn"), provides=("flash_attn",)),
            signal("also", row("pin", "flash-attn")),
            signal("named", row("name", "torch.bfloat16")),
        )
    })  # fmt: skip
    lines = reading(PINNED, fact("bf16", line=6))
    got = matched(placed(lines, "asserted", "optional"), provided=ASKED, table=both)
    assert stands(got) == [("flash", 4, "asserted"), ("also", 4, "asserted"), ("named", 6, "optional")]
    without = matched(placed(lines, "asserted", "asserted"), table=both)
    assert stands(without) == [("flash", 4, "optional"), ("also", 4, "optional"), ("named", 6, "asserted")]


def test_a_pin_is_asked_for_by_what_runs_and_makes_nothing_run_itself() -> None:
    pinned = signal("flash", row("pin", "flash-attn"), row("import", "flash_attn"), provides=("flash_attn", "paged"))
    table = SignalTable({"flash": pinned, "fabric": signal("fabric", row("name", "fabric.adapter"))})
    guarded = fact("fabric", Question("import", "paged"))
    train = replace(reading(guarded), imports=(Import("flash_attn", span()),))
    run = script("run.sh", command("python train.py"))
    around = Reading("requirements.txt", "requirements", facts=(PINNED,))
    (launch,) = match_tree([run, train, around], table).launches
    assert stands(launch) == [("fabric", 1, "optional"), ("flash", 4, "asserted")]
    without = match_tree([run, replace(train, imports=()), around], table).launches[0]
    assert stands(without) == [("fabric", 1, "optional"), ("flash", 4, "optional")]


def test_every_run_that_does_not_settle_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matcher, "PASSES", 1)
    lines = ("--flash", "", "--flash", "")
    run = script("run.sh", *(command(f"python train.py {line}", at=at) for at, line in enumerate(lines, 1)))
    assert [gap.line for gap in match_tree([run, module("train.py")], TABLE).gaps] == [1, 3]


# Names in tables, and words of machines

NAMING = replace(signal("chip", row("literal", pattern="^(?P<value>[a-z]\\d{3})$")), effect="names")
QUEUE = replace(signal("queue", row("flag", "--queue", pattern="^booster")), same_machine=("site",))
SITE = signal("site", row("flag", "--site", pattern="booster"))
OTHERS = SignalTable({one.id: one for one in (NAMING, QUEUE, SITE)})


def literal(value: str, line: int) -> Fact:
    return Fact("literal", "", value, span(line))


def test_entries_of_a_table_are_only_mentioned() -> None:
    table = reading(*(literal(value, line) for line, value in enumerate(("a100", "h100", "v100"), 1)))
    got = matched(placed(table, *ALL_ASSERTED[:3]), table=OTHERS)
    assert [item.conditions for item, _ in got.findings] == [(MENTION,)] * 3
    assert all(item.is_listed for item in Matcher([table], OTHERS, keep_all).findings)
    two = reading(*table.facts[:2])
    assert not any(item.is_listed for item in Matcher([two], OTHERS, keep_all).findings)
    # Facts of one file make a table, not those of two.
    beside = [two, reading(*table.facts[2:], path="other.py")]
    assert not any(item.is_listed for item in Matcher(beside, OTHERS, keep_all).findings)


def option_fact(name: str, line: int) -> Fact:
    return Fact("flag", name, "booster", span(line))


def test_a_word_of_many_machines_counts_beside_another_of_its_machine() -> None:
    shared, own = option_fact("--queue", 1), option_fact("--site", 2)
    assert stands(matched(placed(reading(shared), "asserted"), table=OTHERS)) == []
    both = matched(placed(reading(shared, own), "asserted", "asserted"), table=OTHERS)
    assert stands(both) == [("queue", 1, "asserted"), ("site", 2, "asserted")]
    # In the whole launch too: what does not take effect there is no company.
    inert = matched(placed(reading(shared, own), "asserted", "inert"), table=OTHERS)
    assert stands(inert) == []
    assert Matcher([reading(shared)], OTHERS, keep_all).findings == []


# Marks of other scanners


def mark(line: int, engine: str = "semgrep", of: str = "bf16", **more: object) -> Finding:
    whole = Finding(of, "", "train.py", span(line), "", "x", engine=engine)
    return replace(whole, **more)


def test_a_mark_stands_as_its_line_does_behind_the_facts() -> None:
    file = reading(fact("fabric", line=1), findings=[mark(5), mark(6)])
    got = matched(placed(file, "asserted", "optional", "inert"))
    assert stands(got) == [("fabric", 1, "asserted"), ("bf16", 5, "optional")]


def test_of_two_engines_the_one_that_says_more_stands_for_both() -> None:
    bare, full = mark(5), mark(5, "zed", row="flag", value="true")
    for several in ([bare, full], [full, bare]):
        (found,) = Matcher([reading(findings=several)], TABLE, keep_all).findings
        assert (found.engine, found.value, found.row) == ("semgrep+zed", "true", "flag")
    named = [mark(5, engine, value="true") for engine in ("zed", "acme")]
    assert [item.engine for item in Matcher([reading(findings=named)], TABLE, keep_all).findings] == ["acme+zed"]
    first = [mark(5, "acme", row="flag", value="true"), mark(5, "zed")]
    assert [item.value for item in Matcher([reading(findings=first)], TABLE, keep_all).findings] == ["true"]
    for less in ({"row": "flag"}, {"value": "true"}):
        (found,) = Matcher([reading(findings=[mark(5, "acme", **less), full])], TABLE, keep_all).findings
        assert (found.engine, found.value, found.row) == ("acme+zed", "true", "flag")
    two = [mark(5, "acme", value="x"), mark(5, "zed", value="a"), mark(5, "zed", value="b")]  # two values say more
    both = Matcher([reading(findings=two)], TABLE, keep_all).findings
    assert [(item.value, item.engine) for item in both] == [("a", "acme+zed"), ("b", "acme+zed")]


def test_where_ours_and_a_mark_are_one_the_engines_of_both_are_named() -> None:
    file = reading(fact("bf16", line=5), fact("bf16", line=7), findings=[mark(5, "b+a"), mark(5, "c")])
    beside, ours = Matcher([file], TABLE, keep_all).findings
    assert (beside.engine, beside.row, ours.engine) == ("a+b+c+test", "name", "test")
    (confirmed,) = Matcher([file], TABLE, keep_all, alone=True).findings
    assert (confirmed.engine, confirmed.row, confirmed.span.line) == ("a+b+c", "name", 5)
    elsewhere = reading(fact("fabric", line=5), findings=[mark(6)])
    assert [item.span.line for item in Matcher([elsewhere], TABLE, keep_all, alone=True).findings] == [6]
    assert place_of(mark(5)) == ("bf16", "train.py", 5)


def test_a_mark_is_one_with_what_another_reading_of_the_file_states() -> None:
    stated, marked = reading(fact("bf16", line=5)), reading(findings=[mark(5)])
    (both,) = Matcher([stated, marked], TABLE, keep_all).findings
    assert both.engine == "semgrep+test"


def test_what_no_mark_confirms_is_left_out_of_a_launchs_own_words_too() -> None:
    said = StatedFact("train.py", fact("bf16", line=5), "asserted")
    file = placed(reading(findings=[mark(5), mark(9)]), "inert", "asserted")
    assert stands(matched(file, stated=(said,), alone=True)) == [("bf16", 9, "asserted"), ("bf16", 5, "asserted")]
    unmarked = replace(said, fact=fact("bf16", line=6))
    assert stands(matched(file, stated=(unmarked,), alone=True)) == [("bf16", 9, "asserted")]
    assert stands(matched(file, stated=(unmarked,))) == [("bf16", 9, "asserted"), ("bf16", 6, "asserted")]


# Whole trees


def test_the_whole_tree_may_be_one_launch() -> None:
    lines = reading(fact("bf16", HALF, line=1), fact("fabric", line=2), findings=[mark(1)])
    got = match_tree([lines], TABLE, scope="tree")
    (tree,) = got.launches
    assert (tree.id, tree.role, stands(tree)) == ("tree", "any", [("bf16", 1, "asserted"), ("fabric", 2, "asserted")])
    assert [item.signal for item in got.findings] == ["bf16", "fabric"]

    def keep(item: Finding) -> bool:
        return item.signal == "bf16"

    for scope in ("tree", "launch"):
        kept, confirmed = (
            match_tree([lines], TABLE, keep, scope=scope),
            match_tree([lines], TABLE, scope=scope, alone=True),
        )
        assert [item.engine for item in kept.findings] == ["semgrep+test"]
        assert [item.engine for item in confirmed.findings] == ["semgrep"]
    files = whole("files", [lines], judge_by_eye)
    assert [item.engine for item in match_whole(files, TABLE, keep).findings] == ["semgrep+test"]
    assert [item.engine for item in match_whole(files, TABLE, alone=True).findings] == ["semgrep"]
    pins = reading(PINNED, path="requirements.txt")
    assert stands(match_tree([pins], TABLE, scope="tree").launches[0]) == [("flash", 4, "asserted")]


def test_each_launch_that_is_matched_is_a_step() -> None:
    steps: list[tuple[str, int, int]] = []
    readings = [script("run.sh", command("python train.py"), command("python train.py", at=2)), module("train.py")]
    got = match_tree(readings, TABLE, progress=lambda *step: steps.append(step))
    assert len(got.launches) == 2
    assert [step for step in steps if step[0] == "matching"] == [("matching", number, 2) for number in range(3)]
    assert "linking" in {step[0] for step in steps}
    launches, gaps = Matcher(readings, TABLE, keep_all).launches(LinkedTree(readings))
    assert (len(launches), gaps) == (2, [])


def test_each_fact_of_the_small_table_is_found() -> None:
    facts = [fact(of, kind=kind, line=at) for at, (of, kind) in enumerate(MATCHING, 1) if kind != "call"]
    assert len(matched(placed(reading(*facts), *ALL_ASSERTED[: len(facts)]), provided=None).findings) == len(facts)
