"""What does this shell word say once the caller's variables and arguments are filled in?"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Question
from chipsieve.facts.deciding import all_hold, decide, fixed
from chipsieve.facts.words import Part, Word
from chipsieve.link.launch import Resolved
from chipsieve.link.tree import HOLE, ROOT, known

SPLIT = "\x1f"  # stands for white space at which an unquoted expansion is split
VARIANTS = 8  # alternatives of one word that are followed; more are one unknown word

Values = Mapping[str, tuple[Resolved, ...]]


class Scope(msgspec.Struct):
    """What one script sees: where it lies, where it runs, its variables and its arguments.

    `arguments` None means that nobody knows what the script is called with.
    """

    script: str
    directory: str = ""
    variables: dict[str, tuple[Resolved, ...]] = msgspec.field(default_factory=dict)
    arguments: tuple[Resolved, ...] | None = None
    assumed: tuple[Condition, ...] = ()

    def answer(self, question: Question) -> bool | None:
        """The answer to a question about a shell variable, as far as the scope knows it."""
        if question.subject != "variable":
            return fixed(question)
        values = self.values(question.name)
        if len(values) != 1 or values[0].conditions or not known(values[0].text):
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
    variants = _variants(word, scope)
    return [
        replace(variant, text=text)
        for variant in variants
        for text in (variant.text.split(SPLIT) if SPLIT in variant.text else [variant.text])
        if text or len(word.parts) == 0 or SPLIT not in variant.text
    ]


def _with_arguments(word: Word, scope: Scope) -> Iterator[Resolved]:
    """Parts before and after "$@" stand as words of their own, which is how scripts write it."""
    for part in word.parts:
        if part.kind != "arguments":
            yield from expand(Word((part,), part.span), scope)
        elif scope.arguments is None:
            yield Resolved("$@", scope.script, part.span)
        else:
            yield from scope.arguments[_first(part) :]


def _first(part: Part) -> int:
    """The index of the first argument meant: `"${@:2}"` leaves out one."""
    return max(int(part.text) - 1, 0) if part.text.isdigit() else 0


def _variants(word: Word, scope: Scope) -> list[Resolved]:
    variants = [Resolved("", scope.script, word.span)]
    for part in word.parts:
        values = _part(part, scope)
        variants = [_joined(left, right) for left in variants for right in values]
        if len(variants) > VARIANTS:
            return [Resolved("$(...)", scope.script, word.span)]
    return variants


def _joined(left: Resolved, right: Resolved) -> Resolved:
    first = right if not left.text else left
    return Resolved(left.text + right.text, first.path, first.span, left.conditions + right.conditions)


def _part(part: Part, scope: Scope) -> list[Resolved]:
    if part.kind == "text":
        return [Resolved(part.text, scope.script, part.span)]
    if part.kind == "choice":
        return _split(part, _choice(part, scope))
    if part.kind in ("variable", "directory", "script", "script_directory"):
        return _split(part, _variable(part, scope))
    return [Resolved("$(...)", scope.script, part.span)]


def _split(part: Part, values: list[Resolved]) -> list[Resolved]:
    if part.quoted:
        return values
    return [replace(value, text=SPLIT.join(value.text.split())) if known(value.text) else value for value in values]


def _choice(part: Part, scope: Scope) -> list[Resolved]:
    found: list[Resolved] = []
    for conditions, word in part.alternatives:
        answer = True if all(item in scope.assumed for item in conditions) else all_hold(conditions, scope)
        extra = conditions if answer is None else ()
        values = (
            []
            if answer is False
            else [replace(value, conditions=extra + value.conditions) for value in _variants(word, scope)]
        )
        if answer is True:
            return values
        found += values
    return found or [Resolved("", scope.script, part.span)]


def _variable(part: Part, scope: Scope) -> list[Resolved]:
    special = _special(part.kind, scope)
    if special is not None:
        return [Resolved(special, scope.script, part.span)]
    values = scope.values(part.text)
    if values and not (part.default and all(value.text == "" for value in values)):
        return list(values)
    if part.default is not None:
        return _variants(part.default, scope)
    return [Resolved(f"${{{part.text}}}", scope.script, part.span)]


def _special(kind: str, scope: Scope) -> str | None:
    folder = posixpath.dirname(scope.script)
    places = {"script_directory": folder, "directory": scope.directory, "script": scope.script}
    return ROOT + (places[kind] or ".") if kind in places else None


def unresolved(text: str) -> bool:
    """Whether the whole text is one thing that stayed unknown."""
    return HOLE.fullmatch(text) is not None
