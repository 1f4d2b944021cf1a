"""Which keys of a configuration does anybody ask about? Most keys of most files say nothing, and a look tells."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache

from chipsieve.match.table import SignalTable

IMAGES = frozenset({"image", "container", "container_image", "docker_image", "base_image"})
SCHEDULER_PREFIX = re.compile(r"^(?:slurm|sbatch|srun)[_-]", re.IGNORECASE)
ARGUMENTS = re.compile(r"(?:^|_)(?:args?|arguments|flags|opts|options|params|command|cmd|entrypoint)$", re.IGNORECASE)
FORMS = re.compile(f"^-|{SCHEDULER_PREFIX.pattern}|{ARGUMENTS.pattern}", re.IGNORECASE)
PARTS = re.compile(r"[^.]+")


class Asked(dict[str, bool]):
    """By the last segment of a key's path: whether any row asks for a key of this name."""

    def __init__(self, table: SignalTable) -> None:
        """Ask for what the table's rows ask for."""
        super().__init__()
        self._names, self._globs = _names(table)

    def __missing__(self, key: str) -> bool:
        """Whether any row asks, kept for the next time."""
        name = key.rpartition(".")[2].casefold()
        self[key] = name in self._names or self._globs.match(name) is not None
        return self[key]


class Telling(dict[str, bool]):
    """By a key as written: whether it may say something by its name, whatever its value and wherever it stands."""

    def __init__(self, asked: Asked) -> None:
        """Start without a key; `asked` are those that rows ask for."""
        super().__init__()
        self._asked = asked

    def __missing__(self, name: str) -> bool:
        """Whether it may, kept for the next time."""
        segments = split(name)
        asked = not segments or self._asked[segments[-1]]
        self[name] = asked or name in IMAGES or FORMS.search(name) is not None
        return self[name]


@lru_cache(maxsize=1)
def _names(table: SignalTable) -> tuple[frozenset[str], re.Pattern[str]]:
    """The names of the keys that rows ask for, and what fits those with a `*`."""
    names = table.key_components()
    globs = (translate(name) for name in sorted(names) if "*" in name)
    return frozenset(name for name in names if "*" not in name), re.compile("|".join(globs) or r"(?!)")


def split(name: str) -> tuple[str, ...]:
    """The segments of a key: `zero_optimization.stage` has two, a label such as `amd.com/gpu` is one."""
    return tuple(PARTS.findall(name)) if "." in name and "/" not in name else (name,)
