"""Which folders, links, devices and names are made to hurt whoever walks over them?"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from hostile.bombs import Texts, bomb, many

LAUNCH = {"run.sh": "torchrun --nproc_per_node 8 train.py\n", "train.py": "import torch\n"}
MANIFESTS = (
    "chipsieve.toml",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    "README.md",
    "a.sh",
    "bin",
)


def _pipes(root: Path) -> None:
    for name in MANIFESTS:
        with suppress(FileExistsError):
            os.mkfifo(root / name)


def _devices(root: Path) -> None:
    for name in MANIFESTS:
        (root / name).symlink_to("/dev/zero")


def _outside(root: Path) -> None:
    for name in MANIFESTS:
        (root / name).symlink_to("/etc/passwd")
    (root / "above").symlink_to(root.parent.parent)


def _loops(root: Path) -> None:
    (root / "a").mkdir()
    for at in range(500):
        (root / "a" / f"again{at}").symlink_to(root)
        (root / "a" / f"{at}.sh").symlink_to(f"{at + 1}.sh")
    (root / "a" / "500.sh").symlink_to("0.sh")


def _closed(root: Path) -> None:
    """Folders that may be entered and not listed, listed and not entered, neither; files that may not be read."""
    for name, mode in (("unlistable", 0o311), ("unenterable", 0o644), ("closed", 0o000)):
        (root / name / "inner").mkdir(parents=True)
        (root / name / "a.sh").write_text("torchrun t.py\n", encoding="utf-8")
        (root / name / "prog").write_text("#!/bin/sh\ntorchrun t.py\n", encoding="utf-8")
        (root / name / "link").symlink_to("a.sh")
        (root / name).chmod(mode)
    (root / "unreadable.sh").write_text("torchrun t.py\n", encoding="utf-8")
    (root / "unreadable.sh").chmod(0)


def _deep(root: Path) -> None:
    """A folder below so many that its path is longer than the system allows."""
    here = os.open(root, os.O_RDONLY)
    for _ in range(60):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("a.sh", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def _odd_names(root: Path) -> None:
    for name in (b"\xff\xfe.sh", b"a\nb.sh", b"\x1b[31m.sh", b"a" * 252 + b".sh", b" .sh", b"-rf.sh", b"%2e%2e.sh"):
        with suppress(OSError):
            (root / os.fsdecode(name)).write_text("torchrun train.py\n", encoding="utf-8")


@bomb("pipes, devices and links", _pipes)
def pipes(_: float) -> Texts:
    """Pipes in the places of manifests, scripts and documents."""
    return LAUNCH


@bomb("pipes, devices and links", _devices)
def links_to_devices(_: float) -> Texts:
    """Links to a device that never ends, in the places of manifests, scripts and documents."""
    return LAUNCH


@bomb("pipes, devices and links", _outside)
def links_to_the_outside(_: float) -> Texts:
    """Links to files and folders outside."""
    return LAUNCH


@bomb("pipes, devices and links", _loops)
def links_in_circles(_: float) -> Texts:
    """Links to the folder above, and links to each other."""
    return LAUNCH


@bomb("folders and names", _closed)
def closed_folders(_: float) -> Texts:
    """Folders that may be listed and not entered, entered and not listed, and files that may not be read."""
    return LAUNCH | {"start.sh": "bash unlistable/a.sh\nbash unenterable/a.sh\nbash closed/a.sh\n. ./unreadable.sh\n"}


@bomb("folders and names", _deep)
def deep_folders(_: float) -> Texts:
    """Folders below folders, until their path is longer than the system allows."""
    return LAUNCH


@bomb("folders and names", _odd_names)
def odd_names(_: float) -> Texts:
    """Names that are no UTF-8, hold line ends and escapes, or are as long as a name may be."""
    return LAUNCH


@bomb("folders and names")
def long_names_in_scripts(size: float) -> Texts:
    """Scripts that start and source files whose names are longer than the system allows."""
    name = "x/" * 3000 + "a.sh"
    return {"run.sh": f". ./{name}\nbash {name}\ntorchrun {name[:-3]}.py\npython {'y' * 300}.py\n" * many(size, 12)}


@bomb("folders and names")
def hidden_code(_: float) -> Texts:
    """Scripts below the folders of version control and of caches, which a script starts."""
    start = ("bash .git/hooks/go.sh\n. .hg/go.sh\npython __pycache__/train.py\n", ".svn/go.sh\n")
    below = (".git/hooks/go.sh", ".hg/go.sh", ".svn/go.sh")
    return {"run.sh": "".join(start), "__pycache__/train.py": "import torch\n"} | dict.fromkeys(
        below, "torchrun t.py\n"
    )


@bomb("many files")
def many_small_files(size: float) -> Texts:
    """Twenty thousand scripts and modules, which all name each other."""
    count = many(size, 5000)
    scripts = {f"s{at % 100}/r{at}.sh": f"torchrun t{at % 300}.py\n" for at in range(count)}
    modules = {f"s{at % 100}/t{at}.py": f"import t{(at * 7) % count}\n" for at in range(count)}
    return scripts | modules


@bomb("many files")
def many_scripts_over_modules(size: float) -> Texts:
    """Two thousand scripts that start three hundred modules, which import each other."""
    scripts = {f"r{at}.sh": f"torchrun t{at % 300}.py --a {at}\n" for at in range(many(size, 2000))}
    imports = "".join(f"import t{at}\n" for at in range(0, 300, 7))
    return scripts | {f"t{at}.py": imports + "import torch\ntorch.cuda.set_device(0)\n" for at in range(300)}


@bomb("many files")
def many_patches(size: float) -> Texts:
    """Patches of four megabytes each."""
    patch = "".join(f"+ ascend npu {at}\n" for at in range(200_000))
    return LAUNCH | {f"{at}.patch": patch for at in range(many(size, 20))}


@bomb("many files")
def many_programs(size: float) -> Texts:
    """Thousands of programs without an ending, which their first lines name."""
    return {f"bin/p{at}": f"#!/usr/bin/env -S bash -e\ntorchrun t{at}.py\n" for at in range(many(size, 3000))}
