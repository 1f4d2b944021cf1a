"""What is this launch? How it was found, what it runs and reads, what is set, and what its evidence comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chipsieve.derive.shape import shape_of
from chipsieve.report import lookups
from chipsieve.report.escape import one_line, visible, without_commands
from chipsieve.report.reasons import reason, title
from chipsieve.report.sheet import PLAIN, Sheet
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from chipsieve.sieve.proof import Ruling

SHOWN = 8  # entries of a list, where not all are asked for
COMMAND, VALUE = 400, 60  # characters of a command and of a value that are shown


def explain_launch(verdict: Verdict, launch: str, sheet: Sheet = PLAIN) -> str:
    """One launch, by its id, as text ending with a newline; on a verbose sheet its lists in full.

    Raises:
        KeyError: there is no launch of that id.
    """
    outcome = {one.launch.id: one for one in verdict.launches}[launch]
    heading, *found = _found(verdict, outcome)
    lines = [*found, *_lists(outcome, verbose=sheet.verbose), *_evidence(verdict, outcome, verbose=sheet.verbose)]
    head = sheet.head(heading)
    return without_commands("\n".join([*head, *(row for line in lines for row in sheet.lay(line))]) + "\n")


def _found(verdict: Verdict, outcome: LaunchVerdict) -> Iterator[str]:
    launch = outcome.launch
    role = visible(launch.role)
    yield f"Launch {visible(launch.id)} ({role}) of {visible(verdict.root)}"
    yield f"  runs {visible(launch.entry) or 'no program that is here'}"
    if launch.documented_at:
        yield f"  {visible(launch.documented_at)} tells people to start it"
    if launch.id == verdict.main:
        yield f"  the main launch{f', since {visible(verdict.main_reason)}' if verdict.main_reason else ''}"
    elif outcome not in verdict.speaking:
        yield "  it does not speak for the repository"
    shape = shape_of(launch)
    if shape.devices:
        yield f"  asks for {shape.devices} accelerators{f', {shape.per_node} per node' if shape.per_node else ''}"
    if launch.command:
        yield f"  $ {one_line(' '.join(word.text for word in launch.command), COMMAND)}"


def _lists(outcome: LaunchVerdict, *, verbose: bool) -> Iterator[str]:
    launch = outcome.launch
    yield from _listed("files", [visible(path) for path in launch.files], verbose=verbose)
    settings = [
        f"{visible(one.name)} = {one_line(one.value, VALUE)} ({one.source}, {visible(lookups.place(one))})"
        for one in launch.settings
    ]
    yield from _listed("settings", settings, verbose=verbose)
    for what, notes in (("techniques", outcome.techniques), ("site", outcome.sites)):
        said = [f"{visible(one.label)} ({visible(one.path)}:{one.line})" for one in lookups.sorted_notes(notes)]
        yield from _listed(what, said, verbose=verbose)


def _listed(what: str, entries: Sequence[str], *, verbose: bool) -> Iterator[str]:
    if not entries:
        return
    yield f"  {what} ({len(entries)}):"
    yield from (f"    {entry}" for entry in (entries if verbose else entries[:SHOWN]))
    if len(entries) > SHOWN and not verbose:
        yield f"    and {len(entries) - SHOWN} more (-v lists them)"


def _evidence(verdict: Verdict, outcome: LaunchVerdict, *, verbose: bool) -> Iterator[str]:
    yield f"  {len(outcome.remaining)} of {len(verdict.accelerators)} accelerators remain"
    rulings = [one for one in outcome.proof.rulings if one.weight != "inert" or verbose]
    yield from _listed("evidence", [_ruling(verdict, outcome, one) for one in rulings], verbose=verbose)


def _ruling(verdict: Verdict, outcome: LaunchVerdict, ruling: Ruling) -> str:
    at = next((visible(lookups.place(line)) for line in ruling.evidence.lines), "")
    does = f"excludes {len(ruling.excluded)}" if ruling.excluded else reason(verdict, ruling, outcome)
    return f"{at + ': ' if at else ''}{title(verdict.signals, ruling.signal)} ({ruling.signal}): {does}"
