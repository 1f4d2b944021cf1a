"""What becomes of a report that standard output does not take?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from small_trees import write

TREE = {"run.sh": "torchrun train.py --bf16\n", "train.py": "print('x')  # 训练 \U0001f600\n"}


def scan(folder: Path, *options: str, to: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a scan in a shell that sends its output somewhere."""
    command = f'"{sys.executable}" -m chipsieve scan . --no-cache --workers 1 {" ".join(options)} {to}'
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "said"),
    [
        (">&-", "standard output is closed"),
        (">/dev/full", "standard output cannot be written: No space left on device"),
    ],
)
def test_output_that_takes_nothing_is_said(tmp_path: Path, to: str, said: str) -> None:
    done = scan(write(tmp_path, TREE), to=to)
    assert (done.returncode, said in done.stderr, "Exception" in done.stderr) == (2, True, False)


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_fault(tmp_path: Path) -> None:
    assert scan(write(tmp_path, TREE), to="| true").stderr == ""


@pytest.mark.slow
def test_what_an_encoding_lacks_is_written_out(tmp_path: Path) -> None:
    folder = write(tmp_path, {**TREE, "名\U0001f600.sh": "torchrun train.py\n"})
    done = scan(folder, "--format", "json", to="", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "名\U0001f600.sh:1" in [launch["id"] for launch in json.loads(done.stdout)["launches"]]
