"""What does each mode say of one labelled tree, and is the truth still in it? One row of the table, as plain data."""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chipsieve.catalogue import load_catalogue
from chipsieve.commands.launchers import TRAINING
from chipsieve.facts.reading import Reading
from chipsieve.match.matcher import Matched, match_tree
from chipsieve.match.table import default_table
from chipsieve.sieve.concluding import Rules, conclude
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from chipsieve.sieve.policies import load_policy
from chipsieve.sources.cache import Cache
from chipsieve.sources.discovery import Discovery, discover
from chipsieve.sources.readers import read_tree
from chipsieve.sources.scan_record import imported, record_scan
from evals.baseline import plain_search
from evals.clones import tree_of
from evals.estimates import premises, remaining_families
from evals.headlines import headline
from evals.labels import Label

Record = dict[str, Any]
MODES = {"balanced": ("balanced", "launch"), "strict": ("strict", "launch"), "paper": ("paper", "tree")}
"""Policy and scope of each mode; `search` is the plain search beside them."""
BLAMED = 5  # launches named per lost group


def measure(clone: Path, label: Label, kept: Path, modes: Sequence[str] = tuple(MODES)) -> Record:
    """The outcome of one row: per mode what is kept, lost and excluded, and what the run cost.

    Readings come from the cache at `kept` where it has them: `remembered` says how many, and seconds are those of a
    first run only where it is 0.
    """
    start = time.perf_counter()
    with tree_of(clone, label) as tree:
        found = discover(tree)
        with Cache(kept, default_table().vocabulary) as cache:
            readings = read_tree(found, default_table().vocabulary, workers=1, cache=cache)
            remembered = cache.hits
        seconds = {"reading": time.perf_counter() - start}
        says = {scope: match_tree(readings, default_table(), scope=scope) for scope in ("launch", "tree")}
        judged = {mode: verdict(found, readings, says[scope], policy, scope)
                  for mode, (policy, scope) in MODES.items() if mode in modes}  # fmt: skip
        outcomes = {mode: outcome(one, label) for mode, one in judged.items()}
        about = headline(judged["balanced"], label) if "balanced" in judged else None
        known = premises(judged["balanced"], imported(readings), label) if "balanced" in judged else None
        seconds["all"] = time.perf_counter() - start
        left = plain_search(found)
        outcomes["search"] = _kept(left, label) | {"families": remaining_families(left)}
        gaps = sum(len(reading.gaps) for reading in readings) + len(found.gaps)
        runs = says["launch"].launches
    return {
        "key": label.key, "kind": label.kind, "confidence": label.confidence, "groups": len(label.truth),
        "truth": [sorted(group) for group in label.truth], "files": len(found.files), "gaps": gaps,
        "launches": len(runs), "training": sum(run.role in TRAINING for run in runs),
        "seconds": {name: round(value, 2) for name, value in seconds.items()}, "megabytes": _megabytes(),
        "remembered": remembered, "headline": about, "premises": known, "modes": outcomes,
    }  # fmt: skip


def verdict(found: Discovery, readings: Sequence[Reading], says: Matched, policy: str, scope: str) -> Verdict:
    """What `chipsieve scan` says of readings that several modes share."""
    rules = Rules(load_catalogue(), default_table().signals, load_policy(policy), "training")
    record = record_scan(found, readings, says.findings, ())
    return conclude(replace(record, scope=scope, commit=found.tree.commit), says.launches, rules, found.tree)


def outcome(judged: Verdict, label: Label) -> Record:
    """One mode's outcome: the repository, its main launch, and who is to blame for what was lost."""
    spoken = [one for one in judged.launches if one.launch.role in TRAINING] or list(judged.launches)
    main = next((one for one in judged.launches if one.launch.id == judged.main), None)
    single = label.truth[0] if len(label.truth) == 1 else frozenset[str]()
    record = _kept(judged.possible, label)
    record["main"] = _kept(main.remaining, label) | {"id": judged.main} if main else None
    record["losing"] = [one.launch.id for one in spoken if single and not single & set(one.remaining)]
    gone = [group for group in label.truth if not group & set(judged.possible)] or ([single] if single else [])
    record["blame"] = list(_blame(spoken, gone))[:BLAMED]
    against = [item for one in judged.launches for item in one.contradictions] + list(judged.contradictions)
    record["contradictions"] = dict(sorted(Counter(signal for item in against for signal in item.signals).items()))
    return record


def _kept(remaining: Collection[str], label: Label) -> Record:
    """How much of the catalogue is excluded, and which groups of the truth with it."""
    total = len(load_catalogue().accelerators)
    lost = [sorted(group) for group in label.truth if not group & set(remaining)]
    return {"excluded": round(1 - len(remaining) / total, 4), "lost": lost}


def _blame(launches: Sequence[LaunchVerdict], groups: Sequence[frozenset[str]]) -> Iterator[Record]:
    """The cuts that took a whole group of the truth out of a launch, one a signal and launch."""
    for one in launches:
        for group in groups:
            if group & set(one.remaining):
                continue
            for cut in (cut for step in one.steps for cut in step.cuts if group & set(cut.excluded)):
                place = cut.evidence.lines[0]
                yield {"signal": cut.signal, "launch": one.launch.id, "at": f"{place.path}:{place.span.line}"}


def _megabytes() -> int:
    """The most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1_000_000 if sys.platform == "darwin" else 1000)
