"""Does evidence that is derived from settings go the whole way, as a cut that rests on three of them and a product?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

import verdicts
from chipsieve.border.sarif import write
from chipsieve.catalogue import load_catalogue
from chipsieve.derive.premises import Date, Evidence, Quantity
from chipsieve.facts.places import Span
from chipsieve.fail import FailOn
from chipsieve.link.launch import Launch, Setting, SettingSource, Standing
from chipsieve.report import FORMATS, render
from chipsieve.report.explain import explain
from chipsieve.sieve.concluding import Rules, conclude
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.policies import load_policy
from chipsieve.signals import load_signals, read_signal
from chipsieve.sources.scan_record import ScanRecord

SCHEMA = json.loads((files("chipsieve") / "schema" / "chipsieve-2.json").read_text(encoding="utf-8"))
CLAIM = "test-memory-floor"
FLOOR = read_signal(
    CLAIM,
    {
        "title": "memory that one chip must have", "question": "How much must one chip hold?", "step": "memory",
        "effect": "requires", "strength": "definitive", "requires": {"memory_gb_at_least": "$value"},
        "why": "Weights and optimizer state lie in the chip's memory.", "references": ["arithmetic"],
    },
)  # fmt: skip


def setting(name: str, value: str, path: str, line: int, source: SettingSource = "command line") -> Setting:
    return Setting(name, value, path, Span(line, 1, line, 9), source)


SETTINGS = (
    setting("billions", "3", "conf/model.yaml", 2, "config"),
    setting("bytes-per-parameter", "16", "run.sh", 4),
    setting("shards", "1", "train.py", 9, "default"),
)


def memory_floor(launch: Launch) -> Iterable[Evidence]:
    """The memory that each chip needs: a test's own derived quantity, no part of the product."""
    needed = [one for name in ("billions", "bytes-per-parameter", "shards") if (one := launch.setting(name))]
    if len(needed) < len(SETTINGS):
        return
    billions, size, shards = (float(one.value) for one in needed)
    floor = Quantity("parameters times bytes, over shards", billions * size / shards, "GB", tuple(needed))
    standing: Standing = "optional" if any("${" in one.value for one in needed) else "asserted"
    yield Evidence(CLAIM, f"{floor.number:g}", standing, (floor, Date("2024-11-05", "the commit")))


def verdict(settings: tuple[Setting, ...] = SETTINGS, policy: str = "balanced") -> Verdict:
    """The verdict on one launch with these settings and no finding at all."""
    declared = tuple(one for one in settings if one.source == "default")
    ours = tuple(one for one in settings if one not in declared)
    launch = verdicts.launch(findings=(), settings=ours, defaults=(declared,))
    rules = Rules(
        load_catalogue(), {**load_signals(), CLAIM: FLOOR}, load_policy(policy), derivers={CLAIM: memory_floor}
    )
    return conclude(ScanRecord("example", "launch", (), ()), [launch], rules)


def test_the_sieve_excludes_what_has_less_memory_and_nothing_that_may_have_it() -> None:
    found = verdict()
    memory = {chip.id: chip.facts.get("memory_gb") for chip in found.accelerators}
    less = {chip for chip, size in memory.items() if isinstance(size, int | float) and size < 48}
    assert less
    assert set(found.possible) == memory.keys() - less
    (cut,) = (cut for step in found.launches[0].steps for cut in step.cuts)
    assert (cut.step, cut.signal, cut.strength, cut.evidence.value) == ("memory", CLAIM, "definitive", "48")
    assert cut.evidence.lines == SETTINGS
    assert {chip for chip in memory if cut.because(chip, found.launches[0].proof.spared) == "cut"} == less


def test_without_one_of_the_settings_nothing_follows() -> None:
    assert len(verdict(SETTINGS[:2]).possible) == len(load_catalogue().accelerators)


def test_json_has_the_lines_and_the_sum() -> None:
    document = json.loads(render(verdict(), "json"))
    Draft202012Validator(SCHEMA).validate(document)
    (launch,) = document["launches"]
    settings = [document["settings"][number] for number in launch["settings"]]
    assert settings[0] == {"path": "conf/model.yaml", "source": "config", "values": [["billions", "3", 2]]}
    (cut,) = (cut for step in launch["steps"] for cut in step["cuts"])
    assert cut["evidence"] == ["run.sh:4", "train.py:9", "conf/model.yaml:2"], "the launch's own script comes first"
    quantity, day = cut["premises"]
    assert (quantity["kind"], quantity["number"], quantity["unit"]) == ("quantity", 48, "GB")
    assert [one["at"] for one in quantity["premises"]] == ["conf/model.yaml:2", "run.sh:4", "train.py:9"]
    assert day == {"kind": "date", "day": "2024-11-05", "source": "the commit"}


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_reports_for_people_have_the_lines_and_the_sum(form: str) -> None:
    said = " ".join(render(verdict(), form).replace("\\", "").split())
    for words in (
        "memory that one chip must have (definitive)",
        "parameters times bytes, over shards: 48 GB",
        "billions = 3 (config, conf/model.yaml:2)",
        "2024-11-05 (the commit)",
    ):
        assert words in said


def test_annotations_and_sarif_point_at_the_lines() -> None:
    (_, notice) = render(verdict(), "github").splitlines()
    assert notice.startswith("::notice file=run.sh,line=4,")
    assert "48 GB" in notice
    flow = write(verdict())["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]  # type: ignore[index]
    places = [one["location"]["physicalLocation"] for one in flow]
    seen = [(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in places]
    assert seen == [("train.py", 9), ("conf/model.yaml", 2), ("run.sh", 4)], "the deciding line is the last step"
    assert "48 GB" in flow[-1]["location"]["message"]["text"]


def test_explain_has_the_sum_for_a_chip_that_goes() -> None:
    said = explain(verdict(), "v100-sxm2-32gb")
    assert "is excluded" in said
    assert "memory that one chip must have (test-memory-floor, definitive)" in said
    assert "shards = 1 (default, train.py:9)" in said


def test_a_condition_to_fail_on_lists_the_lines() -> None:
    hits = FailOn(CLAIM, "signal", CLAIM).hits(verdict())
    assert [(hit.path, hit.span.line, hit.value) for hit in hits] == [
        ("conf/model.yaml", 2, "3"), ("run.sh", 4, "16"), ("train.py", 9, "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_evidence_that_no_line_shows_is_reported_without_one(form: str) -> None:
    """A claim that rests on a date alone points at no line, and no report needs one."""
    rules = Rules(
        load_catalogue(), {**load_signals(), CLAIM: FLOOR}, load_policy("balanced"),
        derivers={CLAIM: lambda _: [Evidence(CLAIM, "48", "asserted", (Date("2024-11-05", "the commit"),))]},
    )  # fmt: skip
    bare = conclude(ScanRecord("example", "launch", (), ()), [verdicts.launch(findings=())], rules)
    assert len(bare.possible) < len(bare.accelerators)
    text = render(bare, form)
    assert "2024-11-05" in text or form in ("csv", "evidence-csv", "cyclonedx")  # which have lines and no days
    if form == "json":
        Draft202012Validator(SCHEMA).validate(json.loads(text))


def test_the_policy_says_whether_a_derived_claim_counts() -> None:
    weak = replace(FLOOR, strength="weak")
    rules = Rules(load_catalogue(), {CLAIM: weak}, load_policy("balanced"), derivers={CLAIM: memory_floor})
    launch = verdicts.launch(findings=(), settings=SETTINGS)
    found = conclude(ScanRecord("example", "launch", (), ()), [launch], rules)
    assert len(found.possible) == len(found.accelerators)
    (ruling,) = found.launches[0].proof.rulings
    assert ruling.weight == "policy"
    assert "over shards: 48 GB" in " ".join(render(found, "text").split())
