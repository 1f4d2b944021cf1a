"""Which programs does a package install? pyproject.toml, setup.cfg and setup.py, in each form that states them."""

from __future__ import annotations

import textwrap

import pytest

import chipsieve_config
import chipsieve_python
from chipsieve.facts.reading import Source
from python_reading import TABLE

LANGUAGES = {"pyproject.toml": "toml", "setup.cfg": "ini", "setup.py": "python"}


def programs(path: str, text: str) -> list[str]:
    """The programs that a file installs: `line name module:function` or `line name file`."""
    source = Source(path, LANGUAGES[path], textwrap.dedent(text))
    reader = chipsieve_python if path == "setup.py" else chipsieve_config
    found = reader.read(source, TABLE.vocabulary).programs
    return [f"{one.span.line} {one.name} {one.path or f'{one.module}:{one.function}'}" for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[project.scripts]\npretrain = "lab.cli.train:main"\n', ["2 pretrain lab.cli.train:main"]),
        ('[project]\nscripts = {tune = "lab.tune:App.run"}\n', ["2 tune lab.tune:App.run"]),
        ('[tool.poetry.scripts]\nlab-train = "lab.train:cli [gpu]"\n', ["2 lab-train lab.train:cli"]),
        ('[tool.poetry.scripts]\na = {reference = "lab.a:main", type = "console"}\n', ["2 a lab.a:main"]),
        ('[tool.poetry.scripts]\na = {reference = "bin/a.sh", type = "file"}\n', ["2 a.sh bin/a.sh"]),
        ('[tool.setuptools]\nscript-files = ["bin/launch"]\n', ["2 launch bin/launch"]),
        ('[project.gui-scripts]\nwindow = "lab.gui:main"\n', []),
        ('[project.entry-points."lab.plugins"]\nfast = "lab.fast:register"\n', []),
        ('[project.scripts]\nbroken = "lab.train"\nother = 3\n', []),
        ('project = "scripts"\n', []),
    ],
)
def test_a_pyproject_states_what_it_installs(text: str, expected: list[str]) -> None:
    assert programs("pyproject.toml", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[options.entry_points]\nconsole_scripts =\n    lab-train = lab.train:main\n    lab-eval=lab.eval:main\n",
            ["3 lab-train lab.train:main", "4 lab-eval lab.eval:main"],
        ),
        ("[options.entry_points]\nconsole_scripts = lab = lab:main\n", ["2 lab lab:main"]),
        ("[options]\nscripts =\n    bin/train\n    /usr/bin/env\n", ["3 train bin/train"]),
        ("[options.entry_points]\nlab.plugins =\n    fast = lab.fast:register\n", []),
        ("[tool:other]\nconsole_scripts =\n    lab = lab:main\n", []),
    ],
)
def test_a_setup_cfg_states_what_it_installs(text: str, expected: list[str]) -> None:
    assert programs("setup.cfg", text) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('entry_points={"console_scripts": ["lab-train = lab.train:main"]}', ["3 lab-train lab.train:main"]),
        ("entry_points=dict(console_scripts=['a=lab.a:main'])", ["3 a lab.a:main"]),
        ("entry_points='''\n[console_scripts]\na = lab.a:main\n[other]\nb = lab.b:x\n'''", ["3 a lab.a:main"]),
        ("entry_points=POINTS", ["2 v lab.v:main"]),
        ('entry_points={"console_scripts": PROGRAMS}', ["1 p lab.p:main"]),
        ('scripts=["bin/train", VERSION, ""]', ["3 train bin/train"]),
        ('entry_points={"lab.plugins": ["fast = lab.fast:register"], KEY: ["x = y:z"]}', []),
        ('entry_points={"console_scripts": ["lab.train", MISSING]}', []),
        ("entry_points=read()", []),
    ],
)
def test_a_setup_script_states_what_it_installs(arguments: str, expected: list[str]) -> None:
    before = 'PROGRAMS = ["p = lab.p:main"]\nPOINTS = {"console_scripts": ["v = lab.v:main"]}\n'
    assert programs("setup.py", f'{before}setup(name="lab", {arguments})\n') == expected
