"""Which accelerators meet the conditions somebody typed? `bf16_native=true`, `controlled=2023-10`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.cells import ALL_BOOLEANS, ALL_NUMBERS, ALL_TEXTS, BOOLEANS
from chipsieve.catalogue.export_controls import control_named
from chipsieve.catalogue.names import normal
from chipsieve.catalogue.predicates import OWN, admits
from chipsieve.facts.ternary import Ternary
from chipsieve.tables import TableError, refuse_unknown

WHERE = "--where"
LIMITS = ("_at_least", "_at_most")
CHOICES = (*OWN, *ALL_TEXTS)
SPECIAL = ("target_at_least", "targets", "named")
CONTROLLED = "controlled"
LIMITED = tuple(name + end for name in ALL_NUMBERS for end in LIMITS)
KEYS = (*CHOICES, *ALL_NUMBERS, *ALL_BOOLEANS, *LIMITED, *SPECIAL, CONTROLLED)


def choose(
    accelerators: Sequence[Accelerator], where: Sequence[str], names: Mapping[str, frozenset[str]]
) -> tuple[Accelerator, ...]:
    """The accelerators that meet every condition; where the catalogue does not know, they do not.

    Raises:
        TableError: a condition is not `fact=value`, its fact is unknown, or no chip can have its value.
    """
    tests = [_test(condition, accelerators, names) for condition in where]
    return tuple(chip for chip in accelerators if all(test(chip) is True for test in tests))


def _test(
    condition: str, accelerators: Sequence[Accelerator], names: Mapping[str, frozenset[str]]
) -> Callable[[Accelerator], Ternary]:
    key, equals, text = (part.strip() for part in condition.partition("="))
    if not equals or not text:
        raise TableError(f"{WHERE} {condition!r}: write it as fact=value, for example bf16_native=true")
    refuse_unknown(WHERE, [key], KEYS)
    if key == CONTROLLED:
        return control_named(f"{WHERE} {condition}", text)
    predicate = _predicate(key, text, accelerators, names)
    return lambda chip: admits(predicate, chip, names=names)


def _predicate(
    key: str, text: str, accelerators: Sequence[Accelerator], names: Mapping[str, frozenset[str]]
) -> dict[str, object]:
    if key in ALL_BOOLEANS:
        return {key: _boolean(key, text)}
    if key in CHOICES:
        return {key: [_known(key, item.strip(), accelerators) for item in text.split(",")]}
    if key == "named" and text not in names:
        raise TableError(f"{WHERE} named={text}: no such name{_near(normal(text), list(names))}")
    return {key: text if key in SPECIAL else _number(key, text)}


def _boolean(key: str, text: str) -> bool | str:
    words = BOOLEANS.get(key, ())
    if text not in ("true", "false", *words):
        raise TableError(f"{WHERE} {key}={text}: {key} is {', '.join(('true', 'false', *words))}")
    return text if text in words else text == "true"


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise TableError(f"{WHERE} {key}={text}: {key} takes a number") from None


def _known(key: str, text: str, accelerators: Sequence[Accelerator]) -> str:
    """The text as the catalogue writes it, whatever its case."""
    cells = (getattr(chip, key) if key in OWN else chip.facts.get(key) for chip in accelerators)
    written = {cell.casefold(): cell for cell in cells if isinstance(cell, str)}
    if text.casefold() not in written:
        raise TableError(f"{WHERE} {key}={text}: no accelerator has it{_near(text.casefold(), list(written))}")
    return written[text.casefold()]


def _near(text: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(text, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
