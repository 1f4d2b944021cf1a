"""Are other scanners' reports understood as the tools write them, and refused clearly when they are broken?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.border.scanners import Foreign, ReportError, foreign_findings, read_report, report_files
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Lines, Span
from chipsieve.sources.disk import Disk

SIGNALS = ("bf16-tensor", "bf16-training", "nccl-variables")
CJK = 'print("混合精度", torch.bfloat16)\n'  # column 15 in characters, 23 in bytes


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with one file, beside one that is none of its business."""
    root = tmp_path / "repo"
    (root / "train").mkdir(parents=True)
    (root / "train/run.py").write_text("import torch\n" + CJK, encoding="utf-8")
    (tmp_path / "secret.py").write_text(CJK, encoding="utf-8")
    (root / "link.py").symlink_to(tmp_path / "secret.py")
    return root


def sarif(*results: dict[str, Any], tool: str = "Semgrep OSS", **run: Any) -> dict[str, Any]:
    driver = {"name": tool, "rules": [{"id": "rules.python.bf16-tensor"}]}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run}]}


def result(uri: str = "train/run.py", rule: str = "rules.python.bf16-tensor", **region: Any) -> dict[str, Any]:
    """A result as Semgrep writes it: a prefixed id, byte columns, the marker in the message."""
    region = {"startLine": 2, "startColumn": 23, "endLine": 2, "endColumn": 37, **region}
    place = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}
    return {
        "ruleId": rule,
        "message": {"text": "bfloat16 tensors. [chipsieve bf16-tensor name: torch.bfloat16]"},
        "locations": [{"physicalLocation": place}],
        "fingerprints": {"matchBasedId/v1": "requires login"},
    }


def findings(folder: Path, document: object, root: Path | None = None) -> Foreign:
    """The findings of a report that is written to a folder first."""
    path = folder / "report"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")

    def lines(name: str) -> Lines | None:
        return Lines((root / name).read_text(encoding="utf-8")) if root else None

    return foreign_findings([("report", read_report(path))], SIGNALS, Disk.at(root) if root else None, lines)


def places(found: Foreign) -> list[tuple[str, str, int]]:
    return [(item.signal, item.path, item.span.line) for item in found.findings]


HIT = ("bf16-tensor", "train/run.py", 2)


def test_semgrep_sarif(tmp_path: Path, tree: Path) -> None:
    found = findings(tmp_path, sarif(result()), tree)
    (item,) = found.findings
    assert (item.signal, item.row, item.value, item.engine) == ("bf16-tensor", "name", "torch.bfloat16", "semgrep")
    assert item.span == Span(2, 15, 2, 29), "bytes are counted as characters"
    assert item.snippet == CJK.strip()
    assert found.gaps == ()


def test_without_the_tree_the_snippet_tells_the_columns(tmp_path: Path) -> None:
    (item,) = findings(tmp_path, sarif(result(snippet={"text": CJK}))).findings
    assert (item.span, item.snippet) == (Span(2, 15, 2, 29), CJK.strip())


def test_semgrep_json(tmp_path: Path, tree: Path) -> None:
    message = result()["message"]["text"]
    document = {
        "results": [
            {
                "check_id": "rules.python.bf16-tensor",
                "path": "train/run.py",
                "start": {"line": 2, "col": 23, "offset": 35},
                "end": {"line": 2, "col": 37, "offset": 49},
                "extra": {"message": message, "lines": "requires login", "fingerprint": "requires login"},
            }
        ],
        "errors": [
            {
                "type": "Syntax error",
                "level": "warn",
                "path": "train/run.py",
                "message": "Syntax error at line 9\nmore",
            },
            {"type": ["PartialParsing", []], "level": "warn", "path": "x.py", "spans": [{"start": {"line": 4}}]},
        ],
    }
    found = findings(tmp_path, document, tree)
    assert places(found) == [HIT]
    assert found.findings[0].span == Span(2, 15, 2, 29)
    assert [(gap.path, gap.reason, gap.line) for gap in found.gaps] == [
        ("train/run.py", "semgrep: Syntax error: Syntax error at line 9", None),
        ("x.py", "semgrep: PartialParsing: PartialParsing", 4),
    ]


def test_suppressed_results_count_with_a_notice(tmp_path: Path, tree: Path) -> None:
    found = findings(tmp_path, sarif({**result(), "suppressions": [{"kind": "inSource"}]}), tree)
    assert places(found) == [HIT]
    assert [gap.reason for gap in found.gaps] == ["1 result counted although comments in the tree suppress them"]


def test_absolute_uris(tmp_path: Path, tree: Path) -> None:
    uri = (tree / "train/run.py").as_uri()
    assert places(findings(tmp_path, sarif(result(uri), tool="ruff"), tree)) == [HIT]


def test_a_base_of_uris(tmp_path: Path, tree: Path) -> None:
    bases = {"%SRCROOT%": {"uri": f"{tree.as_uri()}/train/"}}
    assert places(findings(tmp_path, sarif(result("run.py"), originalUriBaseIds=bases), tree)) == [HIT]


@pytest.mark.parametrize("uri", ["repo/train/run.py", "clones/repo/train/run.py", "file:///build/repo/train/run.py"])
def test_paths_from_another_folder(tmp_path: Path, tree: Path, uri: str) -> None:
    assert places(findings(tmp_path, sarif(result(uri)), tree)) == [HIT]


def test_paths_from_the_working_folder(tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "train")
    assert places(findings(tmp_path, sarif(result("run.py")), tree)) == [HIT]


@pytest.mark.parametrize(
    "uri",
    ["../secret.py", "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "link.py", "train", "gone.py", "", "a\0b",
     "train/../../secret.py", "%2e%2e/secret.py", "repo/../../secret.py"],
)  # fmt: skip
def test_nothing_outside_the_root_is_read(tmp_path: Path, tree: Path, uri: str) -> None:
    read: list[str] = []

    def lines(name: str) -> Lines:
        read.append(name)
        return Lines(CJK)

    path = tmp_path / "report"
    path.write_text(json.dumps(sarif(result(uri), result())), encoding="utf-8")
    found = foreign_findings([("report", read_report(path))], SIGNALS, Disk.at(tree), lines)
    assert (places(found), set(read)) == ([HIT], {"train/run.py"})
    assert len(found.gaps) == 1
    path.write_text(json.dumps(sarif(result(uri))), encoding="utf-8")
    with pytest.raises(ReportError, match=r"report: 0 of 1 result lie in this tree; wrong --root\?"):
        foreign_findings([("report", read_report(path))], SIGNALS, Disk.at(tree), lines)
    assert set(read) == {"train/run.py"}


def test_a_line_that_is_not_there(tmp_path: Path, tree: Path) -> None:
    found = findings(tmp_path, sarif(result(startLine=99, endLine=99)), tree)
    assert found.findings == ()
    assert found.gaps[0].reason == "1 result left out: train/run.py is no such line of a file below the root"


def test_unknown_rules_are_counted(tmp_path: Path, tree: Path) -> None:
    other = {**result(rule="python.lang.security.audit"), "message": {"text": "eval is evil"}}
    found = findings(tmp_path, sarif(other, other, result()), tree)
    assert places(found) == [HIT]
    reason = "2 results of rule semgrep python.lang.security.audit: no signal of chipsieve's"
    assert [gap.reason for gap in found.gaps] == [reason]


def test_a_rule_called_as_a_signal_needs_no_marker(tmp_path: Path, tree: Path) -> None:
    bare = {**result(), "message": {"text": "somebody's own words"}}
    assert places(findings(tmp_path, sarif(bare), tree)) == [HIT]


def test_a_rule_by_its_index(tmp_path: Path, tree: Path) -> None:
    bare = {**result(), "message": {}, "ruleIndex": 0}
    del bare["ruleId"]
    assert places(findings(tmp_path, sarif(bare), tree)) == [HIT]


def test_one_name_may_belong_to_several_signals(tmp_path: Path, tree: Path) -> None:
    both = {**result(), "message": {"text": "x [chipsieve bf16-tensor+bf16-training name: torch.bfloat16]"}}
    assert [item.signal for item in findings(tmp_path, sarif(both, tool="ruff"), tree).findings] == [
        "bf16-tensor",
        "bf16-training",
    ]


def test_flake8_lines(tmp_path: Path, tree: Path) -> None:
    text = (
        "./train/run.py:2:15: CHS102 bfloat16 tensors. [chipsieve bf16-tensor name: torch.bfloat16]\n\n1     CHS102\n"
    )
    (item,) = findings(tmp_path, text, tree).findings
    assert (item.path, item.span, item.engine) == ("train/run.py", Span(2, 15, 2, 30), "flake8")


def test_lines_of_ruff_are_ruffs(tmp_path: Path, tree: Path) -> None:
    text = (
        "train/run.py:1:1: I001 [*] Import block is un-sorted or un-formatted\n"
        "train/run.py:2:15: TID251 `torch.bfloat16` is banned: bfloat16 [chipsieve bf16-tensor name: torch.bfloat16]\n"
        "Found 2 errors.\n"
    )
    found = findings(tmp_path, text, tree)
    assert [(item.signal, item.engine) for item in found.findings] == [("bf16-tensor", "ruff")]
    assert [gap.reason for gap in found.gaps] == ["1 result of rule ruff I001: no signal of chipsieve's"]


@pytest.mark.parametrize(
    ("driver", "engine"),
    [("Semgrep OSS", "semgrep"), ("Opengrep OSS", "opengrep"), ("ruff", "ruff"), ("", "unknown")],
)
def test_sarif_names_its_engine(tmp_path: Path, driver: str, engine: str) -> None:
    assert [item.engine for item in findings(tmp_path, sarif(result(), tool=driver)).findings] == [engine]


def test_what_flake8_could_not_read_is_a_gap(tmp_path: Path, tree: Path) -> None:
    found = findings(tmp_path, "train/run.py:1:1: CHS901 not read whole: invalid syntax\n", tree)
    assert [(gap.path, gap.line, gap.reason) for gap in found.gaps] == [
        ("train/run.py", 1, "flake8: not read whole: invalid syntax"),
    ]


def test_no_lines_at_all_are_no_results(tmp_path: Path) -> None:
    assert findings(tmp_path, "") == Foreign()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("{}", "neither SARIF"),
        ("[]", "neither SARIF"),
        ("[" * 100_000, "not valid JSON"),
        ("some words\nand more", "nor lines as flake8 writes them"),
        ('{"version": "2.0.0", "runs": []}', "version '2.0.0'; only 2.1.0 is read"),
        ('{"version": "2.1.0", "runs": {}}', "'runs' must be a list"),
        ('{"version": "2.1.0", "runs": [7]}', "runs[0]: must be an object"),
        ('{"version": "2.1.0", "runs": [{"results": [{"message": {}}]}]}', "results[0]: neither 'ruleId' nor"),
        ('{"results": [{"path": 7}]}', "results[0]: 'path' must be text"),
    ],
)
def test_a_broken_report_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ReportError) as error:
        findings(tmp_path, text)
    assert message in str(error.value)
    assert str(error.value).startswith("report: ")


def test_a_report_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_files, "LARGEST", 0)
    with pytest.raises(ReportError, match="larger than"):
        findings(tmp_path, sarif(result()))


def test_a_report_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "report").write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(ReportError, match="not UTF-8"):
        read_report(tmp_path / "report")


def test_a_report_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="No such file"):
        read_report(tmp_path / "gone.sarif")


KEYS = ["version", "runs", "tool", "driver", "rules", "results", "ruleId", "ruleIndex", "message", "text", "locations"]
MORE = [
    "physicalLocation",
    "artifactLocation",
    "uri",
    "region",
    "startLine",
    "errors",
    "extra",
    "path",
    "start",
    "line",
]
SCALARS = st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["2.1.0", "../x", "train/run.py"])
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS + MORE), inner, max_size=5),
    max_leaves=20,
)


@given(TREES, st.sampled_from(["runs", "results", "both"]))
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, tree: object, key: str) -> None:
    whole = {"version": "2.1.0", "runs": [{"results": [tree], "tool": tree}]}
    document = {"runs": whole, "results": {"results": [tree], "errors": [tree]}, "both": tree}[key]
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    try:
        report = read_report(path)
    except ReportError:
        return
    found = foreign_findings([("any", report)], SIGNALS, None, lambda _: None)
    assert all(isinstance(item, Finding) for item in found.findings)
