"""Which PEP 508 requirements does a line stand for: a pip requirement, a wheel's or git URL, a conda spec?

`packaging` takes long to load and few files pin anything, so it is loaded where a requirement is met.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec
from msgspec.structs import replace

from chipsieve.facts.conditions import Conditions, Question

LONGEST = 1_000
PACKAGE = re.compile(r"\s*([\w.-]*)")
WHEEL = re.compile(r"(?:.*/)?(?P<name>[A-Za-z0-9_.]+)-(?P<version>\d[\w.!+]*)-[\w.]+-[\w.]+-[\w.]+\.whl(?:#.*)?")
ARCHIVE = re.compile(r"(?:\w+\+)?(?:https?|file|git|ssh)://\S+|\S+\.whl(?:#\S*)?")
EGG = re.compile(r"egg=([\w.-]+)")
TAG = re.compile(r"v?(\d+(?:\.\d+)+\S*)")
LOCAL = re.compile(r"(?:cu|rocm|cpu|xpu)[\d.]*")
CUDA = re.compile(r"cu(\d\d)(\d*)(?!\d)")
TORCH = re.compile(r"torch(\d+\.\d+)")
CONDA = re.compile(
    r"(?:[\w./-]+::)?(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:(?P<sign>[=<>!~]=?)\s*(?P<version>[\w.*+!<>=,|-]+))?(?:\s+\S+)?"
)
MARKED = re.compile(r"(?<![\"'\w])(?!(?:and|or|in|not)\b)[a-z_.]+")
PYTHON_VERSIONS = frozenset({"python_version", "python_full_version"})
PYTHONS = ("3.10", "3.11")  # that most runs have
CONDA_EXPORT = re.compile(r"[A-Za-z0-9][\w.-]*=[^=\s]\S*")
WHEELS = re.compile(r"whl/(?:nightly/|test/)?((?:cu|rocm)[\d.]+|cpu|xpu)")
EXACT = re.compile(r"(?:torch|torchvision|torchaudio)\s*==\s*[\w.]+")


class Pin(msgspec.Struct, frozen=True, gc=False):
    """One requirement in PEP 508's form and what must hold for it to count."""

    text: str
    conditions: Conditions = ()

    @property
    def name(self) -> str:
        """The package's name as written."""
        return package(self.text)


def package(requirement: str) -> str:
    """The package that a PEP 508 requirement names, as written; "" where it names none."""
    named = PACKAGE.match(requirement)
    return named[1] if named else ""


def requirement(line: str) -> list[Pin]:
    """The pins of one pip requirement without options: `name==1`, `name @ URL`, a wheel, a git URL.

    A wheel also pins what its local version names (`+cu122torch2.1`): cuda and torch. Empty: not one.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    body, _, marker = line[:LONGEST].partition(" ;" if "://" in line else ";")
    conditions: Conditions = () if _holds(marker) else (Question("unknown", text=marker.strip()),)
    name, _, address = body.partition("@") if re.match(r"\s*[\w.\[\],-]+\s*@", body) else ("", "", body)
    if ARCHIVE.fullmatch(address.strip()):
        return [Pin(text, conditions) for text in _from_address(name.strip(), unquote(address.strip()))]
    try:
        Requirement(body.strip())
    except InvalidRequirement:
        return []
    return [Pin(body.strip(), conditions)]


def _holds(marker: str) -> bool:
    """Whether an environment marker is none, or asks for a version of Python that runs commonly have."""
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    if not marker.strip():
        return True
    if not set(MARKED.findall(marker)) <= PYTHON_VERSIONS:
        return False
    try:
        asked = Marker(marker)
        return all(asked.evaluate({"python_version": one, "python_full_version": f"{one}.0"}) for one in PYTHONS)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return False


def _from_address(name: str, address: str) -> list[str]:
    wheel = WHEEL.fullmatch(address)
    if wheel:
        return _from_wheel(name, wheel)
    place, _, part = address.partition("#")
    egg = EGG.search(part)
    name = name or (egg[1] if egg else "")
    if place.startswith(("git+", "git:")):
        repository, _, tag = place.partition("://")[2].partition("/")[2].partition("@")
        version = TAG.fullmatch(tag)
        name = name or repository.rstrip("/").rpartition("/")[2].removesuffix(".git")
        return [f"{name}=={version[1]}" if version and _is_version(version[1]) else name]
    return [name] if name else []


def _from_wheel(name: str, wheel: re.Match[str]) -> list[str]:
    name = name or wheel["name"].replace("_", "-")
    version, _, local = wheel["version"].partition("+")
    if not _is_version(version):
        return [name]
    pins = [f"{name}=={version}+{local}" if LOCAL.fullmatch(local) else f"{name}=={version}"]
    cuda, torch = CUDA.match(local), TORCH.search(local)
    pins += [f"cuda=={cuda[1]}.{cuda[2] or '*'}"] if cuda else []
    return pins + ([f"torch=={torch[1]}.*"] if torch else [])


def conda(spec: str) -> list[Pin]:
    """The pin of one conda spec: `pytorch=1.13` is any 1.13, so `pytorch==1.13.*`; the build is dropped.

    Source: conda documentation, "Package match specifications".
    """
    parsed = CONDA.fullmatch(spec[:LONGEST].strip())
    if parsed is None:
        return []
    name, sign, version = parsed["name"], parsed["sign"] or "", parsed["version"] or ""
    if sign in ("=", "=="):
        version = version.partition("=")[0]
        fuzzy = sign == "=" and not version.endswith("*")
        return [Pin(f"{name}=={version}.*" if fuzzy else f"{name}=={version}")]
    if "|" in version:
        return [Pin(name)]
    return [Pin(f"{name}{sign}{version}")]


def poetry(name: str, version: str) -> list[Pin]:
    """The pin of one Poetry or Pipenv entry: `^2.1` means at least that and no new major.

    Source: Poetry documentation, "Dependency specification".
    """
    text = version.strip()
    if text in ("", "*"):
        return [Pin(name)]
    lower = re.fullmatch(r"[\^]?\s*(\d[\w.+]*)", text)
    if lower:
        return [Pin(f"{name}>={lower[1]}{_below_next(lower[1])}" if text[0] == "^" else f"{name}=={lower[1]}")]
    return [Pin(f"{name}{text.replace('~', '~=') if re.match(r'~[^=]', text) else text}")]


def _below_next(version: str) -> str:
    """The upper bound of `^version`: of `1.13` it is `,<2`; none of `0.4`, whose second number counts as major."""
    major = re.match(r"[1-9]\d*", version)
    return f",<{int(major[0]) + 1}" if major else ""


def requirement_line(line: str, wheels: str = "") -> list[Pin]:
    """The pins of one line of a requirements file, which may be conda's export: `pytorch=1.13.1=py3.9_cuda11.7`.

    `wheels` is the local version of the index that pip installs from: `torch==2.1` is then `torch==2.1+cu118`.
    """
    pins = conda(line) if CONDA_EXPORT.fullmatch(line) else requirement(line)
    return [replace(pin, text=f"{pin.text}+{wheels}") if wheels and EXACT.fullmatch(pin.text) else pin for pin in pins]


def local_version(text: str) -> str:
    """The local version of an index of PyTorch's wheels, where a text names one: `--index-url .../whl/cu118`."""
    found = WHEELS.search(text)
    return found[1] if found else ""


def _is_version(text: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
