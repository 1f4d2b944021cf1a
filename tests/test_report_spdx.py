"""Does an SPDX 3 document carry both answers, each with its lines, and say no more than chipsieve knows?"""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from msgspec.structs import replace
from spdx_python_model import v3_0_1 as spdx

import verdicts
from chipsieve.report import render
from chipsieve.report.json_report import estimate_record
from chipsieve.report.provenance import provenance_words
from chipsieve.report.sentence import sentence
from chipsieve.sieve.outcome import Verdict
from chipsieve.sources.contents import Commit, Origin

BUILDS = [verdicts.verdict, verdicts.two_launches, verdicts.empty, verdicts.contradiction, verdicts.hostile]
Element = dict[str, Any]


def judged(text: str) -> int:
    """How many elements SPDX's own bindings read, which they make from its SHACL model.

    They refuse unknown types, fields and values, what is missing, and references to an element of another class; what
    is referred to and not there is refused here.
    """
    objects = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(BytesIO(text.encode()), objects)
    assert objects.link() == set()
    spdx.JSONLDSerializer().write(objects, BytesIO())
    return len(objects.objects)


def graph(verdict: Verdict) -> list[Element]:
    document = json.loads(render(verdict, "spdx", command=("scan", ".")))
    assert document["@context"] == "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
    found: list[Element] = document["@graph"]
    return found


def named(elements: list[Element], name: str) -> Element:
    """The element whose id ends so."""
    (one,) = [one for one in elements if one.get("spdxId", "").endswith(f"/{name}")]
    return one


def lines(elements: list[Element], of: str) -> list[str]:
    """The names of what is the evidence for an element."""
    names = {one["spdxId"]: one["name"] for one in elements if "name" in one}
    relation = named(elements, f"{of}-evidence")
    assert (relation["relationshipType"], relation["from"]) == ("hasEvidence", named(elements, of)["spdxId"])
    return [names[one] for one in relation["to"]]


@pytest.mark.parametrize("build", BUILDS)
def test_it_is_what_spdx_takes(build: Callable[[], Verdict]) -> None:
    text = render(build(), "spdx", command=("scan", "."))
    assert judged(text) == len(json.loads(text)["@graph"])


WRONG: dict[str, Callable[[list[Element]], object]] = {
    "a field that there is not": lambda all_: named(all_, "file-1").update(line=3),
    "a relation that there is not": lambda all_: named(all_, "needs-evidence").update(relationshipType="hasProof"),
    "nothing where something must be": lambda all_: named(all_, "needs").pop("annotationType"),
    "a day in place of a time": lambda all_: all_[0].update(created="2024-11-05"),
    "line 0": lambda all_: named(all_, "line-1")["software_lineRange"].update(beginIntegerRange=0),
    "a tool that is no agent": lambda all_: all_[0].update(createdBy=[named(all_, "tool")["spdxId"]]),
    "a reference to nothing": lambda all_: named(all_, "needs").update(subject="https://example.org/x"),
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_the_judge_refuses_what_is_wrong(spoil: Callable[[list[Element]], object]) -> None:
    document = json.loads(render(verdicts.verdict(), "spdx"))
    spoil(document["@graph"])
    with pytest.raises((ValueError, KeyError, TypeError, AssertionError)):
        judged(json.dumps(document))


def test_the_tree_with_its_commit() -> None:
    origin = Origin("https://github.com/o/n", branch="main", modified=False)
    whole = verdicts.verdict(origin=origin)
    tree, commit = named(graph(whole), "tree"), "0123456789abcdef0123456789abcdef01234567"
    assert (tree["type"], tree["name"], tree["software_packageVersion"]) == ("ai_AIPackage", "example", commit)
    assert tree["ai_informationAboutTraining"] == f"As chipsieve judges from the code: {sentence(whole)}"
    assert tree["software_sourceInfo"] == provenance_words(whole, ("scan", "."))
    assert [one["identifier"] for one in tree["externalIdentifier"]] == [f"swh:1:rev:{commit}"]
    assert [(one["externalRefType"], one["locator"]) for one in tree["externalRef"]] == [("vcs", [origin.remote])]


@pytest.mark.parametrize(
    ("commit", "origin"),
    [
        (Commit("0" * 40, "2024-11-05"), Origin(modified=True)),
        (Commit("0" * 40, "2024-11-05"), Origin()),
        (Commit("0" * 40, "2024-11-05"), Origin(folder="sub", modified=False)),
        (Commit("0" * 64, "2024-11-05"), Origin(modified=False)),
        (None, Origin()),
    ],
    ids=["with local changes", "nobody knows", "a part of it", "no SHA-1", "no commit"],
)
def test_what_is_not_the_commit_is_not_called_so(commit: Commit | None, origin: Origin) -> None:
    tree = named(graph(verdicts.verdict(commit=commit, origin=origin)), "tree")
    assert tree.get("software_packageVersion", "").endswith("-dirty") == bool(origin.modified)
    assert "externalIdentifier" not in tree
    assert "externalRef" not in tree


def test_both_answers_are_statements_with_their_evidence() -> None:
    whole = verdicts.verdict()
    elements = graph(whole)
    quoted, needs, trained = (named(elements, name) for name in ("verdict", "needs", "trained-on"))
    assert (quoted["contentType"], quoted["statement"]) == ("text/plain", sentence(whole))
    assert needs["summary"] == "3 of 6 accelerators remain possible."
    assert json.loads(needs["statement"]) == {
        "policy": "balanced", "scope": "launch", "role": "training",
        "possible": sorted(verdicts.AMPERE_UP), "excluded": sorted((*verdicts.AMD, *verdicts.VOLTA)),
        "main": {"launch": "run.sh:30", "remaining": sorted(verdicts.AMPERE_UP)},
    }  # fmt: skip
    assert lines(elements, "needs") == ["NCCL as the back end (strong)", "Training in bfloat16 (definitive)"]
    assert whole.trained_on is not None
    assert json.loads(trained["statement"]) == estimate_record(whole.trained_on)
    assert trained["summary"] == "An estimate, not a proof: H20 82% (very likely); A100 12% (very unlikely)."
    assert lines(elements, "trained-on") == ["README.md:12", "README.md:20", "logs/train.log:3"]


def test_what_excludes_has_its_lines() -> None:
    elements = graph(verdicts.verdict())
    cut = named(elements, "cut-2")
    assert cut["summary"] == "In run.sh:30: excludes V100."
    assert json.loads(cut["statement"]) == {
        "launch": "run.sh:30", "step": "number-format", "signal": "bf16-training", "strength": "definitive",
        "excluded": [*verdicts.VOLTA],
    }  # fmt: skip
    assert lines(elements, "cut-2") == ["run.sh:30"]
    (snippet,) = [one for one in elements if one.get("name") == "run.sh:30"]
    assert snippet["software_lineRange"] == {
        "type": "PositiveIntegerRange", "beginIntegerRange": 30, "endIntegerRange": 30,
    }  # fmt: skip
    (file,) = [one for one in elements if one["type"] == "software_File" and one["name"] == "run.sh"]
    assert snippet["software_snippetFromFile"] == file["spdxId"]
    inside = named(elements, "tree-files")
    assert file["spdxId"] in inside["to"]
    assert (inside["relationshipType"], inside["completeness"]) == ("contains", "incomplete")


def test_nothing_is_said_that_nobody_knows() -> None:
    elements = graph(verdicts.empty())
    tree = named(elements, "tree")
    assert tree["type"] == "software_Package"
    assert not {"ai_informationAboutTraining", "software_packageVersion", "suppliedBy", "releaseTime"} & tree.keys()
    assert named(elements, "trained-on")["summary"].endswith(": no accelerator is likely enough to be named.")
    for build in BUILDS:
        found = graph(build())
        (document,) = [one for one in found if one["type"] == "SpdxDocument"]
        assert document["profileConformance"] == ["core", "software"], "AI asks for more than is known"
        assert {one.get("relationshipType") for one in found} <= {None, "hasEvidence", "contains"}, "none is trainedOn"


def test_days_and_ids_come_from_the_verdict() -> None:
    whole = verdicts.verdict()
    creation = graph(whole)[0]
    assert (creation["created"], creation["specVersion"]) == ("2024-11-05T00:00:00Z", "3.0.1")
    assert "of the scanned commit" in creation["comment"]
    without = graph(verdicts.empty())[0]
    assert without["created"] == "2026-11-22T00:00:00Z"
    assert "no commit is known" in without["comment"]
    ids = {named(graph(one), "tree")["spdxId"] for one in (whole, whole, replace(whole, root="other"))}
    assert len(ids) == 2, "another content has other ids, the same has the same"
    assert all(one.startswith("https://spdx.org/spdxdocs/chipsieve-") for one in ids)
    every = [one["spdxId"] for one in graph(verdicts.two_launches()) if "spdxId" in one]
    assert len(every) == len(set(every))
