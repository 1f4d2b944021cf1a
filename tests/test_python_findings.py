"""Does each kind of match row fire on the Python that means it, and stay silent beside it?"""

from __future__ import annotations

import pytest

from python_reading import conditions, read, seen

NAMES = {
    "import torch\nuse(torch.bfloat16)": ["2 bf16 []"],
    "import torch as t\nuse(t.bfloat16)": ["2 bf16 []"],
    "from torch import bfloat16 as bf\nuse(bf)": ["2 bf16 []"],
    "import jax.numpy as jnp\nuse(jnp.bfloat16)": ["2 bf16 []"],
    "from jax import numpy as jnp\nuse(jnp.bfloat16)": ["2 bf16 []"],
    "import torch\nx = torch.bfloat16\nuse(x)": ["2 bf16 []", "3 bf16 []"],
    "import torch\nt = torch\nuse(t.bfloat16)": ["3 bf16 []"],
    "def f():\n    import torch as q\n    use(q.bfloat16)": ["3 bf16 [call f]"],
    "import torch\nuse(torch.bfloat16.itemsize)": ["2 bf16 []"],
    "import torch\nuse(torch.bfloat16_like, my.bfloat16)": [],
    "import torch\ndef g(torch):\n    use(torch.bfloat16)": [],
    "import torch\ntorch = other()\nuse(torch.bfloat16)": [],
    "from .torch import bfloat16\nuse(bfloat16)": [],
    "import torch\n[use(torch.bfloat16) for torch in x]\nuse(torch.bfloat16)": ["3 bf16 []"],
    "import torch\n'torch.bfloat16'\nx: 'torch.bfloat16'": [],
}
MENTIONS = (
    "x.dtype == torch.bfloat16",
    "x.dtype in (torch.float16, torch.bfloat16)",
    "x.dtype is torch.bfloat16",
    'table = {"bf16": torch.bfloat16, "fp16": torch.float16}',
    "kinds = [torch.float16, torch.bfloat16]",
    "isinstance(x, torch.bfloat16)",
    "def f(x: torch.bfloat16) -> torch.bfloat16: pass",
    "x: torch.bfloat16 = None",
    'p.add_argument("--d", choices=[torch.bfloat16])',
    "raise ValueError(torch.bfloat16)",
    "print(torch.bfloat16)",
    "assert x == torch.bfloat16",
    "f'{torch.bfloat16}'",
    "names = {torch.bfloat16: 'bf16'}",
    "T = typing.Union[torch.bfloat16, None]",
)
USES = (
    'kw = {"torch_dtype": torch.bfloat16}',
    'kw = {"param_dtype": torch.bfloat16, "reduce_dtype": torch.float32}',
    "a, b = torch.bfloat16, torch.float16",
    "return_it(dtype=torch.bfloat16)",
    "x = model.to(torch.bfloat16)",
    "for d in [torch.bfloat16]: pass",
    "with torch.autocast('cuda', dtype=torch.bfloat16): pass",
    "@wrap(torch.bfloat16)\ndef f(): pass",
)


@pytest.mark.parametrize("code", NAMES)
def test_names_are_seen_through_aliases_and_not_through_shadows(code: str) -> None:
    assert seen(read(code)) == NAMES[code]


@pytest.mark.parametrize("line", MENTIONS)
def test_a_mere_mention_is_inert(line: str) -> None:
    found = read(f"import torch, typing\n{line}\n").findings
    assert found
    assert all("mention" in conditions(item) for item in found)


@pytest.mark.parametrize("line", USES)
def test_a_use_is_not_taken_for_a_mention(line: str) -> None:
    assert [conditions(item) for item in read(f"import torch\n{line}\n").findings] == [""]


CALLS = {
    "from transformers import TrainingArguments\nTrainingArguments(bf16=True)": ["2 bf16 []"],
    "import transformers as hf\nhf.TrainingArguments(bf16=args.bf16)": ["2 bf16 [option bf16]"],
    "from transformers import TrainingArguments as T\nT(**{'bf16': True})": ["2 bf16 []"],
    "from transformers import TrainingArguments as T\nkw = dict(bf16=True)\nT(**kw)": [],
    "from transformers import TrainingArguments as T\nkw = {'bf16': True}\nT(**kw)": ["2 bf16 []"],
    "from transformers import TrainingArguments as T\nT(bf16=False)\nT(bf16=None)\nT(fp16=True)": [],
    "from transformers import TrainingArguments as T\nT(bf16=not args.fp32 and args.x)": [
        "2 bf16 [not option fp32; option x]"
    ],
    "from transformers import TrainingArguments as T\nfunctools.partial(T, bf16=True)": ["2 bf16 []"],
    "TrainingArguments(bf16=True)": [],
    "model.bfloat16()": ["1 bf16 []"],
    "self.model.half().bfloat16()": ["1 bf16 []"],
    "bfloat16()": [],
    "import torch.distributed as dist\ndist.init_process_group('nccl')": ["2 backend []"],
    "import torch.distributed as dist\ndist.init_process_group(backend='nccl' if c else 'gloo')": [
        "2 backend [unknown]"
    ],
    "import torch.distributed as dist\nB = 'nccl'\ndist.init_process_group(B)": ["3 backend []"],
    "import torch.distributed as dist\ndist.init_process_group(args.backend)": ["2 backend [option backend in nccl]"],
    "import torch.distributed as dist\ndist.init_process_group('gloo')\nmine.init_process_group('nccl')": [],
    "from accelerate import Accelerator\nAccelerator(mixed_precision=args.precision)": [
        "2 bf16 [option precision in bf16]"
    ],
    "import torch\n@torch.compile\ndef f(): pass": ["2 compiled []"],
    "import torch\n@torch.compile(mode='x')\ndef f(): pass": ["2 compiled []"],
}


@pytest.mark.parametrize("code", CALLS)
def test_calls_ask_for_their_arguments(code: str) -> None:
    assert seen(read(code)) == CALLS[code]


def test_a_conditional_argument_has_the_condition_of_its_arm() -> None:
    code = """\
    import torch
    dtype = torch.bfloat16 if args.bf16 else torch.float16
    model = M.from_pretrained(path, torch_dtype=dtype)
    """
    assert [line for line in seen(read(code)) if line.startswith("3")] == ["3 bf16 [option bf16]"] * 2


KEYS = {
    "c = {'bf16': {'enabled': True}}": ["1 bf16 []"],
    "c = dict(bf16=dict(enabled=True))\nuse({'a': {'bf16': {'enabled': 1}}})": ["2 bf16 []"],
    "c = {'bf16': {'enabled': args.use_bf16}}": ["1 bf16 [option use_bf16]"],
    "c['bf16']['enabled'] = True": ["1 bf16 []"],
    "config.bf16.enabled = True": ["1 bf16 []"],
    "config.bf16.enabled = False\nc['bf16'][x] = True\nthing.bf16.enabled = True": [],
    "c = {'bf16': {'enabled': False}}\nd = {'fp16': {'enabled': True}}": [],
    "def f(c={'bf16': {'enabled': True}}): pass": ["1 bf16 [unknown]"],
}


@pytest.mark.parametrize("code", KEYS)
def test_keys_of_dicts_and_configs(code: str) -> None:
    assert seen(read(code)) == KEYS[code]


ENVIRONMENTS = {
    "os.environ['NCCL_IB_HCA'] = 'mlx5'": "mlx5",
    "os.environ.setdefault('NCCL_IB_HCA', 'mlx5')": "mlx5",
    "os.environ.update({'NCCL_IB_HCA': 'mlx5'})": "mlx5",
    "os.environ.update(NCCL_IB_HCA='mlx5')": "mlx5",
    "os.environ |= {'NCCL_IB_HCA': 'mlx5'}": None,
    "os.putenv('NCCL_IB_HCA', 'mlx5')": "mlx5",
    "from os import environ as e\ne['NCCL_IB_HCA'] = 'mlx5'": "mlx5",
    "env = os.environ.copy()\nenv['NCCL_IB_HCA'] = 'mlx5'": "mlx5",
    "env = {**os.environ, 'NCCL_IB_HCA': 'mlx5'}": "mlx5",
    "env = dict(os.environ, NCCL_IB_HCA='mlx5')": "mlx5",
    "subprocess.run(['a'], env={'NCCL_IB_HCA': 'mlx5'})": "mlx5",
    "ray.init(runtime_env={'env_vars': {'NCCL_IB_HCA': 'mlx5'}})": "mlx5",
    "P = 'NCCL_'\nos.environ[P + 'IB_HCA'] = f'{P}x'": "NCCL_x",
    "os.environ['NCCL_IB_HCA'] = compute()": "",
    "os.environ['NCCL_IB_HCA'] = str(1)": "1",
}


@pytest.mark.parametrize("code", ENVIRONMENTS)
def test_environment_writes(code: str) -> None:
    found = [item for item in read(f"import os, subprocess\n{code}\n").findings if item.signal == "fabric"]
    if ENVIRONMENTS[code] is None:
        assert [conditions(item) for item in found] == ["unknown"]
    else:
        assert [(item.value, conditions(item)) for item in found] == [(ENVIRONMENTS[code], "")]


@pytest.mark.parametrize(
    "code",
    [
        "os.environ.get('NCCL_IB_HCA')",
        "x = os.environ['NCCL_IB_HCA']",
        "os.getenv('NCCL_IB_HCA', 'mlx5')",
        "del os.environ['NCCL_IB_HCA']",
        "names = ['NCCL_IB_HCA']",
    ],
)
def test_reading_the_environment_is_no_finding(code: str) -> None:
    assert seen(read(f"import os\n{code}\n")) == []


def test_a_dict_that_may_be_an_environment_is_optional_until_it_is_passed() -> None:
    code = """\
    import subprocess
    variables = {"NCCL_IB_HCA": "mlx5"}
    subprocess.run(["torchrun"], env=variables)
    """
    assert seen(read(code)) == ["2 fabric []", "2 fabric [unknown]"]


def test_commands_keep_their_words_places_and_environment() -> None:
    code = """\
    import os, subprocess, sys
    subprocess.run(["torchrun", "--bf16", script, "train.py"], env={"A": "1"})
    subprocess.check_call([sys.executable, "-m", "train"])
    os.system(f"deepspeed train.py --bf16 --lr {lr} 'a b'")
    subprocess.run(command)
    run(["torchrun"])
    """
    reading = read(code)
    assert [tuple(word.literal for word in command.words) for command in reading.commands] == [
        ("torchrun", "--bf16", None, "train.py"),
        ("python", "-m", "train"),
        ("deepspeed", "train.py", "--bf16", "--lr", None, "a b"),
    ]
    flag = reading.commands[2].words[2].span
    assert (flag.line, flag.column, flag.end_column) == (4, 32, 38)
    assert [(name, word.literal) for name, word in reading.commands[0].environment] == [("A", "1")]
    assert seen(reading, "bf16") == ["4 bf16 []"]


NUMBERS = {
    "peak = 312e12": ["1 peak []"],
    "peak = 1e12 * 312": ["1 peak []"],
    "peak = 312 * 10**12": ["1 peak []"],
    "def f(peak=989e12): pass": ["1 peak [unknown]"],
    "mfu(peak=312e12)": ["1 peak []"],
    "flops > 312e12": ["1 peak [mention]"],
    "peaks = {'a': 312e12, 'b': 989e12, 'c': 1.0}": ["1 peak [mention]", "1 peak [mention]"],
    "peaks = [312e12, 989e12, 1.0]": ["1 peak [mention]", "1 peak [mention]"],
    "if 'A100' in name:\n    peak = 312e12": ["2 peak [unknown; mention]"],
    "if args.dtype == 'bf16':\n    peak = 312e12": ["2 peak [option dtype in bf16]"],
    "peak = 312e11": [],
}


@pytest.mark.parametrize("code", NUMBERS)
def test_numbers_alone_speak_and_tables_of_numbers_do_not(code: str) -> None:
    assert seen(read(code)) == NUMBERS[code]


def test_device_names_are_words_only_in_tests_and_comments() -> None:
    code = '''\
    """Trained on A100."""
    import torch  # on H800
    label = "A100"
    if "A100" in torch.cuda.get_device_name(0):
        x = 1
    if "A100" in sentence:
        x = 2
    '''
    found = read(code).findings
    assert [(item.span.line, item.value, item.by, conditions(item)) for item in found] == [
        (1, "A100", "comment", "mention"),
        (2, "H800", "comment", "mention"),
        (4, "A100", "device-test", "hardware"),
    ]
    assert [(item.span.column, item.span.end_column) for item in found[:2]] == [(15, 19), (20, 24)]


def test_requirements_of_a_setup_script() -> None:
    code = """\
    from setuptools import setup
    needed = ["torch", "flash-attn>=2.1"]
    setup(name="x", install_requires=needed, extras_require={"fast": ["flash-attn==2.3"], "old": ["flash-attn<2"]})
    """
    assert seen(read(code)) == ["2 flash []", "3 flash [unknown]"]


def test_directives_in_a_string_that_is_no_whole_script_are_optional() -> None:
    code = '''\
    head = f"""# a header
    #SBATCH --gres=gpu:a100:8
    #SBATCH --nodes={nodes}
    """
    '''
    assert seen(read(code)) == ["2 chip [unknown]"]


def test_a_whole_script_in_a_string_is_a_script_line_by_line() -> None:
    code = '''\
    NODES = 4
    script = f"""#!/bin/bash
    #SBATCH --nodes={args.nodes}
    srun torchrun --nnodes {NODES} train.py --lr {args.lr} \\\\
        --bf16 ${{EXTRA}}
    """
    template = """#!/usr/bin/env bash
    python train.py --name {name}
    """
    neither = "#!/bin/bash\\npython train.py"
    mention = """Begin with #!/bin/bash, then python train.py"""
    '''
    first, second = read(code).documents
    assert (first.language, first.span.line, second.span.line) == ("shell", 2, 7)
    assert first.text.splitlines()[2:] == [
        "srun torchrun --nnodes 4 train.py --lr ${args_lr} \\", "    --bf16 ${EXTRA}",
    ]  # fmt: skip
    assert second.text.splitlines()[1] == "python train.py --name ${name}"
    assert seen(read(code)) == []


def test_references_and_imports() -> None:
    code = """\
    import a.b, c as d
    from .pkg import e, f
    from g import *
    if args.x:
        load("configs/ds_zero3.json")
    open("not a file.json"), "x.jsonl", "run.sh"
    """
    reading = read(code)
    assert [(item.module, item.level, item.names) for item in reading.imports] == [
        ("a.b", 0, ()),
        ("c", 0, ()),
        ("pkg", 1, ("e", "f")),
        ("g", 0, ("*",)),
    ]
    assert [(item.text, item.span.line, len(item.conditions)) for item in reading.references] == [
        ("configs/ds_zero3.json", 5, 1),
        ("run.sh", 6, 0),
    ]


def test_functions_and_what_they_mention() -> None:
    code = """\
    from m import helper
    @decorate
    class Trainer(Base):
        size = compute()
        def step(self):
            self.forward(helper)
    def main():
        Trainer().step()
    if __name__ == "__main__":
        main()
    """
    reading = read(code)
    mentions = {item.name: set(item.mentions) for item in reading.functions}
    assert reading.entry
    assert mentions["__main__"] == {"main"}
    assert mentions["main"] == {"Trainer", "step"}
    assert mentions["Trainer.step"] == {"self", "forward"}
    assert {"Base", "compute"} <= mentions["Trainer"] | mentions[""]
    assert "helper" not in mentions[""]


def test_spans_are_code_points_from_one() -> None:
    found = read("import torch\nx = '½é'; use((torch.bfloat16))\r\nuse(torch.bfloat16)\r\n").findings
    assert [(item.span.line, item.span.column, item.span.end_column) for item in found] == [(2, 16, 30), (3, 5, 19)]
    assert found[0].snippet == "x = '½é'; use((torch.bfloat16))"
    assert {item.engine for item in found} == {"ast"}
