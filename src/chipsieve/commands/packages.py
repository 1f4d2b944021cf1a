"""Which packages and container images does a command ask for, and in which versions?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from chipsieve.commands.known import known
from chipsieve.commands.schedulers import Extent, Token

IMAGE_OPTIONS = ("--container-image", "--image")
CONTAINER_BARE = frozenset({
    "rm", "it", "ti", "i", "t", "d", "detach", "privileged", "init", "tty", "interactive", "read-only",
    "oom-kill-disable", "no-healthcheck", "rmi", "quiet", "q", "P", "publish-all", "sig-proxy", "nv", "rocm",
    "nvccli", "contain", "c", "containall", "C", "cleanenv", "e", "fakeroot", "f", "writable", "w",
    "writable-tmpfs", "no-home", "userns", "u", "net", "n", "ipc", "pid", "p", "uts",
})  # fmt: skip
BARE_IN_SANDBOX_ONLY = frozenset({
    "nv", "rocm", "nvccli", "c", "C", "e", "f", "w", "u", "n", "p",
})  # fmt: skip
VALUE_OPTIONS = frozenset({
    "-r", "--requirement", "-c", "--constraint", "--channel", "-i", "--index-url", "--extra-index-url", "-f",
    "--find-links", "-t", "--target", "-n", "--name", "-p", "--prefix", "--platform", "--python-version", "--root",
    "--upgrade-strategy", "--no-binary", "--only-binary", "--trusted-host", "--config-settings", "-e", "--editable",
    "--group", "--source", "--python", "--file", "--proxy", "--timeout", "--retries", "--progress-bar",
})  # fmt: skip
VERSIONED_PIP = re.compile(r"pip3\.\d+")
INSTALL_VERBS = frozenset({"install", "add", "create"})


def images(words: list[Token]) -> Iterator[tuple[str, Extent]]:
    """Container images that a command runs, pulls or is put into."""
    for index, (text, extent) in enumerate(words):
        name, _, value = (text or "").partition("=")
        if name in IMAGE_OPTIONS and text is not None:
            operand = (value, extent) if value else words[index + 1] if index + 1 < len(words) else (None, extent)
            if operand[0] is not None:
                yield operand[0], operand[1]
        verb = words[index + 1][0] if index + 1 < len(words) else None
        if verb in ("run", "create", "pull") and basename(text or "") in known().containers:
            yield from _first_operand(words[index + 2 :], sandbox=False)
        elif verb in ("exec", "run", "shell", "pull", "build") and basename(text or "") in known().sandboxes:
            yield from _first_operand(words[index + 2 :], sandbox=True)
        elif text == "enroot" and verb in ("import", "create", "start"):
            yield from _first_operand(words[index + 2 :], sandbox=False)


def _first_operand(words: list[Token], *, sandbox: bool) -> Iterator[tuple[str, Extent]]:
    """The first word that is neither an option nor an option's value, when it is known."""
    at = 0
    while at < len(words):
        text, extent = words[at]
        if text is None:
            return
        if not text.startswith("-"):
            yield text, extent
            return
        name = text.lstrip("-")
        bare = "=" in text or (name in CONTAINER_BARE and (sandbox or name not in BARE_IN_SANDBOX_ONLY))
        at += 1 if bare else 2


def pins(words: list[Token]) -> Iterator[tuple[str, Extent]]:
    """Requirements (PEP 508) that pip, uv, poetry or conda is asked to install."""
    texts = [basename(text or "") for text, _ in words]
    verb = next((at for at, text in enumerate(texts) if text in INSTALL_VERBS and at), None)
    if verb is None:
        return
    tools = set(texts[:verb])
    conda = bool(tools & known().conda)
    if not (conda or tools & known().installers or any(map(VERSIONED_PIP.fullmatch, tools))):
        return
    at = verb + 1
    while at < len(words):
        text, extent = words[at]
        at += 2 if text in VALUE_OPTIONS else 1
        if text is not None and not text.startswith("-") and "/" not in text.partition("@")[0]:
            yield _requirement(text, conda=conda), extent


def _requirement(text: str, *, conda: bool) -> str:
    if conda and (pinned := re.fullmatch(r"(?:[\w.-]+::)?([\w.-]+)=([\d.]+)\*?(?:=[\w.*]+)?", text)):
        return f"{pinned[1]}=={pinned[2].rstrip('.')}.*"
    if at_version := re.fullmatch(r"([\w.-]+)@\^?(\d[\w.]*)", text):
        return f"{at_version[1]}=={at_version[2]}"
    return text
