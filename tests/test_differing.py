"""Does the shell reader see every command of the fixtures that tree-sitter-bash sees? `make differ` asks more."""

from __future__ import annotations

import pytest

from differing.__main__ import FIXTURES, compared
from differing.shell_commands import ALLOWED, differences

UNREAD = 5  # fixtures that tree-sitter-bash cannot read: broken ones, and one of bash beyond it


def test_every_command_of_the_fixtures_is_seen_by_both() -> None:
    found = compared(FIXTURES)
    assert found.unexplained == ()
    assert found.unread <= UNREAD
    assert found.both > 2000


EXPLAINED = (
    'save=$A/b_$C/\nmkdir -p "$save"\n',
    'N="${N:-$((LENGTH * 32))}"\n',
    'if [ -n "${A:-}" ]; then\n  :\nelif [ -t 1 ] || [ -n "${B:-}" ]; then\n  c\nfi\n',
    'A="${A%\\\'}"\nB="${B#\\\'}"\n',
)


@pytest.mark.parametrize("text", EXPLAINED)
def test_what_is_explained_is_a_fault_of_the_other(text: str) -> None:
    result = differences(text)
    assert result is None or all(one.why for one in result[1])


def test_a_command_that_we_miss_is_no_explained_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("differing.shell_commands.ours", lambda _: set())
    result = differences("torchrun train.py\nA=1\n")
    assert result is not None
    assert [(one.line, one.by, one.text, one.why) for one in result[1]] == [
        (1, "theirs", "torchrun", ""),
        (2, "theirs", "A=1", ""),
    ]


def test_each_row_says_what_it_explains() -> None:
    assert len({row.says for row in ALLOWED}) == len(ALLOWED)
