"""Do the action's steps do what it promises? They are run as GitHub runs them, without GitHub.

The interpreter that installs chipsieve is a stand-in that puts the chipsieve under test into the environment.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPT = "tools/action.sh"
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]  # what `shell: bash` means
STAND_IN = f"""#!/bin/sh
echo "$*" >>"$RUNNER_TEMP/python.log"
for last; do :; done
case "$*" in
  "-I -m venv "*)
    mkdir -p "$last/bin" && cp "$0" "$last/bin/python" && cd "$last/bin"
    printf '#!/bin/sh\\nexec "{sys.executable}" -c "from chipsieve.cli import main; main()" "$@"\\n' >chipsieve
    chmod +x chipsieve
    ;;
esac
"""


@dataclass
class Runner:
    """A runner of GitHub's with a job's folders."""

    folder: Path
    inputs: dict[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    code: int = 0

    def run(self) -> None:
        """Every step in turn, up to one that fails; steps of other actions are noted with their inputs."""
        for step in STEPS:
            if self.code or not self._holds(step.get("if", "true")):
                continue
            self.log.append(step["name"])
            if "uses" in step:
                self.outputs[step["uses"].split("@")[0]] = {k: self._filled(str(v)) for k, v in step["with"].items()}
            else:
                self._run(step)

    def _run(self, step: dict[str, Any]) -> None:
        output = self.folder / "output"
        output.write_text("", encoding="utf-8")
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_OUTPUT": str(output),
            **{name: self._filled(text) for name, text in step.get("env", {}).items()},
        }
        command = [*BASH, step["run"]]
        done = subprocess.run(
            command, cwd=self.folder / "work", env=environment, capture_output=True, text=True, check=False
        )
        self.log += done.stderr.splitlines()
        self.code = done.returncode
        lines = output.read_text(encoding="utf-8").splitlines()
        self.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in lines)

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: self._value(found[1]), text)

    def _value(self, expression: str) -> str:
        known = {"github.workspace": str(self.folder / "work"), "steps.python.outputs.python-path": str(self.python)}
        if expression in known:
            return known[expression]
        if expression.startswith("inputs."):
            name = expression.removeprefix("inputs.")
            return self.inputs.get(name, str(ACTION["inputs"][name]["default"]))
        _, step, _, name = expression.split(".")
        return self.outputs[step][name]

    def _holds(self, condition: str) -> bool:
        if condition == "true":
            return True
        expression, sign, value = condition.split(" ")
        return (self._value(expression) == value.strip("'")) == (sign == "==")

    @property
    def python(self) -> Path:
        return self.folder / "python"

    @property
    def summary(self) -> str:
        return (self.folder / "summary.md").read_text(encoding="utf-8")

    @property
    def sarif(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(Path(self.outputs["scan"]["sarif"]).read_text(encoding="utf-8"))
        return document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A job's folders, a checkout that trains in bfloat16 and the stand-in."""
    (tmp_path / "temp").mkdir()
    (tmp_path / "work" / "sub folder").mkdir(parents=True)
    for where in ("work", "work/sub folder"):
        (tmp_path / where / "train.sh").write_text("torchrun train.py --bf16\n", encoding="utf-8")
        (tmp_path / where / "train.py").write_text("if __name__ == '__main__':\n    pass\n", encoding="utf-8")
    (tmp_path / "summary.md").write_text("from another step\n", encoding="utf-8")
    (tmp_path / "python").write_text(STAND_IN, encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def ran(folder: Path, **inputs: str) -> Runner:
    runner = Runner(folder, {name.replace("_", "-"): text for name, text in inputs.items()})
    runner.run()
    return runner


UPLOAD = "github/codeql-action/upload-sarif"


@pytest.mark.slow
def test_a_scan_is_uploaded_and_summed_up(folder: Path) -> None:
    job = ran(folder, fail_on="fp8-training")
    assert job.code == 0, job.log
    assert job.log == ["Set up Python", "Install chipsieve", "Scan", "Upload to code scanning"]
    assert job.outputs[UPLOAD]["sarif_file"] == job.outputs["scan"]["sarif"]
    assert [run["automationDetails"]["id"] for run in job.sarif["runs"]] == ["chipsieve/"]
    assert "accelerator-verdict" in {result["ruleId"] for result in job.sarif["runs"][0]["results"]}
    assert job.summary.startswith("from another step\n## chipsieve: which accelerators?\n")
    assert "| Step | Question | Left |" in job.summary


@pytest.mark.slow
def test_a_condition_that_is_met_fails_after_the_upload(folder: Path) -> None:
    job = ran(folder, fail_on="fp8-training\n\n  bf16-training \n")
    assert job.code == 1
    assert job.log[-4:] == [
        "chipsieve: sub folder/train.sh:1:19: bf16-training: training in bfloat16 (true) [fail-on bf16-training]",
        "chipsieve: train.sh:1:19: bf16-training: training in bfloat16 (true) [fail-on bf16-training]",
        "Upload to code scanning", "Fail when a condition is met",
    ]  # fmt: skip
    assert "### Launch" in job.summary


@pytest.mark.slow
def test_the_upload_can_be_left_out(folder: Path) -> None:
    job = ran(folder, upload="false", fail_on="bf16-training")
    assert job.code == 1
    assert UPLOAD not in job.outputs
    assert job.sarif["runs"]


@pytest.mark.slow
def test_inputs_reach_the_command(folder: Path) -> None:
    job = ran(folder, policy="strict", role="any", args="--scope tree\n  --trust-names", path="sub folder")
    assert job.code == 0, job.log
    summary = job.sarif["runs"][0]["properties"]["chipsieve/verdict"]
    assert (summary["policy"], summary["role"], summary["scope"]) == ("strict", "any", "tree")
    assert job.outputs[UPLOAD]["checkout_path"] == f"{folder}/work/sub folder"
    paths = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
             for result in job.sarif["runs"][0]["results"]}  # fmt: skip
    assert paths <= {"train.sh", "train.py"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["path", "policy", "role", "fail-on", "args"])
def test_inputs_run_nothing(folder: Path, name: str) -> None:
    ran(folder, **{name: "$(touch owned) `touch owned`; touch owned\n' touch owned \" && touch owned"})
    assert list(folder.rglob("owned")) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "code", "said"),
    [
        ({"policy": "bold"}, 2, "balanced"),
        ({"fail_on": "bf16-trainin"}, 2, "bf16-training"),
        ({"path": "nowhere"}, 1, "nowhere"),
        ({"args": "--help"}, 70, "wrote no report"),
    ],
)
def test_a_run_without_a_report_fails_at_once(folder: Path, inputs: dict[str, str], code: int, said: str) -> None:
    job = ran(folder, **inputs)
    assert job.code == code
    assert UPLOAD not in job.outputs
    assert said in "\n".join(job.log)


@pytest.mark.slow
def test_a_report_of_an_earlier_use_is_not_taken_for_this_ones(folder: Path) -> None:
    assert ran(folder).code == 0
    job = ran(folder, policy="bold")
    assert job.code == 2
    assert UPLOAD not in job.outputs


@pytest.mark.slow
def test_python_is_kept_from_importing_the_scanned_tree(folder: Path) -> None:
    ran(folder)
    started = (folder / "temp" / "python.log").read_text(encoding="utf-8").splitlines()
    assert len(started) == 2
    assert all(line.startswith("-I -m ") for line in started)
    assert started[1].endswith(f" {ROOT}")


def test_no_expression_stands_in_a_shell_command() -> None:
    runs = [step["run"] for step in STEPS if "run" in step]
    assert len(runs) == 3
    assert [text for text in runs if "${{" in text] == []
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)


def test_every_input_is_described_and_used() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name, about in ACTION["inputs"].items():
        assert about["description"]
        assert f"inputs.{name}" in text
