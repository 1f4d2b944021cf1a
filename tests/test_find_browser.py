"""Is a browser found, or installed by apt where that may be, and is it said how to get one elsewhere?"""

from __future__ import annotations

from pathlib import Path

import pytest

from find_browser import Unavailable, browser, installed, main

STARTS = "#!/bin/sh\necho Chromium 1.0\n"
STUB = "#!/bin/sh\necho 'requires the chromium snap' >&2; exit 1\n"
# Stands for apt: it notes what it is asked to do, and puts a browser where programs are.
APT = """#!/bin/sh
echo "$*" >>"{log}"
[ "$1" = update ] || {{ printf '#!/bin/sh\\n{what}\\n' >"{place}"; /bin/chmod +x "{place}"; }}
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, for a root who has no browser."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return folder


def add(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    (folder / name).chmod(0o755)


def add_apt(folder: Path, *, what: str = "exit 0") -> Path:
    log = folder.parent / "log"
    add(folder, "apt-get", APT.format(log=log, place=folder / "chromium", what=what))
    return log


def test_the_first_that_starts_is_taken(programs: Path) -> None:
    add(programs, "chromium-browser", STUB)
    assert browser() is None
    add(programs, "google-chrome", STARTS)
    assert browser() == str(programs / "google-chrome")
    add(programs, "chromium", STARTS)
    log = add_apt(programs)
    assert installed() == str(programs / "chromium")
    assert not log.exists(), "what is there is not installed again"


def test_apt_installs_one_where_there_is_none(programs: Path) -> None:
    log = add_apt(programs)
    assert installed() == str(programs / "chromium")
    assert log.read_text().splitlines() == [
        "update", "install --yes --no-install-recommends chromium fonts-dejavu-core",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("apt", "user", "said"),
    [
        (None, 0, "no apt to install it with (on Debian: sudo apt install chromium fonts-dejavu-core)"),
        ("exit 0", 1000, "only root may install it (on Debian: sudo apt install chromium"),
        ("exit 1", 0, "it does not start"),
    ],
)
def test_where_none_can_be_had_it_says_how_to_get_one(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], apt: str | None, user: int,
    said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("os.geteuid", lambda: user)
    if apt:
        add_apt(programs, what=apt)
    assert main([]) == 0
    assert main(["--required"]) == 1
    assert said in capsys.readouterr().err
    monkeypatch.setenv("CI", "true")
    assert main([]) == 1


def test_what_apt_says_is_passed_on(programs: Path) -> None:
    add(programs, "apt-get", "#!/bin/sh\necho 'E: no network' >&2; exit 100\n")
    with pytest.raises(Unavailable, match="apt-get update failed: E: no network"):
        installed()
