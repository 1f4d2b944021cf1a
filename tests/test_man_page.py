"""Is the manual page whole, and does `man` take it without a word of complaint?"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from chipsieve import __version__
from chipsieve.cli import main
from command_help import options, walk
from generate_docs import exit_codes
from man_page import man_page

PAGE = Path(__file__).resolve().parents[1] / "docs/man/chipsieve.1"


def plain(page: str) -> str:
    """The text of a page without its marks."""
    return re.sub(r"\\f[BIR]|\\[&:]", "", page).replace(r"\-", "-").replace(r"\(aq", "'").replace(r"\e", "\\")


def test_it_has_every_command_option_and_exit_code() -> None:
    text = plain(PAGE.read_text(encoding="utf-8"))
    missing = []
    for context in walk(main, "chipsieve"):
        below = context.parent is not None
        missing += [context.command_path] * (below and f'.SS "{context.command_path}"\n' not in text)
        missing += [names for names, help_ in options(context) if f"\n{names}\n{help_.replace('`', '')}\n" not in text]
    assert missing == []
    assert exit_codes().keys() == {"0", "1", "2", "3", "4", "70"}
    assert all(f".TP\n{code}\n" in text for code in exit_codes())
    assert f'"chipsieve {__version__}"' in text


def test_options_that_mean_the_same_stand_there_once() -> None:
    text = plain(PAGE.read_text(encoding="utf-8"))
    assert text.count("\n--policy [balanced|paper|strict]\n") == 1
    assert "\n--launch ID\n" not in text.partition("\n.SH OPTIONS\n")[2]  # which `runs-on` means otherwise


def test_what_troff_would_take_for_its_own_is_escaped() -> None:
    @click.group()
    def top() -> None:
        """The top."""

    @top.command()
    @click.option("--path", help="'quoted' and \\back.")
    def one(path: str) -> None:
        """.hidden is a file.

        \b
        Examples:
          .hidden ~/x^2
        """

    page = man_page(top, "1.0", {"0": "Done."}, "A note.")
    assert "\n\\&.hidden is a file.\n" in page
    assert "\n\\&.hidden \\(ti/x\\(ha2\n" in page
    assert "\n\\&\\(aqquoted\\(aq and \\eback.\n" in page


@pytest.mark.parametrize("width", [72, 100])
def test_it_renders_without_a_warning(width: int) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("there is no groff here")
    command = [groff, "-man", "-Tutf8", "-ww", "-P-cbou", f"-rLL={width}n", str(PAGE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "chipsieve check --fail-on excludes:v100 train.py scripts/train.slurm\n" in done.stdout
    assert all(f"\n{heading}\n" in done.stdout for heading in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "FILES"))
