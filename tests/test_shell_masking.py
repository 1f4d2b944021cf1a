"""Is a script masked at the same length, and does the engine then see its structure?"""

from __future__ import annotations

import bashlex
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve_shell.syntax.masking import mask

GOLDEN = {
    "arithmetic expansion": ("a $((1 + 2)) b", "a '%%%%%%%%' b"),
    "old arithmetic expansion": ("a $[1+2] b", "a '%%%%' b"),
    "arithmetic in quotes": ('a "x$((1))y"', 'a "%%%%%%%%"'),
    "arithmetic command": ("(( a > 1 )) && b", "'%%%%%%%%%' && b"),
    "test": ("[[ a == b* ]] && c", "'%%%%%%%%%%%' && c"),
    "test over lines": ("[[ a &&\n b ]]; c", "'%%%%%%\n%%%%'; c"),
    "counting loop": ("for ((i=0;i<3;i++)); do a; done", "for A in           ; do a; done"),
    "counting loop without a semicolon": ("for ((i=0;i<3;i++)) do a; done", "for A in;           do a; done"),
    "counting loop without a blank": ("for((i=0;i<3;i++)); do a; done", "for A in          ; do a; done"),
    "array": ("a=(x y)\nb", "a='%%%'\nb"),
    "array over lines": ("a=(x # r)\n y)\nb", "a='%%%%%%\n%%'\nb"),
    "appended array": ("a+=(x) b", "a+='%' b"),
    "keyed array": ("declare -A m=([k]=v)", "declare -A m='%%%%%'"),
    "array item": ("a[0]=1 b", "aAAA=1 b"),
    "case": ("case $x in\na) b;;\nesac\nc", "'%%%%%%%%%\n%%%%%%\n%%%'\nc"),
    "continued case": ("case $x in \\\r\n a) b;; \\\r\n esac\r\nc", "'%%%%%%%%%%%%\n%%%%%%%%%%\n%%%%' \nc"),
    "quoted here-document": ("a <<'E' | b\nit's\nE\nc", "a < %%% | b\n    \n \nc"),
    "here-document": ("a <<E\n$(x\nE\nc", "a < %\n   \n \nc"),
    "indented here-document": ("a <<-E\n\tb\n\tE\nc", "a <  %\n  \n  \nc"),
    "select": ("select x in a; do b; done", "for    x in a; do b; done"),
    "time": ("time -p a", "        a"),
    "coprocess": ("coproc W { a; }", "         { a; }"),
    "ANSI string": ("a $'b\\'c' d", "a '%%%%%' d"),
    "translated string": ('a $"b" d', "a '%%' d"),
    "carriage return": ("a\r\nb \\\r\nc", "a \nb  \\\nc"),
    "byte order mark": ("\ufeffa", " a"),
    "comment": ("a # b's\nc#d", "a      \nc#d"),
    "substitution": ("a $(b 'c)' # )\n) d", "a '%%%%%%%%%%%\n' d"),
    "backticks": ("a `b \\`c\\`` d", "a '%%%%%%%' d"),
    "process substitution": ("a < <(b)", "a < '%%'"),
    "quotes": ("a 'if' \"b;c\"", "a '%%' \"%%%\""),
    "parameter": ("$a ${b:-'x y'}", "%% '%%%%%%%%%'"),
    "escape": ("a\\;b", "a%%b"),
    "extended glob": ("rm !(a|b)", "rm '%%%%'"),
    "continuation into nothing": ("a \\\n --b \\\n", "a \\\n --b  \n"),
    "placeholder": ("a --b <PATH>\nc", "a --b %%%%%%\nc"),
}


@pytest.mark.parametrize(("text", "masked"), GOLDEN.values(), ids=GOLDEN.keys())
def test_masked_construct(text: str, masked: str) -> None:
    assert mask(text).text == masked
    assert len(masked) == len(text)
    bashlex.parse(mask(text).text)


def test_what_was_masked_is_kept() -> None:
    text = "case $x in a|b) c;; *) d;& esac; [[ -f y ]]; ((1)); cat <<'E'\nbody\nE\n"
    masked = mask(text)
    kinds = {opaque.kind: text[slice(*opaque.extent)] for opaque in masked.opaque.values()}
    assert kinds == {"case": "case $x in a|b) c;; *) d;& esac", "test": "[[ -f y ]]", "arithmetic": "((1))"}
    case = next(opaque for opaque in masked.opaque.values() if opaque.kind == "case")
    assert text[slice(*case.subject)] == "$x"
    assert [[text[slice(*pattern)] for pattern in arm.patterns] for arm in case.arms] == [["a", "b"], ["*"]]
    assert [text[slice(*arm.body)].strip() for arm in case.arms] == ["c", "d"]
    assert [arm.falls for arm in case.arms] == [False, True]
    (heredoc,) = masked.heredocs.values()
    assert heredoc.quoted
    assert text[slice(*heredoc.body)] == "body\n"


@pytest.mark.parametrize("text", ["x=1 # (", "echo a#b", "a=$#", "echo \\# a", "${#a}", "echo '#'"])
def test_only_a_comment_is_a_comment(text: str) -> None:
    assert [text[start:end] for start, end in mask(text).comments] == (["# ("] if text.startswith("x") else [])


SHELL = st.lists(
    st.sampled_from(
        [
            "if ",
            "then\n",
            "fi\n",
            "case x in ",
            "a) ",
            ";;",
            "esac\n",
            "(",
            ")",
            "((",
            "))",
            "[[ ",
            " ]]",
            "$(",
            "${",
            "}",
            "'",
            '"',
            "`",
            "\\",
            "\n",
            "\r\n",
            " ",
            "A=(",
            "<<E\n",
            "E\n",
            "<<'E'\n",
            "for ((",
            "#",
            "word ",
            "é",
            "\ufeff",
            "$",
        ]
    ),
    max_size=40,
).map("".join)


@given(st.one_of(st.text(max_size=80), SHELL))
def test_masking_keeps_length_and_lines(text: str) -> None:
    masked = mask(text).text
    assert len(masked) == len(text)
    assert newlines(masked) == newlines(text)


def newlines(text: str) -> list[int]:
    return [at for at, char in enumerate(text) if char == "\n"]
