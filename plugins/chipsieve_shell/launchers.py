"""Which environment variables do a command's own words set? `env A=1`, `-x A=1`, `--export=ALL,A=1`, `-e A=1`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from chipsieve_shell.nodes import Extent
from chipsieve_shell.values import Pieces, constant, cut, drop, prefix

Setting = tuple[str, Pieces | None, Extent]  # None: the variable's present value is passed on
Placed = tuple[Pieces, Extent]

ASSIGNED = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
MPI = re.compile(r"(mpirun|mpiexec|orterun|prun|prterun|mpiexec\.hydra|horovodrun|mpirun_rsh|jsrun|colossalai)$")
SLURM = frozenset({"srun", "sbatch", "salloc"})
DOCKER = frozenset({"docker", "podman", "nerdctl", "nvidia-docker", "singularity", "apptainer"})
ENV_OPERANDS = frozenset({"-u", "--unset", "-C", "--chdir", "-S"})


def settings(words: list[Placed]) -> Iterator[Setting]:
    """The variables that the words of one command set for the program it starts, in order."""
    mpi = slurm = docker = False
    for index, (word, _) in enumerate(words):
        text = constant(word)
        head = basename(text) if text is not None and "=" not in text else ""
        mpi, slurm, docker = mpi or bool(MPI.match(head)), slurm or head in SLURM, docker or head in DOCKER
        following = words[index + 1 :]
        if text in ("env", "/usr/bin/env"):
            yield from _env(following)
        elif mpi:
            yield from _mpi(text or "", following)
        elif slurm and prefix(word).startswith("--export"):
            yield from _export(word, following, words[index][1])
        elif docker and (text in ("-e", "--env") or prefix(word).startswith("--env=")):
            yield from _one(following[0] if text in ("-e", "--env") and following else (drop(word, 6), words[index][1]))


def _one(placed: Placed) -> Iterator[Setting]:
    word, extent = placed
    assigned = ASSIGNED.match(prefix(word))
    if assigned:
        yield assigned[1], drop(word, assigned.end()), extent
    elif NAME.fullmatch(constant(word) or ""):
        yield constant(word) or "", None, extent


def _env(words: list[Placed]) -> Iterator[Setting]:
    skip = False
    for placed in words:
        head = prefix(placed[0])
        if skip or head.startswith("-"):
            skip = not skip and head in ENV_OPERANDS
        elif ASSIGNED.match(head):
            yield from _one(placed)
        else:
            return


def _mpi(text: str, words: list[Placed]) -> Iterator[Setting]:
    if not words or text not in ("-x", "-env", "-genv", "--env", "-E"):
        return
    value = words[1] if len(words) > 1 else None
    name = constant(words[0][0])
    if text in ("-env", "-genv") and value and name and NAME.fullmatch(name):
        yield name, value[0], (words[0][1][0], max(words[0][1][1], value[1][1]))
    else:
        yield from _one(words[0])


def _export(word: Pieces, words: list[Placed], extent: Extent) -> Iterator[Setting]:
    """Slurm's list: names with or without values, between commas."""
    text = constant(word)
    if text == "--export" and words:
        word, extent = words[0]
    elif prefix(word).startswith("--export="):
        word = drop(word, len("--export="))
    else:
        return
    known = constant(word)
    if known is None:
        yield from _one((word, extent))
        return
    at = 0
    for item in known.split(","):
        assigned = ASSIGNED.match(item)
        if assigned:
            rest = drop(word, at + assigned.end())
            yield assigned[1], _first(rest, len(item) - assigned.end()), extent
        elif NAME.fullmatch(item) and item not in ("ALL", "NONE", "NIL"):
            yield item, None, extent
        at += len(item) + 1


def _first(pieces: Pieces, count: int) -> Pieces:
    """The first characters of constant pieces."""
    taken = []
    for piece in pieces:
        if count <= 0:
            break
        taken.append(cut(piece, 0, min(count, len(piece.text))))
        count -= len(piece.text)
    return tuple(taken)
