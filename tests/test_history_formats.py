"""Does each format of a history keep its contract, and say what was removed as such?"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator, ValidationError
from msgspec.structs import replace

from chipsieve.report import timeline_sarif
from chipsieve.report.style import Style
from chipsieve.report.timeline_formats import FORMATS, render_history
from chipsieve.sources.contents import LFS
from chipsieve.timeline.life import History
from page_parser import Page
from small_repositories import Made, built, history_of, unjudged
from small_trees import TRAIN

SCHEMA = json.loads((files("chipsieve") / "schema" / "chipsieve-history-1.json").read_text(encoding="utf-8"))
SARIF = json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
HCA, GDR, RUN = "export NCCL_IB_HCA=mlx5_0\n", "export NCCL_NET_GDR_LEVEL=2\n", "torchrun train.py --bf16\n"
NAMED = "# A model\n\nWe trained the model on 64 H800 GPUs.\n"
STATES = {"present", "removed", "unread", "replaced", "moved", "elsewhere"}
EVERYTHING = Style(detail="everything")
Build = Callable[[Path], History]


def full(root: Path) -> History:
    """A life in each state, both estimates, sentences on documents, a gap."""
    built(root, [
        Made("start", {
            "run.sh": HCA + GDR + RUN, "train.py": TRAIN, "README.md": NAMED, "old.sh": "export NCCL_P2P_DISABLE=1\n",
            "stored.sh": "export NCCL_IB_TIMEOUT=22\n", "level.sh": "export NCCL_IB_TC=1\n",
        }),
        Made("try", {"x.sh": "export NCCL_ALGO=Ring\n"}, ref="refs/pull/1/head"),
        Made("RM NET CONFIG", {"run.sh": GDR + RUN, "README.md": "# A model\n"}, after=["start"]),
        Made("move", {"old.sh": None, "level.sh": "export NCCL_IB_TC=2\nexport NCCL_P2P_DISABLE=1\n"}),
        Made("store", {"stored.sh": f"{LFS.decode()}v1\nsize 1\n", "README.md": "# A model\n\nRuns on A100.\n"}),
    ])  # fmt: skip
    return history_of(root)


def news(root: Path) -> History:
    """What came since a run before the history was rewritten."""
    ids = built(root, [Made("start", {"run.sh": HCA + GDR}), Made("take", {"run.sh": GDR})])
    return history_of(root, reported={"HEAD": ids["start"], "tip": ids["start"], "refs/heads/gone": "12" * 20})


def poor(root: Path) -> History:
    """A range without a commit."""
    built(root, [Made("start", {"a.png": "x"}, day=-30_000)])
    return history_of(root, since="2024-01-01")


def other_ids(root: Path) -> History:
    """Ids of 64 digits, and nothing said."""
    built(root, [Made("start", {"b.py": "x = 1\n"})], "--object-format=sha256")
    return history_of(root)


BUILDS: dict[str, Build] = {"full": full, "news": news, "poor": poor, "other ids": other_ids}


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, History]:
    return {name: build(tmp_path_factory.mktemp("r") / "r") for name, build in BUILDS.items()}


def written(history: History, form: str) -> Any:
    return json.loads(render_history(history, form, EVERYTHING))


def objects(schema: object) -> list[dict[str, Any]]:
    """Every object schema with named properties inside a schema."""
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    found = [one for item in inner for one in objects(item)]
    return [*found, schema] if isinstance(schema, dict) and isinstance(schema.get("properties"), dict) else found


def test_the_schema_is_a_schema_and_leaves_no_object_open() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    closed = [one for one in objects(SCHEMA) if "type" in one]
    assert len(closed) >= 10
    assert all(one["additionalProperties"] is False for one in closed)
    assert all(set(one["required"]) == one["properties"].keys() for one in closed)


@pytest.mark.parametrize("name", BUILDS)
def test_documents_follow_the_schema(histories: dict[str, History], name: str) -> None:
    Draft202012Validator(SCHEMA).validate(written(histories[name], "json"))


def test_the_full_document_has_everything(histories: dict[str, History]) -> None:
    """Else that it follows the schema would say little."""
    document = written(histories["full"], "json")
    assert {life["state"] for life in document["lives"]} == STATES
    assert all(document[name] for name in ("declared", "answers", "gaps", "refs", "trained_on_ever"))
    assert {one["kind"] for one in document["declared"]} >= {"went", "came"}
    assert any(answer["trained_on"] for answer in document["answers"])
    assert written(histories["news"], "json")["rewritten"] == ["refs/heads/gone"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.update(extra=1),
        lambda document: document["lives"][0].pop("state"),
        lambda document: document["lives"][0].update(state="gone"),
        lambda document: document["lives"][0]["last"].update(line=0),
        lambda document: document["lives"][0]["removed"].update(id="HEAD"),
        lambda document: document["tip"].update(day="today"),
        lambda document: document["refs"].update(HEAD="x"),
    ],
)
def test_the_schema_refuses_what_is_wrong(
    histories: dict[str, History], spoil: Callable[[dict[str, Any]], object]
) -> None:
    document = written(histories["full"], "json")
    spoil(document)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(document)


@pytest.mark.parametrize("name", BUILDS)
def test_records_one_a_line_hold_the_document(histories: dict[str, History], name: str) -> None:
    first, *rows = map(json.loads, render_history(histories[name], "jsonl", EVERYTHING).splitlines())
    assert first.pop("kind") == "repository"
    assert [row.pop("kind") for row in rows] == ["life"] * len(rows)
    assert {**first, "lives": rows} == written(histories[name], "json")


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_history_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    histories = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        built(tmp_path / folder / "r", [Made("start", {"run.sh": HCA + GDR}), Made("take", {"run.sh": GDR})])
        histories.append(unjudged(tmp_path / folder / "r"))
    assert len({render_history(history, form, EVERYTHING) for history in histories}) == 1


@pytest.mark.parametrize("name", BUILDS)
def test_sarif_follows_the_official_schema(histories: dict[str, History], name: str) -> None:
    document = written(histories[name], "sarif")
    Draft4Validator(SARIF).validate(document)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"].endswith(".")
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == 1 + len(histories[name].gaps)


def test_in_sarif_what_was_removed_is_absent(histories: dict[str, History]) -> None:
    history = histories["full"]
    results = written(history, "sarif")["runs"][0]["results"]
    absent = [one for one in results if one["baselineState"] == "absent"]
    assert len(absent) == len(history.in_state("removed")) > 1
    assert all("Removed later, on 2024-01-03" in one["message"]["text"] for one in absent)
    assert {one["level"] for one in absent} == {"none"}
    rest = [one for one in results if one not in absent]
    assert len(rest) == len(history.in_state("present"))
    assert {(one["baselineState"], one["level"]) for one in rest} == {("unchanged", "note")}
    assert not any("Removed" in one["message"]["text"] for one in rest)
    assert len(absent) + len(rest) == len(results)


def test_of_many_results_what_was_removed_is_kept(
    histories: dict[str, History], monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = len(histories["full"].in_state("removed"))
    monkeypatch.setattr(timeline_sarif, "RESULTS", removed + 1)
    (run,) = written(histories["full"], "sarif")["runs"]
    assert [one["baselineState"] for one in run["results"]] == ["absent"] * removed + ["unchanged"]
    left_out = len(histories["full"].in_state("present")) - 1
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert f"{left_out} results are left out: lives that say least." in notes


@pytest.mark.parametrize("name", BUILDS)
def test_the_page_stands_alone_and_draws_the_lives(histories: dict[str, History], name: str) -> None:
    text = render_history(histories[name], "html", EVERYTHING)
    page = Page(text)
    assert page.open == []
    assert page.elements.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert page.attributes.isdisjoint({"src", "onclick"})
    assert not re.search(r"url\(|@import|https?:", text)
    assert "default-src 'none'" in text
    drawn = bool(histories[name].lives)
    assert ("svg" in page.elements, "There is nothing to draw." in page.text) == (drawn, not drawn)


def test_the_page_marks_what_was_removed_where_it_ends(histories: dict[str, History]) -> None:
    gone = re.compile(r'class="(?:\w+ )?gone"')
    text = render_history(histories["full"], "html", EVERYTHING)
    assert gone.search(text)
    assert "removed later" in text
    never = render_history(histories["other ids"], "html", EVERYTHING)
    assert not gone.search(never)
    assert "removed later" not in never


def test_every_life_is_a_row_of_the_sheet(histories: dict[str, History]) -> None:
    history = histories["full"]
    rows = list(csv.DictReader(io.StringIO(render_history(history, "csv", EVERYTHING))))
    assert [(row["state"], row["signal"], row["path"]) for row in rows] == [
        (life.state, life.signal, life.last.path) for life in history.lives
    ]
    removed = [row for row in rows if row["state"] == "removed"]
    assert {(row["removed_day"], row["removed_subject"]) for row in removed} == {("2024-01-03", "RM NET CONFIG")}
    assert {row["removed_commit"] for row in rows if row["state"] == "present"} == {""}
    assert {row["ref"] for row in rows if row["state"] == "elsewhere"} == {"refs/pull/1/head"}


def test_a_cell_computes_nothing(histories: dict[str, History]) -> None:
    first = histories["full"].lives[0]
    assert first.removed is not None
    odd = replace(first, value="=1+1", removed=first.removed._replace(subject="@SUM(A1)\r\n+x"), ref="-x")
    (row,) = csv.DictReader(io.StringIO(render_history(replace(histories["full"], lives=(odd,)), "csv", EVERYTHING)))
    assert (row["value"], row["removed_subject"], row["ref"]) == ("'=1+1", "'@SUM(A1)\\r\\n+x", "'-x")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_read_what_was_removed_by_which_commit(histories: dict[str, History], form: str) -> None:
    text = " ".join(render_history(histories["full"], form, Style()).split())
    assert "2024-01-03" in text
    assert "RM NET CONFIG" in text
    assert "NCCL_IB_HCA" in text.replace("\\", "")
    assert "H800" in text
    quiet = render_history(histories["full"], "text", Style(detail="sentence"))
    assert text.startswith(" ".join(quiet.split())) or form == "markdown"
    nothing = render_history(histories["other ids"], form, Style())
    assert "nothing that says something about hardware was removed" in " ".join(nothing.split())
