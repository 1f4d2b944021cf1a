"""What does one signal say? What it matches and proves, of which chips, how firmly, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chipsieve.reference.chips_asked import answers_to, chips_in_words
from chipsieve.reference.examples import Examples, examples
from chipsieve.reference.paging import Block, Code, Page, Points, Section, code, plain
from chipsieve.reference.predicate_words import in_words
from chipsieve.reference.row_words import either, row_in_words
from chipsieve.sieve.policies import DEFAULT, load_policy, policies
from chipsieve.signals import NO_STEP
from chipsieve.signals.signal import Signal
from chipsieve.signals.steps import steps

STRENGTHS = {
    "definitive": "the code cannot run otherwise",
    "strong": "true unless an unusual escape exists",
    "weak": "a hint",
}
EFFECTS = {
    "prefers": "What it prefers runs elsewhere too, worse: it excludes nothing and counts in the estimate.",
    "names": "Somebody wrote a name: it excludes nothing without `--trust-names`, and counts in the estimate.",
    "technique": "It says nothing of chips; reports list it beside the verdict.",
    "site": "It says nothing of chips; reports list it beside the verdict.",
}
HINTED = "Somebody wrote a name, which is a hint alone: it excludes nothing, and counts in the estimate."
ROWS = 60
"""Rows in words on a page."""
SIDES = {
    "requires": ("Refuses", "Admits"),
    "prefers": ("Speaks against", "Speaks for"),
    "names": ("Speaks against", "Means"),
}


def signal_page(signal: Signal) -> Page:
    """The page on one signal."""
    shown = examples(signal.id)
    sections = [
        Section((f"**{plain(signal.title)}.** {plain(signal.question)}", Points(tuple(_facts(signal))))),
        Section(tuple(_matched(signal)), "What it matches"),
        Section(tuple(_proven(signal)), "What it proves"),
        Section(tuple(_chips(signal)), "About which chips"),
        Section(tuple(_firmness(signal)), "How firmly"),
        Section(tuple(_counterexamples(signal)), "Counterexamples"),
        Section(tuple(_shown(shown, matching=True)), "Lines that match"),
        Section(tuple(_shown(shown, matching=False)), "Lines that do not"),
        Section(tuple(_patterns(signal)), "Patterns"),
        Section((Points(tuple(map(plain, signal.references))),), "Sources"),
    ]
    return Page(signal.id, tuple(section for section in sections if section.blocks))


def _facts(signal: Signal) -> Iterator[str]:
    yield f"effect: {code(signal.effect)}"
    yield f"strength: {code(signal.strength)}"
    step = next((step for step in steps() if step.id == signal.step), None)
    if signal.step != NO_STEP and step:
        yield f"step: {code(step.id)} ({plain(step.question)})"
    if signal.label:
        yield f"reports call it: {plain(signal.label)}"


def _matched(signal: Signal) -> Iterator[Block]:
    if signal.rows:
        yield "A line matches when it is one of these:"
        rows = [row_in_words(row, pattern) for row, pattern in zip(signal.rows, _called(signal), strict=True)]
        more = [f"and {len(rows) - ROWS} more of the same kinds"] if len(rows) > ROWS else []
        yield Points((*rows[:ROWS], *more))
    else:
        yield "No single line: it is computed from a launch's settings, or holds where the signals below meet."
    if signal.together_with:
        yield f"Only together with {'; and with '.join(either(map(_linked, ids)) for ids in signal.together_with)}."
    if signal.same_machine:
        yield f"Only where {either(map(_linked, signal.same_machine))} names the same machine."
    if signal.unless:
        yield f"Not where a launch asserts {either(map(_linked, signal.unless))}."


def _called(signal: Signal) -> list[str]:
    """What the page calls each row's pattern; rows of one pattern share its number."""
    numbers = {text: number for number, text in enumerate(_texts(signal), 1)}
    return [f"pattern {numbers[row.pattern]}" if row.pattern else "" for row in signal.rows]


def _texts(signal: Signal) -> list[str]:
    return list(dict.fromkeys(row.pattern for row in signal.rows if row.pattern))


def _patterns(signal: Signal) -> Iterator[Block]:
    for number, text in enumerate(_texts(signal), 1):
        value = "; `value` is what the line says" if "(?P<value>" in text else ""
        yield f"Pattern {number}, searched without case{value}:"
        yield Code(tuple(text.strip("\n").splitlines()), "text")


def _linked(signal: str) -> str:
    return f"[{signal}]({signal}.md)"


def _proven(signal: Signal) -> Iterator[Block]:
    yield plain(signal.why)
    if signal.provides:
        modules = either(map(code, signal.provides))
        yield f"Where a launch asserts it, an import of {modules} that is tried succeeds."
    if signal.abstains:
        yield "A launch that asserts it computes on processors, and nothing follows about accelerators."


def _chips(signal: Signal) -> Iterator[Block]:
    if signal.requires == {"named": "$value"}:
        yield "It means the chips that are called what the line says: `chipsieve accelerators NAME` shows them."
    elif signal.requires:
        yield f"It asks for chips for which {in_words(signal.requires)}."
        yield _sides(signal.requires, *SIDES[signal.effect])
    if signal.presumption:
        presumed = in_words(signal.presumption)
        yield f"A careful reader presumes that {presumed}: that excludes nothing, and counts in the estimate."


def _sides(predicate: Mapping[str, object], against: str, agrees: str) -> Block:
    """The chips on each side, by family; which they are may depend on what the line says."""
    if "$value" in repr(predicate):
        return "Which chips these are depends on what the line says."
    answers = answers_to(predicate)
    sides = ((against, answers.against), ("Not known of", answers.unknown), (agrees, answers.agrees))
    return Points(tuple(f"{side} ({len(chips)}): {chips_in_words(chips)}" for side, chips in sides if chips))


def _firmness(signal: Signal) -> Iterator[Block]:
    if signal.effect in ("requires", "prefers", "names"):
        yield f"{code(signal.strength)}: {STRENGTHS[signal.strength]}."
    if signal.effect != "requires":
        yield HINTED if signal.effect == "names" and signal.strength == "weak" else EFFECTS[signal.effect]
        return
    excluding = [name for name in policies() if load_policy(name).predicate(signal) is not None]
    if DEFAULT in excluding:
        yield f"Where it takes effect, it excludes the chips that it refuses, under {_policies(excluding)}."
    elif excluding:
        yield f"It excludes nothing by default, and counts in the estimate; it excludes under {_policies(excluding)}."
    else:
        yield "It excludes nothing under any policy, and counts in the estimate."


def _policies(names: list[str]) -> str:
    listed = " and ".join(map(code, names))
    return f"the {'policy' if len(names) == 1 else 'policies'} {listed}"


def _counterexamples(signal: Signal) -> Iterator[Block]:
    escape = [f"Escape: {plain(signal.escape)}."] if signal.escape else []
    if known := (*escape, *map(plain, signal.caveats)):
        yield Points(known)


def _shown(shown: tuple[Examples, ...], *, matching: bool) -> Iterator[Block]:
    for one in shown:
        if lines := one.matching if matching else one.silent:
            yield Code(lines, one.language)
