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
from chipsieve.border.semgrep.running import OFFLINE, find_semgrep, rule_packs, rules_home
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Signal
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


def test_each_rule_carries_what_sarif_keeps() -> None:
    """Id, marker, and what a reader of SARIF may select by: all are the signal's."""
    offenders = [
        f"{path.relative_to(rules_home())}: {rule['id']}"
        for path in sorted(rules_home().rglob("*.yaml"))
        for rule in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["rules"]
        if not carries(rule, load_signals()[path.stem])
    ]
    assert offenders == []


def carries(rule: dict[str, Any], signal: Signal) -> bool:
    """Whether a rule says which signal it is, and of what kind."""
    tags = rule["metadata"]["tags"]
    fields = {"effect": signal.effect, "strength": signal.strength, "step": signal.step}
    return (
        rule["id"].rpartition(".")[2] == signal.id
        and f"[chipsieve {signal.id} " in rule["message"]
        and {f"chipsieve/{key}={word}" for key, word in fields.items()} <= set(tags)
        and len(tags) < 10
    )


def test_every_marker_names_a_kind_of_row() -> None:
    """What the rules write, `read_mark` reads as it stands: no rule bears an earlier name of a kind."""
    kinds = {row.kind for signal in load_signals().values() for row in signal.rows}
    written = {
        kind
        for path in rules_home().rglob("*.yaml")
        for kind in re.findall(r"\[chipsieve \S+ ([a-z]+)", path.read_text(encoding="utf-8"))
    }
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
