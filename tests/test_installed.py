"""When does what is installed around a run take effect? What extras pin never does, and one line stands alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve.sieve.outcome import Verdict
from small_trees import RUN, TRAIN, main_of, scanned

PIN = "torch==2.1.0+cu118"


def standings(verdict: Verdict, path: str) -> set[str]:
    """Where the findings of a file stand in the main launch."""
    return {stands for found, stands in main_of(verdict).launch.findings if found.path == path}


@pytest.mark.parametrize(
    ("path", "text", "standing"),
    [
        ("requirements.txt", f"{PIN}\n", "asserted"),
        ("requirements.txt", f'{PIN} ; python_version >= "3.9" and python_version < "3.12"\n', "asserted"),
        ("requirements.txt", f'{PIN} ; python_version < "3.11"\n', "optional"),
        ("requirements.txt", f'{PIN} ; platform_machine == "x86_64"\n', "optional"),
        ("pyproject.toml", f'[project]\ndependencies = ["{PIN}"]\n', "asserted"),
        ("pyproject.toml", f'[project.optional-dependencies]\ngpu = ["{PIN}"]\n', "optional"),
        ("pyproject.toml", f'[dependency-groups]\ngpu = ["{PIN}"]\n', "optional"),
        ("setup.cfg", f"[options]\ninstall_requires =\n    {PIN}\n", "asserted"),
        ("setup.cfg", f"[options.extras_require]\ngpu =\n    {PIN}\n", "optional"),
        ("setup.py", f'setup(install_requires=["{PIN}"])\n', "asserted"),
        ("setup.py", f'setup(extras_require={{"gpu": ["{PIN}"]}})\n', "optional"),
    ],
)
def test_all_that_a_requirement_says_stands_alike(tmp_path: Path, path: str, text: str, standing: str) -> None:
    verdict = scanned(tmp_path, {path: text, "train.py": TRAIN, "run.sh": RUN})
    assert standings(verdict, path) == {standing}


def test_what_nobody_asks_for_takes_no_effect(tmp_path: Path) -> None:
    verdict = scanned(tmp_path, {"requirements.txt": f"{PIN}\n", "train.py": "import jax\n", "run.sh": RUN})
    assert standings(verdict, "requirements.txt") == {"optional"}
