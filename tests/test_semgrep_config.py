# ruff: noqa: E501 - a case is a line of a table
"""Do the rules for configuration say what the readers say? Nested keys, siblings, falsy values, markers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chipsieve.border.marker import Mark
from chipsieve.border.semgrep import config_rules, dockerfile_rules
from chipsieve.border.semgrep.rule_files import compiled
from chipsieve.signals import load_signals
from semgrep_results import Place, places

SIGNALS = (
    "bf16-training", "container-nvidia", "fp8-training", "gradient-accumulation", "kubernetes-nvidia", "named-by-cloud",
    "named-by-scheduler", "nccl-backend", "nccl-variables", "nvcc-gencode", "torch-cuda-arch-list", "cuda-image",
    "flash-attention", "flash-attention-import", "mixed-precision-bf16",
)  # fmt: skip
COMPILERS = (config_rules.rules, dockerfile_rules.rules)
Found = dict[Place, list[Mark]]


@dataclass(frozen=True)
class Case:
    """A file, and the marks that Semgrep must put on it: line, signal, kind of row, value, key."""

    name: str
    text: str
    marks: tuple[tuple[int, str, str, str, str], ...]


CASES = (
    Case("nested.json", '{"a": {"bf16": {\n "enabled": true}}}', ((2, "bf16-training", "key", "true", "enabled"), (2, "mixed-precision-bf16", "key", "true", "enabled"))),
    Case("nested.yaml", "bf16:\n  enabled: true\na.bfloat16:\n  x: 1\n  # why\n  enabled: 'true'\nc: {bf16: {x: 1, enabled: true}}\n", tuple(
        (line, signal, "key", "true", "enabled") for line in (2, 6, 7) for signal in ("bf16-training", "mixed-precision-bf16"))),
    Case("values.yaml", "image:\n  repository: nvcr.io/nvidia/pytorch\n  tag: 24.05-py3\n", ((2, "cuda-image", "image", "nvcr.io/nvidia/pytorch", ""),)),
    Case("deeper.json", '{"bf16": {"later": {"enabled": true}}}', ()),
    Case("dotted.yaml", "bf16.enabled: true\n", ((1, "bf16-training", "key", "true", "enabled"), (1, "mixed-precision-bf16", "key", "true", "enabled"))),
    Case("auto.yaml", "bf16: auto\nmixed_precision: ${oc.env:P}\ngradient_accumulation_steps: '1'\n", ()),
    Case("quoted.yaml", "gradient_accumulation_steps: '16'\n", ((1, "gradient-accumulation", "key", "16", "gradient_accumulation_steps"),)),
    Case("module.yaml", "x:\n  mixed_precision_param: torch.bfloat16\n", ((2, "bf16-training", "key", "torch.bfloat16", "mixed_precision_param"),)),
    Case("beside.yaml", "a:\n  fp8_hybrid: true\n  x: 1\n  fp8: True\nb:\n  fp8: false\n  fp8_hybrid: true\nc:\n  fp8: true\n  d:\n    fp8_hybrid: true\n", ((2, "fp8-training", "key", "true", "fp8_hybrid"),)),
    Case("beside.json", '{"a": {"fp8_hybrid": true, "fp8": true},\n "b": {"fp8": true, "d": {"fp8_hybrid": true}}}', ((1, "fp8-training", "key", "true", "fp8_hybrid"),)),
    Case("only-yaml.json", '{"use_flash_attn": true}', ()),
    Case("glob.yaml", "dist:\n  deep:\n    my_backend: NCCL\nstore:\n  backend: nccl\n", ((3, "nccl-backend", "key", "NCCL", "my_backend"),)),
    Case("label.yaml", "limits: {nvidia.com/gpu: 8}\nx.nvidia.com/gpu: 8\nrequests: {nvidia.com/gpu: 0}\n", ((1, "kubernetes-nvidia", "key", "8", "nvidia.com/gpu"),)),
    Case("pod.yaml", "env:\n  - name: NCCL_DEBUG\n    value: INFO\n  - value: '1'\n    name: NCCL_X\n  - name: NCCL_F\n    valueFrom: {value: 3}\n  - NCCL_Y=a b\n  - name: OTHER\n    value: NCCL_DEBUG\n", ((3, "nccl-variables", "env", "INFO", ""), (4, "nccl-variables", "env", "1", ""), (8, "nccl-variables", "env", "a b", ""))),
    Case("launch.json", '{"env": {"NCCL_DEBUG": "${env:X}"}, "note": "NCCL_DEBUG=INFO"}', ((1, "nccl-variables", "env", "${env:X}", ""),)),
    Case("arguments.yaml", "args: [--bf16, --fp8-format, hybrid]\nlater:\n  args:\n  - --mixed-precision=bf16\n  - --bf16\n  - 'off'\n  notes: [--bf16]\nMODEL_ARGS:\n  --precision: bf16\n", (
        (1, "bf16-training", "flag", "true", ""), (1, "mixed-precision-bf16", "flag", "true", ""), (1, "fp8-training", "flag", "hybrid", ""),
        (4, "bf16-training", "flag", "bf16", ""), (4, "mixed-precision-bf16", "flag", "bf16", ""), (9, "bf16-training", "flag", "bf16", ""), (9, "mixed-precision-bf16", "flag", "bf16", ""))),
    Case("words.json", '{"build_args": ["-gencode arch=compute_80,code=sm_80"]}', ((1, "nvcc-gencode", "flag", "sm_80", ""), (1, "nvcc-gencode", "literal", "sm_80", ""))),
    Case("cloud.yaml", "cloud:\n  instance_type: ml.p4d.24xlarge\n  instance_types: [ml.p4d.24xlarge]\n  accelerators: {a100: 8}\n", ((2, "named-by-cloud", "key", "ml.p4d.24xlarge", "instance_type"),)),
    Case("job.yaml", "slurm:\n  constraint: a100\nx: {constraint: a100}\nslurm_constraint: h100\n", ((2, "named-by-scheduler", "directive", "a100", ""), (4, "named-by-scheduler", "directive", "h100", ""), (4, "named-by-scheduler", "key", "h100", "slurm_constraint"))),
    Case("conda.yaml", "dependencies:\n  - flash-attn=2.3\n  - flash-attention\n  - pip:\n    - flash-attn>=2\nproject:\n  dependencies: [flash-attn]\n", ((2, "flash-attention-import", "pin", "flash-attn=2.3", ""), (5, "flash-attention-import", "pin", "flash-attn>=2", ""))),
    Case("cells.ipynb", '{"metadata": {"bf16": true}, "cells": []}', ()),
    Case("Dockerfile.gpu", "ARG BASE=1\nFROM --platform=linux/amd64 nvidia/cuda:12.4 AS x\nFROM ${BASE}\n# ENV NCCL_A=1\nENV NCCL_B=1 X=2 \\\n  # NCCL_C=1\n  NCCL_D='a b'\nENV TORCH_CUDA_ARCH_LIST 8.0 9.0\nLABEL NCCL_E=1\nRUN X=1 NCCL_F=2 make && \\\n  export NCCL_G=3\nCMD NCCL_H=1 run\n", (
        (2, "cuda-image", "image", "nvidia/cuda:12.4", ""), (5, "nccl-variables", "env", "1", ""), (7, "nccl-variables", "env", "a b", ""),
        (8, "torch-cuda-arch-list", "env", "8.0 9.0", ""), (10, "nccl-variables", "env", "2", ""), (11, "nccl-variables", "env", "3", ""))),
    Case("Dockerfile", "RUN pip install torch \\\n    'flash-attn==2.3' && echo flash-attn\nRUN pip install x && \\\n    pip3 install flash_attn\n# RUN pip install flash-attn\n", (
        (2, "flash-attention-import", "pin", "flash-attn==2.3", ""), (4, "flash-attention-import", "pin", "flash_attn", ""))),
)  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What one run of the rules finds in all the cases."""
    rules, tree = tmp_path_factory.mktemp("rules"), tmp_path_factory.mktemp("tree")
    texts = compiled({name: load_signals()[name] for name in SIGNALS})
    for name in ("json.yaml", "yaml.yaml", "dockerfile.yaml"):
        (rules / name).write_text(texts[name], encoding="utf-8")
    for case in CASES:
        (tree / case.name).write_text(case.text, encoding="utf-8")
    return places(tree, [rules])


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_marks(found: Found, case: Case) -> None:
    marks = {
        (line, signal, mark.row, mark.value, mark.name)
        for (signal, path, line), several in found.items()
        if path == case.name
        for mark in several
    }
    assert sorted(marks) == sorted(case.marks)


@pytest.mark.slow
def test_no_place_of_a_dockerfile_twice(found: Found) -> None:
    assert [place for place, marks in found.items() if "Dockerfile" in place[1] and len(marks) > 1] == []


def test_a_rule_for_each_language_that_a_row_speaks_of() -> None:
    def folders(name: str) -> set[str]:
        signal = load_signals()[name]
        return {folder for compiler in COMPILERS for folder, _ in compiler(signal)}

    assert folders("bf16-training") == {"json", "yaml"}
    assert folders("nccl-variables") == {"json", "yaml", "dockerfile"}
    assert folders("bf16-tensor") == {"json", "yaml"}
    assert folders("named-by-peak-flops") == set()


def test_json_rules_leave_notebooks_and_logs_alone() -> None:
    for signal in load_signals().values():
        for folder, rule in config_rules.rules(signal):
            paths = rule.get("paths", {})
            assert folder != "json" or (isinstance(paths, dict) and "*.ipynb" in paths["exclude"])
