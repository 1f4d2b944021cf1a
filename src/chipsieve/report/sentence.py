"""What can be quoted? One paragraph: what was scanned, what it was trained on, what it needs, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from chipsieve.commands.launchers import TRAINING
from chipsieve.derive.shape import Shape, shape_of
from chipsieve.estimate.answer import Estimate, FamilyEstimate
from chipsieve.estimate.phrases import CERTAIN, LIKELY, in_words
from chipsieve.report import lookups
from chipsieve.report.escape import one_line, visible
from chipsieve.report.groups import Groups, made_for_china, marked, spelled_out
from chipsieve.report.reasons import title
from chipsieve.sieve.outcome import LaunchVerdict, Verdict

EVERY_ROLE = "any"  # of a launch that stands for a whole tree, or for findings without one
LONGEST = 160  # characters of one name, place or reason
BEST = 2  # lines that a family is shown with
NEEDS = 3  # requirements that are named
NAMED = 0.10  # probability from which a second family is named
OTHERS = 3  # families beside the first one
COMMIT = 7  # digits of a commit's id
ALIKE = 8  # families that are listed as the same to code
ELSEWHERE = 2  # vendors that are named of what other launches leave


def sentence(verdict: Verdict) -> str:
    """The paragraph that answers both questions, each claim with its line, without a line break."""
    asked = (_scanned, _project, _trained_on, _needs, _alike, _contradicted, _missing)
    said = " ".join(part for one in asked if (part := one(verdict)))
    return spelled_out(said, verdict.accelerators)


def percent(probability: float) -> str:
    """A probability in per cent; nothing is certain."""
    return f"{min(round(100 * probability), 99)}%"


def clause(words: str) -> str:
    """The words for a probability as a clause that goes on with what may be so: "It is very likely that"."""
    if words == "almost no chance":
        return f"There is {words} that"
    return f"There is a {words} that" if words.endswith("chance") else f"It is {words} that"


def _scanned(verdict: Verdict) -> str:
    """What was scanned, and which of its launches is looked at first, and why."""
    commit, main = verdict.commit, verdict.main_launch
    changed = " with local changes" if verdict.origin.modified else ""
    at = f" at commit {commit.id[:COMMIT]} of {commit.day}{changed}" if commit else ""
    own = {one.day for one in (commit, verdict.changed.commit if verdict.changed else None) if one} or {""}
    asked = "" if verdict.as_of in own else f", judged as of {verdict.as_of}"
    root = f"{visible(verdict.root.removesuffix(f'@{commit.id}') if commit else verdict.root)}{at}{asked}"
    if main is None:
        return f"{root}: no launch was found."
    launch = main.launch
    if launch.role == EVERY_ROLE:
        what = "findings without their tree" if _unseen(verdict) else "the whole tree, taken as one launch"
        return f"{root}: {what}."
    role = "of unknown purpose" if launch.role == "other" else visible(launch.role)
    named = f"{visible(launch.id)} ({role}{_changed(verdict)})"
    reason = f", since {one_line(verdict.main_reason, LONGEST)}" if verdict.main_reason else ""
    if launch.documented_at == launch.id:
        reason = ", which that document tells people to run"
    if verdict.role in ("training", *TRAINING) and launch.role not in TRAINING:
        return f"{root}: no training launch was found; the first of the others is {named}{reason}."
    return f"{root}: the launch to look at first is {named}{reason}."


def _unseen(verdict: Verdict) -> bool:
    """Whether there are findings alone, and no tree in which to look for launches."""
    main = verdict.main_launch
    return main is not None and main.launch.role == EVERY_ROLE and verdict.scope != "tree"


def _project(verdict: Verdict) -> str:
    """Of which of several projects the paragraph speaks."""
    project = verdict.main_launch.launch.project if verdict.main_launch else ""
    if not project or len(verdict.projects) < 2:  # noqa: PLR2004  one alone is the whole tree
        return ""
    return f"It belongs to the project {visible(project)}, one of {len(verdict.projects)}."


def _trained_on(verdict: Verdict) -> str:
    answer, main = verdict.trained_on, verdict.main_launch
    first = answer.first if answer else None
    contradicted = main is not None and not main.remaining
    if answer is None or contradicted or _unseen(verdict):
        return ""  # the estimate has nothing to choose from, or knows findings of others alone
    if first is None or answer.no_accelerator >= LIKELY:
        used = round(1 - answer.no_accelerator, 4)
        return f"{clause(in_words(used))} it was trained on an accelerator at all ({percent(used)})."
    if first.probability < LIKELY:
        return _not_known(verdict, answer, first)
    others = _listed([_chance(_called(verdict, one), one.probability) for one in _worth_naming(answer)], "or")
    otherwise = f"; otherwise {others}" if others else ""
    how = "almost certainly" if first.words == CERTAIN else first.words
    what = f"It was {how} trained on {_chance(_called(verdict, first), first.probability)}"
    return f"{what}, {_segment(verdict, first)}{_because(first)}{otherwise}{_shape(verdict)}."


def _worth_naming(answer: Estimate) -> list[FamilyEstimate]:
    return [one for one in answer.families[1 : 1 + OTHERS] if one.probability >= NAMED]


def _called(verdict: Verdict, one: FamilyEstimate) -> str:
    """What people call a family; a variant made for China has a mark."""
    return visible(marked(one.name, one.accelerators, made_for_china(verdict.accelerators)))


def _not_known(verdict: Verdict, answer: Estimate, first: FamilyEstimate) -> str:
    """Where no family is likely: which come first all the same, and that it is no finding."""
    chances = [(_called(verdict, one), one.probability) for one in _worth_naming(answer)]
    chances += [("no accelerator at all", answer.no_accelerator)] if answer.no_accelerator >= NAMED else []
    further = _listed([_chance(*one) for one in chances], "or")
    otherwise = f"; otherwise {further}" if further else ""
    guess = f"{_called(verdict, first)} ({percent(first.probability)}, {first.words})"
    return f"What it was trained on is not known. The best guess is {guess}{_because(first)}{otherwise}."


def _chance(what: str, probability: float) -> str:
    return f"{what} ({percent(probability)})"


def _listed(several: Sequence[str], last: str) -> str:
    """Things in a row, with a word before the last one."""
    return f" {last} ".join(filter(None, [", ".join(several[:-1]), *several[-1:]]))


def _changed(verdict: Verdict) -> str:
    """When the main launch was last changed, where that was before the commit that was scanned."""
    days = [one.day for one in (verdict.changed.commit if verdict.changed else None, verdict.commit) if one]
    return f", last changed on {days[0]}" if len(set(days)) > 1 else ""


def _shape(verdict: Verdict) -> str:
    """How many accelerators the launch asks for."""
    shape = shape_of(verdict.main_launch.launch) if verdict.main_launch else Shape()
    if shape.devices <= 1:
        return ""
    if shape.per_node == shape.devices:
        return f"; the launch asks for {shape.per_node} accelerators per node"
    nodes = f", {shape.per_node} per node" if shape.per_node else ""
    return f"; the launch asks for {shape.devices} accelerators{nodes}"


def _because(family: FamilyEstimate) -> str:
    """The best lines for a family, each with what it says; what several say is said once."""
    best: dict[str, str] = {}
    for one in family.because:
        if one.weight > 0 and one.at and len(best) < BEST:
            best.setdefault(visible(one.at), one_line(one.says, LONGEST))
    if not best:
        return ", though no line speaks for it"
    phrases = [f"{' and '.join(places)} ({says})" for says, places in _by_words(best)]
    return f", by {' and '.join(phrases)}"


def _by_words(lines: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """What lines say, each with the places that say it."""
    for says in dict.fromkeys(lines.values()):
        yield says, [place for place, own in lines.items() if own == says]


def _segment(verdict: Verdict, family: FamilyEstimate) -> str:
    """What a family is made for."""
    segments = {row.segment for row in verdict.accelerators if row.id in family.accelerators}
    if segments <= {"datacenter", "cloud-only"}:
        return "a data-centre part"
    return f"a {' or '.join(sorted(segments))} part"


def _needs(verdict: Verdict) -> str:
    """What the launch that comes first requires, by line, and what that leaves."""
    main, total = verdict.main_launch, len(verdict.accelerators)
    if main is None:
        return f"Without a launch nothing is excluded: all {total} accelerators of the catalogue remain."
    if main.proof.spared.processors:
        return f"It computes on processors, so it asks nothing of accelerators: all {total} remain."
    if _unseen(verdict):
        return f"Whether their lines take effect is unknown, so nothing is excluded: all {total} remain."
    if len(main.remaining) == total:
        return f"No line of it that is certain to take effect excludes an accelerator: all {total} remain."
    asked = [*_requirements(verdict, main)]
    more = f" and {len(asked) - NEEDS} more" if len(asked) > NEEDS else ""
    groups = Groups(verdict.accelerators)
    which = f"{len(main.remaining)} of {total} accelerators remain: {groups.architectures(main.remaining)}"
    left = which if main.remaining else "no accelerator remains"
    return f"What it requires as written: {', '.join(asked[:NEEDS])}{more}; {left}.{_elsewhere(verdict, main)}"


def _requirements(verdict: Verdict, main: LaunchVerdict) -> Iterator[str]:
    """What the headline asks for that excludes something, the most excluding first."""
    cuts = [cut for step in main.steps for cut in step.cuts]
    for cut in sorted(cuts, key=lambda cut: (-len(cut.excluded), cut.signal)):
        places = lookups.evidence_places(cut.evidence, main.launch)
        yield f"{title(verdict.signals, cut.signal)}{f' ({visible(places[0])})' if places else ''}"


def _elsewhere(verdict: Verdict, main: LaunchVerdict) -> str:
    """What the other launches leave beside the headline's."""
    further = frozenset(verdict.possible).difference(main.remaining)
    if not further:
        return ""
    which = Groups(verdict.accelerators, ELSEWHERE).architectures(further)
    return f" Other launches leave {len(further)} more: {which}."


def _alike(verdict: Verdict) -> str:
    """The families that compiled code cannot tell from the likeliest one, since their target is the same."""
    first = verdict.trained_on.first if verdict.trained_on else None
    if first is None or first.probability < LIKELY or verdict.main_launch is None:
        return ""
    rows = {row.id: row for row in verdict.accelerators}
    targets = {rows[chip].facts.get("target") for chip in first.accelerators if chip in rows} - {None}
    left = (rows[chip] for chip in verdict.main_launch.remaining if chip in rows)
    china = made_for_china(verdict.accelerators)
    same = (row for row in left if row.facts.get("target") in targets and row.family != first.name)
    listed = list(dict.fromkeys(visible(marked(row.family, (row.id,), china)) for row in same))
    if not listed:
        return ""
    more = [f"{len(listed) - ALIKE} more"] if len(listed) > ALIKE else []
    return f"Compiled code is the same for {_listed([_called(verdict, first), *listed[:ALIKE], *more], 'and')}."


def _contradicted(verdict: Verdict) -> str:
    if verdict.conflict is not None:
        return "The evidence contradicts itself: no single accelerator satisfies all of it."
    if not verdict.contradictions:
        return ""
    one = verdict.contradictions[0]
    more = len(verdict.contradictions) - 1
    further = f"; {more} more {'name is' if more == 1 else 'names are'} contradicted" if more else ""
    place, against = visible(f"{one.naming.path}:{one.naming.line}"), title(verdict.signals, one.signals[0])
    return f"{place} names {one_line(one.naming.text, LONGEST)}, and against it speaks: {against}{further}."


def _missing(verdict: Verdict) -> str:
    """Which launches beside the first say nothing, and what was not read."""
    silent = sum(one.silent for one in verdict.launches if one is not verdict.main_launch)
    unread = verdict.coverage.unparsed
    said = [f"{silent} other {'launch says' if silent == 1 else 'launches say'} nothing of hardware"] if silent else []
    said += [f"{unread} {'file was' if unread == 1 else 'files were'} not read whole"] if unread else []
    return f"{' and '.join(said)}." if said else ""
