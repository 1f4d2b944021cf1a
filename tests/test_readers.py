"""Does a plugin's fault cost its files alone, and is it named? And the program: does it start however it is called?"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chipsieve import __version__, scan
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.match.table import default_table
from chipsieve.sources import readers as room
from chipsieve.sources.plugins import Plugin
from chipsieve.sources.readers import Readers, read_source, readers
from small_trees import RUN, TRAIN, write

FAULTS = {
    "import no_such_module": "ModuleNotFoundError: No module named 'no_such_module'",
    "def": "SyntaxError: invalid syntax (broken_reader.py, line 1)",
    "LANGUAGE = ['cobol']": "AttributeError: module 'broken_reader' has no attribute 'LANGUAGES'",
    "raise ValueError('not today')": "ValueError: not today",
}


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """Readers are looked up in this test and after it, not taken from another one."""
    readers.cache_clear()
    yield
    readers.cache_clear()


@pytest.mark.parametrize("text", FAULTS)
def test_a_plugin_that_cannot_be_loaded_is_named_with_the_reason(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_reader.py").write_text(f"{text}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_reader", raising=False)
    points = [Plugin("broken", "broken_reader"), Plugin("python", "chipsieve_python")]
    monkeypatch.setattr("chipsieve.sources.plugins.installed", lambda: points)
    verdict = scan(write(tmp_path / "tree", {"run.sh": RUN, "train.py": TRAIN}), workers=1)
    (gap,) = verdict.gaps
    assert gap.path == "run.sh"
    assert gap.reason == (
        "no reader for shell is installed; "
        f"plugin 'broken' (broken_reader) cannot be loaded: {FAULTS[text]}"
    )  # fmt: skip
    assert verdict.coverage.read == 1, "the other reader reads its files"


class Endless:
    """A reader that does not come to an end."""

    LANGUAGES: Sequence[str] = ("shell",)

    def read(self, source: Source, vocabulary: Vocabulary) -> Reading:
        """Nothing, ever."""
        while source.text:
            del vocabulary
            vocabulary = default_table().vocabulary
        raise AssertionError


@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="this platform has no alarms")
def test_a_file_that_takes_too_long_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SECONDS_PER_FILE", 1)
    monkeypatch.setattr(room, "readers", lambda: Readers({"shell": Endless()}, ()))
    (reading,) = read_source(Source("run.sh", "shell", "true\n"), default_table().vocabulary)
    assert [gap.reason for gap in reading.gaps] == ["reading took over 1 s and was stopped"]


def test_the_package_can_be_run() -> None:
    command = [sys.executable, "-m", "chipsieve", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"chipsieve {__version__}\n"
