"""How does the reader want a report? What every format may be asked for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

ReadText = Callable[[str], str | None]


class Style(msgspec.Struct, frozen=True):
    """What a report should look like; a format ignores what means nothing to it.

    `width` is in columns; `verbose` lists what is otherwise counted; `read_text` gives the text of a file below
    the root, or None (SARIF needs it for fingerprints).
    """

    colour: bool = False
    width: int = 100
    verbose: bool = False
    read_text: ReadText | None = None
