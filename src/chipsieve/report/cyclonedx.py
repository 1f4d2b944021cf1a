"""How does the answer travel in a bill of materials? As CycloneDX 1.6: the tree is the component, its lines evidence.

ECMA-424, https://cyclonedx.org/docs/1.6/json/. No time and no serial number, so that the same verdict gives the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve import __version__
from chipsieve.report.escape import json_text, visible
from chipsieve.report.lookups import needed_lines
from chipsieve.report.provenance import provenance_words, version_of
from chipsieve.report.reasons import title
from chipsieve.report.sentence import sentence
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict

Record = dict[str, object]


def report(verdict: Verdict, style: Style) -> str:
    """The verdict as a bill of materials with one component, the scanned tree."""
    tool = {"type": "application", "name": "chipsieve", "version": __version__}
    occurrences, origin = [*_occurrences(verdict)], verdict.origin
    properties = [*_properties(verdict), ("provenance", provenance_words(verdict, style.command))]
    component: Record = {
        "type": "application",
        "bom-ref": "scanned-tree",
        "name": visible(verdict.root) or "tree",
        **({"version": version} if (version := version_of(verdict)) else {}),
        **({"evidence": {"occurrences": occurrences}} if occurrences else {}),
        **({"externalReferences": [{"type": "vcs", "url": origin.remote}]} if origin.remote else {}),
        "properties": [{"name": f"chipsieve:{name}", "value": value} for name, value in properties],
    }
    return json_text(
        {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {"tools": {"components": [tool]}, "component": component},
        }
    )


def _properties(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The answer, a name and a text each; an accelerator that remains possible is a property of its own."""
    yield "sentence", sentence(verdict)
    yield "policy", verdict.policy
    yield "scope", verdict.scope
    yield "catalogue", verdict.catalogue_date
    if verdict.main:
        yield "main-launch", visible(verdict.main)
    yield from (("possible", chip) for chip in sorted(verdict.possible))
    for one in verdict.trained_on.families if verdict.trained_on else ():
        yield "trained-on", f"{one.family} {one.probability:.3f}"


def _occurrences(verdict: Verdict) -> Iterator[Record]:
    """The lines that decide in the launch that comes first, each once with what it is."""
    main, seen = verdict.main_launch, set[tuple[str, int, str]]()
    for cut in (cut for step in main.steps for cut in step.cuts) if main else ():
        for line in needed_lines(cut.evidence, main.launch if main else None):
            at = (line.path, line.span.line, cut.signal)
            if at not in seen:
                seen.add(at)
                said = f"{title(verdict.signals, cut.signal)} ({cut.strength})"
                yield {"location": visible(line.path), "line": line.span.line, "additionalContext": said}
