"""How does a program ask chipsieve?

`scan` runs the whole flow on one tree, `sieve` on scanners' reports, and `render` writes a verdict as a report.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

from msgspec.structs import replace

from chipsieve import report
from chipsieve.catalogue import load_catalogue
from chipsieve.commands.launchers import ROLES
from chipsieve.configuration.excludes import glob_for, leave_out
from chipsieve.configuration.file import NONE, SCOPES, Config
from chipsieve.configuration.suppressions import Suppressions
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Lines
from chipsieve.facts.reading import Reading, ordered_gaps
from chipsieve.link.out_of_sight import started_unread
from chipsieve.link.whole_files import judge_by_eye, judge_without_run, whole
from chipsieve.match.marks import marked
from chipsieve.match.matcher import match_tree, match_whole
from chipsieve.match.table import default_table
from chipsieve.progress import Progress
from chipsieve.report.sentence import sentence
from chipsieve.report.style import Detail, SarifLevel
from chipsieve.sieve.concluding import Rules, conclude, judged_needs
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.policies import DEFAULT, load_policy
from chipsieve.sources.contents import Origin, Tree, text_reader
from chipsieve.sources.discovery import Discovery, discover, open_tree
from chipsieve.sources.disk import Disk
from chipsieve.sources.languages import languages
from chipsieve.sources.readers import read_tree
from chipsieve.sources.scan_record import ScanRecord, record_scan
from chipsieve.tables import TableError, refuse_other

if TYPE_CHECKING:  # their modules are loaded when they are needed
    from chipsieve.border.scanners import Foreign, Report

ENGINES = ("semgrep", "visitors")


def scan(
    path: str | Path | Tree,
    *,
    policy: str = DEFAULT,
    scope: str = "launch",
    role: str = "training",
    trust_names: bool = False,
    as_of: str = "",
    project: str | None = None,
    launch: str = "",
    config: Config = NONE,
    engines: Sequence[str] = ("visitors",),
    workers: int | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
    earlier: Sequence[Finding] = (),
) -> Verdict:
    """Which accelerators the code at `path` can have been trained on, and which line proves it.

    `path` is a folder, a file, an archive, or `REPO@REV[:FOLDER]`, a git revision that is read without a checkout.
    `policy` is `balanced`, `strict` or `paper`; `scope` "tree" takes the whole tree as one launch;
    `role` says whose launches speak for the repository (`training` includes fine-tuning, `any` all).
    `as_of` is the day for which to answer, `2024-11-05`, by default that of the launch's last change: what was not
    announced by then was not trained on. `project` is the folder of the README whose launches alone shall speak, "" for
    the whole tree; `launch` is the id of the one launch that shall speak, `run.sh:12`, whatever its role.
    `engines` names who looks for findings: our `visitors`, `semgrep` with our rules, or both.
    `config` says which files and signals to leave out; unless it says `honour_ignores`, they count all the same, and so
    does what comments in the code leave out. `cache` is the file where readings are kept from one run to the next,
    None for nowhere. `progress` is called with the phase ("reading", "linking", "matching", "judging"), how many are
    done and of how many: files while they are read, then launches; of 0 while nobody knows how many there are.

    Raises:
        FileNotFoundError: there is nothing at `path`, no such revision, or an archive that cannot be read.
        chipsieve.tables.TableError: there is no such policy, scope, role, project, launch or engine, `as_of` is no
            day, or Semgrep cannot run: it is not installed, or `path` is a revision or an archive.
    """
    for engine in engines:
        refuse_other("engine", engine, ENGINES)
    refuse_other("scope", scope, SCOPES)
    with open_tree(path) as tree:
        rules = replace(_rules(policy, role, trust_names=trust_names), project=project, launch=launch)
        request = _Request(tree.name, rules, scope, config, day(as_of), tuple(earlier))
        found = leave_out(discover(tree), config)
        readings = _read(found, progress, workers, cache)
        foreign = _by_semgrep(found, config, beside="visitors" in engines) if "semgrep" in engines else None
        with _uncollected():
            return _verdict(request, found, readings, foreign, alone="visitors" not in engines, progress=progress)


def sieve(
    files: Sequence[str | Path],
    root: str | Path | Tree | None = None,
    *,
    policy: str = DEFAULT,
    scope: str = "launch",
    role: str = "training",
    trust_names: bool = False,
    as_of: str = "",
    project: str | None = None,
    launch: str = "",
    config: Config = NONE,
    workers: int | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Verdict:
    """Which accelerators the results of other scanners leave possible: SARIF, Semgrep's JSON, flake8's lines.

    With `root`, the tree that was scanned, launches are reconstructed and conditions resolved, and only what the
    reports hold counts as evidence. Without it nobody can tell what takes effect, so nothing is excluded, unless
    `scope` is "tree". `root` is as `path` for `scan`; `cache` and `progress` are as there.

    Raises:
        FileNotFoundError: there is nothing at `root`, or no such revision.
        chipsieve.tables.TableError: there is no such policy, scope, role, project or launch, `as_of` is no day, a file
            is no report, or no result of it lies in the tree.
    """
    from chipsieve.border.scanners import foreign_findings, read_report

    refuse_other("scope", scope, SCOPES)
    rules = replace(_rules(policy, role, trust_names=trust_names), project=project, launch=launch)
    reports = [(Path(file).name, read_report(Path(file))) for file in files]
    if root is None:
        foreign = foreign_findings(reports, default_table().signals, None, lambda _: None)
        return _rootless(_Request(", ".join(name for name, _ in reports), rules, scope, config, day(as_of)), foreign)
    with open_tree(root) as tree:
        request = _Request(tree.name, rules, scope, config, day(as_of))
        found = leave_out(discover(tree), config)
        readings, located = _read(found, progress, workers, cache), _located(reports, found, config)
        with _uncollected():
            return _verdict(request, found, readings, located, alone=True, progress=progress)


def render(
    verdict: Verdict,
    form: str,
    *,
    code: str | Path | Tree | None = None,
    detail: Detail = "report",
    width: int = 100,
    colour: bool = False,
    sarif_level: SarifLevel = "verdict",
    link_base: str = "",
    command: Sequence[str] = (),
) -> str:
    """The verdict as text in one of the formats, `chipsieve.report.FORMATS`: "html", "json", "sarif" and others.

    `code` is where the tree lies that was scanned, as `path` for `scan`: SARIF's fingerprints are of its lines.
    `detail` says how much reports for people tell: "sentence", "digest", "report" or "everything"; `width` is in
    columns, `colour` for terminals. `sarif_level` says which findings SARIF holds, "verdict" or "all". `link_base` is
    where an HTML page finds the code: "https://github.com/OWNER/NAME/blob/{commit}/{path}#L{line}". `command` are the
    words that the report says it was asked by.

    Raises:
        FileNotFoundError: there is nothing at `code`.
        chipsieve.tables.TableError: there is no such format, detail or level.
    """
    refuse_other("detail", detail, get_args(Detail))
    refuse_other("sarif_level", sarif_level, get_args(SarifLevel))
    with open_tree(code) if code is not None else nullcontext() as tree:
        return report.render(
            verdict, form, read_text=text_reader(tree) if tree else None, detail=detail, width=width, colour=colour,
            sarif_level=sarif_level, link_base=link_base, command=tuple(command),
        )  # fmt: skip


class _Request(NamedTuple):
    """What the caller wants to know: of which tree, by which rules, in which scope, without what, for which day.

    `earlier` are findings of earlier revisions.
    """

    name: str
    rules: Rules
    scope: str
    config: Config
    as_of: str = ""
    earlier: tuple[Finding, ...] = ()


def day(text: str) -> str:
    """A day as `2024-11-05`, or "".

    Raises:
        chipsieve.tables.TableError: the text is no day.
    """
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise TableError(f"{text!r} is no day; write one as 2024-11-05") from error


def _rules(policy: str, role: str, *, trust_names: bool) -> Rules:
    refuse_other("role", role, ("any", *ROLES))
    return Rules(load_catalogue(), default_table().signals, load_policy(policy, trust_names=trust_names), role)


def _read(found: Discovery, progress: Progress | None, workers: int | None, cache: Path | None) -> tuple[Reading, ...]:
    vocabulary = default_table().vocabulary
    if cache is None:
        return read_tree(found, vocabulary, progress, workers)
    from chipsieve.sources.cache import Cache  # a run without one loads no database

    with Cache(cache, vocabulary) as kept:
        return read_tree(found, vocabulary, progress, workers, kept)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the cyclic garbage collector: readings hold no cycles, and each collection would walk all of them.

    On a tree of three thousand files that takes a tenth to a fifth of the time of linking and judging.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _by_semgrep(found: Discovery, config: Config, *, beside: bool) -> Foreign:
    from chipsieve.border.scanners import semgrep_report
    from chipsieve.border.semgrep.running import rules_beside_readers, rules_home, run_semgrep

    if not isinstance(found.tree, Disk):
        raise TableError("engine 'semgrep' reads files on disk; check the revision out, or unpack the archive")
    configs = rules_beside_readers() if beside else (rules_home(),)
    document = run_semgrep(found.tree.path, configs, leave_out=languages().silent | languages().named)
    return _located([("semgrep", semgrep_report(document, "semgrep"))], found, config)


def _located(reports: Iterable[tuple[str, Report]], found: Discovery, config: Config) -> Foreign:
    """The findings of reports on a tree, each at a line that is there, in files that are not left out."""
    from chipsieve.border.scanners import foreign_findings

    @once
    def lines(name: str) -> Lines | None:
        text = found.tree.text(name)
        return Lines(text) if isinstance(text, str) else None

    foreign = foreign_findings(reports, default_table().signals, found.tree, lines)
    if not config.honour_ignores:
        return foreign
    kept = tuple(item for item in foreign.findings if not glob_for(found.tree.folder / item.path, config))
    return replace(foreign, findings=kept)


def _verdict(
    request: _Request, found: Discovery, readings: Sequence[Reading], foreign: Foreign | None, *, alone: bool,
    progress: Progress | None,
) -> Verdict:  # fmt: skip
    """The verdict on a tree: what its readings state, with another scanner's marks, or what those marks alone say."""
    suppressions = Suppressions(found, request.config)
    readings = suppressions.wanted(readings)
    if foreign is not None:
        readings = marked(readings, foreign.findings)
    matched = match_tree(
        readings, default_table(), suppressions.keeps, scope=request.scope, alone=alone, progress=progress
    )
    gaps = {*found.gaps, *matched.gaps, *suppressions.notices, *(foreign.gaps if foreign else ())}
    gaps.update(gap for reading in readings for gap in reading.gaps)
    gaps.update(started_unread(found.tree, readings))
    record = record_scan(found, readings, (*matched.findings, *request.earlier), gaps, suppressions.ignored)
    commit = found.tree.commit
    origin = found.tree.origin if commit else Origin()  # of a tree without one, which lies in somebody's repository
    record = replace(record, root=request.name, scope=request.scope, as_of=request.as_of, commit=commit, origin=origin)
    return _worded(conclude(record, matched.launches, request.rules, found.tree, progress))


def _worded(verdict: Verdict) -> Verdict:
    """The verdict with the paragraph that can be quoted."""
    return replace(verdict, sentence=sentence(verdict))


def _rootless(request: _Request, foreign: Foreign) -> Verdict:
    """The verdict on reports alone: their files were not seen, so no launch is known."""
    suppressions = Suppressions(Discovery(Disk(Path()), (), (), ()), request.config)
    judge = judge_by_eye if request.scope == "tree" else judge_without_run
    name = "tree" if request.scope == "tree" else "results"
    matched = match_whole(whole(name, marked((), foreign.findings), judge), default_table(), suppressions.keeps)
    gaps = ordered_gaps([*foreign.gaps, *suppressions.notices])
    record = ScanRecord(request.name, request.scope, matched.findings, gaps, as_of=request.as_of)
    # No estimate: names in a report say little where nobody read the tree.
    return _worded(judged_needs(record, matched.launches, request.rules))
