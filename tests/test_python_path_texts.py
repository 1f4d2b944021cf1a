"""Are the configurations found whose names code puts together, and what chooses the part that it leaves open?"""

from __future__ import annotations

import pytest

from python_reading import read

PREAMBLE = """import os
from pathlib import Path
HERE = Path(__file__).parent
FOLDER = "conf"
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('os.path.join("conf", "a.yaml")', ["conf/a.yaml"]),
        ('os.path.join(FOLDER, "a.yaml")', ["conf/a.yaml"]),
        ('HERE / "conf" / "a.yaml"', ["${...}/conf/a.yaml"]),
        ('FOLDER + "/a.yaml"', ["conf/a.yaml"]),
        ('f"conf/{args.size}.yaml"', ["conf/${...}.yaml size"]),
        ('f"conf/{compute()}.yaml"', ["conf/${...}.yaml"]),
        ('f"conf/{unbound}.yaml"', ["conf/${...}.yaml"]),
        ('os.path.join(HERE, "conf", args.size + ".toml")', ["conf/${...}.toml size"]),
        ('f"{one}/{two}/{three}.yaml"', []),
        ('f"{one}.yaml"', []),
        ('f"conf/{args.size}.png"', []),
        ('"a" + "b"', []),
    ],
)
def test_a_name_that_is_put_together(expression: str, expected: list[str]) -> None:
    references = read(f"{PREAMBLE}x = open({expression})\n").references
    found = [f"{item.text} {item.chosen.name if item.chosen else ''}".strip() for item in references]
    assert [text for text in found if text not in ("a.yaml", "/a.yaml", ".toml")] == expected
