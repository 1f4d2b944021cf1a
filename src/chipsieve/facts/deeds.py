"""What does a sentence say of the hardware that it names? The words of `deeds.toml`, the nearest to the name first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import cast, get_args

import msgspec

from chipsieve.facts.alike_lines import alike_text
from chipsieve.facts.amounts import devices, hours
from chipsieve.facts.sentences import (
    CELL_END,
    CLAUSE_END,
    SENTENCE_END,
    Stretch,
    cells,
    column,
    is_row,
    joined,
    others,
    plain,
)
from chipsieve.facts.statements import Deed, Statement
from chipsieve.tables import TableError, own_table, refuse_unknown, table_list

FIELDS = ("deed", "rank", "pattern", "before", "head")
KEPT = 2_000  # texts whose words are remembered: many claims stand below one heading, or differ in digits alone
FOLLOWING = 2.0  # a cue behind the name counts as so many times as far away
FAR = 400  # characters on each side of a name that speak of it
WORDS, USED = 4, 5  # the ranks of any word for a deed, and of what says only that somebody used the hardware


class Cue(msgspec.Struct, frozen=True):
    """Words that show a deed; `before` is how far before the name they may end, `head` says: in a table's head."""

    deed: Deed
    rank: int
    pattern: re.Pattern[str]
    before: int | None = None
    head: bool = False

    def distance(self, stretch: Stretch) -> float | None:
        """How far from the name the nearest words stand; None where there are none."""
        best: float | None = None
        for found in self.pattern.finditer(stretch.text):
            gap = stretch.start - found.end()
            if self.before is not None and not 0 <= gap <= self.before:
                continue
            far = gap if gap >= 0 else FOLLOWING * max(found.start() - stretch.end, 0)
            best = far if best is None else min(best, far)
        return best


def statement(text: str, start: int, end: int, context: Sequence[str] = (), path: str = "") -> Statement:
    """What a claim says of the hardware that it names from `start` up to `end`, with what stands around the claim.

    `path` is the file's, or "": `docs/inference.md` speaks where nothing nearer does.
    """
    line = joined(Stretch(plain(text), start, end), map(_plain, context))
    around = list(map(_plain, others(context)))
    if is_row(line.text):
        sentence = line.near(FAR)
        deed, direct = _in_table(line.alike(), tuple(map(alike_text, around)))
    else:
        sentence = line.near(FAR).between(SENTENCE_END)
        deed, direct = _in_prose(sentence.alike())
        around = [*_neighbours(line, sentence), *around]
    deed = deed or _around([*around, path.lower()])
    return Statement(deed or "mentions", direct, devices(sentence), hours(sentence, around))


_plain = lru_cache(KEPT)(plain)


@lru_cache(KEPT)
def _in_prose(sentence: Stretch) -> tuple[Deed | None, bool]:
    """What a sentence says: its clause first, then all of it; whoever only used the hardware comes last.

    What sets hardware aside in another clause does not concern what is used in this one.
    """
    clause = sentence.between(CLAUSE_END)
    found = _shown(clause, 1, WORDS)
    if found is None:
        aside = _shown(sentence, 1, 1)
        found = (aside and _shown(clause, USED, USED)) or aside or _shown(sentence, 2, WORDS)
    found = found or _shown(clause, USED) or _shown(sentence, USED)
    return found, found is not None


@lru_cache(KEPT)
def _in_table(row: Stretch, around: tuple[str, ...]) -> tuple[Deed | None, bool]:
    """What a row says: the cell, the head of its column, the whole head, then the row."""
    own = cells(row.text)
    at = min(column(row.text, row.start), len(own) - 1)
    own_cell = row.between(CELL_END).near(FAR)
    heads = next((cells(line) for line in around if is_row(line)), [])
    found = _shown(own_cell, 1, head=not heads)
    if found:
        return found, True
    above = [heads[at]] if at < len(heads) else []
    for text in (*above, " | ".join(heads), " | ".join(own[:1]), row.text):
        found = _shown_in(text[:FAR])
        if found:
            return found, False
    return None, False


def _neighbours(line: Stretch, sentence: Stretch) -> Iterator[str]:
    """The sentences of the same paragraph before and behind one, the nearest first."""
    start = line.start - sentence.start
    yield line.text[max(0, start - 300) : start]
    yield line.text[start + len(sentence.text) :][:200]


def _around(texts: Iterable[str]) -> Deed | None:
    """What the nearest text says that says anything; its end is nearest."""
    for text in texts:
        found = _shown_by(alike_text(text)) if text.strip() else None
        if found:
            return found
    return None


@lru_cache(KEPT)
def _shown_by(text: str) -> Deed | None:
    """What a text shows that stands around a claim; its end is nearest."""
    return _shown(Stretch(text, len(text), len(text)), 1, near=False)


@lru_cache(KEPT)
def _shown_in(text: str) -> Deed | None:
    """What a part of a table shows."""
    return _shown(Stretch(text, len(text), len(text)), 1, WORDS, head=True)


def _shown(stretch: Stretch, lowest: int, highest: int = 9, *, head: bool = False, near: bool = True) -> Deed | None:
    """The deed of the cue of the lowest rank, and of these of the nearest one.

    `head` asks those for a table's head too, `near` those that must stand close before a name.
    """
    for rank, (some, listed) in _cues().items():
        if not lowest <= rank <= highest or some.search(stretch.text) is None:
            continue
        asked = (cue for cue in listed if (head or not cue.head) and (near or cue.before is None))
        found = [(far, cue.deed) for cue in asked if (far := cue.distance(stretch)) is not None]
        if found:
            return min(found, key=lambda pair: pair[0])[1]
    return None


@cache
def _cues() -> dict[int, tuple[re.Pattern[str], list[Cue]]]:
    """The cues by rank, in order, each rank with a pattern that any of its cues matches."""
    table = own_table("deeds.toml")
    refuse_unknown("deeds.toml", table, ("cue", "numbers", "scales", "hours"))
    found: dict[int, list[Cue]] = {}
    for number, row in enumerate(table_list("deeds.toml", table, "cue"), 1):
        where = f"deeds.toml: cue {number}"
        refuse_unknown(where, row, FIELDS)
        refuse_unknown(where, [str(row.get("deed"))], get_args(Deed), "deed")
        try:
            pattern = re.compile(str(row["pattern"]), re.VERBOSE)
        except re.error as error:
            raise TableError(f"{where}: {error}") from error
        cue = Cue(
            deed=cast("Deed", row["deed"]), rank=cast("int", row["rank"]), pattern=pattern,
            before=cast("int | None", row.get("before")), head=bool(row.get("head")),
        )  # fmt: skip
        found.setdefault(cue.rank, []).append(cue)
    return {rank: (_any_of(listed), listed) for rank, listed in sorted(found.items())}


def _any_of(listed: Iterable[Cue]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{cue.pattern.pattern}\n)" for cue in listed), re.VERBOSE)
