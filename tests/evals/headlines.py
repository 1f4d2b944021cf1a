"""Is the run that a repository is about among its launches, and is it the one that the verdict puts first?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chipsieve.commands.launchers import TRAINING
from chipsieve.link.launch import Launch
from chipsieve.sieve.outcome import Verdict
from evals.labels import Label

Record = dict[str, Any]


def is_named(launch: Launch, names: Sequence[str]) -> bool:
    """Whether one of the names is the launch's program, or the file in which its command stands."""
    return launch.entry in names or launch.path in names


def headline(judged: Verdict, label: Label) -> Record | None:
    """What became of a label's headline; None where it has none."""
    if not label.headline:
        return None
    launches = [outcome.launch for outcome in judged.launches]
    found = [launch for launch in launches if is_named(launch, label.headline)]
    main = next((launch for launch in launches if launch.id == judged.main), None)
    return {
        "entry": label.headline[0],
        "found": bool(found),
        "role": any(launch.role == label.role for launch in found),
        "training": any(launch.role in TRAINING for launch in found),
        "main": main is not None and is_named(main, label.headline),
        "also": main is not None and is_named(main, label.also),
        "instead": judged.main or "",
    }


def recall(records: Iterable[Record]) -> Iterator[str]:
    """The table of headlines as Markdown: found, judged as what they are, and put first."""
    rows = [one["headline"] for one in records if one.get("headline")]
    if not rows:
        return
    yield "| rows with a headline | found | role right | role of training | main launch | main, or one that would do |"
    yield "|---:|---:|---:|---:|---:|---:|"
    counts = [sum(row[key] for row in rows) for key in ("found", "role", "training", "main")]
    counts.append(sum(row["main"] or row["also"] for row in rows))
    yield f"| {len(rows)} | {' | '.join(f'{count} ({100 * count / len(rows):.0f} %)' for count in counts)} |"


def missed(records: Iterable[Record]) -> Iterator[str]:
    """The rows whose headline is not found, or not put first, as Markdown."""
    for one in records:
        row = one.get("headline")
        if row and not row["found"]:
            yield f"- {one['key']}: {row['entry']} is no launch"
        elif row and not (row["main"] or row["also"]):
            yield f"- {one['key']}: {row['entry']} is found, but the main launch is {row['instead'] or 'none'}"
