"""Do the text rules see what the readers see, on its own line, and nothing that is only shown?"""

from __future__ import annotations

import pytest
import yaml

from chipsieve.border.semgrep import shell_rules, text_rules
from chipsieve.signals import load_signals
from semgrep_results import places

SIGNALS = (
    "bf16-training", "cuda-image", "flash-attention-2", "named-by-scheduler", "named-in-prose", "nccl-backend",
    "nccl-variables", "site-rdma-adapter",
)  # fmt: skip
# Each line, then what must be found on it: a signal and the value that the marker shows, and so on.
TREE: dict[str, tuple[tuple[str, ...], ...]] = {
    "continued.sh": (
        ("torchrun train.py \\",),
        ("    --lr 1 \\",),
        ("    --bf16 \\", "bf16-training", "true"),
        ("    --epochs 3",),
        ('ARGS=" \\',),
        ("  --bf16 \\", "bf16-training", "true"),
        ('  "',),
        ("OPTS=(",),
        ("  --bf16", "bf16-training", "true"),
        (")",),
    ),
    "operands.sh": (
        ("a --bf16 true", "bf16-training", "true"),
        ("a --precision bf16-mixed", "bf16-training", "bf16-mixed"),
        ("a --precision='bf16-true'", "bf16-training", "bf16-true"),
        ("a --dtype ${DTYPE:-bf16}", "bf16-training", "bf16"),
        ("a --bf16 $DATA_ARGS", "bf16-training", "true"),
        ("a --dtype \\", "bf16-training", "bfloat16"),
        ("  bfloat16",),
        ('ARGS="--dtype bf16"', "bf16-training", "bf16"),
        ("a --bf16 | tee log", "bf16-training", "true"),
        ("a --dist_backend nccl", "nccl-backend", "nccl"),
    ),
    "silent.sh": (
        ("# a --bf16",),
        ("a  # --bf16",),
        ('echo "--bf16"',),
        ("a --bf16 false",),
        ("a --bf16=0",),
        ("a --bf16 $BF16",),
        ("  --bf16)",),
        ("  -b|--bf16) x=1 ;;",),
        ('if [ "$1" == "--bf16" ]; then',),
        ("cat <<EOF",),
        ("  --bf16   train in bfloat16",),
        ("EOF",),
        ("a --no-bf16",),
        ("a --dtype $bf16",),
        ("cat <<EOF >&2",),
        ("  --bf16",),
        ("EOF",),
        ("echo 'export NCCL_DEBUG=INFO'",),
        ("NCCL_DEBUG=INFO",),
        ("local NCCL_DEBUG=INFO",),
        ("unset NCCL_DEBUG",),
        ("MY_NCCL_DEBUG=1 a",),
        ("docker build --build-arg NCCL_DEBUG=INFO .",),
        ("# docker run nvcr.io/nvidia/pytorch:24.05-py3",),
        ("#SBATCH --gres=gpu:8",),
        ("##SBATCH --gres=gpu:a100:8",),
        ("# pip install flash-attn==2.5",),
        ("pip install 'flash-attn<=2.5'",),
        ("pip uninstall flash-attn==2.5",),
    ),
    "environment.sh": (
        ("NCCL_DEBUG=INFO a", "nccl-variables", "INFO"),
        ('export NCCL_DEBUG="INFO"', "nccl-variables", "INFO"),
        ("declare -x NCCL_DEBUG=WARN", "nccl-variables", "WARN"),
        ("env A=1 NCCL_DEBUG=INFO a", "nccl-variables", "INFO"),
        ("mpirun -x NCCL_DEBUG=INFO a", "nccl-variables", "INFO"),
        ("export A=1 \\",),
        ("  NCCL_DEBUG=${NCCL_DEBUG:-WARN}", "nccl-variables", "WARN"),
        ("NCCL_DEBUG=INFO \\", "nccl-variables", "INFO"),
        ("  a",),
        ("NCCL_DEBUG=TRACE", "nccl-variables", "TRACE"),
        ("export NCCL_DEBUG",),
        ("export NCCL_IB_HCA=^mlx5_0,mlx5_1", "nccl-variables", "^mlx5_0,mlx5_1", "site-rdma-adapter", "mlx5"),
        ("export NCCL_DEBUG=$LEVEL", "nccl-variables", "$LEVEL"),
    ),
    "job.slurm": (
        ("#!/bin/bash",),
        ("#SBATCH --nodes=2 --gres=gpu:a100:8", "named-by-scheduler", "a100"),
        ("#SBATCH -C h100", "named-by-scheduler", "h100"),
        ("# on 8 A100 GPUs", "named-in-prose", "A100"),
        ("export NCCL_DEBUG=INFO", "nccl-variables", "INFO"),
        ("srun --bf16", "bf16-training", "true"),
        ("srun -N 2 \\",),
        ("  --gres=gpu:v100:4 a", "named-by-scheduler", "v100"),
        ("srun --container-image nvcr.io/nvidia/pytorch:24.05-py3 a", "cuda-image", "nvcr.io/nvidia/pytorch:24.05-py3"),
        ("docker run --rm nvidia/cuda:12 a --bf16", "cuda-image", "nvidia/cuda:12", "bf16-training", "true"),
        ("pip install -U 'flash-attn>=2.1'", "flash-attention-2", "flash-attn>=2.1"),
    ),
    "job.pbs": (
        ("#PBS -l select=2:ngpus=8:gpu_type=a100", "named-by-scheduler", "a100"),
    ),
    "requirements.txt": (
        ("flash-attn>=2.5", "flash-attention-2", "flash-attn>=2.5"),
        ("Flash_Attn[x] == 2.1 , <3", "flash-attention-2", "Flash_Attn[x] == 2.1 , <3"),
        ("flash-attn",),
        ("flash-attn<=2.5",),
        ("flash-attn-extra>=2",),
        ("# flash-attn==2",),
    ),
    "notes.md": (
        ("1.345M H800 GPU hours", "named-in-prose", "H800"),
        ("see #L4",),
    ),
    "run.toml": (
        ("[bf16]",),
        ("enabled = true", "bf16-training", "true"),
        ('trainer.precision = "bf16-mixed"', "bf16-training", "bf16-mixed"),
        ('trainer = {mixed_precision = "bf16"}', "bf16-training", "bf16"),
        ("[fp16]",),
        ("enabled = true",),
        ('NCCL_DEBUG = "INFO"', "nccl-variables", "INFO"),
        ("x = 1  # 8 A100 GPUs", "named-in-prose", "A100"),
        ('name = "A100"',),
        ('# precision = "bf16"',),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[tuple[int, str], list[str]]]:
    """By file: the values at each line and signal, of one run over the tree."""
    home = tmp_path_factory.mktemp("semgrep")
    signals = load_signals()
    made = [rule for name in SIGNALS for maker in (shell_rules, text_rules) for _, rule in maker.rules(signals[name])]
    # Semgrep looks at a file with a rule only if the first rule of the same id might match in it.
    rules = [{**rule, "id": f"rule-{number}.{rule['id']}"} for number, rule in enumerate(made)]
    (home / "rules.yaml").write_text(yaml.safe_dump({"rules": rules}), encoding="utf-8")
    (home / "tree").mkdir()
    for name, lines in TREE.items():
        (home / "tree" / name).write_text("".join(f"{line[0]}\n" for line in lines), encoding="utf-8")
    found: dict[str, dict[tuple[int, str], list[str]]] = {name: {} for name in TREE}
    for (signal, name, line), marks in places(home / "tree", [home / "rules.yaml"]).items():
        found[name][line, signal] = [mark.value for mark in marks]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", TREE)
def test_lines_and_values(name: str, seen: dict[str, dict[tuple[int, str], list[str]]]) -> None:
    """Each place once, with the value that the readers would show."""
    wanted = {
        (number, signal): [value]
        for number, line in enumerate(TREE[name], 1)
        for signal, value in zip(line[1::2], line[2::2], strict=True)
    }
    assert seen[name] == wanted
