"""How is bashlex loaded quickly? With the tables of its grammar as they were built when chipsieve was.

Loading bashlex calls PLY, which builds the tables of an LALR parser out of its grammar: nine tenths of the time that it
takes, each time anew, for the PLY that bashlex brings reads no file of them. So a build of chipsieve keeps what PLY
made in a file beside this module, and PLY's function is replaced while bashlex is loaded. Where the file was made from
other texts of bashlex than are installed, or is not there, bashlex is left to itself.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec

FILE = Path(__file__).with_name("bashlex_tables.msgpack")
NAME = "bashlex"
SOURCES = ("parser.py", "tokenizer.py", "yacc.py")  # the grammar, its tokens, and what makes the tables
Rows = dict[int, dict[str, int]]
Yacc = Callable[..., Any]


class Production(msgspec.Struct, frozen=True, array_like=True):
    """A rule of the grammar: its name, its right side, and the function that makes its node ("" for none)."""

    name: str
    symbols: tuple[str, ...]
    function: str


class Tables(msgspec.Struct, frozen=True):
    """What PLY makes of the grammar, and a digest of the texts that it was made from."""

    digest: bytes
    productions: list[Production]
    action: Rows
    goto: Rows


def bashlex() -> Any:
    """The module, loaded with the tables that are kept where these fit.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    if NAME in sys.modules:
        return sys.modules[NAME]
    tables = kept(FILE)
    return import_module(NAME) if tables is None else _loaded(lambda _: partial(_parser, tables))


def kept(file: Path) -> Tables | None:
    """The tables in a file; None where there is no such file, or bashlex is another by now."""
    try:
        found = msgspec.msgpack.decode(file.read_bytes(), type=Tables)
    except (OSError, msgspec.DecodeError):
        return None
    return found if found.digest == _digest() else None


def build() -> Tables:
    """The tables as PLY makes them now; bashlex must not be loaded yet."""
    made: list[Tables] = []

    def watched(original: Yacc) -> Yacc:
        def yacc(**options: Any) -> Any:
            parser = original(module=sys.modules[f"{NAME}.parser"], **options)
            made.append(_tables(parser))
            return parser

        return yacc

    _loaded(watched)
    return made[0]


def _loaded(replacement: Callable[[Yacc], Yacc]) -> ModuleType:
    """The package, loaded with another function in place of PLY's."""
    spec = find_spec(NAME)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"{NAME} is not installed", name=NAME)
    package = sys.modules[NAME] = module_from_spec(spec)  # so that its module can be loaded before its own code runs
    try:
        ply: Any = import_module(f"{NAME}.yacc")
        original = ply.yacc
        ply.yacc = replacement(original)
        try:
            spec.loader.exec_module(package)
        finally:
            ply.yacc = original
    except BaseException:
        del sys.modules[NAME]
        raise
    return package


def _parser(tables: Tables, **_: Any) -> Any:
    """The parser that PLY would make for the module that is being loaded."""
    ply, functions = sys.modules[f"{NAME}.yacc"], vars(sys.modules[f"{NAME}.parser"])
    productions = [
        ply.Production(number, one.name, one.symbols, func=one.function or None)
        for number, one in enumerate(tables.productions)
    ]
    for one in productions:
        one.bind(functions)
    made = SimpleNamespace(lr_productions=productions, lr_action=tables.action, lr_goto=tables.goto)
    return ply.LRParser(made, functions["p_error"])


def _tables(parser: Any) -> Tables:
    """What a parser is made of; a copy, for bashlex changes its tables afterwards."""
    productions = [Production(one.name, one.prod, one.func or "") for one in parser.productions]
    return Tables(_digest(), productions, _rows(parser.action), _rows(parser.goto))


def _rows(table: Rows) -> Rows:
    return {state: dict(sorted(row.items())) for state, row in sorted(table.items())}


def _digest() -> bytes:
    spec = find_spec(NAME)
    found = hashlib.sha256()
    for folder in (spec and spec.submodule_search_locations) or ():
        for name in SOURCES:
            found.update(Path(folder, name).read_bytes())
    return found.digest()
