"""Does the configuration reader find settings in JSON and YAML, where they stand, and nothing beside them?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chipsieve.facts.conditions import MENTION
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Document, Option, Reading
from chipsieve_config import json_reader
from config_readers import covered, only, read, read_bytes, rows

HOSTILE = Path(__file__).parents[1] / "fixtures" / "hostile" / "config"


def hostile(name: str) -> Reading:
    return read_bytes(name, (HOSTILE / name).read_bytes())


def script(reading: Reading) -> Document:
    (document,) = reading.documents
    assert document.language == "shell"
    assert document.path_text.parts == ()
    return document


def test_a_key_is_found_by_the_end_of_its_path_at_its_value() -> None:
    found = only(read("ds.json", '{\n  "bf16": {\n    "enabled": true\n  }\n}\n'))
    assert (found.signal, found.row, found.value, found.engine) == ("setting", "key", "true", "json")
    assert found.span == Span(3, 16, 3, 20)
    assert found.snippet == '"enabled": true'
    assert found.conditions == ()


@pytest.mark.parametrize("value", ["false", '"auto"', "null", '""', '"${dtype}"', '"{{ dtype }}"'])
def test_a_value_that_is_off_or_open_is_silent(value: str) -> None:
    assert read("ds.json", f'{{"bf16": {{"enabled": {value}}}}}').findings == ()


@pytest.mark.parametrize("text", ['{"bf16_eval": true}', '{"fp16": {"enabled": true}}', '{"x": "bf16"}'])
def test_a_neighbour_is_silent(text: str) -> None:
    assert read("ds.json", text).findings == ()


def test_a_row_asks_for_siblings() -> None:
    assert rows(read("ds.json", '{"fp16": {"enabled": true, "loss_scale": 0}}')) == [("key", "true")]
    assert read("ds.json", '{"fp16": {"enabled": true, "loss_scale": 128}}').findings == ()


def test_a_dotted_key_is_a_path() -> None:
    assert rows(read("a.yaml", "zero_optimization.stage: 3\n")) == [("key", "3")]


def test_one_of_several_values_may_not_be_the_one_used() -> None:
    found = read("tune.json", '{"zero_optimization": {"stage": [2, 3]}}').findings
    assert [item.value for item in found] == ["2", "3"]
    assert {condition.text for item in found for condition in item.conditions} == {  # type: ignore[union-attr]
        "one of several values in a list"
    }
    assert only(read("tune.json", '{"zero_optimization": {"stage": [2]}}')).conditions == ()


def test_the_last_of_equal_keys_counts() -> None:
    assert read("a.json", '{"bf16": true, "bf16": false}').findings == ()
    assert rows(read("a.yaml", "bf16: false\nbf16: true\n")) == [("key", "true")]


def test_every_scalar_is_an_option_for_the_linker() -> None:
    assert read("a.yaml", "train:\n  lr: 1e-4\n  path: ${data}\n").options == (
        Option((), "lr", Span(2, 7, 2, 11), "1e-4", above=("train",)),
        Option((), "path", Span(3, 9, 3, 16), None, above=("train",)),
    )


def test_a_node_selector_names_its_label() -> None:
    text = "nodeSelector:\n  cloud.google.com/gke-accelerator: nvidia-h100-80gb\n"
    assert rows(read("pod.yaml", text)) == [("key", "nvidia-h100-80gb")]
    text = "- key: nvidia.com/gpu.product\n  operator: {}\n  values: [NVIDIA-A100]\n"
    assert rows(read("pod.yaml", text.format("In"))) == [("key", "NVIDIA-A100")]
    assert read("pod.yaml", text.format("NotIn")).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "env:\n  NCCL_IB_HCA: mlx5_0\n",
        "NCCL_IB_HCA: mlx5_0\n",
        "env:\n- name: NCCL_IB_HCA\n  value: mlx5_0\n",
        "environment:\n- NCCL_IB_HCA=mlx5_0\n",
        "command: [mpirun, -x, NCCL_IB_HCA=mlx5_0, ./all_reduce]\n",
    ],
)
def test_each_form_of_a_variable(text: str) -> None:
    reading = read("job.yaml", text)
    assert rows(reading) == [("env", "mlx5_0")]
    assert [part.rpartition("=")[2] for _, part in covered(text, reading)] == ["mlx5_0"]


@pytest.mark.parametrize("text", ["name: NCCL_IB_HCA\n", "note: set NCCL_IB_HCA=1 here\n", "nccl_ib_hca: 1\n"])
def test_a_mention_of_a_variable_is_silent(text: str) -> None:
    assert read("job.yaml", text).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "args: [--bf16]\n",
        "args: [--bf16, --lr, 1e-4]\n",
        'args: ["--lr=1 --bf16"]\n',
        "extra_args: --lr 1 --bf16\n",
        "MODEL_ARGS:\n  --bf16: true\n",
    ],
)
def test_each_form_of_a_flag(text: str) -> None:
    assert rows(read("case.yaml", text)) == [("flag", "true")]


@pytest.mark.parametrize("text", ["args: [--bf16, 'false']\n", "MODEL_ARGS:\n  --bf16: false\n", "x: [--bf16]\n"])
def test_a_flag_that_is_off_or_no_argument_is_silent(text: str) -> None:
    assert read("case.yaml", text).findings == ()


def test_an_operand_may_be_a_word_of_its_own() -> None:
    assert rows(read("case.yaml", "args: [--precision, bf16]\n")) == [("flag", "bf16")]
    assert rows(read("case.yaml", "args: [--precision=bf16, npu:0]\n")) == [("flag", "bf16"), ("literal", "npu:0")]
    assert read("case.yaml", "args: [--precision, fp32]\n").findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "image: nvcr.io/nvidia/pytorch:24.01-py3\n",
        "container_image: 'nvcr.io/nvidia/pytorch:24.01-py3'\n",
        "image:\n  repository: nvcr.io/nvidia/pytorch\n  tag: 24.01-py3\n",
    ],
)
def test_an_image(text: str) -> None:
    assert rows(read("pod.yaml", text)) == [("image", "nvcr.io/nvidia/pytorch:24.01-py3")]


def test_no_image() -> None:
    assert read("pod.yaml", "image: nvidia.png\nwas_image: rocm/pytorch\n").findings == ()


def test_a_scheduler_request_needs_a_scheduler() -> None:
    assert rows(read("conf/launcher.yaml", "gpus_per_node: mi250:8\n")) == [("directive", "mi250:8")]
    assert rows(read("a.yaml", "slurm:\n  gres: gpu:a100:8\n")) == [("directive", "gpu:a100:8")]
    assert rows(read("a.yaml", "slurm_constraint: a100\n")) == [("directive", "a100")]
    assert rows(read("a.yaml", "slurm:\n  srun_args: ['--gres=gpu:h100:4']\n")) == [("directive", "gpu:h100:4")]
    assert read("a.yaml", "solver:\n  constraint: a100\n").findings == ()


def test_a_chip_in_a_comment_is_a_mention() -> None:
    found = only(read("a.yaml", "lr: 1  # tuned on an A100\nnote: 'no # H100 here'\nblock: |\n  # H100\n"))
    assert (found.value, found.by, found.conditions) == ("A100", "comment", (MENTION,))
    assert found.span == Span(1, 22, 1, 26)


@pytest.mark.parametrize("text", ["[1] // A100", "[1] /* A100 */", "# A100\n[1]"])
def test_json_comments(text: str) -> None:
    assert only(read("a.json", text)).by == "comment"


def test_no_comment() -> None:
    assert read("a.json", '["https://host/A100#H100"]').findings == ()


def test_file_names() -> None:
    reading = read("a.yaml", "ds: configs/zero3.json\nrun: train.py\ndoc: notes.md\nopen: ${dir}/x.json\n")
    assert [reference.text for reference in reading.references] == ["configs/zero3.json", "train.py"]


def test_hydra_defaults() -> None:
    entries = ["_self_", "base", "model: gpt", "override /optim@x: adam", "optional data: null", "db: [a, b]"]
    reading = read("conf/config.yaml", "defaults:\n" + "".join(f"  - {entry}\n" for entry in entries))
    assert [reference.text for reference in reading.references] == [
        "base.yaml", "model/gpt.yaml", "optim/adam.yaml", "db/a.yaml", "db/b.yaml",
    ]  # fmt: skip


def test_base() -> None:
    assert [item.text for item in read("a.yaml", "_base_: [x.yml, ../y]\n").references] == ["x.yml", "../y.yaml"]


def test_a_block_keeps_lines_and_columns() -> None:
    text = "jobs:\n  - run: |  # go\n      cd src\n      torchrun train.py --bf16\n"
    document = script(read("ci.yml", text))
    assert (document.span.line, document.span.column) == (3, 1)
    assert document.text == "      cd src\n      torchrun train.py --bf16\n"


def test_a_folded_block_is_one_command() -> None:
    document = script(read("a.yaml", "run: >\n  torchrun train.py\n  --bf16\n"))
    assert document.text == "  torchrun train.py \\\n  --bf16\n"


def test_a_plain_command_begins_at_its_column() -> None:
    document = script(read("a.yaml", "x: 1\ncommand: torchrun train.py\n"))
    assert (document.text, document.span.line) == (" " * 9 + "torchrun train.py", 2)


def test_a_here_document_is_dedented() -> None:
    document = script(read("a.yaml", "run: |\n    cat <<EOF > a\n    b\n    EOF\n"))
    assert document.text == "cat <<EOF > a\nb\nEOF\n"


def test_insertions_become_variables_of_the_same_length() -> None:
    text = "run: |\n  echo ${{ matrix.x }} {{ y }} z\n"
    document = script(read("a.yaml", text))
    assert len(document.text) == len(text) - len("run: |\n")
    assert re.fullmatch(r"  echo \$\{_+\} \$\{_+\} z\n", document.text)


def test_a_list_of_lines_is_one_script() -> None:
    document = script(read(".gitlab-ci.yml", "script:\n  - export A=1\n  # then\n  - python train.py\n"))
    assert document.text == "    export A=1\n\n    python train.py"


def test_a_shell_called_with_a_script() -> None:
    document = script(read("pod.yaml", "command: [bash, -lc]\nargs: ['torchrun train.py --bf16']\n"))
    assert document.text.strip() == "torchrun train.py --bf16"


def test_words_are_a_command_with_its_environment() -> None:
    text = "command: [python, train.py]\nargs: [--lr, $(LR)]\nenv:\n- name: A\n  value: b\n"
    (command,) = read("pod.yaml", text).commands
    assert [word.literal for word in command.words] == ["python", "train.py", "--lr", None]
    assert [(name, word.literal) for name, word in command.environment] == [("A", "b")]


def test_no_script() -> None:
    reading = read("a.yaml", "run: 3\nargs: [--x]\ncommand: serve\ncommands: do it\n")
    assert (reading.documents, reading.commands) == ((), ())


def test_an_environment_pins() -> None:
    text = "dependencies:\n- pytorch=1.13.1\n- pip:\n  - torch>=2.0\n- nvidia::cuda==12.1=0\n- python=3.8\n"
    assert rows(read("environment.yml", text)) == [
        ("pin", "cuda==12.1"), ("pin", "pytorch==1.13.1.*"), ("pin", "torch>=2.0"),
    ]  # fmt: skip


def test_other_dependencies_do_not() -> None:
    assert read("Chart.yaml", "dependencies:\n- name: pytorch\n  version: 1\nneeds: [pytorch]\n").findings == ()


def test_what_stands_before_a_break_is_kept() -> None:
    reading = hostile("unclosed.json")
    assert rows(reading) == [("key", "3"), ("key", "true")]
    assert [(gap.line, "missing" in gap.reason) for gap in reading.gaps] == [(5, True)]


@pytest.mark.parametrize("name", ["comments.json", "tags.yaml", "tabs.yml", "bom.json"])
def test_what_people_write_is_no_gap(name: str) -> None:
    reading = hostile(name)
    assert rows(reading) == [("key", "true")]
    assert reading.gaps == ()


@pytest.mark.parametrize("name", ["several.json", "deep.json", "deep.yaml", "aliases.yaml"])
def test_what_goes_on_without_end_is_cut(name: str) -> None:
    reading = hostile(name)
    assert rows(reading) == [("key", "true")]
    assert len(reading.gaps) == 1


def test_merges_of_merges_keep_their_entries() -> None:
    assert {found.span.line for found in hostile("merges.yaml").findings} == {1}


def test_a_merge_gives_way_to_what_is_written() -> None:
    text = "base: &base {bf16: true}\nrun:\n  <<: *base\n  bf16: false\nother: {<<: *base}\n"
    assert [(item.span.line, item.value) for item in read("a.yaml", text).findings] == [(1, "true")]


def test_an_alias_to_itself_or_to_nothing_is_unknown() -> None:
    reading = hostile("cycle.yaml")
    assert rows(reading) == [("key", "true")]
    assert [(option.dest, option.default) for option in reading.options] == [
        ("bf16", "true"), ("again", None), ("lost", None),
    ]  # fmt: skip


def test_a_template_is_read_by_lines_and_proves_nothing() -> None:
    reading = hostile("chart.yaml")
    assert rows(reading) == [("key", "true")]
    assert [str(condition.text) for condition in only(reading).conditions] == ["template"]  # type: ignore[union-attr]
    assert ["template" in gap.reason for gap in reading.gaps] == [True]


def test_lines_after_a_break_prove_nothing() -> None:
    reading = read("a.yaml", "torch_dtype: bfloat16\nlist: ]\nprecision:\n  bf16: true\n")
    assert [(item.value, bool(item.conditions)) for item in reading.findings] == [
        ("bfloat16", False), ("true", True),
    ]  # fmt: skip
    assert [gap.line for gap in reading.gaps] == [2]


def test_line_ends_of_windows() -> None:
    reading = hostile("crlf.yaml")
    assert rows(reading) == [("claim", "A100"), ("env", "mlx5_0"), ("key", "true")]
    assert [found.span.line for found in reading.findings] == [3, 2, 4]


def test_a_placeholder_is_unknown() -> None:
    reading = read("a.json", '{"bf16": BF16_HERE, "torch_dtype": "bfloat16"}')
    assert rows(reading) == [("key", "bfloat16")]
    assert [gap.line for gap in reading.gaps] == [1]


def test_json_with_comments_in_a_yaml_file() -> None:
    reading = read("ds.yaml", '{\n  // on\n  "bf16": {"enabled": true}\n}\n')
    assert (rows(reading), reading.gaps) == ([("key", "true")], ())


def test_quotes_and_escapes() -> None:
    assert json_reader.unquote('"a\\u00e9\\n\\ud83d\\ude00"') == "aé\n\N{GRINNING FACE}"
    assert json_reader.unquote("'it\\'s'") == "it's"


@pytest.mark.parametrize("text", ['{"a" 1}', '{"a": }', "[1 2]", "[}", "]", '{"a": "b', "{,}", "[1,,2]"])
def test_what_is_broken_is_said_to_be(text: str) -> None:
    assert json_reader.parse(text).broken is not None
    assert len(read("a.json", text).gaps) == 1
