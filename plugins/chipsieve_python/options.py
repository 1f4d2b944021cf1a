"""Which options does the program declare? argparse, click, typer, absl, and the fields of dataclasses."""

from __future__ import annotations

from functools import partial

from chipsieve.facts.reading import Option
from chipsieve_python import tree
from chipsieve_python.evaluate import evaluate, qualified
from chipsieve_python.hits import Found, Place
from chipsieve_python.scope import Scope
from chipsieve_python.values import literal, plain_text
from chipsieve_python.walk import Walk

FIELDS = frozenset({"field", "Field", "ib", "attrib", "Option", "Argument"})
RECORDS = frozenset({"dataclass", "define", "frozen", "attrs", "s", "configclass", "auto_dataclass", "chz"})
RECORD_BASES = ("Arguments", "BaseModel", "BaseSettings", "Config", "Args", "Options")
IMPLIED = {
    "store_true": ("false", "true"),
    "store_false": ("true", "false"),
    "store_const": ("", None),
    "count": ("", None),
}


def called(walk: Walk, name: str, last: str, node: tree.Call) -> None:
    """Keep the options that a call declares: `add_argument`, `set_defaults`, `DEFINE_*`."""
    if last in ("add_argument", "add_option", "_add_argument"):
        _argparse(walk, node)
    elif last == "set_defaults":
        _set_defaults(walk, node)
    elif last.startswith("DEFINE_") and not name.startswith("*"):
        _absl(walk, last, node)


def keywords(node: tree.Call) -> dict[str, tree.Expression]:
    """The keyword arguments of a call."""
    return {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}


def _names(node: tree.Call) -> list[str]:
    texts = (plain_text(arg.value) for arg in node.args if arg.keyword is None and not arg.star)
    return [text for text in texts if text]


def destination(node: tree.Call) -> str:
    """The name under which the program sees the option that `add_argument` or `option` declares; "" if unknown."""
    given = keywords(node).get("dest")
    names = _names(node)
    if given is not None:
        return plain_text(given) or ""
    plain = [name for name in names if not name.startswith("-")]
    long = [name for name in names if name.startswith("--")]
    best = plain or long or names
    return best[0].partition("/")[0].lstrip("-").replace("-", "_") if best else ""


def text(node: tree.Expression | None, scope: Scope) -> str | None:
    """A default as text: "" for None or nothing, None when it is not literal."""
    if node is None:
        return ""
    arms = evaluate(node, scope)
    value = arms[0][1] if len(arms) == 1 else None
    if value is None or value.text is None:
        return "" if value is not None and isinstance(value.node, tree.List | tree.Tuple | tree.Dict) else None
    return "" if value.text == "none" and not value.truthy else value.text


def _choices(node: tree.Expression | None, scope: Scope) -> tuple[str, ...]:
    found = [value.node for _, value in evaluate(node, scope)] if node is not None else []
    elements = found[0].elements if found and isinstance(found[0], tree.List | tree.Tuple | tree.Set) else ()
    values = (literal(element.value) for element in elements)
    return tuple(value.text for value in values if value is not None and value.text is not None)


def declare(
    walk: Walk,
    place: tree.Placed,
    flags: tuple[str, ...],
    dest: str,
    *,
    default: str | None,
    stores: str | None = None,
    choices: tuple[str, ...] = (),
) -> None:
    """Keep one option; the fields are those of the model's Option."""
    make = partial(Option, flags, dest, default=default, stores=stores, choices=choices)
    walk.options.append(Found(Place(place), make))


def _argparse(walk: Walk, node: tree.Call) -> None:
    given, dest = keywords(node), destination(node)
    flags = tuple(name for name in _names(node) if name.startswith("-"))
    if not dest or not _names(node):
        return
    action = given.get("action")
    kind = (plain_text(action) or qualified(action, walk.scope).rpartition(".")[2]) if action is not None else ""
    implied, stores = IMPLIED.get(kind, ("", None))
    default = text(given["default"], walk.scope) if "default" in given else implied
    required = given.get("required")
    if required is not None and text(required, walk.scope) == "true" and "default" not in given:
        default = None
    if "const" in given:
        stores = text(given["const"], walk.scope)
    choices = _choices(given.get("choices"), walk.scope)
    if kind == "BooleanOptionalAction":
        off = tuple(f"--no-{flag.removeprefix('--')}" for flag in flags if flag.startswith("--"))
        declare(walk, node, flags, dest, default=default, stores="true")
        declare(walk, node, off, dest, default=default, stores="false")
    else:
        declare(walk, node, flags, dest, default=default, stores=stores, choices=choices)


def _set_defaults(walk: Walk, node: tree.Call) -> None:
    """A later default replaces the earlier ones of the same option."""
    for dest, value in keywords(node).items():
        default = text(value, walk.scope)
        declared = [found for found in walk.options if found.make.args[1] == dest]
        for found in declared:
            found.make.keywords["default"] = default
        if not declared:
            declare(walk, value, (), dest, default=default)


def _absl(walk: Walk, last: str, node: tree.Call) -> None:
    names = _names(node)
    if not names:
        return
    values = [arg.value for arg in node.args if arg.keyword is None]
    default = text(values[1] if len(values) > 1 else keywords(node).get("default"), walk.scope)
    choices = _choices(dict(enumerate(values)).get(2), walk.scope) if last == "DEFINE_enum" else ()
    boolean = last in ("DEFINE_bool", "DEFINE_boolean")
    declare(
        walk, node, (f"--{names[0]}",), names[0], default=default, stores="true" if boolean else None, choices=choices
    )
    if boolean:
        declare(walk, node, (f"--no{names[0]}",), names[0], default=default, stores="false")


def decorated(walk: Walk, node: tree.FunctionDef) -> frozenset[str]:
    """Keep the options of a click or typer command; gives the parameters that are options."""
    found = set()
    for decorator in node.decorators:
        if isinstance(decorator, tree.Call) and _last(decorator.func) == "option":
            found.add(_click(walk, decorator))
        elif _last(decorator.func if isinstance(decorator, tree.Call) else decorator) in ("command", "callback"):
            found |= {name for param in node.params.params if (name := _typer(walk, param))}
    return frozenset(found)


def _last(node: tree.Expression) -> str:
    return node.attr if isinstance(node, tree.Attribute) else node.value if isinstance(node, tree.Name) else ""


def _click(walk: Walk, node: tree.Call) -> str:
    given, dest = keywords(node), destination(node)
    names = [name for name in _names(node) if name.startswith("-")]
    on = tuple(name.partition("/")[0].strip() for name in names)
    off = tuple(name.partition("/")[2].strip() for name in names if "/" in name)
    is_flag = bool(off) or ("is_flag" in given and text(given["is_flag"], walk.scope) == "true")
    default = text(given["default"], walk.scope) if "default" in given else "false" if is_flag else ""
    kind = given.get("type")
    listed = kind.args[0].value if isinstance(kind, tree.Call) and kind.args else None
    stores = "true" if is_flag else None
    declare(walk, node, on, dest, default=default, stores=stores, choices=_choices(listed, walk.scope))
    if off:
        declare(walk, node, off, dest, default=default, stores="false")
    return dest


def _typer(walk: Walk, param: tree.Param) -> str:
    """A parameter with a literal default, or with `typer.Option(default, "--flag")`."""
    name, default = param.name.value, param.default
    if default is None:
        return ""
    flags = [f"--{name.replace('_', '-')}"]
    if isinstance(default, tree.Call) and _last(default.func) == "Option":
        flags = [flag for flag in _names(default) if flag.startswith("-")] or flags
        default = default.args[0].value if default.args else None
    value = text(default, walk.scope)
    boolean = value in ("true", "false")
    declare(walk, param.name, tuple(flags), name, default=value, stores="true" if boolean else None)
    if boolean:
        declare(walk, param.name, (f"--no-{name.replace('_', '-')}",), name, default=value, stores="false")
    return name


def is_record(node: tree.ClassDef) -> bool:
    """Whether a class's fields are options: a dataclass and its kin, or a base such as `TrainingArguments`."""
    names = {_last(item.func if isinstance(item, tree.Call) else item) for item in node.decorators}
    return bool(names & RECORDS) or any(_last(base.value).endswith(RECORD_BASES) for base in node.bases)


def record_field(walk: Walk, node: tree.AnnAssign) -> None:
    """Keep a dataclass field as an option `--name`."""
    if not isinstance(node.target, tree.Name):
        return
    name, value = node.target.value, node.value
    if isinstance(value, tree.Call) and _last(value.func) in FIELDS:
        positional = [arg.value for arg in value.args if arg.keyword is None]
        default = keywords(value).get("default", positional[0] if positional else None)
        known = None if default is None or _is_ellipsis(default) else text(default, walk.scope)
    else:
        known = None if value is None else text(value, walk.scope)
    annotated = node.annotation.annotation
    boolean = known in ("true", "false") or (isinstance(annotated, tree.Name) and annotated.value == "bool")
    declare(walk, node.target, (f"--{name}",), name, default=known, stores="true" if boolean else None)
    if boolean and known == "true":
        declare(walk, node.target, (f"--no_{name}", f"--no-{name}"), name, default=known, stores="false")


def _is_ellipsis(node: tree.Expression) -> bool:
    return isinstance(node, tree.EllipsisLiteral)
