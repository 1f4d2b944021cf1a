"""Which doors stand open to strangers' bytes? Each as a function that takes any bytes and holds what comes out to laws.

What a door declares to raise is no fault; everything else that is raised is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp

from chipsieve.api import scan
from chipsieve.border.sarif.condition_trees import decode, encode
from chipsieve.border.scanners import Report, ReportError, foreign_findings, read_report
from chipsieve.facts.conditions import size
from chipsieve.facts.places import Lines
from chipsieve.facts.reading import Reading, Source
from chipsieve.match.table import default_table
from chipsieve.report import FORMATS, render
from chipsieve.report.condition_words import describe
from chipsieve.report.escape import harmless
from chipsieve.report.saved_report import compared_file, compared_verdict
from chipsieve.sources.contents import decode as text_of
from chipsieve.sources.in_memory import InMemory, Member
from chipsieve.sources.languages import languages
from chipsieve.sources.readers import read_source, readers
from chipsieve.survey.wanted import read_list
from chipsieve.tables import TableError
from fuzz.reading_laws import BrokenLaw, acting, check_readings, check_shown, plain
from fuzz.seeds import BETWEEN, TREE, path_of

JSON = ("json", "jsonl", "sarif", "cyclonedx", "spdx")
"""Formats that programs read: the command line escapes every text again, which must change nothing in them."""
Target = Callable[[bytes], object]
"""Takes any bytes; gives what came out, as plain values, the same for the same bytes in every process."""


def read_language(language: str, path: str, data: bytes) -> object:
    """What a reader says of a file, by itself and as a scan asks it.

    Raises:
        BrokenLaw: one of the laws does not hold.
    """
    source = Source(path, language, text_of(data))
    try:
        alone = readers().by_language[language].read(source, default_table().vocabulary)
    except RecursionError:  # the guard makes a gap of it
        return None
    readings = read_source(source, default_table().vocabulary)
    if not path.endswith(".j2"):
        _same(alone, readings[0])
    check_readings(source.text, readings)
    return plain(readings)


def _same(alone: Reading, whole: Reading) -> None:
    """What the reader said first stands at the beginning of what it says again."""
    for kind in ("facts", "commands", "references", "gaps"):
        first = getattr(alone, kind)
        if getattr(whole, kind)[: len(first)] != first:
            raise BrokenLaw(f"the same text was read twice, and not alike: {kind}")


def read_tree(data: bytes) -> object:
    """The verdict on a tree of a few files, in every format.

    Raises:
        BrokenLaw: a report is not safe to show, or is refused when it is read again.
    """
    members = {name: Member(len(text), text) for name, text in zip(TREE, data.split(BETWEEN), strict=False)}
    tree = InMemory("tree", Path("/nowhere"), members)
    verdict = scan(tree, workers=1)
    if failed := [gap for gap in verdict.gaps if " reader failed: " in gap.reason]:
        raise BrokenLaw(f"{failed}")
    compared_verdict(verdict)
    written = {name: render(verdict, name, sarif_level="all") for name in FORMATS}
    for name, text in written.items():
        shown = harmless(text)
        if any(map(acting, shown.replace("\t", " ").split("\n"))):
            raise BrokenLaw(f"{name} acts on a terminal")
        if name in JSON and shown != text:
            raise BrokenLaw(f"{name} is no JSON any more when it was escaped")
        shown.encode()
    _log_of(json.loads(written["sarif"]))
    json.loads(written["json"])
    return [verdict.possible, verdict.remaining, written["json"]]


def _log_of(log: object) -> None:
    file = desk() / "own.sarif"
    file.write_text(json.dumps(log), encoding="utf-8")
    read_report(file)  # a ReportError here is a fault: the log is ours


@cache
def desk() -> Path:
    """A folder for files that a door opens by name."""
    return Path(mkdtemp(prefix="chipsieve-fuzz-"))


def _file(name: str, data: bytes) -> Path:
    file = desk() / name
    file.write_bytes(data)
    return file


def read_scanner_report(name: str, data: bytes) -> object:
    """The findings of another scanner's report, in a tree and without one."""
    try:
        report: Report = read_report(_file(name, data))
        found = foreign_findings([(name, report)], default_table().signals, None, lambda _: None)
    except ReportError as error:
        check_shown(str(error))
        return None
    check_shown(plain(found))
    tree = InMemory("tree", Path("/nowhere"), {"run.sh": Member(9, b"a --bf16\n")})
    with suppress(ReportError):
        foreign_findings([(name, report)], default_table().signals, tree, lambda _: Lines("a --bf16\n"))
    return plain(found)


def read_saved_report(data: bytes) -> object:
    """What can be compared of a saved report."""
    try:
        return plain(compared_file(_file("saved.json", data)))
    except TableError as error:
        check_shown(str(error))
        return None


def read_survey_list(name: str, data: bytes) -> object:
    """The repositories that a list asks for."""
    try:
        return plain(read_list(_file(name, data), cloning=True))
    except TableError as error:
        check_shown(str(error))
        return None


def read_condition(data: bytes) -> object:
    """A condition that came in JSON, written and read again.

    Raises:
        BrokenLaw: it came back as another one.
    """
    try:
        condition = decode(json.loads(data))
    except (ValueError, RecursionError):  # no JSON, or no condition; who reads a log takes both
        return None
    written = encode(condition)
    if decode(written) != condition:
        raise BrokenLaw(f"came back as another condition: {condition!r}")
    size(condition)
    check_shown(describe(condition))
    return plain(condition)


def targets() -> Mapping[str, Target]:
    """Every door by its name: a language, or what else is read."""
    read = {
        language: partial(read_language, language, path_of(language))
        for language in languages().natures
        if language in readers().by_language
    }
    return {
        **read,
        "template": partial(read_language, "shell", "job.sh.j2"),
        "tree": read_tree,
        "sarif": partial(read_scanner_report, "log.sarif"),
        "linter": partial(read_scanner_report, "lines.txt"),
        "report": read_saved_report,
        "survey-list": partial(read_survey_list, "list.txt"),
        "survey-csv": partial(read_survey_list, "list.csv"),
        "condition": read_condition,
    }
