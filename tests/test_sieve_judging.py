"""What does one launch leave possible, and what stands beside it? Launches of a few findings, and four chips."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chipsieve.derive.premises import Evidence
from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Launch, Standing
from chipsieve.sieve.judging import BY_RUNS, contradictions, judge, namings
from chipsieve.sieve.outcome import Contradiction, LaunchVerdict, Naming, Note
from chipsieve.signals.signal import Signal
from four_chips import ALL, NAMED, criteria, only, shown
from verdicts import launch, signal

RED, BLUE, WARM = only("red"), only("blue"), only("red", "green")
CPU = signal("cpu", step="none", effect="technique", label="processors", requires={}, abstains=True)
SIGNALS = (RED, BLUE, WARM, CPU, NAMED)


def running(*findings: Finding | tuple[Finding, Standing]) -> Launch:
    """A launch in which findings take effect, unless they say how they stand."""
    return launch(findings=tuple(one if isinstance(one, tuple) else (one, "asserted") for one in findings))


def judged(*findings: Finding | tuple[Finding, Standing], signals: tuple[Signal, ...] = SIGNALS) -> LaunchVerdict:
    """What a launch of these findings leaves possible; nothing is derived."""
    return judge(running(*findings), criteria(*signals), {})


def test_a_launch_that_says_nothing_leaves_everything() -> None:
    silent = judged()
    assert silent == LaunchVerdict(running(), (), silent.proof, (), (), ())
    assert silent.remaining == ALL
    steps = ["software-stack", "number-format", "kernels", "interconnect", "memory", "names"]
    assert [one.step for one in silent.steps] == steps


def test_its_evidence_excludes_and_is_kept() -> None:
    line = shown(RED)
    found = judged(line)
    assert (found.launch, found.evidence) == (running(line), (Evidence("only-red", "", "asserted", (line,)),))
    assert found.remaining == ("red",)
    assert found.conflict is None
    assert judged((line, "optional")).remaining == ALL


def test_what_is_derived_counts_like_what_is_found() -> None:
    derived = Evidence("only-red", "", "asserted", ())
    found = judge(running(), criteria(*SIGNALS), {"only-red": lambda _: (derived,)})
    assert (found.evidence, found.remaining) == ((derived,), ("red",))


@pytest.mark.parametrize("by", sorted(BY_RUNS))
def test_a_chip_that_the_run_itself_names_is_kept_and_the_contradiction_told(by: str) -> None:
    found = judged(shown(RED), shown(NAMED, line=2, value="blue", by=by))
    assert found.remaining == ("red", "blue")
    assert found.proof.spared.named == frozenset({"blue"})
    assert found.named == (Naming(("blue",), by, "run.sh", 2, "blue"),)
    assert found.contradictions == (Contradiction(found.named[0], ("blue",), ("only-red",)),)


@pytest.mark.parametrize("by", ["prose", "comment", "constant", "", "site"])
def test_a_chip_that_people_name_is_shown_and_kept_by_nobody(by: str) -> None:
    found = judged(shown(RED), shown(NAMED, value="blue", by=by))
    assert found.remaining == ("red",)
    assert found.named == (Naming(("blue",), by or "prose", "run.sh", 1, "blue"),)
    assert found.contradictions == ()


def test_a_name_on_a_line_that_takes_no_effect_keeps_nothing() -> None:
    name = shown(NAMED, value="blue", by="scheduler")
    for stands, remaining in (("inert", ("red",)), ("optional", ("red", "blue")), ("asserted", ("red", "blue"))):
        found = judged(shown(RED), (name, stands))  # type: ignore[arg-type]
        assert found.remaining == remaining
        assert [one.text for one in found.named] == ["blue"]


def test_evidence_that_contradicts_itself_keeps_what_explains_it() -> None:
    found = judged(shown(RED), shown(BLUE))
    assert found.conflict is not None
    assert (found.conflict.kept, found.proof.spared.explaining) == (("blue", "red"), frozenset({"red", "blue"}))
    assert found.remaining == ("red", "blue")


# Processors


def test_a_launch_that_computes_on_processors_excludes_nothing() -> None:
    memory = only("blue", step="memory")
    found = judged(shown(CPU), shown(memory), signals=(*SIGNALS, memory))
    assert (found.remaining, found.proof.spared.processors) == (ALL, True)
    assert judged(shown(memory), signals=(*SIGNALS, memory)).remaining == ("blue",)
    # Nor does it contradict itself, nor do names that it would exclude.
    torn = only("red", step="memory")
    whole = judged(shown(CPU), shown(memory), shown(torn), signals=(CPU, memory, torn))
    assert (whole.conflict, whole.remaining) == (None, ALL)


@pytest.mark.parametrize(
    ("beside", "computes"),
    [
        (only("red"), False),  # it calls somebody's own stack after all
        (only("red", strength="weak"), True),
        (only("red", effect="prefers"), True),
        (only("red", step="kernels"), True),
        (only("red", step="names"), True),
    ],
)
def test_a_stack_that_it_calls_is_stronger_than_processors(beside: Signal, computes: bool) -> None:
    assert judged(shown(CPU), shown(beside), signals=(CPU, beside)).proof.spared.processors is computes


def test_processors_and_stacks_count_where_they_are_certain() -> None:
    assert judged((shown(CPU), "optional")).proof.spared.processors is False
    assert judged(shown(CPU), (shown(RED), "optional")).proof.spared.processors is True
    assert judged(shown(RED)).proof.spared.processors is False


# Names


def test_namings_are_sorted_by_place_and_each_is_there_once() -> None:
    first, second = shown(NAMED, "a.md", 9, "red", "prose"), shown(NAMED, "a.md", 10, "blue", "prose")
    beside, last = shown(NAMED, "a.md", 10, "Reddish", "log"), shown(NAMED, "b.md", 1, "blue", "prose")
    same = replace(last, snippet="again")
    found = namings([last, beside, second, same, first], criteria(*SIGNALS))
    assert found == (
        Naming(("red",), "prose", "a.md", 9, "red"),
        Naming(("red", "green"), "log", "a.md", 10, "Reddish"),
        Naming(("blue",), "prose", "a.md", 10, "blue"),
        Naming(("blue",), "prose", "b.md", 1, "blue"),
    )
    twice = [replace(first, by=by) for by in ("log", "comment")]
    assert [one.by for one in namings(twice, criteria(*SIGNALS))] == ["comment", "log"]


def test_what_names_no_chip_is_left_out() -> None:
    good = shown(NAMED, value="red")
    others = [
        shown(NAMED, value="unheard"),
        shown(RED, value="red"),  # a signal that requires
        replace(good, signal="gone"),  # a signal that the table does not have
        replace(good, conditions=(MENTION,)),  # an entry of a table
    ]
    for bad in others:
        assert namings([bad], criteria(*SIGNALS)) == ()
        assert [one.text for one in namings([bad, good], criteria(*SIGNALS))] == ["red"]


def test_a_contradiction_has_the_chips_that_are_concerned_and_each_signal_once() -> None:
    name, other = Naming(("red", "blue", "green"), "log", "a.log", 1, "all"), Naming(("grey",), "log", "a.log", 2, "g")
    objections = [
        ("z", frozenset({"green"})), ("a", frozenset({"red", "grey"})), ("z", frozenset({"red"})),
        ("nothing", frozenset[str]()), ("elsewhere", frozenset({"pink"})),
    ]  # fmt: skip
    assert list(contradictions([name, other], objections)) == [
        Contradiction(name, ("red", "green"), ("a", "z")), Contradiction(other, ("grey",), ("a",))
    ]  # fmt: skip
    assert list(contradictions([other], objections[:1])) == []


# Techniques and sites


@pytest.mark.parametrize(
    ("label", "value", "says", "name", "given"),
    [
        ("ZeRO stage $value", "3", "ZeRO stage 3", "ZeRO stage", "3"),
        ("tensor parallelism: $value", "8", "tensor parallelism: 8", "tensor parallelism", "8"),
        ("sharded optimiser (ZeRO 1)", "x", "sharded optimiser (ZeRO 1)", "sharded optimiser", "ZeRO 1"),
        ("checkpointing", "x", "checkpointing", "checkpointing", ""),
        ("offload ($value)", "cpu", "offload (cpu)", "offload", "cpu"),
    ],
)
def test_a_technique_says_what_its_label_says(label: str, value: str, says: str, name: str, given: str) -> None:
    technique = signal("t", step="none", effect="technique", requires={}, label=label)
    found = judged(shown(technique, "conf.json", 7, value), signals=(technique,))
    assert found.techniques == (Note(says, "conf.json", 7, name, given),)
    assert found.sites == ()


def test_techniques_are_shown_once_at_their_first_line_where_they_are_certain() -> None:
    zero, sharded = (
        signal(name, step="none", effect="technique", requires={}, label=name) for name in ("zero", "sharded")
    )
    lines = shown(zero, line=9), shown(zero, line=4), shown(sharded, "z.sh", 2), shown(sharded, "b.sh", 1)
    found = judged(*lines, signals=(zero, sharded))
    assert [(one.label, one.path, one.line) for one in found.techniques] == [
        ("sharded", "b.sh", 1), ("zero", "run.sh", 4)
    ]  # fmt: skip
    assert judged((lines[0], "optional"), signals=(zero, sharded)).techniques == ()
    derived = {"zero": lambda _: (Evidence("zero", "", "asserted", ()),)}
    assert judge(running(), criteria(zero), derived).techniques == ()  # no line shows it


def test_sites_are_what_lines_show_and_machines_that_are_rented() -> None:
    site = signal("s", step="none", effect="site", requires={}, label="a site", place="on premises")
    cloud = signal("c", step="names", effect="names", requires={"named": "$value"})
    asked = shown(cloud, "job.yaml", 3, "red", "cloud")
    several = (site, cloud)
    found = judged(shown(site, line=8), asked, signals=several)
    assert found.sites == (
        Note("a site", "run.sh", 8, "a site", "", "on premises"),
        Note("machine type red", "job.yaml", 3, "machine type", "red", "cloud"),
    )
    assert found.techniques == ()
    listed = replace(asked, conditions=(MENTION,))
    for other in ((asked, "optional"), listed, replace(asked, by="scheduler")):
        assert judged(other, signals=several).sites == ()
    twice = judged(asked, replace(asked, snippet="again"), replace(asked, path="a.yaml"), signals=several)
    assert [one.path for one in twice.sites] == ["a.yaml", "job.yaml"]
