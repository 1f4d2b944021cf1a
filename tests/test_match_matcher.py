"""Which findings does a launch have? Each fact is matched once, and counts where it stands in the launch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from chipsieve.facts.conditions import MENTION, NEVER, Condition, Not, Question
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Fact, FactKind, Gap, Import, Reading
from chipsieve.facts.words import Word
from chipsieve.link import reach
from chipsieve.link.launch import FileStandings, Launch, Standing
from chipsieve.link.linking import LinkedTree
from chipsieve.link.whole_files import judge_by_eye, judge_without_run, whole
from chipsieve.match import matcher, matching
from chipsieve.match.matcher import match_tree, match_whole
from chipsieve.match.table import SignalTable
from link_builders import choice, command, if_variable, module, option, script, span, text, variable
from small_signals import TABLE, fact, having, launches_of, one, row, signal, standings

DTYPE = Question("option", "dtype")
VARIABLE = Question("variable", "DTYPE")
HARDWARE = Question("hardware")


def values(launch: Launch, path: str = "train.py") -> dict[str, Standing]:
    """Where the findings of one file stand, by the value that they speak of."""
    return {item.value: stands for item, stands in launch.findings if item.path == path}


def choosing(kind: FactKind, chosen: Question, *conditions: Condition, of: str = "dtype") -> Reading:
    """An entry that states one fact of which an option or a variable chooses the value."""
    return having(module("train.py"), fact(of, *conditions, kind=kind, chosen=chosen))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--dtype bf16", {"bf16": "asserted"}),
        ("--dtype=torch.bf16", {"bf16": "asserted"}),
        ("--dtype fp8", {"fp8": "asserted"}),
        ("--dtype fp16", {}),
        ("--dtype auto", {}),
        ("--dtype bf16 --dtype fp8", {"fp8": "asserted"}),
        ("--dtype ${DTYPE}", {"bf16": "optional", "fp8": "optional"}),
        ("", {"bf16": "optional", "fp8": "optional"}),
        ("--other bf16", {"bf16": "optional", "fp8": "optional"}),
    ],
)
def test_an_option_that_chooses_a_value_decides_which_finding_takes_effect(
    line: str, expected: dict[str, Standing]
) -> None:
    run = script("run.sh", command(f"python train.py {line}"))
    assert values(one(run, choosing("call", DTYPE))) == expected


def test_the_default_of_an_option_chooses_where_no_word_does() -> None:
    train = replace(choosing("call", DTYPE), options=(option("--dtype", "bf16"),))
    run = script("run.sh", command("python train.py"), command("python train.py --dtype fp8", at=2))
    assert [values(launch) for launch in launches_of([run, train])] == [{"bf16": "asserted"}, {"fp8": "asserted"}]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"DTYPE": text("bf16")}, {"bf16": "asserted"}),
        ({"DTYPE": text("fp8")}, {"fp8": "asserted"}),
        ({"DTYPE": text("fp32")}, {}),
        ({"DTYPE": variable("UNSET")}, {"bf16": "optional", "fp8": "optional"}),
        ({"DTYPE": choice(((if_variable("WHO"),), "bf16"))}, {"bf16": "optional", "fp8": "optional"}),
        ({"OTHER": text("bf16")}, {"bf16": "optional", "fp8": "optional"}),
        ({}, {"bf16": "optional", "fp8": "optional"}),
    ],
)
def test_a_variable_that_chooses_a_value_decides_too(
    environment: dict[str, Word], expected: dict[str, Standing]
) -> None:
    run = script("run.sh", command("python train.py", environment=environment))
    assert values(one(run, choosing("call", VARIABLE))) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--half", {"true": "asserted"}),
        ("--half yes", {"true": "asserted"}),
        ("--half false", {}),
        ("--half auto", {"true": "optional"}),
        ("", {"true": "optional"}),
        ("--half yes --bf16 no", {"true": "optional"}),  # the command line sets the key itself
    ],
)
def test_what_an_option_switches_on_is_one_finding(line: str, expected: dict[str, Standing]) -> None:
    run = script("run.sh", command(f"python train.py {line} --config a.yaml"))
    config = Reading("a.yaml", "yaml", facts=(fact("bf16", kind="key", chosen=Question("option", "half")),))
    assert values(one(run, module("train.py"), config), "a.yaml") == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((), "asserted"),
        ((HARDWARE,), "optional"),
        ((NEVER,), None),
        ((MENTION,), None),
        ((Question("entry"),), "asserted"),
    ],
)
def test_a_chosen_value_takes_effect_no_further_than_its_line(
    conditions: tuple[Condition, ...], expected: Standing | None
) -> None:
    run = script("run.sh", command("python train.py --dtype bf16"))
    assert values(one(run, choosing("call", DTYPE, *conditions))).get("bf16") == expected
    library = replace(choosing("call", DTYPE), path="lib.py")
    perhaps_reached = module("train.py", imports=(Import("lib", span(), conditions=(HARDWARE,)),))
    assert values(one(run, perhaps_reached, library), "lib.py") == {"bf16": "optional"}


def test_by_eye_every_value_that_may_be_chosen_counts_and_without_a_run_none_is_sure() -> None:
    train = choosing("call", DTYPE)
    (tree,) = launches_of([train], scope="tree")
    assert values(tree) == {"bf16": "asserted", "fp8": "asserted"}
    for judge, met, expected in (
        (judge_by_eye, True, "asserted"),
        (judge_by_eye, False, "optional"),
        (judge_without_run, False, "optional"),
    ):
        (launch,) = match_whole(whole("files", [train], judge, met=met), TABLE).launches
        assert set(values(launch).values()) == {expected}
    (mentioned,) = launches_of([choosing("call", DTYPE, MENTION)], scope="tree")
    assert values(mentioned) == {}


def test_the_findings_of_a_chosen_value_keep_the_question() -> None:
    (first, second) = match_tree([choosing("call", DTYPE)], TABLE, scope="tree").findings
    assert [item.conditions for item in (first, second)] == [
        (replace(DTYPE, operator="in", values=(value,)),) for value in ("bf16", "fp8")
    ]


class Counted:
    """Counts how often each fact is asked of the signals."""

    def __init__(self) -> None:
        """Nothing asked yet."""
        self.times: Counter[tuple[str, str, int]] = Counter()

    def __call__(self, fact: Fact, path: str, table: SignalTable) -> Iterator[tuple[Finding, Question | None]]:
        """Ask the signals, as matching does."""
        self.times[path, fact.kind, fact.span.line] += 1
        return matching.matched(fact, path, table)


def test_facts_are_matched_once_however_many_launches_reach_them(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted()
    monkeypatch.setattr(matcher, "matched", counted)
    train = having(module("train.py"), fact("bf16", HARDWARE, line=3), fact("dtype", kind="call", line=4, chosen=DTYPE))
    unread = having(module("alone.py"), fact("bf16", line=5))
    lines = ("", "--dtype bf16", "--dtype fp8", "--lr 1", "")
    run = script("run.sh", *(command(f"python train.py {line}", at=at) for at, line in enumerate(lines, 1)))
    launches = launches_of([run, train, unread])
    assert len(launches) == 5
    assert {place: times for place, times in counted.times.items() if place[0] != "run.sh"} == {
        ("train.py", "name", 3): 1, ("train.py", "call", 4): 1, ("alone.py", "name", 5): 1,
    }  # fmt: skip
    assert [values(launch).get("bf16") for launch in launches] == ["optional", "asserted", None, "optional", "optional"]


def entries(linked: LinkedTree) -> list[FileStandings]:
    """Where the facts of train.py stand, launch by launch."""
    return [one for launch in linked.launches for one in launch.standings if one.reading.path == "train.py"]


def test_launches_for_which_a_file_stands_alike_share_where_its_facts_stand() -> None:
    train = having(module("train.py"), fact("bf16", DTYPE), fact("fabric"))
    lines = ("", "--dtype bf16", "--dtype true", "--lr 1", "--dtype no")
    run = script("run.sh", *(command(f"python train.py {line}", at=at) for at, line in enumerate(lines, 1)))
    unsure, sure, also_sure, also_unsure, off = entries(LinkedTree([run, train]))
    assert unsure is also_unsure
    assert sure is also_sure
    assert [one.standings for one in (unsure, sure, off)] == [
        ("optional", "asserted"), ("asserted", "asserted"), ("inert", "asserted")
    ]  # fmt: skip
    choices = entries(LinkedTree([run, choosing("call", DTYPE)]))
    assert [settled.chosen for settled in choices] == [(None,), ("bf16",), ("true",), (None,), ("no",)]
    assert choices[0] is choices[3]


def test_matched_launches_of_equal_trees_are_equal() -> None:
    def readings() -> list[Reading]:
        return [script("run.sh", command("python train.py --bf16")), choosing("call", DTYPE)]

    assert match_tree(readings(), TABLE) == match_tree(readings(), TABLE)


UNSETTLED_FILES = "which files and options the run reaches did not settle: the last answer counts"
UNSETTLED_MODULES = "which modules the run asks for did not settle: the last answer counts"


def swinging(default: str) -> list[Reading]:
    """A module that is imported unless `x` is set, and that declares what `x` is."""
    train = module("train.py", imports=(Import("lib", span(), conditions=(Not(Question("option", "x")),)),))
    library = module("lib.py", options=(option("--x", default),))
    return [script("run.sh", command("torchrun train.py", at=7)), train, library]


def test_an_answer_that_swings_is_a_gap_with_the_line_of_the_run() -> None:
    assert match_tree(swinging("true"), TABLE).gaps == (Gap("run.sh", UNSETTLED_FILES, 7),)
    assert match_tree(swinging("false"), TABLE).gaps == ()


def test_too_few_rounds_are_a_gap_and_enough_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    train = module("train.py", imports=(Import("lib", span()),))
    readings = [script("run.sh", command("torchrun train.py", at=7)), train, module("lib.py")]
    assert match_tree(readings, TABLE).gaps == ()
    monkeypatch.setattr(reach, "ROUNDS", 1)
    assert match_tree(readings, TABLE).gaps == (Gap("run.sh", UNSETTLED_FILES, 7),)
    assert match_tree(readings, TABLE, scope="tree").gaps == ()


def chained(links: int) -> tuple[list[Reading], SignalTable]:
    """A run that asks for a module, whose guard asks for the next, and so on; and signals for them."""
    signals = [signal("asks-0", row("flag", "--start"), provides=("m0",))]
    signals += [signal(f"asks-{at}", row("name", f"a.n{at}"), provides=(f"m{at}",)) for at in range(1, links + 1)]
    facts = [
        Fact("name", f"a.n{at}", None, span(at), "", (Question("import", f"m{at - 1}"),)) for at in range(1, links + 1)
    ]
    run = script("run.sh", command("torchrun train.py --start", at=7))
    return [run, having(module("train.py"), *facts)], SignalTable({item.id: item for item in signals})


def test_a_chain_of_modules_that_is_too_long_is_a_gap_with_the_line_of_the_run() -> None:
    for links in range(matcher.PASSES + 2):
        found = match_tree(*chained(links))
        settles = links < matcher.PASSES - 1
        assert found.gaps == (() if settles else (Gap("run.sh", UNSETTLED_MODULES, 7),))
        (launch,) = found.launches
        asserted = [item.signal for item, stands in launch.findings if stands == "asserted"]
        assert len(asserted) == min(links + 1, matcher.PASSES), "what was answered until then counts"
        assert launch.id == "run.sh:7"


def test_only_the_run_that_does_not_settle_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matcher, "PASSES", 1)
    run = script("run.sh", command("python train.py"), command("python train.py --flash", at=2))
    assert match_tree([run, module("train.py")], TABLE).gaps == (Gap("run.sh", UNSETTLED_MODULES, 2),)
    assert standings(one(script("run.sh", command("python train.py --flash")), module("train.py"))) == {
        ("asks-flash", "run.sh"): "asserted"
    }
