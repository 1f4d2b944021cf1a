"""Does the machine-readable report keep its contract: the shipped schema, stable order, lossless text?"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from msgspec.structs import replace

import verdicts
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Gap
from chipsieve.link.launch import Setting
from chipsieve.report import render
from chipsieve.report.escape import json_text
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.proof import StepResult

SCHEMA = json.loads((files("chipsieve") / "schema" / "chipsieve-2.json").read_text(encoding="utf-8"))
BUILDS = [verdicts.verdict, verdicts.two_launches, verdicts.empty, verdicts.contradiction, verdicts.hostile]


def load(verdict: Verdict) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(verdict, "json"))
    return document


def objects(schema: object) -> list[dict[str, Any]]:
    """Every object schema with named properties inside a schema."""
    if isinstance(schema, list):
        return [found for item in schema for found in objects(item)]
    if not isinstance(schema, dict):
        return []
    inner = [found for item in schema.values() for found in objects(item)]
    return [*inner, schema] if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" else inner


def test_the_schema_is_a_schema_and_leaves_no_object_open() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    closed = objects(SCHEMA)
    assert len(closed) >= 12
    assert all(one["additionalProperties"] is False for one in closed)
    assert all(set(one["required"]) <= one["properties"].keys() for one in closed)


@pytest.mark.parametrize("build", BUILDS)
def test_documents_follow_the_schema(build: Callable[[], Verdict]) -> None:
    Draft202012Validator(SCHEMA).validate(load(build()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.update(extra=1),
        lambda document: document["findings"][0].pop("value"),
        lambda document: document["findings"][0].update(line=0),
        lambda document: document["launches"][0]["steps"][0]["cuts"][0].update(evidence=[]),
        lambda document: document["standings"][1].update(inert=[0]),
        lambda document: document["findings"][2].update(standing={"run.sh:30": "asserted"}),
        lambda document: document["launches"][0].update(files=["run.sh"]),
    ],
)
def test_the_schema_refuses_what_is_wrong(spoil: Callable[[dict[str, Any]], object]) -> None:
    document = load(verdicts.verdict())
    spoil(document)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(document)


def test_keys_stand_in_the_contracts_order() -> None:
    document = load(verdicts.verdict())
    assert list(document) == [
        "schema", "version", "policy", "scope", "root", "catalogue", "provenance", "files", "settings", "standings",
        "launches", "repository", "findings", "ignored", "gaps", "coverage",
    ]  # fmt: skip
    assert list(document["launches"][0]) == [
        "id", "role", "brief", "entry", "documented_at", "project", "silent", "command", "environment", "settings",
        "files", "steps", "remaining", "named", "techniques", "site", "conflict", "contradictions",
    ]  # fmt: skip
    assert list(document["repository"]) == [
        "role", "possible", "remaining", "main", "main_reason", "projects", "named", "conflict", "contradictions",
        "techniques", "site", "mentions", "spoken", "trained_on", "sentence", "commit", "as_of", "changed",
        "not_before", "controlled", "export_controls", "made_for_china",
    ]  # fmt: skip


def test_the_sieve_of_the_main_launch() -> None:
    document = load(verdicts.verdict())
    assert [(step["before"], step["after"]) for step in document["launches"][0]["steps"]] == [(6, 4), (4, 3), (3, 3)]
    assert document["launches"][0]["steps"][1]["cuts"] == [
        {
            "signal": "bf16-training",
            "strength": "definitive",
            "evidence": ["run.sh:30", "conf/ds.json:4"],
            "excluded": ["v100-sxm2-16gb"],
        }
    ]


def test_standing_lists_only_launches_where_a_finding_is_not_inert() -> None:
    document = load(verdicts.two_launches())
    rows = document["standings"]
    standing = {(one["signal"], one["path"]): rows[one["standing"]] for one in document["findings"]}
    assert document["launches"][0]["id"] == "run.sh:30"
    assert standing["flash-attention", "train.py"] == {"asserted": [], "optional": [0]}
    assert standing["bf16-training", "run.sh"] == {"asserted": [0], "optional": []}
    assert standing["prose-name", "README.md"] == {"asserted": [], "optional": []}


def test_what_launches_share_is_listed_once_and_referred_to_by_number() -> None:
    span = Span(3, 1, 3, 9)
    common = Setting("bf16", "true", "conf/ds.json", span, "config")
    own = (
        Setting("lr", "1e-4", "run.sh", Span(9, 1, 9, 9), "command line"),
        Setting("bf16", "1", "run.sh", span, "command line"),
        Setting("bf16", "0", "run.sh", span, "environment"),
    )
    launches = (
        verdicts.outcome(launch=verdicts.launch(settings=(common, *own, common))),
        verdicts.outcome(launch=verdicts.launch("sft.sh:4", settings=(common,), files=("train.py", "sft.sh"))),
    )
    document = load(verdicts.verdict(launches=launches))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["files"] == ["conf/ds.json", "run.sh", "sft.sh", "train.py"]
    assert document["settings"] == [
        {"path": "conf/ds.json", "source": "config", "values": [["bf16", "true", 3]]},
        {"path": "run.sh", "source": "command line", "values": [["bf16", "1", 3], ["lr", "1e-4", 9]]},
        {"path": "run.sh", "source": "environment", "values": [["bf16", "0", 3]]},
    ]
    assert [one["files"] for one in document["launches"]] == [[0, 1, 3], [2, 3]]
    assert [one["settings"] for one in document["launches"]] == [[0, 1, 2], [0]]
    both = {"asserted": [0, 1], "optional": []}
    assert document["standings"].count(both) == 1
    assert [one["signal"] for one in document["findings"] if document["standings"][one["standing"]] == both] == [
        "bf16-training", "gpudirect-settings", "bf16-training", "nccl-backend",
    ]  # fmt: skip


def test_launches_of_another_role_are_brief() -> None:
    span = Span(3, 1, 3, 9)
    aside = verdicts.launch("eval.sh:4", files=("eval.py",), settings=(Setting("k", "1", "eval.sh", span, "config"),))
    launches = (verdicts.outcome(), verdicts.outcome(launch=replace(aside, role="evaluation")))
    document = load(verdicts.verdict(launches=launches))
    Draft202012Validator(SCHEMA).validate(document)
    main, brief = document["launches"]
    assert (main["brief"], brief["brief"]) == (False, True)
    assert [brief[key] for key in ("settings", "files", "steps", "techniques")] == [[], [], [], []]
    assert brief["remaining"] == main["remaining"]
    assert "eval.py" not in document["files"]
    assert not document["settings"]
    full = load(verdicts.verdict(launches=launches, role="any"))["launches"][1]
    assert (full["brief"], len(full["steps"])) == (False, len(main["steps"]))
    assert full["files"]
    assert full["settings"]


def test_of_many_lines_the_first_are_listed_and_the_others_counted() -> None:
    lines = tuple(verdicts.finding("bf16-training", "run.sh", number) for number in range(1, 31))
    cut = verdicts.cut("number-format", lines[0], verdicts.VOLTA, *lines[1:])
    step = StepResult("number-format", "Which formats?", 6, 5, (cut,))
    document = load(verdicts.verdict(launches=(verdicts.outcome(steps=(step,), unproven=()),)))
    Draft202012Validator(SCHEMA).validate(document)
    (listed,) = document["launches"][0]["steps"][0]["cuts"]
    assert (listed["evidence"][0], len(listed["evidence"]), listed["more"]) == ("run.sh:1", 20, 10)


def test_records_of_plain_values_and_lists_stand_on_one_line() -> None:
    document = {"a": [1, "x"], "b": {"c": [], "d": {}}, "e": [{"f": [1]}, ({"h": [1]}, None)], "g": "\u2028"}
    assert json_text(document) == (
        '{\n  "a": [1,"x"],\n  "b": {"c":[],"d":{}},\n'
        '  "e": [\n    {"f":[1]},\n    [\n      {"h":[1]},\n      null\n    ]\n  ],\n'
        '  "g": "\\u2028"\n}\n'
    )
    assert json_text({}) == "{}\n"
    assert json_text(document, indent=None).count("\n") == 1


def test_conditions_are_words() -> None:
    findings = {one["signal"]: one for one in load(verdicts.verdict())["findings"]}
    said = ["the file is run as a program", "option use_flash_attn is true"]
    assert findings["flash-attention"]["conditions"] == said


def test_a_gap_without_a_line_has_none() -> None:
    gaps = load(verdicts.verdict(gaps=(Gap("b", "too large"), Gap("a", "unclosed quote", 3))))["gaps"]
    assert gaps == [{"path": "a", "line": 3, "reason": "unclosed quote"}, {"path": "b", "reason": "too large"}]


def test_a_signal_that_the_table_lacks_is_no_crash() -> None:
    document = load(verdicts.verdict(findings=(verdicts.finding("strange", "a.py", 1),), launches=(), main=""))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["findings"][0]["effect"] is None


def test_json_lines_are_the_same_records_one_a_line() -> None:
    whole, text = load(verdicts.hostile()), render(verdicts.hostile(), "jsonl")
    assert text.endswith("\n")
    records = [json.loads(line) for line in text.splitlines()]
    assert [record.pop("kind") for record in records] == ["shared", "launch", "repository", "finding"]
    shared, launch, repository, finding = records
    assert shared == {key: whole[key] for key in ("files", "settings", "standings")}
    assert launch == whole["launches"][0]
    assert finding == whole["findings"][0]
    once = {key: whole[key] for key in whole if key not in (*shared, "launches", "repository", "findings")}
    assert repository == {**whole["repository"], **once}


def test_text_beyond_ascii_stays_readable_and_what_is_not_utf_8_is_encodable() -> None:
    text = render(verdicts.verdict(gaps=(Gap("训练/caf\udce9\u2028.sh", "名"),)), "json")
    assert "训练/caf\\udce9\\u2028.sh" in text
    assert json.loads(text.encode("utf-8"))["gaps"][0]["path"] == "训练/caf\udce9\u2028.sh"


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "sarif", "html", "markdown", "github"])
@pytest.mark.parametrize("build", BUILDS)
def test_order_and_duplicates_do_not_matter(form: str, build: Callable[[], Verdict]) -> None:
    verdict = build()
    expected = render(verdict, form)
    assert render(build(), form) == expected
    assert {render(verdicts.shuffled(verdict, Random(seed)), form) for seed in range(5)} == {expected}  # noqa: S311
