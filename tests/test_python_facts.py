"""Which facts does a Python file state, apart from any signal? No more than can match, each with what decides it."""

from __future__ import annotations

import textwrap

import pytest

import chipsieve_python
from chipsieve.facts.conditions import MENTION, Question
from chipsieve.facts.reading import Fact, Source
from chipsieve.facts.vocabulary import Vocabulary
from python_reading import conditions

VOCABULARY = Vocabulary({
    "argument": ["init_process_group"],
    "beside": ["world_size", "0", "stage"],
    "call": ["bfloat16"],
    "claim": ["a100"],
    "env": ["NCCL_IB_HCA"],
    "flag": ["bf16"],
    "import": ["flash_attn"],
    "key": ["precision"],
    "literal": ["sm_90"],
    "name": ["bfloat16"],
    "number": ["312e12"],
    "pin": ["flash-attn"],
})  # fmt: skip


def facts(code: str) -> list[Fact]:
    """The facts of a text that is written indented."""
    return list(chipsieve_python.read(Source("train.py", "python", textwrap.dedent(code)), VOCABULARY).facts)


UNASKED = (
    "import torch\nuse(torch.float16)",
    "os.environ['PATH'] = 'x'",
    "subprocess.run(['train', '--fp16'])",
    "subprocess.run(['train', '--bf16', value()])",
    "config.precision = compute()",
    "import torch.distributed as dist\ndist.init_process_group(compute())",
    "c = {'dtype': 'bf16'}",
    "peak = 312e11",
    "import flash",
    "x = 'sm_80'  # on H100",
)


@pytest.mark.parametrize("code", UNASKED)
def test_what_nobody_asks_for_or_can_match_is_not_stated(code: str) -> None:
    assert facts(code) == []


@pytest.mark.parametrize(
    ("code", "subject"), [("config.precision = args.p", "option"), ("config.precision = os.getenv('P')", "variable")]
)
def test_a_value_that_an_option_or_variable_chooses_is_left_open(code: str, subject: str) -> None:
    (fact,) = facts(f"import os\n{code}\n")
    assert (fact.kind, fact.name, fact.value, fact.conditions) == ("key", "precision", None, ())
    assert fact.chosen is not None
    assert (fact.chosen.subject, fact.chosen.name.casefold()) == (subject, "p")


def test_an_answer_of_the_machine_is_true_under_its_condition() -> None:
    (fact,) = facts("import torch\nconfig.precision = torch.cuda.is_bf16_supported()\n")
    assert (fact.value, fact.chosen, conditions(fact)) == ("true", None, "hardware")


def test_arguments_carry_the_certain_ones_that_decide() -> None:
    code = """\
    import torch.distributed as dist
    dist.init_process_group("nccl", world_size=8, rank=rank(), **{"timeout": 1})
    """
    stated = [(fact.argument, fact.value, fact.beside) for fact in facts(code)]
    position, keyword = ("0", "nccl"), ("world_size", "8")
    assert sorted(stated, key=repr) == [
        ("timeout", "1", (position, keyword)),
        ("world_size", "8", (position,)),
        (0, "nccl", (keyword, ("rank", ""), ("timeout", ""))),
    ]


def test_arguments_with_two_values_decide_about_others_under_conditions() -> None:
    code = """\
    import torch.distributed as dist
    backend = "nccl" if args.gpu else "gloo"
    dist.init_process_group(backend, timeout=1)
    """
    stated = [(fact.argument, fact.beside, conditions(fact)) for fact in facts(code) if fact.argument == "timeout"]
    assert sorted(stated) == [
        ("timeout", (("0", "gloo"),), "not option gpu"),
        ("timeout", (("0", "nccl"),), "option gpu"),
    ]


def test_keys_carry_the_keys_above_and_the_siblings_that_decide() -> None:
    stated = facts("c = {'trainer': {'precision': 'bf16', 'stage': 3, 'other': 1}}\n")
    assert {(fact.name, fact.value, fact.beside) for fact in stated} == {("precision", "bf16", (("stage", "3"),))}
    assert ("trainer",) in {fact.parts for fact in stated}


def test_claims_begin_where_their_text_begins() -> None:
    code = """\
    x = 1  # for the A100
    if torch.cuda.get_device_name() == "NVIDIA A100":
        pass
    """
    comment, test = facts(code)
    assert (comment.value, comment.span.column, comment.by, comment.conditions) == (
        "# for the A100",
        8,
        "comment",
        (MENTION,),
    )
    assert (test.value, test.span.column, test.by) == ("NVIDIA A100", 37, "device-test")


def test_imports_name_their_module_and_what_they_take_from_it() -> None:
    stated = facts("from flash_attn import a, b\nfrom .flash_attn import c\nimport flash_attn.d\n")
    assert [(fact.name, fact.parts) for fact in stated] == [("flash_attn", ("a", "b")), ("flash_attn.d", ())]


def test_what_an_assignment_states_lasts_until_the_next_one() -> None:
    code = """\
    import torch
    dtype = torch.bfloat16
    if args.half:
        dtype = torch.float16
    """
    (fact,) = facts(code)
    assert conditions(fact) == "not option half"


def test_the_parser_that_read_the_file_is_its_engine() -> None:
    assert {fact.engine for fact in facts("model.bfloat16()\n")} == {"ast"}
    assert {fact.engine for fact in facts("type A = int\nmodel.bfloat16()\n")} == {"libcst"}


def test_questions_of_chosen_values_keep_their_names() -> None:
    (fact,) = facts("import torch.distributed as dist\ndist.init_process_group(backend=args.backend)\n")
    assert (fact.argument, fact.chosen) == ("backend", Question("option", "backend"))


def test_what_fills_the_holes_of_strings_side_by_side_is_mentioned() -> None:
    code = """
        import torch
        def report():
            print("device " f"{torch.bfloat16} " f"of {measure()}" "!")
    """
    assert [(fact.name, fact.span.column, conditions(fact)) for fact in facts(code)] == [
        ("torch.bfloat16", 24, "call report; mention")
    ]
    reading = chipsieve_python.read(Source("train.py", "python", textwrap.dedent(code)), VOCABULARY)
    assert {name for function in reading.functions for name in function.mentions} >= {"measure"}


def test_names_that_no_run_certainly_mentions_are_kept_apart_and_still_show_what_a_file_is_for() -> None:
    code = (
        "def work(args):\n    if args.fast:\n        quick()\n    if helper.ready():\n        Trainer(args).train()\n"
    )
    reading = chipsieve_python.read(Source("train.py", "python", code), VOCABULARY)
    (work,) = [function for function in reading.functions if function.name == "work"]
    assert [names for _, names in work.guarded] == [("quick",)]
    assert {"Trainer", "train"} <= set(reading.doubtful)
    assert "train" not in work.mentions
