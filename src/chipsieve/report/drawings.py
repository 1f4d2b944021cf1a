"""How do the estimate and the narrowing look as drawings? A bar a row; the same is said to those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chipsieve.report.escape import one_line
from chipsieve.report.markup import Markup, element
from chipsieve.report.outline import FamilyLine, LaunchOutline
from chipsieve.report.sentence import percent

WIDTH, ROW, LABEL, COUNT = 350, 22, 140, 40
LETTERS = 19  # of a label; more would reach into its bar
NEGLIGIBLE = 0.005  # probability that rounds to nothing


class Bar(msgspec.Struct, frozen=True):
    """One row: what it stands for, the figure beside it, how long it is (1 fills the room), and whether it is faint."""

    label: str
    figure: str
    share: float
    faint: bool = False


def estimate_drawing(families: Sequence[FamilyLine]) -> Markup:
    """How likely each family is, and what is left for all others; nothing where there is no estimate."""
    bars = [Bar(one.name, one.percent, one.share) for one in families]
    others = 1 - sum(one.share for one in families)
    if others > NEGLIGIBLE:
        bars.append(Bar("others, or none", percent(others), others, faint=True))
    return drawn("How likely", bars) if families else Markup()


def narrowing_drawing(launch: LaunchOutline) -> Markup:
    """What went into the sieve, and what each step that decides leaves; nothing where no step does."""
    left = [("catalogue", launch.before), *((step.name, step.after) for step in launch.steps if step.cuts)]
    if len(left) == 1 or not launch.before:
        return Markup()
    return drawn("What is left", [Bar(name, str(count), count / launch.before) for name, count in left])


def drawn(title: str, bars: Sequence[Bar]) -> Markup:
    """The bars below each other; `title` says what they show to those who do not see them."""
    said = ", ".join(f"{bar.label} {bar.figure}" for bar in bars)
    rows = (_row(bar, number * ROW) for number, bar in enumerate(bars))
    box = f"0 0 {WIDTH} {ROW * len(bars)}"
    return element("svg", *rows, class_="bars", viewBox=box, role="img", aria_label=f"{title}: {said}")


def _row(bar: Bar, top: int) -> Markup:
    long = (WIDTH - LABEL - COUNT) * bar.share
    faint = {"class_": "faint"} if bar.faint else {}
    return element(
        "g",
        element("text", one_line(bar.label, LETTERS), x="0", y=f"{top + 15}"),
        element("rect", x=f"{LABEL}", y=f"{top + 4}", width=f"{long:.1f}", height=f"{ROW - 8}"),
        element("text", bar.figure, x=f"{LABEL + long + 6:.1f}", y=f"{top + 15}"),
        **faint,
    )
