"""Do scripts lead to the programs they start, with the words and variables those really get?"""

from __future__ import annotations

import pytest

from chipsieve.link.scripts import Follower, Run
from chipsieve.link.tree import Tree, above
from chipsieve.link.words import Scope, expand
from chipsieve.model import Not, Part, Reading, Resolved, Word
from link_builders import arguments, choice, command, if_variable, joined, module, script, span, text, variable


def runs(first: str, *readings: Reading) -> list[Run]:
    return Follower(Tree(readings)).runs(first)


def line(run: Run) -> str:
    return " ".join(word.text for word in run.words)


@pytest.mark.parametrize(
    ("words", "kind", "entry"),
    [
        ("python train.py --lr 1", "python", "train.py"),
        ("python3.11 -u train.py", "python", "train.py"),
        ("./train.py --x", "python", "train.py"),
        ("torchrun --nproc_per_node 8 train.py", "distributed", "train.py"),
        ("python -m torch.distributed.launch --nproc_per_node=8 train.py", "distributed", "train.py"),
        ("accelerate launch --config_file acc.yaml train.py", "distributed", "train.py"),
        ("deepspeed --hostfile=hosts train.py --deepspeed ds.json", "distributed", "train.py"),
        ("python -m pkg.main", "python", "pkg/main.py"),
        ("torchrun -m pkg.main", "distributed", "pkg/main.py"),
        ("nohup numactl -N 0 python train.py", "python", "train.py"),
        ("srun --ntasks 8 singularity exec --nv image.sif python train.py", "python", "train.py"),
        ("mpirun -np 8 -x A=1 python train.py", "python", "train.py"),
        ("horovodrun -np 8 python train.py", "distributed", "train.py"),
        ("${LAUNCHER} train.py --x", "python", "train.py"),
        ("torchrun ${SCRIPT}", "distributed", "torchrun"),
        ("llamafactory-cli train x.yaml", "distributed", "llamafactory-cli"),
    ],
)
def test_a_command_line_starts_a_program(words: str, kind: str, entry: str) -> None:
    found = runs("run.sh", script("run.sh", command(words)), module("train.py"), module("pkg/main.py"))
    assert [(run.program.kind, run.program.entry) for run in found] == [(kind, entry)]


@pytest.mark.parametrize(
    "words",
    [
        "echo python train.py",
        "rm train.py",
        "cat train.py",
        "python -c print(1)",
        "git add train.py",
        "pip install torch",
    ],
)
def test_other_commands_start_nothing(words: str) -> None:
    assert runs("run.sh", script("run.sh", command(words)), module("train.py")) == []


def test_scripts_call_scripts_and_pass_their_arguments_on() -> None:
    outer = script(
        "hydit/train.sh",
        command([text("sh"), joined(variable("@scriptdir"), text("/run.sh")), text("--fast"), arguments()], at=5),
    )
    inner = script("hydit/run.sh", command([text("deepspeed"), text("hydit/train.py"), arguments()], at=2))
    follower = Follower(Tree([outer, inner, module("hydit/train.py")]))
    (run,) = follower.runs("hydit/train.sh")
    assert run.chain == (("hydit/train.sh", 5), ("hydit/run.sh", 2))
    assert [word.text for word in run.operands] == ["--fast", "$@"]
    assert follower.called == {"hydit/run.sh"}


def test_the_callers_environment_reaches_the_called_script() -> None:
    outer = script("a.sh", command("bash b.sh", environment={"DTYPE": text("bf16")}))
    inner = script("b.sh", command([text("torchrun"), text("t.py"), text("--dtype"), variable("DTYPE")]))
    (run,) = runs("a.sh", outer, inner)
    assert line(run) == "torchrun t.py --dtype bf16"
    assert run.environment["DTYPE"].text == "bf16"


def test_sourced_variables_hold_for_what_follows_only() -> None:
    outer = script(
        "a.sh",
        command([text("python"), text("t.py"), variable("X")]),
        command("source env.sh", sources=True),
        command([text("python"), text("t.py"), variable("X")], at=3),
    )
    sourced = script("env.sh", bindings={"X": text("8")})
    before, after = runs("a.sh", outer, sourced)
    assert line(before) == "python t.py ${X}"
    assert line(after) == "python t.py 8"
    assert after.environment["X"].text == "8"


def test_a_command_in_a_dead_branch_is_no_run() -> None:
    outer = script("a.sh", command("bash b.sh", environment={"MODE": text("fast")}))
    inner = script(
        "b.sh",
        command("torchrun slow.py", conditions=(if_variable("MODE", "slow"),)),
        command("torchrun fast.py", conditions=(Not(if_variable("MODE", "slow")),)),
    )
    assert [line(run) for run in runs("a.sh", outer, inner)] == ["torchrun fast.py"]
    assert len(runs("b.sh", outer, inner)) == 2


def test_scripts_that_call_each_other_end() -> None:
    assert runs("a.sh", script("a.sh", command("sh b.sh")), script("b.sh", command("sh a.sh"))) == []


def test_folders_changed_to_are_where_names_start() -> None:
    outer = script("run/a.sh", command("python train.py", directory=text("../code")))
    (run,) = runs("run/a.sh", outer, module("code/train.py"), module("other/train.py"))
    assert run.program.entry == "code/train.py"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (variable("LIST", quoted=False), ["--a", "--b"]),
        (variable("LIST"), ["--a --b"]),
        (variable("NONE"), ["${NONE}"]),
        (variable("NONE", default="x"), ["x"]),
        (variable("EMPTY", default="x"), ["x"]),
        (joined(text("ds_"), variable("STAGE"), text(".json")), ["ds_3.json"]),
        (variable("1"), ["first"]),
        (variable("2"), ["${2}"]),
        (choice(((if_variable("STAGE", "3"),), "three"), ((Not(if_variable("STAGE", "3")),), "other")), ["three"]),
        (choice(((if_variable("WHO"),), "left"), ((Not(if_variable("WHO")),), "right")), ["left", "right"]),
        (Word((Part("unknown", "$(date)", span()),), span()), ["$(...)"]),
    ],
)
def test_words_are_filled_in(word: Word, expected: list[str]) -> None:
    values = {"LIST": "--a --b", "STAGE": "3", "EMPTY": ""}
    scope = Scope(
        "a.sh",
        variables={name: (Resolved(value, "a.sh", span()),) for name, value in values.items()},
        arguments=(Resolved("first", "a.sh", span()),),
    )
    assert [value.text for value in expand(word, scope)] == expected


def test_an_undecided_alternative_keeps_its_condition() -> None:
    condition = if_variable("WHO")
    left, right = expand(choice(((condition,), "left"), ((Not(condition),), "right")), Scope("a.sh"))
    assert (left.conditions, right.conditions) == ((condition,), (Not(condition),))


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("a/b", ("a/b", "a", "")), ("", ("",)), ("/gpfs/code", ("",)), ("${HOME}/code", ("",)), ("./a", ("./a", ".", ""))],
)
def test_folders_end_at_the_root(folder: str, expected: tuple[str, ...]) -> None:
    assert above(folder) == expected


def test_an_entry_from_elsewhere_is_kept_by_name() -> None:
    (run,) = runs("a.sh", script("a.sh", command("torchrun /opt/code/train.py --bf16")))
    assert run.program.entry == "/opt/code/train.py"
