"""How does a verdict show up in a GitHub Actions log? As workflow commands that annotate the deciding lines.

Source: GitHub documentation, "Workflow commands for GitHub Actions"; escaping as in actions/toolkit,
packages/core/src/command.ts. GitHub shows at most ten annotations of a kind per step.
"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.facts.finding import Finding
from chipsieve.report import facts
from chipsieve.report.conclusion import conclude
from chipsieve.report.escape import visible
from chipsieve.report.groups import Groups
from chipsieve.report.reasons import title
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import LaunchVerdict, Verdict

LIMIT = 10


def report(verdict: Verdict, style: Style) -> str:  # noqa: ARG001  every format takes a style
    """At most LIMIT notices: the conclusion, then each deciding line of the main launch in the sieve's order."""
    groups = Groups(verdict.accelerators)
    main = facts.main_launch(verdict)
    notices = [_notice(conclude(verdict, groups), title="chipsieve"), *(_cuts(verdict, main, groups) if main else ())]
    return "".join(f"{notice}\n" for notice in notices[:LIMIT])


def _cuts(verdict: Verdict, main: LaunchVerdict, groups: Groups) -> Iterator[str]:
    for step, alive in facts.narrowing(main, verdict.accelerators):
        for cut in step.cuts:
            finding = facts.evidence_lines(cut.evidence, main.launch)[0]
            said = f"{title(verdict.signals, cut.signal)} excludes {groups.short(cut.excluded, alive)}."
            yield _notice(said, **_place(finding), title="chipsieve")


def _place(finding: Finding) -> dict[str, str]:
    return {"file": finding.path, "line": str(finding.span.line), "endLine": str(finding.span.end_line)}


def _notice(message: str, **properties: str) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::notice {given}::{_data(message)}"


def _data(text: str) -> str:
    """A message: one line whatever it holds; the percent sign first, for the others become percent codes."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    """A property's value: also without what ends it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
