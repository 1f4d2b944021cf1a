"""How is "does it run on this?" answered in text and in JSON? The main launch in full, the others in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Launch
from chipsieve.report import lookups
from chipsieve.report.escape import json_text, visible, without_commands
from chipsieve.report.reasons import derivation, first, quoted, title, way_around
from chipsieve.report.sheet import DIM, GREEN, PLAIN, RED, Sheet
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.proof import Ruling
from chipsieve.sieve.running_on import Answer, Running

WORDS = {True: "yes", False: "no", None: "nothing known"}
COLOURS = {True: GREEN, False: RED, None: DIM}
LINES = 3  # lines shown of one obstacle
SWITCHES = ("flag", "key", "env")
"""Kinds of rows whose line is a switch that somebody can turn."""


def as_text(verdict: Verdict, several: Sequence[Running], sheet: Sheet = PLAIN) -> str:
    """The answers, ending with a newline; on a verbose sheet of every launch in full."""
    if not several:
        return f"{visible(verdict.root)}: no launch was found, so nothing is known.\n"
    shown = several if sheet.verbose else several[:1]
    lines = [line for one in shown for line in _launch(verdict, one, sheet)]
    lines += [row for line in _in_sum(several[len(shown) :]) for row in sheet.lay(line)]
    return without_commands("\n".join(lines) + "\n")


def _launch(verdict: Verdict, one: Running, sheet: Sheet) -> Iterator[str]:
    silent = "; no line of it says anything about hardware" if one.outcome.silent else ""
    heading = f"{visible(verdict.root)}, {visible(one.outcome.launch.id)} ({visible(one.outcome.launch.role)}){silent}:"
    yield from sheet.head(heading)
    chips = {chip.id: chip for chip in verdict.accelerators}
    for answer in one.answers:
        word = f": {WORDS[answer.runs]}"
        rows = sheet.lay(f"  {visible(answer.asked.name)}{word}{_which(answer)}{_memory(answer, chips)}")
        yield from (row.replace(word, sheet.paint(word, COLOURS[answer.runs])) for row in rows)
        yield from (row for line in _because(verdict, one.outcome.launch, answer) for row in sheet.lay(line))


def _because(verdict: Verdict, launch: Launch, answer: Answer) -> Iterator[str]:
    """What stands in the way, what is not known, and what would have to change."""
    for ruling in answer.obstacles:
        yield from _obstacle(verdict, launch, answer, ruling)
    for ruling in answer.undecided:
        yield f"    the catalogue does not know whether it satisfies: {title(verdict.signals, ruling.signal)}"
    for ruling in answer.doubts:
        yield from _obstacle(verdict, launch, answer, ruling)
    if answer.doubts:
        yield "    this is too weak to say no"
    if answer.runs is False:
        yield f"    {_without(answer)}"


def _which(answer: Answer) -> str:
    """Which of several variants fit, where not all do."""
    return f" ({', '.join(answer.fitting)})" if answer.fitting and answer.fitting != answer.asked.chips else ""


def _memory(answer: Answer, chips: dict[str, Accelerator]) -> str:
    known = {chips[chip].facts.get("device_memory_gb") for chip in answer.asked.chips}
    sizes = sorted(size for size in known if isinstance(size, int | float))
    if not sizes or len(known) > len(sizes):
        return ""
    return f", {sizes[0]:g} GB a device" if len(sizes) == 1 else f", {sizes[0]:g} to {sizes[-1]:g} GB a device"


def _obstacle(verdict: Verdict, launch: Launch, answer: Answer, ruling: Ruling) -> Iterator[str]:
    hit = [chip for chip in answer.asked.chips if chip in ruling.answers.against]
    of = f" (against {', '.join(hit)})" if len(hit) < len(answer.asked.chips) else ""
    yield f"    {title(verdict.signals, ruling.signal)} ({ruling.signal}, {ruling.strength}){of}"
    said = (
        *first(quoted(ruling.evidence, launch), LINES),
        *derivation(ruling.evidence, verdict.signals)[:LINES],
        *way_around(verdict.signals, ruling.signal),
    )
    yield from (f"      {words}" for words in said)


def _without(answer: Answer) -> str:
    """What would have to go for the launch to run there."""
    switches = [ruling for ruling in answer.obstacles if _is_switch(ruling)]
    if len(answer.obstacles) == 1:
        return "without this, nothing speaks against it" + (", and it is a switch of the launch" if switches else "")
    kind = (
        "all of them switches of the launch" if len(switches) == len(answer.obstacles) else "not all of them switches"
    )
    return f"without all {len(answer.obstacles)}, nothing speaks against it ({kind})"


def _is_switch(ruling: Ruling) -> bool:
    return all(isinstance(line, Finding) and line.row in SWITCHES for line in ruling.evidence.premises)


def _in_sum(several: Sequence[Running]) -> Iterator[str]:
    """How the other launches answer, one line for each name."""
    for number, answer in enumerate(several[0].answers if several else ()):
        counted = Counter(WORDS[one.answers[number].runs] for one in several)
        said = ", ".join(f"{counted[word]} {word}" for word in WORDS.values() if counted[word])
        yield f"{visible(answer.asked.name)} on {len(several)} other launches: {said}"


def as_json(verdict: Verdict, several: Sequence[Running]) -> str:
    """The answers of every launch as one JSON document, keys in a fixed order."""
    launches = [
        {
            "id": one.outcome.launch.id,
            "role": one.outcome.launch.role,
            "main": one.outcome.launch.id == verdict.main,
            "silent": one.outcome.silent,
            "answers": [_record(verdict, answer) for answer in one.answers],
        }
        for one in several
    ]
    return json_text({"tree": verdict.root, "launches": launches})


def _record(verdict: Verdict, answer: Answer) -> dict[str, object]:
    return {
        "name": answer.asked.name,
        "accelerators": list(answer.asked.chips),
        "runs": answer.runs,
        "fitting": list(answer.fitting),
        "obstacles": [
            {
                "signal": ruling.signal,
                "strength": ruling.strength,
                "against": [chip for chip in answer.asked.chips if chip in ruling.answers.against],
                "lines": [lookups.place(line) for line in ruling.evidence.lines],
                "escape": verdict.signals[ruling.signal].escape or None,
                "switch": _is_switch(ruling),
            }
            for ruling in answer.obstacles
        ],
        "unknown": [ruling.signal for ruling in answer.undecided],
        "doubts": [ruling.signal for ruling in answer.doubts],
    }
