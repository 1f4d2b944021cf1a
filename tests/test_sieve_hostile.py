"""What becomes of a report that no scanner wrote? A result is left out or the report refused, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from chipsieve import saved_files
from chipsieve.border.json_fields import LARGEST, ReportError
from chipsieve.border.scanners import read_report
from chipsieve.cli import main
from chipsieve.report import FORMATS
from small_trees import RUN, TRAIN, write

OWN = {"row": "flag", "value": "", "engine": "x", "by": "", "name": "", "conditions": []}
REGION = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 9}
DIGITS = "9" * 5000


def log(
    artifact: object = None, region: object = None, bases: object = None, own: object = None, **result: object
) -> str:
    """A SARIF log of one result, with anything in it."""
    where = {"artifactLocation": artifact or {"uri": "run.sh"}, "region": region or REGION}
    where["contextRegion"] = {"snippet": {"text": "x"}}
    one = {
        "ruleId": "bf16-training", "message": {"text": "m"}, "locations": [{"physicalLocation": where}],
        **({"properties": {"chipsieve": own}} if own else {}), **result,
    }  # fmt: skip
    run = {"tool": {"driver": {"name": "x"}}, "originalUriBaseIds": bases, "results": [one]}
    return json.dumps({"version": "2.1.0", "runs": [run]})


def based(uri: object, path: str = "run.sh") -> str:
    """A log whose base is anything."""
    return log({"uri": path, "uriBaseId": "R"}, bases={"R": {"uri": uri}})


def semgrep(path: str = "run.sh", line: int = 1, column: int = 1, error: object = None) -> str:
    """A report of Semgrep with anything in it."""
    at = {"start": {"line": line, "col": column}, "end": {"line": line, "col": column}, "extra": {}}
    errors = [error] if error else []
    return json.dumps({"results": [{"path": path, "check_id": "bf16-training", **at}], "errors": errors})


HOSTILE: Mapping[str, str] = {
    "brackets": log({"uri": "file://["}),
    "brackets of the web": log({"uri": "http://[::1"}),
    "a base of brackets": based("file://["),
    "brackets on a base": based("file:///t/", "//[x"),
    "a port too large": based("file:///t/", "//h:99999999/x"),
    "a base that is a number": based(5),
    "bases that are a list": log(bases=[]),
    "a zero byte": log({"uri": "a\0b"}),
    "an escaped zero byte": log({"uri": "a%00b"}),
    "a name too long": log({"uri": "a" * 5000}),
    "a path too long": log({"uri": "a/" * 40_000}),
    "half a pair": log({"uri": "\ud800"}),
    "half a pair in a message": log(message={"text": "[chipsieve bf16-training flag: \ud800]"}),
    "no UTF-8": log({"uri": "%ff%fe"}),
    "a line below zero": log(region={"startLine": -1}),
    "a line too large": log(region={"startLine": 10**400}),
    "a line of too many digits": log().replace('"startLine": 1', f'"startLine": {DIGITS}'),
    "a fraction of too many digits": log().replace('"startLine": 1', f'"startLine": 1e{DIGITS}'),
    "columns too large": log(region={"startLine": 1, "startColumn": 10**30, "endColumn": -5}),
    "an end before the beginning": log(region={"startLine": 1, "startColumn": 9, "endLine": -7, "endColumn": -7}),
    "no number": log(region={"startLine": float("nan")}),
    "without end": log(region={"startLine": float("inf")}),
    "an index below zero": log(ruleId=None, ruleIndex=-1),
    "an index too large": log(ruleId=None, ruleIndex=10**30),
    "lists in lists": "[" * 100_000,
    "lists in runs": '{"runs":' + "[" * 100_000,
    "ours, with half a pair": log(own={**OWN, "conditions": [{"question": "option", "values": ["\ud800"]}]}),
    "ours, deep": log(own=OWN).replace("[]", '[{"not":' * 1 + '{"not":' * 900 + "{}" + "}" * 900 + "}]"),
    "ours, of a row that is none": log(own={**OWN, "row": "nonsense", "by": "\x1b"}),
    "ours, anywhere": log(own=OWN, region={**REGION, "startLine": -5, "endColumn": -1}),
    "Semgrep, far away": semgrep(line=10**400),
    "Semgrep, far to the right": semgrep(column=10**40),
    "Semgrep, half a pair": semgrep("\ud800"),
    "Semgrep, strange errors": semgrep(error={"type": [[]], "path": "\ud800[", "spans": [{}]}),
    "a line of flake8 of too many digits": f"run.sh:{DIGITS}:1: CHS001 x [chipsieve bf16-training flag: x]\n",
    "a line of flake8 with a zero byte": "a\0b:1:1: CHS001 x [chipsieve bf16-training flag: x]\n",
    "a marker without end": log(message={"text": f"[chipsieve {'a+' * 50_000} "}),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write(tmp_path / "tree", {"run.sh": f"#!/bin/bash\n{RUN}", "train.py": TRAIN})


def sieved(file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["sieve", str(file), *options])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_report_that_no_scanner_wrote(tmp_path: Path, tree: Path, text: str) -> None:
    file = tmp_path / "hostile.sarif"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    for options in ([], ["--root", str(tree)], ["--scope", "tree"]):
        for form in ("text", "json", "sarif", "html"):
            done = sieved(file, "--format", form, "--sarif-level", "all", *options)
            assert done.exit_code in {0, 2}, (options, form, done.output)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["file://[", "%"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=9,
)


@given(st.data())
def test_any_value_in_place_of_another(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Wherever a report has a value, any other may stand."""
    whole = json.loads(data.draw(st.sampled_from([log(own=OWN), based("file:///t/"), semgrep(error={"spans": [{}]})])))
    places = list(spots(whole))
    parent, key = data.draw(st.sampled_from(places))
    parent[key] = data.draw(JSON)
    file = tmp_path_factory.mktemp("any") / "any.sarif"
    file.write_text(json.dumps(whole), encoding="utf-8")
    form = data.draw(st.sampled_from(sorted(FORMATS)))
    done = sieved(file, "--format", form)
    assert done.exit_code in {0, 2}, done.output


def spots(value: Any) -> list[tuple[Any, Any]]:
    """Each place of a value inside another, as what holds it and its key."""
    pairs = [*value.items()] if isinstance(value, dict) else [*enumerate(value)] if isinstance(value, list) else []
    return [(value, key) for key, _ in pairs] + [spot for _, inner in pairs for spot in spots(inner)]


def test_more_lists_than_a_report_has_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_files, "MOST_OBJECTS", 100)
    file = tmp_path / "many.json"
    file.write_text('{"runs": [' + "{}," * 200 + "{}]}", encoding="utf-8")
    with pytest.raises(ReportError, match="more than 100 lists and objects"):
        read_report(file)


def test_what_has_no_end_is_not_read_for_ever() -> None:
    done = sieved(Path("/dev/zero"))
    assert (done.exit_code, "larger than 64 MB" in done.stderr) == (2, True)


def test_a_report_may_come_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=lambda: pipe.write_text(log(), encoding="utf-8"))
    writer.start()
    assert read_report(pipe).results
    writer.join()


def test_a_number_at_the_limit_is_one(tmp_path: Path) -> None:
    file = tmp_path / "far.sarif"
    file.write_text(log(region={"startLine": LARGEST}), encoding="utf-8")
    assert read_report(file).results[0].line == LARGEST
