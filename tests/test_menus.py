"""Does a table of three or more chips name nobody, however it is written, and a single choice somebody?"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve import scan

HEAD = "import torch\n\nname = torch.cuda.get_device_name(0)\n"
TABLES = {
    "mapping": 'PEAK = {"A100": 312e12, "H100": 989e12, "V100": 125e12}\n',
    "mapping of mappings": ('PEAK = {"A100": {"bf16": 312e12}, "H100": {"bf16": 989e12}, "V100": {"fp16": 125e12}}\n'),
    "list of pairs": 'PEAK = [("A100", 312e12), ("H100", 989e12), ("V100", 125e12)]\n',
    "constants": "A100 = 312e12\nH100 = 989e12\nV100 = 125e12\n",
    "chain of tests": (
        f'{HEAD}if "A100" in name:\n    peak = 312e12\nelif "H100" in name:\n    peak = 989e12\n'
        'elif "V100" in name:\n    peak = 125e12\n'
    ),
    "tuple in a test": f'{HEAD}fast = any(name == one for one in ())\nif name in ("A100", "H100", "V100"):\n    pass\n',
    "cases": (
        "def peak(kind):\n    match kind:\n        case 1:\n            return 312e12\n        case 2:\n"
        "            return 989e12\n        case 3:\n            return 125e12\n"
    ),
    "settings": (
        'NODES = {"s": {"instance_type": "g5.xlarge"}, "m": {"instance_type": "p4d.24xlarge"},'
        ' "l": {"instance_type": "p5.48xlarge"}}\n'
    ),
}
CHOICES = {
    "one number": ("peak = 312e12\n", {"a100", "a800"}),
    "one entry": ('PEAK = {"A100": 312e12, "H100": 989e12, "V100": 125e12}\nmfu(PEAK["A100"])\n', {"a100", "a800"}),
    "two tests": (f'{HEAD}if "A100" in name:\n    x = 1\nelif "H100" in name:\n    x = 2\n', {"a100", "h100"}),
    "variants of one chip": (f'{HEAD}if name in ("A100-40GB", "A100-80GB", "A100"):\n    pass\n', {"a100"}),
    "one setting": ('job(instance_type="p4d.24xlarge")\nNODE = {"instance_type": "p4d.24xlarge"}\n', {"a100"}),
}


def named(tree: Path, code: str) -> set[str]:
    (tree / "train.py").write_text(code, encoding="utf-8")
    return {chip.partition("-")[0] for one in scan(tree, workers=1).named for chip in one.accelerators}


@pytest.mark.parametrize("form", TABLES)
def test_a_table_names_nobody(tmp_path: Path, form: str) -> None:
    assert named(tmp_path, TABLES[form]) == set()


@pytest.mark.parametrize("form", CHOICES)
def test_a_choice_names_somebody(tmp_path: Path, form: str) -> None:
    code, chips = CHOICES[form]
    assert named(tmp_path, code) == chips


def test_a_table_in_shell_and_yaml_names_nobody(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text(
        "case $1 in\n  s) export INSTANCE_TYPE=g5.xlarge ;;\n  m) export INSTANCE_TYPE=p4d.24xlarge ;;\n"
        "  l) export INSTANCE_TYPE=p5.48xlarge ;;\nesac\npython train.py\n",
        encoding="utf-8",
    )
    (tmp_path / "pools.yaml").write_text(
        "pools:\n  - instance_type: g5.xlarge\n  - instance_type: p4d.24xlarge\n  - instance_type: p5.48xlarge\n",
        encoding="utf-8",
    )
    assert named(tmp_path, "import torch\n") == set()


def test_a_sentence_may_name_several(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Trained on A100, H100 and V100 GPUs.\n", encoding="utf-8")
    assert named(tmp_path, "") == {"a100", "h100", "v100", "v100s"}
