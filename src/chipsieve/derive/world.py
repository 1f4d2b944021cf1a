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
LAUNCHERS = MPI | {"accelerate", "deepspeed", "torchrun", "torch.distributed.launch", "torch.distributed.run"}


def world(stated: Stated) -> Known | None:
    """At most how many devices the run has; None where a part of the count is unknown.

    A program that is given a whole command to start may change its counts: they are not certain.
    """
    programs = [posixpath.basename(word.text) for word in stated.launch.command]
    launcher = next((name for name in programs if name in LAUNCHERS), "")
    count = _count(stated, launcher)
    before = programs[: programs.index(launcher)] if launcher else []
    handed_on = any(name.endswith(".py") for name in before)
    return count._replace(certain=False) if count and handed_on else count


def _count(stated: Stated, launcher: str) -> Known | None:
    if launcher == "accelerate":
        return stated.most(("num_processes",))
    if launcher == "deepspeed":
        return _included(stated) or _product(stated.most(("num_gpus",)), _hosts(stated))
    per_node = stated.most(PER_NODE)
    if per_node:
        return _product(per_node, _nodes(stated))
    return stated.most(("np", "n")) if launcher in MPI else None


def _included(stated: Stated) -> Known | None:
    """The devices of this machine that DeepSpeed takes: `--include localhost:0,1,2,3`."""
    named = [(LOCAL.fullmatch(value.setting.value), value) for value in stated.values(("include", "i"))]
    counts = [Known(found["ids"].count(",") + 1, (one.setting,), one.certain) for found, one in named if found]
    return max(counts, key=lambda one: one.number) if counts and len(counts) == len(named) else None


def _hosts(stated: Stated) -> Known | None:
    """The machines that DeepSpeed takes; one, which is not certain, where no host file is named either."""
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
