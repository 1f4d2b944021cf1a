"""What does this shell word say once the caller's variables and arguments are filled in?"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.deciding import all_hold, decide, fixed
from chipsieve.facts.words import Part, Resolved, Word, written

VARIANTS = 8  # alternatives of one word that are followed; more are one unknown word
SOMETHING = "$(...)"  # how something that only a shell could tell is shown

Values = Mapping[str, tuple[Resolved, ...]]
Fields = tuple[Resolved, ...]  # the words that one word becomes: an unquoted expansion is split at white space


class Scope(msgspec.Struct):
    """What one script sees: where it lies, where it runs, its variables and its arguments.

    `arguments` None means that nobody knows what the script is called with.
    """

    script: str
    directory: str = ""
    variables: dict[str, tuple[Resolved, ...]] = msgspec.field(default_factory=dict)
    arguments: tuple[Resolved, ...] | None = None
    assumed: Conditions = ()

    def answer(self, question: Question) -> bool | None:
        """The answer to a question about a shell variable, as far as the scope knows it."""
        if question.subject != "variable":
            return fixed(question)
        values = self.values(question.name)
        if len(values) != 1 or values[0].conditions or not values[0].known:
            return None
        return decide(question, values[0].text)

    def values(self, name: str) -> tuple[Resolved, ...]:
        """What a variable or a positional parameter may hold, one entry an alternative; empty when unknown."""
        if name.isdigit() and self.arguments is not None:
            position = int(name) - 1
            return self.arguments[position : position + 1] if position >= 0 else ()
        return self.variables.get(name, ())


def expand(word: Word, scope: Scope) -> list[Resolved]:
    """The words that `word` becomes: several for "$@" and unquoted lists, each alternative where undecided."""
    if any(part.kind == "arguments" for part in word.parts):
        return list(_with_arguments(word, scope))
    return [field for fields in _variants(word, scope) for field in fields]


def alternatives(word: Word, scope: Scope) -> tuple[Resolved, ...]:
    """The values that `word` may have as one text each, as an assignment takes it."""
    if any(part.kind == "arguments" for part in word.parts):
        return (_spaced(tuple(_with_arguments(word, scope))),)
    return tuple(_spaced(fields) for fields in _variants(word, scope))


def _spaced(fields: Fields) -> Resolved:
    first, *rest = fields
    for field in rest:
        first = first.joined(field, between=" ")
    return first


def _with_arguments(word: Word, scope: Scope) -> Iterator[Resolved]:
    """Parts before and after "$@" stand as words of their own, which is how scripts write it."""
    for part in word.parts:
        if part.kind != "arguments":
            yield from expand(Word((part,), part.span), scope)
        elif scope.arguments is None:
            yield _unknown("$@", part, scope)
        else:
            yield from scope.arguments[_first(part) :]


def _first(part: Part) -> int:
    """The index of the first argument meant: `"${@:2}"` leaves out one."""
    return max(int(part.text) - 1, 0) if part.text.isdigit() else 0


def _unknown(shown: str, part: Part | Word, scope: Scope) -> Resolved:
    return Resolved(shown, scope.script, part.span, unknown=((0, len(shown)),))


def _variants(word: Word, scope: Scope) -> list[Fields]:
    """The alternatives of a word, each as the words that it becomes."""
    variants: list[Fields] = [(Resolved("", scope.script, word.span),)]
    for part in word.parts:
        values = _part(part, scope)
        variants = [_joined(left, right) for left in variants for right in values]
        if len(variants) > VARIANTS:
            return [(_unknown(SOMETHING, word, scope),)]
    return variants


def _joined(left: Fields, right: Fields) -> Fields:
    """Two stretches of one word: the last word of the left goes on with the first of the right."""
    return (*left[:-1], left[-1].joined(right[0]), *right[1:]) if right else left


def _part(part: Part, scope: Scope) -> list[Fields]:
    if part.kind == "text":
        return [(written(part.text, scope.script, part.span),)]
    if part.kind == "choice":
        return _split(part, _choice(part, scope))
    if part.kind == "variable":
        return _split(part, _variable(part, scope))
    place = _place(part, scope)
    if place is not None:
        return [(Resolved(place, scope.script, part.span, root_at=0),)]
    return [(_unknown(SOMETHING, part, scope),)]


def _split(part: Part, values: Sequence[Fields]) -> list[Fields]:
    """The values as an unquoted expansion yields them: split at white space once they are known."""
    if part.quoted:
        return list(values)
    return [tuple(field for value in fields for field in _fields(value)) for fields in values]


def _fields(value: Resolved) -> Fields:
    if not value.known or value.text.split() == [value.text]:
        return (value,)
    return tuple(replace(value, text=text) for text in value.text.split()) or (replace(value, text=""),)


def _choice(part: Part, scope: Scope) -> list[Fields]:
    found: list[Fields] = []
    for conditions, word in part.alternatives:
        answer = True if all(item in scope.assumed for item in conditions) else all_hold(conditions, scope)
        if answer is False:
            continue
        extra = conditions if answer is None else ()
        values = [_under(extra, fields) for fields in _variants(word, scope)]
        if answer is True:
            return values
        found += values
    return found or [(Resolved("", scope.script, part.span),)]


def _under(conditions: Conditions, fields: Fields) -> Fields:
    """The words under further conditions; they hold for the whole, so the first word carries them."""
    return tuple(replace(field, conditions=conditions + field.conditions) for field in fields) if conditions else fields


def _variable(part: Part, scope: Scope) -> list[Fields]:
    values = scope.values(part.text)
    if values and not (part.default and all(value.text == "" for value in values)):
        return [(value,) for value in values]
    if part.default is not None:
        return _variants(part.default, scope)
    return [(_unknown(f"${{{part.text}}}", part, scope),)]


def _place(part: Part, scope: Scope) -> str | None:
    """A place below the scanned root that a part stands for: the script's own, its folder, the working folder."""
    if part.kind == "directory":
        return scope.directory or "."
    if part.kind == "script":
        return scope.script
    return posixpath.dirname(scope.script) or "." if part.kind == "script_directory" else None
