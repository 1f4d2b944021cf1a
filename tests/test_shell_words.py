"""What does a word say once the script's own constants are filled in, and in which environment does it run?"""

from __future__ import annotations

import pytest

from shell_builders import conditions, environment, findings, lines, only, reading, spelled

WORDS = {
    "constant": ("A=x\npython $A", "python x"),
    "quotes": ("A='x y'\npython \"$A\" '$A' a\"b\"'c'", "python x y $A abc"),
    "split": ("A='--x 1  --y'\npython $A", "python --x 1 --y"),
    "continued": ('A="--x \\\n  --y"\npython $A', "python --x --y"),
    "chain": ("A=x\nB=$A/y\npython ${B}.py", "python x/y.py"),
    "appended": ("A=x\nA+=y\npython $A", "python xy"),
    "appended by hand": ('A="--x"\nA="$A --y"\npython $A', "python --x --y"),
    "default": ("python ${A:-x} ${B-y}", "python {A:-x} {B:-y}"),
    "default of a constant": ("A=z; E=''\npython ${A:-x} ${E:-y} ${E-n}.", "python z y ."),
    "assigned default": (": ${A:=x}\npython $A", "python {A:-x}"),
    "alternative": ("A=x\npython ${A:+y} ${B:+z}", "python y {z|}"),
    "required": ("python ${A:?missing}", "python {A}"),
    "inherited": ("python $A ${B}", "python {A} {B}"),
    "array": ("a=(--x 'y z')\na+=(--w)\npython \"${a[@]}\" ${a[1]} $a", "python --x y z --w y z --x"),
    "array length": ("a=(x y)\npython ${#a[@]}", "python 2"),
    "array item": ("a[0]=x\na[1]=y\npython ${a[1]}", "python y"),
    "keyed array": ("declare -A m=([gpu]=8 [x]='y')\npython ${m[gpu]} ${m[\"x\"]}", "python 8 y"),
    "array of another script": ('python "${ARGS[@]}"', "python {ARGS}"),
    "arguments": ('python "$@" $*', "python {@} {@}"),
    "later arguments": ('shift\npython "$@" ${@:2} $1', "python {2} {3} {2}"),
    "positional": ("python $1 ${2:-x}", "python {1} {2:-x}"),
    "arithmetic": ("N=4\npython $((N * 2)) $((${N}+1)) $[N%3] $((U+1))", "python 8 5 1 {?}"),
    "trimmed": ("A=a/b.tar.gz\npython ${A%.*} ${A%%.*} ${A##*/} ${A#*/}", "python a/b.tar a/b b.tar.gz b.tar.gz"),
    "replaced": ("A=a-b-c\npython ${A/-/_} ${A//-/} ${A:2:1} ${A^^}", "python a_b-c abc b A-B-C"),
    "unknown operator": ("python ${A%.*}", "python {?}"),
    "command": ("A=$(nproc)\npython $A", "python {?}"),
    "echo": ("A=$(echo x)\npython $A `echo y`", "python x y"),
    "script's folder": (
        'D=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)\npython $D/a.py',
        "python {script_directory}/a.py",
    ),
    "script's folder by dirname": ('sh $(dirname "$0")/b.sh', "sh {script_directory}/b.sh"),
    "script's folder by trimming": (
        "python ${0%/*}/a.py ${BASH_SOURCE[0]%/*}/b",
        "python {script_directory}/a.py {script_directory}/b",
    ),
    "script's folder by realpath": ("python $(dirname $(realpath $0))/a.py", "python {script_directory}/a.py"),
    "folder above the script's": ("D=$(dirname $0)/..\npython $(cd $D; pwd)", "python {?}"),
    "working folder": ("python $(pwd)/a.py $PWD/b.py", "python {directory}/a.py {directory}/b.py"),
    "working folder after cd": ("cd x\npython $(pwd)/a.py", "python x/a.py"),
    "working folder with a default": ("python ${PWD:-x} ${PWD:+y}", "python {directory} y"),
    "unset": ("A=x\nunset A\npython $A", "python {A}"),
    "read": ("read A\npython $A", "python {?}"),
    "ANSI string": ("python $'a\\tb'", "python a\tb"),
    "escaped": ('python a\\ b "\\$A" \\$A', "python a b $A $A"),
    "empty": ("python '' \"\" $A", "python   {A}"),
    "substituted in a loop's list": ("L='x y'\nfor i in $L z; do python $i; done", "python x|python y|python z"),
    "braces in a loop's list": ("for i in {1..3}; do python $i; done", "python 1|python 2|python 3"),
    "listed braces": ("for i in c/{a,b}.yml; do python $i; done", "python c/a.yml|python c/b.yml"),
    "long list": ("for i in {1..9}; do python $i; done", "python {?}"),
    "unknown list": ("for i in *.yml; do python $i; done", "python {?}"),
    "counting": ("for ((i=0;i<3;i++)); do python $i; done", "python {?}"),
    "function": (
        "f() { local a=$1; shift; python $a \"$@\" $#; }\nf x y 'z w'\nf v",
        "python x y z w {?}|python v {?}",
    ),
    "function's default": ("f() { python ${1:-x}; }\nf", "python x"),
    "local stays local": ("A=x\nf() { local A=y; }\nf\npython $A", "python x"),
    "global does not": ("A=x\nf() { A=y; }\nf\npython $A", "python y"),
    "subshell keeps its own": ("A=x\n(A=y; python $A)\npython $A", "python y|python x"),
    "group does not": ("A=x\n{ A=y; }\npython $A", "python y"),
    "pipe keeps its own": ("A=x\ntrue | A=y\npython $A", "python x"),
    "set": ("set -- a 'b c'\npython \"$@\" $2", "python a b c b c"),
    "pipe": ("python x | tee log", "python x"),
    "redirected": ("python x > log 2>&1 &", "python x"),
    "trivial commands": ("mkdir -p x; echo python y; python z; ls", "python z"),
    "unknown heads": ("$LAUNCHER train.py\n./my_tool -x", "{LAUNCHER} train.py|./my_tool -x"),
    "exec": ("exec python x\npython y", "exec python x"),
}


@pytest.mark.parametrize(("text", "expected"), WORDS.values(), ids=WORDS.keys())
def test_words(text: str, expected: str) -> None:
    assert "|".join(lines(text)) == expected


def test_a_word_points_at_what_was_written() -> None:
    text = 'OPTS="--lr 1 \\\n  --bf16"\nARGS=(--x\n --y)\ntorchrun $OPTS "${ARGS[@]}"\n'
    command = only(text)
    places = {spelled(word): (word.parts[0].span.line, word.parts[0].span.column) for word in command.words}
    assert places["--bf16"] == (2, 3)
    assert places["--y"] == (4, 2)
    assert places["torchrun"] == (5, 1)
    assert {word.span.line for word in command.words} == {5}
    (item,) = findings(text, "half")
    assert (item.span.line, item.span.column, item.span.end_column) == (2, 3, 9)


ENVIRONMENTS = {
    "exported": ("export A=1 B=2\npython x", {"A": "1", "B": "2"}),
    "exported later": ("A=1\nexport A\npython x", {"A": "1"}),
    "changed after export": ("export A=1\nA=2\npython x", {"A": "2"}),
    "not exported": ("A=1\npython x", {}),
    "declared": ("declare -x A=1\ntypeset -rx B=2\ndeclare C=3\npython x", {"A": "1", "B": "2"}),
    "all exported": ("set -a\nA=1\nset +a\nB=2\npython x", {"A": "1"}),
    "all exported by name": ("set -o allexport\nA=1\npython x", {"A": "1"}),
    "prefix": ("export A=1\nA=2 B=3 python x", {"A": "2", "B": "3"}),
    "prefix is over": ("A=2 python x\npython y", {}),
    "prefix on lines of its own": ("A=. \\\nsh x.sh \\\n  --y", {"A": "."}),
    "env": ("env -u Q A=1 B=2 python A=3", {"A": "1", "B": "2"}),
    "mpirun": ("export C=4\nmpirun -np 2 -x A=1 -x C python x -x D=5", {"C": "4", "A": "1", "D": "5"}),
    "mpiexec": ("mpiexec -genv A 1 -env B 2 -genv C=3 python x", {"A": "1", "B": "2", "C": "3"}),
    "srun": ("srun --export=ALL,A=1,B=x python y", {"A": "1", "B": "x"}),
    "srun with a blank": ("srun --export ALL,A=1 python y", {"A": "1"}),
    "docker": ("docker run -e A=1 --env B=2 img python", {"A": "1", "B": "2"}),
    "unset": ("export A=1\nunset A\npython x", {}),
    "export taken back": ("export A=1\nexport -n A\npython x", {}),
    "function with a prefix": ("f() { python x; }\nA=1 f", {"A": "1"}),
    "default": ("export A=${A:-1}\npython x", {"A": "{A:-1}"}),
    "path": ("export P=/x:$P\npython x", {"P": "/x:{P}"}),
}


@pytest.mark.parametrize(("text", "expected"), ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_environment(text: str, expected: dict[str, str]) -> None:
    assert {name: value for name, value in environment(text).items() if value != "{D}"} == expected


def test_later_settings_come_last() -> None:
    (command,) = reading("export A=1\nexport B=2\nexport A=3\nA=4 python x").commands
    assert [(name, word.literal) for name, word in command.environment] == [("B", "2"), ("A", "3"), ("A", "4")]


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("python x", None),
        ("cd a\npython x", "a"),
        ("cd a\ncd b\npython x", "a/b"),
        ("cd a\ncd /b\npython x", "/b"),
        ("(cd a)\npython x", None),
        ("cd $(dirname $0)\npython x", "{script_directory}"),
        ("cd $A/b && python x", "{A}/b"),
        ("pushd a\npopd\npython x", "{directory}"),
        ("cd $(dirname $0)\ncd ..\npython x", "{script_directory}/.."),
        ("cd a || exit 1\npython x", "a"),
        ("cd a\ncd -\npython x", "{directory}"),
        ("if [ $A = 1 ]; then cd a; fi\npython x", "{a|{directory}}"),
    ],
)
def test_folder(text: str, folder: str | None) -> None:
    command = only(text)
    assert (command.directory and spelled(command.directory)) == folder


def test_sourced_scripts_and_bindings() -> None:
    result = reading('A=1\nsource ./env.sh x\n. "$D/other.sh"\nB=(--x y)\nexport C=$A\n')
    assert [(command.sources, spelled(command.words[1])) for command in result.commands] == [
        (True, "./env.sh"),
        (True, "{D}/other.sh"),
    ]
    assert {name: spelled(word) for name, word in result.bindings} == {"A": "1", "B": "--x y", "C": "1"}


def test_a_variable_of_an_undecided_branch_is_a_choice() -> None:
    command = only('if [ -n "$A" ]; then B=x; elif [ "$C" = 1 ]; then B=y; fi\npython $B')
    (part,) = command.words[1].parts
    assert part.kind == "choice"
    assert [spelled(word) for _, word in part.alternatives] == ["x", "y", "{B}"]
    assert conditions('if [ -n "$A" ]; then exit 0; fi\npython x') == ["not (A set)"]


def test_what_branches_share_is_no_choice() -> None:
    text = 'a=(--x)\nif [ -n "$A" ]; then a+=(--y 1); fi\nif [ -n "$B" ]; then a+=(--z); fi\npython "${a[@]}"'
    assert lines(text) == ["python --x {--y 1|} {--z|}"]


def test_quotes_inside_a_default_are_quotes() -> None:
    assert lines(': "${A:=""}"\npython "${A}x" "${B:-"c d"}" "${C:-e}"')[-1] == "python {A:-}x {B:-c d} {C:-e}"


@pytest.mark.parametrize(
    ("grows", "expected"),
    [
        ('"$C --{}"', "x{ --a|}{ --b|}{ --c|}{ --d|}{ --e|}{ --f|}"),
        ('$C" --{}"', "x{ --a|}{ --b|}{ --c|}{ --d|}{ --e|}{ --f|}"),
        ('"{}=1 $C"', "{f=1 |}{e=1 |}{d=1 |}{c=1 |}{b=1 |}{a=1 |}x"),
    ],
    ids=["at its end", "partly quoted", "at its beginning"],
)
def test_a_value_that_grows_in_branches_grows_by_a_choice_each(grows: str, expected: str) -> None:
    branches = [f"if {name}; then C={grows.format(name)}; fi" for name in "abcdef"]
    assert lines("\n".join(["C=x", *branches, "python $C"]))[-1] == f"python {expected}"


def test_an_argument_loop_keeps_the_default() -> None:
    text = "P=d\nwhile [ $# -gt 0 ]; do case $1 in --p) P=$2; shift 2;; *) shift;; esac; done\npython $P $1"
    (command,) = reading(text).commands
    (part,) = command.words[1].parts
    assert part.kind == "choice"
    assert spelled(part.alternatives[-1][1]) == "d"
    assert spelled(command.words[2]) == "{?}"


def test_what_a_loop_changes_is_not_decided_inside() -> None:
    text = "I=0\nwhile [ $I -lt 3 ]; do if [ $I = 0 ]; then python a; else python b; fi; I=$((I+1)); done"
    assert lines(text) == ["python a", "python b"]
    assert all(command.conditions for command in reading(text).commands)
