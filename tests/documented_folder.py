"""In which folder do the documentation's commands work? One that holds all that they name, made from fixtures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

from chipsieve import render, scan
from chipsieve.report.style import Style
from chipsieve.report.timeline_formats import render_history
from chipsieve.retrospect import history
from documented import ROOT
from small_trees import write

SHOWN = ("python.yaml", "shell.yaml")
FIXTURE = ROOT / "fixtures/repos/hunyuan-large-2024-11-05"
RUN = "torchrun --nproc_per_node 8 train.py --bf16\n"
TRAIN = """\
import argparse

from transformers import Trainer, TrainingArguments

parser = argparse.ArgumentParser()
parser.add_argument("--bf16", action="store_true")
options = parser.parse_args()
if options.bf16:
    TrainingArguments(bf16=True)
Trainer().train()
"""
FILES = {
    "train.py": TRAIN,
    "scripts/train.slurm": f"#!/bin/bash\n#SBATCH --gres=gpu:8\nsrun {RUN}",
    "jobs/train.slurm": "#!/bin/bash\nsrun python train.py --bf16\n",
    "list.txt": "path/to/repository\npath/to/mirror.git\n",
    "chipsieve.toml": 'fleet.lab = ["a100", "rtx 4090"]\n',
    "then/README.md": "# A model\n",
    "then/run.sh": RUN.replace(" --bf16", ""),
    "then/train.py": TRAIN.replace("bf16=True", "fp16=True"),
    "now/README.md": "# A model\n\nTrained on 64 H100 GPUs.\n",
    "now/run.sh": RUN,
    "now/train.py": TRAIN,
}
REPOSITORY = {"examples/llama/run.sh": RUN, "examples/llama/train.py": TRAIN}
RULES = 20
WHO = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str, day: str = "2024-11-05") -> None:
    """Run git in a folder, on a day that makes commits the same wherever they are made."""
    when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    command = ["git", *WHO, *arguments]  # any git will do
    subprocess.run(command, cwd=folder, env=os.environ | when, check=True, capture_output=True)


def commit(folder: Path, texts: Mapping[str, str], day: str) -> None:
    """Commit a folder with these files in it."""
    write(folder, texts)
    git(folder, "add", "--all")
    git(folder, "commit", "--message", "A change", day=day)


def make(folder: Path) -> Path:
    """The folder, with repositories, an archive, and reports of earlier scans in it."""
    repository = folder / "path/to/repository"
    shutil.copytree(FIXTURE, repository)
    git(repository, "init", "--initial-branch", "main")
    commit(repository, REPOSITORY, "2024-11-05")
    git(repository, "tag", "v1.0")
    readme = (repository / "README.md").read_text(encoding="utf-8")
    commit(repository, {"README.md": f"{readme}\nThe model was trained on 64 H100 GPUs.\n"}, "2024-12-01")
    git(folder, "clone", "--bare", str(repository), "path/to/mirror.git")
    git(repository, "archive", "--output", str(folder / "main.zip"), "main")
    git(folder, "init", "--initial-branch", "main")
    commit(folder, FILES, "2024-12-01")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    (folder / "plugins").symlink_to(ROOT / "plugins")
    for name in SHOWN:  # the beginning of each: Semgrep reads the whole in ten seconds
        rules = json.loads((ROOT / "semgrep-rules" / name).read_text(encoding="utf-8"))["rules"][:RULES]
        write(folder, {f"semgrep-rules/{name}": json.dumps({"rules": rules})})
    (folder / "home/.config/fish/completions").mkdir(parents=True)
    _write_reports(folder)
    return folder


def is_shown(output: str, printed: str) -> bool:
    """Whether what is printed is what a page shows; `...` there stands for anything."""
    return OutputChecker().check_output(output, printed, ELLIPSIS | NORMALIZE_WHITESPACE)


def _write_reports(folder: Path) -> None:
    """What earlier runs on the folder have written."""
    then, now = (scan(folder / name, workers=1) for name in ("then", "now"))
    for name, verdict in {"before": then, "baseline": then, "after": now, "verdict": now}.items():
        (folder / f"{name}.json").write_text(render(verdict, "json"), encoding="utf-8")
    told = render_history(history(folder / "path/to/repository", workers=1), "json", Style())
    (folder / "history.json").write_text(told, encoding="utf-8")
    sarif = render(scan(folder / "path/to/repository", workers=1), "sarif", sarif_level="all")
    for name in ("findings.sarif", "ruff.sarif"):
        (folder / name).write_text(sarif, encoding="utf-8")
