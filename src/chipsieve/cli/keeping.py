"""Was just this asked before, of a tree that has not changed since? Then what was answered is said again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING

from chipsieve.cli.common import Answer
from chipsieve.cli.screen import coloured, columns, on_terminal

if TYPE_CHECKING:
    from chipsieve.sources.contents import Tree

OURS = ("visitors",)  # the engines of which all is known that they depend on
SPEED = ("cache", "workers", "no_progress")  # options that change no answer


def kept_answer(tree: Tree, asked: Mapping[str, object], make: Callable[[], Answer]) -> Answer:
    """The answer to a command with these options about a tree: as it was kept, else as it is made, and then kept.

    An answer is kept only where nothing that it depends on changed while it was made, or so shortly before that another
    change might look the same, and where it says nothing of this machine's speed.
    """
    path = asked["cache"]
    if not isinstance(path, Path) or asked["engine"] != OURS:
        return make()
    from chipsieve.facts.vocabulary import Vocabulary
    from chipsieve.sources.cache import Cache
    from chipsieve.sources.verdict_digest import verdict_digest

    began, all_asked = time_ns(), _all_asked(asked)
    before = verdict_digest(tree, all_asked)
    if before is None:
        return make()
    with Cache(path, Vocabulary({})) as cache:
        held = cache.get_data(before.digest, Answer)
    if held is not None:
        return held
    answer = make()
    if began >= before.settled and not answer.passing and verdict_digest(tree, all_asked) == before:
        with Cache(path, Vocabulary({})) as cache:
            cache.keep_data(before.digest, answer)
    return answer


def _all_asked(asked: Mapping[str, object]) -> dict[str, object]:
    """What was asked: the options, the file to compare with as it is now, the working folder, and the terminal."""
    baseline = asked["baseline"]
    earlier = hashlib.sha256(baseline.read_bytes()).hexdigest() if isinstance(baseline, Path) else ""
    return {
        **{name: value for name, value in asked.items() if name not in SPEED},
        "earlier scan": earlier,
        "folder": os.getcwd(),  # noqa: PTH109 - Path's costs more, and says the same
        "terminal": (coloured(str(asked["colour"])), columns(), on_terminal()),
    }
