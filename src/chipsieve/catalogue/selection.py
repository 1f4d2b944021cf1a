"""Which accelerators meet the conditions somebody typed? `bf16_native=true`, `released_at_least=2024`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.cells import ALL_BOOLEANS, ALL_NUMBERS, ALL_TEXTS, BOOLEANS, DATES, is_date
from chipsieve.catalogue.export_controls import control_named
from chipsieve.catalogue.predicates import OWN, admits
from chipsieve.facts.ternary import Ternary
from chipsieve.tables import TableError, did_you_mean, refuse_unknown

WHERE = "--where"
AT_LEAST, AT_MOST = "_at_least", "_at_most"
CHOICES = (*OWN, *ALL_TEXTS)
SPECIAL = ("target_at_least", "targets", "named")
CALLED = ("named", "name")
CONTROLLED = "controlled"
LIMITED = tuple(name + end for name in ALL_NUMBERS for end in (AT_LEAST, AT_MOST))
DATED = tuple(name + end for name in DATES for end in (AT_LEAST, AT_MOST))
KEYS = (*CHOICES, *ALL_NUMBERS, *ALL_BOOLEANS, *LIMITED, *DATED, *SPECIAL, CONTROLLED)
COLUMNS = {"memory": "memory_gb"}
"""What the table of accelerators calls a fact otherwise than the catalogue does."""
TRUTH = {"true": True, "yes": True, "false": False, "no": False}

Test = Callable[[Accelerator], Ternary]
Called = Callable[[str], frozenset[str]]


def choose(accelerators: Sequence[Accelerator], where: Sequence[str], called: Called) -> tuple[Accelerator, ...]:
    """The accelerators that meet every condition; where the catalogue does not know, they do not.

    `called` gives the ids of those that a name means, and raises TableError where it means none.

    Raises:
        TableError: a condition is not `fact=value`, its fact is unknown, or no chip can have its value.
    """
    tests = [_test(condition, accelerators, called) for condition in where]
    return tuple(chip for chip in accelerators if all(test(chip) is True for test in tests))


def _test(condition: str, accelerators: Sequence[Accelerator], called: Called) -> Test:
    typed, equals, text = (part.strip() for part in condition.partition("="))
    if not equals or not text:
        raise TableError(f"{WHERE} {condition!r}: write it as fact=value, for example bf16_native=true")
    key = _fact(typed.casefold(), text)
    refuse_unknown(WHERE, [key], KEYS, "fact", "chipsieve accelerators --facts")
    if key == CONTROLLED:
        return control_named(f"{WHERE} {condition}", text)
    if key in CALLED:
        ids = _ids(f"{WHERE} {condition}", text, accelerators, called)
        return lambda chip: chip.id in ids
    if key in DATED:
        return _dated(key, text)
    predicate = _predicate(key, text, accelerators)
    return lambda chip: admits(predicate, chip)


def _fact(typed: str, text: str) -> str:
    """The fact that is meant: the table's columns, and `bf16=yes`, are facts of other names."""
    native = f"{typed}_native"
    if native in ALL_BOOLEANS and text.casefold() in TRUTH:
        return native
    limit = next((end for end in (AT_LEAST, AT_MOST) if typed.endswith(end)), "")
    column = typed.removesuffix(limit)
    return COLUMNS.get(column, column) + limit


def _ids(where: str, text: str, accelerators: Sequence[Accelerator], called: Called) -> frozenset[str]:
    """The ids of the accelerators that have a name, as the catalogue or as people write it."""
    named = frozenset(chip.id for chip in accelerators if chip.name.casefold() == text.casefold())
    try:
        return named or called(text)
    except TableError as error:
        raise TableError(f"{where}: {error}") from error


def _dated(key: str, text: str) -> Test:
    """Whether a day that may be known to the month or year alone is certain to lie on one side of a limit."""
    fact, limit = key.rpartition("_at_")[::2]
    if not is_date(text):
        raise TableError(f"{WHERE} {key}={text}: write a day, month or year: 2024-05-17, 2024-05 or 2024")

    def test(chip: Accelerator) -> Ternary:
        day = chip.facts.get(fact)
        if not isinstance(day, str):
            return None
        length = min(len(day), len(text))
        if day[:length] == text[:length]:
            return True if len(day) >= len(text) else None
        return (day > text) == (limit == "least")

    return test


def _predicate(key: str, text: str, accelerators: Sequence[Accelerator]) -> dict[str, object]:
    if key in ALL_BOOLEANS:
        return {key: _boolean(key, text)}
    if key in CHOICES:
        return {key: [_known(key, item.strip(), accelerators) for item in text.split(",")]}
    return {key: text if key in SPECIAL else _number(key, text)}


def _boolean(key: str, text: str) -> bool | str:
    words = BOOLEANS.get(key, ())
    if text.casefold() in TRUTH:
        return TRUTH[text.casefold()]
    if text not in words:
        raise TableError(f"{WHERE} {key}={text}: {key} is {', '.join(('true', 'false', *words))}")
    return text


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise TableError(f"{WHERE} {key}={text}: {key} takes a number") from None


def _known(key: str, text: str, accelerators: Sequence[Accelerator]) -> str:
    """The text as the catalogue writes it, whatever its case; a vendor's slug also by the vendor's name."""
    written: dict[str, str] = {}
    for chip in accelerators:
        cell = getattr(chip, key) if key in OWN else chip.facts.get(key)
        if isinstance(cell, str):
            written[cell.casefold()] = cell
            if key == "vendor":
                written[str(chip.facts["vendor_name"]).casefold()] = cell
    if text.casefold() not in written:
        hint = did_you_mean(text, written)
        raise TableError(f"{WHERE} {key}={text}: no accelerator has it{hint and f'; {hint}'}")
    return written[text.casefold()]
