"""Which commands does a configuration start, in which environment and folder, and what only looks like one?"""

from __future__ import annotations

import pytest

from chipsieve.facts.reading import Source
from chipsieve.sources.readers import read_source
from config_readers import TABLE, command_line, commands, read_whole, shown


@pytest.mark.parametrize(
    ("text", "started"),
    [
        (
            "command: [torchrun]\nargs: [--nnodes=2, train.py, '--lr 1e-4']\n",
            ["torchrun --nnodes=2 train.py --lr 1e-4"],
        ),
        (
            "command: [bash, -c]\nargs:\n- |\n  set -e\n  torchrun a.py\n  python b.py\n",
            ["torchrun a.py", "python b.py"],
        ),
        ("command: [/bin/sh, -lc, --]\nargs: ['python a.py']\n", ["python a.py"]),
        ("command: [tini, --, bash, -c, python a.py]\n", ["python a.py"]),
        ("command: ['python a.py --x']\n", ["python a.py --x"]),
        ("args: [python, a.py, --x]\n", ["python a.py --x"]),
        ("image: x\nargs: [--, python, a.py, --x]\n", ["python a.py --x"]),
        ("command: [python, a.py, --lr, {inputValue: lr}, --x]\n", ["python a.py --lr <> --x"]),
        ("command: [dlrover-run, --nnodes, 2, train.py]\n", ["dlrover-run --nnodes 2 train.py"]),
        ("command: dlrover-run --nnodes 2 train.py\n", ["dlrover-run --nnodes 2 train.py"]),
        ("command: >-\n  python a.py\n  --x ${{inputs.x}}\n", ["python a.py --x <__________>"]),
        ("entrypoint: [torchrun]\ncommand: train.py --x\n", ["torchrun train.py --x"]),
        ("entrypoint: [sh, -c]\ncommand: |\n  python a.py\n  python b.py\n", ["python a.py", "python b.py"]),
        ("entrypoint: python a.py\n", ["python a.py"]),
        ("run: train.sh\n", ["train.sh"]),
        ("script: [./a.sh, python b.py]\n", ["./a.sh", "python b.py"]),
        ("script:\n  command: [bash]\n  source: |\n    python a.py\n", ["python a.py"]),
        ("commands:\n- python a.py\n- python b.py\n", ["python a.py", "python b.py"]),
        ("tasks:\n- command: [bash, a.sh]\n  arguments: [--x, 1]\n", ["bash a.sh --x 1"]),
        ("pythonPackageSpec:\n  pythonModule: trainer.task\n  args: [--x=1]\n", ["python -m trainer.task --x=1"]),
        ("train_command: accelerate launch a.py\n", ["accelerate launch a.py"]),
        ("script: a.py\narguments: [--x, 1]\n", ["a.py --x 1"]),
        ("task:\n  python_file: jobs/a.py\n  parameters: [--x]\n", ["jobs/a.py --x"]),
        ("entry_point: a.py\nhyperparameters:\n  lr: 1\n  bf16: true\n", ["a.py --lr 1 --bf16 true"]),
        ("command: a.py\n", ["a.py"]),
        ("run: a.py --x\n", ["a.py --x"]),
    ],
)
def test_what_a_workload_starts(text: str, started: list[str]) -> None:
    assert commands("job.yaml", text) == started


@pytest.mark.parametrize(
    "text",
    [
        "args: [--x]\n",
        "args: [a, b]\n",
        "run: 3\n",
        "command: serve\n",
        "commands: do it\n",
        "commands: [train, eval]\n",
        "train_command: do it\n",
        "program: train.py\n",
        "pythonModule: [a]\n",
        "entry_point: pkg.main:run\n",
        "python_file: [a.py]\n",
        "command: [bash, -c]\n",
    ],
)
def test_what_starts_nothing(text: str) -> None:
    assert commands("job.yaml", text) == []


def test_arguments_of_an_unknown_program_are_a_gap_when_a_signal_asks_for_one() -> None:
    (gap,) = read_whole("job.yaml", "image: x\nargs: [--lr, 1, --bf16]\n").gaps
    assert gap.line == 2
    assert not read_whole("job.yaml", "image: x\nargs: [--lr, 1]\n").gaps
    assert not read_whole("job.yaml", "args: [--lr, 1, --bf16]\n").gaps
    assert not read_whole("job.yaml", "image: x\ncommand: [python, a.py]\nargs: [--bf16]\n").gaps


def test_a_script_in_json_keeps_its_lines() -> None:
    text = '{"entryPoint": ["sh", "-c"], "command": ["python a.py\\npython b.py --x \\"1\\""]}'
    assert commands("task.json", text) == ["python a.py", "python b.py --x 1"]
    assert commands("task.json", '{"ContainerEntrypoint": ["torchrun"], "ContainerArguments": ["a.py"]}') == [
        "torchrun a.py"
    ]


def test_a_script_runs_in_the_environment_and_the_folder_of_its_container() -> None:
    text = (
        "env:\n- {name: SEQ, value: '4096'}\nworkingDir: src\ncommand: [bash, -c]\nargs: ['A=1 python a.py $SEQ $X']\n"
    )
    (command,) = read_whole("job.yaml", text).commands
    assert command_line(command) == "python a.py <SEQ=4096> <X>"
    assert [(name, shown(value)) for name, value in command.environment] == [("SEQ", "4096"), ("A", "1")]
    assert command.directory is not None
    assert shown(command.directory) == "src"


def test_a_sweep_runs_its_program() -> None:
    parameters = "parameters:\n  lr: {values: [1, 2]}\n  bf16: {value: true}\n  x: {min: 1, max: 3}\n"
    assert commands("sweep.yaml", f"program: a.py\nmethod: grid\n{parameters}") == [
        "/usr/bin/env python a.py --lr=<1|2> --bf16=true --x=<>"
    ]
    macros = 'command: ["${interpreter}", "${program}", --fixed, "${args_no_hyphens}"]\n'
    assert commands("sweep.yaml", f"program: a.py\nmethod: grid\n{macros}{parameters}") == [
        "python a.py --fixed lr=<1|2> bf16=true x=<>"
    ]


@pytest.mark.parametrize(
    ("path", "text", "started"),
    [
        ("pixi.toml", '[tasks]\na = "python a.py"\nx = {cmd = "python b.py"}\n', ["python a.py", "python b.py"]),
        ("a.toml", '[tool.poe.tasks]\na = "python a.py"\nb.shell = "python b.py"\n', ["python a.py", "python b.py"]),
        ("a.toml", '[tool.hatch.envs.x.scripts]\na = ["python a.py", "python b.py"]\n', ["python a.py", "python b.py"]),
        ("Taskfile.yml", "tasks:\n  a:\n    cmds:\n    - python a.py\n", ["python a.py"]),
        ("pyproject.toml", '[project.scripts]\na = "pkg.main:run"\n', []),
        ("a.yaml", "tasks:\n  a: mmlu five shot\n", []),
    ],
)  # fmt: skip
def test_the_tasks_of_a_project(path: str, text: str, started: list[str]) -> None:
    assert commands(path, text) == started


def test_a_config_map_holds_files() -> None:
    scripts = "  run.sh: |\n    torchrun a.py\n  a.py: |\n    if x:\n        import torch\n"
    text = f"data:\n{scripts}  notes: |\n    python b.py\n    x\n"
    own, *files = read_source(Source("k8s/map.yaml", "yaml", text), TABLE.vocabulary)
    assert [(one.path, one.language) for one in files] == [("k8s/run.sh", "shell"), ("k8s/a.py", "python")]
    (command,) = files[0].commands
    assert (command_line(command), command.span.line) == ("torchrun a.py", 3)
    assert [(item.module, item.span.line, item.span.column) for item in files[1].imports] == [("torch", 6, 9)]
    assert not own.commands


def test_a_text_that_says_it_is_a_script_is_one() -> None:
    assert commands("a.yaml", "job:\n  template: |\n    #!/bin/bash\n    python a.py\n") == ["python a.py"]
    assert commands("a.yaml", "job:\n  template: |\n    #!/usr/bin/env python\n    import a\n") == []


def test_the_words_of_a_command_set_variables() -> None:
    text = "command: [mpirun, -x, NCCL_DEBUG=INFO, -x, HOME, python, a.py]\n"
    (command,) = read_whole("job.yaml", text).commands
    assert [(name, shown(value)) for name, value in command.environment] == [("NCCL_DEBUG", "INFO")]


def test_a_vocabulary_starts_nothing() -> None:
    words = "\n".join(f"word{number}: {number}" for number in range(2_000))
    assert commands("job.yaml", f"run: python a.py\n{words}\n") == []
