"""Does ruff find what the preset names, and nothing beside it? The real ruff runs on written files and on fixtures."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import generate_ruff
from annotations import FILES
from chipsieve.border.marker import Mark, read_mark
from chipsieve.facts.reading import Source
from chipsieve.match.matching import findings as matched
from chipsieve.match.table import default_table
from chipsieve.signals import load_signals, read_signal
from chipsieve.sources.readers import read_source
from generate_ruff import PRESET, marks, preset, stale

Place = tuple[str, int]
PYTHON = [path for path in FILES if path.parent.name == "python"]
LINES = {
    "import torch as t": None,
    "from torch import bfloat16": "torch.bfloat16",
    "import torch_npu.contrib": "torch_npu",
    "import torch_npux": None,
    "from .apex import amp": None,
    "import flash_attn.cute": "flash_attn.cute",
    "# torch.bfloat16": None,
    "TEXT = 'torch.bfloat16'": None,
    "def late():": None,
    "    import xformers.ops as ops": "xformers",
    "    return ops, bfloat16": None,  # known to be missed: only the import shows that name
    "wide = t.bfloat16": "torch.bfloat16",
    "t.utils.checkpoint.checkpoint(late)": "torch.utils.checkpoint.checkpoint",
    "half = t.float16": None,
    "mine.bfloat16": None,
    "t.compile": "torch.compile",
    "t.compiler.reset()": None,
}


def ruff(*arguments: str) -> Iterator[tuple[Place, Mark | None]]:
    """File name, line and marker of every result of ruff's SARIF."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--exit-zero", "--output-format", "sarif"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    for result in json.loads(done.stdout)["runs"][0]["results"]:
        physical = result["locations"][0]["physicalLocation"]
        path = unquote(urlsplit(physical["artifactLocation"]["uri"]).path)
        yield (Path(path).name, physical["region"]["startLine"]), read_mark(result["message"]["text"])


def written(folder: Path) -> Path:
    (folder / "train.py").write_text("".join(f"{line}\n" for line in LINES), encoding="utf-8")
    return folder


def test_names_are_found_and_their_neighbours_are_not(tmp_path: Path) -> None:
    found = [
        (line, mark.value if mark else "") for (_, line), mark in ruff("--config", str(PRESET), str(written(tmp_path)))
    ]
    assert found == [(number, name) for number, name in enumerate(LINES.values(), 1) if name]


def test_the_marker_says_which_signals() -> None:
    by_name = {mark.value: mark for mark in marks(load_signals())}
    assert by_name["torch.bfloat16"] == Mark(("bf16-tensor",), "name", "torch.bfloat16")
    assert by_name["torch_npu"] == Mark(("ascend-runtime",), "import", "torch_npu")
    assert by_name["flash_attn.cute"].signals == ("flash-attention-4", "flash-attention-import")
    assert "torch" not in by_name
    assert "torch.backends.cuda.matmul.allow_tf32" not in by_name, "says something only by its value"
    assert "torch.autocast" not in by_name, "says something only by its arguments"


def test_a_configuration_can_extend_the_preset(tmp_path: Path) -> None:
    config = f'extend = "{PRESET.as_posix()}"\n[lint]\nselect = ["F401", "TID251"]\n'
    (tmp_path / "ruff.toml").write_text(config, encoding="utf-8")
    (tmp_path / "train.py").write_text("import torch_npu\n", encoding="utf-8")
    assert {mark.value if mark else "" for _, mark in ruff(str(tmp_path))} == {"torch_npu", ""}


@pytest.mark.parametrize("options", [(), ("--ignore-noqa",)])
def test_noqa_silences_unless_asked_otherwise(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "train.py").write_text("import torch_npu  # noqa: TID251\n", encoding="utf-8")
    assert len(list(ruff("--config", str(PRESET), *options, str(tmp_path)))) == len(options)


@cache
def ours() -> frozenset[tuple[Place, str]]:
    """What our reader finds in the fixtures: place and signal."""
    sources = [Source(path.name, "python", path.read_text(encoding="utf-8")) for path in PYTHON]
    table = default_table()
    readings = [read_source(source, table.vocabulary)[0] for source in sources]
    findings = [item for reading in readings for item in matched(reading.facts, reading.path, table)]
    return frozenset(((item.path, item.span.line), item.signal) for item in findings)


def test_on_the_fixtures_ruff_adds_only_imported_names() -> None:
    found = [(place, mark) for place, mark in ruff("--config", str(PRESET), *map(str, PYTHON)) if mark]
    assert len(found) > len(PYTHON) / 2
    added = {place for place, mark in found for signal in mark.signals if (place, signal) not in ours()}
    texts = {path.name: path.read_text(encoding="utf-8").splitlines() for path in PYTHON}
    assert [place for place in added if "import " not in texts[place[0]][place[1] - 1]] == []


def test_the_preset_is_fresh() -> None:
    assert not stale(), "run ./dev rules"


def test_a_changed_preset_is_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ruff/chipsieve.toml"
    monkeypatch.setattr(generate_ruff, "PRESET", path)
    assert generate_ruff.main(["--check"]) == 1
    assert generate_ruff.main([]) == 0
    assert path.read_bytes() == PRESET.read_bytes()
    path.write_bytes(path.read_bytes()[:-1])
    assert generate_ruff.main(["--check"]) == 1
    assert capsys.readouterr().err.count("run ./dev rules") == 2


def test_odd_titles_stay_toml() -> None:
    table: dict[str, object] = {
        "title": 'A "quoted" title, with a \\ and 中文', "question": "?", "step": "none", "effect": "technique",
        "strength": "weak", "why": "", "match": [{"kind": "import", "names": ["a.b", "c*"]}],
    }  # fmt: skip
    banned = tomllib.loads(preset({"odd": read_signal("odd", table)}))["lint"]["flake8-tidy-imports"]["banned-api"]
    assert banned == {"a.b": {"msg": 'A "quoted" title, with a \\ and 中文 [chipsieve odd import: a.b]'}}
