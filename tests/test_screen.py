"""What does a terminal get? Lines that fit it, colours as it asks for them, and a bar that names the phase and goes."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from chipsieve.api import scan, sieve
from chipsieve.cli import listing, main, screen
from chipsieve.progress import Phase
from small_trees import write

TREE = {
    "run.sh": "export NCCL_DEBUG=INFO\ntorchrun --nproc_per_node 8 train.py --bf16 True --output_dir somewhere/far\n",
    "other.sh": "torchrun train.py --fp16 True\n",
    "train.py": "import torch\nfrom transformers import Trainer, TrainingArguments\n"
    "Trainer(args=TrainingArguments()).train()\nif torch.cuda.is_available():\n    import flash_attn\n",
    "README.md": "We trained on 8 H100 GPUs, and it was tested on V100, A100 and MI250X in one of several clusters.\n",
    "picture.png": "",
}
SIEVED = ["scan", ".", "--format", "sarif", "--sarif-level", "all", "--output", "results.sarif"]
ESCAPE = re.compile(r"\x1b\[\d*m")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree as working directory."""
    monkeypatch.chdir(write(tmp_path, TREE))
    return tmp_path


@pytest.mark.parametrize("width", [40, 64, 80, 100, 140, 200])
@pytest.mark.parametrize(
    "arguments",
    [
        ["scan"], ["scan", "-q"], ["scan", "-v"], ["scan", "-vv"], ["explain", "v100", "."],
        ["explain", "-v", "amd", "."], ["explain", "run.sh:2", "."], ["runs-on", "v100,amd,h100", "."],
        ["runs-on", "-v", "tpu", "."],
        ["diff", "other.sh", "."], ["accelerators"], ["accelerators", "h20"], ["accelerators", "--facts"], ["signals"],
        ["signals", "bf16-training"], ["sieve", "results.sarif", "-v"],
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.usefixtures("tree")
def test_no_line_is_wider_than_the_terminal(
    arguments: Sequence[str], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But where one word, a line of code or a table's first column is wider by itself."""
    if arguments[0] == "sieve":
        CliRunner().invoke(
            main, ["scan", ".", "--format", "sarif", "--sarif-level", "all", "--output", "results.sarif"]
        )
    monkeypatch.setattr(screen, "table_columns", lambda: width)
    monkeypatch.setattr(listing, "table_columns", lambda: width)
    if arguments[0] == "scan":
        arguments = [*arguments, "."]
    shown = CliRunner().invoke(main, [*arguments])
    assert shown.exit_code in (0, 1), shown.output
    wide = [line for line in shown.stdout.splitlines() if len(line) > width and not _whole(line, arguments)]
    assert wide == []
    if arguments[0] == "scan":
        assert max(map(len, shown.stdout.splitlines())) > width * 0.8, "the width is used"


def _whole(line: str, arguments: Sequence[str]) -> bool:
    """Whether a line cannot be broken: a word, perhaps behind its head, or a line of code on a page."""
    code = arguments[0] in ("signals", "accelerators") and line.startswith("    ")
    return code or len(line.rsplit("  ", maxsplit=1)[-1].split()) == 1


def _on_a_terminal(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, str]:
    """What a command writes to a terminal: on standard output, and on standard error."""
    plain = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    ends = [pty.openpty(), pty.openpty()]
    done = subprocess.Popen(
        [sys.executable, "-m", "chipsieve", *arguments],
        stdout=ends[0][1], stderr=ends[1][1], env={**plain, "TERM": "xterm", "COLUMNS": "80", **environment},
    )  # fmt: skip
    for _, inner in ends:
        os.close(inner)
    shown = [_all(outer) for outer, _ in ends]
    assert done.wait() == 0
    return shown[0], shown[1]


def _all(outer: int) -> str:
    pieces = []
    while piece := _piece(outer):
        pieces.append(piece)
    os.close(outer)
    return b"".join(pieces).decode()


def _piece(outer: int) -> bytes:
    try:
        return os.read(outer, 65536)
    except OSError:  # how Linux says that nobody writes any more
        return b""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "options", "colours"),
    [
        ({}, [], True),
        ({"NO_COLOR": "1"}, [], False),
        ({"TERM": "dumb"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({}, ["--color", "never"], False),
    ],
)
@pytest.mark.parametrize("command", [["scan"], ["explain", "v100"], ["runs-on", "v100,h100"], ["diff", "other.sh"]])
@pytest.mark.usefixtures("tree")
def test_a_terminal_has_colours_as_it_asks_for_them(
    command: Sequence[str], environment: Mapping[str, str], options: Sequence[str], *, colours: bool
) -> None:
    failing = [] if command[0] != "runs-on" else ["--launch", "other.sh:1"]
    shown, _ = _on_a_terminal([*command, ".", *options, *failing, "--no-progress"], environment)
    assert bool(ESCAPE.search(shown)) is colours
    assert max(len(ESCAPE.sub("", line)) for line in shown.splitlines()) <= 80


@pytest.mark.usefixtures("tree")
def test_colours_can_be_forced_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for command in (["scan", "."], ["explain", "v100", "."], ["runs-on", "v100", "."], ["diff", "other.sh", "."]):
        assert "\x1b[" in CliRunner().invoke(main, command, color=True).stdout
        assert "\x1b[" not in CliRunner().invoke(main, [*command, "--color", "never"], color=True).stdout


@pytest.mark.slow
@pytest.mark.usefixtures("tree")
def test_the_bar_names_each_phase_and_is_wiped_out() -> None:
    _, bar = _on_a_terminal(["scan", ".", "--no-cache"], {})
    drawn = [line.split()[0] for line in bar.split("\r\x1b[K") if line]
    assert list(dict.fromkeys(drawn)) == ["reading", "linking", "matching", "judging"]
    assert bar.endswith("\r\x1b[K")
    assert "\n" not in bar
    for environment in ({"TERM": "dumb"}, {}):
        quiet = [] if environment else ["--no-progress"]
        assert _on_a_terminal(["scan", ".", *quiet], environment)[1] == ""


def test_each_phase_counts_what_it_does_to_the_end(tree: Path) -> None:
    seen: list[tuple[Phase, int, int]] = []
    verdict = scan(tree, workers=1, progress=lambda *step: seen.append(step))
    assert list(dict.fromkeys(phase for phase, _, _ in seen)) == ["reading", "linking", "matching", "judging"]
    totals = {phase: (done, total) for phase, done, total in seen}
    launches = len(verdict.launches)
    assert totals == {
        "reading": (4, 4),
        "linking": (launches, launches),
        "matching": (launches, launches),
        "judging": (launches, launches),
    }
    for (one, before, _), (other, after, _) in pairwise(seen):
        assert one != other or after >= before
    assert scan(tree, workers=1) == verdict


def test_a_whole_tree_is_judged_without_linking(tree: Path) -> None:
    seen: list[Phase] = []
    scan(tree, scope="tree", workers=1, progress=lambda phase, *_: seen.append(phase))
    assert list(dict.fromkeys(seen)) == ["reading", "judging"]


def test_a_sieve_shows_the_same_phases(tree: Path) -> None:
    CliRunner().invoke(main, SIEVED)
    seen: list[Phase] = []
    sieve(["results.sarif"], tree, workers=1, progress=lambda phase, *_: seen.append(phase))
    assert list(dict.fromkeys(seen)) == ["reading", "linking", "matching", "judging"]
