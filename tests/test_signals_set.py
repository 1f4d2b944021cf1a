"""Do the shipped signals fit together, and fit the catalogue? One test a law, of all signals at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, product
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.names import normal
from chipsieve.catalogue.predicates import admits
from chipsieve.derive.dating import PINNED
from chipsieve.derive.weighing import DERIVERS
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Row, Signal
from offenders import ROOT, at, listed

FILES = ROOT / "src/chipsieve/signals"
FIXTURES = ROOT / "fixtures/signals"
SIGNALS = load_signals()
ASKED_FOR = {
    PINNED,
    *(name for one in SIGNALS.values() for names in (*one.together_with, one.unless) for name in names),
} - {signal.id for signal in SIGNALS.values() if signal.effect not in ("technique", "site")}
"""Techniques that are there for other signals to ask for, or to date a tree."""
NAMED = [signal for signal in SIGNALS.values() if signal.requires == {"named": "$value"}]
# Signals of which some rows take whatever an administrator or a driver writes.
BY_FILES_NAMES = {"checkpoint-ranks"}
"""Signals of files that nobody opens, so that no line of a fixture can match: tests/test_weights.py has their cases."""
FREE_TEXT = {"named-by-scheduler", "named-by-cloud", "named-in-log", "named-in-metadata"}


def at_key(signal: Signal, key: str, number: int = 1) -> str:
    """The file and line of a signal's key, `number` of those that its file has; the top where there is none."""
    path = FILES / f"{signal.id}.toml"
    numbered = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    lines = [line for line, text in numbered if re.match(rf"(?:{key} = |\[\[{key}\]\])", text)]
    return f"{at(path, lines[number - 1] if number <= len(lines) else 1)} ({key})"


def of_effects(*effects: str) -> list[Signal]:
    """The signals of these effects."""
    return [signal for signal in SIGNALS.values() if signal.effect in effects]


def excluded(signal: Signal) -> set[str]:
    """The accelerators that the signal rules out when it saw a value of no meaning."""
    catalogue = load_catalogue()
    answers = {chip.id: admits(signal.requires, chip, "", catalogue.names) for chip in catalogue.accelerators}
    return {chip for chip, answer in answers.items() if answer is False}


def test_every_signal_has_a_fixture_and_every_fixture_a_signal() -> None:
    with_rows = {signal.id for signal in SIGNALS.values() if signal.rows}
    assert {path.stem for path in FIXTURES.glob("*/*")} == with_rows - set(DERIVERS) - BY_FILES_NAMES


def test_effect_and_step_agree() -> None:
    outside = {"technique": "none", "site": "none", "names": "names"}
    offenders = [
        f"{at_key(signal, 'step')}: {signal.step!r} with effect {signal.effect!r}"
        for signal in SIGNALS.values()
        if signal.step != outside.get(signal.effect, signal.step)
        or (signal.effect not in outside and signal.step in outside.values())
    ]
    assert not offenders, listed(
        "a technique or site has step 'none', who names chips 'names', all else a step:", offenders
    )


def test_techniques_and_sites_have_a_label_and_no_other() -> None:
    offenders = [
        at_key(signal, "label")
        for signal in SIGNALS.values()
        if (signal.effect in ("technique", "site")) != bool(signal.label)
        and not (signal.effect == "technique" and signal.id in ASKED_FOR)
    ]
    assert not offenders, listed("give a label to techniques and sites, and to nothing else:", offenders)


def test_what_other_signals_ask_for_matches_lines_of_its_own() -> None:
    unknown = sorted(name for name in ASKED_FOR if name not in SIGNALS or not SIGNALS[name].rows)
    assert not unknown, "a signal is asked for by its id, and must have rows"
    chained = [at_key(SIGNALS[name], "together_with") for name in ASKED_FOR if SIGNALS[name].together_with]
    assert not chained, listed("ask for what stands by itself:", chained)


def test_each_is_explained_and_has_rows() -> None:
    offenders = [f"{at_key(signal, key)}: {lack}" for signal in SIGNALS.values() for key, lack in lacks(signal)]
    assert not offenders, listed("write what is missing; docs/signals-format.md has the keys:", offenders)


def lacks(signal: Signal) -> Iterator[tuple[str, str]]:
    """What a signal's explanation lacks, by key."""
    if not signal.references:
        yield "references", "must say where the fact comes from"
    if not signal.why.endswith("."):
        yield "why", "must end with a full stop"
    if not signal.question.endswith("?"):
        yield "question", "must end with a question mark"
    if bool(signal.rows) != (signal.id not in DERIVERS) and not signal.together_with:
        yield "match", "must have a row, unless figures are derived or other signals meet"
    if not all(caveat.endswith(".") for caveat in signal.caveats):
        yield "caveats", "must each end with a full stop"


def test_each_predicate_can_be_asked_of_every_accelerator() -> None:
    chips = set(load_catalogue().by_id)
    offenders = [at_key(signal, "requires") for signal in SIGNALS.values() if not excluded(signal) <= chips]
    assert not offenders, listed("ask of facts that the catalogue has:", offenders)


def test_each_leaves_some_accelerators() -> None:
    everything = len(load_catalogue().accelerators)
    claiming = of_effects("requires", "prefers")
    offenders = [at_key(signal, "requires") for signal in claiming if len(excluded(signal)) >= everything]
    assert not offenders, listed("a predicate that no accelerator meets is wrong:", offenders)


def test_each_doubts_some_accelerators() -> None:
    fixed = [signal for signal in of_effects("requires", "prefers") if "$value" not in str(signal.requires)]
    offenders = [at_key(signal, "requires") for signal in fixed if not excluded(signal)]
    assert not offenders, listed("a predicate that every accelerator meets says nothing:", offenders)


def test_predicates_name_vendors_and_ids_of_the_catalogue() -> None:
    catalogue = load_catalogue()
    known = {"vendor": set(catalogue.vendors), "id": set(catalogue.by_id)}
    offenders = [
        f"{at_key(signal, 'requires')}: {key} {word!r}"
        for signal in of_effects("requires", "prefers", "names")
        for key, words in known.items()
        for word in wanted(signal.requires, key)
        if word not in words
    ]
    assert not offenders, listed("src/chipsieve/catalogue has no such vendor or accelerator:", offenders)


def wanted(predicate: Any, key: str) -> list[str]:
    """What a predicate asks for under `key`, at any depth."""
    if isinstance(predicate, list):
        return [text for part in predicate for text in wanted(part, key)]
    if not isinstance(predicate, dict):
        return []
    here = predicate.get(key, [])
    inner = [text for part in predicate.values() for text in wanted(part, key)]
    return [here, *inner] if isinstance(here, str) else [*here, *inner]


def test_each_row_that_names_a_chip_says_who_names_it() -> None:
    offenders = [
        at_key(signal, "match", number)
        for signal in of_effects("names")
        for number, row in enumerate(signal.rows, 1)
        if not row.by
    ]
    assert not offenders, listed("give the row a `by`:", offenders)


def test_every_name_that_a_row_can_take_is_in_the_catalogue() -> None:
    offenders = [
        f"{at_key(signal, 'match', number)}: {fault}"
        for signal in NAMED
        for number, row in enumerate(signal.rows, 1)
        for fault in nameless(signal, row)
    ]
    assert not offenders, listed("give these words accelerators in src/chipsieve/catalogue/names.toml:", offenders)


def nameless(signal: Signal, row: Row) -> list[str]:
    """The texts that a row can take and that name no accelerator; a row that takes free text must be known to."""
    texts = [row.means] if row.means else [f"{float(value):g}" for value in row.values] or spelled(row.pattern)
    if texts is None:
        return [] if signal.id in FREE_TEXT else [f"takes any text, and {signal.id} is not in FREE_TEXT"]
    return [text for text in texts if normal(text) not in load_catalogue().names]


def spelled(pattern: str) -> list[str] | None:
    """All texts that a pattern's group `value` can take; None when it takes free text."""
    tree = parser.parse(pattern)
    group = tree.state.groupdict["value"]
    return texts_of(next(found for found in subpatterns(tree) if found[0] == group)[3])


def subpatterns(tree: Any) -> list[Any]:
    """Every group of a parsed pattern, outer ones first."""
    found = []
    for code, argument in tree:
        if code is codes.SUBPATTERN:
            found += [argument, *subpatterns(argument[3])]
        elif code is codes.BRANCH:
            found += list(chain.from_iterable(subpatterns(branch) for branch in argument[1]))
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            found += subpatterns(argument[2])
    return found


def texts_of(tree: Any) -> list[str] | None:
    """All texts that a piece of a parsed pattern can take; assertions take none."""
    parts = [texts_of_node(code, argument) for code, argument in tree]
    if any(part is None for part in parts):
        return None
    return ["".join(choice) for choice in product(*(part for part in parts if part is not None))]


def texts_of_node(code: Any, argument: Any) -> list[str] | None:
    if code is codes.LITERAL:
        return [chr(argument)]
    if code is codes.SUBPATTERN:
        return texts_of(argument[3])
    if code is codes.BRANCH:
        branches = [texts_of(branch) for branch in argument[1]]
        return None if None in branches else [text for branch in branches for text in branch or ()]
    if code is codes.IN:
        return characters(argument)
    if code is codes.MAX_REPEAT and argument[:2] == (0, 1):
        inner = texts_of(argument[2])
        return None if inner is None else ["", *inner]
    return [""] if code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT) else None


def characters(argument: Any) -> list[str] | None:
    """The characters of a set such as `[1248]` or `[a-c]`; None for classes and complements."""
    found: list[str] = []
    for code, value in argument:
        if code is codes.LITERAL:
            found.append(chr(value))
        elif code is codes.RANGE:
            found += [chr(number) for number in range(value[0], value[1] + 1)]
        else:
            return None
    return found
