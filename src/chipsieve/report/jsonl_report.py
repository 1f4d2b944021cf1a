"""How is a verdict streamed? One JSON document a line: what is shared, each launch, the repository, each finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chipsieve.report import json_report
from chipsieve.report.escape import json_text
from chipsieve.report.shared import Shared
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict


def report(verdict: Verdict, style: Style) -> str:
    """The records of contract `chipsieve/2`, one a line, each with its `kind` first.

    The first line, `shared`, is what others refer to by number. The repository's line also carries what the whole
    document has once: schema, policy, provenance, gaps, coverage.
    """
    return "".join(json_text(record, indent=None) for record in _records(verdict, style.command))


def _records(verdict: Verdict, command: Sequence[str]) -> Iterator[dict[str, object]]:
    shared = Shared.of(verdict)
    yield {"kind": "shared", **json_report.shared_record(shared)}
    for record in json_report.launch_records(verdict, shared):
        yield {"kind": "launch", **record}
    whole = {
        **json_report.header(verdict, command), **json_report.repository_record(verdict), **json_report.footer(verdict),
    }  # fmt: skip
    yield {"kind": "repository", **whole}
    for record in json_report.finding_records(verdict, shared):
        yield {"kind": "finding", **record}
