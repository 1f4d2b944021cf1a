"""Which signals are there? One line each, for a terminal and for the index in docs/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chipsieve.reference.paging import plain
from chipsieve.report.sheet import Sheet
from chipsieve.signals import NO_STEP
from chipsieve.signals.signal import Signal
from chipsieve.signals.steps import steps

ROOM = 20  # columns for a title beside its signal
UNASKED = "Techniques and sites, which say nothing of chips"


def listing(signals: Mapping[str, Signal], width: int = 0) -> str:
    """One line a signal: id, effect, strength, title; a title that a width does not hold goes on below."""
    column = max(map(len, signals), default=0)
    lines: list[str] = []
    for item in signals.values():
        head = f"{item.id:{column}}  {item.effect:9}  {item.strength:10}  "
        page = Sheet(width or len(head) + len(item.title), colour=False, verbose=False)
        lines += page.fill(head + item.title, hang=len(head) if page.width >= len(head) + ROOM else 2)
    return "\n".join(lines) + "\n"


def index(signals: Iterable[Signal]) -> Iterator[str]:
    """The lines of the index in Markdown: the signals of each step of the sieve, with links to their pages."""
    questions = {step.id: step.question for step in steps()} | {NO_STEP: UNASKED}
    ordered = sorted(signals, key=lambda signal: signal.id)
    for step, question in questions.items():
        if own := [signal for signal in ordered if signal.step == step]:
            yield from (f"## {step}", "", question, "", *map(_line, own), "")


def _line(signal: Signal) -> str:
    firmness = f", {signal.strength}" if signal.effect in ("requires", "prefers", "names") else ""
    return f"- [{signal.id}](signals/{signal.id}.md): {plain(signal.title)} ({signal.effect}{firmness})"
