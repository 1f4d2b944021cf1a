"""Do conditions read as plain words, the same ones in every report?"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve.border.scanners.foreign import CONTEXT_UNREAD
from chipsieve.facts.conditions import ALWAYS, MENTION, NEVER, Condition, Every, Not, Question, Some
from chipsieve.report.condition_words import SHORT, describe, in_full, in_phrase
from chipsieve_config.prose_reader import IN_README

ROOT = Path(__file__).parents[1]
FLASH, CUDA = Question("import", "flash_attn"), Question("hardware", text="torch.cuda.is_available()")
BF16, LOW = Question("option", "bf16"), Question("variable", "NET_TYPE", "in", ("low",))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (BF16, "option bf16 is true"),
        (Question("option", "resume", "set"), "option resume is set"),
        (Question("option", "precision", "in", ("bf16", "fp16")), "option precision in (bf16, fp16)"),
        (LOW, "variable NET_TYPE in (low)"),
        (Not(BF16), "not option bf16 is true"),
        (Not(Every((BF16, LOW))), "not (option bf16 is true and variable NET_TYPE in (low))"),
        (Every((BF16, Some((LOW, NEVER)))), "option bf16 is true and (variable NET_TYPE in (low) or never)"),
        (Some((BF16,)), "option bf16 is true"),
        (Every(()), "always"),
        (Some(()), "never"),
        (NEVER, "never"),
        (ALWAYS, "always"),
        (MENTION, "never, it is only mentioned"),
        (Question("entry"), "the file is run as a program"),
        (Question("call", "Trainer.step"), "Trainer.step is called"),
        (Question("import", "flash_attn", text="try: import flash_attn"), "module flash_attn can be imported"),
        (Question("hardware", text="torch.cuda.is_available()"), "the machine says yes to torch.cuda.is_available()"),
        (Question("hardware"), "a test of the machine holds"),
        (Question("unknown", text="len(sys.argv) > 2"), "len(sys.argv) > 2 holds"),
        (Question("unknown"), "something unknown holds"),
    ],
)
def test_conditions_in_words(condition: Condition, words: str) -> None:
    assert describe(condition) == words


def test_all_that_is_asked_leaves_out_what_every_program_does_and_what_the_phrase_says() -> None:
    assert in_full((Question("entry"), BF16, LOW)) == "option bf16 is true and variable NET_TYPE in (low)"
    assert in_full((Question("entry"), CUDA)) == "the machine says yes to torch.cuda.is_available()"
    assert in_full((Question("entry"), BF16, Question("call", "main"))) == ""
    assert in_full((Not(FLASH),)) == ""
    assert in_full((IN_README,)) == ""
    assert in_full(()) == ""


def test_what_is_asked_alone_stands_without_brackets() -> None:
    assert in_full((Some((BF16, LOW)),)) == "option bf16 is true or variable NET_TYPE in (low)"


@pytest.mark.parametrize(
    ("conditions", "phrase"),
    [
        ((), ""),
        ((ALWAYS,), ""),
        ((NEVER,), "never"),
        ((MENTION,), "only mentioned"),
        ((FLASH,), "only if flash-attn is installed"),
        ((Not(FLASH),), "only if flash-attn is not installed"),
        ((BF16,), "only with option bf16"),
        ((Not(BF16),), "only without option bf16"),
        ((LOW,), "only with variable NET_TYPE = low"),
        ((Not(LOW),), "only with variable NET_TYPE other than low"),
        ((Question("option", "p", "in", ("a", "b")),), "only with option p = a or b"),
        ((CUDA,), "behind a test of the device"),
        ((CUDA, Not(Question("hardware", text="x.y()"))), "behind a test of the device"),
        ((Some((CUDA, Every((Not(CUDA), Question("hardware", text="m"))))),), "behind a test of the device"),
        ((IN_README,), "only as an example in the README"),
        ((CONTEXT_UNREAD,), "only as far as a scanner reports it"),
        ((Question("unknown", text="len(sys.argv) > 2"),), "behind a test that nobody could decide"),
        ((Question("call", "main"),), "only if main is called"),
        ((Question("entry"),), "only if the file is run as a program"),
        ((Question("call", "main"), CUDA), "behind a test of the device"),
        ((Question("import", "os"), FLASH), "only if flash-attn is installed"),
        ((Question("import", "os"),), "only if os is installed"),
        ((CUDA, FLASH), "only if flash-attn is installed and behind a test of the device"),
        ((Question("variable", "NET_TYPE", "set"), LOW), "only with variable NET_TYPE = low"),
        ((BF16, LOW), "only with option bf16 and with variable NET_TYPE = low"),
        ((Some((BF16, FLASH)),), "under one of several conditions"),
        ((Not(Every((BF16, FLASH))),), "under one of several conditions"),
        ((CUDA, FLASH, BF16), "only if flash-attn is installed, with option bf16 and 1 more"),
    ],
)
def test_a_reason_is_one_fixed_phrase_or_two(conditions: tuple[Condition, ...], phrase: str) -> None:
    assert in_phrase(conditions) == phrase
    assert in_phrase(conditions[::-1]) == phrase


def test_each_phrase_for_what_readers_leave_open_is_of_a_text_that_they_write() -> None:
    """A reworded text would silently lose its phrase."""
    sources = [path for home in ("src", "plugins") for path in (ROOT / home).rglob("*.py")]
    written = "".join(path.read_text(encoding="utf-8") for path in sources if path.name != "condition_words.py")
    assert [text for text in SHORT if f'"{text}"' not in written] == []
