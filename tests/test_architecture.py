"""Do imports run one way, and do rooms stay small? docs/architecture.md gives the reasons."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOMES = (ROOT / "src", ROOT / "plugins")
MODULE_LINES = 400  # one subject that is only read together may be one module
FUNCTION_LINES = 40  # without the docstring

# Who may import whom: a room, and the rooms that it may import besides itself. Each line may look at those above it.
ALLOWED = {
    "prepared": "",
    "tables": "prepared",
    "bundled": "",
    "saved_files": "tables",
    "progress": "",
    "limits": "",
    "facts": "tables limits",
    "commands": "facts tables",
    "sites": "tables",
    "signals": "prepared tables sites",
    "catalogue": "prepared facts tables sites",
    "sources": "facts tables progress limits",
    "link": "facts commands sources progress limits",
    "match": "facts sites signals link progress",
    "derive": "tables facts commands signals sources link",
    "estimate": "tables facts commands catalogue signals link derive",
    "sieve": "tables facts commands catalogue signals sources link derive estimate progress limits",
    "configuration": "tables facts signals sources sieve limits",
    # Two doors of one layer: one report is written as SARIF, and SARIF words its results as the reports do.
    "timeline": "tables saved_files facts catalogue signals sources link match derive estimate sieve",
    "report": "tables saved_files facts commands catalogue signals sources link derive estimate sieve timeline "
    "border.sarif",
    "border.sarif": "facts signals link derive sieve report border.fingerprint border.json_fields border.marker",
    "border.fingerprint": "",
    "border.json_fields": "tables",
    "border.marker": "",
    "border.scanners": "tables saved_files facts sources border.sarif border.json_fields border.marker",
    "border.semgrep": "tables bundled facts commands signals border.marker",
    "border": "",
    "api": "tables facts commands catalogue sources link match sieve configuration report border.scanners "
    "border.semgrep progress",
    "retrospect": "tables facts catalogue signals sources match sieve configuration timeline api",
    "survey": "tables saved_files facts catalogue sources derive sieve report timeline api retrospect __init__",
    "check": "facts catalogue signals sources link match sieve configuration",
    "reference": "tables bundled catalogue signals sieve report",
    "fail": "tables facts catalogue signals derive sieve",
    "cli": "tables facts commands catalogue signals sources sieve configuration timeline report border.semgrep "
    "reference api retrospect survey check fail progress saved_files",
    "__main__": "cli",
    "__init__": "api sieve",  # what is public: `from chipsieve import scan`
    "chipsieve_config": "facts commands limits",
    "chipsieve_python": "facts commands",
    "chipsieve_shell": "facts commands limits",
    "chipsieve_flake8": "facts signals sources match report border.marker",  # no reader: it asks for one
}


@dataclass(frozen=True)
class Module:
    """One module of ours: its dotted name and its file."""

    name: str
    path: Path

    @property
    def group(self) -> str:
        """Its key in the table of allowed edges."""
        top, *rest = self.name.split(".")
        rooms = rest[:2] if rest[:1] == ["border"] else rest[:1]  # the border's rooms have little to do with each other
        return top if top != "chipsieve" else ".".join(rooms) or "__init__"

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def modules() -> dict[str, Module]:
    paths = [(home, path) for home in HOMES for path in sorted(home.rglob("*.py"))]
    names = [".".join(path.relative_to(home).with_suffix("").parts).removesuffix(".__init__") for home, path in paths]
    return {name: Module(name, path) for name, (_, path) in zip(names, paths, strict=True)}


def imported(module: Module) -> set[str]:
    """The modules of ours that a module imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name}:{node.lineno}: relative import; name the module in full"
            base = node.module or ""
            found |= {f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules() else base for alias in node.names}
    found -= {"chipsieve"}  # the version; what else is public lives in modules that have their own row
    return found & modules().keys() - {module.name}


def test_there_is_something_to_check() -> None:
    assert {"chipsieve.facts.reading", "chipsieve.cli", "chipsieve_python", "chipsieve_shell"} <= modules().keys()


def test_every_module_has_its_place() -> None:
    homeless = sorted(module.name for module in modules().values() if module.group not in ALLOWED)
    assert homeless == [], "give these a row in ALLOWED"


def test_imports_run_one_way() -> None:
    forbidden = [
        f"{module.name} imports {name}"
        for module in modules().values()
        for name in sorted(imported(module))
        if modules()[name].group not in (module.group, *ALLOWED.get(module.group, "").split())
    ]
    assert forbidden == []


def test_no_import_cycle() -> None:
    TopologicalSorter({module.name: imported(module) for module in modules().values()}).prepare()


def test_modules_are_small() -> None:
    lengths = {module.name: len(module.path.read_text(encoding="utf-8").splitlines()) for module in modules().values()}
    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_functions_are_small() -> None:
    long = [
        f"{module.name}.{function.name}: {length} lines"
        for module in modules().values()
        for function in module.functions()
        if (length := _lines_of_code(function)) > FUNCTION_LINES
    ]
    assert long == []


def _lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    docstring = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_every_module_says_which_question_it_answers() -> None:
    silent = [module.name for module in modules().values() if not ast.get_docstring(module.tree)]
    assert silent == []


def test_public_functions_are_documented_and_typed() -> None:
    bare = [
        f"{module.name}.{function.name}"
        for module in modules().values()
        for function in module.functions()
        if function in _public(module.tree.body)
        if not ast.get_docstring(function) or not _is_typed(function)
    ]
    assert bare == []


def _public(body: list[ast.stmt]) -> list[ast.stmt]:
    """The public functions of a module and methods of its public classes; LibCST says what a `visit_If` is for."""
    named = [item for item in body if isinstance(item, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    public = [item for item in named if not item.name.startswith(("_", "visit_", "leave_"))]
    return [inner for item in public for inner in (_public(item.body) if isinstance(item, ast.ClassDef) else [item])]


def _is_typed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, [given.vararg, given.kwarg])]
    untyped = {argument.arg for argument in arguments if argument.annotation is None}
    return function.returns is not None and untyped <= {"self", "cls"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import chipsieve.facts.places", {"chipsieve.facts.places"}),
        ("from chipsieve.catalogue import targets", {"chipsieve.catalogue.targets"}),
        ("from chipsieve.match.table import SignalTable", {"chipsieve.match.table"}),
        ("def f():\n    from chipsieve.facts.ternary import some", {"chipsieve.facts.ternary"}),
        ("from chipsieve import __version__", set()),
        ("import click", set()),
    ],
)
def test_imports_are_seen(tmp_path: Path, source: str, names: set[str]) -> None:
    path = tmp_path / "new.py"
    path.write_text(source, encoding="utf-8")
    assert imported(Module("new", path)) == names
