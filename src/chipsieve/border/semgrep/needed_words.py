"""Which files is a rule worth trying on? Those that hold the words that it needs: a condition that Semgrep checks fast.

By itself Semgrep takes the names that a rule calls or imports, and looks for one after the other; from keys, texts and
comments it takes none, and then tries the rule on every file. One expression for all words of a rule does both, and
leaves most files without a second look.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chipsieve.border.semgrep.rule_parts import Pattern
from chipsieve.border.semgrep.rule_patterns import escaped, in_a_file
from chipsieve.signals.signal import Row

ALONE = (r"(?<!\w)", r"(?!\w)")
"""No letter stands before, or behind."""
TRUE = frozenset({"true", "yes", "on", "1"})
DEVICE = re.compile(r"^\^(\w+)\(\?:[^|()]*\)\?\$$")
"""A row's pattern for the name of a device, with or without a number: `^npu(?::\\d+)?$`."""
PATHS = re.compile(r"^\(\?<!\[[^]]+\]\)\(\?:(/[^()]+)\)")
"""A row's pattern for paths, each of them from its slash on."""
ANYWHERE = "semgrep-internal-pattern-anywhere"
"""What Semgrep calls a pattern that may match elsewhere in the file; by it Semgrep also skips files."""
ANY_FOLDER = r"(?:\S*/)?"
UNSPOKEN, SPEAKING = re.compile(r"\\.|\(\?P<value>"), re.compile(r"[A-Za-z]{2}")
"""A row's pattern that holds letters is looked for in the file; one for numbers is in too many."""
LONG = 600
"""Characters of a pattern that is not worth looking for in a whole file."""
LETTER = re.compile(r"(?:\\.|[^\\(\[.])(?![*+?{])")
"""One character as it stands at the beginning of an expression."""


class Word(NamedTuple):
    """A regular expression, and what stands around it."""

    text: str
    around: tuple[str, str] = ("(?:", ")")


Needed = tuple[tuple[Word, ...], ...]
"""Words of which a file must hold one, of each list that is not empty."""


def word(
    text: str, anything: str = r"\w*", behind: str = ALONE[1], *, alone: str = ALONE[0], exact: bool = False
) -> Word:
    """A name or value in which `*` stands for `anything`, and what must stand `behind` it.

    It begins where a star would; without one it stands `alone`, no letter before it.
    """
    known = text.lstrip("*")
    before = alone if known == text and text[0].isalnum() else ""
    around = (f"{before}(?:" if exact else f"{before}(?i:", f"){behind}")
    return Word(anything.join(map(escaped, known.split("*"))), around)


def words_of(row: Row) -> tuple[Word, ...]:
    """The pieces of text in a row's names, which stand anywhere in words."""
    return tuple(word(f"*{name}", behind="") for name in row.names)


def values_of(row: Row) -> tuple[Word, ...]:
    """The values that a file must hold as words; those that stand in another one are enough."""
    if row.pattern:
        return seen_by(row.pattern)
    values = {value.casefold() for value in row.values}
    if values & TRUE:
        return ()
    alone = {value: re.compile(rf"(?<!\w){re.escape(value)}(?!\w)") for value in values}
    return tuple(word(one) for one in sorted(values) if not any(alone[other].search(one) for other in values - {one}))


def seen_by(pattern: str) -> tuple[Word, ...]:
    """What a file must hold where the pattern finds something: a path, a device, or a text that fits the pattern."""
    paths, device = PATHS.search(pattern), DEVICE.search(pattern)
    if paths:
        return tuple(Word(path) for path in paths[1].split("|"))
    if device:
        return (word(device[1]),)
    text = pattern.replace(ANY_FOLDER, "")
    worth_it = len(text) < LONG and SPEAKING.search(UNSPOKEN.sub("", text))
    return (Word(f"(?i:{in_a_file(text)})"),) if worth_it else ()


def in_files_with(needs: Iterable[Needed]) -> list[Pattern]:
    """The conditions that a match lies in a file that may hold what one of the needs asks for.

    One condition for all first lists, one for all second ones, and so on, whichever need a word belongs to.
    """
    ways = [[words for words in need if words] for need in needs]
    most = max(map(len, ways))
    padded = [[*words, *[words[-1]] * (most - len(words))] for words in ways]
    columns = [dict.fromkeys(word for words in column for word in words) for column in zip(*padded, strict=True)]
    least = [one for one in columns if not any(other.keys() < one.keys() for other in columns)]
    return [
        somewhere(regex)
        for regex in sorted({any_word(words) for words in least}, key=lambda regex: (len(regex), regex))
    ]


def somewhere(regex: str) -> Pattern:
    """The condition that the expression matches anywhere in the file: once, up to the end, as a match is a result.

    Semgrep gives up an expression after a million steps from one beginning, and takes that for no match. A condition on
    the text from its first character on would come to that in a large file.
    """
    return {ANYWHERE: {"pattern-regex": rf"(?s)(?:{regex}).*"}}


def any_word(words: Iterable[Word]) -> str:
    """An expression for one of the words."""
    texts: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for each in words:
        texts[each.around][each.text] = None
    return "|".join(f"{left}{_choice(several)}{right}" for (left, right), several in texts.items())


def _choice(texts: Iterable[str]) -> str:
    """The texts as alternatives, with what several begin with written once: each is refused at its first difference."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts:
        letter = LETTER.match(text)
        alike[letter[0] if letter else ""].append(text)
    return "|".join(_branch(several) for several in alike.values())


def _branch(texts: Sequence[str]) -> str:
    """Texts of which all begin with one letter, or none with any."""
    head = ""
    while len(texts) > 1 and (letter := LETTER.match(texts[0])) and all(text.startswith(letter[0]) for text in texts):
        head += letter[0]
        texts = [text[letter.end() :] for text in texts]
    return f"{head}(?:{_choice(texts)})" if head else "|".join(texts)
