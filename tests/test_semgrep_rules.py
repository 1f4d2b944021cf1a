"""Do the Semgrep rules say what the signals say? Fresh, loadable, and right on every annotated line."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

from annotations import FILES, ROOT, annotated
from chipsieve.semgrep import BESIDE_READERS, compiled, hand_written, rule_folders, rules_home
from chipsieve.semgrep.running import OFFLINE, find_semgrep
from chipsieve.signals import load_signals
from compile_rules import stale
from semgrep_results import Place, places


@cache
def seen() -> frozenset[Place]:
    """What one run over all fixtures finds; paths are those below fixtures/signals."""
    return frozenset(places(ROOT, rule_folders()))


def test_rules_are_fresh() -> None:
    assert stale() == []


def test_every_file_is_compiled_or_declared() -> None:
    there = {path.relative_to(rules_home()).as_posix() for path in rules_home().rglob("*.y*ml")}
    assert there == set(compiled(load_signals())) | hand_written(load_signals())


@pytest.mark.parametrize(
    "path", sorted(rules_home().rglob("*.yaml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_rule_carries_what_sarif_keeps(path: Path) -> None:
    signal = load_signals()[path.stem]
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
        tags = rule["metadata"]["tags"]
        assert rule["id"] == signal.id
        assert f"[chipsieve {signal.id} " in rule["message"]
        assert f"chipsieve/effect={signal.effect}" in tags
        assert f"chipsieve/strength={signal.strength}" in tags
        assert f"chipsieve/step={signal.step}" in tags
        assert len(tags) < 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_semgrep_on_a_fixture(path: Path) -> None:
    fixture = annotated(path)
    own = path.relative_to(ROOT).as_posix()
    lines = sorted({line for signal, where, line in seen() if (signal, where) == (path.stem, own)})
    assert lines == fixture.semgrep()


def test_the_pack_beside_our_readers_leaves_the_shell_out() -> None:
    names = {folder.name for folder in rule_folders(BESIDE_READERS)}
    assert "shell" not in names
    assert {"python", "json", "yaml", "dockerfile"} <= names


def test_semgrep_test_is_green(tmp_path: Path) -> None:
    """The real `semgrep test`, which wants each rule beside its target, on every fixture that has rules."""
    for path in FILES:
        rule = rules_home() / path.parent.name / f"{path.stem}.yaml"
        if rule.exists():
            stem = f"{path.parent.name}-{path.stem}"
            shutil.copy(rule, tmp_path / f"{stem}.yaml")
            ending = f".test{path.suffix}" if path.suffix in (".yaml", ".yml") else path.suffix
            shutil.copy(path, tmp_path / f"{stem}{ending}")
    command = [str(find_semgrep()), "test", str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, **OFFLINE}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All tests passed" in done.stdout
