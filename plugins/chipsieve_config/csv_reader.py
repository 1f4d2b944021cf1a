"""What does a table say that a tool keeps of runs, a row each? Its columns as settings, equal rows once."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Entry, Mapping, Scalar

ROWS = 10_000  # rows that are read
CELL = 200  # characters of a cell; more is no setting
WIDEST = 20_000  # characters of a line; more is data


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """The cells of columns for which a signal asks, each value once with those beside it."""
    collector = Collector(source, vocabulary, "csv")
    lines = _lines(source.text)
    head = [cell.text or "" for cell in next(lines, [])]
    stated: set[tuple[str, ...]] = set()
    for number, cells in enumerate(lines):
        if number == ROWS:
            collector.gap(f"more than {ROWS:,} rows: the rest was not read", number + 2)
            break
        row = Mapping([_entry(name, cell) for name, cell in zip(head, cells, strict=False)])
        asked = [(name, cell) for name, cell in zip(head, cells, strict=False) if vocabulary.asks("key", name)]
        values = tuple(cell.text or "" for _, cell in asked)
        if values not in stated:
            stated.add(values)
            for name, cell in asked:
                collector.key((name,), cell, row)
    return collector.reading()


def _entry(name: str, cell: Scalar) -> Entry:
    return Scalar(name, cell.start, cell.start), cell


def _lines(text: str) -> Iterator[list[Scalar]]:
    """The cells of each line, with their places; what quotes carry over a line's end is not joined."""
    start = 0
    for line in text.splitlines(keepends=True):
        cells, at = [], 0
        for cell in next(csv.reader([line[:WIDEST]]), []):
            found = line.find(cell, at)
            begin = max(found, at)  # text with a quote inside it is written otherwise than it says
            end = min(begin + len(cell), len(line))
            cells.append(Scalar(cell[:CELL], start + begin, start + end))
            at = at if found < 0 else end
        yield cells
        start += len(line)
