"""How does a verdict show up in a GitHub Actions log? As workflow commands that annotate the deciding lines.

Source: GitHub documentation, "Workflow commands for GitHub Actions"; escaping as in actions/toolkit,
packages/core/src/command.ts. GitHub shows at most ten annotations of a kind per step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chipsieve.derive.premises import Line
from chipsieve.report import lookups
from chipsieve.report.escape import visible
from chipsieve.report.groups import Groups, legend
from chipsieve.report.provenance import provenance_words
from chipsieve.report.reasons import derivation, title
from chipsieve.report.sentence import sentence
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import LaunchVerdict, Verdict

LIMIT = 10


def report(verdict: Verdict, style: Style) -> str:
    """At most LIMIT notices: the sentence, then each deciding line of the main launch in the sieve's order.

    The first also says by what it was made, and of what.
    """
    groups = Groups(verdict.accelerators)
    main, made = verdict.main_launch, provenance_words(verdict, style.command)
    notices = [
        _notice(f"{sentence(verdict)} Provenance: {made}.", title="chipsieve"),
        *(_cuts(verdict, main, groups) if main else ()),
    ]
    return "".join(f"{notice}\n" for notice in notices[:LIMIT])


def _cuts(verdict: Verdict, main: LaunchVerdict, groups: Groups) -> Iterator[str]:
    for step, alive in main.proof.narrowing():
        for cut in step.cuts:
            lines = lookups.evidence_lines(cut.evidence, main.launch)[:1]
            because = "".join(f" {words}." for words in derivation(cut.evidence, verdict.signals))
            said = f"{title(verdict.signals, cut.signal)} excludes {groups.short(cut.excluded, alive)}.{because}"
            yield _notice(" ".join([said, *legend(said)]), **_place(lines), title="chipsieve")


def _place(lines: Sequence[Line]) -> dict[str, str]:
    """The properties that point at the first line; none where there is no line."""
    return {
        key: text
        for line in lines[:1]
        for key, text in (("file", line.path), ("line", str(line.span.line)), ("endLine", str(line.span.end_line)))
    }


def _notice(message: str, **properties: str) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::notice {given}::{_data(message)}"


def _data(text: str) -> str:
    """A message: one line whatever it holds; the percent sign first, for the others become percent codes."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    """A property's value: also without what ends it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
