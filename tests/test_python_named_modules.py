"""Are the modules and classes found that code names by strings, and nothing beside them?"""

from __future__ import annotations

import pytest

from python_reading import conditions, read


def imported(code: str) -> list[tuple[str, tuple[str, ...], str]]:
    """Each import's module, the names taken from it, and its conditions."""
    return [(item.module, item.names, conditions(item)) for item in read(code).imports]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('plugin_dir = "projects/plug/"', [("projects.plug", (), "")]),
        ('plugin_dir = "projects/plug/main.py/"', []),
        ('def f():\n    plugin_dir = "projects/plug/"', []),
        ('custom_imports = dict(imports=["a.b", "c"], allow_failed_imports=False)', [("a.b", (), ""), ("c", (), "")]),
        ('custom_imports = {"imports": "a.b"}', [("a.b", (), "")]),
        (
            'custom_imports = dict(imports=["a.b"], allow_failed_imports=True)',
            [("a.b", (), "import a.b")],
        ),
        ('x = {"_target_": "pkg.models.Net"}', [("pkg.models", ("Net",), "")]),
        ('x = dict(type="pkg.models.Net.from_config")', [("pkg.models", ("Net",), "")]),
        ('x = dict(name="pkg.models.Net")', []),
        ('x = {"type": "Net"}', []),
        ('import importlib\nimportlib.import_module("pkg.plug")', [("importlib", (), ""), ("pkg.plug", (), "")]),
        ("import importlib\nimportlib.import_module(name)", [("importlib", (), "")]),
    ],
)  # fmt: skip
def test_a_string_that_names_a_module_is_an_import(code: str, expected: list[tuple[str, tuple[str, ...], str]]) -> None:
    assert imported(code) == expected


@pytest.mark.parametrize(
    ("code", "mentioned"),
    [
        ('model = dict(type="Detector")', True),
        ('model = {"type": "Detector"}', True),
        ('model = dict(head=[dict(type="Detector")])', True),
        ('model = dict(title="Detector")', False),
        ('TEXT = "Detector"', False),
    ],
)
def test_a_registered_class_is_mentioned_where_a_dict_names_it(code: str, *, mentioned: bool) -> None:
    (function,) = read(code).functions
    assert ("Detector" in function.mentions) is mentioned


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('importlib.import_module(f"models.{args.arch}")', [("models/${...}.py", "arch")]),
        ('importlib.import_module("models.nets." + args.arch)', [("models/nets/${...}.py", "arch")]),
        ("importlib.import_module(name)", []),
        ('importlib.import_module(f"{name}.models")', []),
        ('_base_ = ["../base/a.py", "b.py"]', [("../base/a.py", ""), ("b.py", "")]),
        ('base = ["../base/a.py"]', []),
    ],
)
def test_what_is_imported_by_its_path(code: str, expected: list[tuple[str, str]]) -> None:
    references = [item for item in read(f"import importlib\n{code}").references if item.imported]
    assert [(item.text, item.chosen.name if item.chosen else "") for item in references] == expected
