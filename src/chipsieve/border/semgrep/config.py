"""Which Semgrep rules say a signal's rows for JSON and YAML? The patterns are the same in both languages.

What counts where is the readers' (plugins/chipsieve_config/settings_walk.py), and so is the place: a result is the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from chipsieve.border.semgrep import arguments, scalars
from chipsieve.border.semgrep.forms import Branch, Form, find, mapping, where
from chipsieve.border.semgrep.keys import key
from chipsieve.border.semgrep.records import Record, record
from chipsieve.border.semgrep.scalars import QUOTE
from chipsieve.border.semgrep.values import named
from chipsieve.border.semgrep.wording import package
from chipsieve.border.semgrep.words import within
from chipsieve.signals.signal import Row, Signal

EXAMPLES = {"json": "a.json", "yaml": "a.yaml"}
NO_SETTINGS = {"json": ["*.ipynb", "*.log.json"], "yaml": []}
"""What Semgrep opens as well: cells and logs."""
PAIR = '"$K": $V'
LIST = "[..., $V, ...]"
IMAGES = "image|container|container_image|docker_image|base_image"
SCHEDULERS = ("slurm", "sbatch", "srun", "submitit", "salloc", "launcher", "executor", "scheduler")


def rules(signal: Signal) -> Iterator[tuple[str, Record]]:
    """The rules of one signal, each with the folder that it belongs to."""
    for language, example in EXAMPLES.items():
        for row in signal.rows:
            files = [glob for glob in row.files if fnmatchcase(example, glob)]
            if row.kind in FORMS and bool(files) == bool(row.files):
                for form in FORMS[row.kind](row, language):
                    yield language, _record(signal, row, form, language, files)


def _record(signal: Signal, row: Row, form: Form, language: str, files: list[str]) -> Record:
    paths = {"include": [*files, *form.files], "exclude": NO_SETTINGS[language]}
    kept = {kind: globs for kind, globs in paths.items() if globs}
    match = {**({"paths": kept} if kept else {}), "patterns": [within(row), *form.patterns]}
    return record(signal, row, [language], match, value=form.value, name=form.name)


def _key(row: Row, language: str) -> Iterator[Form]:
    yield Form(find(key(row, language), scalars.whole(row)), name="$NAME")


def _env(row: Row, language: str) -> Iterator[Form]:
    """A variable as a key, as `name` beside a `value`, or in a list as `NAME=value`."""
    names = QUOTE + named(row.names)
    known = where("$K", f"{names}{QUOTE}$")
    value = where("$V", scalars.whole(row, any_value=True))
    beside = mapping(['"=~/^(name|key)$/": $K', '"value": $V'], language)
    item = where("$V", f"{names}={scalars.word(row, scalars.ANYTHING, any_value=True)}")
    yield Form(
        find([[{"pattern": PAIR}, known, value], [{"pattern": beside}, known, value], [{"pattern": LIST}, item]])
    )


def _image(row: Row, language: str) -> Iterator[Form]:
    """A container's image in one piece, or its repository."""
    branches: list[Branch] = [
        [{"pattern": PAIR}, where("$K", f"{QUOTE}(?:{IMAGES}){QUOTE}$")],
        [{"pattern": mapping(['"repository": $V'], language, '"image"')}],
    ]
    yield Form(find(branches, scalars.whole(row)))


def _directive(row: Row, _language: str) -> Iterator[Form]:
    """A scheduler's option with its name in front, or under a key or in a file that names one."""
    names = named(row.names, dash="[-_]")
    plain: Branch = [{"pattern": PAIR}, where("$K", f"(?i){QUOTE}{names}{QUOTE}$")]
    branches: list[Branch] = [
        [{"pattern": PAIR}, where("$K", f"(?i){QUOTE}(?:slurm|sbatch|srun)[-_]{names}{QUOTE}$")],
        [{"pattern-inside": f'"=~/(?i).*({"|".join(SCHEDULERS)}).*/": $BELOW'}, *plain],
    ]
    yield Form(find(branches, scalars.whole(row)))
    yield Form(find([plain], scalars.whole(row)), files=tuple(f"*{name}*" for name in SCHEDULERS))


def _pin(row: Row, _language: str) -> Iterator[Form]:
    """A package in a list of conda's or pip's; the list of a `project` is TOML's, in another tool's hands."""
    wanted = package(row).replace("(?P<V>", "(?P<VALUE>")
    listed: Branch = [
        {"pattern": '"=~/^(dependencies|pip)$/": [..., $V, ...]'},
        {"pattern-not-inside": '"project": $BELOW'},
    ]
    if wanted:
        yield Form(find([listed], rf"{QUOTE}(?:[\w./-]+::)?{wanted}"))


FORMS: dict[str, Callable[[Row, str], Iterator[Form]]] = {
    "key": _key,
    "env": _env,
    "image": _image,
    "directive": _directive,
    "pin": _pin,
    "flag": arguments.flag,
    "literal": arguments.literal,
}
