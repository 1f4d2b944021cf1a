"""Which facts does the catalogue know of a chip, and what may a cell hold? docs/catalogue.md gives meaning and unit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chipsieve.catalogue.accelerator import Cell
from chipsieve.tables import TableError

TEXTS = (
    "target", "announced", "released", "node_devices", "memory_type", "interconnect", "host_link", "process",
    "torch_device", "ccl",
)  # fmt: skip
DATES = ("announced", "released")
"""Facts that are a day, a month or a year, as precise as it is known."""
NUMBERS = (
    "devices", "memory_gb", "memory_bw_gbps", "interconnect_gbps", "fp64", "fp32", "tf32", "fp16", "bf16", "fp8",
    "int8", "fp4", "die_area_mm2", "ics",
)  # fmt: skip
BOOLEANS: Mapping[str, tuple[str, ...]] = {
    "bf16_native": (),
    "fp8_native": (),
    "fp4_native": (),
    "int4_native": (),
    "gpudirect_rdma": ("equiv", "n/a"),
    "p2p": ("nvlink",),
    "nvlink": (),
    "nvls": (),
    "mig": (),
    "china_specific": (),
    "cuda_alike": (),
    "marketed_dc": (),
}
"""Boolean facts, each with the words it may hold instead of true and false."""

STATED = (*TEXTS, *NUMBERS, *BOOLEANS)
"""The facts that a vendor's table states."""

DERIVED_TEXTS = ("name", "vendor_name")
DERIVED_NUMBERS = ("device_memory_gb", "tpp", "performance_density")
DERIVED_BOOLEANS = ("tpp_lower_bound",)
ALL_TEXTS = (*TEXTS, *DERIVED_TEXTS)
ALL_NUMBERS = (*NUMBERS, *DERIVED_NUMBERS)
ALL_BOOLEANS = (*BOOLEANS, *DERIVED_BOOLEANS)
UNKNOWN = "?"


def read_facts(where: str, table: Mapping[str, object]) -> dict[str, Cell]:
    """The stated facts of one accelerator's table: `?` becomes None, a missing key stays missing.

    Raises:
        TableError: a cell holds what its column may not; the message names the file and suggests the fix.
    """
    return {key: _cell(f"{where}: {key!r}", key, value) for key, value in table.items() if key in STATED}


def _cell(where: str, key: str, value: object) -> Cell:
    if value == UNKNOWN:
        return None
    if key in BOOLEANS and (isinstance(value, bool) or value in BOOLEANS[key]):
        return value if isinstance(value, bool) else str(value)
    if key in NUMBERS and isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return value
    if key in TEXTS and isinstance(value, str) and value.strip() and _well_formed(key, value):
        return value
    raise TableError(f"{where} is {value!r}; it must be {_allowed(key)}")


def is_date(text: str) -> bool:
    """Whether a text is a day, a month or a year."""
    return re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", text) is not None


def _well_formed(key: str, value: str) -> bool:
    if key in DATES:
        return is_date(value)
    return key != "node_devices" or re.fullmatch(r"[1-9]\d*( [1-9]\d*)*", value) is not None


def _allowed(key: str) -> str:
    if key in BOOLEANS:
        return ", ".join(["true", "false", *(f'"{word}"' for word in BOOLEANS[key])]) + ' or "?"'
    if key in NUMBERS:
        return 'a number above 0 or "?"'
    if key in DATES:
        return 'a day, month or year as "2024-05-17", "2024-05" or "2024", or "?"'
    return 'numbers as "4 8" or "?"' if key == "node_devices" else 'a text ("?" when unknown)'
