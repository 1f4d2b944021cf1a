"""How does the narrowing look as a drawing? A bar for what went in, and one for what each step that decides leaves."""

from __future__ import annotations

from chipsieve.report.markup import Markup, element
from chipsieve.report.outline import LaunchOutline

WIDTH, ROW, LABEL, COUNT = 360, 22, 130, 40


def drawing(launch: LaunchOutline) -> Markup:
    """The narrowing of a launch as SVG; nothing where no step decides."""
    left = [("catalogue", launch.before), *((step.name, step.after) for step in launch.steps if step.cuts)]
    if len(left) == 1 or not launch.before:
        return Markup()
    told = ", ".join(f"{name} {count}" for name, count in left)
    bars = (_bar(number, name, count, launch.before) for number, (name, count) in enumerate(left))
    box = f"0 0 {WIDTH} {ROW * len(left)}"
    return element("svg", *bars, class_="narrowing", viewBox=box, role="img", aria_label=f"What is left: {told}")


def _bar(number: int, name: str, count: int, total: int) -> Markup:
    room, top = WIDTH - LABEL - COUNT, number * ROW
    long = room * count / total
    return element(
        "g",
        element("text", name, x="0", y=f"{top + 15}"),
        element("rect", x=f"{LABEL}", y=f"{top + 4}", width=f"{long:.1f}", height=f"{ROW - 8}"),
        element("text", str(count), x=f"{LABEL + long + 6:.1f}", y=f"{top + 15}"),
    )
