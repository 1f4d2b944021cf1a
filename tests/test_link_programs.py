"""Which program does a command line start: behind launchers that nobody knows, installed by the tree, or none."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chipsieve.facts.reading import ConsoleScript, Fact, Gap, Reading
from chipsieve.link.file_index import FileIndex
from chipsieve.link.following import Run, follow
from link_builders import command, module, script, span, text

TRAIN = module("train.py", entry=True)


def runs(words: str, *readings: Reading) -> list[Run]:
    """What a script of one command starts."""
    return list(follow(FileIndex([script("run.sh", command(words)), *readings])).runs["run.sh"])


def starts(words: str, *readings: Reading) -> list[tuple[str, str]]:
    return [(run.program.kind, run.program.entry) for run in runs(words, *readings)]


def gaps(words: str, *facts: Fact) -> tuple[Gap, ...]:
    """What is missed of a script of one command that states facts."""
    return follow(FileIndex([replace(script("run.sh", command(words)), facts=facts), TRAIN])).gaps


@pytest.mark.parametrize(
    ("words", "kind", "entry"),
    [
        ("farmrun --nodes 2 train.py --lr 1", "unknown", "train.py"),
        ("farmrun --config conf.py train.py", "unknown", "train.py"),
        ("farmrun -n 2 -- python train.py", "python", "train.py"),
        ("farmrun -n 2 torchrun train.py", "distributed", "train.py"),
        ("farmrun -n 2 python /mount/code/other.py", "python", "/mount/code/other.py"),
        ("farmrun -m pkg.main", "unknown", "pkg/main.py"),
        ("/opt/farm/bin/farmrun train.py", "unknown", "train.py"),
    ],
)
def test_an_unknown_launcher_starts_the_program_of_the_tree_that_it_names(words: str, kind: str, entry: str) -> None:
    assert starts(words, TRAIN, module("pkg/main.py"), module("conf.py")) == [(kind, entry)]


@pytest.mark.parametrize(
    "words",
    [
        "black train.py", "pylint --jobs 4 train.py", "module load deepspeed", "kubectl apply -f train.py",
        "pytest train.py", "conda activate deepspeed", "uv sync lightning", "docker build -t accelerate .",
        "accelerate config", "farmrun conf.py", "farmrun other.py", "farmrun deepspeed",
        "pdsh -w hosts pkill -f train.py",
    ],
)  # fmt: skip
def test_what_handles_files_or_starts_none_of_the_tree_starts_nothing(words: str) -> None:
    assert starts(words, TRAIN, module("conf.py")) == []


@pytest.mark.parametrize("option", ["--command=", ""])
def test_a_quoted_command_behind_an_unknown_launcher_is_its_program(option: str) -> None:
    quoted = command([text("cloudctl"), text("ssh"), text("host"), text(f"{option}python train.py --lr 1")])
    (run,) = follow(FileIndex([script("run.sh", quoted), TRAIN])).runs["run.sh"]
    assert run.program.entry == "train.py"
    assert [word.text for word in run.operands] == ["--lr", "1"]


def test_a_quoted_command_that_is_only_shown_starts_nothing() -> None:
    shown = command([text("git"), text("commit"), text("-m"), text("python train.py")])
    assert follow(FileIndex([script("run.sh", shown), TRAIN])).runs["run.sh"] == []


def installing(path: str = "pyproject.toml") -> Reading:
    """A package that installs `lab`, which calls `cli` of `lab.main`."""
    return Reading(path, "toml", programs=(ConsoleScript("lab", "lab.main", "cli", span()),))


@pytest.mark.parametrize(
    ("words", "entry", "verb"),
    [
        ("lab --lr 1", "lab/main.py", ""),
        ("lab sft conf.yaml", "lab/sft.py", "sft"),
        ("lab full-pretrain", "recipes/full_pretrain.py", "full-pretrain"),
        ("lab nothing", "lab/main.py", "nothing"),
        ("lab run --nodes 2 full_pretrain --mode sft", "recipes/full_pretrain.py", "full_pretrain"),
        ("nohup srun lab sft", "lab/sft.py", "sft"),
    ],
)
def test_a_program_that_the_tree_installs_runs_its_module_or_the_file_of_its_verb(
    words: str, entry: str, verb: str
) -> None:
    files = [module("lab/main.py"), module("lab/sft.py"), module("recipes/full_pretrain.py", entry=True)]
    (run,) = runs(words, installing(), *files)
    assert (run.program.entry, run.program.verb, run.program.function) == (entry, verb, "cli")
    assert run.program.through == "lab/main.py"


def test_an_installed_launcher_starts_the_program_that_it_is_given() -> None:
    assert starts("lab --nodes 2 train.py --x", installing(), module("lab/main.py"), TRAIN) == [
        ("distributed", "train.py")
    ]


def test_an_installed_program_is_found_in_the_package_below_src() -> None:
    assert starts("lab", installing("code/pyproject.toml"), module("code/src/lab/main.py")) == [
        ("python", "code/src/lab/main.py")
    ]


@pytest.mark.parametrize(
    ("words", "entry", "through"),
    [
        ("python launch.py train.py --x", "train.py", "launch.py"),
        ("python launch.py --workers 8 train.py --x", "train.py", "launch.py"),
        ("python elsewhere.py train.py", "train.py", ""),
        ("python launch.py conf.py", "launch.py", ""),
        ("python launch.py --x", "launch.py", ""),
    ],
)
def test_a_program_that_is_given_an_entry_starts_it(words: str, entry: str, through: str) -> None:
    (run,) = runs(words, TRAIN, module("launch.py", entry=True), module("conf.py"))
    assert (run.program.entry, run.program.through) == (entry, through)


def test_the_trees_own_program_comes_before_a_tool_of_that_name() -> None:
    own = Reading("setup.py", "python", programs=(ConsoleScript("tune", "mine.cli", "main", span()),))
    assert starts("tune run x", own, module("mine/cli.py")) == [("python", "mine/cli.py")]
    assert starts("tune run x") == [("distributed", "tune")]


def test_a_command_that_is_not_understood_is_a_gap_where_its_words_say_something() -> None:
    said = Fact("flag", "--bf16", "true", span(1))
    assert gaps("farmrun job.yaml --bf16", said) == (
        Gap("run.sh", "what farmrun starts is not known: its run is not judged", 1),
    )
    assert gaps("farmrun job.yaml") == ()
    assert gaps("cmake --bf16", said) == ()
    assert gaps("farmrun train.py --bf16", said) == ()
