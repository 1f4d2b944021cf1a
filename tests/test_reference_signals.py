"""Does a signal's page say all of its signal, in words, with the chips and lines that belong to it?"""

from __future__ import annotations

import pytest

from annotations import FILES, annotated
from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.predicates import admits
from chipsieve.reference.chips_asked import answers_to, chips_in_words
from chipsieve.reference.examples import examples
from chipsieve.reference.paging import Code, Page, Points, Section, as_markdown, as_text, plain
from chipsieve.reference.row_words import WORDS, row_in_words
from chipsieve.reference.signal_pages import ROWS, signal_page
from chipsieve.signals import KINDS, load_signals, read_signal
from chipsieve.signals.signal import Row
from offenders import listed

SIGNAL: dict[str, object] = {
    "title": "a_b* words",
    "question": "Which?",
    "step": "number-format",
    "effect": "requires",
    "strength": "strong",
    "requires": {"vendor": "apple"},
    "presumption": {"vendor": "apple"},
    "why": "Because `--x*` says so.",
    "caveats": ["An emulation exists."],
    "references": ["a/b c.py"],
    "unless": ["bf16-check"],
    "escape": "a way out",
    "match": [
        {"kind": "call", "names": ["a.b", "*.c"], "pattern": "x|y", "keyword": "dtype", "argument": 1},
        {"kind": "literal", "names": ["z"], "pattern": "(?P<value>z)"},
        {"kind": "flag", "names": ["--d"], "pattern": "x|y"},
    ],
}


def test_a_page_says_all_of_its_signal() -> None:
    page = as_markdown(signal_page(read_signal("some-id", SIGNAL)))
    for said in (
        "# some-id\n",
        r"**a_b\* words.** Which?",
        "- step: `number-format` (Which number formats must the chip compute in?)",
        "- a call of `a.b` or of any object's method `.c`, with a text that fits pattern 1 as argument `dtype` or ",
        "- a word of a command, or a string in code, with `z` in it, that fits pattern 2",
        "- the command-line flag `--d`, with a text that fits pattern 1",
        "Not where a launch asserts [bf16-check](bf16-check.md).",
        "Because `--x*` says so.",
        "It asks for chips for which `vendor` is `apple`.",
        "- Admits (1): all of Apple",
        "A careful reader presumes that `vendor` is `apple`",
        "Where it takes effect, it excludes the chips that it refuses, under the policy `balanced`.",
        "- Escape: a way out.\n- An emulation exists.",
        "Pattern 1, searched without case:\n\n```text\nx|y\n```",
        "Pattern 2, searched without case; `value` is what the line says:",
        "## Sources\n\n- a/b c.py\n",
    ):
        assert said in page
    assert "## Lines that match" not in page, "it has no fixture"


def test_a_terminal_gets_the_same_without_marks() -> None:
    text = as_text(signal_page(read_signal("some-id", SIGNAL)))
    assert "a_b* words. Which?" in text
    assert "Not where a launch asserts bf16-check." in text
    assert "    (?P<value>z)\n" in text
    assert "`" not in text


def test_pages_of_all_signals_have_what_they_owe() -> None:
    offenders = [f"{name}: {lack}" for name in load_signals() for lack in _lacks(name)]
    assert not offenders, listed("a page on a signal lacks:", offenders)


def _lacks(name: str) -> list[str]:
    signal = load_signals()[name]
    headings = [section.heading for section in signal_page(signal).sections]
    wanted = ["What it matches", "What it proves", "How firmly", "Sources"]
    wanted += ["About which chips"] if signal.requires else []
    wanted += ["Lines that match", "Lines that do not"] if examples(name) else []
    return [heading for heading in wanted if heading not in headings]


def test_examples_are_lines_that_the_fixtures_mark() -> None:
    offenders = []
    for fixture in map(annotated, FILES):
        lines = fixture.source.text.splitlines()
        matching = {lines[number - 1].strip() for number in {*fixture.readers(), *fixture.semgrep()}}
        silent = {lines[number - 1].strip() for number in fixture.lines["ok"]}
        shown = next(one for one in examples(fixture.signal) if one.language == fixture.source.language)
        if not (shown.matching and shown.silent and {*shown.matching} <= matching and {*shown.silent} <= silent):
            offenders.append(f"{fixture.source.language}/{fixture.signal}")
    assert not offenders, listed("examples are not what the fixture says:", offenders)


def test_chips_are_those_of_the_predicate() -> None:
    catalogue = load_catalogue()
    for predicate in ({"fp8_native": True}, {"target_at_least": "sm_80"}, {"vendor": ["amd", "hygon"]}):
        answers = answers_to(predicate)
        for chip in catalogue.accelerators:
            side = {True: answers.agrees, False: answers.against, None: answers.unknown}[admits(predicate, chip)]
            assert chip.id in side


def test_chips_are_named_by_vendor_and_family() -> None:
    catalogue = load_catalogue()
    apple = {chip.id for chip in catalogue.accelerators if chip.vendor == "apple"}
    h100 = {chip.id for chip in catalogue.accelerators if chip.family == "H100"}
    words = chips_in_words(frozenset({*apple, *h100, "a100-pcie-40gb"}))
    assert words == "NVIDIA A100 in part (a100-pcie-40gb), H100; all of Apple"


def test_every_kind_of_row_has_words() -> None:
    assert set(WORDS) == set(KINDS)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Row("env", ("A", "B_*"), ("1",)), "the environment variable `A` or `B_*`, set to `1`"),
        (Row("flag", ("x",)), "the command-line flag `--x`, with any value that does not switch it off"),
        (
            Row("key", ("a.b",), ("true",), files=("*.json",), beside={"c": "1"}),
            "a configuration's key that ends in `a.b`, set to `true`, beside `c = 1`, in a file called `*.json`",
        ),
        (Row("name", ("a.b",)), "the Python name `a.b`, used"),
        (Row("name", ("a.b",), ("true",)), "the Python name `a.b`, assigned `true`"),
        (Row("call", ("a.b",)), "a call of `a.b`"),
        (Row("call", ("a.b",), keyword="c"), "a call of `a.b`, with anything true as argument `c`"),
        (Row("import", ("a",)), "an import of the module `a`, or of one below it"),
        (
            Row("constant", ("*flop*",), ("312",), by="constant"),
            "the number `312` bound to a name like `*flop*`, in a figure that a program computes with",
        ),
        (
            Row("directive", ("gres",), pattern="x", by="scheduler"),
            "the scheduler's option `gres`, with a text that fits pattern 1, where a scheduler is asked for it",
        ),
        (Row("image", ("rocm",), pattern="x"), "a container image with `rocm` in its name, which fits pattern 1"),
        (Row("pin", ("torch",), (">=2",)), "a requirement of the package `torch` that implies `>=2`"),
        (Row("pin", ("torch",)), "a requirement of the package `torch`"),
        (
            Row("claim", ("x",), pattern="x", by="log"),
            "a text with `x` in it that fits pattern 1, in what a run or a device query printed",
        ),
        (
            Row("semgrep", ("cuda.yaml",)),
            "with Semgrep alone, for a language that no reader of ours reads: what `semgrep-rules/cuda.yaml` finds",
        ),
    ],
)
def test_rows_in_words(row: Row, words: str) -> None:
    assert row_in_words(row, "pattern 1") == words


def test_texts_of_tables_are_no_markdown() -> None:
    assert plain("a*b  <c> `d*`\n[e]") == r"a\*b \<c> `d*` \[e\]"


def test_code_that_holds_a_fence_is_fenced_otherwise() -> None:
    page = Page("t", (Section((Code(("```sh",), "prose"), Points(("[a](a.md) `b`",))), "h"),))
    assert as_markdown(page) == "# t\n\n## h\n\n~~~prose\n```sh\n~~~\n\n- [a](a.md) `b`\n"
    assert as_text(page) == "t\n=\n\nh\n-\n    ```sh\n\n- a b\n"


def test_a_page_of_very_many_rows_says_how_many_more() -> None:
    table = SIGNAL | {"match": [{"kind": "env", "names": [f"A{number}"]} for number in range(ROWS + 2)]}
    page = as_markdown(signal_page(read_signal("some-id", table)))
    assert page.count("- the environment variable") == ROWS
    assert "- and 2 more of the same kinds\n" in page
