"""Under which conditions does a command run? Constants decide; the rest is put into words."""

from __future__ import annotations

import pytest

from chipsieve.facts.conditions import questions
from shell_builders import conditions, findings, lines, only, reading, worded

DECIDED = {
    "single brackets": '[ "$A" = x ]',
    "double equals": "[[ $A == x ]]",
    "bare word": "[[ $A ]]",
    "unequal": '[ "$A" != y ]',
    "test": "test $A = x",
    "not empty": '[ -n "$A" ]',
    "empty": '[ -z "$E" ]',
    "glob": "[[ $B == ab* ]]",
    "quoted glob is literal": '[[ $B != "ab*" ]]',
    "regex": "[[ $B =~ ^a.c ]]",
    "number": "[ $N -eq 8 ]",
    "more": "[ $N -gt 7 ]",
    "at most": "[[ $N -le 8 ]]",
    "arithmetic": "(( N == 8 ))",
    "arithmetic with a sign": "(( $N > 2 && N < 9 ))",
    "negated": "! [ $A = y ]",
    "negated inside": "[[ ! $A = y ]]",
    "both": "[[ $A = x && $N = 8 ]]",
    "either": "[ $A = y -o $N = 8 ]",
    "two commands": "[ $A = x ] && [ $N = 8 ]",
    "lower case": '[[ "${U,,}" = true ]]',
    "prefix letter": '[ "x$A" = "xx" ]',
    "grouped": "[[ ( $A = y || $A = x ) && -n $A ]]",
    "true": "true",
    "function": "yes_it_is",
    "one of many": '[[ " a x b " =~ " x " ]]',
}


@pytest.mark.parametrize("test", DECIDED.values(), ids=DECIDED.keys())
def test_a_constant_decides(test: str) -> None:
    text = (
        "A=x; B=abc; N=8; E=; U=True\nyes_it_is() { true; }\n"
        f"if {test}; then python yes.py --bf16; X=1; else python no.py --bf16; X=2; fi\npython last.py $X\n"
    )
    assert lines(text) == ["python yes.py --bf16", "python last.py 1"]
    assert [[worded(one) for one in item.conditions] for item in findings(text, "half")] == [[], ["never"]]


UNDECIDED = {
    "equal": ('[ "$V" = a ]', "V in a"),
    "double": ("[[ $V == a ]]", "V in a"),
    "unequal": ('[ "$V" != a ]', "not (V in a)"),
    "turned round": ('[ a = "$V" ]', "V in a"),
    "set": ('[ -n "$V" ]', "V set"),
    "empty": ('[ -z "$V" ]', "not (V set)"),
    "bare": ("[[ $V ]]", "V set"),
    "equal to nothing": ('[ "$V" = "" ]', "not (V set)"),
    "number": ("[ $V -eq 1 ]", "V in 1"),
    "not the number": ("[[ $V -ne 1 ]]", "not (V in 1)"),
    "arithmetic": ("(( V == 1 ))", "V in 1"),
    "both": ("[[ $V = a && $W = b ]]", "V in a and W in b"),
    "either": ("[ $V = a ] || [ $V = b ]", "(V in a) or (V in b)"),
    "argument": ('[ "$1" = a ]', "1 in a"),
    "any argument": ("[ $# -gt 0 ]", "1 set"),
    "no argument": ("(( $# == 0 ))", "not (1 set)"),
    "prefix letter": ('[ x"$V" = xa ]', "V in a"),
    "is set": ("[[ -v V ]]", "V set"),
    "file": ("[ -f $V ]", "unknown: [ -f $V ]"),
    "host": ("[ $(hostname) = a ]", "unknown: [ $(hostname) = a ]"),
    "hardware": ("nvidia-smi", "hardware: nvidia-smi succeeds"),
    "hardware in a pipe": ("nvidia-smi | grep -q A100", "hardware: nvidia-smi | grep -q A100"),
    "hardware in a substitution": ('[[ "$(rocm-smi)" == *MI* ]]', 'hardware: [[ "$(rocm-smi)" == *MI* ]]'),
    "device file": ("[ -e /dev/kfd ]", "hardware: [ -e /dev/kfd ]"),
    "glob": ("[[ $V == a* ]]", "unknown: [[ $V == a* ]]"),
    "no match of a glob": ("[[ $V != a* ]]", "unknown: [[ $V != a* ]]"),
    "empty output": ('[ -z "$(hostname)" ]', 'unknown: [ -z "$(hostname)" ]'),
    "order": ("[ $V -gt 1 ]", "unknown: [ $V -gt 1 ]"),
    "command": ("ping -c1 x", "unknown: ping -c1 x succeeds"),
}


@pytest.mark.parametrize(("test", "expected"), UNDECIDED.values(), ids=UNDECIDED.keys())
def test_an_undecided_test_becomes_a_condition(test: str, expected: str) -> None:
    for text in (f"if {test}; then python x; fi", f"{{ {test}; }} && python x"):
        assert " and ".join(conditions(text)) == expected


def test_each_part_of_a_test_is_a_question_of_its_own() -> None:
    text = 'read L\n[[ -z "$L" || "$L" =~ ^x ]] && exit 0\npython x'
    assert conditions(text) == ["not (unknown: -z read L)", "not (unknown: read L =~ ^x)"]
    assert conditions('read L\nif [ -f "$L" -a ! -d "$L" ]; then python x; fi') == [
        "unknown: -f read L",
        "not (unknown: -d read L)",
    ]


def test_two_loops_that_are_worded_alike_are_two_questions() -> None:
    text = "X=0\nfor i in $A; do X=1; done\nfor i in $B; do X=$X-2; done\n[ $X = 1 ] && python x"
    (condition,) = reading(text).commands[-1].conditions
    assert len({one for one in questions(condition) if one.text == "the loop over i runs"}) == 2


def test_a_default_is_part_of_the_test() -> None:
    text = 'V=${V:-a}\nif [ "$V" = a ]; then python x; else python y; fi'
    x, y = ([worded(one) for one in command.conditions] for command in reading(text).commands)
    assert x == ["(V in a) or (not (V set))"]
    assert y == ["not (V in a)", "V set"]


def test_branches_exclude_each_other() -> None:
    text = "if [ $V = a ]; then python x; elif [ $V = b ]; then python y; else python z; fi"
    assert [[worded(one) for one in command.conditions] for command in reading(text).commands] == [
        ["V in a"],
        ["not (V in a)", "V in b"],
        ["not (V in a)", "not (V in b)"],
    ]


def test_case() -> None:
    text = 'case "$V" in a|b) python x;; c*) python y;; *) python z;; esac'
    assert [[worded(one) for one in command.conditions] for command in reading(text).commands] == [
        ["(V in a) or (V in b)"],
        ["not (V in a)", "not (V in b)", 'unknown: "$V" matches c*'],
        ["not (V in a)", "not (V in b)", 'not (unknown: "$V" matches c*)'],
    ]


@pytest.mark.parametrize(("value", "expected"), [("a", "x"), ("cd", "y"), ("q", "z"), ('"c*"', "y")])
def test_case_on_a_constant(value: str, expected: str) -> None:
    text = f'V={value}\ncase "$V" in a|b) python x;; c*) python y;; *) python z;; esac'
    assert lines(text) == [f"python {expected}"]


def test_case_that_falls_through() -> None:
    assert lines("V=a\ncase $V in a) python x;& b) python y;; *) python z;; esac") == ["python x", "python y"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[ -n "$V" ] && exit 0\npython x', ["not (V set)"]),
        ('if [ -n "$V" ]; then python y; exit; fi\npython x', ["not (V set)"]),
        ('[ -n "$V" ] || exit 1\npython x', []),
        ("if [ ! -f $D ]; then echo missing; exit 1; fi\npython x", []),
        ("cd $D || exit\npython x", []),
        ("python y || true\npython x", []),
        ("set -e\npython y && python x", []),
        ("python y || python x", ["not (unknown: python y succeeds)"]),
        ('f() { if [ -n "$V" ]; then return; fi; python y; }\nf\npython x', []),
        ('f() { [ -n "$V" ] && exit 0; }\nf\npython x', ["not (V set)"]),
        ('for i in a b; do [ -n "$V" ] && break; done\npython x', []),
        ('if [ $W = 1 ]; then [ -n "$V" ] && exit 0; fi\npython x', ["(not (W in 1)) or (not (V set))"]),
        ("(exit 0)\npython x", []),
        ("while true; do python x; done", []),
        ("while read line; do python x; done", ["unknown: read line succeeds"]),
    ],
)
def test_what_an_exit_leaves_behind(text: str, expected: list[str]) -> None:
    assert conditions(text) == expected


def test_after_an_exit_nothing_runs() -> None:
    text = "python x\nexit 0\nexport NCCL_X=1\npython y --bf16"
    assert lines(text) == ["python x"]
    assert {worded(item.conditions[-1]) for item in reading(text).findings} == {"never"}


def test_a_function_that_nothing_calls() -> None:
    text = "f() { export NCCL_X=1; python y --bf16; }\npython x"
    assert [[worded(one) for one in command.conditions] for command in reading(text).commands] == [[], ["f"]]
    assert {item.conditions[0].subject for item in reading(text).findings} == {"call"}  # type: ignore[union-attr]


def test_a_function_that_is_called_runs() -> None:
    assert only("f() { python x; }\nf").conditions == ()


def test_the_released_training_script() -> None:
    text = """#!/bin/bash
NET="high"
if [[ "${NET}" = "low" ]]; then
    export NCCL_SOCKET_IFNAME=eth1
else
    export NCCL_SOCKET_IFNAME=bond1
    export NCCL_NET_GDR_LEVEL=2
fi
export HOST_GPU_NUM=8
export NODES=2
export NODE_NUM=$((${NODES} * ${HOST_GPU_NUM}))
# ds_config=ds_zero2_no_offload.json
ds_config=ds_zero3_offload_no_auto.json
out=/data/out
log_file=${out}/"log_$(date +%s).txt"
HOST_PATH=hostfile
deepspeed --hostfile=$HOST_PATH --master_addr $CHIEF_IP train.py \\
    --deepspeed ${ds_config} \\
    --output_dir ${out} \\
    --bf16 | tee ${log_file}
"""
    command = only(text)
    (line,) = lines(text)
    assert line.startswith("deepspeed --hostfile=hostfile --master_addr {CHIEF_IP} train.py --deepspeed")
    assert line.endswith("--deepspeed ds_zero3_offload_no_auto.json --output_dir /data/out --bf16")
    assert {name: word.literal for name, word in command.environment} == {
        "NCCL_SOCKET_IFNAME": "bond1",
        "NCCL_NET_GDR_LEVEL": "2",
        "HOST_GPU_NUM": "8",
        "NODES": "2",
        "NODE_NUM": "16",
    }
    fabric = findings(text, "fabric")
    assert [(item.value, [worded(one) for one in item.conditions]) for item in fabric] == [
        ("eth1", ["never"]),
        ("bond1", []),
        ("2", []),
    ]
    assert [(item.span.line, item.conditions) for item in findings(text, "half")] == [(20, ())]
