"""How is a JSON Schema read aloud? A section for each of its objects, and in it a row for each field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
DEFINITION = "#/$defs/"


def sections(schema: Schema) -> Iterator[tuple[str, str, list[list[str]]]]:
    """Each object's name ("document" for the whole), what it is, and a row for each field: field, type, meaning.

    Objects that have no name of their own stand with the field that holds them: `families[].probability`.
    """
    yield "document", schema["description"], list(_rows(schema, schema))
    for name, definition in sorted(schema["$defs"].items()):
        yield name, definition["description"], list(_rows(definition, schema))


def _rows(holder: Schema, schema: Schema, path: str = "") -> Iterator[list[str]]:
    for variant in (*holder.get("oneOf", ()), *holder.get("anyOf", ())):
        kind = variant.get("properties", {}).get("kind", {}).get("const")
        yield from _rows(variant, schema, f"{kind}: {path}" if kind else path)
    for name, field in holder.get("properties", {}).items():
        optional = "" if name in holder.get("required", ()) else " Not always there."
        said = field.get("description") or _target(field, schema).get("description", "")
        yield [f"`{path}{name}`", _type(field), f"{said}{optional}"]
        inner, mark = (field["items"], "[]") if "items" in field else (field, "")
        yield from _rows(inner, schema, f"{path}{name}{mark}.")


def _target(field: Schema, schema: Schema) -> Schema:
    """What a reference refers to; nothing for a field that is none."""
    found: Schema = schema["$defs"].get(field.get("$ref", "").removeprefix(DEFINITION), {})
    return found


def _type(field: Schema) -> str:
    """The type in words: a reference links to its section."""
    if "$ref" in field:
        name = field["$ref"].removeprefix(DEFINITION)
        return f"[{name}](#{name})"
    if "const" in field or "enum" in field:
        values = field["enum"] if "enum" in field else [field["const"]]
        return " or ".join(f"`{json.dumps(value)}`" for value in values)
    several = field.get("anyOf") or field.get("oneOf")
    if several and "type" not in field:
        return " or ".join(map(_type, several))
    kinds = field.get("type", "anything")
    if kinds == "array":
        return f"list of {_type(field.get('items', {}))}"
    if kinds == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"object of {_type(field['additionalProperties'])}"
    return kinds if isinstance(kinds, str) else " or ".join(kinds)
