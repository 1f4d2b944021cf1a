"""Which variables do a command's own words set, when other readers than the shell's ask?"""

from __future__ import annotations

import pytest

from chipsieve.commands.passed_environment import Beginning, passed

PASSED = {
    "env": ("env -u B A=1 python C=2", {"A": "1"}),
    "mpirun": ("mpirun -x A=1 -x B python", {"A": "1", "B": None}),
    "mpiexec": ("mpiexec -genv A 1 -env B=2 python", {"A": "1", "B": "2"}),
    "srun": ("srun --export=ALL,A=1,B python", {"A": "1", "B": None}),
    "srun with a blank": ("srun --export NONE,A=1 python", {"A": "1"}),
    "docker": ("docker run -e A=1 --env=B=2 --env C image", {"A": "1", "B": "2", "C": None}),
    "behind another program": ("sudo docker run -e A= image", {"A": ""}),
    "nothing behind the option": ("docker run -e", {}),
    "another program's option": ("python train.py -x A=1 -e B=2 --export=C=3", {}),
}


@pytest.mark.parametrize(("line", "expected"), PASSED.values(), ids=PASSED.keys())
def test_passed(line: str, expected: dict[str, str | None]) -> None:
    words = line.split()
    found = {
        one.name: None if one.start is None else words[one.word][one.start : one.end]
        for one in passed([Beginning(word) for word in words])
    }
    assert found == expected


def test_a_word_of_which_only_the_beginning_is_known() -> None:
    words = [Beginning("srun"), Beginning("--export=A=x", whole=False)]
    assert [(one.name, one.word, one.start, one.end) for one in passed(words)] == [("A", 1, 11, None)]
    assert list(passed([Beginning("docker"), Beginning("-e"), Beginning("A", whole=False)])) == []
