"""What was under export control on the day of a verdict, in words? Short, with citations, and no legal advice."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from chipsieve.catalogue.derived import number
from chipsieve.catalogue.export_controls import NO_ADVICE
from chipsieve.estimate.phrases import LIKELY
from chipsieve.report.escape import visible
from chipsieve.report.groups import family, made_for_china, marked, vendor_name
from chipsieve.report.outline import ControlLines, RuleLine
from chipsieve.report.sentence import NAMED, percent
from chipsieve.sieve.controls import ControlledFamily, Controls, RuleSplit, Split
from chipsieve.sieve.outcome import Verdict

FAMILIES = 4  # of the estimate that are named
UNCONTROLLED = {"not controlled": "not controlled", "not out": "not out by then"}
OTHERS = 4  # makers that are named
EXAMPLES = 5  # of the chips that remain
NO_DAY = f"Export controls: no date is known, so nothing is said of them; --as-of DATE gives one. {NO_ADVICE}"


def control_lines(verdict: Verdict) -> ControlLines:
    """What was controlled of what the launch can run on, and of what it was probably trained on, with the rules."""
    controls = verdict.controls
    if controls is None:
        return ControlLines(NO_DAY)
    left, trained = _left(verdict, controls), _trained_on(verdict, controls)
    rules = tuple(_rule(verdict, one) for one in (*controls.rules, *controls.reviews))
    remarks = tuple(_remarks(verdict, controls))
    heading = f"Export controls on {controls.day}"
    return ControlLines(heading, controls.day, left, trained, rules, remarks)


def _left(verdict: Verdict, controls: Controls) -> str:
    """Whether an uncontrolled chip remains, plainly, with the counts."""
    count = sum(map(len, (controls.status.y, controls.status.n, controls.status.unknown)))
    if not controls.rules:
        return "No export control on accelerators was in force on that date."
    if not count:
        return "No accelerator remains."
    counts = f"{_counts(controls.status)} of the {count} that remain"
    if count == len(verdict.accelerators):
        return f"Nothing is excluded, so controlled and uncontrolled chips remain: {counts}."
    if controls.uncontrolled:
        return f"An uncontrolled chip remains: {_examples(verdict, controls.uncontrolled)} ({counts})."
    if controls.undecided:
        which = _examples(verdict, controls.undecided)
        return f"Whether an uncontrolled chip remains is unknown, for lack of figures on {which} ({counts})."
    if not controls.out:
        return "No chip that remains was out by then."
    by_then = " and was out by then" if len(controls.out) < count else ""
    return f"Every chip that remains{by_then} was controlled on that date ({counts})."


def _examples(verdict: Verdict, chips: Collection[str]) -> str:
    """A few of some chips by their families: likely ones first, then those for data centres, the fastest first."""
    china = made_for_china(verdict.accelerators)
    families = verdict.trained_on.families if verdict.trained_on else ()
    likely = {chip: one.probability for one in families for chip in one.accelerators if one.probability >= NAMED}
    rows = [row for row in verdict.accelerators if row.id in chips]
    rows.sort(
        key=lambda row: (-likely.get(row.id, 0), not row.facts.get("marketed_dc"), -(number(row.facts, "tpp") or 0))
    )
    names = dict.fromkeys(marked(family(row.name), (row.id,), china) for row in rows)
    more = [f"{len(names) - EXAMPLES} more"] if len(names) > EXAMPLES + 1 else []
    shown = [*names][:EXAMPLES] if more else [*names]
    return " and ".join(filter(None, [", ".join(shown), *more]))


def _counts(split: Split) -> str:
    parts = [f"{len(split.y)} controlled", f"{len(split.n)} not"]
    return ", ".join([*parts, *([f"{len(split.unknown)} unknown"] if split.unknown else [])])


def _trained_on(verdict: Verdict, controls: Controls) -> str:
    """Of each likely family since when it was controlled; "" where none is likely enough to be named."""
    answer = verdict.trained_on
    likely = [one for one in controls.families if one.family.probability >= NAMED][:FAMILIES]
    if answer is None or not likely or not controls.rules or answer.no_accelerator >= LIKELY:
        return ""
    china = made_for_china(verdict.accelerators)
    sure = likely[0].family.probability >= LIKELY
    guess = "Probably trained on" if sure else "Best guesses of what it was trained on"
    return f"{guess}: {'; '.join(_family(one, china) for one in likely)}."


def _family(one: ControlledFamily, china: Collection[str]) -> str:
    called = marked(one.family.name, one.family.accelerators, china)
    name = f"{visible(called)} ({percent(one.family.probability)})"
    if one.since is None:
        return f"{name}, {UNCONTROLLED.get(one.standing, 'not known whether controlled')}"
    some = "some of it " if one.standing == "partly" else ""
    latest = ", perhaps earlier" if one.at_latest else ""
    return f"{name}, {some}controlled since {one.since.since} (rule {one.since.id}{latest})"


def _rule(verdict: Verdict, one: RuleSplit) -> RuleLine:
    vendors = {row.vendor: vendor_name(row) for row in verdict.accelerators}
    bound = [vendors.get(vendor, vendor) for vendor in one.rule.addressees]
    binds = f"binds {', '.join(bound)} alone" if bound else ""
    words = [f"{len(chips)} {word}" for word, chips in one.statuses.items()]
    words += [f"{len(one.status.unknown)} unknown"] if one.status.unknown else []
    counts = _counts(one.status) if bound else ", ".join(words)
    rule, cited = one.rule, re.split(r"[,;]", one.rule.citation)[0]
    return RuleLine(rule.id, rule.title, rule.citation, cited, rule.since, rule.destinations, binds, counts, rule.notes)


def _remarks(verdict: Verdict, controls: Controls) -> Iterator[str]:
    """What limits the answer: makers abroad, and a day for which the rules are not known."""
    if controls.others:
        names = {row.vendor: vendor_name(row) for row in verdict.accelerators}
        others = [names[vendor] for vendor in controls.others]
        more = f" and {len(others) - OTHERS} more makers" if len(others) > OTHERS else ""
        which = ", ".join(others[:OTHERS] if more else others) + more
        reach = "only where the Export Administration Regulations reach them"
        yield f"Parameters are compared, and chips of {which} are controlled {reach}."
    if controls.day > controls.known_to:
        yield f"Rules after {controls.known_to} are not known here."
    yield NO_ADVICE
