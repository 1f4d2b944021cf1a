"""Does the text report say what the verdict says, in words that a person can follow?"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

import verdicts
from chipsieve import __version__
from chipsieve.catalogue import load_catalogue
from chipsieve.derive.premises import Evidence
from chipsieve.facts.reading import Gap
from chipsieve.report import render
from chipsieve.report.sentence import sentence
from chipsieve.sieve.outcome import Naming, Project, Verdict
from chipsieve.sieve.proof import Proof, Ruling, Spared, StepResult
from chipsieve.sources.scan_record import Coverage

DASH, TIMES = "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"
GOLDEN = Path(__file__).parent / "data" / "reports"


def golden(name: str) -> str:
    """What the file holds below its remarks."""
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#: "))


@pytest.mark.parametrize(
    ("name", "build", "form"),
    [
        ("one-launch.txt", verdicts.verdict, "text"),
        ("two-launches.txt", verdicts.two_launches, "text"),
        ("nothing.txt", verdicts.empty, "text"),
        ("contradiction.txt", verdicts.contradiction, "text"),
        ("one-launch.md", verdicts.verdict, "markdown"),
    ],
)
def test_report_is_word_for_word_as_reviewed(name: str, build: Callable[[], Verdict], form: str) -> None:
    assert render(build(), form).replace(f"chipsieve {__version__}", "chipsieve") == golden(name)


def test_colour_adds_codes_and_nothing_else() -> None:
    plain, coloured = render(verdicts.verdict(), "text"), render(verdicts.verdict(), "text", colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1m" in coloured
    bare = coloured
    for code in ("0", "1", "2", "31", "32"):
        bare = bare.replace(f"\x1b[{code}m", "")
    assert bare == plain


@pytest.mark.parametrize("width", [60, 80, 140])
def test_lines_keep_to_the_width(width: int) -> None:
    text = render(verdicts.two_launches(), "text", width=width)
    assert max(map(len, text.splitlines())) <= width


def test_verbose_shows_the_other_launches_whole() -> None:
    brief, whole = (render(verdicts.two_launches(), "text", detail=detail) for detail in ("report", "everything"))
    assert brief.count("before → after") == 1
    assert whole.count("before → after") == 2
    assert "Launch sft.sh:4 (fine-tuning" in whole
    assert "Launch eval.sh:2" not in whole


def test_long_lists_are_counted_unless_verbose() -> None:
    gaps = tuple(Gap(f"f{number}.py", f"reason {number:02}") for number in range(30))
    brief, whole = (render(verdicts.verdict(gaps=gaps), "text", detail=detail) for detail in ("report", "everything"))
    assert "Not read (30)" in brief
    assert "and 20 more" in brief
    assert "reason 29" not in brief
    assert "reason 29" in whole


def test_gaps_of_one_reason_are_counted_and_the_first_listed() -> None:
    gaps = tuple(Gap(f"f{number}.py", "too large") for number in range(5))
    assert f"5 {TIMES} too large: f0.py, f1.py, f2.py and 2 more" in render(verdicts.verdict(gaps=gaps), "text")


BF16 = Evidence("bf16-training", "", "asserted", (verdicts.BF16_CONFIG,))
NOBODY = Spared()


def unproven(ruling: Ruling, spared: Spared = NOBODY, policy: str = "balanced") -> str:
    """The report's section on evidence that excludes nothing, for one ruling in a launch where every chip remains."""
    step = StepResult(ruling.step, "Which chips?", 6, 6, (ruling,))
    left = verdicts.outcome(proof=Proof((step,), verdicts.IDS, spared))
    whole = verdicts.verdict(launches=(left,), policy=policy)
    text = render(whole, "text")
    return text.partition("Seen, but excludes nothing\n")[2].partition("\n\n")[0]


def test_strong_evidence_that_the_policy_does_not_count_is_said_so() -> None:
    said = "definitive, but the strict policy does not count it"
    assert said in unproven(verdicts.ruling(BF16, "policy", verdicts.VOLTA), policy="strict")


@pytest.mark.parametrize(
    ("spared", "said"),
    [
        (Spared(named=frozenset(verdicts.VOLTA)), "the launch names what it would exclude"),
        (Spared(explaining=frozenset(verdicts.VOLTA)), "what it would exclude helps to explain both"),
        (Spared(processors=True), "the launch computes on processors"),
    ],
)
def test_evidence_that_spares_a_chip_says_why(spared: Spared, said: str) -> None:
    assert said in " ".join(unproven(verdicts.ruling(BF16, against=verdicts.VOLTA), spared).split())


def test_strong_evidence_that_comes_second_agrees() -> None:
    assert "definitive, and agrees: nothing is left that it would exclude" in unproven(verdicts.ruling(BF16))


def test_a_line_that_takes_no_effect_is_shown_only_when_verbose() -> None:
    dead = verdicts.outcome(
        unproven=(verdicts.ruling(Evidence("flash-attention", "", "inert", (verdicts.FLASH,)), "inert"),)
    )
    whole = verdicts.verdict(launches=(dead,))
    assert "inert: the line does not take effect" not in render(whole, "text")
    assert "inert: the line does not take effect" in render(whole, "text", detail="everything")


@pytest.mark.parametrize(
    ("meant", "said"),
    [
        (("h20-96gb",), f"X named in README.md:1 (prose) {DASH} remains possible\n"),
        (("v100-sxm2-16gb",), f"(prose) {DASH} but excluded by Training in bfloat16 at run.sh:30\n"),
        (("mi250",), f"{DASH} but excluded by NCCL as the back end at train.py:12\n"),
        (("h20-96gb", "mi250"), f"{DASH} remains possible as 1 of 2 variants\n"),
        ((), f"{DASH} not in the catalogue\n"),
    ],
)
def test_names_agree_with_the_sieve_or_not(meant: tuple[str, ...], said: str) -> None:
    text = render(verdicts.verdict(named=(Naming(meant, "prose", "README.md", 1, "X"),)), "text")
    assert said in text


def test_one_chip_named_in_many_places_is_one_line() -> None:
    places = [("README.md", 3, "NVIDIA H20"), ("README.md", 9, "H20"), ("a.sh", 1, "h20"), ("b.sh", 2, "H20")]
    named = tuple(Naming(("h20-96gb",), "prose", path, line, text) for path, line, text in places)
    text = render(verdicts.verdict(named=named), "text")
    assert "H20 named in README.md:3, README.md:9, a.sh:1 and 1 more (prose)" in text


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@pytest.mark.parametrize("build", [verdicts.verdict, verdicts.two_launches, verdicts.empty, verdicts.contradiction])
def test_the_sentence_stands_first_and_last(build: Callable[[], Verdict], form: str) -> None:
    said = " ".join(re.findall(r"\w+", sentence(build())))
    words = " ".join(re.findall(r"\w+", html.unescape(re.sub(r"<br>|</?\w+[^>]*>", " ", render(build(), form)))))
    assert words.count(said) == 2


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="format 'xml' is none of text, json"):
        render(verdicts.empty(), "xml")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_vendors_of_which_nothing_is_excluded_share_a_line(form: str) -> None:
    left = (*verdicts.AMD, "h20-96gb")
    whole = verdicts.verdict(possible=left, remaining=left, launches=(verdicts.outcome(remaining=left),))
    brief, verbose = (render(whole, form, detail=detail) for detail in ("report", "everything"))
    assert "every model of AMD (2)" in brief
    assert "MI300X" in verbose.partition("Possible")[2]
    assert all("NVIDIA Hopper" in text for text in (brief, verbose))


def test_nothing_found_is_never_said_without_what_was_not_read() -> None:
    unread = "2 files were not read whole."
    blind = replace(verdicts.empty(), coverage=Coverage(3, 1, 0, 2))
    assert unread in " ".join(render(blind, "text").split())
    assert "not read whole" not in render(verdicts.empty(), "text")


def test_without_a_training_launch_and_evidence_the_launches_are_only_counted() -> None:
    idle = verdicts.launch("tox.sh:1", role="test")
    tests = verdicts.outcome(launch=idle, steps=(), techniques=(), sites=(), unproven=())
    reported = render(verdicts.verdict(launches=(tests,), main="tox.sh:1", findings=(), named=(), gaps=()), "text")
    assert "No training launch was found. Other launches, none with evidence that decides: 1 test." in reported
    assert "before" not in reported


def test_a_stretch_of_lines_belongs_to_the_place_of_a_gap() -> None:
    gaps = (Gap("a.sh", "not parsed (lines 2 to 4)", 2), Gap("b.sh", "not parsed", 7))
    assert "2 \N{MULTIPLICATION SIGN} not parsed: a.sh:2-4, b.sh:7" in render(verdicts.verdict(gaps=gaps), "text")


def test_a_silent_launch_is_listed_as_one() -> None:
    rest = verdicts.silent("sft.sh:4", "fine-tuning")
    text = render(verdicts.verdict(launches=(verdicts.outcome(), rest)), "text")
    assert "  sft.sh:4 (fine-tuning): silent\n" in text


def test_several_projects_are_listed_with_what_comes_first() -> None:
    projects = (Project("", "the whole tree", "run.sh:30", 3, 1), Project("vision", "vision", "vision/a.sh:1", 1, 0))
    text = render(verdicts.verdict(projects=projects), "text")
    assert "Projects (2)\n  the whole tree: 3 launches, 1 of them silent, first run.sh:30\n" in text
    assert "  vision: 1 launch, first vision/a.sh:1\n" in text
    assert "Projects" not in render(verdicts.verdict(), "text")


def test_of_many_disagreements_the_first_are_said_and_the_rest_is_counted() -> None:
    torn = verdicts.contradiction()
    conflict = torn.conflict
    assert conflict is not None
    many = replace(conflict, disagreeing=conflict.disagreeing * 66)
    text = render(replace(torn, conflict=many), "text")
    assert text.count("No accelerator satisfies all of: NCCL") == 5 + 1  # the repository's, and the launch's one
    assert "61 more such disagreements." in text


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_whole_vendors_alone_follow_nothing(form: str) -> None:
    left = verdicts.AMD
    whole = verdicts.verdict(possible=left, remaining=left, launches=(verdicts.outcome(remaining=left),))
    text = render(whole, form)
    assert "every model of AMD (2)" in text.casefold().replace("amd", "AMD")
    assert "and every" not in text.casefold()


def test_models_come_before_variants() -> None:
    """The catalogue has five H100 and six models besides, of which one variant each."""
    rows = [chip for chip in load_catalogue().accelerators if chip.family == "H100"]
    left = tuple(chip.id for chip in rows)
    every = (*verdicts.accelerators(), *rows)
    text = render(verdicts.verdict(accelerators=every, possible=left, remaining=left), "text")
    assert f"Possible for the repository: 1 of 7 models ({len(left)} of {len(every)} variants)" in text
    assert f"7 models in {len(every)} variants, in the catalogue" in text
    assert "  NVIDIA Hopper   1  H100\n" in text
