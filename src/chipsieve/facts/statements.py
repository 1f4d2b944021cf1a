"""What does a sentence say of the hardware that it names: who did what on it, on how many devices, for how long?"""

from __future__ import annotations

from typing import Literal

import msgspec

DEVICES = "devices"
"""Under this name a claim that a run printed has its count of devices among what stands `beside` it."""
MOST = 1_000_000  # devices; a larger number counts something else

Deed = Literal[
    "trained",
    "fine-tuned",
    "experiments",  # results, ablations, or figures of a paper came from it
    "tested",  # the code was tried or developed there
    "requires",  # the reader needs it, or so much of it
    "inference",  # it serves, evaluates, generates, or measures latency
    "benchmark",  # speed or utilisation of training was measured
    "supports",  # the code can run there
    "compares",  # others' work, or hardware set beside other hardware
    "mentions",  # nothing of the above
]
"""What was done on the hardware; what nobody can tell is a mention."""


class Statement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is said of the hardware that a claim names.

    `direct` says that the sentence itself shows the deed, and not a heading or a table's head above it. `devices` is
    how many there are (`8 x A100`), `hours` for how many hours each or all of them worked, None where it does not say.
    """

    deed: Deed = "mentions"
    direct: bool = False
    devices: int | None = None
    hours: float | None = None


def count_of(text: str | None) -> int | None:
    """The number of devices that a text is, None where it is none."""
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) else 0
    return number if 0 < number <= MOST else None
