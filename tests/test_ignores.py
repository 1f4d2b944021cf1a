"""Do comments leave findings out, tell when they are wrong, and give way to an analyst?"""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import verdicts
from chipsieve import scan
from chipsieve.cli import main
from chipsieve.configuration.comments import NAMES, comments
from chipsieve.configuration.file import Config
from chipsieve.configuration.suppressions import FAULTS
from chipsieve.limits import COMMENTS
from chipsieve.report import FORMATS, render
from chipsieve.sieve.outcome import Verdict
from chipsieve.sources.scan_record import Ignored
from test_report_json import SCHEMA

BF16 = "ignore[bf16-training] we emulate it"
SECONDS = 3  # of processor time for a file of such a size; what grows with the square takes hours
WHY = "we emulate it"
OVERRIDE = Config(honour_ignores=False)
NOTEBOOK = """{"cells": [{"cell_type": "code", "source": [
"import torch\\n",
"x = torch.bfloat16  # chipsieve: {said}\\n",
"y = 1"]}]}
"""


def tree(folder: Path, **texts: str) -> Path:
    """A folder of files; `__` in a name stands for the dot."""
    for name, text in texts.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def trained(folder: Path, flag: str, **texts: str) -> Path:
    """A training run whose command ends with `flag` (and a comment)."""
    entry = "from transformers import TrainingArguments\nif __name__ == '__main__':\n    TrainingArguments('out')\n"
    return tree(folder, train__sh=f"torchrun --nproc_per_node 8 train.py {flag}\n", train__py=entry, **texts)


def signals(verdict: Verdict) -> set[str]:
    launched = {item.signal for one in verdict.launches for item, _ in one.launch.findings}
    return launched | {item.signal for item in verdict.findings}


def notices(verdict: Verdict) -> list[str]:
    return [gap.reason for gap in verdict.gaps if gap.notice]


def test_a_comment_on_the_line_leaves_the_finding_out_of_launches_and_evidence(tmp_path: Path) -> None:
    before = scan(trained(tmp_path, "--bf16"), workers=1)
    after = scan(trained(tmp_path, f"--bf16  # chipsieve: {BF16}"), workers=1)
    assert "v100-sxm2-32gb" not in before.possible
    assert "v100-sxm2-32gb" in after.possible
    assert "bf16-training" not in signals(after)
    assert [(one.finding.signal, one.place, one.reason, one.overridden) for one in after.ignored] == [
        ("bf16-training", "train.sh:1", WHY, False)
    ]
    assert notices(after) == []
    assert after.coverage == before.coverage


def test_an_analysts_run_counts_it_and_shows_it(tmp_path: Path) -> None:
    before = scan(trained(tmp_path, "--bf16"), workers=1)
    after = scan(trained(tmp_path, f"--bf16  # chipsieve: {BF16}"), config=OVERRIDE, workers=1)
    assert (after.possible, after.remaining) == (before.possible, before.remaining)
    assert [(one.finding.signal, one.overridden) for one in after.ignored] == [("bf16-training", True)]


def test_other_signals_on_the_line_stay(tmp_path: Path) -> None:
    verdict = scan(trained(tmp_path, f"--bf16 --fp8  # chipsieve: {BF16}"), workers=1)
    assert "bf16-training" not in signals(verdict)
    assert "mixed-precision-bf16" in signals(verdict) | {
        note.label for one in verdict.launches for note in one.techniques
    }


def test_what_linking_finds_in_the_words_of_a_command_is_left_out_too(tmp_path: Path) -> None:
    texts = {"common__sh": f"ARGS='--bf16' # chipsieve: {BF16}\n"}
    before = scan(trained(tmp_path, "$ARGS", common__sh="ARGS='--bf16'\n"), workers=1)
    (tmp_path / "train.sh").write_text("source common.sh\ntorchrun train.py $ARGS\n", encoding="utf-8")
    linked = scan(tmp_path, workers=1)
    assert "bf16-training" in signals(linked)
    assert "bf16-training" not in {item.signal for item in before.findings}
    tree(tmp_path, **texts)
    verdict = scan(tmp_path, workers=1)
    assert "bf16-training" not in signals(verdict)
    assert [(one.finding.engine, one.place) for one in verdict.ignored] == [("link", "common.sh:1")]


def test_workers_make_no_difference(tmp_path: Path) -> None:
    trained(tmp_path, f"--bf16  # chipsieve: {BF16}")
    tree(tmp_path, **{f"m{number}__py": f"import deepspeed  # chipsieve: {BF16}\n" for number in range(30)})
    assert scan(tmp_path, workers=1) == scan(tmp_path, workers=2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "import torch\nx = torch.bfloat16  # chipsieve: {said}\n"),
        ("a.py", "import torch\n# chipsieve: {said}\nx = torch.bfloat16\n"),
        ("a.py", "import torch\n# chipsieve: {said}\n# a second comment\nx = torch.bfloat16\n"),
        ("a.sh", "# chipsieve: {said}\npython train.py \\\n  --seed 1 \\\n  --dtype bfloat16\n"),
        ("a.yaml", "bf16: true # chipsieve: {said}\n"),
        ("a.toml", "bf16 = true # chipsieve: {said}\n"),
        ("a.json", '{\n  "bf16": {\n    // chipsieve: {said}\n    "enabled": true\n  }\n}\n'),
        ("a.jsonc", '{"bf16": {"enabled": true}} // chipsieve: {said}\n'),
        ("Dockerfile", "# chipsieve: {said}\nFROM nvcr.io/nvidia/pytorch:24.01-py3\n"),
        ("requirements.txt", "# chipsieve: {said}\nflash-attn>=2.5\n"),
        ("README.md", "We trained on 8 H100 GPUs. <!-- chipsieve: {said} -->\n"),
        ("README.md", "<!-- chipsieve: {said} -->\nWe trained on 8 H100 GPUs.\n"),
        ("a.ipynb", NOTEBOOK),
    ],
)
def test_every_language_has_its_comment(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text.replace("{said}", "said nothing"), encoding="utf-8")
    found = {item.signal for item in scan(tmp_path, scope="tree", workers=1).findings}
    assert found
    said = f"ignore[{', '.join(sorted(found))}] known: no chip's proof"
    (tmp_path / name).write_text(text.replace("{said}", said), encoding="utf-8")
    verdict = scan(tmp_path, scope="tree", workers=1)
    assert verdict.findings == ()
    assert {one.finding.signal for one in verdict.ignored} == found
    assert {one.reason for one in verdict.ignored} == {"known: no chip's proof"}
    assert notices(verdict) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("chipsieve: ignore[a] b", "python"),
        ("x = 1 #chipsieveignore[a]", "python"),
        ("a#chipsieve: ignore[a] b", "shell"),
        ("# see chipsieve: ignore[a]", "python"),
        ("# chipsieve: ignore[a] b", "json"),
        ('{"a": "https://chipsieve: ignore[a]"}', "json"),
        ("# chipsieve: ignore[a] b", "prose"),
        ("// chipsieve: ignore[a] b", "python"),
        ("# Chipsieve: ignore[a] b", "python"),
    ],
)
def test_what_is_no_comment_to_us_is_passed_over(text: str, language: str) -> None:
    assert comments(text, language) == ()


def test_a_comment_alone_speaks_of_the_next_line_and_no_other() -> None:
    text = "# chipsieve: ignore[a] b\n\nx\ny # chipsieve: ignore[c, d]\r\n## chipsieve: ignore[e]: f\nz \\\n  u\nv"
    found = [(one.line, one.first, one.last, one.signals, one.reason) for one in comments(text, "shell")]
    assert found == [(1, 2, 2, ("a",), "b"), (4, 4, 4, ("c", "d"), ""), (5, 6, 7, ("e",), "f")]


@pytest.mark.parametrize(
    ("said", "left_out", "notice"),
    [
        ("ignore[bf16-training]", True, "comment ignores findings without a reason; write one after the bracket"),
        ("ignore", False, "comment not understood; write ignore[signal] and a reason after 'chipsieve:'"),
        ("ignore[] why", False, "comment not understood; write ignore[signal] and a reason after 'chipsieve:'"),
        ("disable[bf16-training] why", False, "comment not understood; write ignore[signal]"),
        ("ignore[bf16-trainin] why", False, "no signal; did you mean 'bf16-training'?"),
        ("ignore[zzzzzz] why", False, "no signal; `chipsieve signals` lists them"),
        ("ignore[fp8-training] why", False, "comment ignores 'fp8-training', which was not found there; take it out"),
    ],
)
def test_a_faulty_comment_is_reported(tmp_path: Path, said: str, notice: str, *, left_out: bool) -> None:
    verdict = scan(trained(tmp_path, f"--bf16  # chipsieve: {said}"), workers=1)
    assert ("bf16-training" not in signals(verdict)) == left_out
    assert len(notices(verdict)) == 1
    assert notice in notices(verdict)[0]
    assert [(gap.path, gap.line) for gap in verdict.gaps] == [("train.sh", 1)]


def test_an_unused_comment_for_a_disabled_signal_is_no_fault(tmp_path: Path) -> None:
    folder = trained(tmp_path, f"--bf16  # chipsieve: {BF16}")
    verdict = scan(folder, config=Config(where="chipsieve.toml", disable=("bf16-training",)), workers=1)
    assert notices(verdict) == ["1 finding left out, for signal 'bf16-training' is disabled here"]
    assert verdict.ignored == ()


def test_every_report_tells(tmp_path: Path) -> None:
    trained(tmp_path, f"--bf16  # chipsieve: {BF16}")
    for flag, said in (((), "Ignored by comments"), (("--no-ignore",), "Counted although a comment ignores them")):
        for form in ("text", "markdown", "html"):
            report = (
                CliRunner()
                .invoke(main, ["scan", "-v", "--workers", "1", "--format", form, *flag, str(tmp_path)])
                .stdout
            )
            assert said in report
            assert WHY in report


def records(tmp_path: Path, *flags: str) -> dict[str, Any]:
    result = CliRunner().invoke(main, ["scan", "--workers", "1", *flags, str(tmp_path)])
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_json_lists_them(tmp_path: Path) -> None:
    trained(tmp_path, f"--bf16  # chipsieve: {BF16}")
    found = {"signal": "bf16-training", "path": "train.sh", "line": 1, "reason": WHY}
    assert records(tmp_path, "--format", "json")["ignored"] == [{**found, "overridden": False}]
    document = records(tmp_path, "--format", "json", "--no-ignore")
    assert document["ignored"] == [{**found, "overridden": True}]
    Draft202012Validator(SCHEMA).validate(document)


def test_sarif_leaves_them_out_unless_they_are_counted(tmp_path: Path) -> None:
    trained(tmp_path, f"--bf16  # chipsieve: {BF16}")

    def rules(*flags: str) -> set[str]:
        run = records(tmp_path, "--format", "sarif", "--sarif-level", "all", *flags)["runs"][0]
        return {result["ruleId"] for result in run["results"]}

    assert "bf16-training" not in rules()
    assert "bf16-training" in rules("--no-ignore")


def test_a_notice_in_sarif_does_not_say_that_a_file_was_not_read(tmp_path: Path) -> None:
    trained(tmp_path, "--bf16  # chipsieve: ignore")
    run = records(tmp_path, "--format", "sarif")["runs"][0]
    notice = run["invocations"][0]["toolExecutionNotifications"][0]
    assert notice["descriptor"]["id"] == "notice"
    assert notice["message"]["text"].startswith("'train.sh': comment not understood")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_hostile_reason_does_not_act(form: str) -> None:
    bad = verdicts.finding("bf16-training", "a\x1b[31m.sh", 1)
    ignored = Ignored(bad, "\x1b]0;owned\x07<img src=x>\n::error::", "a\x1b[31m.sh:1")
    text = render(verdicts.verdict(ignored=(ignored, ignored)), form)
    assert "\x1b" not in text
    assert "<img" not in text.replace("\\<img", "") or form in ("json", "jsonl", "text")
    assert not any(line.startswith("::error") for line in text.splitlines())
    assert text == render(verdicts.verdict(ignored=(ignored,)), form)


@pytest.mark.parametrize(
    "text",
    [
        "# chipsieve: x\n" * 20_000,
        "# chipsieve: ignore[" + "a," * 100_000 + "] b\n",
        "# chipsieve: ignore[a]" + " " * 500_000 + "\n",
        "#" * 500_000 + "chipsiev chipsieve:\n",
        "<!-- chipsieve: " + " " * 500_000 + "\n",
        "<!--" * 100_000 + " chipsieve:\n",
        "# chipsieve: ignore[a] b\n" + "x \\\n" * 100_000,
    ],
    ids=range(7),
)
@pytest.mark.parametrize("language", ["shell", "prose", "json", "notebook"])
def test_a_hostile_file_costs_little(text: str, language: str) -> None:
    started = process_time()
    assert all(len(one.signals) <= NAMES for one in comments(text, language))
    assert process_time() - started < SECONDS


def test_only_some_of_many_faults_are_reported(tmp_path: Path) -> None:
    many = "# chipsieve: ignore[bf16-trainin] a\n" * 1_000
    trained(tmp_path, f"--bf16\n{many}")
    verdict = scan(tmp_path, workers=1)
    assert len(notices(verdict)) == FAULTS + 1
    assert "more comments are at fault; they are not listed" in notices(verdict)


def test_more_comments_than_anybody_writes_leave_nothing_out(tmp_path: Path) -> None:
    aside = "# chipsieve: ignore[apex] old\n" * COMMENTS
    asked = "export NCCL_IB_HCA=mlx5 # chipsieve: ignore[nccl-variables] old\n"
    verdict = scan(trained(tmp_path, "--fp16", more__sh=aside + asked + asked), workers=1)
    crowded = [gap for gap in verdict.gaps if "comments speak to chipsieve" in gap.reason]
    assert [(gap.path, gap.line, gap.notice) for gap in crowded] == [("more.sh", COMMENTS + 1, False)]


def test_comments_that_go_on_share_the_lines_of_which_they_speak() -> None:
    continued = "".join(f"# chipsieve: ignore[apex] line {line} \\\n" for line in range(1, 31))
    found = comments(f"{continued}last\n", "shell")
    assert {one.last for one in found} == {31}
    assert [one.first for one in found[:3]] == [22, 23, 24]
