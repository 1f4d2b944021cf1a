"""Are the configurations of a run found, and are those that nobody can choose between taken as alternatives?"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.link.launch import Launch, Standing
from chipsieve.link.run_configs import CANDIDATES
from small_trees import write

ENTRY = """import argparse

import yaml

parser = argparse.ArgumentParser()
parser.add_argument("config")
parser.add_argument("--cfg")
parser.add_argument("--data")
"""
BF16, FP8 = "attn_implementation: flash_attention_2\n", "quant_method: fp8\n"
FLASH = "attn_implementation: flash_attention_2\n"
PLAIN = "attn_implementation: sdpa\n"
SMALL = {"train.py": ENTRY, "configs/a.yaml": FLASH, "configs/b.yaml": PLAIN}


def launch_of(root: Path, texts: dict[str, str], words: str) -> Launch:
    """The launch of `torchrun train.py` with these words, in a tree of these files."""
    (found,) = scan(write(root, {"run.sh": f"torchrun train.py {words}\n", **texts}), workers=1).launches
    return found.launch


def flash(launch: Launch) -> dict[str, Standing]:
    """Where FlashAttention 2 is asked for, by path."""
    return {item.path: stands for item, stands in launch.findings if item.signal == "flash-attention-2"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("configs/a.yaml", "asserted"),
        ("configs/a.yaml:small", None),
        ("a", "asserted"),
        ("--cfg a", "asserted"),
        ("--cfg=configs/a", "asserted"),
        ("--data a", None),
        ("--cfg b", None),
        ("configs/$MODEL.yaml", "optional"),
        ("--cfg configs/${MODEL}.yaml", "optional"),
        ("--cfg $CONFIG", "optional"),
        ("$CONFIG", "optional"),
        ("x --data $DATA", None),
        ("x configs/$MODEL.json", None),
        ("x --data other/$MODEL.yaml", None),
    ],
)
def test_a_config_is_found_by_its_name(tmp_path: Path, words: str, expected: Standing | None) -> None:
    assert flash(launch_of(tmp_path, SMALL, words)).get("configs/a.yaml") == expected


def test_what_every_candidate_states_is_asserted(tmp_path: Path) -> None:
    texts = {**SMALL, "configs/b.yaml": "lr: 1\n" + FLASH}
    launch = launch_of(tmp_path, texts, "configs/$MODEL.yaml")
    assert flash(launch) == {"configs/a.yaml": "asserted", "configs/b.yaml": "asserted"}


def test_what_every_candidate_builds_on_is_asserted(tmp_path: Path) -> None:
    texts = {"train.py": ENTRY, "configs/base.yaml": FLASH, "configs/a.yaml": "_base_: base.yaml\nlr: 1\n",
             "configs/b.yaml": "_base_: base.yaml\nlr: 2\n"}  # fmt: skip
    assert flash(launch_of(tmp_path, texts, "configs/$MODEL.yaml")) == {"configs/base.yaml": "asserted"}


def test_the_only_config_is_no_certain_one_where_nothing_of_its_name_is_known(tmp_path: Path) -> None:
    texts = {"train.py": ENTRY, "configs/a.yaml": FLASH}
    assert flash(launch_of(tmp_path, texts, "--cfg $CONFIG")) == {"configs/a.yaml": "optional"}
    assert flash(launch_of(tmp_path, texts, "--cfg configs/$CONFIG.yaml")) == {"configs/a.yaml": "asserted"}


def test_too_many_candidates_are_a_gap(tmp_path: Path) -> None:
    texts = {"train.py": ENTRY, "run.sh": "\ntorchrun train.py configs/$MODEL.yaml\n"}
    many = {f"configs/{number}.yaml": FLASH for number in range(CANDIDATES + 1)}
    verdict = scan(write(tmp_path, {**texts, **many}), workers=1)
    assert [(gap.path, gap.line) for gap in verdict.gaps] == [("run.sh", 2)]
    assert f"any of {CANDIDATES + 1} files" in verdict.gaps[0].reason
    assert flash(verdict.launches[0].launch) == {}


def test_a_plugin_that_all_configs_load_is_loaded(tmp_path: Path) -> None:
    config = 'plugin = True\nplugin_dir = "plug/"\nmodel = dict(type="Net", depth={depth})\n'
    texts = {
        "train.py": ENTRY,
        "configs/a.py": config.format(depth=1),
        "configs/b.py": config.format(depth=2),
        "plug/__init__.py": "from .net import Net\n",
        "plug/net.py": "from flash_attn import flash_attn_func\n\n\n"
        "class Net:\n    def forward(self, q):\n        return flash_attn_func(q)\n",
    }
    assert flash(launch_of(tmp_path, texts, "$CONFIG")) == {"plug/net.py": "asserted"}
    texts["configs/b.py"] = "model = dict(type='Other')\n"
    assert flash(launch_of(tmp_path, texts, "$CONFIG")) == {"plug/net.py": "optional"}


@pytest.mark.parametrize(
    ("folder", "words", "found"),
    [("tasks", "--user-dir tasks", True), ("tasks", "--user-dir other", False), ("tasks", "--data tasks", False)],
)
def test_a_folder_of_modules_of_the_users_own_is_loaded(
    tmp_path: Path, folder: str, words: str, *, found: bool
) -> None:
    code = "from flash_attn import flash_attn_func\n\nflash_attn_func()\n"
    texts = {"train.py": ENTRY, f"{folder}/__init__.py": code}
    assert (flash(launch_of(tmp_path, texts, words)) == {"tasks/__init__.py": "asserted"}) is found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("configs/a.yaml", {"configs/base.yaml": "optional"}),
        ("configs/base.yaml configs/own.yaml", {"configs/base.yaml": "optional"}),
        ("configs/own.yaml configs/base.yaml", {"configs/base.yaml": "asserted"}),
        ("configs/$MODEL.yaml", {"configs/base.yaml": "optional"}),
        ("configs/base.yaml configs/other.yaml", {"configs/base.yaml": "asserted"}),
        ("configs/base.yaml", {"configs/base.yaml": "asserted"}),
    ],
)
def test_a_later_config_wins(tmp_path: Path, words: str, expected: dict[str, Standing]) -> None:
    texts = {
        "train.py": ENTRY,
        "configs/base.yaml": "model:\n  attn_implementation: flash_attention_2\n",
        "configs/a.yaml": "include: base.yaml\nmodel:\n  attn_implementation: sdpa\n",
        "configs/b.yaml": "include: base.yaml\n",
        "configs/own.yaml": "model:\n  attn_implementation: eager\n",
        "configs/other.yaml": "teacher:\n  attn_implementation: eager\n",
    }
    assert flash(launch_of(tmp_path, texts, words)) == expected


def test_a_config_of_the_command_line_wins_over_one_that_code_opens(tmp_path: Path) -> None:
    texts = {"train.py": ENTRY + 'yaml.safe_load(open("default.yaml"))\n', "default.yaml": FLASH, "own.yaml": PLAIN}
    assert flash(launch_of(tmp_path, texts, "own.yaml")) == {"default.yaml": "optional"}
    assert flash(launch_of(tmp_path, texts, "other.yaml")) == {"default.yaml": "asserted"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("x", {"configs/b.yaml": "asserted"}),
        ("x --data a", {"configs/a.yaml": "asserted"}),
        ("x --data none", {}),
        ("x --data $SIZE", {"configs/a.yaml": "optional", "configs/b.yaml": "optional"}),
    ],
)
def test_an_option_chooses_the_config_that_code_opens(
    tmp_path: Path, words: str, expected: dict[str, Standing]
) -> None:
    code = ENTRY.replace('"--data"', '"--data", default="b"')
    opens = 'args = parser.parse_args()\nyaml.safe_load(open(f"configs/{args.data}.yaml"))\n'
    texts = {"train.py": code + opens, "configs/a.yaml": FLASH, "configs/b.yaml": FLASH}
    assert flash(launch_of(tmp_path, texts, words)) == expected


def test_too_many_files_that_code_may_open_are_a_gap(tmp_path: Path) -> None:
    code = "import yaml\nyaml.safe_load(open(f'configs/{name}.yaml'))\n"
    many = {f"configs/{number}.yaml": FLASH for number in range(CANDIDATES + 1)}
    verdict = scan(write(tmp_path, {"train.py": code, "run.sh": "torchrun train.py\n", **many}), workers=1)
    assert [(gap.path, gap.line) for gap in verdict.gaps] == [("train.py", 2)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("x --data flash", {"nets/flash.py": "asserted"}),
        ("x --data plain", {}),
        ("x --data $NET", {"nets/flash.py": "optional"}),
    ],
)
def test_an_option_chooses_the_module_that_code_imports(
    tmp_path: Path, words: str, expected: dict[str, Standing]
) -> None:
    loads = 'import importlib\nargs = parser.parse_args()\nimportlib.import_module("nets." + args.data)\n'
    code = "from flash_attn import flash_attn_func\n\nflash_attn_func()\n"
    texts = {"train.py": ENTRY + loads, "nets/flash.py": code, "nets/plain.py": "x = 1\n"}
    assert flash(launch_of(tmp_path, texts, words)) == expected


def test_a_python_config_builds_on_its_base_wherever_it_lies(tmp_path: Path) -> None:
    code = "from flash_attn import flash_attn_func\n\nflash_attn_func()\n"
    texts = {"train.py": ENTRY, "exp/a.py": '_base_ = "../shared/base.py"\n', "shared/base.py": code}
    assert flash(launch_of(tmp_path, texts, "exp/a.py")) == {"shared/base.py": "asserted"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("configs/base.yaml", "asserted"),
        ("configs/own.yaml", None),
        ("configs/deep.yaml", "optional"),
        ("configs/own.yaml --flash true", "asserted"),
    ],
)
def test_a_condition_asks_the_value_that_wins(tmp_path: Path, words: str, expected: Standing | None) -> None:
    code = "from flash_attn import flash_attn_func\n\nif args.flash:\n    flash_attn_func()\n"
    texts = {
        "train.py": ENTRY + "args = parser.parse_args()\n" + code,
        "configs/base.yaml": "flash: true\n",
        "configs/own.yaml": "include: base.yaml\nflash: false\n",
        "configs/deep.yaml": "include: base.yaml\nteacher:\n  flash: false\n",
    }
    assert flash(launch_of(tmp_path, texts, words)).get("train.py") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("-d conf big local", {"conf/big.yaml": "asserted"}),
        ("--cfg llama3/8B", {"recipes/configs/llama3/8B.yaml": "asserted"}),
        ("--cfg 8B", {}),  # two have that name
        ("--cfg own.py:small", {"own.py": "asserted"}),
        ("--cfg conf/big.yaml,conf/local.yaml", {"conf/big.yaml": "asserted"}),
        ("--gin_file=conf/run.gin", {"conf/base.gin": "asserted"}),
        ("--lr big", {}),
    ],
)
def test_other_ways_to_name_a_config(tmp_path: Path, words: str, expected: dict[str, Standing]) -> None:
    code = "from flash_attn import flash_attn_func\n\nflash_attn_func()\n"
    texts = {
        "train.py": "x = 1\n",
        "conf/big.yaml": FLASH,
        "conf/local.yaml": "lr: 1\n",
        "recipes/configs/llama2/8B.yaml": FLASH,
        "recipes/configs/llama3/8B.yaml": FLASH,
        "own.py": code,
        "conf/run.gin": 'include "base.gin"\n',
        "conf/base.gin": "model.attn_implementation = 'flash_attention_2'\n",
    }
    found = launch_of(tmp_path, texts, words)
    kernels = {item.path: where for item, where in found.findings if item.signal == "flash-attention-2"}
    reached = {path: "asserted" for path in found.files if path == "conf/base.gin"}
    assert {**reached, **kernels} == expected
