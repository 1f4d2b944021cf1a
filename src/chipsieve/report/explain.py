"""Why is this accelerator in or out? The main launch with the lines that speak against it, and the others in sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.export_controls import NO_ADVICE, standings
from chipsieve.estimate.phrases import in_words
from chipsieve.link.launch import Launch
from chipsieve.report.escape import one_line, visible, without_commands
from chipsieve.report.reasons import derivation, first, quoted, spared, title, waits_for, way_around, whole_condition
from chipsieve.report.sentence import clause, percent
from chipsieve.report.sheet import PLAIN, Sheet
from chipsieve.sieve.outcome import Contradiction, LaunchVerdict, Verdict
from chipsieve.sieve.proof import Reason, Ruling

SAYS = 160  # characters of what a premise says
SHOWN = 3  # lines of one kind, where not all are asked for
SPARED = 5  # reasons that do not count, where not all are asked for
SAID_OTHERWISE: tuple[Reason, ...] = ("cut", "gone", "agrees", "named", "inert")
"""Reasons that other lines state, or that say nothing of the chip."""


def explain(verdict: Verdict, accelerator: str, sheet: Sheet = PLAIN) -> str:
    """What the verdict says of one accelerator, by its id, as text ending with a newline.

    The main launch in full, three lines of a kind of evidence, and the others in sum; on a verbose sheet all of all.

    Raises:
        KeyError: the catalogue has no accelerator of that id.
    """
    return explain_several(verdict, (accelerator,), sheet)


def explain_several(verdict: Verdict, accelerators: Iterable[str], sheet: Sheet = PLAIN) -> str:
    """What the verdict says of several accelerators; variants of which it says the same are explained together.

    Raises:
        KeyError: the catalogue has no accelerator of one of these ids.
    """
    chips = {row.id: row for row in verdict.accelerators}
    alike: dict[tuple[bool, tuple[str, ...]], list[Accelerator]] = {}
    for accelerator in accelerators:
        said = tuple(_said(verdict, chips[accelerator], verbose=sheet.verbose))
        alike.setdefault((accelerator in verdict.possible, said), []).append(chips[accelerator])
    blocks = (
        _block(sheet, _heading(verdict, several, possible=possible), said)
        for (possible, said), several in alike.items()
    )
    return without_commands("\n".join(blocks))


def _block(sheet: Sheet, heading: str, said: Iterable[str]) -> str:
    """What is said of accelerators alike, below its heading."""
    head = sheet.head(heading)
    return "\n".join([*head, "", *(row for line in said for row in sheet.lay(line))]).rstrip() + "\n"


def _heading(verdict: Verdict, several: Sequence[Accelerator], *, possible: bool) -> str:
    """The answer for accelerators of which the same is said."""
    called = ", ".join(f"{chip.name} ({chip.id})" for chip in several)
    answers = ("remains possible", "remain possible") if possible else ("is excluded", "are excluded")
    answer = answers[len(several) > 1]
    return f"{called} {answer} for {visible(verdict.root)}."


def _said(verdict: Verdict, chip: Accelerator, *, verbose: bool) -> Iterator[str]:
    yield from _estimated(verdict, chip.id)
    main = verdict.main_launch
    shown = verdict.launches if verbose else (main,) if main else ()
    for outcome in shown:
        yield from _launch(verdict, outcome, chip.id, verbose=verbose)
    if not verbose:
        yield from _others(verdict, chip.id)
    named = [naming for naming in verdict.named if chip.id in naming.accelerators]
    lines = [f"named as {visible(item.text)!r} in {visible(item.path)}:{item.line} ({item.by})" for item in named]
    yield from lines if verbose else first(lines, SHOWN)
    if not verdict.launches:
        yield "No launch was found, so nothing excludes it."
    yield from _controlled(verdict, chip)


def _others(verdict: Verdict, accelerator: str) -> Iterator[str]:
    """How the other launches answer, in sum, those that speak for the repository and those that do not."""
    speaking = frozenset(item.launch.id for item in verdict.speaking)
    others = [item for item in verdict.launches if item.launch.id != verdict.main]
    for which, several in (
        ("Further launches", [item for item in others if item.launch.id in speaking]),
        ("Launches that do not speak for the repository", [item for item in others if item.launch.id not in speaking]),
    ):
        counted = {
            "exclude it": sum(accelerator not in item.remaining for item in several),
            "leave it": sum(accelerator in item.remaining and not item.silent for item in several),
            "say nothing": sum(item.silent for item in several),
        }
        if several:
            said = ", ".join(f"{count} {does}" for does, count in counted.items() if count)
            yield f"{which}: {said} (-v lists them)."


def _estimated(verdict: Verdict, accelerator: str) -> Iterator[str]:
    """How likely it was trained on, as far as the estimate tells, and why."""
    if verdict.trained_on is None:
        return
    family = verdict.trained_on.of(accelerator)
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


def _launch(verdict: Verdict, outcome: LaunchVerdict, accelerator: str, *, verbose: bool) -> list[str]:
    launch = outcome.launch
    proof = list(outcome.proof.because(accelerator))
    against = [ruling for ruling, reason in proof if reason == "cut"]
    head = f"{visible(launch.id)} ({launch.role}): {'excluded' if against else 'possible'}"
    lines = [head, *_kept(verdict, outcome.contradictions, accelerator)]
    for cut in against:
        lines.append(f"  {title(verdict.signals, cut.signal)} ({cut.signal}, {cut.strength})")
        lines += _lines(verdict, cut, launch, verbose=verbose)
    left = proof if not against else ()
    spares = [line for one in left for line in _spared(verdict, outcome, *one, verbose=verbose)]
    return [*lines, *(spares if verbose or len(spares) <= SPARED + 1 else _cut_short(spares))]


def _cut_short(spares: Sequence[str]) -> Iterator[str]:
    yield from spares[:SPARED]
    yield f"  and {len(spares) - SPARED} more of which nothing is known, or that does not count (-v lists them)"


def _lines(verdict: Verdict, cut: Ruling, launch: Launch, *, verbose: bool) -> Iterator[str]:
    """The lines that show the claim, and what it is derived from."""
    found = quoted(cut.evidence, launch)
    said = (
        *(found if verbose else first(found, SHOWN)),
        *derivation(cut.evidence, verdict.signals),
        *way_around(verdict.signals, cut.signal),
    )
    yield from (f"    {words}" for words in said)


def _spared(
    verdict: Verdict, outcome: LaunchVerdict, ruling: Ruling, reason: Reason, *, verbose: bool
) -> Iterator[str]:
    """Why a ruling leaves in a chip that it speaks against, or that the catalogue does not know well enough."""
    if reason in SAID_OTHERWISE or (reason == "unknown" and ruling.weight != "counts"):
        return
    said = f"{title(verdict.signals, ruling.signal)} ({ruling.signal})"
    if reason == "unknown":
        yield f"  the catalogue does not know whether it satisfies {said}"
    elif verdict.signals[ruling.signal].effect != "names":
        why = waits_for(ruling, outcome) if reason == "optional" else ""
        yield f"  does not count against it: {said}: {why or spared(reason, verdict.policy)}"
        condition = whole_condition(ruling, outcome) if verbose else ""
        if condition:
            yield f"    condition: {condition}"
