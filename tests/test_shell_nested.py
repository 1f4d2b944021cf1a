"""Which scripts and documents stand inside a script, and what is known inside them?"""

from __future__ import annotations

import pytest

from chipsieve.facts.reading import Source
from chipsieve.match.table import default_table
from chipsieve.sources.readers import read_source
from shell_builders import environment, findings, lines, reading, spelled, worded

NESTED = {
    "bash -c": ("bash -c 'python x --bf16'", "python x --bf16"),
    "sh -c in double quotes": ('A=y\nsh -c "python $A \\"q r\\" \\$B"', "python y q r {B}"),
    "login shell": ("bash -lc 'cd z && python x'", "python x"),
    "behind a launcher": ("srun -N 2 bash -c 'python x $SLURM_PROCID'", "python x {SLURM_PROCID}"),
    "in a container": ("docker run img bash -c 'python x'", "python x"),
    "behind xargs": ("cat l | xargs -I{} bash -c 'python {}'", "python {}"),
    "held by a variable": ('C="torchrun x.py"\nbash -c "$C --y"', "torchrun x.py --y"),
    "eval": ('C="torchrun x.py --y"\neval $C --z', "torchrun x.py --y --z"),
    "eval in quotes": ("A=1\nC='python $A'\neval \"$C\"", "python 1"),
    "ssh": ("ssh -p 22 host 'python x'", "python x"),
    "ssh with words": ("ssh host python x --y", "python x --y"),
    "pdsh": ("pdsh -w hosts 'python x'", "python x"),
    "two levels": ("ssh h \"bash -c 'python x'\"", "python x"),
    "here-document for a shell": ("A=y\nbash <<E\npython $A \\$B\nE", "python y {B}"),
    "quoted here-document": ("A=y\nbash <<'E'\npython $A\nE", "python {A}"),
    "submitted": ("sbatch <<E\n#!/bin/bash\npython x\nE", "python x"),
    "submitted with options": ("sbatch -p q --wait <<E\npython x\nE", "python x"),
    "over ssh": ("ssh h <<E\npython x\nE", "python x"),
    "through a pipe": ("cat <<E | bash\npython x\nE", "python x"),
    "echoed into a shell": ("echo 'python x' | sbatch", "python x"),
    "not a script": ("bash -c\nbash run.sh\ncat <<E\npython x\nE", "bash run.sh"),
}


@pytest.mark.parametrize(("text", "expected"), NESTED.values(), ids=NESTED.keys())
def test_nested(text: str, expected: str) -> None:
    assert lines(text)[-1] == expected


def test_positions_inside_a_string_are_the_files() -> None:
    text = "A=1\nbash -c '\n  cd x\n  NCCL_X=1 python y --bf16'\n"
    command = reading(text).commands[-1]
    assert (command.span.line, command.span.column) == (4, 3)
    assert [(item.span.line, item.span.column) for item in reading(text).findings] == [(4, 3), (4, 21)]


def test_a_command_held_by_a_variable_runs_where_it_is_evaluated() -> None:
    text = 'C="NCCL_X=1 torchrun x.py --bf16"\n\neval $C\n'
    (command,) = reading(text).commands
    assert command.span.line == 3
    assert {item.span.line for item in reading(text).findings} == {1}
    assert environment(text) == {"NCCL_X": "1"}


def test_a_nested_shell_sees_what_is_exported() -> None:
    assert lines("A=1\nexport B=2\nbash -c 'python $A $B'")[-1] == "python {A} 2"
    assert environment("export B=2\nbash -c 'python x'") == {"B": "2"}
    assert environment("export B=2\nssh h 'python x'") == {}


def test_a_nested_shell_keeps_its_changes() -> None:
    assert lines("A=1\nbash -c 'export A=2'\npython $A")[-1] == "python 1"
    assert lines("eval A=2\npython $A") == ["python 2"]


def test_a_here_document_that_writes_a_config() -> None:
    text = 'Z=3\ncat > ds_$Z.json <<E\n{\n "stage": $Z, "auto": $U, "path": "$U/x",\n "steps": ${N:-5}}\nE\n'
    (document,) = reading(text).documents
    assert (spelled(document.path_text), document.language, document.span.line) == ("ds_3.json", "json", 3)
    assert document.text == '{\n "stage": 3, "auto": null, "path": "${U}/x",\n "steps": 5}\n'


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("cat <<E > a.yaml\nx: 1\nE", "yaml"),
        ("cat >> a.yml <<'E'\nx: $1\nE", "yaml"),
        ("tee a.json <<E\n{}\nE", "json"),
        ("cat > a.py <<E\nx\nE", "python"),
        ("cat > nccl.conf <<E\nA=1\nE", "ini"),
        ("cat > a <<E\n#!/bin/bash\nx\nE", "shell"),
    ],
)
def test_languages_of_documents(text: str, language: str) -> None:
    assert [document.language for document in reading(text).documents] == [language]


@pytest.mark.parametrize("text", ["cat <<E\n{}\nE", "cat > hostfile <<E\nx\nE", "python - <<E\nx\nE", "cat a > b.json"])
def test_no_documents(text: str) -> None:
    assert reading(text).documents == ()


def test_a_document_stands_under_its_branch() -> None:
    (document,) = reading("if [ $V = 1 ]; then\ncat > a.json <<E\n{}\nE\nfi").documents
    assert [worded(one) for one in document.conditions] == ["V in 1"]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("sbatch job.sh", []),
        ("sbatch --wait ./job.sh x", []),
        ("bash out/job.sh", []),
        ("", ["unknown: written to job.sh"]),
        ("sbatch other.sh", ["unknown: written to job.sh"]),
    ],
)
def test_a_script_that_is_written_runs_when_something_runs_it(after: str, expected: list[str]) -> None:
    (document,) = reading(f"cat > job.sh <<'E'\n#!/bin/bash\npython x --bf16\nE\n{after}\n").documents
    assert [worded(one) for one in document.conditions] == expected
    assert findings(f"cat > job.sh <<'E'\npython x --bf16\nE\n{after}\n", "half") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C=$(cat <<E\ntorchrun x \\\n  --y\nE\n)\n$C", "torchrun x --y"),
        ('C="$(cat <<\'E\'\ncd a\ntorchrun x $B\nE\n)"\nbash -c "$C"', "torchrun x {B}"),
        ("A=1\nread -r -d '' C <<E\ntorchrun x\n  --y $A\nE\neval $C", "torchrun x --y 1"),
        ("read -r -d '' C <<'E' || true\ncd a; torchrun x\nE\nsrun bash -c \"$C\"", "torchrun x"),
        ("read -r A <<< 'one two'\npython $A", "python one two"),
        ("read -r A B <<< 'one two'\npython $B $A", "python two one"),
        ("read -ra A <<< 'one two'\npython \"${A[@]}\"", "python one two"),
        ("read -r A <<E\none\ntwo\nE\npython $A", "python {?}"),
        ("read -r A B <<< 'one'\npython $A", "python {?}"),
        ("read -r A\npython $A", "python {?}"),
        ("C=$(cat f <<E\nx\nE\n)\npython $C", "python {?}"),
    ],
)
def test_a_text_of_the_script_that_a_variable_takes_over(text: str, expected: str) -> None:
    assert lines(text)[-1] == expected


def test_alternatives_that_hold_more_than_words_are_read_apart() -> None:
    branches = "if a; then C=\"cd z && python 'b c'\"; else C='python d; python e'; fi\n"
    for run in ("eval $C", 'srun bash -c "$C"'):
        found = [command for command in reading(branches + run).commands if spelled(command.words[0]) == "python"]
        assert [spelled(command.words[1]) for command in found] == ["b c", "d", "e"]
        assert all(command.conditions for command in found)
    assert lines("if a; then C='python b'; else C='python c'; fi\neval $C")[-1] == "{python b|python c}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1 bash -c 'python x'", {"A": "1"}),
        ("docker run -e A=1 --env B=2 img bash -c 'python x'", {"A": "1", "B": "2"}),
        ("mpirun -x A=1 bash -c 'python x'", {"A": "1"}),
        ("A=1 bash <<E\npython x\nE", {"A": "1"}),
        ("A=1 ssh h 'python x'", {}),
    ],
)
def test_what_a_command_sets_is_set_in_the_shell_that_it_starts(text: str, expected: dict[str, str]) -> None:
    assert environment(text) == expected


def test_a_command_that_runs_elsewhere_is_one_command() -> None:
    assert lines("ssh h 'NCCL_X=1 python x'") == ["python x"]
    assert lines("ssh h") == ["ssh h"]


@pytest.mark.parametrize(
    "text",
    [
        "cat <<E\n$(inner --q)\nE\n",
        "cat <<E | torchrun x\n`inner --q`\nE\n",
        "python - <<E\n$(inner --q)\nE\n",
        "while read a; do b; done <<E\n$(inner --q)\nE\n",
        "{ b; } <<E\n$(inner --q)\nE\n",
    ],
)
def test_what_a_here_document_runs_while_it_is_expanded_is_seen(text: str) -> None:
    assert "inner --q" in lines(text)
    quoted = text.replace("<<E", "<<'E'")
    assert "inner --q" not in lines(quoted)


@pytest.mark.parametrize(
    "text",
    [
        "A=abc\nx ${A:$(inner --q)}",
        "x ${A/$(inner --q)/b} ${A%`b`}",
        "x ${A:?$(inner --q)}",
        "x ${@:$(inner --q)}",
        "x ${A[$(inner --q)]}",
        "x ${#A[$(inner --q)]}",
        "x ${A:0:${B[`inner --q`]}}",
        "A=([$(inner --q)]=b)",
        "for ((i = 0; i < $(inner --q); i++)); do x; done",
    ],
)
def test_what_an_expansion_runs_while_it_is_expanded_is_seen(text: str) -> None:
    assert "inner --q" in lines(text)
    assert "inner --q" not in lines(text.replace("$(", "\\$(").replace("`", "\\`"))


def test_a_written_file_says_where_its_words_stand_in_the_script() -> None:
    text = "A=12345\nM=$'x\\ny'\ncat <<-E > x.sh\n\ta $Z --bf16\n\tb $A $M --bf16 ${Q:-7}\n\tlast\n\tE\n"
    _, written = read_source(Source("a.sh", "shell", text), default_table().vocabulary)
    places = [(fact.name, fact.span.line, fact.span.column) for fact in written.facts if fact.name == "--bf16"]
    assert places == [("--bf16", 4, 7), ("--bf16", 5, 10)]
    assert [fact.snippet for fact in written.facts] == ["a $Z --bf16", "b $A $M --bf16 ${Q:-7}"]
