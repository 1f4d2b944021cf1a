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
from chipsieve.border.semgrep.rule_patterns import escaped

ALONE = (r"(?<!\w)", r"(?!\w)")
"""No letter stands before, or behind."""


LETTER = re.compile(r"(?:\\.|[^\\(\[.])(?![*+?{])")
"""One character as it stands at the beginning of an expression."""


class Word(NamedTuple):
    """A regular expression, the characters with one of which its text begins, and what stands around that text.

    Without such characters it is dear to look for, and worth it only in files that hold something else.
    """

    first: str
    text: str
    around: tuple[str, str] = ("(?:", ")")


Needed = tuple[tuple[Word, ...], ...]
"""Words of which a file must hold one, of each list that is not empty."""


def word(text: str, anything: str = r"\w*", behind: str = ALONE[1], *, exact: bool = False) -> Word:
    """A name or value in which `*` stands for `anything`, and what must stand `behind` it.

    It begins where a star would; without one no letter may stand before it.
    """
    known = text.lstrip("*")
    before = ALONE[0] if known == text and text[0].isalnum() else ""
    first = known[0] if exact else "".join(sorted({known[0].lower(), known[0].upper()}))
    around = (f"{before}(?:" if exact else f"{before}(?i:", f"){behind}")
    return Word(first, anything.join(map(escaped, known.split("*"))), around)


def in_files_with(needs: Iterable[Needed]) -> Pattern:
    """The condition that a match lies in a file that holds what one of the needs asks for."""
    together: defaultdict[Needed, list[Word]] = defaultdict(list)
    for words, *others in needs:
        together[tuple(others)] += words
    ways = ["".join(map(holds, sorted((*others, words), key=_dear))) for others, words in together.items()]
    return whole_file(ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})")


def whole_file(condition: str) -> Pattern:
    """The condition that a match lies in a file whose text, from its first character on, meets the condition."""
    return {"pattern-inside": {"pattern-regex": rf"(?s)\A{condition}.*\z"}}


def holds(words: Sequence[Word]) -> str:
    """A lookahead for one of the words anywhere; empty without any.

    It skips from one character by which a word begins to the next, until it comes to a word or to the end: a third of
    the time of `.*(?:word|word)`, for Semgrep does not compile expressions.
    """
    if not words:
        return ""
    if _dear(words):
        return f"(?=.*?(?:{'|'.join(each.text for each in words)}))"
    texts: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for each in words:
        texts[each.around][each.text] = None
    choice = "|".join(f"{left}{_choice(several)}{right}" for (left, right), several in texts.items())
    first = "".join(rf"\{one}" if one in r"\-^]" else one for one in sorted({*"".join(each.first for each in words)}))
    return rf"(?=(?:[^{first}]++|(?!{choice})[{first}])*+.)"


def _dear(words: Sequence[Word]) -> bool:
    return not all(each.first for each in words)


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
