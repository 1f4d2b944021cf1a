"""What is known of the headline project, and which accelerators did its authors most likely use?"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chipsieve.catalogue.catalogue_answers import CatalogueAnswers
from chipsieve.estimate.estimating import estimate
from chipsieve.estimate.families import families_of
from chipsieve.estimate.speaking import LEFT_BEHIND, Known, Readers, premises_of
from chipsieve.estimate.weights import load_weights
from chipsieve.sieve.outcome import LaunchVerdict, Verdict


def estimated(verdict: Verdict, modules: frozenset[str], answers: CatalogueAnswers) -> Verdict:
    """The verdict with the estimate; `modules` are the first names of what the tree's code imports.

    `answers` are the catalogue's, with those that judging has worked out.
    """
    readers = Readers(families_of(verdict.accelerators), verdict.signals, answers)
    known = known_of(verdict, modules)
    answer = estimate(known, premises_of(known, readers), readers.families, load_weights())
    return replace(verdict, trained_on=answer)


def known_of(verdict: Verdict, modules: frozenset[str]) -> Known:
    """What is known of the headline project: its main launch, the others of it that speak, and the tree around.

    `modules` are the first names of what the tree's code imports.
    """
    main = verdict.main_launch
    project = main.launch.project if main else ""
    same = [item for item in verdict.speaking if item.launch.project == project]
    beside = (item.launch for item in same if item is not main)
    return Known(
        headline=main.launch if main else None,
        evidence=main.evidence if main else (),
        others=tuple(beside),
        project=project,
        findings=verdict.findings,
        mentions=frozenset(verdict.mentions),
        day=verdict.as_of,
        not_before=verdict.not_before.day if verdict.not_before else "",
        possible=_possible(verdict, same),
        modules=modules,
        processors=main is not None and main.proof.spared.processors,
    )


def _possible(verdict: Verdict, several: Sequence[LaunchVerdict]) -> frozenset[str]:
    """The accelerators on which one of a project's launches that speak can run, and those that a run left behind names.

    A log shows a run that there was, though perhaps by none of the launches in the tree.
    """
    left = [frozenset(item.remaining) for item in several if not item.silent]
    everything = frozenset(chip.id for chip in verdict.accelerators)
    logged = (naming.accelerators for naming in verdict.named if naming.by in LEFT_BEHIND)
    return (frozenset[str]().union(*left) if left else everything).union(*logged)
