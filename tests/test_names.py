"""Does a module's name say which one it is? No two modules of core and plugins share a name."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOMES = (ROOT / "src/chipsieve", *sorted((ROOT / "plugins").glob("chipsieve_*")))
SHARED: dict[str, set[str]] = {
    "calls": {"plugins/chipsieve_python/calls", "src/chipsieve/link/calls"},
    "commands": {"plugins/chipsieve_python/commands", "src/chipsieve/commands"},
    "conditions": {"src/chipsieve/facts/conditions", "src/chipsieve/report/conditions"},
    "expressions": {"plugins/chipsieve_python/expressions", "plugins/chipsieve_python/tree/expressions"},
    "facts": {"src/chipsieve/catalogue/facts", "src/chipsieve/facts", "src/chipsieve/report/facts"},
    "flags": {"plugins/chipsieve_config/flags", "src/chipsieve/commands/flags"},
    "launchers": {"plugins/chipsieve_shell/launchers", "src/chipsieve/commands/launchers"},
    "options": {"plugins/chipsieve_python/options", "src/chipsieve/cli/options", "src/chipsieve/link/options"},
    "parse": {"plugins/chipsieve_python/tree/parse", "plugins/chipsieve_shell/parse"},
    "pins": {"src/chipsieve/commands/pins", "src/chipsieve/match/pins"},
    "places": {"plugins/chipsieve_shell/places", "src/chipsieve/facts/places"},
    "reader": {"plugins/chipsieve_python/reader", "plugins/chipsieve_shell/reader"},
    "requirements": {"plugins/chipsieve_config/requirements", "plugins/chipsieve_python/requirements"},
    "scripts": {"plugins/chipsieve_python/scripts", "src/chipsieve/link/scripts"},
    "signals": {"src/chipsieve/report/signals", "src/chipsieve/signals"},
    "statements": {"plugins/chipsieve_python/statements", "plugins/chipsieve_python/tree/statements"},
    "tree": {
        "plugins/chipsieve_config/tree",
        "plugins/chipsieve_python/tree",
        "plugins/chipsieve_shell/tree",
        "src/chipsieve/link/tree",
    },
    "values": {"plugins/chipsieve_python/values", "plugins/chipsieve_shell/values"},
    "walk": {"plugins/chipsieve_config/walk", "plugins/chipsieve_python/walk"},
    "words": {
        "plugins/chipsieve_python/words",
        "src/chipsieve/facts/words",
        "src/chipsieve/link/words",
        "src/chipsieve/report/words",
    },
}
"""Names that several modules still share: rename one and take it off; the table is to become empty."""
LIKE_TESTS = {"plugins/chipsieve_shell/tests"}
"""Product modules that still look like tests."""


def modules() -> list[Path]:
    """Every module of ours; a package stands for its `__init__.py`."""
    files = [path for home in HOMES for path in sorted(home.rglob("*.py"))]
    return [path.parent if path.stem == "__init__" else path.with_suffix("") for path in files]


def shared() -> dict[str, set[str]]:
    """The names that more than one module has, with where these lie."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for path in modules():
        places[path.name].add(path.relative_to(ROOT).as_posix())
    return {name: found for name, found in sorted(places.items()) if len(found) > 1}


def test_no_two_modules_share_a_name() -> None:
    new = {name: found - SHARED.get(name, set()) for name, found in shared().items()}
    assert {name: found for name, found in new.items() if found} == {}


def test_names_that_are_no_longer_shared_leave_the_table() -> None:
    old = {name: places - shared().get(name, set()) for name, places in SHARED.items()}
    assert {name: places for name, places in old.items() if places} == {}


def test_no_product_module_looks_like_tests() -> None:
    assert {path.relative_to(ROOT).as_posix() for path in modules() if path.name.startswith("test")} == LIKE_TESTS
