"""What does a run reach, and what do its conditions answer?"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chipsieve.commands.flags import given
from chipsieve.facts.conditions import ALWAYS, NEVER, Condition, Every, Not, Question, Some
from chipsieve.facts.reading import Function, Import, Option, Reading, Reference
from chipsieve.facts.ternary import Ternary
from chipsieve.facts.words import Resolved, written
from chipsieve.link.file_index import FileIndex
from chipsieve.link.option_values import Declared, OptionValues, declared_by
from chipsieve.link.reach import Reach, Start
from chipsieve.link.roles import devices, role_of
from chipsieve.link.tree_files import TreeFiles
from link_builders import module, option, span


def words(line: str) -> tuple[Resolved, ...]:
    return tuple(written(word, "a.sh", span()) for word in line.split())


def reach(
    line: str,
    *readings: Reading,
    entry: str = "train.py",
    provided: frozenset[str] = frozenset(),
    environment: dict[str, str] | None = None,
) -> Reach:
    known = {name: Resolved(value, "a.sh", span()) for name, value in (environment or {}).items()}
    return Reach(TreeFiles(FileIndex(readings)), Start((entry,), known, words(line), ("", "src"), provided))


BF16 = Question("option", "bf16")


@pytest.mark.parametrize(
    ("line", "declared", "answer"),
    [
        ("--bf16", [], True),
        ("--bf16 true", [], True),
        ("--bf16=False", [], False),
        ("--bf16 ${FLAG}", [], None),
        ("", [], None),
        ("", [option("--bf16", "false", "true")], False),
        ("", [option("--bf16", "true")], True),
        ("", [option("--bf16", None)], None),
        ("", [option("--bf16", "auto")], None),
        ("", [option("--bf16", "true"), option("--bf16", "false")], None),
        ("--no-bf16", [option("--no-bf16", None, "false", dest="bf16")], False),
        ("--lr 1 trainer.bf16=true", [], True),
        ("--BF16", [option("--bf16", "false", "true")], True),
    ],
)
def test_options_come_from_the_command_line_then_the_defaults(
    line: str, declared: list[Option], answer: bool | None
) -> None:
    spread = reach(line, module("train.py", options=tuple(declared)))
    assert spread.holds([BF16], "train.py") is answer


def test_a_configs_key_overrides_a_default_and_not_the_command_line() -> None:
    declared = declared_by((Declared([option("--bf16", "false")]),))
    configured = [Declared([Option((), "bf16", span(), "true")])]
    assert OptionValues((), declared, configured).value("bf16") == "true"
    assert OptionValues(given(words("--bf16 false")), declared, configured).value("bf16") == "false"


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (ALWAYS, True),
        (NEVER, False),
        (Question("mention"), False),
        (Question("hardware", "is_bf16_supported"), None),
        (Question("unknown"), None),
        (Question("entry"), True),
        (Question("variable", "MODE", "in", ("fast",)), True),
        (Question("variable", "MODE", "in", ("f*",)), True),
        (Question("variable", "MODE", "in", ("slow",)), False),
        (Question("variable", "OTHER"), None),
        (Question("option", "dtype", "in", ("bfloat16",)), True),
        (Question("option", "dtype", "in", ("float16",)), False),
        (Question("import", "flash_attn.ops"), True),
        (Question("import", "apex"), None),
        (Not(Question("hardware")), None),
        (Not(Question("mention")), True),
        (Every((Question("hardware"), Question("mention"))), False),
        (Some((Question("hardware"), Question("mention"))), None),
        (Some((Question("hardware"), Question("entry"))), True),
    ],
)
def test_conditions_are_three_valued(condition: Condition, answer: Ternary) -> None:
    spread = reach(
        "--dtype torch.bfloat16", module("train.py"), provided=frozenset({"flash_attn"}), environment={"MODE": "fast"}
    )
    assert spread.holds([condition], "train.py") is answer


def test_imports_are_followed_under_their_conditions() -> None:
    train = module(
        "train.py",
        imports=(
            Import("lib.model", span()),
            Import("lib", span(), names=("data",)),
            Import("optional", span(), conditions=(Question("hardware"),)),
            Import("never", span(), conditions=(NEVER,)),
            Import("numpy", span()),
        ),
    )
    model = module("lib/model.py", imports=(Import("layers", span(), level=1),))
    rest = [
        module(path)
        for path in ("lib/__init__.py", "lib/data.py", "lib/layers.py", "optional.py", "never.py", "alone.py")
    ]
    spread = reach("", train, model, *rest)
    assert spread.files == {
        "train.py": True,
        "lib/__init__.py": True,
        "lib/model.py": True,
        "lib/data.py": True,
        "lib/layers.py": True,
        "optional.py": None,
    }
    assert spread.holds([], "alone.py") is False
    assert spread.holds([], "optional.py") is None


def functions(**mentions: str) -> tuple[Function, ...]:
    names = {"top": "", "main__": "__main__"}
    return tuple(
        Function(names.get(key, key.replace("__", ".")), tuple(value.split())) for key, value in mentions.items()
    )


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("train", True),
        ("helper", True),
        ("unused", None),
        ("Trainer", True),
        ("Trainer.fit_all", True),
        ("Trainer.forward", True),
        ("Trainer.export", None),
        ("Orphan.forward", None),
        ("train.inner", None),
    ],
)
def test_functions_are_live_when_live_code_mentions_them(name: str, answer: Ternary) -> None:
    declared = functions(
        top="argparse",
        main__="train",
        train="Trainer fit_all helper",
        helper="",
        unused="export Orphan",
        Trainer="",
        Trainer__fit_all="",
        Trainer__forward="",
        Trainer__export="",
        Orphan="",
        Orphan__forward="",
        train__inner="",
    )
    spread = reach("", module("train.py", functions=declared))
    assert spread.holds([Question("call", name)], "train.py") is answer


def test_the_main_block_counts_in_the_entry_only() -> None:
    library = module("lib.py", functions=functions(main__="demo", demo=""))
    spread = reach("", module("train.py", imports=(Import("lib", span()),)), library)
    assert spread.holds([Question("call", "demo")], "lib.py") is None
    assert spread.holds([Question("entry")], "lib.py") is False


@pytest.mark.parametrize(
    ("text", "bases", "path"),
    [
        ("ds.json", ("train",), "train/ds.json"),
        ("./ds.json", ("train",), "train/ds.json"),
        ("../conf/ds.json", ("train",), "conf/ds.json"),
        ("${root}/conf/ds.json", ("train",), "conf/ds.json"),
        ("/home/me/project/conf/ds.json", ("train",), "conf/ds.json"),
        ("${DIR}/conf/ds.json", ("train",), "conf/ds.json"),
        ("${DIR}/ds.json", ("train",), "train/ds.json"),
        ("${DIR}/ds.json", ("elsewhere",), None),
        ("only.json", ("elsewhere",), "deep/only.json"),
        ("missing.json", ("train",), None),
        ("--flag", ("train",), None),
        ("", ("train",), None),
    ],
)
def test_names_find_files(text: str, bases: tuple[str, ...], path: str | None) -> None:
    tree = FileIndex([Reading(name, "json") for name in ("train/ds.json", "conf/ds.json", "deep/only.json")])
    assert tree.named(written(text, "run.sh", span()), bases) == path


@pytest.mark.parametrize(
    ("entry", "script", "options", "distributed", "role"),
    [
        ("train.py", "run.sh", (), False, "training"),
        ("pretrain_gpt.py", "x.sh", (), True, "training"),
        ("finetune_lora.py", "x.sh", (), False, "fine-tuning"),
        ("main.py", "scripts/train.sh", (), False, "training"),
        ("main.py", "run.sh", ("lr", "epochs"), False, "training"),
        ("main.py", "run.sh", ("lr",), False, "other"),
        ("main.py", "run.sh", (), True, "training"),
        ("evaluate.py", "run.sh", ("lr", "epochs"), True, "evaluation"),
        ("inference.py", "run.sh", (), True, "inference"),
        ("preprocess_data.py", "run.sh", (), False, "data preparation"),
        ("merge_lora_weight.py", "train/merge.sh", (), False, "data preparation"),
        ("tests/train.py", "run.sh", (), True, "test"),
        ("pytest", "build.sh", (), False, "test"),
        ("train_deepspeed.py", "lora/train_lora.sh", (), True, "fine-tuning"),
        ("sample.py", "x.sh", (), False, "inference"),
    ],
)
def test_roles(entry: str, script: str, options: tuple[str, ...], distributed: bool, role: str) -> None:
    assert role_of(entry, script, options, distributed=distributed) == role


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("torchrun --nproc_per_node 8 --nnodes 4 t.py", 32),
        ("torchrun --nproc_per_node=8 t.py", 8),
        ("deepspeed --num_gpus 4 t.py", 4),
        ("mpirun -np 16 python t.py", 16),
        ("torchrun --nproc_per_node ${N} t.py", 0),
        ("python t.py", 0),
    ],
)
def test_devices_are_counted_where_the_command_says(line: str, count: int) -> None:
    assert devices(words(line), {}) == count


def test_a_method_is_live_whichever_of_its_parts_is_mentioned_last() -> None:
    declared = functions(main__="fit_all make", make="Trainer", Trainer="", Trainer__fit_all="inner", inner="")
    spread = reach("", module("train.py", functions=declared))
    assert spread.holds([Question("call", "Trainer.fit_all"), Question("call", "inner")], "train.py") is True


def test_a_python_config_brings_in_what_it_builds_on_and_other_code_does_not() -> None:
    base, other = module("configs/_base_/schedule.py"), module("tools/helper.py")
    names = (Reference("./_base_/schedule.py", span()), Reference("../tools/helper.py", span()))
    config = replace(module("configs/big.py"), references=names)
    code = replace(module("tools/train.py"), references=(Reference("helper.py", span()),))
    tree = FileIndex([base, other, config, code])
    found = Reach(TreeFiles(tree), Start(("configs/big.py", "tools/train.py")))
    assert sorted(found.files) == ["configs/_base_/schedule.py", "configs/big.py", "tools/train.py"]


@pytest.mark.parametrize(
    ("entry", "script", "role"),
    [
        ("tools/train_filter.py", "data_preparation/curation/run.sh", "data preparation"),
        ("scripts/dataset_processing/train_model.py", "run.sh", "data preparation"),
        ("main.py", "scripts/datasets/encode-captions.sh", "data preparation"),
        ("train_encoder.py", "run.sh", "training"),
        ("train.py", "database/run.sh", "training"),
        ("train.py", "scripts/run_test.sh", "test"),
        ("train.py", "latest/run.sh", "training"),
    ],
)
def test_where_data_is_prepared_nothing_else_is_trained(entry: str, script: str, role: str) -> None:
    assert role_of(entry, script, (), distributed=True) == role
