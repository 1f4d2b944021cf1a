"""On how many devices was a model trained? Names of checkpoints' files count ranks; none of them is opened.

Opening a pickled file can run code, so these are listed by name alone.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import prod

from chipsieve.facts.places import Span
from chipsieve.facts.reading import Fact, Gap, Reading
from chipsieve.facts.statements import DEVICES, MOST

RANKS = "checkpoint_ranks"
"""The key under which the ranks of a checkpoint are stated."""
LANGUAGE = "weights"
KEPT = 20  # checkpoints of different numbers of ranks that are stated of one tree
PICKLED = (".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth")
NEVER_OPENED = "never opened, for opening one can run code"
FORMS = tuple(
    re.compile(rf"(?P<checkpoint>(?:.*/)?){form}")
    for form in (
        r"(?:bf16_)?zero_pp_rank_(\d{1,6})_mp_rank_(\d{1,6})_optim_states\.pt",  # DeepSpeed ZeRO: data, model parallel
        r"mp_rank_(\d{1,6})_model_states\.pt",  # DeepSpeed
        r"mp_rank_(\d{2,4})(?:_(\d{3}))?(?:_\d{3})?/(?:model_optim_rng|distrib_optim|model_rng|optim)\.pt",  # Megatron
        r"__(\d{1,6})_\d{1,6}\.distcp",  # torch.distributed.checkpoint
        r"rng_state_(\d{1,6})\.pth",  # transformers' Trainer
        r"random_states_(\d{1,6})\.pkl",  # accelerate
        r"(?:model/|optim/|train/)?rank_?(\d{1,6})\.pt",  # a file a rank
    )
)
"""How files of checkpoints are called: each group counts one kind of rank from 0."""


def ranks(paths: Iterable[str]) -> tuple[Reading, ...]:
    """What names of files say of ranks: a reading of the last rank's file of each checkpoint, the largest first.

    Of checkpoints with as many ranks the first by name stands for all.
    """
    found: dict[int, str] = {}
    for path, count in sorted(_counted(paths)):
        found.setdefault(count, path)
    return tuple(_reading(path, count) for count, path in sorted(found.items(), reverse=True)[:KEPT])


def unopened(paths: Iterable[str]) -> Iterator[Gap]:
    """The gap that all pickled files of a tree are, at the first of them."""
    pickled = [path for path in paths if path.casefold().endswith(PICKLED)]
    if pickled:
        what = "a pickled file" if len(pickled) == 1 else f"the first of {len(pickled):,} pickled files"
        yield Gap(min(pickled), f"{what} of weights or data: {NEVER_OPENED}")


def _counted(paths: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The last file of each checkpoint, with how many ranks there are at least."""
    seen: defaultdict[tuple[str, int], list[tuple[tuple[int, ...], str]]] = defaultdict(list)
    for path in paths:
        name = path if path.endswith((".pt", ".pth", ".pkl", ".distcp")) else ""
        for number, form in enumerate(FORMS if name else ()):
            hit = form.fullmatch(name)
            if hit:
                seen[hit["checkpoint"], number].append((_ranks(hit), path))
                break
    for files in seen.values():
        sizes = [max(numbers) + 1 for numbers in zip(*(numbers for numbers, _ in files), strict=True)]
        count = prod(sizes)
        if 1 < count <= MOST and len(files) * 2 >= max(sizes):  # a number in one file's name alone may be anything
            yield max(files)[1], count


def _ranks(hit: re.Match[str]) -> tuple[int, ...]:
    groups: Mapping[int, str | None] = dict(enumerate(hit.groups()[1:]))
    return tuple(int(number or 0) for number in groups.values())


def _reading(path: str, count: int) -> Reading:
    fact = Fact(
        "key", RANKS, str(count), Span(1, 1, 1, 1), posixpath.basename(path), engine="name",
        beside=((DEVICES, str(count)),),
    )  # fmt: skip
    return Reading(path, LANGUAGE, facts=(fact,))
