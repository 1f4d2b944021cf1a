"""Does a function run that is handed over? Where what it is given to calls it; being kept or named calls nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve import scan
from small_trees import RUN, scanned, write

FUNCTION = """\
import torch

def work(*args):
    torch.cuda.set_device(0)

class Part:
    def __init__(self):
        work()

"""
LIBRARY = """\
KEPT = []

def keeps(name, maker, other=None):
    KEPT.append(maker)

def calls(first, second=None):
    return second()

def hands_on(function):
    return calls(1, function)

def hands_to_keeper(function):
    keeps("x", function)

def wraps(function):
    def inner(*args):
        return function(*args)
    return inner

class Runner:
    def __init__(self, step, spare=None):
        self.step_function = step
        self.spare = spare

    def go(self, hook):
        self.step_function()
        hook()
"""


def standing(root: Path, code: str, library: str = LIBRARY) -> str:
    """Where the one call of `work` stands in a run of the code."""
    texts = {"train.py": f"{FUNCTION}{code}\n", "lab.py": library, "run.sh": RUN}
    (outcome,) = scan(write(root, texts), workers=1).launches
    return next(stands for item, stands in outcome.launch.findings if item.signal == "cuda-device")


@pytest.mark.parametrize(
    "code",
    [
        "work()",
        "x = work\nx()",
        "def run():\n    return work()\nrun()",
        "import torch.multiprocessing as mp\nmp.spawn(work, nprocs=8)",
        "from threading import Thread\nThread(target=work).start()",
        "import threading\nthreading.Thread(target=work, daemon=True)",
        "import multiprocessing\np = multiprocessing.Process(target=work, args=(1,))",
        "from functools import partial\nx = partial(work, 1)",
        "import fire\nfire.Fire(work)",
        "from absl import app\napp.run(work)",
        "from accelerate import notebook_launcher\nnotebook_launcher(work, (), num_processes=8)",
        "import ray\nx = ray.remote(work)",
        "executor.submit(work, 1)",
        "list(map(work, xs))",
        "import jax\nstep = jax.jit(work)",
        "import atexit\natexit.register(work)",
        "from elsewhere import Trainer\nTrainer(model=None, compute_metrics=work)",
        "from lab import calls\ncalls(1, work)",
        "from lab import calls\ncalls(0, second=work)",
        "from lab import calls\ncalls(0, second=Part)",
        "import lab\nlab.hands_on(work)",
        "from lab import wraps\nwraps(work)()",
        "from lab import Runner\nRunner(work).go(None)",
        "from lab import Runner\nRunner(None).go(hook=work)",
        "from lab import Runner\nr = Runner(None)\nr.go(work)",
        "TABLE = {'a': work, 'b': print}\nTABLE['a']()",
        "TABLE = {'a': work}\nmake = TABLE.get('a')",
        "print(work())",
        "class A(Part):\n    pass\nA()",
    ],
)
def test_a_function_runs_that_is_called_or_handed_to_what_calls_it(tmp_path: Path, code: str) -> None:
    assert standing(tmp_path, code) == "asserted"


@pytest.mark.parametrize(
    "code",
    [
        "from lab import keeps\nkeeps('gpu', work)",
        "from lab import keeps\nkeeps('gpu', maker=work)",
        "from lab import keeps\nkeeps('gpu', None, work)",
        "from lab import calls\ncalls(work)",
        "from lab import hands_to_keeper\nhands_to_keeper(work)",
        "from lab import Runner\nRunner(None, work).go(None)",
        "from elsewhere import register\nregister(10, work)",
        "from elsewhere import register\n@register('gpu')\ndef special():\n    work()",
        "KEPT = [work]",
        "from functools import partial\nKEPT = [partial(work, 1)]",
        "from functools import partial\nTABLE = {'gpu': partial(work, 1), 'cpu': print}",
        "TABLE = {'gpu': work}",
        "TABLE = {'gpu': work, 'cpu': print}\nTABLE[choose()]()",
        "TABLE = {'gpu': work, 'cpu': print}\nTABLE['cpu']()",
        "TABLE = {}\nTABLE.update(gpu=work)",
        "callbacks.append(Part)",
        "handlers.add(work, priority=1)",
        "def f(x: Part):\n    pass\nf(1)",
        "isinstance(x, Part)",
        "y = x == work",
        "class A(Part):\n    pass",
        "run(on_error=work)",
    ],
)
def test_a_function_that_is_kept_or_only_named_is_not_certain_to_run(tmp_path: Path, code: str) -> None:
    assert standing(tmp_path, code) == "optional"


BACKENDS = """\
import torch

FOUND = []

def register(order, usable, make):
    FOUND.append((order, usable, make))

def _npu_usable():
    try:
        import torch_npu
    except ImportError:
        return False
    return torch_npu.npu.is_available()

def _npu():
    return torch.device("npu")

def _cuda():
    return torch.device("cuda")

register(10, _npu_usable, _npu)
register(20, torch.cuda.is_available, _cuda)

for _, usable, make in sorted(FOUND):
    if usable():
        device = make()
        break
"""


@pytest.mark.parametrize("policy", ["balanced", "strict"])
def test_a_back_end_that_waits_in_a_list_does_not_make_its_guarded_import_certain(tmp_path: Path, policy: str) -> None:
    texts = {"train.py": BACKENDS, "run.sh": f"export CUDA_VISIBLE_DEVICES=0,1\n{RUN}"}
    verdict = scanned(tmp_path, texts, policy)
    assert any(chip.startswith("a100") for chip in verdict.possible)
    assert any(chip.startswith("ascend") for chip in verdict.possible)
