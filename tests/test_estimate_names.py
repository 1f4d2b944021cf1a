"""What kind of premise is a name? Who says it, in whose launch, what was done, and what stands beside it decide."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec.structs import replace

from chipsieve.estimate.speaking import DEEDS_OF_ITS_OWN, DONE, Known, Premise
from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import Finding
from chipsieve.facts.statements import Deed
from chipsieve.link.launch import Standing
from chipsieve.signals.signal import Signal
from small_families import IN_LOG, IN_METADATA, MACHINE, NAMED, kinds, known, named, premises, training
from verdicts import finding, signal

DEEDS: tuple[Deed, ...] = get_args(Deed)
BESIDE = training(id="other.sh:1", path="other.sh")


def in_headline(item: Finding, stands: Standing = "asserted") -> Known:
    return known(training((item, stands)), item)


def in_another(item: Finding) -> Known:
    """It stands in another launch of the project."""
    return known(training(), item, others=(replace(BESIDE, findings=((item, "asserted"),)),))


def in_none(item: Finding) -> Known:
    return known(training(), item)


# Who says it, in whose launch


@pytest.mark.parametrize(
    ("by", "headline", "optional", "another", "none"),
    [
        ("scheduler", "request", "request", "request of another run", "request of no run"),
        ("cloud", "request", "request", "request of another run", "request of no run"),
        ("site", "site", "site elsewhere", "site elsewhere", "site elsewhere"),
        ("constant", "constant", "constant", "constant elsewhere", "constant elsewhere"),
        ("device-test", "device test", "device test", "", ""),
        ("log", "words of a log", "words of a log", "words of a log", "words of a log"),
        ("metadata", "words of a log", "words of a log", "words of a log", "words of a log"),
        ("notebook", "notebook", "notebook", "notebook", "notebook"),
    ],
)
def test_a_name_is_as_telling_as_the_launch_in_which_it_stands(
    by: str, headline: str, optional: str, another: str, none: str
) -> None:
    item = named("r100", by, "lib.py", 7)
    for told, kind in (
        (in_headline(item), headline), (in_headline(item, "optional"), optional),
        (in_another(item), another), (in_none(item), none),
    ):  # fmt: skip
        expected = [Premise(kind, frozenset({"r100"}), "lib.py:7", "r100")] if kind else []
        assert premises(told) == expected


def test_what_stands_in_a_launch_need_not_be_among_the_trees_own_findings() -> None:
    item = named("r100", "scheduler")
    assert kinds(replace(in_headline(item), findings=())) == ["request"]
    assert kinds(replace(in_another(item), findings=())) == ["request of another run"]
    assert kinds(known(None, item)) == ["request of no run"]


def test_a_device_query_in_a_log_is_more_than_its_words() -> None:
    for of, by in ((IN_LOG, "log"), (IN_METADATA, "metadata"), (IN_METADATA, "log")):
        assert kinds(in_none(named("r100", by, signal=of))) == ["log"]
    assert kinds(in_none(named("r100", "log", signal=MACHINE))) == ["words of a log"]


def test_what_one_vendors_driver_alone_installs_speaks_against_the_others() -> None:
    item = named("b200", "vendor", "run.sh", 4)
    assert premises(in_headline(item)) == [
        Premise("site", frozenset({"b200"}), "run.sh:4", "b200"),
        Premise("vendor's ground", frozenset({"r100", "p400", "g300"}), "run.sh:4", "b200", against=True),
    ]
    for elsewhere in (in_headline(item, "optional"), in_another(item), in_none(item)):
        assert premises(elsewhere) == []
    assert kinds(in_headline(replace(item, by="site"))) == ["site"]


def test_a_name_may_mean_several_families_and_one_that_nobody_knows_means_none() -> None:
    (both,) = premises(in_headline(named("either", "scheduler")))
    assert both.families == {"r100", "b200"}
    assert kinds(in_headline(named("unheard", "scheduler"))) == []


@pytest.mark.parametrize("value", ["r100", "b200"])
def test_other_findings_do_not_change_what_a_name_is(value: str) -> None:
    item, others = named(value, "scheduler"), [named("unheard", "scheduler", line=2), finding("gone", "run.sh", 3, "x")]
    assert kinds(known(training((item, "asserted")), *others, item)) == ["request"]


REFUSED: list[tuple[Finding, tuple[Signal, ...]]] = [
    (replace(named("r100", "cloud"), conditions=(MENTION,)), ()),  # an entry of a table
    (named("r100", "cloud", "third_party/apex/run.sh"), ()),  # other people's code
    (finding("gone", "run.sh", 1, "r100", by="cloud"), ()),  # a signal that is not in the table
    (finding("wants", "run.sh", 1, "r100", by="cloud"), (signal("wants", requires={"named": "$value"}),)),
    (finding("mute", "run.sh", 1, "r100", by="cloud"), (signal("mute", effect="names", requires={"named": "other"}),)),
]


@pytest.mark.parametrize(("item", "signals"), REFUSED)
def test_what_names_nobody_is_no_premise(item: Finding, signals: tuple[Signal, ...]) -> None:
    told = known(training((item, "asserted")), item)
    assert [one.kind for one in premises(told, *signals) if not one.against] == []
    several = [named("b200", "notebook", "z.ipynb", line) for line in range(1, 9)]  # and hides nothing that stands by
    both = premises(replace(told, findings=(item, *several)), *signals)
    assert [one.kind for one in both if not one.against] == ["notebook"] * 8


def test_a_signal_may_yield_to_one_that_is_certain() -> None:
    yielding = replace(NAMED, id="yielding", unless=("sure",))
    item, sure = named("r100", "scheduler", signal=yielding), finding("sure", "run.sh", 9)
    signals = (yielding, signal("sure", requires={}))
    for stands, kind in (("asserted", []), ("optional", ["request"])):
        headline = training((item, "asserted"), (sure, stands))  # type: ignore[arg-type]
        assert kinds(known(headline, item, sure), *signals) == kind
    assert kinds(known(training((item, "asserted")), item, sure), *signals) == ["request"]


def test_signals_of_names_may_mean_different_chips_by_one_word() -> None:
    machines = replace(NAMED, id="machines", requires={"vendor": "amd"})
    several = [named("r100", "scheduler", signal=of, line=at) for at, of in enumerate((NAMED, machines), 1)]
    found = premises(known(training(*((item, "asserted") for item in several))), machines)
    assert [sorted(one.families) for one in found] == [["r100"], ["b200", "p400"]]


# What people say


@pytest.mark.parametrize("deed", [None, *DEEDS])
def test_prose_speaks_of_a_project_at_its_top_and_less_of_it_further_away(deed: Deed | None) -> None:
    kind = deed or "mentions"
    assert kinds(in_none(named("r100", "prose", "README.md", deed=deed))) == [kind]
    further = f"{kind} elsewhere" if kind in DEEDS_OF_ITS_OWN else "spoken of elsewhere"
    assert kinds(in_none(named("r100", "prose", "docs/guide.md", deed=deed))) == [further]


@pytest.mark.parametrize(
    ("path", "project", "here"),
    [
        ("README.md", "", True),
        ("TRAINING.md", "", True),
        ("NEWS.md", "", False),
        ("sub/README.md", "", False),
        ("sub/README.md", "sub", True),
        ("sub/TRAINING.md", "sub", True),
        ("sub/NEWS.md", "sub", False),
        ("sub/deep/README.md", "sub", False),
        ("README.md", "sub", True),
        ("a/b/README.md", "a/b", True),
    ],
)
def test_a_project_speaks_in_its_own_readme_and_in_the_topmost(path: str, project: str, here: bool) -> None:
    told = replace(in_none(named("r100", "prose", path, deed="trained")), project=project)
    assert kinds(told) == ["trained" if here else "trained elsewhere"]


@pytest.mark.parametrize("deed", [None, *DEEDS])
@pytest.mark.parametrize("by", ["prose", "comment"])
def test_what_does_not_train_is_tested_and_measured_where_it_infers(deed: Deed | None, by: str) -> None:
    item = named("r100", by, "README.md", deed=deed)
    for told in (known(None, item), known(training(role="inference", files=("README.md",)), item)):
        assert kinds(told) == [deed if deed in DONE and (by == "prose" or told.headline) else
                               f"{deed} elsewhere" if deed in DONE else "inference"]  # fmt: skip
    for role in ("training", "fine-tuning"):
        assert kinds(known(training(role=role, files=("README.md",)), item)) == [
            deed or "mentions" if by == "prose" or deed in DEEDS_OF_ITS_OWN else "comment"
        ]


@pytest.mark.parametrize("deed", [None, *DEEDS])
def test_a_comment_says_what_was_done_or_merely_names(deed: Deed | None) -> None:
    item = named("r100", "comment", "train.py", deed=deed)
    kind = deed if deed in DEEDS_OF_ITS_OWN else "comment"
    assert kinds(known(training(files=("train.py",)), item)) == [kind]
    assert kinds(known(training(files=()), item)) == [f"{kind} elsewhere"]


def test_a_machine_that_prose_names_says_little_beside_a_deed() -> None:
    for deed in (None, *DEEDS):
        item = named("r100", "prose", "docs/guide.md", deed=deed, signal=MACHINE)
        assert kinds(in_none(item)) == [f"{deed} elsewhere" if deed in DEEDS_OF_ITS_OWN else "machine"]


# Several names beside each other


def beside(*values: str, by: str, apart: int = 0, deed: Deed | None = None, path: str = "README.md") -> list[str]:
    """The kinds of names that stand on one line, or so many lines apart, in the headline."""
    items = [named(value, by, path, 1 + apart * at, deed=deed) for at, value in enumerate(values)]
    return kinds(known(training(*((item, "asserted") for item in items), files=(path,)), *items))


def test_a_line_that_names_three_families_is_a_menu() -> None:
    three, two = ("r100", "b200", "g300"), ("r100", "b200")
    assert beside(*two, by="prose") == ["mentions"] * 2
    assert beside(*three, by="prose") == ["menu"] * 3
    assert beside(*three, by="prose", apart=1) == ["mentions"] * 3
    assert beside(*three, by="prose", deed="tested") == ["menu"] * 3
    assert beside(*three, by="prose", deed="trained") == ["trained"] * 3  # who trained on three says so
    assert beside("r100", "r100", "r100", by="prose", apart=0) == ["mentions"]
    assert beside("r100", "either", by="prose") == ["mentions"] * 2


def test_a_word_that_means_two_families_is_one_entry_of_a_menu() -> None:
    # Two families by one word and a third by another: two entries, so the wide word is in no menu.
    assert beside("either", "g300", by="prose") == ["mentions", "menu"]
    assert beside("either", "g300", "p400", by="prose") == ["menu"] * 3


def test_comments_in_menus_say_little_and_code_that_asks_for_many_nothing() -> None:
    three = ("r100", "b200", "g300")
    assert beside(*three, by="comment", path="train.py") == ["comment elsewhere"] * 3
    assert beside(*three, by="comment", deed="trained", path="train.py") == ["comment elsewhere"] * 3
    for by, kind in (("constant", "constant"), ("device-test", "device test")):
        assert beside(*three[:2], by=by, apart=50) == [kind] * 2
        assert beside(*three, by=by, apart=50) == []  # anywhere in a file
        items = [named(value, by, f"{value}.py") for value in three]
        assert kinds(known(training(*((item, "asserted") for item in items)), *items)) == [kind] * 3


def test_constants_and_tests_of_devices_are_two_menus() -> None:
    items = [named("r100", "constant"), named("b200", "constant", line=2), named("g300", "device-test", line=3)]
    told = known(training(*((item, "asserted") for item in items)), *items)
    assert kinds(told) == ["constant", "constant", "device test"]


def test_requests_are_requests_however_many_there_are() -> None:
    assert beside("r100", "b200", "g300", by="scheduler") == ["request"] * 3
