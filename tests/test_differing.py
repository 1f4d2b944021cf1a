"""Do our readers see what other people's see: commands as tree-sitter-bash does, names as ruff and Semgrep do?

`make differ` asks more than the fixtures.
"""

from __future__ import annotations

import textwrap

import pytest

from differing.__main__ import FIXTURES, compared, compared_names_of
from differing.python_names import (
    CHOSEN,
    FOLLOWED,
    INSIDE,
    REPLACED,
    ROOT,
    SEVERAL,
    UNBOUND,
    compared_names,
)
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
    "x ${A%$(first)} ${B^^$(second)}\n",
)


RUN_INSIDE = (
    "A=abc\nB=${A:$(first)}\n",
    'x "${A/$(first)/b}" "${A/b/$(second)}"\n',
    'x "${A:?$(first)}" ${@:$(second)} ${A:0:`third`}\n',
    "x ${A[$(first)]} ${#A[$(second)]} ${A:-${B:$(third)}}\n",
    "declare -A m=([$(first)]=b)\n",
    "for ((i=$(first); i<$(second); i++)); do x; done\n",
)


@pytest.mark.parametrize("text", RUN_INSIDE)
def test_what_runs_inside_of_an_expansion_is_seen_by_both(text: str) -> None:
    result = differences(text)
    assert result is not None
    assert result[1] == []


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


def python_names(code: str) -> list[tuple[int, str, str, str]]:
    found = compared_names({"train.py": textwrap.dedent(code)}, semgrep=False)
    return [(one.line, one.by, one.name, one.why) for one in found.differences]


def test_ruff_sees_the_names_of_the_fixtures_as_our_reader_does() -> None:
    found = compared_names_of(FIXTURES, semgrep=False)
    assert found.unexplained == ()
    assert found.unread <= UNREAD
    assert found.by_ruff > 1600


@pytest.mark.costly
def test_semgrep_sees_the_names_of_the_fixtures_as_our_reader_does() -> None:
    found = compared_names_of(FIXTURES, semgrep=True)
    assert found.unexplained == ()
    assert found.by_semgrep > 1800


def test_names_are_compared_through_every_scope() -> None:
    code = """
        from torch import bfloat16 as wide, float16
        import torch.nn.functional as F
        é = "ü" + str(wide), F.silu
        def own(wide, float16=None):
            return wide, float16
        def other():
            from torch import float32 as wide
            return wide, [float16 for float16 in ()]
        class Held:
            wide = 1
            def get(self):
                return wide, F
    """
    found = compared_names({"train.py": textwrap.dedent(code)}, semgrep=False)
    assert found.stated == found.by_ruff + 1 == 6
    assert [(one.line, one.name, one.why) for one in found.differences] == [(4, "torch.nn.functional", ROOT)]


def test_a_name_that_one_of_them_misses_is_no_explained_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import torch\nuse(torch.bfloat16)\n"
    assert python_names(code) == []
    monkeypatch.setattr("differing.python_names.by_ruff", lambda *_: set())
    assert python_names(code) == [(2, "ours, not ruff", "torch.bfloat16", "")]
    monkeypatch.undo()
    monkeypatch.setattr("differing.python_names.ours", lambda *_: ({}, set()))
    assert python_names(code) == [(2, "ruff, not ours", "torch.bfloat16", "")]


EXPLAINED_NAMES = {
    "from torch import bfloat16\nwide = bfloat16\nuse(wide)": [FOLLOWED],
    "import torch\nuse(getattr(torch, 'bfloat16'))\ntorch.bfloat16": [CHOSEN],
    "try:\n    from torch import a\nexcept ImportError:\n    a = None\nuse(a)": [SEVERAL],
    "import torch\ntry:\n    pass\nexcept torch.Error:\n    pass": [INSIDE["caught"]],
    "import torch\ndef f() -> torch.Tensor:\n    pass": [INSIDE["returned"]],
    "import torch\ntorch.backends.tf32 = True": [INSIDE["assigned"]],
    "import sys\nsys.argv = ['x']\nsys.argv.append('y')": [INSIDE["assigned"], REPLACED],
    "def f():\n    import torch.cuda\ndef g():\n    torch.cuda.go()": [UNBOUND],
}


@pytest.mark.parametrize("code", EXPLAINED_NAMES)
def test_each_difference_of_names_has_its_explanation(code: str) -> None:
    assert sorted({why for *_, why in python_names(code)}) == sorted(EXPLAINED_NAMES[code])
