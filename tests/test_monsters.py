"""Are programs read that nobody would write, and Python and bash take? Neither runs any of them: they only parse."""

from __future__ import annotations

import ast
import shutil
import subprocess
import warnings

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings

from chipsieve.facts.reading import Reading, Source
from chipsieve.match.table import default_table
from chipsieve.sources.readers import read_source, readers
from fuzz.reading_laws import check_readings
from monsters import python_programs, shell_programs

BASH = shutil.which("bash") or ""
UNREADABLE = ("cannot read this", "never closed", "cannot be read", "not readable as", "nested too deeply", "syntax")
RARE = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def read(language: str, text: str) -> Reading:
    """What a reader says of a program, which is held to the laws of all readings."""
    source = Source(f"a/file.{'py' if language == 'python' else 'sh'}", language, text)
    alone = readers().by_language[language].read(source, default_table().vocabulary)
    check_readings(text, read_source(source, default_table().vocabulary))
    return alone


def unread(reading: Reading) -> list[str]:
    """The gaps that say a part could not be parsed."""
    return [gap.reason for gap in reading.gaps if any(words in gap.reason for words in UNREADABLE)]


@RARE
@given(python_programs())
def test_what_python_parses_is_read(text: str) -> None:
    reading = read("python", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, RecursionError):
        reject()
    assert unread(reading) == []


@pytest.mark.skipif(not BASH, reason="asks bash whether it would parse a script")
@RARE
@given(shell_programs())
def test_what_bash_parses_is_read(text: str) -> None:
    reading = read("shell", text)
    asked = [BASH, "-O", "extglob", "-n"]
    done = subprocess.run(asked, input=text, capture_output=True, text=True, check=False)
    assume(done.returncode == 0 and not done.stderr)
    assert unread(reading) == []
