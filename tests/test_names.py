"""Does a module's name say which one it is? No two modules of core and plugins share a name."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOMES = (ROOT / "src/chipsieve", *sorted((ROOT / "plugins").glob("chipsieve_*")))


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
    assert shared() == {}


def test_no_product_module_looks_like_tests() -> None:
    assert [path for path in modules() if path.name.startswith("test")] == []
