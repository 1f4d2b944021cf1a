"""How is HTML put together safely? Elements made from text that is always escaped and markup that is marked so."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

LONG = 40  # letters of a path


class Markup(str):
    """Text that is HTML already: no element escapes it again."""

    __slots__ = ()


def escape(text: str) -> Markup:
    """The text as HTML; markup stays as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(text))


def join(parts: Iterable[str], between: str = "") -> Markup:
    """The parts one after the other, each escaped unless it is markup."""
    return Markup(escape(between).join(escape(part) for part in parts))


def element(name: str, *content: str, **attributes: str) -> Markup:
    """One element; content and attributes are escaped. `class_` and `data_label` stand for `class`, `data-label`."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{given}>{join(content)}</{name}>")


def code(text: str) -> Markup:
    """The text as code."""
    return element("code", breakable(text))


def breakable(text: str) -> Markup:
    """The text; a long path may go on in the next line after a slash."""
    shown = escape(text)
    return Markup(shown.replace("/", "/<wbr>")) if len(text) > LONG else shown


def bullets(items: Iterable[str]) -> Markup:
    """A list; nothing for no items."""
    made = [element("li", item) for item in items]
    return element("ul", *made) if made else Markup()


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table whose first column heads its rows; the columns' names label the cells on a narrow screen.

    The roles are said outright because a narrow screen lays the table out as blocks, which drops them.
    """
    top = _row(element("th", name, scope="col", role="columnheader") for name in head)
    body = (_row(_cells(head, row)) for row in rows)
    groups = element("thead", top, role="rowgroup"), element("tbody", *body, role="rowgroup")
    return element("table", element("caption", caption), *groups, role="table")


def _row(cells: Iterable[Markup]) -> Markup:
    return element("tr", *cells, role="row")


def _cells(head: Sequence[str], row: Sequence[str]) -> Iterator[Markup]:
    yield element("th", row[0], scope="row", role="rowheader")
    for name, cell in zip(head[1:], row[1:], strict=True):
        yield element("td", cell, data_label=name, role="cell")
