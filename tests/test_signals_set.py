"""Do the shipped signals fit together, and fit the catalogue?"""

from __future__ import annotations

from itertools import chain, product
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.names import normal
from chipsieve.catalogue.predicates import admits
from chipsieve.derive.weighing import DERIVERS
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Row, Signal

FIXTURES = Path(__file__).parents[1] / "fixtures/signals"
SIGNALS = load_signals()
NAMED = [signal for signal in SIGNALS.values() if signal.requires == {"named": "$value"}]
# Signals of which some rows take whatever an administrator or a driver writes.
FREE_TEXT = {"named-by-scheduler", "named-by-cloud", "named-in-log"}


def every_signal(signals: list[Signal]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("signal", signals, ids=lambda signal: signal.id)


def excluded(signal: Signal) -> set[str]:
    """The accelerators that the signal rules out when it saw a value of no meaning."""
    catalogue = load_catalogue()
    answers = {chip.id: admits(signal.requires, chip, "", catalogue.names) for chip in catalogue.accelerators}
    return {chip for chip, answer in answers.items() if answer is False}


def test_every_signal_has_a_fixture_and_every_fixture_a_signal() -> None:
    assert {path.stem for path in FIXTURES.glob("*/*")} == set(SIGNALS) - set(DERIVERS)


@every_signal(list(SIGNALS.values()))
def test_effect_and_step_agree(signal: Signal) -> None:
    outside = {"technique": "none", "site": "none", "names": "names"}
    if signal.effect in outside:
        assert signal.step == outside[signal.effect]
    else:
        assert signal.step not in ("none", "names")
    assert bool(signal.label) == (signal.effect in ("technique", "site"))


@every_signal(list(SIGNALS.values()))
def test_is_explained_and_has_rows_unless_it_is_derived(signal: Signal) -> None:
    assert signal.references
    assert signal.why.endswith(".")
    assert signal.question.endswith("?")
    assert bool(signal.rows) == (signal.id not in DERIVERS)
    assert all(caveat.endswith(".") for caveat in signal.caveats)


@every_signal(list(SIGNALS.values()))
def test_predicate_can_be_asked_of_every_accelerator(signal: Signal) -> None:
    assert excluded(signal) <= set(load_catalogue().by_id)


@every_signal([signal for signal in SIGNALS.values() if signal.effect in ("requires", "prefers")])
def test_leaves_some_accelerators_and_doubts_others(signal: Signal) -> None:
    everything = len(load_catalogue().accelerators)
    assert len(excluded(signal)) < everything
    if "$value" not in str(signal.requires):
        assert excluded(signal), "a predicate that every accelerator meets says nothing"


@every_signal([signal for signal in SIGNALS.values() if signal.effect in ("requires", "prefers", "names")])
def test_predicate_names_vendors_and_ids_of_the_catalogue(signal: Signal) -> None:
    catalogue = load_catalogue()
    assert set(wanted(signal.requires, "vendor")) <= set(catalogue.vendors)
    assert set(wanted(signal.requires, "id")) <= set(catalogue.by_id)


def wanted(predicate: Any, key: str) -> list[str]:
    """What a predicate asks for under `key`, at any depth."""
    if isinstance(predicate, list):
        return [text for part in predicate for text in wanted(part, key)]
    if not isinstance(predicate, dict):
        return []
    here = predicate.get(key, [])
    inner = [text for part in predicate.values() for text in wanted(part, key)]
    return [here, *inner] if isinstance(here, str) else [*here, *inner]


@every_signal([signal for signal in SIGNALS.values() if signal.effect == "names"])
def test_says_who_names_the_chip(signal: Signal) -> None:
    assert all(row.by for row in signal.rows)


@pytest.mark.parametrize(
    ("signal", "row"),
    [(signal.id, row) for signal in NAMED for row in signal.rows],
    ids=lambda value: value if isinstance(value, str) else f"{value.kind}:{value.pattern[:40] or value.values[:2]}",
)
def test_every_name_that_a_row_can_take_is_in_the_catalogue(signal: str, row: Row) -> None:
    names = load_catalogue().names
    texts = [f"{float(value):g}" for value in row.values] or spelled(row.pattern)
    if texts is None:
        assert signal in FREE_TEXT
    else:
        assert [text for text in texts if normal(text) not in names] == []


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
