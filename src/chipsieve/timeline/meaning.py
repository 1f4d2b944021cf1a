"""When do two names mean the same chips? When they are of one family, however they are written."""

from __future__ import annotations

from functools import cache

from chipsieve.catalogue import chips_called, load_catalogue
from chipsieve.tables import TableError


@cache
def meant(name: str) -> str:
    """The family that a name means: "A100" and "a100-40gb" are one; the name in lower case where it is none's."""
    try:
        ids = chips_called(name)
    except TableError:  # a machine's name, which stands for its chips
        return name.casefold()
    families = {chip.family for chip in load_catalogue().accelerators if chip.id in ids and chip.family}
    return families.pop() if len(families) == 1 else name.casefold()
