"""What does the estimate know of a labelled tree? Its premises, counted, so that weights can be fitted to them."""

from __future__ import annotations

from typing import Any

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.catalogue_answers import CatalogueAnswers
from chipsieve.estimate.estimating import counts_for, impossible, without_accelerator
from chipsieve.estimate.families import families_of
from chipsieve.estimate.speaking import Readers, premises_of
from chipsieve.sieve.estimated import known_of
from chipsieve.sieve.outcome import Verdict
from evals.labels import Label

Record = dict[str, Any]


def remaining_families(left: frozenset[str]) -> list[str]:
    """The ids of the families that have one of some accelerators."""
    return [one.id for one in families_of(load_catalogue().accelerators) if not left.isdisjoint(one.accelerators)]


def readers_of(judged: Verdict) -> Readers:
    """By what the premises of a verdict are read: the shipped catalogue, and the verdict's signals."""
    catalogue = load_catalogue()
    answers = CatalogueAnswers(catalogue.accelerators, catalogue.names)
    return Readers(families_of(catalogue.accelerators), judged.signals, answers)


def premises(judged: Verdict, modules: frozenset[str], label: Label) -> Record:
    """The premises of one row as plain data: counts by kind and family, what is impossible, the day, and the truth."""
    readers, known = readers_of(judged), known_of(judged, modules)
    families = readers.families
    counts = counts_for(known, premises_of(known, readers), families)
    truth = frozenset().union(*label.truth) if label.truth else frozenset()
    return {
        "counts": counts,
        "day": known.day,
        "impossible": [one.id for one in families if impossible(one, known.day, known.possible)],
        "none": without_accelerator(known, counts),
        "truth": [one.id for one in families if not truth.isdisjoint(one.accelerators)],
        "negative": label.negative,
    }
