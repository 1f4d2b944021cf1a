"""Does flake8 say what the Python reader finds, once it is asked to? The real flake8 runs on a written file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from chipsieve.border.marker import Mark, read_mark
from chipsieve.signals import load_signals
from chipsieve_flake8.messages import EFFECTS, STRENGTHS, code, messages

ON = "--enable-extensions=CHS"
Found = tuple[int, str]
LINE = re.compile(r"(?P<path>.+?):(?P<row>\d+):(?P<column>\d+): (?P<code>[A-Z]+\d+) (?P<text>.+)")
TEXT = """\
import os
import torch as t
import torch_npu
import torch_npux
from transformers import TrainingArguments

# torch.bfloat16
TEXT = "torch.bfloat16"
TrainingArguments(tf32=True)
TrainingArguments(tf32=False)
wide = t.bfloat16
wide = t.bfloat16  # noqa: CHS103
same = wide == t.bfloat16
half = t.float16
t.utils.checkpoint.checkpoint(half)
os.environ["NCCL_IB_HCA"] = "mlx5_0]%s\\n\\x1b[2J"
# trained on 512 H800 GPUs
"""
EXPECTED = [
    (3, 1, "CHS101", Mark(("ascend-runtime",), "import", "torch_npu")),
    (9, 1, "CHS402", Mark(("hf-training-arguments",), "call", "")),
    (9, 1, "CHS402", Mark(("hf-training-arguments",), "name", "transformers.TrainingArguments")),
    (9, 19, "CHS102", Mark(("tf32-training",), "call", "true")),
    (10, 1, "CHS402", Mark(("hf-training-arguments",), "call", "")),
    (10, 1, "CHS402", Mark(("hf-training-arguments",), "name", "transformers.TrainingArguments")),
    (11, 8, "CHS103", Mark(("bf16-tensor",), "name", "torch.bfloat16")),
    (15, 1, "CHS402", Mark(("activation-checkpointing",), "call", "")),
    (16, 12, "CHS103", Mark(("nccl-variables",), "env", "mlx5_0]%s \\x1b[2J")),
    (16, 12, "CHS502", Mark(("site-rdma-adapter",), "env", "mlx5")),
    (17, 18, "CHS303", Mark(("named-in-prose",), "claim", "H800", by="comment")),
]


def flake8(*arguments: str, text: str = "") -> list[tuple[str, int, int, str, Mark | None]]:
    """Path, row, column, code and marker of every line that flake8 prints."""
    command = [sys.executable, "-m", "flake8", "--isolated", *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", bool(done.stdout))
    found = [LINE.fullmatch(line) for line in done.stdout.splitlines()]
    assert all(found), "a message takes more than one line"
    return [
        (one["path"], int(one["row"]), int(one["column"]), one["code"], read_mark(one["text"])) for one in found if one
    ]


@pytest.mark.slow
@pytest.mark.parametrize("given", ["file", "stdin"])
def test_lines_codes_and_markers(given: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(TEXT, encoding="utf-8")
    found = flake8(ON, "--select=CHS", str(path) if given == "file" else "-", text=TEXT)
    assert {path for path, *_ in found} == {str(path) if given == "file" else "stdin"}
    assert [tuple(rest) for _, *rest in found] == EXPECTED


def test_it_is_off_until_asked_for() -> None:
    assert {found[3] for found in flake8("--extend-select=CHS", "-", text=TEXT)} == {"F401"}


@pytest.mark.slow
def test_codes_are_selected_by_effect_and_strength() -> None:
    assert {found[3] for found in flake8(ON, "--select=CHS1", "-", text=TEXT)} == {"CHS101", "CHS102", "CHS103"}
    assert {found[3] for found in flake8(ON, "--select=CHS", "--extend-ignore=CHS4,CHS103", "-", text=TEXT)} == {
        "CHS101", "CHS102", "CHS303", "CHS502",
    }  # fmt: skip


BAD: dict[str, tuple[bytes, list[Found]]] = {
    "empty.py": (b"", []),
    "no_line_end.py": (b"import torch_npu", [(1, "CHS101")]),
    "bom.py": (b"\xef\xbb\xbfx = 1\r\nimport torch_npu\r\n", [(2, "CHS101")]),
    "latin.py": (b"# caf\xe9\nimport torch_npu\n", [(2, "CHS101")]),
    "python2.py": (b"print 'x'\nimport torch_npu\n", [(1, "E999")]),  # flake8 asks no plugin
    "nul.py": (b"x = '\0'\n", [(1, "E999")]),
    "cut.py": (b"def f(:\n", [(1, "E999")]),
    "deep.py": (b"x = " + b"-" * 300 + b"1\nimport torch_npu\n", [(2, "CHS101")]),
}


@pytest.mark.slow
def test_bad_input_ends_no_run(tmp_path: Path) -> None:
    for name, (content, _) in BAD.items():
        (tmp_path / name).write_bytes(content)
    found: dict[str, list[Found]] = {name: [] for name in BAD}
    for path, row, _, said, _ in flake8(ON, "--select=CHS,E9", str(tmp_path)):
        found[Path(path).name].append((row, said))
    assert found == {name: expected for name, (_, expected) in BAD.items()}


def test_what_the_reader_cannot_read_is_a_message() -> None:
    deep = "x = " + "-" * 20_000 + "1\n"
    (only,) = messages("deep.py", deep)
    assert (only[1], only[2][:7]) == (0, "CHS901 ")


def test_one_code_for_each_effect_and_strength() -> None:
    assert {signal.effect for signal in load_signals().values()} == set(EFFECTS)
    assert {signal.strength for signal in load_signals().values()} == set(STRENGTHS)
    page = (Path(__file__).parents[1] / "docs/linters.md").read_text(encoding="utf-8")
    assert [one for one in map(code, load_signals().values()) if not _explained_on(page, one)] == []


def _explained_on(page: str, one: str) -> bool:
    return f"| `CHS{one[3]}xx` |" in page and f"| `CHSx0{one[5]}` |" in page
