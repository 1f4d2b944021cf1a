"""Which flags does a list of command-line words give, and with what operand?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chipsieve.facts.deciding import truth
from chipsieve_config.tree import Scalar

FLAG = re.compile(r"(--?[A-Za-z][\w.-]*)(?:=(.*))?", re.DOTALL)


def flags(items: Iterable[Scalar]) -> Iterator[tuple[str, Scalar, str | None]]:
    """Each flag with the scalar it stands in and its operand; None where the operand is unknown.

    A word after a flag may be its operand or the program's next argument. Both readings are given unless
    the word switches the flag off: what asks for a bare flag then finds it, and what asks for a value too.
    """
    words = [(Scalar(word, item.start, item.end), item) for item in items for word in (item.text or "").split()]
    for place, (word, item) in enumerate(words):
        flag = FLAG.fullmatch(word.text or "")
        if flag is None:
            continue
        if flag[2] is not None:
            yield flag[1], item, Scalar(flag[2], 0, 0).known
            continue
        following = words[place + 1][0] if place + 1 < len(words) else None
        if following is None or FLAG.fullmatch(following.text or ""):
            yield flag[1], item, "true"
            continue
        yield flag[1], item, following.known
        if following.known is not None and truth(following.known):
            yield flag[1], item, "true"
