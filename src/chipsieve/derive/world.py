"""How many devices take part in a run, as far as its command line states it?

Sources: torchrun documentation (without `--nnodes` a run has one node); accelerate launch (`--num_processes` counts all
processes); DeepSpeed launcher (without both counts the host file decides).
"""

from __future__ import annotations

import posixpath
import re

from chipsieve.derive.stated import Known, Stated

PER_NODE = ("nproc_per_node",)
NODES = ("nnodes",)
ELASTIC = re.compile(r"(?:\d+:)?(?P<most>\d+)")
LOCAL = re.compile(r"localhost:(?P<ids>\d+(?:,\d+)*)")
MPI = frozenset({"mpirun", "mpiexec", "orterun"})


def world(stated: Stated) -> Known | None:
    """At most how many devices the run has; None where a part of the count is unknown."""
    programs = {posixpath.basename(word.text) for word in stated.launch.command}
    if "accelerate" in programs:
        return stated.most(("num_processes",))
    if "deepspeed" in programs:
        return _included(stated) or _product(stated.most(("num_gpus",)), _hosts(stated))
    per_node = stated.most(PER_NODE)
    if per_node:
        return _product(per_node, _nodes(stated))
    return stated.most(("np", "n")) if programs & MPI else None


def _included(stated: Stated) -> Known | None:
    """The devices of this machine that DeepSpeed is told to take: `--include localhost:0,1,2,3`."""
    named = [(LOCAL.fullmatch(value.setting.value), value) for value in stated.values(("include", "i"))]
    counts = [Known(found["ids"].count(",") + 1, (one.setting,), one.certain) for found, one in named if found]
    return max(counts, key=lambda one: one.number) if counts and len(counts) == len(named) else None


def _hosts(stated: Stated) -> Known | None:
    """The machines that DeepSpeed is told to take; one, which is not certain, where no host file is named either."""
    if stated.values(("num_nodes",)):
        return stated.most(("num_nodes",))
    return None if stated.values(("hostfile", "h")) else Known(1, (), certain=False)


def _nodes(stated: Stated) -> Known | None:
    """The nodes that torchrun is given, the larger number of `1:4`.

    One node is what scripts take for granted where the scheduler's variable is not set, `${SLURM_NNODES:-1}`: it is
    not certain.
    """
    given = stated.values(NODES)
    if not given:
        return Known(1)
    most = [ELASTIC.fullmatch(value.setting.value) for value in given]
    numbers = [int(found["most"]) for found in most if found]
    if len(numbers) < len(given):
        return None
    nodes = max(numbers)
    return Known(nodes, (given[-1].setting,), nodes > 1 and all(value.certain for value in given))


def _product(first: Known | None, second: Known | None) -> Known | None:
    if first is None or second is None:
        return None
    return Known(first.number * second.number, (*first.premises, *second.premises), first.certain and second.certain)
