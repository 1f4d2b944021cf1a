"""The first screen: the sentence, the lines that matter, colours and columns, and how the rest is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import verdicts
from chipsieve.cli import main
from chipsieve.cli.screen import coloured
from chipsieve.report import render
from small_trees import write

TREE = {
    "run.sh": "torchrun --nproc_per_node 8 train.py --bf16 True\n",
    "train.py": "from transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments()).train()\n",
    "README.md": "We trained on 8 H100 GPUs.\n",
}


def shown(tree: Path, *options: str) -> str:
    """What `chipsieve scan` prints of a tree."""
    return CliRunner().invoke(main, ["scan", str(tree), "--no-cache", "--workers", "1", *options]).stdout


def test_the_first_screen_is_the_sentence_and_a_dozen_lines(tmp_path: Path) -> None:
    text = shown(write(tmp_path, TREE))
    sentence, _, rest = text.partition("\n\n")
    assert " ".join(sentence.split()).startswith(f"{tmp_path.name}: the launch to look at first is run.sh:1 (training)")
    heads = [line.split("  ")[0] for line in rest.splitlines()]
    assert [head for head in heads if head][:3] == ["trained on", "needs", "named"]
    assert len(rest.splitlines()) <= 14
    assert rest.splitlines()[-1] == "-v shows all of it; -q the first paragraph alone."


def test_quiet_is_the_sentence_and_verbose_the_whole(tmp_path: Path) -> None:
    write(tmp_path, TREE)
    quiet, brief, whole, all_ = (shown(tmp_path, *options) for options in (("-q",), (), ("-v",), ("-vv",)))
    assert brief.startswith(quiet)
    assert "before → after   step" not in brief
    assert "before → after   step" in whole
    assert len(all_) >= len(whole) > len(brief) > len(quiet)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    text = render(verdicts.verdict(), "text", width=width, detail="digest")
    assert max(map(len, text.splitlines())) <= width


def test_nothing_known_is_said(tmp_path: Path) -> None:
    text = shown(write(tmp_path, {"a.py": "x = 1\n"}))
    assert "no launch was found, so nothing is known" in text or "accelerators remain for a.py" in text


@pytest.mark.parametrize(
    ("choice", "environment", "answer"),
    [
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "0"}, False),
        ("auto", {}, False),
    ],
)
def test_colours_follow_the_option_then_the_environment(
    choice: str, environment: dict[str, str], answer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert coloured(choice) is answer


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("x.html", "<!DOCTYPE html>"),
        ("x.JSON", "{"),
        ("x.md", "#"),
        ("x.sarif", "{"),
        ("x.csv", "id,name,vendor"),
        ("x.txt", "chipsieve: "),
    ],
)
def test_the_format_follows_the_name_of_the_output(tmp_path: Path, name: str, start: str) -> None:
    tree = write(tmp_path / "tree", TREE)
    shown(tree, "-v", "--output", str(tmp_path / name))
    assert (tmp_path / name).read_text(encoding="utf-8").lower().startswith(start.lower())


def test_a_report_that_cannot_be_written_is_refused_before_the_scan(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", TREE)
    for where in (tmp_path / "nowhere" / "x.json", tmp_path / "tree" / "run.sh" / "x.json"):
        for options in (("--output", str(where)), ("--also", f"json={where}")):
            refused = CliRunner().invoke(main, ["scan", str(tree), *options])
            assert refused.exit_code == 2
            assert "to write to" in refused.stderr


def test_a_condition_that_is_met_names_its_line(tmp_path: Path) -> None:
    tree = write(tmp_path, TREE)
    met = CliRunner().invoke(main, ["scan", str(tree), "--no-cache", "--fail-on", "names:h100"])
    assert met.exit_code == 1
    line = "README.md:1:17: named-in-prose: Chip's name in prose or a comment (H100) [fail-on names:h100]"
    assert met.stderr == f"chipsieve: {line}\n"
