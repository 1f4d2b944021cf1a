"""Is what leaves us SARIF 2.1.0 as the schema and GitHub want it?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator
from msgspec.structs import replace

import verdicts
from chipsieve.border.fingerprint import line_hashes
from chipsieve.border.sarif import RESULTS, results, sarif_document
from chipsieve.facts.reading import Gap
from chipsieve.report import render
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.proof import StepResult

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
BUILDS = [verdicts.verdict, verdicts.two_launches, verdicts.empty, verdicts.contradiction, verdicts.hostile]
TEXTS = {"run.sh": "line\n" * 40, "train.py": "import torch\n" * 60, "pyproject.toml": "[project]\nname = 'x'\n"}


def write(verdict: Verdict, read_text: Callable[[str], str | None] | None = None) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(verdict, "sarif", read_text=read_text, sarif_level="all"))
    return document


def run_of(document: dict[str, Any]) -> dict[str, Any]:
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def walk(value: object) -> Iterator[dict[str, Any]]:
    """Every object inside a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


@pytest.mark.parametrize("build", BUILDS)
def test_documents_follow_the_official_schema(build: Callable[[], Verdict]) -> None:
    Draft4Validator(SCHEMA).validate(write(build(), TEXTS.get))


@pytest.mark.parametrize("build", BUILDS)
def test_what_github_requires_is_there(build: Callable[[], Verdict]) -> None:
    document = write(build(), TEXTS.get)
    run = run_of(document)
    assert document["$schema"].endswith("/sarif-schema-2.1.0.json")
    assert run["automationDetails"]["id"] == "chipsieve/"
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["name"] != rule["id"]
        assert re.fullmatch(r"([A-Z][a-z0-9]*)+", rule["name"])
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["helpUri"].startswith("https://")
        assert len(rule["properties"]["tags"]) < 10
        assert "security" not in rule["properties"]["tags"]
        assert "security-severity" not in rule["properties"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "note"
        assert "kind" not in result
        (location,) = result["locations"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1


@pytest.mark.parametrize("build", BUILDS)
def test_every_message_is_a_full_sentence_and_every_uri_relative(build: Callable[[], Verdict]) -> None:
    for one in walk(write(build(), TEXTS.get)):
        if "message" in one:
            assert one["message"]["text"].endswith(".")
            assert not re.search(r"\{\d", one["message"]["text"])
        if "uri" in one:
            assert re.fullmatch(r"[\w.~%/-]+", one["uri"], re.ASCII)
            assert not one["uri"].startswith("/")


def test_rules_are_those_that_fired_and_the_verdict() -> None:
    run = run_of(write(verdicts.verdict()))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "accelerator-verdict", "bf16-training", "flash-attention", "gpudirect-settings", "nccl-backend", "prose-name",
    ]  # fmt: skip
    names = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    rule = names["bf16-training"]
    assert rule["name"] == "Bf16Training"
    assert rule["shortDescription"]["text"] == "Training in bfloat16."
    assert "- A fork may differ." in rule["help"]["markdown"]
    assert "https://example.org/manual" in rule["help"]["text"]
    assert rule["properties"] == {
        "tags": ["chipsieve", "requires", "definitive", "number-format"],
        "precision": "very-high",
        "problem.severity": "recommendation",
    }


def verdict_of(document: dict[str, Any]) -> dict[str, Any]:
    (one,) = [one for one in run_of(document)["results"] if one["ruleId"] == "accelerator-verdict"]
    assert isinstance(one, dict)
    return one


def test_the_verdict_steps_through_the_sieve_and_links_to_its_lines() -> None:
    one = verdict_of(write(verdicts.verdict()))
    assert one["message"]["text"].startswith(
        "3 of 6 accelerators remain possible. The launch 'run.sh:30' is decided by [NCCL as the back end](1) and "
        "[Training in bfloat16](2). example at commit 0123456 of 2024-11-05: the launch to look at first is run.sh:30"
    )
    assert [(one["id"], place(one)) for one in one["relatedLocations"]] == [(1, ("train.py", 12)), (2, ("run.sh", 30))]
    steps = one["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        "6 -> 4: NCCL as the back end excludes 2 accelerators.",
        "4 -> 3: Training in bfloat16 excludes 1 accelerator.",
    ]
    assert one["properties"]["chipsieve/excluded"] == ["mi250", "mi300x", "v100-sxm2-16gb"]


def place(location: dict[str, Any]) -> tuple[str, int]:
    physical = location["physicalLocation"]
    return unquote(physical["artifactLocation"]["uri"]), physical["region"]["startLine"]


def test_evidence_that_adds_nothing_new_says_so() -> None:
    twice = verdicts.cut("software-stack", verdicts.NCCL, verdicts.AMD)
    step = StepResult("software-stack", "?", 6, 4, (twice, twice))
    launch = verdicts.outcome((step,), remaining=(*verdicts.AMPERE_UP, *verdicts.VOLTA))
    one = verdict_of(write(verdicts.verdict(launches=(launch,))))
    second = one["codeFlows"][0]["threadFlows"][0]["locations"][1]["location"]["message"]["text"]
    assert second == "4 -> 4: NCCL as the back end excludes the same ones again."


def test_a_verdict_is_there_even_when_nothing_was_found() -> None:
    document = write(verdicts.empty())
    one = verdict_of(document)
    assert one["message"]["text"].startswith("6 of 6 accelerators remain possible. example: no launch was found.")
    assert "codeFlows" not in one
    assert len(run_of(document)["results"]) == 1


@pytest.mark.parametrize(
    ("there", "anchor"),
    [({"setup.py", "pyproject.toml"}, "pyproject.toml"), ({"setup.cfg"}, "setup.cfg"), (set(), "README.md")],
)
def test_the_verdict_hangs_on_a_manifest_that_is_there(there: set[str], anchor: str) -> None:
    document = write(verdicts.verdict(), lambda path: "" if path in there else None)
    assert place(verdict_of(document)["locations"][0]) == (anchor, 1)


def test_fingerprints_are_githubs_where_the_text_can_be_had() -> None:
    run = run_of(write(verdicts.verdict(), TEXTS.get))
    prints = {place(one["locations"][0]): one.get("partialFingerprints") for one in run["results"]}
    assert prints["run.sh", 30] == {"primaryLocationLineHash": line_hashes(TEXTS["run.sh"], {30})[30]}
    assert prints["pyproject.toml", 1] == {"primaryLocationLineHash": line_hashes(TEXTS["pyproject.toml"], {1})[1]}
    assert prints["conf/ds.json", 4] is None


def test_each_file_is_read_once_for_its_results() -> None:
    asked: list[str] = []

    def read(path: str) -> str | None:
        asked.append(path)
        return TEXTS.get(path)

    write(verdicts.verdict(), read)
    assert all(asked.count(path) == 1 for path in ("run.sh", "train.py", "conf/ds.json", "README.md"))


def test_messages_say_what_was_seen_and_whether_it_counts() -> None:
    run = run_of(write(verdicts.verdict()))
    messages = {place(one["locations"][0]): one["message"]["text"] for one in run["results"]}
    assert messages["run.sh", 30] == (
        "Training in bfloat16: 'true'. Older chips have no bfloat16. It takes effect in 'run.sh:30'."
    )
    assert messages["train.py", 40] == (
        "FlashAttention: 'flash_attn'. Its kernels need Ampere. Whether it takes effect is not known "
        "(only with option use_flash_attn)."
    )
    assert "It takes effect in no launch." in messages["README.md", 12]


def test_brackets_from_the_tree_make_no_link() -> None:
    odd = verdicts.finding("bf16-training", "a.sh", 1, "[click](https://example.org)")
    run = run_of(write(verdicts.verdict(findings=(odd,))))
    text = run["results"][1]["message"]["text"]
    assert "'\\[click\\](https://example.org)'" in text


def test_gaps_are_notifications() -> None:
    invocation = run_of(write(verdicts.verdict()))["invocations"][0]
    assert invocation["executionSuccessful"] is True
    first, second = invocation["toolExecutionNotifications"]
    assert first["message"]["text"] == "'data/big.json' was not read whole: too large to read (50 MB)."
    assert "region" not in first["locations"][0]["physicalLocation"]
    assert place(second["locations"][0]) == ("old.sh", 3)


def test_the_summary_is_flat() -> None:
    summary = run_of(write(verdicts.verdict()))["properties"]["chipsieve/verdict"]
    assert summary["possible"] == ["a100-sxm4-80gb", "h20-96gb", "rtx-3090"]
    assert summary["excluded"] == ["mi250", "mi300x", "v100-sxm2-16gb"]
    assert {key: summary[key] for key in ("policy", "scope", "role", "main")} == {
        "policy": "balanced", "scope": "launch", "role": "training", "main": "run.sh:30",
    }  # fmt: skip


def test_the_strongest_findings_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert RESULTS + 1 == 5000
    monkeypatch.setattr(results, "RESULTS", 3)
    run = run_of(write(verdicts.verdict()))
    kept = [place(one["locations"][0]) for one in run["results"][1:]]
    assert kept == [("conf/ds.json", 4), ("run.sh", 30), ("train.py", 12)]
    left_out = run["invocations"][0]["toolExecutionNotifications"][-1]
    assert left_out["message"]["text"] == "4 findings are left out: those that weigh least."


def test_by_default_what_decides_and_what_is_named_is_a_result() -> None:
    document = json.loads(render(verdicts.verdict(), "sarif", read_text=TEXTS.get))
    Draft4Validator(SCHEMA).validate(document)
    run = run_of(document)
    kept = {(one["ruleId"], *place(one["locations"][0])) for one in run["results"][1:]}
    assert kept == {
        ("prose-name", "README.md", 12), ("prose-name", "README.md", 20), ("bf16-training", "conf/ds.json", 4),
        ("bf16-training", "run.sh", 30), ("nccl-backend", "train.py", 12),
    }  # fmt: skip
    last = run["invocations"][0]["toolExecutionNotifications"][-1]
    assert last["level"] == "note"
    assert last["message"]["text"].startswith("2 findings are left out: they decide nothing and name no chip.")


def test_what_is_weaker_than_asked_for_is_no_result() -> None:
    def places_of(**style: Any) -> tuple[set[tuple[str, int]], str]:
        run = json.loads(render(verdicts.verdict(), "sarif", **style))["runs"][0]
        last = run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
        return {place(one["locations"][0]) for one in run["results"][1:]}, last

    everything, _ = places_of(sarif_level="all")
    strong, said = places_of(sarif_level="all", min_strength="strong")
    assert everything - strong == {("run.sh", 9)}  # GPUDirect's variable is a hint
    assert said == (
        "1 findings are left out: they are weaker than strong. "
        "To sieve this report, write it with --sarif-level all and without --min-strength."
    )
    definitive, _ = places_of(sarif_level="all", min_strength="definitive")
    assert definitive == {("run.sh", 30), ("conf/ds.json", 4)}
    decides, said = places_of(min_strength="definitive")
    assert decides == definitive
    assert "they decide nothing and name no chip, or they are weaker than definitive." in said


def test_a_premise_of_what_decides_is_a_result_however_weak_by_itself() -> None:
    weak = {name: replace(one, strength="weak") for name, one in verdicts.signals().items() if name == "nccl-backend"}
    kept = results.strongest(verdicts.verdict(signals=verdicts.signals() | weak), "all", "strong")
    assert verdicts.NCCL in kept


def test_many_gaps_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif_document, "NOTIFICATIONS", 2)
    gaps = tuple(Gap(f"f{number}", "too large") for number in range(5))
    notices = run_of(write(verdicts.verdict(gaps=gaps)))["invocations"][0]["toolExecutionNotifications"]
    assert [one["message"]["text"] for one in notices][1:] == [
        "'f1' was not read whole: too large.",
        "3 more gaps are not listed.",
    ]


def test_odd_paths_become_uris_and_come_back() -> None:
    paths = ["a b.sh", "c:d.sh", "50%.sh", "训练.py", "caf\udce9.sh", "x?y#z.sh"]
    findings = tuple(verdicts.finding("bf16-training", path, 1) for path in paths)
    run = run_of(write(verdicts.verdict(findings=findings, launches=(), gaps=())))
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"][1:]]
    assert {unquote(uri, errors="surrogateescape") for uri in uris} == set(paths)
    assert "c%3Ad.sh" in uris
    assert "caf%E9.sh" in uris
