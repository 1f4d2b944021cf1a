"""Do the Python rules say what the reader says: value, line, aliases, mentions? One run of Semgrep on small files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from chipsieve.border.semgrep import python_rules
from chipsieve.signals import load_signals
from semgrep_results import places

HEADER = (
    "import os\nimport torch\nimport torch.distributed as dist\nfrom transformers import TrainingArguments as Own\n"
)
LONG = "{" + ", ".join(f'"key_{number}": {number}.5' for number in range(400)) + ', "last": 8}'
FILLER = "# none\n" * 150_000
"""More letters by which a word may begin than the steps that Semgrep grants an expression."""
CASES = {
    "alias": ("bf16-training", "a = Own(bf16=True)", [5]),
    "constant": ("bf16-training", "FLAG = True\na = Own(bf16=FLAG)", [6]),
    "option": ("bf16-training", "a = Own(bf16=args.bf16)", [5]),
    "other module": ("bf16-training", 'a = {"bf16": torch.float16}', []),
    "parameter": ("bf16-training", "def f(wanted):\n    return Own(bf16=wanted)", []),
    "switched off": ("bf16-training", "a = Own(bf16=False)", []),
    "own line": ("bf16-training", 'a = Own(\n    "out",\n    bf16=True,\n)', [7]),
    "nested key": ("bf16-training", 'a = {\n    "bf16": {\n        "enabled": True\n    }\n}', [7]),
    "config object": ("bf16-training", "model.cfg.bf16 = True", [5]),
    "no config object": ("bf16-training", "model.layer.bf16 = True", []),
    "printed": ("bf16-tensor", "print(torch.bfloat16)", []),
    "compared": ("bf16-tensor", "a = x.dtype != torch.bfloat16", []),
    "table": ("bf16-tensor", "a = [torch.float16, torch.bfloat16]", []),
    "imported name": ("bf16-tensor", "from torch import bfloat16 as b\na = x.to(b)", [6]),
    "held back end": ("nccl-backend", 'BACKEND = "nccl"\ndist.init_process_group(BACKEND)', [6]),
    "silent default": ("nccl-backend", "dist.init_process_group()", []),
    "copy": ("nccl-variables", 'env = os.environ.copy()\nenv["NCCL_DEBUG"] = "INFO"', [6]),
    "child": ("nccl-variables", 'run(["a"], env={"A": "1",\n    "NCCL_DEBUG": level})', [6]),
    "update": ("nccl-variables", 'os.environ.update(A="1",\n    NCCL_DEBUG="INFO")', [6]),
    "read": ("nccl-variables", 'a = os.environ["NCCL_DEBUG"]', []),
    "plain dict": ("nccl-variables", 'a = {"NCCL_DEBUG": "INFO"}', []),
    "decorator": ("triton-compiler", "@staticmethod\n@torch.compile\ndef f():\n    pass", [6]),
    "number in words": ("named-by-peak-flops", "a = 3.12e14\nb = 312 * 1e12\nc = 313e12", [5, 6]),
    "table of numbers": ("mixture-of-experts", 'a = {"num_experts": 8, "top_k": 2, "width": 64}', []),
    "long table": ("mixture-of-experts", f'a = {LONG}\nb = {{"num_experts": 8}}', [6]),
    "comment": ("named-in-prose", 'a = "b"  # for H100\nc = "# for H100"\nd = """\n# for H100\n"""', [5]),
    "large file": ("nccl-backend", f'{FILLER}dist.init_process_group("nccl")', [150_005]),
    "called by another name": (
        "activation-checkpointing",
        "from torch.utils.checkpoint import checkpoint as kept\na = kept(f, x)",
        [6],
    ),
    "called in brackets": ("activation-checkpointing", "a = (torch.utils.checkpoint.checkpoint)(f, x)", [5]),
    "only spoken of": ("activation-checkpointing", "# a checkpoint (see below)\ncheckpoint = 3", []),
    "argument behind a comment": ("nccl-backend", 'dist.init_process_group(  # over\n    "nccl"\n)', [6]),
    "number behind a comment": ("quantised-four-bit", 'a = {"quantization_bit":  # few\n    4}', [5]),
    "number of a ratio": ("quantised-four-bit", 'a = {"quantization_bit": b}  # 3:4', []),
    "imported in brackets": ("bf16-tensor", "from torch import (\n    bfloat16,\n)\na = x.to(bfloat16)", [8]),
    "imported further down": ("apex", "import sys, \\\n    apex", [5]),
    "set in its module": ("compiled-otherwise", "import torch._dynamo as d\nd.config.suppress_errors = True", [6]),
    "relative": ("apex", "from .apex import a\nfrom . import apex\nimport apex.amp as b", [7]),
}


@cache
def found() -> dict[tuple[str, str], list[tuple[int, str, str, str]]]:
    """What each case's signal reports in each case's file: line, row, value, who says it."""
    signals = load_signals()
    with TemporaryDirectory() as folder:
        home, rules = Path(folder) / "code", Path(folder) / "rules.yaml"
        home.mkdir()
        for number, (_, text, _) in enumerate(CASES.values()):
            (home / f"case{number}.py").write_text(HEADER + text + "\n", encoding="utf-8")
        wanted = dict.fromkeys(signal for signal, _, _ in [*CASES.values(), *VALUES.values()])
        records = [rule for signal in wanted for _, rule in python_rules.rules(signals[signal])]
        for number, (_, text, _) in enumerate(VALUES.values()):
            (home / f"value{number}.py").write_text(HEADER + text + "\n", encoding="utf-8")
        rules.write_text(yaml.safe_dump({"rules": records}), encoding="utf-8")
        results: dict[tuple[str, str], list[tuple[int, str, str, str]]] = {}
        for (signal, path, line), marks in sorted(places(home, [rules]).items()):
            rows = [(line, mark.row, mark.value, mark.by) for mark in marks]
            results.setdefault((signal, path.removesuffix(".py")), []).extend(rows)
    return results


VALUES = {
    "text": ("site-socket-interface", 'os.environ["NCCL_SOCKET_IFNAME"] = "bond1"', ("env", "bond1", "")),
    "constant": ("nccl-p2p-disabled", 'OFF = "1"\nos.environ["NCCL_P2P_DISABLE"] = OFF', ("env", "1", "")),
    "group": ("nvcc-gencode", 'a = ["-gencode=arch=compute_80,code=sm_80", ""]', ("literal", "sm_80", "")),
    "module": ("xformers", "import xformers.ops", ("import", "xformers", "")),
    "who says it": ("named-by-cloud", '@app.function(gpu="A100:8")\ndef f():\n    pass', ("key", "A100", "cloud")),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_lines(case: str) -> None:
    signal, _, lines = CASES[case]
    results = found().get((signal, f"case{list(CASES).index(case)}"), [])
    assert sorted({line for line, *_ in results}) == lines


@pytest.mark.slow
@pytest.mark.parametrize("case", VALUES)
def test_marks(case: str) -> None:
    signal, _, mark = VALUES[case]
    results = found()[signal, f"value{list(VALUES).index(case)}"]
    assert [rest for _, *rest in results] == [list(mark)]


def test_a_signal_is_one_rule() -> None:
    """Semgrep loses results of rules that share an id, for it decides by the id which files to skip."""
    for signal in load_signals().values():
        assert len(list(python_rules.rules(signal))) <= 1, signal.id
