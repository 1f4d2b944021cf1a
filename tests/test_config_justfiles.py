"""Does a justfile's recipe read as just would run it?"""

from __future__ import annotations

import pytest

from config_readers import commands, read_whole, rows


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("t:\n    @python a.py $HOME\n", ["python a.py <HOME>"]),
        ("py := 'python'\nt:\n  {{py}} a.py\n", ["python a.py"]),
        ('src := "src"\nt:\n\tpython {{ src / "a.py" }}\n', ["python src/a.py"]),
        ("a := '--x'\nb := a + ' --y'\nt:\n  python a.py {{b}}\n", ["python a.py --x --y"]),
        ("t gpus='8' *args:\n  torchrun --n {{gpus}} a.py {{args}}\n", ["torchrun --n 8 a.py <args>"]),
        ("t n: build\n  #!/usr/bin/env bash\n  set -e\n  python a.py {{n}}\n", ["python a.py <n>"]),
        ("x := `pwd`\nt:\n  python a.py {{x}} {{arch()}}\n", ["python a.py <pwd> <arch>"]),
        ("t:\n  python a.py\n\nu: t\n  python b.py\n", ["python a.py", "python b.py"]),
        ("t:\n  #!/usr/bin/env python\n  import os\n", []),
        ("alias b := t\nset shell := ['bash', '-c']\n", []),
        ("# t:\n#  python a.py\n", []),
    ],
)
def test_what_a_recipe_runs(text: str, started: list[str]) -> None:
    assert commands("justfile", text) == started


def test_only_exported_variables_are_in_the_environment() -> None:
    reading = read_whole("x.just", "export NCCL_DEBUG := 'INFO'\nNCCL_P2P := '1'\nt:\n  python a.py --bf16\n")
    assert rows(reading) == [("env", "INFO"), ("flag", "true")]
    assert [(name, word.literal) for name, word in reading.commands[0].environment] == [("NCCL_DEBUG", "INFO")]
