"""Why is this accelerator in or out? One chip, launch by launch, with every line that speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.export_controls import NO_ADVICE, standings
from chipsieve.estimate.phrases import in_words
from chipsieve.facts.finding import Finding
from chipsieve.report import lookups
from chipsieve.report.escape import one_line, visible
from chipsieve.report.reasons import derivation, spared, title, way_around
from chipsieve.report.sentence import clause, percent
from chipsieve.sieve.outcome import Contradiction, LaunchVerdict, Verdict
from chipsieve.sieve.proof import Reason, Ruling

SAYS = 160  # characters of what a premise says
SNIPPET = 80  # characters of a source line that are shown
SAID_OTHERWISE: tuple[Reason, ...] = ("cut", "gone", "agrees", "named", "inert")
"""Reasons that other lines state, or that say nothing of the chip."""


def explain(verdict: Verdict, accelerator: str) -> str:
    """What the verdict says of one accelerator, by its id, as text ending with a newline.

    Raises:
        KeyError: the catalogue has no accelerator of that id.
    """
    chip = {row.id: row for row in verdict.accelerators}[accelerator]
    answer = "remains possible" if accelerator in verdict.possible else "is excluded"
    lines = [f"{chip.name} ({chip.id}) {answer} for {visible(verdict.root)}.", ""]
    lines += _estimated(verdict, accelerator)
    for outcome in verdict.launches:
        lines += _launch(verdict, outcome, accelerator)
    named = [naming for naming in verdict.named if accelerator in naming.accelerators]
    lines += [f"named as {visible(item.text)!r} in {visible(item.path)}:{item.line} ({item.by})" for item in named]
    if not verdict.launches:
        lines.append("No launch was found, so nothing excludes it.")
    lines += _controlled(verdict, chip)
    return "\n".join(lines).rstrip() + "\n"


def _estimated(verdict: Verdict, accelerator: str) -> Iterator[str]:
    """How likely it was trained on, as far as the estimate tells, and why."""
    if verdict.trained_on is None:
        return
    family = next((one for one in verdict.trained_on.families if accelerator in one.accelerators), None)
    if family is None:
        yield f"{clause(in_words(0))} the project was trained on it (an estimate)."
    else:
        chance = f"{percent(family.probability)}, an estimate"
        yield f"{clause(family.words)} the project was trained on {visible(family.name)} ({chance})."
        for why in family.because:
            at = f"{visible(why.at)}: " if why.at else ""
            yield f"  {'for' if why.weight > 0 else 'against'}: {at}{one_line(why.says, SAYS)}"
    yield ""


def _controlled(verdict: Verdict, chip: Accelerator) -> Iterator[str]:
    """Whether it was under export control on the day, rule by rule; nothing where no day is known."""
    for one in standings(chip):
        if one.rule.kind != "duty" and verdict.as_of and one.rule.in_force(verdict.as_of):
            applies = {True: "applies", False: "does not apply", None: "unknown whether it applies"}[one.controlled]
            status = f" ({one.status})" if one.status and one.controlled else ""
            yield f"export control on {verdict.as_of}, {one.rule.id}: {applies}{status}: {one.rule.citation}"
    if verdict.as_of:
        yield f"Export controls are compared by parameters alone. {NO_ADVICE}"


def _kept(verdict: Verdict, contradictions: Iterable[Contradiction], accelerator: str) -> Iterator[str]:
    """What speaks against the accelerator, but yields to a name."""
    for one in contradictions:
        if accelerator in one.accelerators:
            against = ", ".join(f"{title(verdict.signals, signal)} ({signal})" for signal in one.signals)
            where = f"{visible(one.naming.path)}:{one.naming.line}"
            yield f"  kept in by its name at {where}, although against it: {against}"


def _launch(verdict: Verdict, outcome: LaunchVerdict, accelerator: str) -> list[str]:
    launch = outcome.launch
    proof = list(outcome.proof.because(accelerator))
    against = [ruling for ruling, reason in proof if reason == "cut"]
    head = f"{visible(launch.id)} ({launch.role}): {'excluded' if against else 'possible'}"
    lines = [head, *_kept(verdict, outcome.contradictions, accelerator)]
    for cut in against:
        lines.append(f"  {title(verdict.signals, cut.signal)} ({cut.signal}, {cut.strength})")
        lines += _lines(verdict, cut)
    for ruling, reason in proof if not against else ():
        lines += _spared(verdict, ruling, reason)
    return lines


def _lines(verdict: Verdict, cut: Ruling) -> Iterator[str]:
    """The lines that show the claim, and what it is derived from."""
    for line in cut.evidence.premises:
        if isinstance(line, Finding):
            yield f"    {visible(lookups.place(line))}  {one_line(line.snippet, SNIPPET)}"
    said = (*derivation(cut.evidence, verdict.signals), *way_around(verdict.signals, cut.signal))
    yield from (f"    {words}" for words in said)


def _spared(verdict: Verdict, ruling: Ruling, reason: Reason) -> Iterator[str]:
    """Why a ruling leaves in a chip that it speaks against, or that the catalogue does not know well enough."""
    if reason in SAID_OTHERWISE or (reason == "unknown" and ruling.weight != "counts"):
        return
    said = f"{title(verdict.signals, ruling.signal)} ({ruling.signal})"
    if reason == "unknown":
        yield f"  the catalogue does not know whether it satisfies {said}"
    elif verdict.signals[ruling.signal].effect != "names":
        yield f"  does not count against it: {said}: {spared(reason, verdict.policy)}"
