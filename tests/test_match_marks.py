"""Do other scanners' findings join ours? Two engines that report one signal on one line make one finding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from chipsieve.facts.conditions import Question
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Fact, Reading
from chipsieve.match.marks import marked
from chipsieve.match.matcher import Matcher, keep_all, match_tree
from link_builders import command, module, script, span, text
from small_signals import TABLE, fact

OPTION = Question("option", "bf16")


def mark(line: int, engine: str, value: str = "", row: str = "", **more: Any) -> Finding:
    """What another scanner says of a line of a.py: that bfloat16 is asked for there."""
    return replace(Finding("bf16", row, "a.py", span(line), value, "x", engine=engine), **more)


def ours(line: int, *conditions: Question) -> Fact:
    """What our reader says of a line."""
    return replace(fact("bf16", *conditions, kind="flag", line=line), engine="libcst")


def joined(readings: Iterable[Reading], marks: Iterable[Finding], *, alone: bool) -> list[Finding]:
    """All findings of the readings and the marks, by place."""
    return Matcher(marked(tuple(readings), marks), TABLE, keep_all, alone=alone).findings


def test_two_engines_on_one_line_are_one_finding() -> None:
    detailed, bare = mark(3, "semgrep", "true", "flag"), mark(3, "flake8")
    for alone in (False, True):
        (item,) = joined([], [detailed, bare, detailed], alone=alone)
        assert (item.engine, item.value) == ("flake8+semgrep", "true")


def test_two_engines_on_two_lines_are_two_findings() -> None:
    items = joined([], [mark(3, "semgrep", "true", "flag"), mark(4, "flake8")], alone=True)
    assert [(item.span.line, item.engine) for item in items] == [(3, "semgrep"), (4, "flake8")]


def test_one_engine_may_see_two_values_on_a_line() -> None:
    items = joined([], [mark(3, "semgrep", "a"), mark(3, "semgrep", "b")], alone=True)
    assert [item.value for item in items] == ["a", "b"]


def test_our_finding_stands_where_both_see_the_line() -> None:
    reading = Reading("a.py", "python", facts=(ours(3, OPTION), ours(4)))
    marks = [mark(3, "semgrep", "True", "call"), mark(9, "semgrep", "True", "call")]
    both = joined([reading], marks, alone=False)
    assert [(item.span.line, item.engine) for item in both] == [(3, "libcst+semgrep"), (4, "libcst"), (9, "semgrep")]
    assert (both[0].conditions, both[0].row, both[0].value) == ((OPTION,), "flag", "true")
    alone = joined([reading], marks, alone=True)
    assert [(item.span.line, item.engine) for item in alone] == [(3, "semgrep"), (9, "semgrep")]
    assert alone[0].conditions == (OPTION,)


def test_a_file_that_no_reader_opens_gets_a_reading() -> None:
    kernel = mark(1, "semgrep", path="k.cu")
    assert marked([], [kernel]) == (Reading("k.cu", findings=(kernel,)),)
    assert joined([], [kernel], alone=True) == [kernel]


def test_a_file_that_is_read_keeps_its_reading() -> None:
    reading = Reading("a.py", "python", facts=(ours(4),))
    assert marked([reading], [mark(9, "semgrep")]) == (replace(reading, findings=(mark(9, "semgrep"),)),)
    assert marked([reading], []) == (reading,)


def judged(readings: list[Reading], marks: list[Finding], *, alone: bool) -> list[tuple[str, int, str]]:
    """Signal, line and standing of each finding of the only launch."""
    (launch,) = match_tree(marked(readings, marks), TABLE, alone=alone).launches
    return sorted({(item.signal, item.span.line, stands) for item, stands in launch.findings})


@pytest.mark.parametrize("row", ["", "flag"])
def test_only_what_was_reported_is_judged(row: str) -> None:
    words = [text("torchrun", 3), text("train.py", 3), text("--bf16", 3), text("--flash", 4)]
    readings = [script("run.sh", command(words, at=3)), module("train.py")]
    reported = [mark(4, "semgrep", "true", row, path="run.sh", signal="asks-flash")]
    both = [("asks-flash", 4, "asserted"), ("bf16", 3, "asserted")]
    assert judged(readings, reported, alone=True) == both[:1]
    assert judged(readings, [], alone=True) == []
    assert judged(readings, reported, alone=False) == both


def test_of_a_marked_variable_in_the_runs_script_its_words_decide() -> None:
    set_before = command("torchrun train.py", at=3, environment={"NCCL_IB_HCA": text("mlx5_0", line=2)})
    train = module("train.py")
    before, after = (
        mark(line, "semgrep", "mlx5_0", "env", path="run.sh", signal="fabric", name="NCCL_IB_HCA") for line in (2, 9)
    )
    for alone in (True, False):
        found = judged([script("run.sh", set_before), train], [before, after], alone=alone)
        assert found == [("fabric", 2, "asserted")]
    assert judged([script("run.sh", command("torchrun train.py", at=3)), train], [before, after], alone=True) == []
    in_code = replace(after, path="train.py")
    assert judged([script("run.sh", set_before), train], [in_code], alone=True) == [("fabric", 9, "asserted")]


def test_a_mark_takes_part_in_the_launch_that_reaches_its_file() -> None:
    run = script("run.sh", command("python train.py"), command("python other.py", at=2))
    marks = [mark(5, "semgrep", path="train.py")]
    first, second = match_tree(marked([run, module("train.py"), module("other.py")], marks), TABLE).launches
    assert [(item.path, stands) for item, stands in first.findings] == [("train.py", "asserted")]
    assert second.findings == ()
