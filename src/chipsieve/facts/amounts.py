"""On how many devices, and for how many hours? The numbers that stand around a chip's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple, cast

from chipsieve.facts.sentences import Stretch
from chipsieve.tables import own_table

MOST_DEVICES = 200_000
MOST_HOURS = 100_000_000.0
NEAR = 120  # characters before a name in which its numbers stand
FLAGS = re.IGNORECASE | re.VERBOSE

TIMES_AFTER = re.compile(  # `A100 x 8`, `A100-80G*8`, `A100 80GB GPUs (x8)`
    r"(?:s|\s*GPUs?|\s*cards?)? (?:[\s-]*\(?\d+\s?GB?\)?)? (?:\s*GPUs?)? \s*\(?"
    r"[x\u00d7*] \s* (\d{1,5}) (?![\w.]|\s*(?:GB?|[x\u00d7*]))",
    FLAGS,
)
MACHINES_AFTER = re.compile(
    r"[^.,;()]{0,25}? \b(?:nodes|machines|servers|instances|hosts|clusters|pods?)\b"
    r"| [^\uff0c\u3002\uff1b]{0,6}(?:节点|机器|服务器)",
    FLAGS,
)
TOTAL = re.compile(  # `4 A100 nodes (32 GPUs)`
    r"[^.;]{0,40}? \( (?:[^()]{0,30}?\b)? (\d[\d,]*) \s* (?:GPUs?|devices|in\ total|卡)"
    r"| [^\u3002]{0,30}\uff08共?\s*(\d+)\s*[张块]?卡",
    FLAGS,
)
HOURS_BEHIND = re.compile(r"\S* \s* (?:[GTN]PU|accelerator|chip)? [- ]? (?:hours?|days?|hrs)\b", FLAGS)
ONE_BEHIND = re.compile(r"[^\s,.;]{0,12} \s* (?:\d+\s?GB?\s*)? (?:GPU|NPU|card|chip) (?!s|[A-Za-z])", FLAGS)
SLICE = re.compile(r"v\d", FLAGS)
EACH = re.compile(
    r"\b(?:each|per[ -](?:node|machine|server|host)|every\ node|nodes?\ of|nodes?\ with|node\ has)\b"
    r"| [x\u00d7*]\s*\Z | [机台每]",
    FLAGS,
)
BATCH = re.compile(r"batch[ ]?size|sequences|samples", re.IGNORECASE)  # 512 = 128 samples x 4 devices
NODES_BEHIND = re.compile(
    r"(?:\s*\d+\s?GB?)? \s*+ (?:GPUs?\s*+)? [x\u00d7*] \s* (\d{1,4}) \s* (?:nodes|machines)\b", FLAGS
)
JUST_NUMBERS = re.compile(r"[\s\d,卡张x\u00d7*]*")
MULTIPLIED = re.compile(r"[x\u00d7*张块卡片]")


class Forms(NamedTuple):
    """The table's number words and units, and the patterns made of them."""

    numbers: Mapping[str, int]
    scales: Mapping[str, int]
    units: Mapping[str, float]
    counted: re.Pattern[str]
    nodes: re.Pattern[str]
    a_device: re.Pattern[str]
    hours: re.Pattern[str]
    hours_used: re.Pattern[str]


@cache
def _forms() -> Forms:
    table = own_table("deeds.toml")
    numbers = cast("Mapping[str, int]", table["numbers"])
    scales = cast("Mapping[str, int]", table["scales"])
    units = cast("Mapping[str, float]", table["hours"])
    words, scale, unit = _any(numbers), _any(scales), _any(units)
    number = (
        r"(?: (?<![\w.,$])\d{1,3}(?:,\d{3})+ | (?:(?<![A-Za-z_.,$-])|(?<=\dx)) (?<!\d)\d{1,6}(?!\d)"
        rf"| (?<![A-Za-z])(?:{words})(?![A-Za-z]) )"
    )
    times = r"\s*+ (?:[x\u00d7*张块卡片颗个] \s*+)?"
    maker = (
        r"(?: (?:NVIDIA|Tesla|GeForce|AMD|Instinct|Intel|Huawei|Ascend|Cloud|Google|AWS|RTX|of|the|英伟达|华为|昇腾"
        r"|\(?(?<!\d)\d+\s?GB?\)?) [\s-]+ ){0,4}"
    )
    machines = r"(?:nodes?|machines?|servers?|instances?|hosts?|台|机|个节点|节点)"
    amount = rf"(\d[\d,]*(?:\.\d+)?|{words}|an?)"
    return Forms(
        numbers,
        scales,
        units,
        counted=re.compile(rf"({number}) (?:{times}({number}))?? {times} [-\s]? {maker} \Z", FLAGS),
        nodes=re.compile(rf"({number}) \s* (?:[\w-]+\s){{0,2}}? {machines}", FLAGS),
        a_device=re.compile(rf"(?<![A-Za-z]) an?\s+ {maker} \Z", FLAGS),
        hours=re.compile(
            rf"(?<![A-Za-z0-9.,]) {amount} \s?[-+]? ({scale})? [-\s]?"
            r"(?:(?:(?!\d)[^\s,;.()]+[-\s]){0,4}? (?:[GTN]PU|accelerator|chip)[-\s])? (?:full[\s-])?"
            rf"({unit}) (?![A-Za-z0-9])",
            FLAGS,
        ),
        hours_used=re.compile(
            rf"hours[ _]used \W{{1,6}} (?:approx\w*\W+|about\s+|~)? (\d[\d,]*(?:\.\d+)?) \s? ({scale})?", FLAGS
        ),
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def devices(sentence: Stretch) -> int | None:
    """How many devices of the named kind a sentence speaks of; a slice of a TPU is one name, whatever it holds."""
    before, after = sentence.before()[-NEAR:], sentence.text[sentence.end :]
    total = TOTAL.match(after)
    if total:
        return _bounded(_number(total[1] or total[2]))
    count = _count_before(before, after)
    if count is None:
        behind = TIMES_AFTER.match(after)
        count = int(behind[1]) if behind else _alone(sentence)
    machines = NODES_BEHIND.match(after)
    return None if count is None else _bounded(count * (int(machines[1]) if machines else _nodes(before)))


def _alone(sentence: Stretch) -> int | None:
    """One device, where it says `an A100 GPU`."""
    one = _forms().a_device.search(sentence.before()[-NEAR:]) and ONE_BEHIND.match(sentence.text, sentence.end)
    return 1 if one and not SLICE.search(sentence.text, sentence.start, sentence.end) else None


def _count_before(before: str, after: str) -> int | None:
    """The number right before the name; numbers of hours and of whole machines are none."""
    found = _forms().counted.search(before)
    if not found or HOURS_BEHIND.match(after):
        return None
    if MACHINES_AFTER.match(after) and not MULTIPLIED.search(found[0]):
        return None
    if not found[2]:
        return _number(found[1])
    return _number(found[2]) * (1 if BATCH.search(before) else _number(found[1]))


def _nodes(before: str) -> int:
    """How many machines hold so many devices each, where it says so."""
    found = list(_forms().nodes.finditer(before))
    if not found:
        return 1
    last = found[-1]
    each = EACH.search(before, last.start()) or JUST_NUMBERS.fullmatch(before, last.end())
    return _number(last[1]) if each else 1


def hours(sentence: Stretch, around: Iterable[str] = ()) -> float | None:
    """For how many hours, by the time nearest to the name; a model card says it on a line of its own."""
    nearest: tuple[int, float] | None = None
    for found in _forms().hours.finditer(sentence.text):
        far = max(sentence.start - found.end(), found.start() - sentence.end, 0)
        amount = _amount(found[1], found[2]) * _forms().units[found[3].casefold()]
        if 0 < amount <= MOST_HOURS and (nearest is None or far < nearest[0]):
            nearest = far, amount
    if nearest is not None:
        return round(nearest[1], 2) or None
    for text in around:
        used = _forms().hours_used.search(text)
        if used and 0 < (amount := _amount(used[1], used[2])) <= MOST_HOURS:
            return amount
    return None


def _amount(text: str, scale: str | None) -> float:
    folded = text.casefold()
    number = 1.0 if folded in ("a", "an") else float(_forms().numbers.get(folded, 0)) or float(folded.replace(",", ""))
    return number * (_forms().scales[scale.casefold()] if scale else 1)


def _number(text: str) -> int:
    return _forms().numbers.get(text.casefold()) or int(text.replace(",", ""))


def _bounded(count: int) -> int | None:
    return count if 0 < count <= MOST_DEVICES else None
