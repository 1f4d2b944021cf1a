"""What follows, in one plain sentence? "Nothing can be concluded." is an honest answer."""

from __future__ import annotations

from chipsieve.commands.launchers import TRAINING
from chipsieve.report.escape import visible
from chipsieve.report.groups import Groups
from chipsieve.sieve.outcome import LaunchVerdict, Verdict

NOTHING = "Nothing can be concluded"


def closing_sentence(verdict: Verdict, groups: Groups) -> str:
    """The verdict on the repository in one sentence (two where a second one keeps the first from misleading)."""
    total, possible = len(verdict.accelerators), len(verdict.possible)
    main = verdict.main_launch
    if main is None:
        return f"{NOTHING}: no launch was found, and a line outside a launch excludes nothing.{_unread(verdict)}"
    if possible == 0 or verdict.conflict is not None:
        kept = f" What explains it between them is kept in: {groups.short(verdict.possible)}." if possible else ""
        return (
            "The evidence contradicts itself: no single accelerator satisfies all of it. A mixed cluster, a layer that "
            f"imitates another vendor's, or a wrong reading can be behind that.{kept}"
        )
    if possible == total:
        return _nothing(verdict, main) + _unread(verdict)
    count = "1 accelerator" if total == 1 else f"{total} accelerators"
    can = f"can have been {_verb(main)} on {possible} of {count}: {groups.short(verdict.possible)}."
    other = total - possible
    are = "is" if other == 1 else "are"
    return f"This code {can} The other {other} {are} excluded.{_silent(verdict)}"


def _silent(verdict: Verdict) -> str:
    """How many launches were left out because nothing in them says what they need."""
    silent, speaking = sum(one.silent for one in verdict.speaking), len(verdict.speaking)
    return f" {silent} of {speaking} launches say nothing of what they need, and do not count." if silent else ""


def _verb(main: LaunchVerdict) -> str:
    return "trained" if main.launch.role in TRAINING else "run"


def _unread(verdict: Verdict) -> str:
    """A second sentence where evidence may have been missed: absence is never silent."""
    count = verdict.coverage.unparsed
    if not count:
        return ""
    return f" {count} {'file was' if count == 1 else 'files were'} not read whole and may hold what is missing."


def _nothing(verdict: Verdict, main: LaunchVerdict) -> str:
    """Why every accelerator remains possible: no evidence at all, or one launch that has none."""
    total = len(verdict.accelerators)
    if len(main.remaining) == total:
        why = "no line that takes effect requires particular hardware"
        return f"{NOTHING}: {why}. All {total} accelerators remain possible."
    keeper = next((one for one in verdict.speaking if len(one.remaining) == total), None)
    kept = f"{visible(keeper.launch.id)} keeps every accelerator in" if keeper else "the launches together keep all in"
    return (
        f"{NOTHING} for the repository: {visible(main.launch.id)} alone excludes {total - len(main.remaining)} of "
        f"{total} accelerators, but {kept}."
    )
