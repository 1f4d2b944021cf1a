"""How is a verdict streamed? One JSON document a line: each launch, then the repository, then each finding."""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.report import json_report
from chipsieve.report.escape import json_text
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict


def report(verdict: Verdict, style: Style) -> str:  # noqa: ARG001  every format takes a style
    """The records of contract `chipsieve/2`, one a line, each with its `kind` first.

    The repository's line also carries what the whole document has once: schema, policy, gaps, coverage.
    """
    return "".join(json_text(record, indent=None) for record in _records(verdict))


def _records(verdict: Verdict) -> Iterator[dict[str, object]]:
    for outcome in verdict.launches:
        yield {"kind": "launch", **json_report.launch_record(outcome, verdict.signals)}
    whole = {**json_report.header(verdict), **json_report.repository_record(verdict), **json_report.footer(verdict)}
    yield {"kind": "repository", **whole}
    for record in json_report.finding_records(verdict):
        yield {"kind": "finding", **record}
