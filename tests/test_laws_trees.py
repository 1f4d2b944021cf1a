"""Do the laws hold for whole look-alike trees: every proof is there, and what says nothing changes nothing?"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from chipsieve.api import scan
from chipsieve.facts.finding import Finding
from chipsieve.sieve.outcome import Verdict

REPOS = Path(__file__).parent.parent / "fixtures" / "repos"
TREES = sorted(path.name for path in REPOS.iterdir() if path.is_dir())
COMMENT = "\n# nothing to see here\n"
COMMENTED = (".py", ".sh", ".slurm", ".yml")
LOCALS = {
    "hunyuan-large-2024-11-05": [
        ("train/train.py", "training_args", "these"),
        ("train/train.py", "kwargs", "others"),
    ],
    "optional-fp8": [("engine/model.py", "context", "manager")],
    "hunyuan-dit": [("hydit/ds_config.py", "config", "settings")],
}


def answer(verdict: Verdict) -> object:
    """What a reader takes from a verdict: per launch and for the repository, which chips and which signals cut."""
    launches = []
    for item in verdict.launches:
        cuts = [(cut.step, cut.signal, cut.excluded) for step in item.steps for cut in step.cuts]
        launches.append((item.launch.role, item.remaining, cuts))
    return verdict.possible, verdict.remaining, launches


@pytest.mark.parametrize("policy", ["balanced", "paper"])
@pytest.mark.parametrize("scope", ["launch", "tree"])
@pytest.mark.parametrize("tree", TREES)
def test_every_exclusion_points_at_a_line_that_is_there(tree: str, scope: str, policy: str) -> None:
    verdict = scan(REPOS / tree, policy=policy, scope=scope, workers=1)
    cuts = [cut for item in verdict.launches for step in item.steps for cut in step.cuts]
    for cut in cuts:
        assert cut.excluded
        assert cut.evidence.lines
        for place in cut.evidence.lines:
            line = (REPOS / tree / place.path).read_text(encoding="utf-8").splitlines()[place.span.line - 1]
            assert isinstance(place, Finding), "no evidence is derived yet"
            assert place.snippet in line
            assert place.span.column <= len(line)


@pytest.mark.parametrize("tree", TREES)
def test_a_plain_comment_changes_no_verdict(tree: str, tmp_path: Path) -> None:
    copy = tmp_path / tree
    shutil.copytree(REPOS / tree, copy)
    for path in copy.rglob("*"):
        if path.suffix in COMMENTED:
            path.write_text(path.read_text(encoding="utf-8") + COMMENT, encoding="utf-8")
    assert answer(scan(copy, workers=1)) == answer(scan(REPOS / tree, workers=1))


@pytest.mark.parametrize(("tree", "renames"), LOCALS.items())
def test_renaming_a_local_variable_changes_no_verdict(
    tree: str, renames: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    copy = tmp_path / tree
    shutil.copytree(REPOS / tree, copy)
    for name, old, new in renames:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert re.search(rf"\b{old}\b", text)
        path.write_text(re.sub(rf"(?<![.\w]){old}\b(?!\s*\()", new, text), encoding="utf-8")
    assert answer(scan(copy, workers=1)) == answer(scan(REPOS / tree, workers=1))


@pytest.mark.parametrize("tree", TREES)
def test_a_stricter_policy_never_excludes_more(tree: str) -> None:
    strict, balanced = (set(scan(REPOS / tree, policy=policy, workers=1).possible) for policy in ("strict", "balanced"))
    assert balanced <= strict
