"""Do the readers say what stands around a claim, and does it show what was done on the hardware?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve import scan
from chipsieve.facts.neighbourhood import Neighbourhood
from chipsieve.facts.places import Lines
from chipsieve.facts.reading import Source
from chipsieve.facts.statements import Statement
from chipsieve.match.matching import findings
from chipsieve.match.table import default_table
from chipsieve_config.prose_reader import read

Said = list[tuple[int, str, str, bool]]

DOCUMENT = """\
# Alpha

Text without a name.

## Training

We trained the following models on the
machines of our group,
each on 8 A100 GPUs
for three days.

- large:
  - A100 first
- small: V100

| Model | GPU | FPS |
|---|---|---|
| base | T4 | 30 |

### Serving
```sh
# A100
python serve.py
```
"""

TREES: dict[str, tuple[str, str, Said]] = {
    "inference, latency and evaluation are not training": (
        "README.md",
        (
            "# Model\n\n## Inference\n\nA single T4 GPU.\n\n## Speed\n\nLatency on A100 is 9 ms.\n\n"
            "We evaluate on V100 GPUs.\n"
        ),
        [(5, "T4", "inference", False), (9, "A100", "inference", True), (11, "V100", "inference", True)],
    ),
    "users report": (
        "README.md",
        "# News\n\n- A user reported training on RTX 3090.\n- Trained with 8 A100.\n",
        [(3, "RTX 3090", "mentions", True), (4, "A100", "trained", True)],
    ),
    "a framework's documents name many": (
        "docs/framework.md",
        (
            "# Framework\n\nIt supports A100, H100 and MI250X.\n\n## Benchmarks\n\n| GPU | tokens/s |\n|---|---|\n"
            "| A100 | 900 |\n"
            "| H100 | 2000 |\n"
        ),
        [
            (3, "A100", "supports", True),
            (3, "H100", "supports", True),
            (3, "MI250X", "supports", True),
            (9, "A100", "benchmark", False),
            (10, "H100", "benchmark", False),
        ],
    ),
    "a port of a paper's code": (
        "README.md",
        "The original model was trained on TPU v3, we use 8 V100 GPUs.\n",
        [(1, "TPU v3", "compares", True), (1, "V100", "experiments", True)],
    ),
    "support of an NPU beside a run": (
        "README.md",
        "We now support Ascend 910B.\n\nAll models were trained on 64 A100 GPUs.\n",
        [(1, "Ascend 910B", "supports", True), (3, "A100", "trained", True)],
    ),
    "a model card": (
        "README.md",
        (
            "---\nlicense: mit\nco2_eq_emissions:\n  hardware_used: 4 A100 GPUs\n---\n\n# Card\n\n## Impact\n\n"
            "- **Hardware Type:** H100\n- **Hours used:** 5000\n- **Cloud Provider:** none\n"
        ),
        [(4, "A100", "trained", True), (11, "H100", "trained", True)],
    ),
    "a paper's source": (
        "paper/main.tex",
        "\\section{Implementation details}\nAll models are trained on 8 NVIDIA~A100\nGPUs for 2~days.\n",
        [(2, "A100", "trained", True)],
    ),
    "a bibliography is no prose": ("paper/main.bib", "@misc{x, title={Training on A100}}\n", []),
    "a heading underlined": (
        "docs/setup.rst",
        "Setup\n=====\n\nRequirements\n------------\n\nA100\n",
        [(7, "A100", "requires", False)],
    ),
    "a comment above a command": (
        "run.sh",
        "# tuned for\n# 8x A100 80GB\ntorchrun train.py\npython eval.py  # T4 GPU\n",
        [(2, "A100 80GB", "supports", True), (4, "T4", "inference", False)],
    ),
    "a docstring": (
        "train.py",
        '"""Train it.\n\nTraining took two days on 8 A100.\n"""\n\n\ndef f():\n    """Runs on V100."""\n',
        [(3, "A100", "trained", True), (8, "V100", "supports", True)],
    ),
    "Chinese": (
        "README_zh.md",
        "## 训练\n\n我们使用了 64 张 A100。\n\n## 推理\n\n单张 T4 显卡\n\n支持昇腾910B。\n",
        [(3, "A100", "experiments", True), (7, "T4", "inference", False), (9, "昇腾910B", "supports", True)],
    ),
}


@pytest.mark.parametrize("trap", TREES)
def test_each_claim_says_what_was_done(tmp_path: Path, trap: str) -> None:
    name, text, expected = TREES[trap]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = [item for item in scan(tmp_path, workers=1).findings if item.statement is not None]
    said = {
        (one.span.line, one.span.column, one.value, one.statement.deed, one.statement.direct)
        for one in found
        if one.statement
    }
    assert [(line, value, deed, direct) for line, _, value, deed, direct in sorted(said)] == expected


def around(line: int) -> tuple[str, ...]:
    return Neighbourhood(Lines(DOCUMENT)).prose(line)


def test_a_paragraph_goes_on_over_lines() -> None:
    assert around(9) == (
        "We trained the following models on the machines of our group,…",
        "…for three days.",
        "Training",
        "Alpha",
    )


def test_a_list_is_introduced() -> None:
    assert around(13)[:1] == ("- large:",)
    assert around(13)[-2:] == ("Training", "Alpha")


def test_a_table_has_a_head() -> None:
    assert around(18) == ("| Model | GPU | FPS |", "- small: V100", "Training", "Alpha")


def test_a_block_of_code_has_a_command_and_headings() -> None:
    assert around(22) == ("python serve.py", "Serving", "Training", "Alpha")


def test_no_line_has_more_than_a_context_may_hold() -> None:
    long = Neighbourhood(Lines("\n".join(f"{'#' * (1 + at % 6)} {'word ' * 400}" for at in range(50)) + "\nA100\n"))
    context = long.prose(51)
    assert len(context) <= 6
    assert all(len(text) <= 201 for text in context)


SENTENCES = (
    "The model was trained on 8 A100 GPUs.",
    "Latency on a T4 is 9 ms.",
    "We support MI250X.",
    "Nothing is named here.",
    "It needs at least one V100.",
    "所有实验均在 A100 上进行。",
)


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8))
def test_paragraphs_beside_it_do_not_change_what_a_sentence_says(sentences: list[str]) -> None:
    assert stated(sentences) == [one for sentence in sentences for one in stated([sentence])]
    assert stated(sentences * 2) == stated(sentences) * 2


def stated(paragraphs: list[str]) -> list[tuple[str, Statement | None]]:
    reading = read(Source("notes.md", "prose", "\n\n".join(paragraphs)), default_table().vocabulary)
    return [
        (item.value, item.statement) for fact in reading.facts for item in findings([fact], "notes.md", default_table())
    ]
