"""Do the Semgrep rules say what the signals say? Fresh, loadable, and right on every annotated line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from annotations import FILES, ROOT, annotated
from chipsieve.border.semgrep.rule_files import MATCHERS, compiled, hand_written
from chipsieve.border.semgrep.running import OFFLINE, find_semgrep, rules_beside_readers, rules_home
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Signal
from compile_rules import stale
from semgrep_results import Place, places


@cache
def seen() -> frozenset[Place]:
    """What one run over all fixtures finds; paths are those below fixtures/signals."""
    return frozenset(places(ROOT, [rules_home()]))


def test_rules_are_fresh() -> None:
    assert stale() == []


def test_every_file_is_compiled_or_declared() -> None:
    there = {path.relative_to(rules_home()).as_posix() for path in rules_home().rglob("*.y*ml")}
    assert there == set(compiled(load_signals())) | hand_written(load_signals())


@cache
def rules() -> dict[str, list[dict[str, Any]]]:
    """Every rule, by the name of its file."""
    paths = sorted(rules_home().glob("*.yaml"))
    return {path.name: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["rules"] for path in paths}


def test_each_rule_carries_what_sarif_keeps() -> None:
    """Id, marker, and what a reader of SARIF may select by: all are the signal's."""
    signals = load_signals()
    offenders = [
        f"{name}: {rule['id']}"
        for name, several in rules().items()
        for rule in several
        if not carries(rule, name.removesuffix(".yaml"), signals[rule["id"].rpartition(".")[2]])
    ]
    assert offenders == []


def carries(rule: dict[str, Any], language: str, signal: Signal) -> bool:
    """Whether a rule says which signal it is, and of what kind."""
    tags = rule["metadata"]["tags"]
    fields = {"effect": signal.effect, "strength": signal.strength, "step": signal.step}
    return (
        rule["id"].partition(".")[0] == language
        and f"[chipsieve {signal.id} " in rule["message"]
        and {f"chipsieve/{key}={word}" for key, word in fields.items()} <= set(tags)
        and len(tags) < 10
    )


def test_every_marker_names_a_kind_of_row() -> None:
    """What the rules write, `read_mark` reads as it stands: no rule bears an earlier name of a kind."""
    kinds = {row.kind for signal in load_signals().values() for row in signal.rows}
    written = {kind for several in rules().values() for kind in re.findall(r"\[chipsieve \S+ ([a-z]+)", str(several))}
    assert written <= kinds


@pytest.mark.slow
def test_semgrep_finds_the_annotated_lines_of_every_fixture() -> None:
    lines: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for signal, where, line in seen():
        lines[signal, where].add(line)
    offenders = {}
    for path in FILES:
        found, wanted = sorted(lines[path.stem, path.relative_to(ROOT).as_posix()]), annotated(path).semgrep()
        if found != wanted:
            offenders[f"{path.parent.name}/{path.stem}"] = {"found": found, "annotated": wanted}
    assert offenders == {}


def test_the_files_beside_our_readers_are_all_but_the_shell_s() -> None:
    assert {path.name for path in rules_beside_readers()} == rules().keys() - {"shell.yaml"}


def test_no_id_stands_twice() -> None:
    """Semgrep loses results of rules that share an id, for it decides by the id which files to skip."""
    ids = [rule["id"] for several in rules().values() for rule in several]
    assert len(ids) == len(set(ids))


def test_every_python_rule_says_which_words_a_file_must_hold() -> None:
    """Without, Semgrep would try it on every file: that is minutes for a large tree."""
    offenders = [rule["id"] for rule in rules()["python.yaml"] if "pattern-regex" not in str(rule["patterns"][0])]
    assert offenders == []


def under_one_id(several: list[dict[str, Any]], signal: str) -> str:
    """Rules as `semgrep test` can use them: all ids the signal's, which no annotation may tell apart.

    Semgrep goes by one rule's words for all of one id, so each gets a branch that needs no words and finds nothing.
    """
    nothing = {"patterns": [{"pattern-regex": r"\A"}, {"pattern-not-regex": r"\A"}]}
    tested = []
    for rule in several:
        how = next(key for key in MATCHERS if key in rule)
        rest = {key: value for key, value in rule.items() if key != how}
        tested.append({**rest, "id": signal, "pattern-either": [{how: rule[how]}, nothing]})
    return json.dumps({"rules": tested})


@pytest.mark.slow
def test_semgrep_test_is_green(tmp_path: Path) -> None:
    """The real `semgrep test`, which wants each rule beside its target, on every fixture that has rules."""
    wanted: dict[Path, list[dict[str, Any]]] = {}
    for path in FILES:
        several = rules().get(f"{path.parent.name}.yaml", [])
        own = [rule for rule in several if rule["id"].rpartition(".")[2] == path.stem]
        wanted |= {path: own} if own else {}
    for path, own in wanted.items():
        stem = f"{path.parent.name}-{path.stem}"
        (tmp_path / f"{stem}.yaml").write_text(under_one_id(own, path.stem), encoding="utf-8")
        ending = f".test{path.suffix}" if path.suffix in (".yaml", ".yml") else path.suffix
        shutil.copy(path, tmp_path / f"{stem}{ending}")
    command = [str(find_semgrep()), "test", str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, **OFFLINE}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    passed, known = re.findall(r"(\d+)/(\d+): .*All tests passed", done.stdout)[0]
    assert int(passed) == int(known) == len(wanted)
