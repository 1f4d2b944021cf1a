"""Does a bill of materials carry the answer, as CycloneDX 1.6 has it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import verdicts
from chipsieve.report import render
from chipsieve.report.provenance import provenance_words
from chipsieve.sieve.outcome import Verdict
from chipsieve.sources.contents import Commit, Origin

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


def component(verdict: Verdict) -> dict[str, Any]:
    document = json.loads(render(verdict, "cyclonedx"))
    assert (document["bomFormat"], document["specVersion"], document["version"]) == ("CycloneDX", "1.6", 1)
    found: dict[str, Any] = document["metadata"]["component"]
    return found


@pytest.mark.parametrize(
    "build", [verdicts.verdict, verdicts.two_launches, verdicts.empty, verdicts.contradiction, verdicts.hostile]
)
def test_it_is_what_cyclonedx_takes(build: Callable[[], Verdict]) -> None:
    assert VALIDATOR.validate_str(render(build(), "cyclonedx", command=("scan", "."))) is None


def test_the_judge_refuses_what_is_wrong() -> None:
    assert VALIDATOR.validate_str(render(verdicts.verdict(), "cyclonedx").replace('"occurrences"', '"lines"'))


def test_the_tree_is_the_component_and_its_properties_are_the_answer() -> None:
    tree = component(verdicts.verdict(commit=Commit("0123456789abcdef", "2024-11-05")))
    assert (tree["type"], tree["name"], tree["version"]) == ("application", "example", "0123456789abcdef")
    assert {tuple(sorted(one)) for one in tree["properties"]} == {("name", "value")}
    said = [(one["name"], one["value"]) for one in tree["properties"]]
    assert [value for name, value in said if name == "chipsieve:possible"] == [
        "a100-sxm4-80gb", "h20-96gb", "rtx-3090",
    ]  # fmt: skip
    assert dict(said)["chipsieve:sentence"].startswith("example at commit 0123456")
    assert dict(said)["chipsieve:main-launch"] == "run.sh:30"


def test_where_the_commit_comes_from() -> None:
    origin = Origin("https://github.com/o/n", branch="main", modified=True)
    tree = component(verdicts.verdict(origin=origin))
    assert tree["externalReferences"] == [{"type": "vcs", "url": "https://github.com/o/n"}]
    (made,) = [one["value"] for one in tree["properties"] if one["name"] == "chipsieve:provenance"]
    assert made == provenance_words(verdicts.verdict(origin=origin), ())
    assert tree["version"] == "0123456789abcdef0123456789abcdef01234567-dirty"
    assert "externalReferences" not in component(verdicts.verdict())


def test_the_deciding_lines_are_its_evidence() -> None:
    occurrences = component(verdicts.verdict())["evidence"]["occurrences"]
    assert {"location": "run.sh", "line": 30, "additionalContext": "Training in bfloat16 (definitive)"} in occurrences
    assert "evidence" not in component(verdicts.empty())
