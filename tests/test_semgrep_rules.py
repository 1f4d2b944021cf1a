"""Do the Semgrep rules say what the signals say? Fresh, loadable, and right on every annotated line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

from annotations import FILES, ROOT, annotated
from chipsieve.border.semgrep import compiled, hand_written, rule_packs, rules_home
from chipsieve.border.semgrep.compiled import MATCHERS
from chipsieve.border.semgrep.running import OFFLINE, find_semgrep
from chipsieve.signals import load_signals
from compile_rules import stale
from semgrep_results import Place, places


@cache
def seen() -> frozenset[Place]:
    """What one run over all fixtures finds; paths are those below fixtures/signals."""
    return frozenset(places(ROOT, rule_packs()))


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
    for rule in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["rules"]:
        tags = rule["metadata"]["tags"]
        assert rule["id"].rpartition(".")[2] == signal.id
        assert f"[chipsieve {signal.id} " in rule["message"]
        assert f"chipsieve/effect={signal.effect}" in tags
        assert f"chipsieve/strength={signal.strength}" in tags
        assert f"chipsieve/step={signal.step}" in tags
        assert len(tags) < 10


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_semgrep_on_a_fixture(path: Path) -> None:
    fixture = annotated(path)
    own = path.relative_to(ROOT).as_posix()
    lines = sorted({line for signal, where, line in seen() if (signal, where) == (path.stem, own)})
    assert lines == fixture.semgrep()


def test_the_pack_beside_our_readers_leaves_the_shell_out() -> None:
    (pack,) = rule_packs(beside_readers=True)
    folders = {rule["id"].partition(".")[0] for rule in json.loads(pack.read_text(encoding="utf-8"))["rules"]}
    assert folders == {path.name for path in rules_home().iterdir() if path.is_dir()} - {"shell"}


def test_the_packs_hold_every_rule_and_no_id_twice() -> None:
    (packs,) = rule_packs()
    ids = [
        rule["id"] for pack in packs.glob("*.yaml") for rule in json.loads(pack.read_text(encoding="utf-8"))["rules"]
    ]
    texts = (path.read_text(encoding="utf-8") for path in rules_home().rglob("*.yaml"))
    assert len(ids) == len(set(ids)) == sum(len(re.findall(r"^- id: ", text, re.MULTILINE)) for text in texts)


def under_one_id(rule: Path) -> str:
    """A rule file as `semgrep test` can use it: all ids the signal's, which no annotation may tell apart.

    Semgrep goes by one rule's words for all of one id, so each gets a branch that needs no words and finds nothing.
    """
    document = yaml.load(rule.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    nothing = {"patterns": [{"pattern-regex": r"\A"}, {"pattern-not-regex": r"\A"}]}
    for one in document["rules"]:
        how = next(key for key in MATCHERS if key in one)
        one["id"] = rule.stem
        one["pattern-either"] = [{how: one.pop(how)}, nothing]
    return json.dumps(document)


@pytest.mark.slow
def test_semgrep_test_is_green(tmp_path: Path) -> None:
    """The real `semgrep test`, which wants each rule beside its target, on every fixture that has rules."""
    tested = [path for path in FILES if (rules_home() / path.parent.name / f"{path.stem}.yaml").exists()]
    for path in tested:
        rule, stem = rules_home() / path.parent.name / f"{path.stem}.yaml", f"{path.parent.name}-{path.stem}"
        (tmp_path / f"{stem}.yaml").write_text(under_one_id(rule), encoding="utf-8")
        ending = f".test{path.suffix}" if path.suffix in (".yaml", ".yml") else path.suffix
        shutil.copy(path, tmp_path / f"{stem}{ending}")
    command = [str(find_semgrep()), "test", str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, **OFFLINE}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    passed, known = re.findall(r"(\d+)/(\d+): .*All tests passed", done.stdout)[0]
    assert int(passed) == int(known) == len(tested)
