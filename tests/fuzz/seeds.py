"""What does fuzzing begin with? The fixtures as they lie there; none is copied into the repository."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from chipsieve.api import scan
from chipsieve.report import render
from chipsieve.sources.languages import language_of, languages

FIXTURES = Path(__file__).parents[2] / "fixtures"
MOST, LONGEST = 400, 4096  # seeds of one target, and bytes of one
BETWEEN = b"\x01"
"""What stands between two files of a tree."""
TREE = ("run.sh", "train.py", "config.json", "README.md", "requirements.txt", "recipe.yaml")
BY_HAND: Mapping[str, Sequence[bytes]] = {
    "csv": (b'gpu_model,gpu_count\n8 x NVIDIA A100-SXM4-80GB,8\n"a,b",1\n',),
    "weights": (b'{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F8_E4M3","shape":[2,2],"data_offsets":[0,4]}}',),
    "definition": (
        b"Bootstrap: docker\nFrom: nvcr.io/nvidia/pytorch:24.01-py3\n%post -c /bin/bash\n pip install x\n",
        b'%environment\n export NCCL_IB_HCA=mlx5\n%runscript\n exec torchrun train.py --bf16 "$@"\n',
    ),
    "makefile": (
        b"N ?= 8\n-include a\nifeq ($(A),b)\nARGS := --bf16\nelse\nARGS += $(shell ls)\nendif\n%.o: %.cu ; nvcc $<\n",
        b"define run\ntorchrun $(1)\nendef\nall: export A=1\nall: a | c\n\t@$(call run,a.py) $(ARGS) \\\n\t $${N}\n",
    ),
    "ini": (b"[a.b]\nbf16 = true ; x\nc : d\n  e\n[options.entry_points]\nconsole_scripts =\n  t = a.b:main\n",),
    "log": (
        b"$ nvidia-smi\n| 0  NVIDIA A100-SXM4-80GB  On | 00000000:07:00.0 Off | 0 |\ntorch 2.1.0+cu121 8 GPUs\n",
        b'{"gpu":"H100","bf16":true}\nCUDA_VISIBLE_DEVICES=0,1 args: --bf16\n',
    ),
    "gin": (b"import a.b\ntrain.dtype = 'bfloat16'\na/b.c = @d()\ne = %MACRO\n",),
    "justfile": (b"gpus := '8'\ntrain arg='x': build\n  torchrun --nproc_per_node {{gpus}} train.py --bf16\n",),
    "notebook": (
        b'{"cells":[{"cell_type":"code","source":["!torchrun a.py --bf16\\n","%%bash\\n","x=1"],"outputs":[]}]}',
        b'{"cells":[{"cell_type":"markdown","source":"8 A100"}],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    ),
    "template": (
        b"{% if fp8 %}\nexport NCCL_IB_HCA={{ hca }}\n{% else %}\ntorchrun --nproc_per_node {{n}} a.py\n{% endif %}\n",
        b"{{- if .Values.gpu }}\npython a.py --bf16 {{ .Values.args | quote }}\n{{- end }}\n{# remark #}\n",
    ),
    "survey-list": (b"# two\n.\n../x@HEAD\nkarpathy/nanochat@main\nhttps://a.example/b.git@v1\nfile:///x\n",),
    "survey-csv": (b'repository,name\n.,here\n"a/b@c","x, y"\n',),
    "linter": (
        b"run.sh:1:1: CHS001 x [chipsieve bf16-training flag: true]\n",
        b"a.py:3:5: TID251 `torch.x` is banned: m [chipsieve bf16-training name: torch.bfloat16]\n",
    ),
    "condition": (
        b'{"every":[{"question":"option","name":"a","values":["b"],"operator":"in"},{"not":{"holds":"always"}}]}',
        b'{"some":[{"question":"unknown","text":"x"},{"test":"constant","values":["true"]}]}',
    ),
}


@cache
def fixtures() -> Mapping[str, Sequence[bytes]]:
    """The fixtures of each language, shortest first, each as far as a seed goes."""
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    for path in FIXTURES.rglob("*"):
        if path.is_file() and (language := language_of(path.name)):
            found[language].add(path.read_bytes()[:LONGEST])
    return {language: sorted(data, key=lambda one: (len(one), one))[:MOST] for language, data in found.items()}


def seeds(target: str) -> Sequence[bytes]:
    """What fuzzing a target begins with."""
    if target in languages().natures:
        return [*BY_HAND.get(target, ()), *fixtures().get(target, ())]
    made = {"tree": _trees, "sarif": _sarif, "report": _reports, "template": _templates}
    return [*BY_HAND.get(target, ()), *(made[target]() if target in made else ())]


def path_of(language: str) -> str:
    """A path that a file of a language may have."""
    glob = next(glob for glob, name in languages().globs if name == language)
    return glob.replace("[0-9]", "1").replace("*", "a")


def repositories() -> Iterator[Path]:
    """The look-alike trees."""
    return (path for path in sorted((FIXTURES / "repos").iterdir()) if path.is_dir())


def _trees() -> Iterator[bytes]:
    for root in repositories():
        held = {path.suffix: path for path in sorted(root.rglob("*"), reverse=True) if path.is_file()}
        files = (held.get(Path(name).suffix) for name in TREE)
        yield BETWEEN.join(path.read_bytes()[: LONGEST // 2] if path else b"" for path in files)


def _sarif() -> Iterator[bytes]:
    for root in repositories():
        log = json.loads(render(scan(root, workers=1), "sarif", sarif_level="all"))
        (run,) = log["runs"]
        run["results"] = run["results"][:2]
        run["tool"]["driver"]["rules"] = []
        yield json.dumps({"version": log["version"], "runs": [run]}).encode()[: 3 * LONGEST]
    at = {"start": {"line": 1, "col": 1}, "end": {"line": 1, "col": 2}}
    result = {"path": "run.sh", "check_id": "bf16-training", **at, "extra": {"message": "[chipsieve bf16-training]"}}
    yield json.dumps({"results": [result], "errors": [{"type": "x", "path": "a", "spans": [at]}]}).encode()


def _reports() -> Iterator[bytes]:
    for root in repositories():
        whole = json.loads(render(scan(root, workers=1), "json"))
        yield json.dumps({**whole, "findings": whole["findings"][:2], "launches": whole["launches"][:1]}).encode()


def _templates() -> Iterator[bytes]:
    for text in fixtures()["shell"]:
        yield b"{% if a %}\n" + text.replace(b" ", b" {{ x }} ", 1) + b"{% endif %}\n"
