"""Does each signal match the lines that it should, and no neighbour? Every annotated fixture, read by its reader.

The marks are those of tests/annotations.py. What is only mentioned (a comparison, a table) is no match, unless the
signal is about names. Semgrep is asked of the same marks in tests/test_semgrep_rules.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from annotations import FILES, Annotated, annotated
from chipsieve.border.semgrep.rule_files import hand_written
from chipsieve.border.semgrep.running import rules_home
from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.names import normal
from chipsieve.facts.finding import Finding
from chipsieve.match.table import default_table
from offenders import at, listed
from signal_findings import NO_READER, counted, findings, readers

READ = [path for path in FILES if path.parent.name not in NO_READER]
LANGUAGES = sorted({path.parent.name for path in READ})


def matches(fixture: Annotated) -> list[Finding]:
    """What the fixture's signal finds in it; mentions count where the signal is about names."""
    return [item for item in counted(findings(fixture.source)) if item.signal == fixture.signal]


def test_there_are_fixtures() -> None:
    assert FILES


def test_what_has_no_reader_has_rules_written_by_hand() -> None:
    assert not {language for plugin in readers() for language in plugin.LANGUAGES} & {*NO_READER}
    assert {name.removesuffix(".yaml") for name in hand_written(default_table().signals)} == {*NO_READER}
    fixtures = {f"{path.parent.name}.{path.stem}" for path in FILES if path not in READ}
    assert fixtures == {rule for rule in ruled() if rule.partition(".")[0] in NO_READER}


def test_marks_are_known_and_stand_above_the_line_they_speak_of() -> None:
    faults = [f"{at(path, line)}: {fault}" for path in FILES for line, fault in annotated(path).faults.items()]
    assert not faults, listed("correct these marks; tests/annotations.py has their meaning:", faults)


def test_faults_of_marks_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "some-signal.sh"
    path.write_text(
        "# ruleid: other\na\n# rulid: some-signal\nb\n# ok: some-signal\n\n"
        "# ok: some-signal\n# ruleid: some-signal\nc\n# other: words\n# ok: some-signal\n",
        encoding="utf-8",
    )
    assert annotated(path).faults == {
        1: "speaks of another signal, other",
        3: "'rulid' is none of ruleid, ok, todoruleid, readers, todoreaders",
        5: "stands above an empty line",
        7: "says of one line that it must match and that it must not",
        8: "says of one line that it must match and that it must not",
        11: "stands above no line",
    }


def test_every_fixture_has_lines_that_match_and_a_neighbour_that_stays_silent() -> None:
    offenders = [f"{at(path, 1)}: {lack}" for path in FILES for lack in lacks(path, annotated(path))]
    assert not offenders, listed("add such a line, with its mark above it:", offenders)


@cache
def ruled() -> frozenset[str]:
    """The language and the signal of each rule, `json.bf16-training`."""
    texts = (path.read_text(encoding="utf-8") for path in rules_home().glob("*.yaml"))
    return frozenset(rule for text in texts for rule in re.findall(r'\bid"?: "?([a-z]+\.[\w-]+)', text))


def lacks(path: Path, fixture: Annotated) -> Iterator[str]:
    """The kinds of line that a fixture needs and does not have."""
    if not fixture.lines["ok"]:
        yield "no line must stay silent (`ok`)"
    if path in READ and not fixture.readers():
        yield "no line must match for our readers (`ruleid` or `readers`)"
    if not fixture.semgrep() and f"{path.parent.name}.{path.stem}" in ruled():
        yield "no line must match for Semgrep (`ruleid`), and there is a rule"


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_readers_find_the_annotated_lines_and_no_other(language: str) -> None:
    offenders = []
    for path in READ:
        if path.parent.name == language:
            wanted, found = {*annotated(path).readers()}, {item.span.line for item in matches(annotated(path))}
            offenders += [f"{at(path, line)}: must match, and is not found" for line in sorted(wanted - found)]
            offenders += [f"{at(path, line)}: is found, and no mark says so" for line in sorted(found - wanted)]
    assert not offenders, listed("correct the signal's rows, its reader, or a mark that is wrong:", offenders)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_knows_every_name_that_is_found(language: str) -> None:
    named = {signal.id for signal in default_table().signals.values() if signal.requires == {"named": "$value"}}
    names = load_catalogue().names
    unknown = [
        f"{at(path, item.span.line)}: {item.value}"
        for path in READ
        if path.parent.name == language and path.stem in named
        for item in matches(annotated(path))
        if normal(item.value) not in names
    ]
    assert not unknown, listed("give these words accelerators in src/chipsieve/catalogue/names.toml:", unknown)
