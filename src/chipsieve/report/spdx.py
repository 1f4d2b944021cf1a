"""How does the answer travel as SPDX 3? As statements on the scanned tree, each with the lines that are its evidence.

SPDX 3.0.1, profiles Core and Software: https://spdx.github.io/spdx-spec/v3.0.1/. A tree that starts programs is an
AIPackage, whose `informationAboutTraining` is our paragraph. Conformance with the profile AI is not claimed: it asks
for a supplier, a release and licences, of which chipsieve knows nothing. `trainedOn` is not used either: it is for data
sets. Ids and days come from the verdict, so that the same one gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chipsieve import __version__
from chipsieve.estimate.answer import Estimate
from chipsieve.report.escape import json_text, visible
from chipsieve.report.groups import Groups
from chipsieve.report.json_report import estimate_record
from chipsieve.report.lookups import needed_lines
from chipsieve.report.provenance import provenance_words, version_of
from chipsieve.report.reasons import derivation, title
from chipsieve.report.sentence import percent, sentence
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import LaunchVerdict, Verdict

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
NAMESPACE = "https://spdx.org/spdxdocs/chipsieve-"  # for anybody's documents; a digest of the content makes ids unique
INFO = "_:creationinfo"
SHA1 = 40  # digits of the commits that Software Heritage names
Record = dict[str, object]
Place = tuple[str, int]


def report(verdict: Verdict, style: Style) -> str:
    """The verdict as one SPDX document in JSON-LD; its ids are made from all that it says."""
    said = json_text(_graph(verdict, style.command, ""))
    digest = hashlib.sha256(said.encode()).hexdigest()[:32]
    return json_text({"@context": CONTEXT, "@graph": _graph(verdict, style.command, f"{NAMESPACE}{digest}/")})


def _graph(verdict: Verdict, command: Sequence[str], base: str) -> list[Record]:
    """Every element; ids begin with `base`."""
    places = _Places(base)
    elements = [
        _element("SoftwareAgent", f"{base}chipsieve", name="chipsieve"),
        _element("Tool", f"{base}tool", name=f"chipsieve {__version__}"),
        _tree(verdict, command, base),
        *_statements(verdict, base, places),
        *places.elements(),
    ]
    document = _element(
        "SpdxDocument", f"{base}document",
        name=f"chipsieve: {visible(verdict.root)}",
        profileConformance=["core", "software"],
        rootElement=[f"{base}tree"],
        element=[one["spdxId"] for one in elements],
    )  # fmt: skip
    return [_creation(verdict, base), document, *elements]


def _element(kind: str, spdx_id: str, **fields: object) -> Record:
    """One element, without the fields that are None or empty."""
    return {"type": kind, "spdxId": spdx_id, "creationInfo": INFO, **{name: one for name, one in fields.items() if one}}


def _creation(verdict: Verdict, base: str) -> Record:
    day, of = (verdict.commit.day, "of the scanned commit") if verdict.commit else (verdict.catalogue_date, "")
    why = of or "as of which the catalogue's facts hold, since no commit is known"
    return {
        "type": "CreationInfo",
        "@id": INFO,
        "specVersion": "3.0.1",
        "created": f"{day}T00:00:00Z",
        "createdBy": [f"{base}chipsieve"],
        "createdUsing": [f"{base}tool"],
        "comment": f"`created` is the day {why}, not that of this document: the same tree gives the same bytes.",
    }


def _tree(verdict: Verdict, command: Sequence[str], base: str) -> Record:
    """The scanned tree. What starts no program is not called software of artificial intelligence."""
    starts, origin, commit = bool(verdict.launches), verdict.origin, verdict.commit
    judged = f"As chipsieve judges from the code: {sentence(verdict)}"
    whole = commit is not None and len(commit.id) == SHA1 and origin.modified is False and not origin.folder
    named = [_identifier(f"swh:1:rev:{commit.id}")] if commit and whole else []
    where = [{"type": "ExternalRef", "externalRefType": "vcs", "locator": [origin.remote]}] if origin.remote else []
    return _element(
        "ai_AIPackage" if starts else "software_Package", f"{base}tree",
        name=visible(verdict.root) or "tree",
        software_packageVersion=version_of(verdict),
        software_primaryPurpose="source",
        software_sourceInfo=provenance_words(verdict, command),
        ai_informationAboutTraining=judged if starts else None,
        externalIdentifier=named,
        externalRef=where,
    )  # fmt: skip


def _identifier(swhid: str) -> Record:
    return {"type": "ExternalIdentifier", "externalIdentifierType": "swhid", "identifier": swhid}


def _statements(verdict: Verdict, base: str, places: _Places) -> Iterator[Record]:
    """The paragraph, the two answers, what excludes, and which elements are the evidence for each."""
    yield _statement(base, "verdict", "What can be quoted", sentence(verdict))
    left = f"{len(verdict.possible)} of {len(verdict.accelerators)} accelerators remain possible."
    yield _statement(base, "needs", "Needs: what the code can run on as written", _needs(verdict), left)
    cuts = list(_cuts(verdict, verdict.main_launch, base, places)) if verdict.main_launch else []
    yield from _evidence(f"{base}needs", [one["spdxId"] for one in cuts if one["type"] == "Annotation"])
    yield from cuts
    if verdict.trained_on:
        yield from _estimate(verdict.trained_on, base, places)


def _needs(verdict: Verdict) -> Record:
    """The first answer, for the repository and for the launch that comes first."""
    possible, main = frozenset(verdict.possible), verdict.main_launch
    return {
        "policy": verdict.policy,
        "scope": verdict.scope,
        "role": verdict.role,
        "possible": sorted(possible),
        "excluded": sorted({chip.id for chip in verdict.accelerators}.difference(possible)),
        "main": {"launch": main.launch.id, "remaining": sorted(main.remaining)} if main else None,
    }


def _cuts(verdict: Verdict, main: LaunchVerdict, base: str, places: _Places) -> Iterator[Record]:
    """What excludes in the launch that comes first: a statement each, and its lines."""
    groups = Groups(verdict.accelerators)
    cuts = [(step, alive, cut) for step, alive in main.proof.narrowing() for cut in step.cuts]
    for number, (step, alive, cut) in enumerate(cuts, 1):
        name = f"cut-{number}"
        about = f"{title(verdict.signals, cut.signal)} ({cut.strength})"
        held = {"launch": main.launch.id, "step": step.step, "signal": cut.signal, "strength": cut.strength}
        because = "".join(f" {words}." for words in derivation(cut.evidence, verdict.signals))
        said = f"In {visible(main.launch.id)}: excludes {groups.short(cut.excluded, alive)}.{because}"
        yield _statement(base, name, about, {**held, "excluded": sorted(cut.excluded)}, said)
        lines = dict.fromkeys((line.path, line.span.line) for line in needed_lines(cut.evidence, main.launch))
        yield from _evidence(f"{base}{name}", places.ids(lines))


def _estimate(estimate: Estimate, base: str, places: _Places) -> Iterator[Record]:
    """The second answer, and every line that speaks for one of its families or against it."""
    families = [f"{visible(one.name)} {percent(one.probability)} ({one.words})" for one in estimate.families]
    likely = "; ".join(families) or "no accelerator is likely enough to be named"
    name, said = "trained-on", f"An estimate, not a proof: {likely}."
    yield _statement(base, name, "Trained on: an estimate", estimate_record(estimate), said)
    shown = {_place(why.at) for one in estimate.families for why in one.because if why.at}
    yield from _evidence(f"{base}{name}", places.ids(sorted(shown)))


def _statement(base: str, name: str, about: str, said: str | Record, summary: str = "") -> Record:
    """A statement on the tree: in words, or as JSON."""
    is_text = isinstance(said, str)
    return _element(
        "Annotation", f"{base}{name}",
        name=about,
        summary=summary,
        annotationType="other",
        subject=f"{base}tree",
        contentType="text/plain" if is_text else "application/json",
        statement=said if is_text else json_text(said, indent=None).rstrip("\n"),
    )  # fmt: skip


def _evidence(of: str, elements: Sequence[object]) -> Iterator[Record]:
    """That elements are evidence for another one; nothing where there are none."""
    if elements:
        yield _element(
            "Relationship", f"{of}-evidence", **{"from": of}, relationshipType="hasEvidence", to=list(elements),
        )  # fmt: skip


def _place(at: str) -> Place:
    path, _, line = at.rpartition(":")
    return path, int(line)


class _Places:
    """The lines that are evidence, each a snippet of its file, numbered as they come."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._lines: dict[Place, str] = {}

    def ids(self, lines: Iterable[Place]) -> list[str]:
        """The ids of the snippets that are these lines."""
        return [self._lines.setdefault(line, f"{self._base}line-{len(self._lines) + 1}") for line in lines]

    def elements(self) -> Iterator[Record]:
        """The files, in their order, the lines, and that the tree has these files and others."""
        names = sorted({path for path, _ in self._lines})
        files = {path: f"{self._base}file-{number}" for number, path in enumerate(names, 1)}
        yield from (_element("software_File", known, name=visible(path)) for path, known in files.items())
        yield from (_snippet(known, files, place) for place, known in self._lines.items())
        if files:
            yield _element(
                "Relationship", f"{self._base}tree-files", **{"from": f"{self._base}tree"},
                relationshipType="contains", to=[*files.values()], completeness="incomplete",
            )  # fmt: skip


def _snippet(known: str, files: Mapping[str, str], place: Place) -> Record:
    path, line = place
    lines = {"type": "PositiveIntegerRange", "beginIntegerRange": line, "endIntegerRange": line}
    return _element(
        "software_Snippet", known, name=f"{visible(path)}:{line}", software_snippetFromFile=files[path],
        software_lineRange=lines,
    )  # fmt: skip
