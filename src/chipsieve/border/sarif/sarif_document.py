"""How does a verdict leave as SARIF 2.1.0? One run, relative URIs, every level a note: a chip is no defect.

GitHub's rules for what it takes and shows: docs "SARIF support for code scanning"; limits: "SARIF results exceed
one or more limits". One run per file, for GitHub refuses two of one tool and category.
"""

from __future__ import annotations

from collections.abc import Sequence

from chipsieve import __version__
from chipsieve.border.sarif.results import TREE, Record, artifact, plain, quoted, result_records, strongest, uri
from chipsieve.border.sarif.rules import HOME, rule_records, sentence
from chipsieve.border.sarif.verdict_result import excluded, verdict_record
from chipsieve.facts.reading import Gap
from chipsieve.report import lookups
from chipsieve.report.escape import visible
from chipsieve.report.provenance import command_line, provenance_record
from chipsieve.report.style import ReadText, SarifLevel
from chipsieve.sieve.outcome import Verdict
from chipsieve.signals.signal import Strength

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
NOTIFICATIONS = 1000
REPOSITORY = "REPOROOT"
LEAVES_OUT = "findings are left out"
WHOLE = " To sieve this report, write it with --sarif-level all and without --min-strength."


def write(
    verdict: Verdict,
    read_text: ReadText | None = None,
    level: SarifLevel = "all",
    at_least: Strength = "weak",
    command: Sequence[str] = (),
) -> Record:
    """The verdict as a SARIF 2.1.0 document (JSON values); same verdict, same document.

    `read_text` gives the text of a file by its path below the root, or None; with it every result carries
    GitHub's fingerprint. Of the findings that the level asks for, and that are not weaker than `at_least`, at most
    RESULTS are kept, those that weigh most; a notification counts the rest. `command` is what was typed after
    `chipsieve`.
    """
    kept = strongest(verdict, level, at_least)
    rules = rule_records((finding.signal for finding in kept), verdict.signals)
    index = {str(rule["id"]): number for number, rule in enumerate(rules)}
    results = [verdict_record(verdict, index, read_text), *result_records(verdict, kept, index, read_text)]
    notifications = _notifications(verdict, len(kept), level, at_least)
    run = {
        "tool": {"driver": _driver(rules)},
        "automationDetails": {"id": "chipsieve/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {**_typed(command), "executionSuccessful": True, "toolExecutionNotifications": notifications}
        ],
        "originalUriBaseIds": _bases(verdict),
        **_repository(verdict),
        "results": results,
        "properties": {
            "chipsieve/verdict": _summary(verdict), "chipsieve/provenance": provenance_record(verdict, command),
        },
    }  # fmt: skip
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _typed(command: Sequence[str]) -> Record:
    return {"commandLine": command_line(command), "arguments": list(command)} if command else {}


def _repository(verdict: Verdict) -> Record:
    """The commit at the public address of its repository; without such an address SARIF has no place for a commit."""
    commit, origin = verdict.commit, verdict.origin
    if commit is None or origin.remote is None:
        return {}
    branch = {"branch": visible(origin.branch)} if origin.branch else {}
    known = {"repositoryUri": origin.remote, "revisionId": commit.id, **branch}
    return {"versionControlProvenance": [{**known, "mappedTo": {"uriBaseId": REPOSITORY if origin.folder else TREE}}]}


def _bases(verdict: Verdict) -> Record:
    """What paths count from, without a place on this machine: others have the tree elsewhere."""
    tree: Record = {"description": {"text": "The folder that was scanned."}}
    if verdict.commit is None or not verdict.origin.folder:
        return {TREE: tree}
    top = {"description": {"text": "The top folder of the repository."}}
    return {REPOSITORY: top, TREE: {"uri": f"{uri(verdict.origin.folder)}/", "uriBaseId": REPOSITORY, **tree}}


def _driver(rules: list[Record]) -> Record:
    return {"name": "chipsieve", "semanticVersion": __version__, "informationUri": HOME, "rules": rules}


def _summary(verdict: Verdict) -> Record:
    """The verdict as flat properties, for programs that read SARIF and know us."""
    return {
        "policy": verdict.policy,
        "scope": verdict.scope,
        "role": verdict.role,
        "main": verdict.main,
        "catalogue": verdict.catalogue_date,
        "possible": sorted(verdict.possible),
        "remaining": sorted(verdict.remaining),
        "excluded": excluded(verdict),
    }


def _notifications(verdict: Verdict, kept: int, level: SarifLevel, at_least: Strength) -> list[Record]:
    gaps, dropped = lookups.sorted_gaps(verdict), len(lookups.sorted_findings(verdict)) - kept
    records = [_gap_record(gap) for gap in gaps[:NOTIFICATIONS]]
    if len(gaps) > NOTIFICATIONS:
        records.append(_notification("gap", f"{len(gaps) - NOTIFICATIONS} more gaps are not listed."))
    if dropped:
        records.append(_left_out(dropped, level, at_least))
    return records


def _left_out(dropped: int, level: SarifLevel, at_least: Strength) -> Record:
    """How many findings the document does not hold, and why; what is left out by choice is no warning."""
    chosen = ["they decide nothing and name no chip"] if level == "verdict" else []
    chosen += [f"they are weaker than {at_least}"] if at_least != "weak" else []
    text = f"{dropped} {LEAVES_OUT}: {', or '.join(chosen) or 'those that weigh least'}.{WHOLE if chosen else ''}"
    return {**_notification("left-out", text), **({"level": "note"} if chosen else {})}


def _gap_record(gap: Gap) -> Record:
    region = {} if gap.line is None else {"region": {"startLine": gap.line}}
    place = {"physicalLocation": {"artifactLocation": artifact(gap.path), **region}}
    unread = "" if gap.notice else " was not read whole"
    text = f"{quoted(gap.path)}{unread}: {sentence(plain(gap.reason))}"
    return {**_notification("notice" if gap.notice else "gap", text), "locations": [place]}


def _notification(name: str, text: str) -> Record:
    return {"descriptor": {"id": name}, "level": "warning", "message": {"text": text}}
