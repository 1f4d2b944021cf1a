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
from chipsieve.report.phrasing import name_lines
from chipsieve.report.provenance import provenance_words
from chipsieve.report.reasons import derivation, title
from chipsieve.report.sentence import sentence
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from chipsieve.signals.signal import Strength

LIMIT = 10


def report(verdict: Verdict, style: Style) -> str:
    """At most LIMIT notices: the sentence, each deciding line of the main launch in the sieve's order, then names.

    The first also says by what it was made, and of what.
    """
    main, made = verdict.main_launch, provenance_words(verdict, style.command)
    notices = [
        _notice(f"{sentence(verdict)} Provenance: {made}.", title="chipsieve"),
        *(_cuts(verdict, main, style.min_strength) if main else ()),
        *_names(verdict, main, style.min_strength),
    ]
    return "".join(f"{notice}\n" for notice in notices[:LIMIT])


def _cuts(verdict: Verdict, main: LaunchVerdict, at_least: Strength) -> Iterator[str]:
    groups = Groups(verdict.accelerators)
    for step, alive in main.proof.narrowing():
        for cut in step.cuts:
            if not lookups.strong_enough(cut.strength, at_least):
                continue
            lines = lookups.evidence_lines(cut.evidence, main.launch)[:1]
            because = "".join(f" {words}." for words in derivation(cut.evidence, verdict.signals))
            said = f"{title(verdict.signals, cut.signal)} excludes {groups.short(cut.excluded, alive)}.{because}"
            yield _notice(" ".join([said, *legend(said)]), **_place(lines), title="chipsieve")


def _names(verdict: Verdict, main: LaunchVerdict | None, at_least: Strength) -> Iterator[str]:
    """Each chip that somebody names, at the first line that does, with what the sieve says of it."""
    named = lookups.strongly_named(verdict, at_least)
    for line in name_lines(named, verdict.possible, main, verdict.signals):
        path, _, number = line.places[0].rpartition(":")
        more = f" and in {len(line.places) - 1} more places" if len(line.places) > 1 else ""
        said = f"{line.word} is named here{more} ({', '.join(line.by)}): {line.standing}."
        yield _notice(said, file=path, line=number, endLine=number, title="chipsieve")


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
