"""What can be quoted? One paragraph: what was scanned, what it was trained on, what it needs, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chipsieve.estimate.answer import Because, Estimate, FamilyEstimate
from chipsieve.estimate.words import LIKELY, in_words
from chipsieve.report import lookups
from chipsieve.report.escape import one_line, visible
from chipsieve.report.groups import Groups
from chipsieve.report.reasons import title
from chipsieve.sieve.outcome import LaunchVerdict, Verdict

LONGEST = 200  # characters of one name, place or reason
BEST = 2  # lines that a family is shown with
NEEDS = 3  # requirements that are named
TOLD = 0.10  # probability from which a second family is told
OTHERS = 3  # families beside the first one
COMMIT = 7  # digits of a commit's id
ALIKE = 8  # families that are listed as the same to code


def sentence(verdict: Verdict) -> str:
    """The paragraph that answers both questions, each claim with its line, without a line break."""
    parts = (
        _scanned(verdict),
        _trained_on(verdict),
        _needs(verdict),
        _alike(verdict),
        _contradicted(verdict),
        _missing(verdict),
    )
    return " ".join(part for part in parts if part)


def _scanned(verdict: Verdict) -> str:
    commit, main = verdict.commit, verdict.main_launch
    at = f" at commit {commit.id[:COMMIT]} of {commit.day}" if commit else ""
    root = f"{visible(verdict.root)}{at}"
    if main is None:
        return f"{root}: no launch was found."
    launch = main.launch
    reason = f", as {one_line(verdict.main_reason, LONGEST)}" if verdict.main_reason else ""
    if launch.role not in ("training", "fine-tuning"):
        return f"{root}: no training launch was found; the first of the others is {visible(launch.id)} ({launch.role}){reason}."
    return f"{root}: its headline launch is {visible(launch.id)} ({launch.role}){reason}."


def _trained_on(verdict: Verdict) -> str:
    answer = verdict.trained_on
    first = answer.first if answer else None
    if answer is None or first is None:
        return ""
    if answer.no_accelerator >= LIKELY:
        return f"That an accelerator was used at all is {in_words(1 - answer.no_accelerator)}."
    if first.probability < LIKELY:
        return _unlikely(verdict, answer, first)
    others = [
        f"{visible(one.name)} ({_percent(one)})" for one in answer.families[1 : 1 + OTHERS] if one.probability >= TOLD
    ]
    or_ = f", else {' or '.join(others)}" if others else ""
    return (
        f"It was {first.words} trained on {visible(first.name)} ({_percent(first)}{or_}){_shape(verdict)}"
        f"{_because(first)}; {_kind(verdict, first)}."
    )


def _unlikely(verdict: Verdict, answer: Estimate, first: FamilyEstimate) -> str:
    """Where no family is likely: what comes first all the same, and that it is no finding."""
    ranked = ", ".join(f"{visible(one.name)} ({_percent(one)})" for one in answer.families[: 1 + OTHERS])
    named = _because(first)
    why = named or ", and nothing in the tree names it"
    return f"What it was trained on is not known: first comes {ranked}, {first.words}{why}."


def _percent(one: FamilyEstimate) -> str:
    return f"{min(round(100 * one.probability), 99)} %"


def _shape(verdict: Verdict) -> str:
    devices = verdict.main_launch.launch.devices if verdict.main_launch else 0
    return f", {devices} of them as the launch asks" if devices > 1 else ""


def _because(family: FamilyEstimate) -> str:
    """The best lines for a family, those that nobody wrote apart."""
    best = [one for one in family.because if one.weight > 0 and one.at]
    places = dict.fromkeys(_line(one) for one in best)
    return f", by {' and '.join(list(places)[:BEST])}" if places else ""


def _line(one: Because) -> str:
    return f"{visible(one.at or '')} ({one.kind}: {one_line(one.says, LONGEST)})"


def _kind(verdict: Verdict, family: FamilyEstimate) -> str:
    """Whether a family is made for data centres."""
    rows = {row.id: row for row in verdict.accelerators}
    segments = {rows[chip].segment for chip in family.accelerators if chip in rows}
    if segments <= {"datacenter", "cloud-only"}:
        return "that is a data-centre part"
    return f"that is a {' or '.join(sorted(segments))} part"


def _needs(verdict: Verdict) -> str:
    main, total = verdict.main_launch, len(verdict.accelerators)
    if main is None:
        return f"Nothing is excluded: all {total} accelerators of the catalogue remain."
    groups = Groups(verdict.accelerators)
    if len(main.remaining) == total:
        return f"As written it needs nothing that excludes an accelerator: all {total} of the catalogue remain."
    asked = [*_requirements(verdict, main)]
    more = f" and {len(asked) - NEEDS} more" if len(asked) > NEEDS else ""
    left = f"{len(main.remaining)} of {total} accelerators remain: {groups.short(main.remaining)}"
    return f"As written it needs {', '.join(asked[:NEEDS])}{more}; {left}.{_repository(verdict, main, groups)}"


def _requirements(verdict: Verdict, main: LaunchVerdict) -> Iterator[str]:
    """What the headline asks for that excludes something, the most excluding first."""
    cuts = [cut for step in main.steps for cut in step.cuts]
    for cut in sorted(cuts, key=lambda cut: (-len(cut.excluded), cut.signal)):
        places = lookups.evidence_places(cut.evidence, main.launch)
        at = f" ({visible(places[0])})" if places else ""
        yield f"{title(verdict.signals, cut.signal)}{at}"


def _repository(verdict: Verdict, main: LaunchVerdict, groups: Groups) -> str:
    """What the other launches leave beside the headline's."""
    further = frozenset(verdict.possible).difference(main.remaining)
    return f" Other launches leave {groups.short(further)} possible too." if further else ""


def _alike(verdict: Verdict) -> str:
    """The families that code cannot tell from the likeliest one, since compilers take them for the same."""
    first = verdict.trained_on.first if verdict.trained_on else None
    if first is None or first.probability < LIKELY or verdict.main_launch is None:
        return ""
    rows = {row.id: row for row in verdict.accelerators}
    targets = {rows[chip].facts.get("target") for chip in first.accelerators if chip in rows} - {None}
    left = (rows[chip] for chip in verdict.main_launch.remaining if chip in rows)
    same = dict.fromkeys(row.family for row in left if row.facts.get("target") in targets and row.family != first.name)
    if not same:
        return ""
    listed = list(map(visible, same))
    more = f" and {len(listed) - ALIKE} more" if len(listed) > ALIKE else ""
    return f"The same to compiled code: {', '.join(listed[:ALIKE])}{more}."


def _contradicted(verdict: Verdict) -> str:
    if verdict.conflict is not None:
        return "The evidence contradicts itself: no single accelerator satisfies all of it."
    against = verdict.contradictions
    if not against:
        return ""
    one = against[0]
    more = f" (and {len(against) - 1} more)" if len(against) > 1 else ""
    return f"{visible(one.naming.path)}:{one.naming.line} names what {title(verdict.signals, one.signals[0])} excludes{more}."


def _missing(verdict: Verdict) -> str:
    """What was not read, and which launches say nothing."""
    silent = sum(one.silent for one in verdict.launches)
    unread = verdict.coverage.unparsed
    return "; ".join(_counted(((silent, "launch says nothing", "launches say nothing"),
                               (unread, "file was not read whole", "files were not read whole")))) + ("." if silent or unread else "")  # fmt: skip


def _counted(counts: Iterable[tuple[int, str, str]]) -> Iterator[str]:
    for count, one, several in counts:
        if count:
            yield f"{count} {one if count == 1 else several}"
