"""Are a notebook's code cells read where they stand in the JSON, and its outputs never as code?"""

from __future__ import annotations

import json

import pytest

from chipsieve.facts.reading import Command, Reading, Source
from chipsieve.sources.languages import language_of
from chipsieve.sources.readers import read_source
from python_reading import TABLE, matched, read


def notebook(*cells: str | list[str], outputs: list[str] | None = None) -> str:
    """A notebook with a Markdown cell and the given code cells."""
    code: list[object] = [
        {"cell_type": "code", "metadata": {}, "outputs": [{"text": outputs or []}], "source": source}
        for source in cells
    ]
    return json.dumps(
        {"cells": [{"cell_type": "markdown", "source": ["torch.bfloat16"]}, *code], "nbformat": 4}, indent=1
    )


def whole(text: str, path: str = "a.ipynb") -> Reading:
    """The reading of a notebook with that of the shell lines in it."""
    return matched(read_source(Source(path, language_of(path), text), TABLE.vocabulary)[0])


def shown(command: Command) -> str:
    """A command's words, as far as they are known."""
    parts = [[part.text if part.kind == "text" else f"<{part.text}>" for part in word.parts] for word in command.words]
    return " ".join("".join(word) for word in parts)


def test_findings_point_into_the_json() -> None:
    text = notebook(
        ["import torch\n", 'x = "\\t"; use(torch.bfloat16)\n'], "use(torch.bfloat16)", outputs=["torch.bfloat16"]
    )
    reading = read(text, "a.ipynb", "notebook")
    lines = text.splitlines()
    found = [(item.span.line, item.span.column, item.span.end_column) for item in reading.findings]
    assert [lines[line - 1][start - 1 : end - 1] for line, start, end in found] == ["torch.bfloat16"] * 2
    assert len({line for line, _, _ in found}) == 2
    assert reading.entry
    assert not reading.gaps
    assert "use(torch.bfloat16)" in reading.findings[0].snippet


def test_magics_are_blanked_and_pins_and_variables_kept() -> None:
    cell = [
        "%matplotlib inline\n",
        "%env NCCL_IB_DISABLE=1\n",
        "!pip install -q 'flash-attn==2.3' torch\n",
        "if x:\n",
        "    !nvidia-smi\n",
        "files = !ls\n",
        "model.bfloat16()\n",
        "model?",
    ]
    text = notebook(cell, "%%html\ntorch.bfloat16 (", "%%time\nmodel.bfloat16()")
    reading = whole(text)
    assert not reading.gaps
    assert [item.signal for item in reading.findings] == ["fabric", "flash", "bf16", "bf16"]
    pin = reading.findings[1].span
    assert text.splitlines()[pin.line - 1][pin.column - 1 : pin.end_column - 1] == "flash-attn==2.3"


def test_a_broken_cell_costs_no_other() -> None:
    text = notebook("print 'python 2'", ["import torch\n", "use(torch.bfloat16)"])
    reading = read(text, "a.ipynb", "notebook")
    assert [item.signal for item in reading.findings] == ["bf16"]
    assert [(gap.path, text.splitlines()[(gap.line or 0) - 1].strip()) for gap in reading.gaps] == [
        ("a.ipynb", '"source": "print \'python 2\'"')
    ]


def test_options_imports_and_commands_move_too() -> None:
    text = notebook('import subprocess\np.add_argument("--bf16")\nsubprocess.run(["torchrun", "a.py"], env={"A": "1"})')
    reading = read(text, "a.ipynb", "notebook")
    line = next(number for number, content in enumerate(text.splitlines(), 1) if "add_argument" in content)
    spans = [
        reading.options[0].span,
        reading.imports[0].span,
        reading.commands[0].words[0].span,
        reading.references[0].span,
    ]
    assert {span.line for span in spans} == {line}


def test_what_is_no_notebook_is_a_gap() -> None:
    for text in ("", "{", "[1,", "not json", "[" * 100_000):
        gaps = read(text, "a.ipynb", "notebook").gaps
        assert [gap.reason.startswith("not a notebook") for gap in gaps] == [True]
    assert read("{}", "a.ipynb", "notebook").gaps == ()
    assert read('[{"cell_type": 1, "source": ["x"]}]', "a.ipynb", "notebook").findings == ()


def test_claims_stand_at_their_columns_behind_escapes() -> None:
    text = notebook('x = "\\"\t"  # "tuned"\ton\u00a0H800\n')
    (found,) = read(text, "a.ipynb", "notebook").findings
    line = text.splitlines()[found.span.line - 1]
    assert (found.value, line[found.span.column - 1 : found.span.end_column - 1]) == ("H800", "H800")


@pytest.mark.parametrize(
    ("cell", "commands"),
    [
        ("!torchrun --nproc_per_node 8 train.py --bf16", ["torchrun --nproc_per_node 8 train.py --bf16"]),
        (["!torchrun train.py \\\n", "   --lr 1\n", "x = 1"], ["torchrun train.py --lr 1"]),
        ("%%bash\ncd /x\npython a.py\npython b.py\n", ["python a.py", "python b.py"]),
        ("%%sh\npython a.py", ["python a.py"]),
        ("%%script bash\npython a.py", ["python a.py"]),
        ("%sh python a.py\npython b.py", ["python a.py", "python b.py"]),
        ("%%time\n!python a.py", ["python a.py"]),
        ("%run train.py --bf16", ["python train.py --bf16"]),
        ("out = !python a.py\nprint(out)", ["python a.py"]),
        ("import sys\n!{sys.executable} -m train", ["python -m train"]),
        ("name = 'a.py'\nrank = 8\n!python {name} {rank} {other} {f(x)}", ["python a.py 8 <other> <f_x_>"]),
        ("name = 'a.py'\nname = 'b.py'\n!python {name} $name $HOME", ["python b.py b.py <HOME>"]),
        ("name = 'a.py'\nif x:\n    name = 'b.py'\n!python {name}", ["python <name>"]),
        ("for name in ['b.py']:\n    pass\n!python {name}", ["python <name>"]),
        ("n = 8\ncmd = f'python a.py --n {n} {m}'\n!{cmd} --x", ["python a.py --n 8 <m> --x"]),
        ("cmd = 'python {n}'\n!{cmd}", ["python {n}"]),
        ("!python {name}\nname = 'a.py'", ["python <name>"]),
        ("%%time\n%%bash\npython a.py {x}", ["python a.py {x}"]),
        ("!ps aux | awk '{print $1}'\n!python a.py", ["python a.py"]),
        ("%%html\n!python a.py", []),
        ("x = 5 % 3\nwidth = 'a' \\\n    'b'", []),
        ("%matplotlib inline\n%load_ext tensorboard\nmodel?", []),
        ("# !python a.py", []),
    ],
)  # fmt: skip
def test_the_commands_of_a_cell(cell: str | list[str], commands: list[str]) -> None:
    reading = whole(notebook(cell))
    assert not reading.gaps
    assert [shown(command) for command in reading.commands if shown(command) != "ps aux"] == commands


def test_a_command_of_a_cell_stands_in_the_json() -> None:
    text = notebook(
        "x = 1", 'y = "\\n"\n!echo "é\\""; torchrun train.py --bf16\n', ["%%bash\n", "a=1\n", "python b.py"]
    )
    first, second = whole(text).commands
    lines = text.splitlines()
    placed = [word.span for word in (*first.words, second.words[1])]
    found = [lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in placed]
    assert found == ["torchrun", "train.py", "--bf16", "b.py"]
    assert first.span.line < second.span.line


def test_what_magics_set_holds_for_later_commands() -> None:
    reading = whole(notebook("!python a.py", "%env NCCL_IB_DISABLE=1\n%cd work\n%cd ../sub", "!python b.py"))
    first, second = reading.commands
    assert not first.environment
    assert first.directory is None
    assert [(name, word.literal) for name, word in second.environment] == [("NCCL_IB_DISABLE", "1")]
    assert second.directory is not None
    assert second.directory.literal == "work/../sub"
    assert [item.signal for item in reading.findings] == ["fabric"]


def test_a_command_in_a_block_of_a_cell_may_not_run() -> None:
    (command,) = whole(notebook("if slow:\n    !python a.py\nelse:\n    pass")).commands
    assert command.conditions


def test_a_cell_writes_a_file() -> None:
    source = Source(
        "nb/a.ipynb", "notebook", notebook("%%writefile src/train.py\nmodel.bfloat16()", "!python src/train.py")
    )
    own, written = read_source(source, TABLE.vocabulary)
    assert (written.path, written.language) == ("nb/src/train.py", "python")
    assert [item.signal for item in matched(written).findings] == ["bf16"]
    assert not matched(own).findings


def test_the_cells_of_a_shell_kernel_are_scripts() -> None:
    text = json.dumps(
        {
            "cells": [{"cell_type": "code", "source": "export NCCL_IB_DISABLE=1\ntorchrun a.py"}],
            "metadata": {"kernelspec": {"language": "bash"}},
        }
    )
    reading = whole(text)
    assert [shown(command) for command in reading.commands] == ["torchrun a.py"]
    assert not reading.gaps


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        (("# Databricks notebook source\n# MAGIC %sh\n# MAGIC torchrun \\\n# MAGIC   a.py\n\n# COMMAND ----------\n"
         "# MAGIC !python b.py\nx = 1\n"), ["torchrun a.py", "python b.py"]),
        ("# Databricks notebook source\n# MAGIC %md\n# MAGIC !python b.py\n", []),
        ("# ---\n# jupyter:\n# ---\n# %%\n# !python a.py\n\n# %%bash\n# python b.py\n", ["python a.py", "python b.py"]),
        (
            ("get_ipython().system('torchrun a.py')\nx = get_ipython().getoutput(\"python b.py\")\n"
            "get_ipython().run_cell_magic('bash', '', 'cd x\\npython c.py\\n')\n"),
            ["torchrun a.py", "python b.py", "python c.py"],
        ),
        ("# get_ipython().system('torchrun a.py')\n", []),
        ("# MAGIC !python b.py\n", []),
        ("# !python b.py\n", []),
    ],
)  # fmt: skip
def test_a_notebook_saved_as_python(text: str, commands: list[str]) -> None:
    reading = whole(text, "a.py")
    assert [shown(command) for command in reading.commands] == commands
    lines = text.splitlines()
    for command in reading.commands:
        assert shown(command).rpartition(" ")[2] in "".join(lines[command.span.line - 1 : command.span.end_line])


def test_shell_lines_without_end_are_cut() -> None:
    reading = whole(notebook([f"!python a{number}.py\n" for number in range(1_005)]))
    assert len(reading.commands) == 1_000
    assert [(gap.line or 0) > 1_000 for gap in reading.gaps] == [True]
