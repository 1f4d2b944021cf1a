"""What do the alternatives of a command's word say beside each other? Which says most, and what all of them say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from chipsieve.commands.flags import given
from chipsieve.facts.conditions import Conditions
from chipsieve.facts.words import Resolved

BLANKS = re.compile(r"\s+")
Fields = tuple[Resolved, ...]  # the words that one word becomes: an unquoted expansion is split at white space


def saying_most(possible: Sequence[int], tried: Sequence[Fields], *, every: bool = False) -> list[int]:
    """The numbers of the alternatives whose words are not all in another one; what is unknown comes last."""
    texts = {at: [text for one in tried[at] if not one.wholly_unknown for text in one.text.split()] for at in possible}
    kept: list[int] = []
    for at in sorted(possible, key=lambda one: -len(texts[one])):
        if every or not any(_within(texts[at], texts[other]) for other in kept):
            kept.append(at)
    return sorted(kept, key=lambda at: (not texts[at], at))


def _within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether all of some words stand among others, in their order."""
    rest = iter(many)
    return all(word in rest for word in few)


Said = tuple[str, str | None]  # an option and its operand


def common_options(tried: Sequence[Fields]) -> frozenset[Said] | None:
    """The options that each alternative gives for certain; None where all of them say the same."""
    if len(tried) == 1:
        return frozenset()
    if len({tuple(field.text for field in fields) for fields in tried}) == 1:
        return None
    return frozenset.intersection(*(frozenset(_said(fields)) for fields in tried))


def _said(fields: Fields) -> Iterator[Said]:
    for one in given([part for field in fields for part in split_words((field,), quoted=False)]):
        if not one.word.conditions:
            yield one.name, one.value.text if one.value else None


def stands_apart(fields: Fields) -> bool:
    """Whether words belong to no word before or no word behind them: a blank ends them."""
    return len(fields) > 1 and not (fields[0].text and fields[-1].text)


def under(conditions: Conditions, fields: Fields, common: frozenset[Said]) -> Iterator[Resolved]:
    """The words under further conditions, but for the options that are given whichever alternative is taken."""
    free = {
        id(word) for one in given(fields if common else ())
        if (one.name, one.value.text if one.value else None) in common for word in (one.word, one.value)
    }  # fmt: skip
    for field in fields:
        more = tuple(item for item in conditions if item not in field.conditions)
        ends = not field.text and len(fields) > 1  # the blank at an end: what stands there belongs to another word
        yield field if id(field) in free or ends or not more else replace(field, conditions=more + field.conditions)


def split_words(fields: Fields, *, quoted: bool) -> Fields:
    """Words as an expansion yields them: split at white space without quotes; a blank at an end ends a word there."""
    return fields if quoted else tuple(part for field in fields for part in _at_blanks(field))


def _at_blanks(field: Resolved) -> Iterator[Resolved]:
    start = 0
    for blank in BLANKS.finditer(field.text):
        if not any(first <= blank.start() < last for first, last in field.unknown):
            yield field.cut(start, blank.start())
            start = blank.end()
    yield field.cut(start, len(field.text)) if start else field
