"""Does a message that refuses a word say which one was meant, and is help where one looks for it?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from chipsieve import scan
from chipsieve.catalogue import chips_called
from chipsieve.cli import main
from chipsieve.cli.help_pages import HEADINGS, Grouped
from chipsieve.signals import load_signals
from chipsieve.tables import TableError, did_you_mean, refuse_unknown

TREE = {
    "run.sh": "torchrun train.py --bf16 True\n",
    "train.py": "from transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments()).train()\n",
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree in the working directory, under a name that is no accelerator's."""
    (tmp_path / "sources").mkdir()
    for name, text in TREE.items():
        (tmp_path / "sources" / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "sources"


@pytest.mark.parametrize(
    ("word", "known", "question"),
    [
        ("bf16", ["xla-bf16", "bf16-tensor", "bf16-check", "fp8"], "'bf16-check', 'bf16-tensor' or 'xla-bf16'"),
        ("BF16", ["bf16-check"], "'bf16-check'"),
        ("v10", ["H100", "GV100", "V100"], "'V100' or 'GV100'"),  # what begins with it comes first
        ("polcy", ["policy", "scope"], "'policy'"),
        ("h21", ["H20", "A100"], "'H20'"),
        ("named_by", ["a", "b"], ""),
        ("chip-9000", ["ipu-m2000"], ""),  # alike is not near
        ("x", ["xxl", "axe"], ""),
        ("", ["a"], ""),
    ],
)
def test_the_words_that_hold_it_or_the_nearest_one(word: str, known: Sequence[str], question: str) -> None:
    assert did_you_mean(word, known) == (f"did you mean {question}?" if question else "")
    assert did_you_mean(word, known[::-1]) == did_you_mean(word, known)


def test_many_words_are_cut_short() -> None:
    assert did_you_mean("a", [f"a-{number:02}" for number in range(20)]).endswith("'a-10', 'a-11', ...?")


def test_a_message_calls_the_thing_by_its_name_and_says_where_all_are() -> None:
    with pytest.raises(TableError, match=r"^unknown signal 'zzz'; `chipsieve signals` lists them$"):
        refuse_unknown("", ["zzz"], load_signals(), "signal", "chipsieve signals")
    with pytest.raises(TableError, match=r"^policy 'x' is none of balanced, paper, strict$"):
        scan("tests", policy="x")
    with pytest.raises(TableError, match=r"^engine 'x' is none of semgrep, visitors$"):
        scan("tests", engines=("x",))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("signals", "bf16"), "'bf16-training'"),
        (("signals", "bf16"), "'native-bf16-demanded'"),
        (("explain", "h21", "sources"), "did you mean 'H20'?"),
        (("check", "--fail-on", "excludes:v10", "sources/run.sh"), "did you mean 'V100'"),
        (("check", "--fail-on", "bf16", "sources/run.sh"), "signal or effect 'bf16'; did you mean 'bf16-check'"),
        (("check", "--fail-on", "exclude:v100", "sources/run.sh"), "condition 'exclude'; did you mean 'excludes'?"),
        (("explain", "sources", "h20"), "the accelerator comes first: chipsieve explain h20 sources"),
        (("explain", "sources", "nosuch"), "the accelerator comes first: chipsieve explain nosuch sources"),
        (("runs-on", "sources", "v100,h20"), "the accelerator comes first: chipsieve runs-on v100,h20 sources"),
        (("explain", "nosuch", "sources"), "no accelerator is called 'nosuch'"),
        (("scna", "sources"), "Did you mean 'scan'?"),
        (("help", "scna"), "Did you mean 'scan'?"),
        (("help", "scan", "more"), "scan has no command 'more'"),
        (("scan", "sources", "--also", "json=-"), "standard output takes one report"),
        (("scan", "sources", "--output", "x.txt", "--also", "json=-", "--also", "csv=-"), "takes one report"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("tree")
def test_what_is_refused_says_what_to_type(arguments: Sequence[str], said: str) -> None:
    refused = run(*arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert said in refused.stderr
    assert "key" not in refused.stderr


def test_a_swap_is_no_swap_where_a_path_comes_second(tree: Path) -> None:
    (tree.parent / "h20").mkdir()
    assert run("explain", "h20", "sources").exit_code == 0
    assert run("explain", "run.sh:1", "sources").stdout.startswith("Launch run.sh:1")
    assert run("explain", "h20", "gone@v1").exit_code == 3


def test_standard_output_is_a_file_too(tree: Path) -> None:
    del tree
    shown, usual, beside = (
        run("scan", "sources", *options)
        for options in (
            ("--output", "-", "--format", "json"),
            ("--format", "json"),
            ("--output", "x.txt", "--also", "json=-"),
        )
    )
    documents = [json.loads(one.stdout) for one in (shown, usual, beside)]
    for document in documents:
        del document["provenance"]["command"]
    assert documents[0] == documents[1] == documents[2]
    assert sorted(path.name for path in Path().iterdir()) == ["sources", "x.txt"]


@pytest.mark.parametrize(
    ("word", "chip"), [("huawei", "ascend-910a"), ("Hopper", "h20-96gb"), ("moore threads", "mtt-s80")]
)
def test_a_vendor_and_an_architecture_are_names_too(tree: Path, word: str, chip: str) -> None:
    assert chip in chips_called(word)
    assert f"({chip})" in run("explain", word, str(tree)).stdout
    assert f"{chip}:" in run("accelerators", word).stdout
    assert run("runs-on", word, str(tree)).exit_code in (0, 1)
    assert run("scan", str(tree), "-q", "--fail-on", f"names:{word}").exit_code == 0


def test_help_is_a_command() -> None:
    assert run("help").stdout == run("--help").stdout.replace("chipsieve help", "chipsieve")
    assert run("help", "scan").stdout == run("scan", "--help").stdout
    assert run("help", "cache", "info").stdout == run("cache", "info", "--help").stdout


def test_no_line_of_a_command_is_cut() -> None:
    commands = [run("help", *names).stdout.partition("Commands:\n")[2] for names in ((), ("cache",))]
    assert all(commands)
    assert not any("..." in text for text in commands)


def test_every_option_stands_under_a_heading() -> None:
    def below(command: click.Command) -> list[click.Command]:
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        return [command, *(deeper for one in inner for deeper in below(one))]

    listed = [name for names in HEADINGS.values() for name in names]
    assert len(set(listed)) == len(listed)
    commands = [one for one in below(main) if not isinstance(one, click.Group)]
    assert all(isinstance(one, Grouped) for one in commands)
    names = {param.name for one in commands for param in one.params if isinstance(param, click.Option)}
    assert sorted(names - set(listed)) == []
    text = run("scan", "--help").stdout
    assert [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")] == [
        "What is judged:", "What is written:", "What fails:", "How the run goes:",
    ]  # fmt: skip
    assert "Options:" in run("signals", "--help").stdout
