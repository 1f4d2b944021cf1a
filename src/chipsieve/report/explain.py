"""Why is this accelerator in or out? One chip, launch by launch, with every line that speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chipsieve.report import facts
from chipsieve.report.escape import one_line, visible
from chipsieve.report.reasons import title
from chipsieve.sieve.outcome import Contradiction, LaunchVerdict, Verdict

SNIPPET = 80  # characters of a source line that are shown


def explain(verdict: Verdict, accelerator: str) -> str:
    """What the verdict says of one accelerator, by its id, as text ending with a newline.

    Raises:
        KeyError: the catalogue has no accelerator of that id.
    """
    chip = {row.id: row for row in verdict.accelerators}[accelerator]
    answer = "remains possible" if accelerator in verdict.possible else "is excluded"
    lines = [f"{chip.name} ({chip.id}) {answer} for {visible(verdict.root)}.", ""]
    for outcome in verdict.launches:
        lines += _launch(verdict, outcome, accelerator)
    lines += _kept(verdict, verdict.contradictions, accelerator)
    named = [naming for naming in verdict.named if accelerator in naming.accelerators]
    lines += [f"named as {visible(item.text)!r} in {visible(item.path)}:{item.line} ({item.by})" for item in named]
    if not verdict.launches:
        lines.append("No launch was found, so nothing excludes it.")
    return "\n".join(lines).rstrip() + "\n"


def _kept(verdict: Verdict, contradictions: Iterable[Contradiction], accelerator: str) -> Iterator[str]:
    """What speaks against the accelerator, but yields to a name."""
    for one in contradictions:
        if accelerator in one.accelerators:
            against = ", ".join(f"{title(verdict.signals, signal)} ({signal})" for signal in one.signals)
            where = f"{visible(one.naming.path)}:{one.naming.line}"
            yield f"  kept in by its name at {where}, although against it: {against}"


def _launch(verdict: Verdict, outcome: LaunchVerdict, accelerator: str) -> list[str]:
    launch = outcome.launch
    against = [cut for step in outcome.steps for cut in step.cuts if accelerator in cut.excluded]
    head = f"{visible(launch.id)} ({launch.role}): {'excluded' if against else 'possible'}"
    lines = [head, *_kept(verdict, outcome.contradictions, accelerator)]
    for cut in against:
        lines.append(f"  {title(verdict.signals, cut.signal)} ({cut.signal}, {facts.grade(cut)})")
        for place in cut.evidence.findings:
            where = f"{visible(place.path)}:{place.span.line}"
            lines.append(f"    {where}  {one_line(place.snippet, SNIPPET)}")
    return lines
