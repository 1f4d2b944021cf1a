"""Is `check` silent unless a changed line meets a condition, and does it then say which?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chipsieve.check import check
from chipsieve.cli import main
from chipsieve.configuration.file import NONE
from chipsieve.fail import parse
from chipsieve.sieve.outcome import Verdict

FILES = {
    "run.slurm": "#!/bin/bash\n#SBATCH --gres=gpu:h100:8\nsrun python train.py --bf16\n",
    "train.py": """import torch

def setup(args):
    torch.distributed.init_process_group("nccl")
    if args.half:
        torch.distributed.init_process_group("hccl")
    if False:
        torch.distributed.init_process_group("cncl")
""",
    "notes.md": "We like H100s.\n",
    "plain.py": "x = 1\n",
    "data.bin": "bf16",
    "broken.json": '{"bf16": {"enabled": tru',
    "third_party/run.sh": "python train.py --bf16\n",
    "node_modules/run.sh": "python train.py --bf16\n",
    "launch": "#!/usr/bin/env bash\npython train.py --bf16\n",
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository as working directory."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=given)


def met(*arguments: str) -> str:
    """What a run prints whose condition is met."""
    result = run(*arguments)
    assert result.exit_code == 1, result.output
    return result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run.slurm", "train.py"],
        ["--fail-on", "bf16-training"],
        ["--fail-on", "bf16-training", "plain.py", "notes.md"],
        ["--fail-on", "bf16-training", "data.bin"],
        ["--fail-on", "bf16-training", "node_modules/run.sh"],
        ["--fail-on", "excludes: h20", "run.slurm"],
        ["--fail-on", "names: mi250", "run.slurm", "notes.md"],
    ],
)
def test_silent_when_nothing_is_met(arguments: Sequence[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.output) == (0, "")


def test_the_line_and_then_the_condition() -> None:
    result = run("--fail-on", "bf16-training", "run.slurm", "plain.py")
    line = "run.slurm:3:22: bf16-training: training in bfloat16 (true) [fail-on bf16-training]\n"
    assert (result.exit_code, result.stdout, result.stderr) == (1, line, "")


def test_lines_are_sorted_each_with_the_conditions_that_it_meets() -> None:
    texts = ("bf16-training", "names:any", "prefers", "requires")
    reported = met(*(word for text in texts for word in ("--fail-on", text)), "train.py", "run.slurm").splitlines()
    places = [line.split(": ")[0].split(":") for line in reported]
    assert places == sorted(places, key=lambda place: (place[0], *map(int, place[1:])))
    assert [line.partition(" [")[2] for line in reported] == [
        "fail-on names:any]",
        "fail-on bf16-training, requires]",
        "fail-on requires]",
    ]


def test_what_is_weaker_than_asked_for_meets_nothing() -> None:
    everything = ("--fail-on", "requires", "--fail-on", "names:any", "run.slurm", "train.py", "notes.md")
    assert len(met(*everything).splitlines()) > len(met("--min-strength", "strong", *everything).splitlines()) == 1
    assert "run.slurm:2:" in met("--min-strength", "strong", *everything)
    assert run("--min-strength", "definitive", *everything).output == ""


def test_a_script_without_an_ending_is_read() -> None:
    assert met("--fail-on", "bf16-training", "launch").startswith("launch:2:")


def test_an_effect() -> None:
    assert "train.py:4:" in met("--fail-on", "requires", "--fail-on", "site", "train.py")


def test_excludes_is_judged_by_the_sieve(here: Path) -> None:
    arguments = "from transformers import TrainingArguments\nTrainingArguments('out')\n"
    (here / "arguments.py").write_text(arguments, encoding="utf-8")
    reported = met("--fail-on", "excludes: v100", "run.slurm", "notes.md", "arguments.py")
    assert {line.split(": ")[1] for line in reported.splitlines()} == {"bf16-refused"}
    assert run("--fail-on", "excludes: v100", "run.slurm", "notes.md").exit_code == 0
    assert run("--fail-on", "excludes: v100", "--policy", "paper", "notes.md").exit_code == 0


def test_names() -> None:
    reported = met("--fail-on", "names: h100", "run.slurm", "notes.md", "train.py").splitlines()
    assert {line.split(":")[0] for line in reported} == {"run.slurm", "notes.md"}
    assert "H100" in reported[0]


def standings(*paths: str) -> dict[tuple[str, int], str]:
    verdict: Verdict = check(Path.cwd(), paths, NONE)
    return {(item.path, item.span.line): stands for item, stands in verdict.launches[0].launch.findings}


def test_what_waits_for_a_call_takes_effect_and_what_hangs_on_an_option_may() -> None:
    found = standings("train.py")
    assert found["train.py", 4] == "asserted"
    assert found["train.py", 6] == "optional"
    assert ("train.py", 8) not in found


def test_excluded_files_are_passed_over_even_by_name(here: Path) -> None:
    assert met("--fail-on", "bf16-training", "third_party/run.sh")
    (here / "chipsieve.toml").write_text('fail-on = "bf16-training"\nexclude = "third_party/"\n', encoding="utf-8")
    assert run("third_party/run.sh").output == ""
    reported = met("run.slurm", "third_party/run.sh", str(here / "third_party" / "run.sh"))
    assert reported.startswith("run.slurm:3:")
    assert "third_party" not in reported


def test_comments_and_disabled_signals_are_honoured(here: Path) -> None:
    (here / "run.slurm").write_text("python a.py --bf16  # chipsieve: ignore[bf16-training]\n", encoding="utf-8")
    assert run("--fail-on", "bf16-training", "run.slurm").output == ""
    result = run("--fail-on", "bf16-training", "run.slurm", "launch")
    assert "run.slurm:1: comment ignores findings without a reason" in result.stderr
    (here / "chipsieve.toml").write_text('disable = ["bf16-training"]\n', encoding="utf-8")
    assert run("--fail-on", "bf16-training", "launch").output == ""


def test_a_file_that_cannot_be_read_is_said_and_fails_nothing() -> None:
    result = run("--fail-on", "bf16-training", "broken.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("chipsieve: broken.json")


@pytest.mark.parametrize(("name", "said"), [("gone.py", "does not exist"), ("third_party", "is a directory")])
def test_a_path_that_is_no_file_is_refused(name: str, said: str) -> None:
    result = run("--fail-on", "bf16-training", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_name_that_acts_on_terminals_does_not(here: Path) -> None:
    (here / "a\x1b[31m.sh").write_text("python train.py --bf16\n", encoding="utf-8")
    assert "\x1b" not in met("--fail-on", "bf16-training", "a\x1b[31m.sh")


def test_a_file_outside_the_working_directory_is_called_by_its_path(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here / "third_party")
    assert met("--fail-on", "bf16-training", "../run.slurm").startswith(f"{here.as_posix()}/run.slurm:3:")


@pytest.mark.parametrize("text", ["bf16-training", "requires", "excludes: v100", "excludes: any", "names: h100"])
def test_what_is_met_has_findings_and_the_other_way_round(text: str) -> None:
    condition = parse(text)
    for paths in (["run.slurm"], ["plain.py"], ["notes.md", "train.py"]):
        verdict = check(Path.cwd(), paths, NONE)
        assert condition.met(verdict) == bool(condition.hits(verdict))


def test_the_heavy_parsers_wait_until_a_file_needs_them() -> None:
    """LibCST and bashlex cost more than the rest of a start together."""
    code = (
        "import sys\nfrom chipsieve.cli import main\n"
        "try: main(['check', '--fail-on', 'excludes:v100', 'notes.md'])\nexcept SystemExit: pass\n"
        "print(sorted({'libcst', 'bashlex', 'semgrep'} & set(sys.modules)))"
    )
    done = _python(code)
    assert done == "[]\n"
    nothing = "import sys\nfrom chipsieve.cli import main\ntry: main(['check', 'train.py'])\nexcept SystemExit: pass\n"
    assert _python(f"{nothing}print('chipsieve.sources.readers' in sys.modules)") == "False\n"


def test_the_command_line_loads_no_room_that_its_help_does_not_need() -> None:
    rooms = ("facts", "catalogue", "sources", "link", "match", "derive", "estimate", "timeline", "api", "retrospect")
    helped = "import sys\nfrom chipsieve.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    loaded = _python(f"{helped}print(*sorted(sys.modules))").split()
    assert "chipsieve.cli.looking_back" in loaded
    assert [name for name in loaded if name.startswith(tuple(f"chipsieve.{room}" for room in rooms))] == []


def test_a_check_loads_no_other_command_and_no_library_that_it_does_not_need() -> None:
    code = (
        "import sys\nfrom chipsieve.cli import main\n"
        "try: main(['check', '--fail-on', 'excludes:v100', 'notes.md'])\nexcept SystemExit: pass\n"
        "print(*sorted(sys.modules))"
    )
    loaded = {*_python(code).split()}
    assert {"chipsieve.cli.checking", "chipsieve.check"} <= loaded
    assert loaded & {"chipsieve.cli.looking_back", "chipsieve.cli.scanning", "importlib.metadata", "tarfile"} == set()
    assert loaded & {"chipsieve.sieve.estimated", "chipsieve.estimate.estimating"} == set()  # it shows no estimate


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_standard_input_is_a_file_under_the_name_that_is_given() -> None:
    text = FILES["run.slurm"].encode()
    named = run("--fail-on", "names:h100", "--stdin-filename", "jobs/new.slurm", "-", given=text)
    assert (named.exit_code, named.stdout) == (
        1,
        met("--fail-on", "names:h100", "run.slurm").replace("run.", "jobs/new."),
    )
    assert run("--fail-on", "names:h100", "--stdin-filename", "third_party/new.slurm", "-", given=text).exit_code == 1
    assert run("--fail-on", "names:h100", "--stdin-filename", "node_modules/new.slurm", "-", given=text).exit_code == 0
    assert run("--fail-on", "names:h100", "--stdin-filename", "new.png", "-", given=text).exit_code == 0
    script = FILES["launch"].encode()
    assert run("--fail-on", "bf16-training", "--stdin-filename", "start", "-", given=script).exit_code == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [(b"", ""), (b"\0\1\2", "binary"), (b"\xff\xfe\xfa = 1\n", ""), (b"#" * 4_000_001, "larger than")],
    ids=["empty", "binary", "odd", "large"],
)
def test_any_bytes_may_come_over_standard_input(given: bytes, said: str) -> None:
    result = run("--fail-on", "excludes:any", "--stdin-filename", "x.sh", "-", given=given)
    assert (result.exit_code, result.stdout) == (0, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments", [["-"], ["--stdin-filename", "x.py"], ["--stdin-filename", "x.py", "-", "plain.py"]]
)
def test_standard_input_has_a_name_and_is_alone(arguments: Sequence[str]) -> None:
    result = run("--fail-on", "excludes:any", *arguments)
    assert result.exit_code == 2
    assert "--stdin-filename" in result.stderr
