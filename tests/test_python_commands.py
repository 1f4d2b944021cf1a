"""Which commands does Python start that it puts together first? Lists and texts that grow, join and split."""

from __future__ import annotations

import pytest

from python_reading import read


def commands(code: str) -> list[str]:
    """The words of each command, `?` for what is not known, with its conditions behind a bar."""
    found = []
    for command in read(f"import os, shlex, subprocess\n{code}\n").commands:
        words = ["".join("?" if part.kind == "unknown" else part.text for part in word.parts) for word in command.words]
        found.append(" ".join(words))
    return found


TRAIN = "cmd = ['torchrun', 'train.py']\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{TRAIN}subprocess.run(cmd)", ["torchrun train.py"]),
        (f"{TRAIN}cmd += ['--bf16']\nsubprocess.run(cmd)", ["torchrun train.py --bf16"]),
        (f"{TRAIN}cmd.extend(['--lr', lr()])\nsubprocess.run(cmd)", ["torchrun train.py --lr ?"]),
        (f"{TRAIN}cmd.append('--bf16')\nos.system(' '.join(cmd))", ["torchrun train.py --bf16"]),
        (f"{TRAIN}subprocess.run(cmd + ['--bf16'])", ["torchrun train.py --bf16"]),
        (f"{TRAIN}subprocess.run([*cmd, '--bf16', *more])", ["torchrun train.py --bf16 ?"]),
        (f"{TRAIN}subprocess.run(cmd + extra)", ["torchrun train.py ?"]),
        (
            f"{TRAIN}if args.bf16:\n    cmd += ['--bf16']\nsubprocess.run(cmd)",
            ["torchrun train.py", "torchrun train.py --bf16"],
        ),
        ("cmd = 'torchrun train.py'\ncmd += ' --bf16'\nos.system(cmd)", ["torchrun train.py --bf16"]),
        (
            "cmd = f'torchrun train.py --n {n()}'\ncmd += f' --lr {lr()}'\nos.system(cmd)",
            ["torchrun train.py --n ? --lr ?"],
        ),
        ("cmd = f'torchrun {x()}.py'\nsubprocess.run(shlex.split(cmd))", ["torchrun ?.py"]),
        ("subprocess.run('torchrun train.py --bf16'.split())", ["torchrun train.py --bf16"]),
        ("cmd = build()\ncmd += ['--bf16']\nsubprocess.run(cmd)", []),
        ("names = ['torchrun', 'train.py']\nnames += ['x']", []),
        ("x = 1\nx += 2\nsubprocess.run(x)", []),
    ],
)
def test_a_command_that_is_put_together(code: str, expected: list[str]) -> None:
    assert sorted(commands(code)) == sorted(expected)


def test_a_command_that_grows_in_many_branches_ends_in_something_unknown() -> None:
    branches = "".join(f"if args.a{number}:\n    cmd.append('--a{number}')\n" for number in range(6))
    found = commands(f"{TRAIN}{branches}subprocess.run(cmd)")
    assert found
    assert len(found) <= 8
    assert all(line.startswith("torchrun train.py") and line.endswith("?") for line in found)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import sky\nsky.Task('x', run='torchrun train.py', setup='pip install torch')", ["torchrun train.py"]),
        ("client.submit_job(entrypoint=f'python train.py --n {n()}')", ["python train.py --n ?"]),
        ("BashOperator(task_id='t', bash_command='torchrun train.py')", []),
        ("airflow.BashOperator(task_id='t', bash_command='torchrun train.py')", ["torchrun train.py"]),
        ("from azure.ai.ml import command\njob = command(code='.', command='python train.py')", ["python train.py"]),
        ("ssh.exec_command('torchrun train.py')", ["torchrun train.py"]),
        ("sky.Task(name='torchrun train.py')", []),
        ("command(command='python train.py')", []),
        ("ssh.execute('torchrun train.py')", []),
    ],
)
def test_a_job_that_takes_a_command(code: str, expected: list[str]) -> None:
    assert commands(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('x = """#!/bin/bash\ntorchrun --nnodes={args.nodes} train.py\n""".format(args=args)', "${args_nodes}"),
        ('x = """\n#SBATCH --nodes=2\nsrun python train.py --n {nodes}\n"""', "${nodes}"),
        ('x = f"""\n#SBATCH --nodes=2\nsrun python train.py --n {nodes()}\n"""', "${nodes}"),
        ('x = """#!/bin/bash\ntorchrun --nnodes={{ job.nodes }} train.py\n"""', "${job_nodes}"),
        ('x = """#!/bin/bash\ntorchrun --nnodes=%(nodes)s train.py\n""" % values', "${nodes}"),
    ],
)
def test_a_job_script_that_python_writes(code: str, expected: str) -> None:
    (document,) = read(code).documents
    assert document.language == "shell"
    assert expected in document.text


def test_a_text_about_scheduling_is_no_script() -> None:
    assert not read('x = """Use SBATCH or #PBS.\npython train.py\n"""').documents


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import importlib\nimportlib.import_module('models.large')", [("models.large", 0)]),
        ("from importlib import import_module\nx = import_module('.large', package=__name__)", [("large", 1)]),
        ("__import__('plugin')", [("plugin", 0)]),
        ("import importlib\nNAME = 'a.b'\nimportlib.import_module(NAME)", [("a.b", 0)]),
        ("import importlib\nimportlib.import_module(name())", []),
        ("import importlib\nimportlib.import_module(f'models.{name()}')", []),
        ("import_module('a.b')", []),
    ],
)
def test_a_module_that_is_named_by_a_text(code: str, expected: list[tuple[str, int]]) -> None:
    found = [(item.module, item.level) for item in read(code).imports]
    assert [one for one in found if not one[0].startswith(("importlib", "sky", "azure"))] == expected
