"""Do conditions read as plain words, the same ones in every report?"""

from __future__ import annotations

import pytest

from chipsieve.facts.conditions import ALWAYS, MENTION, NEVER, Condition, Every, Not, Question, Some
from chipsieve.report.condition_words import describe, open_question

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


def test_the_open_question_leaves_out_what_every_program_does() -> None:
    assert open_question((Question("entry"), BF16, Question("call", "main"))) == "option bf16 is true"


def test_the_open_question_says_even_that_when_there_is_nothing_else() -> None:
    assert open_question((Question("call", "main"),)) == "main is called"
    assert open_question(()) == ""
