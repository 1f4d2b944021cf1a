"""Does the configuration reader find pins, images, environments and names in the files that are no trees?"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from chipsieve.commands import pins
from chipsieve.facts.conditions import MENTION, Question
from chipsieve.facts.places import Span
from chipsieve.sources.languages import Nature, languages
from chipsieve_config import LANGUAGES
from config_readers import TABLE, covered, only, read, read_bytes, read_whole, rows

HOSTILE = Path(__file__).parents[1] / "fixtures" / "hostile" / "config"


def test_every_language_of_the_reader_has_files() -> None:
    assert set(LANGUAGES) <= {language for _, language in languages().globs}


def test_every_language_has_a_nature() -> None:
    known = languages()
    assert set(known.natures) == {language for _, language in known.globs}
    assert set(known.natures.values()) == {*get_args(Nature)}
    assert known.starters == {"justfile", "makefile", "python", "shell"}


# Requirements


@pytest.mark.parametrize(
    ("line", "pinned"),
    [
        ("torch==2.1.0", ["torch==2.1.0"]),
        ("torch >= 2.0  # the first that compiles", ["torch>=2.0"]),
        ("torch==2.1.0 --hash=sha256:00", ["torch==2.1.0"]),
        ("torch==2.1.0 \\\n    --hash=sha256:00", ["torch==2.1.0"]),
        ("git+https://github.com/x/flash-attention.git@v2.1.2", ["flash-attention==2.1.2"]),
        ("-e git+ssh://git@host/x/fork.git@v2.1.2#egg=flash-attn", ["flash-attn==2.1.2"]),
        ("flash-attn @ git+https://github.com/x/flash-attention@main", ["flash-attn"]),
        (
            "https://host/v2.5.8/flash_attn-2.5.8+cu122torch2.1cxx11abiFALSE-cp310-cp310-linux_x86_64.whl",
            ["cuda==12.2", "flash-attn==2.5.8", "torch==2.1.*"],
        ),
        ("torch @ https://host/whl/cu118/torch-2.1.0%2Bcu118-cp310-cp310-linux_x86_64.whl",
         ["cuda==11.8", "torch==2.1.0+cu118"]),
        ("pytorch=1.13.1=py3.9_cuda11.7", ["pytorch==1.13.1.*"]),
        ("numpy==1.26\n# torch==2.1.0\ntorchmetrics==1.0\n./torch", []),
        ("--index-url https://host/torch==2.1.0", []),
    ],
)  # fmt: skip
def test_a_requirement_pins(line: str, pinned: list[str]) -> None:
    reading = read("requirements.txt", line + "\n")
    assert rows(reading) == [("pin", pin) for pin in pinned]
    assert reading.gaps == ()


def test_a_marker_is_a_condition() -> None:
    found = only(read("requirements.txt", "torch==2.1 ; sys_platform == 'linux'\n"))
    assert found.conditions == (Question("unknown", text="sys_platform == 'linux'"),)


def test_an_index_of_wheels_gives_the_local_version() -> None:
    text = "--extra-index-url https://download.pytorch.org/whl/cu118\ntorch==2.1.0\ntorch>=2\nflash-attn==2.0\n"
    assert rows(read("requirements.txt", text)) == [
        ("pin", "flash-attn==2.0"), ("pin", "torch==2.1.0+cu118"), ("pin", "torch>=2"),
    ]  # fmt: skip


def test_included_requirements_are_references() -> None:
    reading = read("requirements.txt", "-r base.txt\n--constraint=pins.txt\n-f https://host\n")
    assert [item.text for item in reading.references] == ["base.txt", "pins.txt"]
    assert reading.references[0].span == Span(1, 4, 1, 12)


def test_a_line_that_is_no_requirement_is_a_gap() -> None:
    reading = read("requirements.txt", "torch==2.1\nthis is prose\nand more !\n")
    assert rows(reading) == [("pin", "torch==2.1")]
    assert [(gap.line, gap.reason) for gap in reading.gaps] == [
        (2, "not a requirement as pip reads it (and 1 more lines)")
    ]


@pytest.mark.parametrize(
    ("spec", "pinned"),
    [
        ("pytorch", ["pytorch"]),
        ("pytorch=1.13", ["pytorch==1.13.*"]),
        ("pytorch==1.13.1", ["pytorch==1.13.1"]),
        ("pytorch=1.13.*", ["pytorch==1.13.*"]),
        ("pytorch>=1.13,<2", ["pytorch>=1.13,<2"]),
        ("conda-forge::pytorch=1.13.1=py38_0", ["pytorch==1.13.1.*"]),
        ("pytorch 1.13.1", ["pytorch"]),
        ("pytorch=1.12|1.13", ["pytorch==1.12|1.13.*"]),
        ("{{ name }}", []),
    ],
)
def test_a_conda_spec_pins(spec: str, pinned: list[str]) -> None:
    assert [pin.text for pin in pins.conda(spec)] == pinned


# Dockerfiles and definitions


def test_an_image_and_its_build_argument() -> None:
    text = "ARG TAG=24.01-py3\nARG BASE=nvcr.io/nvidia/pytorch\nFROM --platform=linux/amd64 ${BASE}:${TAG} AS build\n"
    reading = read("Dockerfile", text)
    assert rows(reading) == [("image", "nvcr.io/nvidia/pytorch:24.01-py3")]
    assert [part for _, part in covered(text, reading)] == ["${BASE}:${TAG}"]


@pytest.mark.parametrize("text", ["FROM ${BASE}\n", "FROM python:3.11\n", "# FROM rocm/pytorch\n", "COPY rocm/ /\n"])
def test_no_image(text: str) -> None:
    assert read("Dockerfile", text).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        'ENV TORCH_CUDA_ARCH_LIST="8.0;9.0"\n',
        "ENV TORCH_CUDA_ARCH_LIST 8.0;9.0\n",
        'ENV PATH=/x:$PATH \\\n    # in between\n    TORCH_CUDA_ARCH_LIST="8.0;9.0"\n',
        "ARG TORCH_CUDA_ARCH_LIST=8.0;9.0\n",
        "ARG LIST='8.0;9.0'\nENV TORCH_CUDA_ARCH_LIST=$LIST\n",
        "ENV TORCH_CUDA_ARCH_LIST=${LIST:-8.0;9.0}\n",
        "RUN cd /src && TORCH_CUDA_ARCH_LIST='8.0;9.0' make\n",
        "RUN export TORCH_CUDA_ARCH_LIST='8.0;9.0'; make\n",
        "RUN <<EOF\nexport TORCH_CUDA_ARCH_LIST='8.0;9.0'\nEOF\n",
        "RUN bash -e <<'EOF'\nexport TORCH_CUDA_ARCH_LIST='8.0;9.0'\nEOF\n",
        "env torch=1\nrun apt-get update && \\\n\n# then\n  TORCH_CUDA_ARCH_LIST='8.0;9.0' make\n",
        "# escape=`\nENV A=1 `\n  TORCH_CUDA_ARCH_LIST=8.0;9.0\n",
    ],
)
def test_each_form_of_a_variable(text: str) -> None:
    assert rows(read_whole("Dockerfile", text)) == [("env", "8.0;9.0")]


@pytest.mark.parametrize(
    "text",
    [
        "LABEL TORCH_CUDA_ARCH_LIST=8.0\n",
        "# ENV NCCL_DEBUG=1\n",
        "RUN echo NCCL_DEBUG\n",
        "RUN cd /x && \\\n  NCCL_MAJOR=$(cat /version)\n",
        "RUN <<EOF\n#!/usr/bin/env python3\nNCCL_DEBUG='INFO'\nEOF\n",
    ],
)
def test_no_variable(text: str) -> None:
    assert read_whole("Dockerfile", text).findings == ()


def test_the_operand_of_an_option_is_not_installed() -> None:
    assert rows(read_whole("Dockerfile", "RUN pip install --no-binary flash-attn torch==2.1\n")) == [
        ("pin", "torch==2.1")
    ]


def test_run_is_a_script_with_pins() -> None:
    text = "FROM x\nRUN --mount=type=cache,target=/c pip install -r a.txt torch==2.1 \\\n  # fast\n  'flash-attn>=2'\n"
    reading = read("Dockerfile", text)
    assert rows(read_whole("Dockerfile", text)) == [("pin", "flash-attn>=2"), ("pin", "torch==2.1")]
    (document,) = reading.documents
    lines = text.split("\n")
    assert document.span.line == 2
    assert document.text.split("\n")[0] == " " * lines[1].index("pip") + lines[1][lines[1].index("pip") :]
    assert document.text.split("\n")[1:] == ["       \\", "  'flash-attn>=2'"]


def test_here_documents_belong_to_their_instruction() -> None:
    text = "RUN <<EOF\nexport NCCL_DEBUG=INFO\nEOF\nENV NCCL_IB_HCA=mlx5\n"
    assert rows(read_whole("Dockerfile", text)) == [("env", "INFO"), ("env", "mlx5")]
    (document,) = read("Dockerfile", text).documents
    assert (document.text, document.span.line) == ("export NCCL_DEBUG=INFO\n", 2)


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ('ENTRYPOINT ["torchrun", "train.py"]\nCMD ["--x"]\n', ["torchrun train.py --x"]),
        ('ENTRYPOINT ["torchrun", "train.py"]\n', ["torchrun train.py"]),
        ('ENTRYPOINT ["/entry.sh"]\nCMD ["python", "a.py"]\n', ["/entry.sh python a.py"]),
        ('ENTRYPOINT ["/entry.sh"]\nCMD python a.py --x\n', ["/entry.sh /bin/sh -c python a.py --x"]),
        ('ENTRYPOINT python a.py\nCMD ["--x"]\n', ["python a.py"]),
        ("CMD python a.py \\\n  --x\n", ["python a.py --x"]),
        ('ENTRYPOINT ["tini", "--"]\nCMD python a.py --x\n', ["python a.py --x"]),
        ('CMD ["bash", "-c", "python a.py"]\n', ["python a.py"]),
        ('CMD ["python", "a.py"]\nCMD ["python", "b.py"]\n', ["python b.py"]),
        ('CMD ["python", "a.py"]\nFROM y\n', []),
        ("ENTRYPOINT []\nCMD []\n", []),
    ],
)
def test_what_a_container_of_the_image_starts(text: str, started: list[str]) -> None:
    reading = read_whole("Dockerfile", f"FROM x\n{text}")
    assert [" ".join(str(word.literal) for word in command.words) for command in reading.commands] == started


def test_the_commands_of_an_image_run_in_its_environment_and_folder() -> None:
    text = "FROM x\nENV SEQ=4096\nWORKDIR /app\nRUN make data\nCMD python a.py\n"
    for command in read_whole("Dockerfile", text).commands:
        assert [(name, word.literal) for name, word in command.environment] == [("SEQ", "4096")]
        assert command.directory is not None
        assert command.directory.literal == "/app"


def test_a_definition() -> None:
    text = (
        "Bootstrap: docker\nFrom: nvcr.io/nvidia/pytorch:24.01-py3\n\n%labels\n  NCCL_IB_HCA=no\n"
        "%environment\n  export NCCL_DEBUG=INFO\n%post\n  # on an A100\n  pip install torch==2.1\n"
    )
    reading = read("train.def", text)
    assert rows(read_whole("train.def", text)) == [
        ("claim", "A100"), ("env", "INFO"), ("image", "nvcr.io/nvidia/pytorch:24.01-py3"), ("pin", "torch==2.1"),
    ]  # fmt: skip
    assert [document.span.line for document in reading.documents] == [7, 9]


def test_another_kind_of_def_file() -> None:
    assert read("library.def", "EXPORTS\n  from: nvcr.io/nvidia/x\n").findings == ()


# TOML and INI


def test_toml_values_stand_where_they_are_written() -> None:
    text = (
        "# an A100\nbf16 = true\n[zero_optimization]\nlr = 3\nstage = 3\n"
        "[[x]]\nlr = 1\n[[x]]\nprecision = {bf16 = true}\n"
    )
    reading = read("train.toml", text)
    assert sorted((part, found.span.line) for found, part in covered(text, reading)) == [
        ("3", 5), ("A100", 1), ("true", 2), ("true", 9),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["bf16 = false\n", 'bf16 = ""\n', "bf16_x = true\n", "s = '''\nbf16 = true\n'''\n"])
def test_toml_neighbours_are_silent(text: str) -> None:
    assert read("a.toml", text).findings == ()


def test_pyproject_pins() -> None:
    text = (
        '[project]\ndependencies = [\n  "torch>=2.1",\n]\n[project.optional-dependencies]\nfast = ["flash-attn>=2"]\n'
        '[tool.poetry.dependencies]\npytorch = "^1.13"\ncuda = {version = "12.1", optional = true}\n'
    )
    reading = read("pyproject.toml", text)
    assert [(item.value, item.span.line, len(item.conditions)) for item in reading.findings] == [
        ("torch>=2.1", 3, 0), ("flash-attn>=2", 6, 1), ("pytorch<2,>=1.13", 8, 0), ("cuda==12.1", 9, 1),
    ]  # fmt: skip


def test_broken_toml_is_read_up_to_the_break() -> None:
    reading = read_bytes("broken.toml", (HOSTILE / "broken.toml").read_bytes())
    assert rows(reading) == [("key", "true")]
    assert [gap.line for gap in reading.gaps] == [3]


def test_ini_settings() -> None:
    text = "; A100\n[precision]\nbf16 = true ; on\nNCCL_DEBUG=INFO\n[other]\nbf16: no\n"
    reading = read("train.cfg", text)
    assert rows(reading) == [("claim", "A100"), ("env", "INFO"), ("key", "true")]
    assert [found.span.line for found in reading.findings] == [1, 3, 4]


def test_ini_in_latin_1() -> None:
    assert rows(read_bytes("latin-1.ini", (HOSTILE / "latin-1.ini").read_bytes())) == [("key", "true")]


def test_json_in_a_conf_file() -> None:
    assert rows(read("ds.conf", '{"bf16": {"enabled": true}}')) == [("key", "true")]


def test_setup_cfg_pins() -> None:
    text = (
        "[options]\ninstall_requires =\n    torch>=2.1\n    numpy\n[options.extras_require]\nfast = flash-attn\n"
        "[flake8]\nignore = torch\n"
    )
    reading = read("setup.cfg", text)
    assert [(item.value, item.span.line, len(item.conditions)) for item in reading.findings] == [
        ("torch>=2.1", 3, 0), ("flash-attn", 6, 1),
    ]  # fmt: skip


# Gin


def test_gin_bindings() -> None:
    text = "include 'base.gin'\n# for an A100\ntrain/Trainer.dtype = 'bf16'\nTrainer.dtype = \\\n    'bf16'\n"
    reading = read("run.gin", text)
    assert [(item.value, item.span) for item in reading.findings] == [
        ("A100", Span(2, 10, 2, 14)), ("bf16", Span(3, 23, 3, 29)), ("bf16", Span(5, 5, 5, 11)),
    ]  # fmt: skip
    assert [item.text for item in reading.references] == ["base.gin"]


@pytest.mark.parametrize("text", ["Trainer.dtype = %DTYPE\n", "Trainer.dtype = @dtype()\n", "Trainer.width = 'bf16'\n"])
def test_gin_neighbours_are_silent(text: str) -> None:
    assert read("run.gin", text).findings == ()


# Prose and makefiles


def test_prose_mentions() -> None:
    found = only(read("README.md", "Trained on\n8 H100 (not on an A1000).\n"))
    assert (found.value, found.by, found.span, found.conditions) == ("H100", "prose", Span(2, 3, 2, 7), (MENTION,))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("train.log", "running on an A100\n"),
        ("work/2024.log.json", '{"env_info": "running on an A100"}\n'),
        ("runs/train_log.txt", "running on an A100\n"),
        ("runs/a.log.1.txt", "running on an A100\n"),
        ("RUNS/LOGS.TXT", "running on an A100\n"),
        ("nvidia-smi-node3.txt", "running on an A100\n"),
        ("notes.txt", "GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-0)\n"),
        ("notes.md", "|   0  NVIDIA A100-SXM4-40GB  On  | 00000000:07:00.0 Off | 0 |\n"),
    ],
)
def test_a_log_names_the_chip(path: str, text: str) -> None:
    assert only(read(path, text)).by == "log"


@pytest.mark.parametrize("path", ["catalog.txt", "logs.md", "login.md", "changelog.txt", "a.log/notes.txt"])
def test_no_log(path: str) -> None:
    assert only(read(path, "running on an A100\n")).by == "prose"


@pytest.mark.parametrize(
    "block",
    [
        "```bash\n$ torchrun train.py\n```\n",
        "  ~~~ sh\n  torchrun train.py\n  ~~~\n",
        "```\ntorchrun train.py\n```\n",
        "````shell\ntorchrun train.py\n````\n",
        ".. code-block:: console\n\n   $ torchrun train.py\n\nDone.\n",
        "    torchrun train.py\n\nDone.\n",
        "\t$ torchrun train.py\n",
        "::\n\n  torchrun train.py\n\nDone.\n",
        "by `torchrun train.py` alone\n",
    ],
)
def test_a_shell_block_of_a_readme(block: str) -> None:
    reading = read("README.md", f"Run:\n\n{block}")
    (document,) = reading.documents
    assert document.conditions == (Question("unknown", text="a README's code block"),)
    lines = ["", *("Run:\n\n" + block).split("\n")]
    placed = dict(enumerate(document.text.split("\n"), document.span.line))
    (line,) = [number for number, text in placed.items() if "torchrun" in text]
    assert placed[line].strip() == "torchrun train.py"
    assert placed[line].index("torchrun") == lines[line].index("torchrun")


@pytest.mark.parametrize(
    "block",
    [
        "```python\nimport os\n```\n",
        "```\nplain words\n```\n",
        "```\naccelerate the training\n```\n",
        "```bash\ntorchrun never closed\n",
        "torchrun x.py\n",
        "words\n    torchrun x.py\n",
        "    import torchrun\n",
        "    x = 1\n\n  torchrun x.py\n",
        "```python\nf()\n\n    torchrun x.py\n```\n",
        "by `torchrun` or `python` or `train.py --x` or `time -x`\n",
        "by ``torchrun x.py``\n",
    ],
)
def test_no_shell_block(block: str) -> None:
    assert read("README.md", block).documents == ()


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (
            "torchrun --port=<port> train.py --data <your data>\n",
            "torchrun --port=${___} train.py --data ${________}\n",
        ),
        ("torchrun -n <N> train.py\n", "torchrun -n $__ train.py\n"),
        ("python train.py [options] --x ... --y\n", "python train.py           --x     --y\n"),
        ("python train.py [--resume PATH] --x\n", "python train.py                 --x\n"),
        ("$ python train.py\n", "  python train.py\n"),
        ("(env) me@host:~/x$ python train.py\n", "                   python train.py\n"),
        ("root@host:/x# python train.py\n", "              python train.py\n"),
        ("python train.py \\  \n  --x\n", "python train.py \\\n  --x\n"),
        ("python train.py \\ # entry\n  --x\n", "python train.py \\\n  --x\n"),
        ("python train.py \\\n  # next\n\n  --x\n", "python train.py \\\n\\\n\\\n  --x\n"),
        ("python \\\n\ntrain.py --x\n", "python \\\n\\\ntrain.py --x\n"),
    ],
)
def test_a_command_as_people_show_it_reads_as_a_script(shown: str, expected: str) -> None:
    (document,) = read("README.md", f"```bash\n{shown}```\n").documents
    assert document.text == expected


@pytest.mark.parametrize(
    "script",
    [
        "python train.py < in.txt > out.txt\n",
        "python train.py <in.txt >out.txt\n",
        "python train.py <<E >out\nx\nE\n",
        "diff <(ls a) <(ls b)\n",
        "[ -f x ] && python train.py a[0]\n",
        "python train.py \\\n  --x \\\n\npython eval.py\n",
        "# python train.py\n",
        "ls ../x...\n",
    ],
)
def test_a_script_in_a_document_stays_what_it_is(script: str) -> None:
    (document,) = read("README.md", f"```bash\n{script}```\n").documents
    assert document.text == script


def test_recipes_are_scripts() -> None:
    text = "X = 1\ntrain: data\n\t@echo $$HOME\n\ttorchrun \\\n  train.py\n\nclean:\n\t-rm -f x\n"
    documents = read("Makefile", text).documents
    assert [(document.span.line, document.text) for document in documents] == [
        (3, "  echo $HOME\n torchrun \\\n  train.py\n"),
        (8, "  rm -f x\n"),
    ]


def test_the_table_of_these_tests_has_both_signals() -> None:
    assert set(TABLE.signals) == {"setting", "chip"}


def test_the_input_of_an_action_is_no_shell_script() -> None:
    step = "- uses: actions/github-script@v7\n  with:\n    script: |\n      const a = b;\n      if (a) { run(); }\n"
    assert read("steps.yaml", step).documents == ()
    assert len(read("steps.yaml", "- run: |\n    torchrun train.py\n").documents) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model:\n  _target_: pkg.nets.Net\n", [("pkg.nets", ("Net",), True)]),
        ("class_path: pkg.nets.Net\ninit_args:\n  x: 1\n", [("pkg.nets", ("Net",), True)]),
        ("target: pkg.nets.Net\n", [("pkg.nets", ("Net",), True)]),
        ("module: pkg.plug\n", [("pkg", ("plug",), True)]),
        ("plugin_dir: projects/plug/\n", [("projects.plug", (), True)]),
        ("common:\n  user_dir: tasks/own\n", [("tasks.own", (), True)]),
        ("custom_imports:\n  imports: [a.b, c]\n  allow_failed_imports: false\n", [("a.b", (), True), ("c", (), True)]),
        ("trainer: pkg.training.Trainer\n", [("pkg.training", ("Trainer",), False)]),
        ("file: data.json\nversion: v1.2\nwho: Net\n_target_: ${net}\nurl: a.b/C.D\n", []),
    ],
)
def test_a_value_may_name_a_module(text: str, expected: list[tuple[str, tuple[str, ...], bool]]) -> None:
    found = [(item.module, item.names, not item.conditions) for item in read("a.yaml", text).imports]
    assert found == expected


def test_a_registered_class_is_mentioned() -> None:
    (function,) = read("a.yaml", "head:\n  type: DenseHead\n  loss: FocalLoss\n  name: head\n").functions
    assert function.mentions == ("DenseHead",)
    assert read("a.yaml", "type: dense\n").functions == ()
