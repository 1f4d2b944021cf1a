"""Which documents, logs and templates are made to hurt whoever reads them?"""

from __future__ import annotations

from hostile.bombs import Texts, bomb, many

FOUND = {"run.sh": "export NCCL_IB_HCA=mlx5\ntorchrun train.py\n", "train.py": "import torch\n"}


@bomb("documents")
def code_fences(size: float) -> Texts:
    """Tens of thousands of blocks of code."""
    return {"README.md": "".join(f"```bash\ntorchrun t.py --a {at}\n```\n" for at in range(many(size, 27_000)))}


@bomb("documents")
def open_fences(size: float) -> Texts:
    """Blocks of code of which none is closed."""
    blocks = "".join(f"{'`' * (3 + at % 40)}sh\npython t.py --a {at}\n" for at in range(many(size, 25_000)))
    return {"README.md": blocks} | FOUND


@bomb("documents")
def inline_code(size: float) -> Texts:
    """Commands within sentences."""
    return {"README.md": "".join(f"run `torchrun t.py --a {at}` `b\n" for at in range(many(size, 30_000)))}


@bomb("documents")
def lines_that_name_chips(size: float) -> Texts:
    """Eighteen thousand lines that name a chip, in as many files as hold them."""
    line = "We trained on 64 A100 80GB and H800 nodes, run {}.\n"
    return {f"docs/{page}.md": "".join(line.format(at) for at in range(many(size, 4500))) for page in range(4)}


@bomb("documents")
def long_lines_that_name_chips(size: float) -> Texts:
    """A megabyte on one line that names chips."""
    return {"README.md": "We trained on A100 " * many(size, 52_000)}


@bomb("documents")
def programs_named(size: float) -> Texts:
    """A README that names a hundred thousand programs."""
    return {"README.md": "".join(f"a{at}.py " for at in range(many(size, 90_000)))} | FOUND


@bomb("documents")
def indented_blocks(size: float) -> Texts:
    """Indented commands behind blank lines."""
    return {"README.rst": "".join(f"::\n\n    python t.py --a {at}\n\n" for at in range(many(size, 30_000)))}


@bomb("documents")
def directives_of_code(size: float) -> Texts:
    """ReStructuredText's blocks of code, of blank lines."""
    return {"README.rst": (".. code-block:: bash\n" + " \n" * 40) * many(size, 8000)} | FOUND


@bomb("documents")
def prompts(size: float) -> Texts:
    """A block of code that is all prompts, placeholders and continued lines."""
    body = "(a) u@h:~/x$ torchrun <a> [b] ... \\\n\n# no\n" * many(size, 22_000)
    return {"README.md": f"```\n{body}```\n"} | FOUND


@bomb("documents")
def many_documents(size: float) -> Texts:
    """Hundreds of READMEs of hundreds of blocks."""
    block = "".join(f"```\npython t{at}.py --a $A\n```\n" for at in range(100))
    return {f"d{at}/README.md": block for at in range(many(size, 300))}


@bomb("logs")
def devices_in_a_log(size: float) -> Texts:
    """A megabyte of lines that name a device, each in another way."""
    return {
        "train.log": "".join(f"{_letters(at)} GPU {at}: NVIDIA A100-SXM4-80GB\n" for at in range(many(size, 24_000)))
    }


@bomb("logs")
def many_logs(size: float) -> Texts:
    """A hundred logs of thousands of lines each that name devices in other ways."""
    lines = "".join(f"{_letters(at)} | {at} Tesla V100-SXM2 MI250X |\n" for at in range(2000))
    return {f"logs/{at}.log": f"{_letters(at)}\n{lines}" for at in range(many(size, 100))}


@bomb("logs")
def records_in_a_log(size: float) -> Texts:
    """A megabyte on one line of records that name a device."""
    return {"a.log.json": "".join(f'{{"{_letters(at)}": "A100-SXM4"}}, ' for at in range(many(size, 40_000)))}


@bomb("logs")
def ids_in_a_log(size: float) -> Texts:
    """What looks like ids and numbers, a megabyte of it, beside a device's name."""
    return {"a.log": ("A100 " + "0a1b2c3d-" * 400 + "00000000:00:" * 30 + "\n") * many(size, 240)}


@bomb("comments that speak to chipsieve")
def comments_in_markup(size: float) -> Texts:
    """A hundred thousand comments that speak to chipsieve, in a document that names a chip."""
    comment = "<!-- chipsieve: ignore[named-in-prose] x -->\n"
    return {"README.md": "We trained on 64 A100.\n" + comment * many(size, 85_000)} | FOUND


@bomb("comments that speak to chipsieve")
def open_comments_in_markup(size: float) -> Texts:
    """Comments that never end, many on a line."""
    return {"README.md": ("We trained on A100. " + "<!-- chipsieve: ignore[a " * 300 + "\n") * many(size, 500)} | FOUND


@bomb("comments that speak to chipsieve")
def comments_in_settings(size: float) -> Texts:
    """A hundred thousand comments that speak to chipsieve, beside settings that signals ask for."""
    lines = "".join(f"bf16_{at}: true # chipsieve: ignore[bf16-training]\n" for at in range(many(size, 70_000)))
    return {"a.yaml": f"bf16: true\n{lines}", "run.sh": "deepspeed train.py --deepspeed a.yaml\n", "train.py": ""}


@bomb("comments that speak to chipsieve")
def comments_of_many_signals(size: float) -> Texts:
    """Comments that name thousands of signals which do not exist."""
    names = ",".join(f"nccl-variable{at}" for at in range(4000))
    return {"run.sh": "export NCCL_IB_HCA=1\npython t.py\n" + f"# chipsieve: ignore[{names}]\n" * many(size, 13)}


@bomb("templates")
def template_branches(size: float) -> Texts:
    """A job's template of tens of thousands of branches."""
    branches = "".join(
        f"{{% if a{at} %}}\nexport NCCL_A{at}={{{{ b }}}}\n{{% endif %}}\n" for at in range(many(size, 17_000))
    )
    return {"job.sh.j2": branches + "torchrun t.py\n"}


@bomb("templates")
def open_templates(size: float) -> Texts:
    """Branches and insertions that never end."""
    return {
        "job.sh.j2": "{% if a %}{{ b\n{#\n" * many(size, 50_000),
        "a.yaml": "{{/* {{- if .A\n" * many(size, 250_000),
    }


@bomb("templates")
def nested_templates(size: float) -> Texts:
    """Branches within branches, thousands deep."""
    return {"job.yaml.tpl": "{{ if .A }}\na: b\n" * many(size, 50_000)}


def _letters(number: int) -> str:
    """A word of its own for a number, without digits."""
    word = ""
    while number:
        number, rest = divmod(number, 26)
        word += chr(97 + rest)
    return word or "a"
