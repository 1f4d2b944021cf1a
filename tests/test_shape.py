"""How many accelerators does a launch ask for, on how many machines?"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.derive.shape import Shape, shape_of
from small_trees import write

TRAIN = "import torch\ntorch.nn.Linear(1, 1).cuda()\n"
CASES = {
    "#SBATCH --nodes=4\n#SBATCH --gres=gpu:8\nsrun python train.py\n": Shape(32, 4, 8, "run.sh:2"),
    "#SBATCH -N 16\n#SBATCH --gpus-per-node=a100:4\nsrun python train.py\n": Shape(64, 16, 4, "run.sh:2"),
    "#PBS -l select=8:ngpus=4\nmpirun -np 32 python train.py\n": Shape(32, 8, 4, "run.sh:1"),
    "GPUS_PER_NODE=8\ntorchrun --nproc_per_node $GPUS_PER_NODE train.py\n": Shape(8, 0, 8, "run.sh:2"),
    "accelerate launch --num_processes 16 train.py\n": Shape(16),
    "torchrun --nproc_per_node 1 --nnodes 1 train.py\n": Shape(1),
    "torchrun --nproc_per_node $N --nnodes $M train.py\n": Shape(),
    "python train.py\n": Shape(),
    "if [ $X = 1 ]; then\n  N=4\nelse\n  N=8\nfi\ntorchrun --nproc_per_node $N train.py\n": Shape(8),
}


@pytest.mark.parametrize("script", CASES)
def test_the_shape_is_what_lines_that_take_effect_ask_for(tmp_path: Path, script: str) -> None:
    main = scan(write(tmp_path, {"run.sh": script, "train.py": TRAIN})).main_launch
    assert main is not None
    assert shape_of(main.launch) == CASES[script]


def test_the_sentence_says_it(tmp_path: Path) -> None:
    script = "#SBATCH --nodes=4\n#SBATCH --gres=gpu:8\nsrun python train.py --bf16\n"
    verdict = scan(write(tmp_path, {"run.sh": script, "train.py": TRAIN, "README.md": "Trained on H100 GPUs.\n"}))
    assert "; the launch asks for 32 accelerators, 8 per node. " in verdict.sentence
