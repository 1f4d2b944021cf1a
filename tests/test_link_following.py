"""Do scripts lead to the programs they start, with the words and variables those really get?"""

from __future__ import annotations

import pytest

from chipsieve.commands.flags import given
from chipsieve.facts.conditions import NEVER, Not
from chipsieve.facts.words import Part, Resolved, Word
from chipsieve.link.expansion import Scope, command_lines, expand
from chipsieve.link.file_index import FileIndex, above
from chipsieve.link.following import follow
from link_builders import (
    A,
    B,
    arguments,
    choice,
    command,
    either,
    if_variable,
    joined,
    line,
    module,
    place,
    runs,
    script,
    span,
    text,
    variable,
)


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
        command([text("sh"), joined(place("script_directory"), text("/run.sh")), text("--fast"), arguments()], at=5),
    )
    inner = script("hydit/run.sh", command([text("deepspeed"), text("hydit/train.py"), arguments()], at=2))
    followed = follow(FileIndex([outer, inner, module("hydit/train.py")]))
    (run,) = followed.runs["hydit/train.sh"]
    assert run.chain == (("hydit/train.sh", 5), ("hydit/run.sh", 2))
    assert [word.text for word in run.operands] == ["--fast", "$@"]
    assert followed.called == {"hydit/run.sh"}


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


def test_scripts_that_call_each_other_too_deep_are_a_gap() -> None:
    several = [script(f"{at}.sh", command(f"bash {at + 1}.sh", at=3)) for at in range(9)]
    followed = follow(FileIndex([*several, script("9.sh", command("python train.py"))]))
    assert followed.runs["0.sh"] == []
    assert ("6.sh", 3) in {(gap.path, gap.line) for gap in followed.gaps}
    assert [line(run) for run in followed.runs["4.sh"]] == ["python train.py"]


def test_folders_changed_to_are_where_names_start() -> None:
    outer = script("run/a.sh", command("python train.py", directory=text("../code")))
    (run,) = runs("run/a.sh", outer, module("code/train.py"), module("other/train.py"))
    assert run.program.entry == "code/train.py"


@pytest.mark.parametrize(
    ("named", "entry"),
    [
        ("/mount/lab/train.py", "train.py"),
        ("/mount/lab/b/train.py", "b/train.py"),
        ("${HERE}/train.py", "${HERE}/train.py"),
        ("/mount/lab/tune.py", "/mount/lab/tune.py"),
    ],
)
def test_an_absolute_name_that_several_files_fit_is_the_one_at_the_root(named: str, entry: str) -> None:
    files = [module(path) for path in ("train.py", "a/train.py", "b/train.py", "a/tune.py", "b/tune.py")]
    first = joined(variable("HERE"), text("/train.py")) if "$" in named else text(named)
    (run,) = runs("run/a.sh", script("run/a.sh", command([text("python"), first])), *files)
    assert run.program.entry == entry


def test_a_folder_that_begins_outside_the_tree_is_the_one_of_its_last_parts() -> None:
    outer = script("a.sh", command("python train.py", directory=text("repo/code/new")))
    (run,) = runs("a.sh", outer, module("code/new/train.py"), module("other/train.py"))
    assert run.program.entry == "code/new/train.py"


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
        (choice(((if_variable("WHO"),), "left"), ((Not(if_variable("WHO")),), "right")), ["left"]),
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


def lines_of(*words: Word) -> list[str]:
    return [" ".join(word.text for word in line.words) for line in command_lines(words, Scope("a.sh")).lines]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([text("python"), either("a.py", "b.py")], ["python a.py", "python b.py"]),
        ([either("python", "torchrun"), either("a.py", "b.py", B)], ["python a.py", "torchrun b.py"]),
        ([either("python", "torchrun"), either("a.py", "b.py")], ["python a.py", "torchrun b.py"]),
        ([either("python", "torchrun"), either("b.py", "a.py", Not(A))], ["python a.py", "torchrun b.py"]),
        ([text("python"), either("--x", ""), either("", "--y")], ["python --x", "python --y"]),
        ([text("python"), either("--x", ""), either("--y", "", B)], ["python --x --y"]),
        ([text("python"), either("--x --y 1", "--y 1")], ["python --x --y 1"]),
        ([joined(text("run"), either(" --x", " --y"))], ["run --x", "run --y"]),
        ([joined(text("a"), either("b c ", "d "), text("e"))], ["ab c e", "ad e"]),
        ([joined(text("a-"), variable("N"), either("-x", "-y"))], ["a-${N}-x", "a-${N}-y"]),
    ],
)
def test_a_command_has_a_line_for_each_alternative(words: list[Word], expected: list[str]) -> None:
    assert lines_of(*words) == expected


@pytest.mark.parametrize("asked", ["1 2", "2 3"])
def test_a_variable_that_has_one_value_has_no_other_on_the_same_line(asked: str) -> None:
    def when(*values: str) -> Word:
        return choice(*(((if_variable("SIZE", value),), value) for value in values))

    assert lines_of(when("1", "2", "3"), when(*asked.split())) == [
        f"{value} {value if value in asked else asked[0]}" for value in "123"
    ]


def test_what_all_alternatives_say_is_under_no_condition() -> None:
    words = [either("--dtype bf16 --x 1", "--x 1 --dtype fp16 --y")]
    found = [line.words for line in command_lines(words, Scope("a.sh")).lines]
    assert [{word.text for word in line if not word.conditions} for line in found] == [{"--x", "1"}, {"--x", "1"}]
    assert [{item for word in line for item in word.conditions} for line in found] == [{A}, {Not(A)}]
    (same,) = command_lines([either("--x", "--x")], Scope("a.sh")).lines
    assert [word.conditions for word in same.words] == [()]


def test_an_operand_of_which_there_are_several_makes_its_option_uncertain() -> None:
    words = [text("python"), text("train.py"), text("--dtype"), either("bf16", "fp16"), text("--x")]
    for way in command_lines(words, Scope("a.sh")).lines:
        assert [bool(one.word.conditions) for one in given(way.words)] == [True, False]


def test_the_lines_of_a_command_are_bounded_and_the_limit_is_a_gap() -> None:
    entries = choice(*(((if_variable("WHICH", str(number)),), f"{number}.py") for number in range(12)))
    followed = follow(FileIndex([script("run.sh", command([text("python"), entries], at=3))]))
    assert [line(run) for run in followed.runs["run.sh"]] == [f"python {number}.py" for number in range(8)]
    assert [(gap.path, gap.line) for gap in followed.gaps] == [("run.sh", 3)]
    silent = follow(FileIndex([script("run.sh", command([text("mkdir"), entries]))]))
    assert silent.gaps == ()


def test_a_prefix_may_set_variables() -> None:
    words = [either("NCCL_DEBUG=INFO ", ""), text("A=1"), text("python"), text("train.py"), text("B=2")]
    (run,) = runs("run.sh", script("run.sh", command(words)))
    assert line(run) == "python train.py B=2"
    assert {name: (value.text, value.conditions) for name, value in run.environment.items()} == {
        "NCCL_DEBUG": ("INFO", (A,)), "A": ("1", ())
    }  # fmt: skip


def test_the_environment_of_a_line_fits_its_words() -> None:
    environment = {"X": either("1", "2")}
    found = runs(
        "run.sh", script("run.sh", command([text("python"), either("b.py", "a.py", Not(A))], environment=environment))
    )
    assert [(line(run), run.environment["X"].text) for run in found] == [("python b.py", "2"), ("python a.py", "1")]


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("a/b", ("a/b", "a", "")), ("", ("",)), ("/gpfs/code", ("",)), ("./a", ("./a", ".", ""))],
)
def test_folders_end_at_the_root(folder: str, expected: tuple[str, ...]) -> None:
    assert above(folder) == expected


def test_an_entry_from_elsewhere_is_kept_by_name() -> None:
    (run,) = runs("a.sh", script("a.sh", command("torchrun /opt/code/train.py --bf16")))
    assert run.program.entry == "/opt/code/train.py"


def test_what_only_the_shorter_line_starts_is_started() -> None:
    logger = choice(((A,), "echo -v"), ((Not(A),), ""))
    (run,) = runs("run.sh", script("run.sh", command([logger, text("python"), text("train.py")])), module("train.py"))
    assert line(run) == "python train.py"


def test_sourced_scripts_source_others() -> None:
    outer = script(
        "a.sh", command("source env.sh", sources=True), command([text("python"), text("t.py"), variable("DEEP")], at=2)
    )
    env = script("env.sh", command("source deep.sh", sources=True), bindings={"TOP": text("1")})
    deep = script("deep.sh", bindings={"DEEP": text("8")})
    (run,) = runs("a.sh", outer, env, deep, script("other.sh", bindings={"DEEP": text("9")}))
    assert line(run) == "python t.py 8"
    assert {name: value.text for name, value in run.environment.items()} == {"TOP": "1", "DEEP": "8"}
    assert run.scripts == ("a.sh", "env.sh", "deep.sh")


def test_a_script_is_not_sourced_in_a_branch_that_is_dead() -> None:
    outer = script(
        "a.sh", command("source env.sh", sources=True), command([text("python"), text("t.py"), variable("DEEP")], at=2)
    )
    never = command("source deep.sh", conditions=(NEVER,), sources=True)
    (run,) = runs("a.sh", outer, script("env.sh", never), script("deep.sh", bindings={"DEEP": text("8")}))
    assert (line(run), run.scripts) == ("python t.py ${DEEP}", ("a.sh", "env.sh"))


def test_what_a_sourced_script_starts_is_started_once() -> None:
    outer = script("a.sh", command("source env.sh", sources=True))
    env = script("env.sh", command("source deep.sh", sources=True))
    found = runs("a.sh", outer, env, script("deep.sh", command("torchrun train.py", at=7)))
    assert [run.chain for run in found] == [(("a.sh", 1), ("env.sh", 1), ("deep.sh", 7))]


def test_scripts_that_source_each_other_end() -> None:
    several = [
        script(f"{name}.sh", *(command(f"source {other}.sh", sources=True) for other in "abcd"),
               bindings={name: text("1")})
        for name in "abcd"
    ]  # fmt: skip
    outer = script("run.sh", command("source a.sh", sources=True), command("python t.py", at=2))
    (run,) = runs("run.sh", outer, *several)
    assert set(run.environment) == {*"abcd"}


@pytest.mark.parametrize(
    ("words", "operands"),
    [
        ("./bind.sh --cpu=close -- python train.py --bf16", ["--bf16"]),
        ("srun -N 2 bash bind.sh -- torchrun --nnodes 2 train.py --bf16", ["--bf16"]),
        ("./bind.sh -- python train.py -- --bf16", ["--", "--bf16"]),
    ],
)
def test_the_program_behind_a_wrappers_dashes_runs_where_the_wrapper_leads_nowhere(
    words: str, operands: list[str]
) -> None:
    binding = script("bind.sh", command("numactl --show"))
    (run,) = runs("run.sh", script("run.sh", command(words)), binding, module("train.py"))
    assert run.program.entry == "train.py"
    assert [word.text for word in run.operands] == operands
    assert run.scripts == ("run.sh", "bind.sh")


def test_a_wrapper_that_passes_its_words_on_is_followed_instead() -> None:
    binding = script("bind.sh", command([text("exec"), arguments()], at=3))
    (run,) = runs("run.sh", script("run.sh", command("./bind.sh -- python train.py")), binding, module("train.py"))
    assert (run.chain, run.program.entry) == ((("run.sh", 1), ("bind.sh", 3)), "train.py")


@pytest.mark.parametrize(
    "words", ["./bind.sh python train.py", "./bind.sh -- echo train.py", "./bind.sh --", "./bind.sh -- ./bind.sh"]
)
def test_a_wrapper_that_leads_nowhere_with_nothing_behind_it_is_no_run(words: str) -> None:
    assert runs("run.sh", script("run.sh", command(words)), script("bind.sh"), module("train.py")) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("torchrun --nproc_per_node=8", ("distributed", "main.py")),
        ("python -u", ("python", "main.py")),
        ("srun -N 2 python", ("python", "main.py")),
    ],
)
def test_a_command_line_in_one_word_is_split(value: str, expected: tuple[str, str]) -> None:
    (run,) = runs(
        "run.sh", script("run.sh", command([text(value), text("main.py"), text("--bf16")])), module("main.py")
    )
    assert (run.program.kind, run.program.entry) == expected
    assert [word.text for word in run.operands] == ["--bf16"]


@pytest.mark.parametrize("value", ["echo hello", "python", "rm -r", "a text that speaks of torchrun"])
def test_other_words_with_blanks_start_nothing(value: str) -> None:
    found = runs("run.sh", script("run.sh", command([text("echo"), text(value), text("main.py")])), module("main.py"))
    assert found == []


def test_a_command_line_that_stands_in_either_branch_starts_its_entry() -> None:
    many = choice(((if_variable("N"),), "torchrun --nproc_per_node 8"), ((Not(if_variable("N")),), "python -u"))
    found = runs("run.sh", script("run.sh", command([many, text("main.py"), text("--bf16")])), module("main.py"))
    assert [line(run) for run in found] == ["torchrun --nproc_per_node 8 main.py --bf16", "python -u main.py --bf16"]
    assert {run.program.entry for run in found} == {"main.py"}


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("python ${FLAGS} train.py --bf16", "train.py"),
        ("python -u ${FLAGS} train.py --bf16", "train.py"),
        ("python ${FLAGS} $(...) train.py --bf16", "train.py"),
        ("python ${FLAGS} --out x.py train.py --bf16", "train.py"),
        ("python ${SCRIPT}", "${SCRIPT}"),
        ("python ${SCRIPT} --bf16", "${SCRIPT}"),
        ("python ${SCRIPT} --config train.py", "${SCRIPT}"),
        ("python ${SCRIPT} data", "${SCRIPT}"),
        ("python ${SCRIPT} -m train", "${SCRIPT}"),
        ("python ${CODE}/train.py --bf16", "train.py"),
    ],
)
def test_unknown_words_may_stand_before_the_entry(words: str, entry: str) -> None:
    (run,) = runs("run.sh", script("run.sh", command(words)), module("train.py"), module("data/__init__.py"))
    assert run.program.entry == entry


@pytest.mark.parametrize(("own", "nested", "value"), [(1, 2, "inner"), (3, 2, "outer")])
def test_of_a_variable_and_a_script_that_sets_it_the_later_one_counts(own: int, nested: int, value: str) -> None:
    outer = script("a.sh", command("source b.sh", at=nested, sources=True), bindings={"N": text("outer", own)})
    inner = script("b.sh", bindings={"N": text("inner", 1)})
    start = script(
        "run.sh", command("source a.sh", sources=True), command([text("python"), text("train.py"), variable("N")], at=2)
    )
    (run,) = runs("run.sh", start, outer, inner, module("train.py"))
    assert line(run) == f"python train.py {value}"


SIDES = (module("train.py"), module("sub/train.py"), module("sub/deep/train.py"))


@pytest.mark.parametrize("name", ["root", "base", "scriptdir", "cwd"])
@pytest.mark.parametrize(("folder", "entry"), [("sub/", "sub/train.py"), ("", None), ("other/", None)])
def test_an_unset_variable_is_unknown_whatever_its_name(name: str, folder: str, entry: str | None) -> None:
    words = [text("python"), joined(variable(name), text("/train.py")), text("--bf16")]
    (run,) = runs(f"{folder}run.sh", script(f"{folder}run.sh", command(words)), *SIDES[:2])
    assert run.program.entry == (entry or f"${{{name}}}/train.py"), "the nearest file of that ending, where one is"
    assert run.program.known is (entry is not None)
    assert (run.words[1].text, run.words[1].known_text) == (f"${{{name}}}/train.py", None)
    assert (run.words[1].unknown, run.words[1].root_at) == (((0, len(name) + 3),), None)


@pytest.mark.parametrize(
    ("parts", "entry"),
    [
        ((place("script_directory"), text("/train.py")), "sub/train.py"),
        ((place("script_directory"), text("/../train.py")), "train.py"),
        ((place("script_directory"), text("/deep/train.py")), "sub/deep/train.py"),
        ((place("directory"), text("/train.py")), "sub/deep/train.py"),
        ((place("directory"), text("/../train.py")), "sub/train.py"),
        ((place("directory"), text("/../../train.py")), "train.py"),
        ((text("train.py"),), "sub/deep/train.py"),
        ((place("directory"), text("/../../../train.py")), "sub/deep/train.py"),  # above the root: the ending counts
    ],
)
def test_words_on_the_scripts_own_place_find_files_from_the_root(parts: tuple[Word, ...], entry: str) -> None:
    run_in = command([text("python"), joined(*parts)], directory=joined(place("script_directory"), text("/deep")))
    (run,) = runs("sub/run.sh", script("sub/run.sh", run_in), *SIDES)
    assert run.program.entry == entry
    assert run.program.known
    assert run.words[1].known


def test_the_place_of_the_called_script_is_its_own() -> None:
    outer = script("run.sh", command([text("bash"), joined(place("script_directory"), text("/sub/run.sh"))]))
    inner = script("sub/run.sh", command([text("python"), joined(place("script_directory"), text("/train.py"))]))
    (run,) = runs("run.sh", outer, inner, *SIDES)
    assert run.program.entry == "sub/train.py"


def test_a_script_may_call_itself_by_its_own_name() -> None:
    itself = script("sub/run.sh", command([text("sbatch"), place("script")]), command("python train.py", at=2))
    assert [run.chain for run in runs("sub/run.sh", itself, *SIDES)] == [(("sub/run.sh", 2),)]


def test_a_place_in_a_word_begins_where_the_path_does() -> None:
    scope = Scope("sub/run.sh", directory="work")
    (word,) = expand(joined(text("--config="), place("script_directory"), text("/ds.json")), scope)
    assert (word.text, word.root_at, word.known) == ("--config=sub/ds.json", 9, False)
    (path,) = expand(joined(place("directory"), text("/ds.json")), scope)
    assert (path.text, path.root_at, path.known) == ("work/ds.json", 0, True)
    (plain,) = expand(text("sub/ds.json"), scope)
    assert (plain.root_at, plain.known) == (None, True)


@pytest.mark.parametrize(
    ("word", "known"),
    [("${CODE}/train.py", True), ("/opt/code/other.py", True), ("${CODE}/other.py", False), ("other.py", True)],
)
def test_an_entry_is_known_that_the_tree_has_or_that_is_written_out(word: str, *, known: bool) -> None:
    (run,) = runs("run.sh", script("run.sh", command(f"python {word}")), module("train.py"))
    assert run.program.known is known


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("sudo pip install torch fabric", None),
        ("sudo -H pip3 install -r requirements.txt lightning", None),
        ("uv pip install lightning train.py", None),
        ("conda install -y composer", None),
        ("sudo apt-get install fabric", None),
        ("uv run fabric run train.py", "train.py"),
        ("conda run -n env torchrun train.py", "train.py"),
        ("sudo torchrun train.py install", "train.py"),
    ],
)
def test_what_is_installed_is_not_started(line: str, entry: str | None) -> None:
    found = runs("run.sh", script("run.sh", command(line)), module("train.py"))
    assert [run.program.entry for run in found] == ([entry] if entry else [])
