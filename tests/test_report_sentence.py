"""Can the paragraph be quoted: does it say both answers, each with its line, and no more than is known?"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import verdicts
from chipsieve.catalogue import load_catalogue
from chipsieve.estimate.answer import Because, Estimate, FamilyEstimate
from chipsieve.report.explain import explain
from chipsieve.report.sentence import clause, percent, sentence
from chipsieve.sieve.outcome import Contradiction, Naming, Project, Verdict
from chipsieve.sieve.proof import Spared, StepResult
from chipsieve.sources.contents import Commit
from chipsieve.sources.scan_record import Coverage

WHOLE = (
    "example at commit 0123456 of 2024-11-05: the launch to look at first is run.sh:30 (training), since README.md:7 "
    "runs it. It was very likely trained on H20 (82%), a data-centre part, by README.md:12 (says that it was "
    "trained on H20) and logs/train.log:3 (a run's log names H20); otherwise A100 (12%); the launch asks for 8 "
    "accelerators. What it requires as written: NCCL as the back end (train.py:12), Training in bfloat16 "
    "(run.sh:30); 3 of 6 accelerators remain: GeForce RTX 3090, A100, H20. 1 file was not read whole."
)


def said(**changes: object) -> str:
    """The paragraph on the small verdict with something changed."""
    return sentence(verdicts.verdict(**changes))


def test_the_paragraph_answers_both_questions_with_their_lines() -> None:
    assert said() == WHOLE


def test_without_a_launch_nothing_is_excluded_and_nothing_was_trained() -> None:
    assert sentence(verdicts.empty()) == (
        "example: no launch was found. There is almost no chance that it was trained on an accelerator at all (3%). "
        "Without a launch nothing is excluded: all 6 accelerators of the catalogue remain."
    )


def test_a_revision_is_called_by_its_commit_alone() -> None:
    commit = Commit("fedcba9876543210", "2025-01-02")
    begins = "trainer at commit fedcba9 of 2025-01-02: "
    assert said(root="trainer@fedcba9876543210", commit=commit, as_of=commit.day).startswith(begins)
    tag = said(root="trainer@v1.0", commit=commit, as_of=commit.day)
    assert tag.startswith("trainer@v1.0 at commit fedcba9 of 2025-01-02: ")
    assert said(root="trainer", commit=None, as_of="").startswith("trainer: the launch to look at first is ")


def test_another_day_than_the_commits_is_said() -> None:
    assert said(as_of="2023-01-31").startswith("example at commit 0123456 of 2024-11-05, judged as of 2023-01-31: ")
    assert said(commit=None, as_of="2023-01-31").startswith("example, judged as of 2023-01-31: ")


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("training", "no training launch was found; the first of the others is eval.sh:2 (evaluation), since it "),
        ("evaluation", "the launch to look at first is eval.sh:2 (evaluation), since it is the only one. "),
    ],
)
def test_where_nothing_trains_that_is_said(role: str, expected: str) -> None:
    launches = (verdicts.silent("eval.sh:2", "evaluation"),)
    assert expected in said(launches=launches, main="eval.sh:2", main_reason="it is the only one", role=role)


def test_one_of_several_projects_is_named() -> None:
    own = replace(verdicts.outcome(), launch=verdicts.launch(project="vision"))
    projects = (Project("vision", "vision", "run.sh:30", 1, 0), Project("", "the whole tree", "a.sh:1", 3, 3))
    expected = "since README.md:7 runs it. It belongs to the project vision, one of 2. It was very likely trained on "
    assert expected in said(launches=(own,), projects=projects)
    assert "project" not in said(launches=(own,), projects=projects[:1])
    assert "project" not in said(projects=projects)


def test_a_launch_of_no_known_role_is_called_so() -> None:
    other = replace(verdicts.outcome(), launch=verdicts.launch(role="other"))
    assert "the first of the others is run.sh:30 (of unknown purpose), since" in said(launches=(other,))


def test_a_command_in_a_document_is_its_own_reason() -> None:
    shown = replace(verdicts.outcome(), launch=verdicts.launch("README.md:7", documented_at="README.md:7"))
    expected = "the launch to look at first is README.md:7 (training), which that document tells people to run. "
    assert expected in said(launches=(shown,), main="README.md:7")


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        (verdicts.estimate(0.995, 0.002),
         " It was almost certainly trained on H20 (99%), a data-centre part, by README.md:12 "),
        (verdicts.estimate(0.56, 0.31), " It was likely trained on H20 (56%), a data-centre part, by README.md:12 "),
        (verdicts.estimate(0.56, 0.31), " and logs/train.log:3 (a run's log names H20); otherwise A100 (31%); "),
        (verdicts.estimate(0.56, 0.09), " It was likely trained on H20 (56%), a data-centre part, by README.md:12 "),
        (verdicts.estimate(0.48, 0.30),
         " What it was trained on is not known. The best guess is H20 (48%, roughly even chance), by README.md:12 "),
        (verdicts.estimate(0.48, 0.30), " and logs/train.log:3 (a run's log names H20); otherwise A100 (30%). "),
        (verdicts.estimate(0.30, 0.05, 0.40),
         " and logs/train.log:3 (a run's log names H20); otherwise no accelerator at all (40%). "),
        (verdicts.estimate(0.10, 0.05, 0.60),
         " It is unlikely that it was trained on an accelerator at all (40%). "),
        (verdicts.estimate(0.20, 0.10, 0.55),
         " There is a roughly even chance that it was trained on an accelerator at all (45%). "),
        (Estimate("", (), 1.0, 0.98, ""),
         " There is almost no chance that it was trained on an accelerator at all (2%). "),
    ],
)  # fmt: skip
def test_what_it_was_trained_on_is_said_as_firmly_as_it_is_likely(estimate: Estimate, expected: str) -> None:
    assert expected in said(trained_on=estimate)


def test_no_estimate_says_nothing_of_training() -> None:
    assert "trained on" not in said(trained_on=None)
    assert "trained on" not in sentence(verdicts.contradiction())


def test_a_guess_that_no_line_speaks_for_says_so() -> None:
    family = FamilyEstimate(
        "a100", "A100", ("a100-sxm4-80gb",), 0.3, "unlikely", (Because(None, "sold most", "x", 1.0),)
    )
    expected = "The best guess is A100 (30%, unlikely), though no line speaks for it."
    assert expected in said(trained_on=Estimate("", (family,), 0.7, 0.05, ""))


def test_two_lines_that_say_the_same_are_told_together_and_one_line_once() -> None:
    words = "says that it was trained on A100"
    lines = (
        Because("a.md:1", words, "trained", 2.0), Because("a.md:1", "names A100", "mentions", 1.5),
        Because("b.md:2", words, "trained", 1.0), Because("c.md:3", words, "trained", 0.5),
    )  # fmt: skip
    family = FamilyEstimate("a100", "A100", ("a100-sxm4-80gb",), 0.9, "very likely", lines)
    expected = ", by a.md:1 and b.md:2 (says that it was trained on A100); the launch asks for"
    assert expected in said(trained_on=Estimate("", (family,), 0.1, 0.0, ""))


def test_what_speaks_against_a_family_is_no_reason_for_it() -> None:
    assert "README.md:20" not in said()


def test_one_device_is_not_counted() -> None:
    alone = replace(verdicts.outcome(), launch=verdicts.launch(devices=1, findings=()))
    assert "asks for" not in said(launches=(alone,))


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        (8, "; the launch asks for 8 accelerators per node. "),
        (32, "; the launch asks for 32 accelerators, 8 per node. "),
        (4, "; the launch asks for 4 accelerators. "),
    ],
)
def test_devices_per_node_are_said_where_the_command_says_them(devices: int, expected: str) -> None:
    asked = verdicts.finding("devices-per-node", "run.sh", 30, value="8")
    findings = () if devices < 8 else ((asked, "asserted"),)
    several = replace(verdicts.outcome(), launch=verdicts.launch(devices=devices, findings=findings))
    assert expected in said(launches=(several,))


def test_a_family_says_what_it_is_made_for() -> None:
    desk = FamilyEstimate("rtx-3090", "RTX 3090", ("rtx-3090",), 0.7, "likely", ())
    assert " It was likely trained on RTX 3090 (70%), a consumer part, though no line speaks for it; " in said(
        trained_on=Estimate("", (desk,), 0.3, 0, "")
    )


def test_a_launch_that_excludes_nothing_says_so() -> None:
    expected = " No line of it that is certain to take effect excludes an accelerator: all 6 remain. "
    assert expected in said(launches=(verdicts.silent("a.sh:1"),), possible=verdicts.IDS, main="a.sh:1")


def test_a_tree_that_is_taken_as_one_launch_is_called_so() -> None:
    whole = replace(verdicts.outcome(), launch=verdicts.launch(role="any"))
    text = said(launches=(whole,), scope="tree")
    assert text.startswith("example at commit 0123456 of 2024-11-05: the whole tree, taken as one launch. It was very")


def test_findings_without_their_tree_say_nothing_of_training() -> None:
    found = verdicts.silent("results:1", "any")
    assert said(launches=(found,), possible=verdicts.IDS, commit=None, as_of="", root="a.sarif") == (
        "a.sarif: findings without their tree. Whether their lines take effect is unknown, so nothing is excluded: all "
        "6 remain. 1 file was not read whole."
    )


def test_a_run_on_processors_asks_nothing_of_accelerators() -> None:
    silent = verdicts.silent("a.sh:1")
    idle = replace(silent, proof=replace(silent.proof, spared=Spared(processors=True)))
    expected = " It computes on processors, so it asks nothing of accelerators: all 6 remain. "
    assert expected in said(launches=(idle,), possible=verdicts.IDS, main="a.sh:1")


def test_long_requirements_are_counted() -> None:
    cuts = tuple(
        verdicts.cut("kernels", verdicts.finding("flash-attention", f"f{number}.py", 1), verdicts.VOLTA)
        for number in range(5)
    )
    step = StepResult("kernels", "?", 6, 5, cuts)
    many = verdicts.outcome((step,), unproven=())
    assert "FlashAttention (f2.py:1) and 2 more; 3 of 6 accelerators remain" in said(launches=(many,))


def test_other_launches_that_leave_more_are_said_and_silent_ones_counted_once() -> None:
    text = sentence(verdicts.two_launches())
    assert " Other launches leave 3 more: Instinct MI250, Instinct MI300X; V100. " in text
    assert text.endswith(" 2 other launches say nothing of hardware and 1 file was not read whole.")


def test_one_silent_launch_and_several_files() -> None:
    launches = (verdicts.outcome(), verdicts.silent("sft.sh:4", "fine-tuning"))
    text = said(launches=launches, coverage=Coverage(9, 7, 0, 2))
    assert text.endswith(" 1 other launch says nothing of hardware and 2 files were not read whole.")
    assert said(coverage=Coverage(9, 9, 0, 0)).endswith("A100, H20.")


def test_evidence_that_contradicts_itself_leaves_nothing() -> None:
    assert sentence(verdicts.contradiction()) == (
        "example at commit 0123456 of 2024-11-05: the launch to look at first is run.sh:30 (training), since "
        "README.md:7 runs it. What it requires as written: ROCm's compiler (build.sh:2), NCCL as the back end "
        "(train.py:12); no accelerator remains. The evidence contradicts itself: no single accelerator satisfies all "
        "of it. 1 file was not read whole."
    )


@pytest.mark.parametrize(
    ("count", "further"), [(1, ""), (2, "; 1 more name is contradicted"), (3, "; 2 more names are contradicted")]
)
def test_a_name_that_evidence_speaks_against_is_said(count: int, further: str) -> None:
    naming = Naming(verdicts.VOLTA, "prose", "README.md", 20, "V100")
    one = Contradiction(naming, verdicts.VOLTA, ("bf16-training",))
    expected = f" README.md:20 names V100, and against it speaks: Training in bfloat16{further}. "
    assert expected in said(contradictions=(one,) * count)


def shipped(family: str, remaining: tuple[str, ...]) -> Verdict:
    """The small verdict over the whole catalogue, with one family as good as certain."""
    rows = load_catalogue().accelerators
    chips = tuple(row.id for row in rows if row.family == family)
    likely = FamilyEstimate(family.casefold(), family, chips, 0.97, "almost certain", ())
    main = verdicts.outcome(remaining=remaining)
    estimate = Estimate("", (likely,), 0.03, 0.0, "")
    return verdicts.verdict(accelerators=rows, launches=(main,), possible=remaining, trained_on=estimate)


def test_families_that_compiled_code_cannot_tell_apart_are_said() -> None:
    everything = tuple(row.id for row in load_catalogue().accelerators)
    hopper = tuple(row.id for row in load_catalogue().accelerators if row.architecture == "Hopper")
    assert "Compiled code is the same for H100, GH200, H20, H200 and H800." in sentence(
        shipped("H100", everything[:-1])
    )
    assert sentence(shipped("H100", everything[:-1])).endswith(" Made for China: H20, H800.")
    without = tuple(chip for chip in hopper if not chip.startswith(("gh200", "h20", "h800")))
    assert "Compiled code" not in sentence(shipped("H100", without))


def test_what_remains_is_said_by_architecture() -> None:
    left = tuple(row.id for row in load_catalogue().accelerators if row.architecture in ("Ada", "Hopper", "CDNA3"))
    text = sentence(shipped("H100", left))
    assert "accelerators remain: NVIDIA Ada, Hopper; AMD CDNA3. " in text


def test_the_words_for_a_probability_make_a_clause() -> None:
    assert [clause(words) for words in ("almost no chance", "roughly even chance", "very likely")] == [
        "There is almost no chance that", "There is a roughly even chance that", "It is very likely that",
    ]  # fmt: skip
    assert [percent(share) for share in (0.0, 0.125, 0.999, 1.0)] == ["0%", "12%", "99%", "99%"]


def test_explain_gives_both_answers() -> None:
    text = explain(verdicts.verdict(), "h20-96gb")
    assert text.startswith(
        "H20 96GB (h20-96gb) remains possible for example.\n\n"
        "It is very likely that the project was trained on H20 (82%, an estimate).\n"
        "  for: README.md:12: says that it was trained on H20\n"
        "  for: logs/train.log:3: a run's log names H20\n"
        "  for: nothing in the tree speaks of the vendor AMD\n"
        "  against: README.md:20: says that it was tested on V100\n\n"
        "run.sh:30 (training): possible\n"
    )
    gone = explain(verdicts.verdict(), "v100-sxm2-16gb")
    assert (
        "is excluded for example.\n\nThere is almost no chance that the project was trained on it (an estimate).\n"
        in gone
    )
    assert "project was trained" not in explain(verdicts.verdict(trained_on=None), "h20-96gb")
