"""`chipsieve diff` and `--baseline`: what came and went between two trees, and what merely moved."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chipsieve.cli import main
from chipsieve.report.diff_report import NOTHING
from small_trees import write

TRAIN = "import torch\nfrom transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments()).train()\n"
PLAIN = {"run.sh": "python train.py --lr 1\n", "train.py": TRAIN}
BF16 = {"run.sh": "python train.py --bf16 True\n", "train.py": TRAIN}
H100 = {"README.md": "# A model\n\nWe trained on 8 H100 GPUs.\n"}
QUIET = ("--no-cache", "--no-progress")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, words), *QUIET])


def saved(path: Path, tree: Path) -> Path:
    """The JSON report of a tree, in a file."""
    assert run("scan", tree, "--format", "json", "--output", path).exit_code == 0
    return path


def trees(tmp_path: Path, then: Mapping[str, str], now: Mapping[str, str]) -> tuple[Path, Path]:
    return write(tmp_path / "then", then), write(tmp_path / "now", now)


def clauses(result: Result) -> list[str]:
    """What the text says below its heading."""
    return [line.strip() for line in result.output.replace("\n    ", " ").splitlines()[1:]]


def test_the_same_tree_differs_in_nothing(tmp_path: Path) -> None:
    then, now = trees(tmp_path, BF16 | H100, BF16 | H100)
    result = run("diff", then, now, "--exit-code")
    assert (result.exit_code, clauses(result)) == (0, [])
    assert result.output == f"then → now: {NOTHING}\n"


def test_lines_that_only_moved_do_not_differ(tmp_path: Path) -> None:
    moved = {name: f"# a comment\n\n{text}" for name, text in (BF16 | H100).items()}
    result = run("diff", *trees(tmp_path, BF16 | H100, moved), "--exit-code")
    assert (result.exit_code, clauses(result)) == (0, []), result.output


def test_a_line_written_in_another_way_that_says_the_same_does_not_differ(tmp_path: Path) -> None:
    other = BF16 | {"run.sh": "export LR=2\npython  train.py --lr $LR  --bf16  True\n"}
    result = run("diff", *trees(tmp_path, BF16, other), "--exit-code")
    assert (result.exit_code, clauses(result)) == (0, []), result.output


def test_a_commit_without_a_change_to_the_answer_does_not_differ(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", BF16 | H100)
    plain = write(tmp_path / "plain" / "tree", BF16 | H100)
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=tree, check=True)  # noqa: S607 - any git will do
    write(tree, {"run.sh": "# moved\n" + BF16["run.sh"]})
    for then, now in ((f"{tree}@HEAD", tree), (plain, f"{tree}@HEAD")):
        result = run("diff", then, now, "--exit-code")
        assert (result.exit_code, clauses(result)) == (0, []), result.output


def test_a_name_came_and_went(tmp_path: Path) -> None:
    then, now = trees(tmp_path, PLAIN, PLAIN | H100)
    result = run("diff", then, now, "--exit-code")
    assert (result.exit_code, clauses(result)[0]) == (1, "now names H100 (README.md:3)")
    assert not any("excludes" in line or "mentions" in line for line in clauses(result))
    assert clauses(run("diff", now, then))[0] == "no longer names H100 (README.md:3)"
    assert run("diff", now, then).exit_code == 0


def test_a_requirement_came_and_went(tmp_path: Path) -> None:
    then, now = trees(tmp_path, PLAIN, BF16)
    came = clauses(run("diff", then, now))
    assert came[0].startswith("excludes ")
    assert " remain)" in came[0]
    assert "now asks for: bfloat16 that a library refuses (run.sh:1)" in came
    went = clauses(run("diff", now, then))
    assert went[0].startswith("no longer excludes ")
    assert "no longer asks for: bfloat16 that a library refuses (run.sh:1)" in went


def test_a_line_that_no_longer_takes_effect_is_told_from_one_that_went(tmp_path: Path) -> None:
    guarded = BF16 | {"run.sh": 'if [ -n "$FAST" ]; then A="--bf16 True"; fi\npython train.py $A\n'}
    model = "import torch\n{}model = torch.nn.Linear(2, 2){}\n".format
    then, now = trees(
        tmp_path,
        BF16 | {"model.py": model("", ".bfloat16()"), "train.py": "import model\n" + TRAIN},
        guarded | {"model.py": model("", ".bfloat16()"), "train.py": TRAIN},
    )
    said = clauses(run("diff", then, now, "-v"))
    assert any("takes effect: " in line and "model.py:2" in line for line in said), said


@pytest.mark.parametrize("side", [0, 1])
def test_a_saved_report_is_compared_like_its_tree(tmp_path: Path, side: int) -> None:
    both = trees(tmp_path, PLAIN, BF16 | H100)
    mixed = list(both)
    mixed[side] = saved(tmp_path / "saved.json", both[side])
    for form in ("text", "json", "markdown"):
        assert run("diff", *mixed, "--format", form).output == run("diff", *both, "--format", form).output


def test_json_has_each_side_and_all_that_differs(tmp_path: Path) -> None:
    document = json.loads(run("diff", *trees(tmp_path, PLAIN, BF16 | H100), "--format", "json").output)
    assert document["schema"] == "chipsieve-diff/1"
    assert document["differs"] is True
    assert [one["text"] for one in document["names"]["came"]] == ["H100"]
    assert document["answers"]["possible"]["allowed"] == []
    assert document["answers"]["possible"]["excluded"]
    assert document["answers"]["main"]["changed"] is False
    assert {one["signal"] for one in document["facts"]["came"]} >= {"bf16-training"}
    assert document["facts"]["went"] == []


def test_markdown_shows_hostile_names_and_lets_them_do_nothing(tmp_path: Path) -> None:
    hostile = {"<b>@all`x.sh": "export NCCL_IB_HCA='<img src=x>|@all'\npython train.py\n", "train.py": TRAIN}
    result = run("diff", *trees(tmp_path, PLAIN, hostile), "--format", "markdown")
    assert result.exit_code == 0
    said = re.sub(r"<code>[^<]*</code>|(`+)(?!`).*?(?<!`)\1(?!`)", "", result.output)  # code calls nobody
    assert "<img" not in said
    assert "<b>" not in said.replace("\\<b\\>", "")
    assert "@all" not in said


def test_different_questions_are_pointed_out(tmp_path: Path) -> None:
    then = saved(tmp_path / "then.json", write(tmp_path / "tree", BF16))
    result = run("diff", then, tmp_path / "tree", "--policy", "paper")
    assert any("asked in different ways, by policy: balanced, then paper" in line for line in clauses(result))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "no saved report of chipsieve"),
        ('{"schema": "chipsieve/1"}', "a report of schema 'chipsieve/1'"),
        ('{"version": "2.1.0", "runs": []}', "no saved report of chipsieve"),
        ('{"schema": "chipsieve/2"}', "not a whole report"),
        (None, "No such file"),
    ],
)
def test_a_bad_report_is_an_error_of_one_line(tmp_path: Path, text: str | None, says: str) -> None:
    file, tree = tmp_path / "saved.json", write(tmp_path / "tree", BF16)
    if text is not None:
        file.write_text(text, encoding="utf-8")
    for result in (run("diff", file, tree), run("diff", tree, file), run("scan", tree, "--baseline", file)):
        assert result.exit_code == 2
        assert says in result.output
        assert str(file) in result.output


@pytest.mark.parametrize(
    ("findings", "at", "value"), [("findings", "standing", 99), ("findings", "line", "x"), ("launches", "id", None)]
)
def test_a_report_that_somebody_changed_is_refused(tmp_path: Path, findings: str, at: str, value: object) -> None:
    file, tree = tmp_path / "saved.json", write(tmp_path / "tree", BF16)
    document = json.loads(saved(file, tree).read_text(encoding="utf-8"))
    document[findings][0][at] = value
    file.write_text(json.dumps(document), encoding="utf-8")
    result = run("diff", file, tree)
    assert (result.exit_code, "not a whole report" in result.output) == (2, True)


def test_nothing_to_scan_is_3(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("diff", tmp_path / "empty", tmp_path / "empty").exit_code == 3
    assert run("diff", tmp_path / "nowhere", write(tmp_path / "tree", BF16)).exit_code == 3


def test_a_baseline_says_below_the_report_what_differs(tmp_path: Path) -> None:
    then, now = trees(tmp_path, PLAIN, PLAIN | H100)
    result = run("scan", now, "--baseline", saved(tmp_path / "then.json", then))
    assert result.exit_code == 0
    assert "\n\nthen → now:\n  now names H100 (README.md:3)\n" in result.output


def test_beside_json_what_differs_goes_to_standard_error(tmp_path: Path) -> None:
    then, now = trees(tmp_path, PLAIN, PLAIN | H100)
    result = run("scan", now, "--baseline", saved(tmp_path / "then.json", then), "--format", "json")
    assert json.loads(result.stdout)["schema"] == "chipsieve/2"
    assert "now names H100" in result.stderr


@pytest.mark.parametrize(
    ("then", "now", "condition", "code"),
    [
        (BF16 | H100, BF16 | H100, "names:h100", 0),
        (BF16, BF16 | H100, "names:h100", 1),
        (BF16, BF16 | H100, "names:v100", 0),
        (BF16, BF16 | H100, "excludes:v100", 0),
        (PLAIN, BF16, "excludes:v100", 1),
        (PLAIN, BF16, "excludes:h100", 0),
        (PLAIN, BF16, "bf16-training", 1),
        (PLAIN, BF16, "technique", 1),
        (BF16, BF16 | H100, "bf16-training", 0),
        (BF16, PLAIN, "bf16-training", 0),
    ],
)
def test_conditions_count_what_is_new_alone(
    tmp_path: Path, then: Mapping[str, str], now: Mapping[str, str], condition: str, code: int
) -> None:
    old, new = trees(tmp_path, then, now)
    baseline = saved(tmp_path / "then.json", old)
    assert run("scan", new, "--baseline", baseline, "--fail-on", condition).exit_code == code
