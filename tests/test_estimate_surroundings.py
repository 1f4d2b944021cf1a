"""What else speaks for or against a family: requirements, silence, names of files, frameworks, numbers of devices?"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.derive.premises import Evidence
from chipsieve.estimate.answer import Estimate
from chipsieve.estimate.families import Family, families_of
from chipsieve.estimate.frameworks import Framework, computes, usual_vendors
from chipsieve.estimate.phrases import CERTAIN, LIKELY, PHRASES, in_words
from chipsieve.estimate.speaking import Premise, premises_of
from chipsieve.facts.places import Span
from chipsieve.facts.words import Resolved
from chipsieve.link.launch import Launch, Standing
from chipsieve.signals.signal import Signal
from small_families import FAMILIES, kinds, known, named, premises, readers, training
from verdicts import estimate, finding, signal

AMD, NOT_AMD = frozenset({"b200", "p400"}), frozenset({"r100", "g300"})
WIDE = signal("wide", title="sixteen bits", requires={"bits_at_least": "$value"})


def against(kind: str, families: frozenset[str], at: str = "", says: str = "") -> Premise:
    return Premise(kind, families, at, says, against=True)


def test_a_tree_that_says_nothing_speaks_for_nobody() -> None:
    assert premises(known()) == premises(known(training())) == []


def test_premises_are_sorted_and_each_is_there_once() -> None:
    items = [named("r100", "notebook", f"{name}.ipynb", line) for name in "ba" for line in (2, 1)]
    again = [replace(item, snippet="again") for item in items]
    found = premises(known(None, named("b200", "log", "z.log"), *items, *again))
    assert [(one.kind, one.at) for one in found] == [
        ("notebook", "a.ipynb:1"), ("notebook", "a.ipynb:2"), ("notebook", "b.ipynb:1"), ("notebook", "b.ipynb:2"),
        ("words of a log", "z.log:1"),
    ]  # fmt: skip
    one_line = [named(value, "notebook", "a.ipynb") for value in ("r100", "g300", "b200")]
    assert [one.says for one in premises(known(None, *one_line))] == ["b200", "g300", "r100"]
    assert premises_of(known(None, *one_line), readers()) == premises_of(known(None, *reversed(one_line)), readers())


# What it asks for


def asking(of: Signal, value: str = "", standing: Standing = "asserted", *, lines: bool = True) -> list[Premise]:
    """The premises on evidence of a signal, which rests on two lines, or on none."""
    rests = (finding(of.id, "run.sh", 5), finding(of.id, "a.sh", 1)) if lines else ()
    return premises(known(training(), evidence=(Evidence(of.id, value, standing, rests),)), of)


def test_families_that_cannot_meet_what_is_asked_for_are_less_likely() -> None:
    # R100 has sixteen bits, and of G300 nobody knows.
    assert asking(WIDE, "16") == [against("asked for", AMD, "run.sh:5", "sixteen bits")]
    assert asking(WIDE, "32") == [against("asked for", frozenset({"r100", *AMD}), "run.sh:5", "sixteen bits")]
    assert asking(WIDE, "16", lines=False) == [against("asked for", AMD, "", "sixteen bits")]
    one_row = signal("row", title="a row", requires={"id": "r100-80gb"})
    assert asking(one_row) == [against("asked for", frozenset({"g300", *AMD}), "run.sh:5", "a row")]


@pytest.mark.parametrize(
    ("changes", "standing", "kind"),
    [
        ({}, "asserted", "asked for"),
        ({"strength": "weak"}, "asserted", "preferred"),
        ({"effect": "prefers"}, "asserted", "preferred"),
        ({"effect": "prefers", "strength": "weak"}, "asserted", "preferred"),
        ({}, "optional", "perhaps asked for"),
        ({"effect": "prefers"}, "optional", "perhaps asked for"),
        ({}, "inert", ""),
        ({"effect": "site"}, "asserted", ""),
        ({"effect": "technique"}, "asserted", ""),
        ({"requires": {}}, "asserted", ""),
    ],
)
def test_how_firmly_it_asks_is_the_kind(changes: dict[str, object], standing: Standing, kind: str) -> None:
    assert [one.kind for one in asking(replace(WIDE, **changes), "16", standing)] == ([kind] if kind else [])


def test_evidence_that_says_nothing_does_not_hide_what_follows() -> None:
    pieces = tuple(Evidence("wide", "16", stands, ()) for stands in ("inert", "asserted"))
    assert kinds(known(training(), evidence=pieces), WIDE) == ["asked for"]


def test_claims_that_see_the_same_value_are_told_apart() -> None:
    wide, vendor = replace(WIDE, requires={"bits_at_least": "16"}), signal("vendor", requires={"vendor": "nvidia"})
    usual, other = (
        signal(vendor, title=vendor, requires={}, presumption={"vendor": vendor}) for vendor in ("amd", "intel")
    )
    pieces = tuple(Evidence(one.id, "", "asserted", ()) for one in (wide, vendor, usual, other))
    found = premises(known(training(), evidence=pieces), wide, vendor, usual, other)
    assert [(one.kind, sorted(one.families)) for one in found] == [
        ("asked for", ["b200", "p400"]), ("asked for", ["b200", "g300", "p400"]),
        ("presumed though spoken of", ["g300", "r100"]), ("presumed though spoken of", ["b200", "p400", "r100"]),
    ]  # fmt: skip


PRESUMING = signal("usual", title="CUDA", requires={}, presumption={"vendor": "$value"})


def test_what_is_presumed_weighs_more_where_the_tree_does_not_speak_of_the_others() -> None:
    piece = (Evidence("usual", "nvidia", "asserted", (finding("usual", "train.py", 3),)),)
    told = known(training(), evidence=piece)
    speaks_of_amd = premises(replace(told, mentions=frozenset({"amd", "nvidia", "intel"})), PRESUMING)
    assert speaks_of_amd == [against("presumed though spoken of", frozenset({"g300", *AMD}), "train.py:3", "CUDA")]
    of_amd_alone = premises(replace(told, mentions=frozenset({"amd"})), PRESUMING)
    assert of_amd_alone == [
        against("presumed", frozenset({"g300"}), "train.py:3", "CUDA"),
        against("presumed though spoken of", AMD, "train.py:3", "CUDA"),
        against("unspoken vendor", frozenset({"g300"})),
    ]


def test_what_is_presumed_must_be_certain_and_may_be_required_too() -> None:
    assert asking(PRESUMING, "nvidia", "optional") == []
    both = replace(PRESUMING, requires={"bits_at_least": "16"})
    assert [one.kind for one in asking(both, "nvidia")] == ["asked for", "presumed though spoken of"]
    assert [sorted(one.families) for one in asking(both, "nvidia")] == [["b200", "p400"], ["b200", "g300", "p400"]]


@pytest.mark.parametrize(
    ("mentions", "unspoken"),
    [
        ({"amd", "intel"}, set()),
        ({"amd"}, {"g300"}),
        ({"nvidia"}, {"b200", "p400", "g300"}),
        (set(), {"b200", "p400", "g300"}),
    ],
)
def test_a_vendor_of_whom_nobody_speaks_is_less_likely_but_for_nvidia(mentions: set[str], unspoken: set[str]) -> None:
    told = known(mentions=frozenset(mentions))
    assert premises(told) == ([against("unspoken vendor", frozenset(unspoken))] if unspoken else [])


# The names of files


def files(path: str, entry: str = "train.py", *words: str) -> list[tuple[str, str]]:
    """What a launch's script, program and words name, and whom they mean."""
    resolved = tuple(Resolved(word, "run.sh", Span(1, 1, 1, 2)) for word in words)
    found = premises(known(training(path=path, line=7, entry=entry, command=resolved)))
    assert {(one.kind, one.at, one.against) for one in found} <= {("file name", f"{path}:7", False)}
    return [(one.says, "+".join(sorted(one.families))) for one in found]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("scripts/train_r100.sh",), ["r100"]),
        (("R100-8x.sh",), ["r100"]),
        (("run.sh", "configs/b200/train.py"), ["b200"]),
        (("run.sh", "train.py", "--config", "conf/7b-g300.yaml"), ["g300"]),
        (("r100.sh", "b200.py", "p400"), ["b200", "p400", "r100"]),
        (("r100/r100.sh", "r100.py"), ["r100"]),
        (("run.sh", "train.py", "x100"), []),  # no chip is called so
        (("run_r1000x.sh",), []),
        (("either.sh",), []),  # a name, but none that looks like a chip's
        (("superr100.sh",), []),
    ],
)
def test_names_of_files_name_chips(given: tuple[str, ...], named: list[str]) -> None:
    assert files(*given) == [(one, one) for one in named]


def test_without_a_launch_no_file_is_its_own() -> None:
    assert kinds(known(None)) == []


# Frameworks


def test_frameworks_are_known_by_whose_accelerators_they_mostly_run_on() -> None:
    assert computes({"json", "torch"})
    assert not computes({"json"})
    assert not computes(())
    assert usual_vendors(["torch", "jax", "mindspore", "json", "flax", "jax"]) == {
        "flax": Framework("google", own=False), "jax": Framework("google", own=False),
        "mindspore": Framework("huawei", own=True),
    }  # fmt: skip
    assert list(usual_vendors(["torch_npu", "jax", "flax"])) == ["flax", "jax", "torch_npu"]


def test_a_framework_speaks_against_other_vendors_chips() -> None:
    everybody = frozenset(one.id for one in FAMILIES)
    own = training(modules=frozenset({"habana_frameworks", "torch"}))
    assert premises(known(own)) == [
        against("vendor's framework", everybody - {"g300"}, says="imports habana_frameworks")
    ]
    usual = training(modules=frozenset({"jax", "optax"}))
    assert premises(known(usual)) == [
        against("framework", everybody, says="imports jax"), against("framework", everybody, says="imports optax")
    ]  # fmt: skip
    assert premises(known(training(modules=frozenset({"torch"})))) == []


def test_the_trees_frameworks_count_where_the_launch_has_none() -> None:
    tree = frozenset({"jax"})
    assert kinds(known(None, modules=tree)) == ["framework"]
    assert kinds(known(training(modules=frozenset({"json"})), modules=tree)) == ["framework"]
    assert kinds(known(training(modules=frozenset({"torch"})), modules=tree)) == []


# How many devices


def counted(devices: int = 0, **counts: int) -> Launch:
    """A launch that asks for devices, and lines that count: `per_node=8`."""
    ids = {"per_node": "devices-per-node", "nodes": "nodes", "in_all": "devices-in-all"}
    lines = tuple(
        (finding(ids[name], "job.sh", at, str(count)), "asserted") for at, (name, count) in enumerate(counts.items(), 3)
    )
    return training(*lines, devices=devices)  # type: ignore[arg-type]


DESKS = frozenset({"p400", "g300"})


def test_a_whole_node_is_not_made_of_cards_for_desks() -> None:
    assert premises(known(counted(7))) == premises(known(None)) == []
    assert premises(known(counted(8))) == [against("a whole node", DESKS, "run.sh:30", "8 devices")]
    assert premises(known(counted(9))) == [against("several nodes", DESKS, "run.sh:30", "9 devices")]


def test_what_one_node_holds_speaks_against_those_sold_in_smaller_ones() -> None:
    # R100 comes by 4 and 8, B200 by 4, P400 by 8 and 16, and of G300 nobody knows.
    assert premises(known(counted(per_node=8))) == [
        against("a whole node", DESKS, "job.sh:3", "8 devices"),
        against("more than a node", frozenset({"b200"}), "job.sh:3", "8 devices per node"),
    ]
    assert premises(known(counted(per_node=16))) == [
        against("more than a node", frozenset({"r100", "b200"}), "job.sh:3", "16 devices per node"),
        against("several nodes", DESKS, "job.sh:3", "16 devices"),
    ]


def test_of_several_nodes_each_is_one_as_it_is_sold() -> None:
    assert premises(known(counted(per_node=4, nodes=4))) == [
        against("another node", frozenset({"p400"}), "job.sh:3", "4 devices per node"),
        against("several nodes", DESKS, "job.sh:3", "16 devices"),
    ]
    # What is more than a node is not another one too.
    assert [(one.kind, sorted(one.families)) for one in premises(known(counted(per_node=8, nodes=2)))] == [
        ("more than a node", ["b200"]), ("several nodes", ["g300", "p400"])
    ]  # fmt: skip
    assert kinds(known(counted(per_node=4))) == []  # a part of a node may be any node's


# Families, words and answers


def row(chip: str, family: str, segment: str = "consumer", **facts: Cell) -> Accelerator:
    return Accelerator(chip, chip, "maker", segment, "", facts, family=family)


def test_rows_of_one_family_are_one() -> None:
    rows = [
        row("v-16", "Volta V100", released="2017-06", node_devices="8 4"),
        row("t", "T4+", announced="2018-09", released=None),
        row("v-32", "Volta V100", "datacenter", announced="2018-03", released="2018-05", node_devices="16"),
        row("x", "(X)", "cloud-only", node_devices=None),
    ]
    assert families_of(rows) == (
        Family("volta-v100", "Volta V100", "maker", ("v-16", "v-32"), "2017-06", professional=True,
               announced="2018-03", nodes=(4, 8, 16)),
        Family("t4", "T4+", "maker", ("t",), "", professional=False, announced="2018-09"),
        Family("x", "(X)", "maker", ("x",), "", professional=True),
    )  # fmt: skip
    assert families_of([]) == ()


def test_a_probability_is_said_in_the_phrase_below_whose_bound_it_lies() -> None:
    assert in_words(0) == "almost no chance"
    assert in_words(1) == CERTAIN == "almost certain"
    assert in_words(LIKELY) == "likely"
    bounds, phrases = zip(*PHRASES, strict=True)
    assert [in_words(bound) for bound in bounds] == [*phrases[1:], CERTAIN]  # the bound itself is the next phrase's
    assert [in_words(bound - 0.001) for bound in bounds] == [*phrases]


def test_an_estimate_knows_its_likeliest_family() -> None:
    first = estimate().first
    assert first is not None
    assert first.family == "h20"
    assert Estimate("", (), 1.0, 1.0, "").first is None
