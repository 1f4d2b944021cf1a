"""Are a notebook's code cells read where they stand in the JSON, and its outputs never?"""

from __future__ import annotations

import json

from python_reading import read


def notebook(*cells: str | list[str], outputs: list[str] | None = None) -> str:
    """A notebook with a Markdown cell and the given code cells."""
    code: list[object] = [
        {"cell_type": "code", "metadata": {}, "outputs": [{"text": outputs or []}], "source": source}
        for source in cells
    ]
    return json.dumps(
        {"cells": [{"cell_type": "markdown", "source": ["torch.bfloat16"]}, *code], "nbformat": 4}, indent=1
    )


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
    text = notebook(cell, "%%bash\ntorch.bfloat16 (", "%%time\nmodel.bfloat16()")
    reading = read(text, "a.ipynb", "notebook")
    assert not reading.gaps
    assert [item.signal for item in reading.findings] == ["fabric", "flash", "bf16", "bf16"]
    pin = reading.findings[1].span
    assert text.splitlines()[pin.line - 1][pin.column - 1 : pin.end_column - 1] == "'flash-attn==2.3'"


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
