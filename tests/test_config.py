"""Is the configuration found where it should be, read strictly, and beaten by the command line?"""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from chipsieve.cli import main
from chipsieve.configuration.excludes import excludes
from chipsieve.configuration.file import KEYS, NONE, SCOPES, find, load
from chipsieve.fail import parse
from chipsieve.sieve.policies import policies
from chipsieve.signals import load_signals
from chipsieve.tables import TableError
from small_repositories import commit, git

SCHEMA = json.loads((files("chipsieve") / "schema" / "config.json").read_text(encoding="utf-8"))
RUN = "torchrun --nproc_per_node 8 train.py --bf16\n"
EVIDENCE = "from transformers import TrainingArguments\nif __name__ == '__main__':\n    TrainingArguments('out')\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that trains in bfloat16, as working directory; a file beside it is third parties'."""
    tree = tmp_path / "repository"
    write(tree, {"train.sh": RUN, "train.py": EVIDENCE, "third_party/sub/run.sh": RUN, "third_party/a.py": ""})
    (tree / ".git").mkdir()
    monkeypatch.chdir(tree)
    return tree


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["scan", "--workers", "1", *arguments])


def document(*arguments: str) -> dict[str, object]:
    result = run("--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_either_file_says_it(here: Path) -> None:
    write(here, {"chipsieve.toml": 'policy = "strict"\nfail-on = "names: any"\n'})
    own = find(here)
    (here / "chipsieve.toml").unlink()
    write(here, {"pyproject.toml": '[tool.chipsieve]\npolicy = "strict"\nfail-on = ["names: any"]\n'})
    shared = find(here)
    assert (own.where, own.policy, own.fail_on) == ("chipsieve.toml", "strict", ("names: any",))
    assert (shared.where, shared.policy, shared.fail_on) == ("pyproject.toml", "strict", ("names: any",))
    assert own.folder == shared.folder == here


def test_it_is_looked_for_upwards_to_the_folder_with_git_and_no_further(here: Path) -> None:
    (here / "deep" / "er").mkdir(parents=True)
    write(here.parent, {"chipsieve.toml": 'policy = "paper"\n'})
    assert find(here / "deep" / "er") == NONE
    write(here, {"pyproject.toml": "[project]\nname = 'x'\n"})
    assert find(here / "deep") == NONE
    write(here, {"chipsieve.toml": 'policy = "strict"\n'})
    assert find(here / "deep" / "er").policy == "strict"
    (here / ".git").rmdir()
    (here / "chipsieve.toml").unlink()
    assert find(here / "deep").policy == "paper"


def test_a_tree_that_is_scanned_from_outside_configures_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {"chipsieve.toml": 'policy = "strict"\nexclude = ["*"]\ndisable = ["bf16-training"]\n'})
    (here.parent / "elsewhere").mkdir()
    monkeypatch.chdir(here.parent / "elsewhere")
    verdict = document("../repository")
    assert verdict["policy"] == "balanced"
    assert verdict["coverage"] == {"files": 5, "read": 5, "skipped": 0, "skipped_kinds": {}, "unparsed": 0}


def test_another_projects_broken_pyproject_is_not_our_business(here: Path) -> None:
    write(here, {"pyproject.toml": "[project\n"})
    assert find(here) == NONE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("polcy = 'strict'", "unknown key 'polcy'; did you mean 'policy'?"),
        ("colour = true", "unknown key 'colour'; known: disable, exclude, fail-on, fleet, policy, scope"),
        ("policy = 'bold'", "'policy' must be one of balanced, paper, strict, not 'bold'"),
        ("policy = ''", "'policy' must be one of"),
        ("policy = 3", "'policy' must be text"),
        ("scope = 'file'", "'scope' must be one of launch, tree, not 'file'"),
        ("exclude = [1]", "'exclude' must be a text or a list of texts"),
        ("exclude = ['!keep.py']", "give a glob such as 'third_party/**', without '!'"),
        ("exclude = ['']", "give a glob"),
        ("disable = ['bf16-trainin']", "'disable': unknown signal 'bf16-trainin'; did you mean 'bf16-training'?"),
        ("disable = {a = 1}", "'disable' must be a text or a list of texts"),
        (
            "fail-on = ['bf16-trainin']",
            "unknown signal or effect 'bf16-trainin'; did you mean 'bf16-training'?",
        ),
        ("fail-on = ['excludes: v9000']", "'fail-on': no accelerator is called 'v9000'"),
        ("a = = 1", "not valid TOML"),
    ],
)
def test_a_fault_names_file_key_and_mend_and_exits_two(here: Path, text: str, said: str) -> None:
    write(here, {"chipsieve.toml": f"{text}\n"})
    for command in (["scan", "."], ["check", "train.py"]):
        result = CliRunner().invoke(main, command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "chipsieve.toml" in result.stderr
        assert said in result.stderr


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"chipsieve.toml": "", "pyproject.toml": "[tool.chipsieve]\n"}, "keep one of them"),
        ({"pyproject.toml": "[tool]\nchipsieve = 3\n"}, "pyproject.toml: 'chipsieve' must be a table"),
        ({"pyproject.toml": "[tool.chipsieve]\npolcy = 1\n"}, "pyproject.toml: unknown key 'polcy'"),
        ({"pyproject.toml": "[tool.chipsieve\n"}, "pyproject.toml: not valid TOML"),
    ],
)
def test_two_configurations_or_a_broken_one_are_refused(here: Path, texts: dict[str, str], said: str) -> None:
    write(here, texts)
    result = run(".")
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_the_schema_and_the_reader_agree_on_what_is_right(tmp_path: Path) -> None:
    assert set(SCHEMA["properties"]) == set(KEYS)
    assert set(SCHEMA["properties"]["policy"]["enum"]) == set(policies())
    assert set(SCHEMA["properties"]["scope"]["enum"]) == set(SCOPES)
    Draft202012Validator.check_schema(SCHEMA)
    texts = [
        "", "policy = 'paper'", "policy = ''", "policy = 1", "scope = 'tree'", "scope = 'x'", "exclude = 'a/'",
        "exclude = ['a', 'b']", "exclude = 3", "exclude = [3]", "exclude = '!a'", "exclude = ['a', '!b']",
        "disable = []", "disable = 'bf16-training'", "disable = [true]", "fail-on = ['technique']", "fail-on = 1",
        "other = 1", "exclude = ''", "exclude = '/'", "exclude = '/a'",
    ]  # fmt: skip
    for text in texts:
        write(tmp_path, {"chipsieve.toml": text})
        valid = Draft202012Validator(SCHEMA).is_valid(tomllib.loads(text))
        assert valid == accepted(tmp_path / "chipsieve.toml"), text


def accepted(file: Path) -> bool:
    try:
        load(file)
    except TableError:
        return False
    return True


def test_the_command_line_wins(here: Path) -> None:
    write(here, {"chipsieve.toml": 'policy = "strict"\nscope = "tree"\nfail-on = ["bf16-training"]\n'})
    configured = run(".", "--format", "json")
    assert configured.exit_code == 1
    assert json.loads(configured.stdout)["policy"] == "strict"
    assert json.loads(configured.stdout)["scope"] == "tree"
    assert "[fail-on bf16-training]" in configured.stderr
    explicit = run(".", "--format", "json", "--policy", "balanced", "--scope", "launch", "--fail-on", "fp8-training")
    assert explicit.exit_code == 0
    assert json.loads(explicit.stdout)["policy"] == "balanced"
    assert json.loads(explicit.stdout)["scope"] == "launch"


def test_a_configuration_can_be_named(here: Path, tmp_path: Path) -> None:
    write(here, {"chipsieve.toml": 'policy = "strict"\n'})
    write(tmp_path, {"other.toml": 'policy = "paper"\n', "pyproject.toml": "[project]\n"})
    assert document(".", "--config", str(tmp_path / "other.toml"))["policy"] == "paper"
    refused = run(".", "--config", str(tmp_path / "pyproject.toml"))
    assert refused.exit_code == 2
    assert "has no table [tool.chipsieve]" in refused.stderr
    assert run(".", "--config", "nowhere.toml").exit_code == 2


@pytest.mark.parametrize(
    ("glob", "path", "out"),
    [
        ("third_party/**", "third_party/a/b.py", True),
        ("third_party/**", "src/third_party/b.py", False),
        ("third_party", "src/third_party/b.py", True),
        ("third_party", "third_party_b/b.py", False),
        ("/build", "build/a.py", True),
        ("/build", "src/build/a.py", False),
        ("build/", "src/build/a.py", True),
        ("build/", "src/build", False),
        ("*.log", "runs/a.log", True),
        ("*.log", "runs/a.log.py", False),
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/b/a.py", False),
        ("src/**/gen.py", "src/gen.py", True),
        ("src/**/gen.py", "src/b/c/gen.py", True),
        ("**/gen", "a/b/gen/x.py", True),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/b.py", False),
        ("[ab].py", "b.py", True),
        ("[!ab].py", "b.py", False),
        ("A.py", "a.py", False),
        ("*", "anything/at/all.py", True),
    ],
)
def test_globs_mean_what_they_mean_in_a_gitignore(glob: str, path: str, *, out: bool) -> None:
    assert excludes(glob, path) == out


def test_excluded_files_are_skipped_and_counted(here: Path) -> None:
    write(here, {"chipsieve.toml": 'exclude = ["third_party/"]\n'})
    verdict = document(".")
    assert verdict["coverage"] == {"files": 5, "read": 3, "skipped": 2, "skipped_kinds": {"excluded": 2}, "unparsed": 0}
    reason = "2 files left out by an exclude of chipsieve.toml"
    assert verdict["gaps"] == [{"path": "third_party/", "reason": reason, "notice": True}]
    assert f"{reason}: third_party/" in run(".").stdout
    assert run(".", "--strict-coverage").exit_code == 0


def test_an_exclude_that_fits_nothing_is_said_once_where_the_whole_folder_was_walked(here: Path) -> None:
    used = ["third_party/", "*.png", ".venv/", "__pycache__"]  # of files, of one nobody opens, of none that is walked
    write(here, {"chipsieve.toml": f"exclude = {[*used, 'thrid_party/', '/train/*.py']}\n", "a.png": ""})
    gaps = json.loads(run(".", "--format", "json").stdout)["gaps"]
    (notice,) = [gap for gap in gaps if gap["path"] == "chipsieve.toml"]
    assert notice["reason"] == "'exclude' has what fits no file: 'thrid_party/', '/train/*.py'; take it out"
    assert notice["notice"] is True
    assert run(".", "--strict-coverage").exit_code == 0
    for elsewhere in ("third_party", "train.sh"):
        assert "fits no file" not in run(elsewhere).output
    assert "fits no file" not in CliRunner().invoke(main, ["check", "--fail-on", "requires", "train.sh"]).output


def test_excludes_bind_to_their_folder_and_to_files_given_by_name(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {"chipsieve.toml": 'exclude = ["third_party/sub/*.sh"]\n'})
    monkeypatch.chdir(here / "third_party")
    coverage = {"files": 2, "read": 1, "skipped": 1, "skipped_kinds": {"excluded": 1}, "unparsed": 0}
    assert document(".")["coverage"] == coverage
    refused = run("sub/run.sh")
    assert refused.exit_code == 3
    assert "third_party/sub/*.sh: 1 file left out by an exclude of ../chipsieve.toml" in refused.stderr


def test_disabled_signals_leave_nothing_but_a_notice(here: Path) -> None:
    write(here, {"chipsieve.toml": 'disable = ["bf16-training", "fp8-training"]\n'})
    verdict = document(".")
    assert "bf16-training" not in json.dumps(verdict["launches"]) + json.dumps(verdict["findings"])
    reason = "2 findings left out, for signal 'bf16-training' is disabled here"
    assert verdict["gaps"] == [{"path": "chipsieve.toml", "reason": reason, "notice": True}]
    assert verdict["coverage"] == {"files": 5, "read": 5, "skipped": 0, "skipped_kinds": {}, "unparsed": 0}


def test_an_analysts_run_reads_what_is_excluded_and_tells(here: Path) -> None:
    plain = document(".")
    write(here, {"chipsieve.toml": 'exclude = ["third_party/"]\ndisable = ["bf16-training"]\n'})
    verdict = document(".", "--no-ignore")
    assert [launch["id"] for launch in verdict["launches"]] == [launch["id"] for launch in plain["launches"]]  # type: ignore[attr-defined]
    assert verdict["repository"] == plain["repository"]
    assert [gap["reason"] for gap in verdict["gaps"]] == [  # type: ignore[attr-defined]
        "2 findings counted although signal 'bf16-training' is disabled here",
        "2 files read although an exclude of chipsieve.toml leaves them out",
    ]


def test_an_analysts_run_takes_nothing_from_the_folder_in_which_it_stands(here: Path) -> None:
    plain = document(".")
    text = 'policy = "paper"\nscope = "tree"\nfail-on = ["bf16-training"]\n'
    write(here, {"chipsieve.toml": text})
    own, named = ([".", "--no-ignore"], [".", "--no-ignore", "--config", "chipsieve.toml"])
    assert [CliRunner().invoke(main, ["scan", *arguments]).exit_code for arguments in (["."], own, named)] == [1, 0, 1]
    assert {key: document(*own)[key] for key in ("policy", "scope", "repository")} == {
        key: plain[key] for key in ("policy", "scope", "repository")
    }
    write(here, {"chipsieve.toml": "policy = [\n"})
    assert [CliRunner().invoke(main, ["scan", *arguments]).exit_code for arguments in (["."], own, named)] == [2, 0, 2]
    assert document(*own)["policy"] == "balanced"


def test_an_analysts_run_means_by_a_chip_what_everybody_means(here: Path) -> None:
    write(here, {"chipsieve.toml": 'fleet.v100 = ["h20"]\n'})
    said = [CliRunner().invoke(main, ["runs-on", "v100", ".", *more]).stdout for more in ((), ("--no-ignore",))]
    assert ["v100" in one for one in said] == [False, True]


def test_an_analysts_history_counts_what_a_comment_ignores(here: Path) -> None:
    write(here, {"chipsieve.toml": 'disable = ["bf16-training"]\n', "run.sh": "torchrun train.py --bf16\n"})
    git(here, "init", "-q")
    commit(here)
    said = [CliRunner().invoke(main, ["history", ".", "-vv", *more]).stdout for more in ((), ("--no-ignore",))]
    assert said[0] != said[1]


def test_explain_takes_the_configuration_too(here: Path) -> None:
    write(here, {"chipsieve.toml": 'disable = ["bf16-training"]\n'})
    explained = CliRunner().invoke(main, ["explain", "v100-sxm2-32gb", "."])
    assert "remains possible" in explained.stdout
    whole = CliRunner().invoke(main, ["explain", "v100-sxm2-32gb", ".", "--no-ignore"])
    assert "is excluded" in whole.stdout


PAGE = (Path(__file__).parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_the_pages_examples_are_right(tmp_path: Path) -> None:
    examples = re.findall(r"^```toml\n# (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in examples] == ["chipsieve.toml", "pyproject.toml"]
    for name, text in examples:
        write(tmp_path, {name: text})
        assert [parse(condition) for condition in load(tmp_path / name).fail_on]
    ids = {name for names in re.findall(r"ignore\[(.*?)\]", PAGE) for name in names.split(", ")}
    assert ids
    assert ids <= load_signals().keys()


def test_the_page_describes_every_key() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \| .* \| .* \|$", PAGE, re.MULTILINE) == list(KEYS)


def test_sieve_honours_it_too(here: Path, tmp_path: Path) -> None:
    run(".", "--format", "sarif", "--sarif-level", "all", "--output", str(tmp_path / "findings.sarif"))
    write(here, {"chipsieve.toml": 'policy = "strict"\ndisable = ["bf16-training"]\nexclude = ["third_party/"]\n'})

    def sieve(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["sieve", str(tmp_path / "findings.sarif"), "--format", "json", *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    for arguments in (["--root", "."], [], ["--scope", "tree"]):
        assert json.loads(sieve(*arguments))["policy"] == "strict"
        assert '"bf16-training"' not in sieve(*arguments)
        assert '"bf16-training"' in sieve(*arguments, "--no-ignore")
    assert "third_party/sub/run.sh" not in sieve("--root", ".")
    assert "third_party/sub/run.sh" in sieve("--root", ".", "--no-ignore")
