"""What does a match row find, in words? docs/signals-format.md has the kinds of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chipsieve.reference.paging import code
from chipsieve.signals.signal import Row

ANY = "any value that does not switch it off"
BY = {
    "scheduler": "where a scheduler is asked for it",
    "cloud": "where a cloud is asked for it",
    "device-test": "where the device's name is tested",
    "constant": "in a figure that a program computes with",
    "log": "in what a run or a device query printed",
    "metadata": "in what a tool recorded of a run",
    "comment": "in a comment",
    "prose": "in prose or a comment",
    "site": "as a word of a known machine",
    "vendor": "as something that the vendor's own driver or toolkit installs",
}


def row_in_words(row: Row, pattern: str) -> str:
    """The row as one Markdown clause; `pattern` is what the page calls its regular expression."""
    fits = f"fits {pattern}" if row.pattern else ""
    means = f"which says {code(row.means)}" if row.means else ""
    said = [WORDS[row.kind](row, fits), _beside(row), _files(row), _counted(row), means]
    return ", ".join(filter(None, said))


def either(texts: Iterable[str]) -> str:
    """The texts as alternatives: `a`, `b` or `c`."""
    *most, last = texts
    return f"{', '.join(most)} or {last}" if most else last


def _names(names: Iterable[str], before: str = "") -> str:
    return either(code(before + name) for name in names)


def _values(row: Row, fits: str, otherwise: str) -> str:
    """What the value must be."""
    return either(map(code, row.values)) if row.values else f"a text that {fits}" if fits else otherwise


def _variable(row: Row, fits: str) -> str:
    return f"the environment variable {_names(row.names)}, set to {_values(row, fits, 'anything')}"


def _flag(row: Row, fits: str) -> str:
    names = either(code(name if name.startswith("-") else f"--{name}") for name in row.names)
    return f"the command-line flag {names}, with {_values(row, fits, ANY)}"


def _key(row: Row, fits: str) -> str:
    return f"a configuration's key that ends in {_names(row.names)}, set to {_values(row, fits, ANY)}"


def _name(row: Row, fits: str) -> str:
    used = f"assigned {_values(row, fits, '')}" if row.values or fits else "used"
    return f"the Python name {_names(row.names)}, {used}"


def _call(row: Row, fits: str) -> str:
    methods = [name.removeprefix("*.") for name in row.names if name.startswith("*.")]
    functions = [name for name in row.names if not name.startswith("*.")]
    kinds = [
        *([f"of {_names(functions)}"] if functions else []),
        *([f"of any object's method {_names(methods, '.')}"] if methods else []),
    ]
    called = f"a call {' or '.join(kinds)}"
    places = [
        *([f"argument {code(row.keyword)}"] if row.keyword else []),
        *([f"positional argument {row.argument + 1}"] if row.argument is not None else []),
    ]
    if not places:
        return called
    return f"{called}, with {_values(row, fits, 'anything true')} as {' or '.join(places)}"


def _import(row: Row, _: str) -> str:
    return f"an import of the module {_names(row.names)}, or of one below it"


def _constant(row: Row, _: str) -> str:
    bound = f" bound to a name like {_names(row.names)}" if row.names else ""
    return f"the number {_names(row.values)}{bound}"


def _directive(row: Row, fits: str) -> str:
    return f"the scheduler's option {_names(row.names)}, with {_values(row, fits, 'anything')}"


def _image(row: Row, fits: str) -> str:
    return f"a container image with {_names(row.names)} in its name{f', which {fits}' if fits else ''}"


def _pin(row: Row, fits: str) -> str:
    wanted = f"that implies {_names(row.values)}" if row.values else f"whose text {fits}" if fits else ""
    return f"a requirement of the package {_names(row.names)} {wanted}".rstrip()


def _literal(row: Row, fits: str) -> str:
    return f"a word of a command, or a string in code, with {_names(row.names)} in it, that {fits}"


def _claim(row: Row, fits: str) -> str:
    within = f" with {_names(row.names)} in it" if row.names else ""
    return f"a text{within} that {fits}"


DEMANDS = {
    "capability-at-least": "a compute capability of at least what the line says",
    "capability": "the compute capability that the line says, and no other",
    "bfloat16": "bfloat16",
    "device-memory": "the memory that the line says",
}


def _demand(row: Row, _: str) -> str:
    stops = "an assertion, or a branch that raises or ends the program, where the device lacks"
    return f"{stops} {either(DEMANDS[name] for name in row.names)}"


def _semgrep(row: Row, _: str) -> str:
    rules = either(code(f"semgrep-rules/{name}") for name in row.names)
    return f"with Semgrep alone, for a language that no reader of ours reads: what {rules} finds"


def _beside(row: Row) -> str:
    return (
        f"beside {' and '.join(code(f'{key} = {row.beside[key]}') for key in sorted(row.beside))}" if row.beside else ""
    )


def _files(row: Row) -> str:
    return f"in a file called {_names(row.files)}" if row.files else ""


def _counted(row: Row) -> str:
    return BY[row.by] if row.by else ""


WORDS: dict[str, Callable[[Row, str], str]] = {
    "env": _variable, "flag": _flag, "key": _key, "name": _name, "call": _call, "import": _import,
    "constant": _constant, "directive": _directive, "image": _image, "pin": _pin, "literal": _literal,
    "claim": _claim, "demand": _demand, "semgrep": _semgrep,
}  # fmt: skip
