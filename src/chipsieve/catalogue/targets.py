"""Does code built for these targets run on that chip?

Sources: CUDA C++ Programming Guide, "Compute Capability" and "Family-Specific Features"; PyTorch 2.14
`torch/cuda/__init__.py` DEVICE_REQUIREMENT and `torch/utils/cpp_extension.py` (named lists, `+PTX`).
"""

from __future__ import annotations

import re

from chipsieve.facts.ternary import some

Capability = tuple[int, int]
LAST_ORDERED: Capability = (9, 0)  # above it, 10.x and 12.x are siblings
NAMED = {
    "kepler": "3.5 3.7", "maxwell": "5.0 5.2", "pascal": "6.0 6.1+PTX", "volta": "7.0+PTX",
    "turing": "7.5+PTX", "ampere": "8.0 8.6+PTX", "ada": "8.9+PTX", "hopper": "9.0+PTX",
    "blackwell": "10.0 10.3 12.0 12.1+PTX",
}  # fmt: skip
CODE = re.compile(
    r"(?:(?P<kind>sm|compute)_?)?(?P<major>\d{1,2})[._]?(?P<minor>\d)(?P<suffix>[af]?)"
    r"(?:-(?P<cmake>real|virtual))?(?P<ptx>\+ptx)?",
    re.IGNORECASE,
)
GFX = re.compile(r"gfx[0-9a-f]{3,4}", re.IGNORECASE)


def capability(target: str) -> Capability | None:
    """The compute capability of a catalogue target such as `sm_90`, None for other vendors' targets."""
    matched = re.fullmatch(r"sm_(\d{1,2})(\d)", target)
    return (int(matched[1]), int(matched[2])) if matched else None


def of_generation(architecture: str) -> tuple[str, ...]:
    """The targets that a generation's data-centre, workstation and consumer parts have; none for an unknown one."""
    listed = NAMED.get(architecture.casefold(), "").removesuffix("+PTX")
    return tuple("sm_" + number.replace(".", "") for number in listed.split())


def at_least(target: str, floor: str) -> bool | None:
    """Whether a chip of `target` has every feature that capability `floor` has; None between siblings."""
    have, least = capability(target), capability(floor)
    if have is None or least is None:
        return None
    ordered = min(have, least) <= LAST_ORDERED or have[0] == least[0]
    return have >= least if ordered else None


def runs(target: str, listed: str) -> bool | None:
    """Whether any entry of an architecture list (`"8.0;9.0+PTX"`, `"sm_90a"`, `"gfx90a"`) runs on `target`.

    A list of compute capabilities binds NVIDIA targets alone, a list of gfx names gfx targets alone; an
    entry that cannot be read makes the answer unknown unless another entry says yes.
    """
    entries = [entry for entry in re.split(r"[\s;,|]+", listed.strip()) if entry]
    return some(_entry_runs(target, entry) for entry in entries) if entries else None


def _entry_runs(target: str, entry: str) -> bool | None:
    have = capability(target)
    name, plus, _ptx = entry.casefold().partition("+ptx")
    if name in NAMED:
        return runs(target, NAMED[name] + plus) if have else True
    if GFX.fullmatch(entry):
        gfx = GFX.match(target)
        return gfx[0].casefold() == entry.casefold() if gfx else True
    code = CODE.fullmatch(entry)
    if code is None:
        return None
    return True if have is None else _code_runs(have, code)


def _code_runs(have: Capability, code: re.Match[str]) -> bool:
    built = (int(code["major"]), int(code["minor"]))
    if code["suffix"].lower() == "a":
        return have == built
    native = have[0] == built[0] and have[1] >= built[1]
    portable = code["ptx"] or code["cmake"] == "virtual" or (code["kind"] or "").lower() == "compute"
    if code["suffix"].lower() == "f":
        return native
    return have >= built if portable else native
