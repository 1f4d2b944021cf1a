"""What follows for the repository from its launches together? Launches of a few findings, and four chips."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from chipsieve.catalogue import Catalogue
from chipsieve.catalogue.names import Names
from chipsieve.derive.dating import PINNED, Change
from chipsieve.derive.premises import Date, Evidence
from chipsieve.facts.reading import Gap
from chipsieve.link.launch import Launch, Standing
from chipsieve.sieve import concluding
from chipsieve.sieve.concluding import Rules, conclude
from chipsieve.sieve.outcome import Contradiction, Naming, Project, Verdict
from chipsieve.sieve.proof import Conflict
from chipsieve.signals.signal import Signal
from chipsieve.sources.contents import Commit, Origin
from chipsieve.sources.in_memory import InMemory, Member
from chipsieve.sources.scan_record import Coverage, Ignored, ScanRecord
from chipsieve.sources.spoken import Spoken
from chipsieve.tables import TableError
from four_chips import ALL, CHIPS, MEANT, NAMED, POLICY, only, shown
from verdicts import launch, signal

RED, BLUE, WARM, NARROW = only("red"), only("blue"), only("red", "green"), only("green", "grey")
PIN = signal(PINNED, step="none", effect="technique", requires={})
SIGNALS = {one.id: one for one in (RED, BLUE, WARM, NARROW, NAMED, PIN)}
CATALOGUE = Catalogue(CHIPS, "2026-11-22", {}, Names(MEANT), {chip.id: chip for chip in CHIPS})
RULES = Rules(CATALOGUE, SIGNALS, POLICY, derivers={})
RECORD = ScanRecord("repo", "launch", (), ())
OLD, NEW = Commit("a" * 40, "2023-01-02"), Commit("b" * 40, "2024-11-05")


def run(name: str, *signals: Signal, standing: Standing = "asserted", **changes: object) -> Launch:
    """A launch in which one line of each signal takes effect: `run("a.sh:3", RED)`."""
    path, _, line = name.partition(":")
    found = tuple((shown(one, path, int(line)), standing) for one in signals)
    return launch(name, **{"findings": found, "devices": 0, **changes})  # type: ignore[arg-type]


def concluded(*launches: Launch, record: ScanRecord = RECORD, rules: Rules = RULES) -> Verdict:
    return conclude(record, launches, rules)


def test_of_a_tree_without_launches_nothing_is_known() -> None:
    nothing = concluded()
    assert (nothing.launches, nothing.possible, nothing.remaining) == ((), ALL, ALL)
    assert (nothing.main, nothing.main_reason, nothing.projects, nothing.conflict) == ("", "", (), None)
    assert (nothing.changed, nothing.not_before, nothing.as_of, nothing.commit) == (None, None, "", None)
    assert (nothing.contradictions, nothing.gaps, nothing.project, nothing.launch) == ((), (), None, "")


def test_what_the_scan_and_the_rules_say_is_handed_on() -> None:
    found = shown(NAMED, "README.md", 3, "red", "prose")
    spoken = Spoken("amd", "README.md:4")
    record = ScanRecord(
        "repo", "tree", (found,), (Gap("z", "late"), Gap("a", "early"), Gap("z", "late")), Coverage(3, 2, 1, 0),
        (Ignored(found, "because", "README.md:2"),), frozenset({"nvidia", "amd"}), (spoken,), NEW,
        Origin("https://example.org/r", "sub", "main"), "2024-12-31",
    )  # fmt: skip
    got = concluded(run("run.sh:1", RED), record=record)
    assert (got.root, got.scope, got.policy, got.role) == ("repo", "tree", "p", "training")
    assert (got.accelerators, got.catalogue_date, got.signals) == (CHIPS, "2026-11-22", SIGNALS)
    assert (got.findings, got.coverage, got.ignored) == ((found,), record.coverage, record.ignored)
    assert got.gaps == (Gap("a", "early"), Gap("z", "late"))
    assert (got.mentions, got.spoken) == (("amd", "nvidia"), (spoken,))
    assert (got.commit, got.origin, got.as_of) == (NEW, record.origin, "2024-12-31")
    assert got.named == (Naming(("red",), "prose", "README.md", 3, "red"),)
    assert (got.main, got.main_reason) == ("run.sh:1", "it is the only training launch")
    assert got.projects == (Project("", "the whole tree", "run.sh:1", 1, 0),)


# What the launches leave together


def test_a_chip_is_possible_where_one_launch_leaves_it_and_remains_where_all_do() -> None:
    got = concluded(run("a.sh:1", WARM), run("b.sh:1", NARROW))
    assert [one.remaining for one in got.launches] == [("red", "green"), ("green", "grey")]
    assert (got.possible, got.remaining) == (("red", "green", "grey"), ("green",))


def test_launches_that_say_nothing_are_no_counterexample() -> None:
    got = concluded(run("a.sh:1", RED), run("b.sh:1"))
    assert (got.possible, got.remaining) == (("red",), ("red",))
    silent = concluded(run("a.sh:1"), run("b.sh:1"))
    assert (silent.possible, silent.remaining) == (ALL, ALL)


def test_launches_of_another_role_do_not_speak() -> None:
    train, other = run("a.sh:1", RED), run("b.sh:1", WARM, role="evaluation")
    assert concluded(train, other).possible == ("red",)
    measured = concluded(train, other, rules=Rules(CATALOGUE, SIGNALS, POLICY, "evaluation", {}))
    assert (measured.possible, measured.main, measured.role) == (("red", "green"), "b.sh:1", "evaluation")
    both = concluded(train, other, rules=Rules(CATALOGUE, SIGNALS, POLICY, "any", {}))
    assert (both.possible, both.role) == (("red", "green"), "any")
    assert Rules(CATALOGUE, SIGNALS, POLICY).role == "training"


def test_of_launches_that_are_merely_shown_the_main_one_alone_speaks() -> None:
    shown_deep = [run(f"docs/{name}.md:1", signal) for name, signal in (("a", RED), ("b", BLUE))]
    got = concluded(*shown_deep)
    assert (got.main, got.possible) == ("docs/a.md:1", ("red",))
    assert concluded(*shown_deep, run("run.sh:1", WARM)).possible == ("red", "green")


def asking(**changes: object) -> Rules:
    """The rules with one question changed."""
    return replace(RULES, **changes)


def test_the_launch_that_is_asked_for_speaks_alone() -> None:
    several = run("a.sh:1", RED), run("b.sh:1", WARM, role="evaluation")
    got = concluded(*several, rules=asking(launch="b.sh:1"))
    assert (got.main, got.main_reason, got.role, got.launch) == ("b.sh:1", "it was asked for", "any", "b.sh:1")
    assert (got.possible, len(got.launches)) == (("red", "green"), 2)
    with pytest.raises(TableError, match=r"there is no launch 'c\.sh:1'"):
        concluded(*several, rules=asking(launch="c.sh:1"))


def test_the_project_that_is_asked_for_speaks_alone() -> None:
    several = run("a.sh:1", RED), run("sub/b.sh:1", WARM, project="sub")
    assert concluded(*several).possible == ("red", "green")
    got = concluded(*several, rules=asking(project="sub"))
    assert (got.main, got.possible, got.project) == ("sub/b.sh:1", ("red", "green"), "sub")
    assert got.trained_on is not None
    assert got.trained_on.project == "sub"
    assert concluded(*several, rules=asking(project="")).possible == ("red",)


@pytest.mark.parametrize(
    ("launches", "there"), [((), "none"), ((run("b/x.sh:1", project="b"), run("a.sh:1"), run("c.sh:1")), "'', 'b'")]
)
def test_a_project_that_is_not_there_is_refused(launches: tuple[Launch, ...], there: str) -> None:
    with pytest.raises(TableError) as refused:
        concluded(*launches, rules=asking(project="gone"))
    said = f"no launch belongs to a project 'gone'; the projects are {there} ('' is the whole tree)"
    assert str(refused.value) == said


# Which launch comes first, and the projects


def test_of_launches_that_are_alike_the_one_with_most_evidence_comes_first() -> None:
    less, more = run("a.sh:1", RED), run("b.sh:1", RED, WARM)
    assert concluded(less, more).main == "b.sh:1"
    unsure = run("b.sh:1", RED, WARM, standing="optional")
    assert concluded(less, unsure).main == "a.sh:1"


def test_projects_are_counted_the_headlines_own_first_then_the_largest() -> None:
    own = [run("a.sh:1", RED, devices=64)]
    large = [run(f"x/large/{name}.sh:1", project="x/large") for name in "abc"]
    small = [run(f"{project}/run.sh:1", RED, project=project) for project in ("z", "y")]
    mixed = [run("m/a.sh:1", project="m"), run("m/b.sh:1", RED, project="m")]
    assert concluded(*small, *large, *mixed, *own).projects == (
        Project("", "the whole tree", "a.sh:1", 1, 0),
        Project("x/large", "large", "x/large/a.sh:1", 3, 3),
        Project("m", "m", "m/b.sh:1", 2, 1),
        Project("y", "y", "y/run.sh:1", 1, 0),
        Project("z", "z", "z/run.sh:1", 1, 0),
    )


def test_a_project_is_led_by_a_launch_that_speaks_where_it_has_one() -> None:
    measured = run("m/a.sh:1", RED, WARM, project="m", role="evaluation", devices=512)
    trained, bench = run("m/b.sh:1", project="m"), run("n/c.sh:1", project="n", role="benchmark")
    got = concluded(run("run.sh:1", RED), measured, trained, bench)
    assert {one.id: one.main for one in got.projects} == {"": "run.sh:1", "m": "m/b.sh:1", "n": "n/c.sh:1"}


# Contradictions


def test_a_repository_contradicts_itself_where_every_launch_that_speaks_does() -> None:
    torn, whole = run("a.sh:1", RED, BLUE), run("b.sh:1", RED)
    assert concluded(torn, whole).conflict is None
    both = concluded(torn, run("b.sh:1", RED, BLUE, WARM))
    main = both.main_launch
    assert main is not None
    assert both.main == "b.sh:1"
    assert both.conflict == main.conflict
    assert main.conflict is not None
    alone = concluded(torn, run("c.sh:1", RED, role="evaluation"))
    assert alone.conflict == alone.launches[0].conflict


def names_of(*words: str) -> ScanRecord:
    """A scan that found chips' names in a document."""
    found = tuple(shown(NAMED, "README.md", line, word, "prose") for line, word in enumerate(words, 1))
    return replace(RECORD, findings=found)


def test_a_name_is_contradicted_where_every_launch_excludes_it() -> None:
    record = names_of("red", "blue", "reddish")
    got = concluded(run("a.sh:1", WARM), run("b.sh:1", RED), record=record)
    red, blue, reddish = got.named
    assert [one.text for one in (red, blue, reddish)] == ["red", "blue", "reddish"]
    # The first launch leaves green, which the second excludes.
    assert got.contradictions == (Contradiction(blue, ("blue",), ("only-red", "only-red-green")),)
    alone = concluded(run("b.sh:1", RED), record=record)
    assert alone.contradictions == (
        Contradiction(blue, ("blue",), ("only-red",)), Contradiction(reddish, ("green",), ("only-red",))
    )  # fmt: skip
    assert concluded(run("a.sh:1"), run("b.sh:1", RED), record=record).contradictions == ()


def test_reasons_of_very_many_contradictions_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    torn = [run(f"{name}.sh:{line}", RED, BLUE) for line, name in enumerate("bcde", 1)]
    main, whole = run("x.sh:7", RED, BLUE, WARM), run("a.sh:1", RED, role="evaluation")
    monkeypatch.setattr(concluding, "CONFLICTS", 2)
    got = concluded(whole, *torn, main)
    assert got.main == "x.sh:7"
    explained = {one.launch.path: bool(one.conflict.disagreeing) for one in got.launches if one.conflict}
    assert explained == {"b.sh": True, "c.sh": True, "d.sh": False, "e.sh": False, "x.sh": True}
    brief = got.launches[3]
    assert brief.conflict is not None
    assert brief.conflict == Conflict((), (), ("blue", "red"))
    assert brief.remaining == ("red", "blue")  # what remains does not need them
    assert got.gaps == (
        Gap("d.sh", "more than 2 launches contradict themselves: of the others the reasons are left out", 3),
    )
    few = concluded(whole, *torn[:1], main)
    assert (few.gaps, [bool(one.conflict and one.conflict.disagreeing) for one in few.launches]) == (
        (), [False, True, True]
    )  # fmt: skip


# Days


class Dated(InMemory):
    """A tree of which a file's last change is known."""

    def __init__(self, **changed: Commit) -> None:
        """The files, named without `.sh`, and when each was changed."""
        super().__init__("repo", Path("repo"), {f"{name}.sh": Member(0, b"") for name in changed})
        self._changed = {f"{name}.sh": commit for name, commit in changed.items()}

    def last_changed(self, path: str) -> Commit | None:
        """When a file was changed."""
        return self._changed[path]


def test_a_verdict_is_for_the_day_on_which_its_main_launch_was_changed() -> None:
    launches = run("a.sh:1"), run("b.sh:1", RED)
    record = replace(RECORD, commit=NEW)
    got = conclude(record, launches, RULES, Dated(a=NEW, b=OLD))
    assert (got.main, got.changed, got.as_of) == ("b.sh:1", Change("b.sh", OLD), "2023-01-02")
    assert conclude(record, launches, RULES, Dated(a=OLD)).as_of == "2024-11-05"  # the tree does not hold b.sh
    assert conclude(record, launches, RULES).changed is None
    assert conclude(record, launches, RULES).as_of == "2024-11-05"
    asked = conclude(replace(record, as_of="2020-01-01"), launches, RULES, Dated(a=NEW, b=OLD))
    assert (asked.as_of, asked.changed) == ("2020-01-01", Change("b.sh", OLD))
    assert conclude(record, (), RULES, Dated(a=OLD)).changed is None


def test_pins_say_the_earliest_day() -> None:
    record = replace(RECORD, findings=(shown(PIN, "requirements.txt", 2, "torch==2.1.2"),))
    got = concluded(run("run.sh:1"), record=record)
    assert got.not_before == Date("2023-10-04", "torch==2.1.2 at requirements.txt:2")


# The estimate, what is derived, and progress


def test_the_estimate_is_one_of_the_catalogues_families() -> None:
    got = concluded(run("run.sh:1", RED), record=names_of("red"))
    assert got.trained_on is not None
    assert [(one.family, one.accelerators) for one in got.trained_on.families] == [("red", ("red",))]
    plain, torch = (concluded(record=replace(RECORD, modules=frozenset(modules))) for modules in ((), ("torch",)))
    assert plain.trained_on is not None
    assert torch.trained_on is not None
    assert torch.trained_on.no_accelerator < plain.trained_on.no_accelerator


def test_what_rules_derive_is_evidence() -> None:
    derived: tuple[Evidence, ...] = (Evidence("only-red", "", "asserted", ()),)
    got = concluded(run("run.sh:1"), rules=asking(derivers={"only-red": lambda _: derived}))
    assert (got.launches[0].evidence, got.possible) == (derived, ("red",))


def test_each_launch_that_is_judged_is_a_step() -> None:
    steps: list[tuple[str, int, int]] = []
    conclude(RECORD, [run("a.sh:1"), run("b.sh:1")], RULES, None, lambda *step: steps.append(step))
    assert steps == [("judging", 1, 2), ("judging", 2, 2)]


def test_criteria_are_those_of_the_rules() -> None:
    made = RULES.criteria()
    assert (made.accelerators, made.signals, made.policy, made.names) == (CHIPS, SIGNALS, POLICY, CATALOGUE.names)
