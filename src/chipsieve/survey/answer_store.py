"""Where do answers lie while a survey runs, and from one run to the next? One small file each, whole or not at all.

A file is called by a digest of its repository's name and the digest of its answer, so an answer never overwrites
another. Which of them a watching run has reported last stands in one file, written when the report is out.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from chipsieve.saved_files import load_json, save_bytes, save_text
from chipsieve.survey.answered import Answer, unpacked
from chipsieve.tables import TableError

ENDING = ".answer"
FAILED = "failed"
REPORTED = "reported.json"
REPORTED_SCHEMA = "chipsieve-survey-state/1"
LARGEST = 512  # MB of the file that says what was reported
LENGTH = 32  # digits of a name's digest


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder that no other survey writes to meanwhile; a process that is killed holds it no longer.

    Raises:
        TableError: another survey holds it, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise TableError(f"{folder}: cannot be written: {error.strerror or error}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise TableError(f"{folder}: another survey writes here; wait for it, or name another folder") from error
    finally:
        os.close(lock)


def write_whole(file: Path, data: bytes) -> None:
    """Write a file whole or not at all, with the folders that it lies in.

    Raises:
        TableError: it cannot be written, as on a full disk.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TableError(f"{file}: cannot be written: {error.strerror or error}") from error
    save_bytes(file, data)


class AnswerStore:
    """The answers in a folder."""

    def __init__(self, folder: Path) -> None:
        """Look at what a folder has."""
        self.folder = folder
        self._held: dict[str, tuple[str, ...]] = {}  # digests by name's digest; of a hundred thousand, paths are large
        for file in sorted(folder.glob(f"??/*{ENDING}")):
            key, _, digest = file.name.removesuffix(ENDING).partition("-")
            self._held[key] = (*self._held.get(key, ()), digest)

    def digests(self, name: str) -> tuple[str, ...]:
        """The digests of the answers on a repository that are at hand; those that failed have none."""
        return tuple(digest for digest in self._held.get(_key(name), ()) if digest != FAILED)

    def file(self, name: str, digest: str | None = None) -> Path | None:
        """The file of an answer on a repository, by its digest, "" for one that failed; None where there is none.

        Without a digest, of whichever answer there is.
        """
        key = _key(name)
        wanted = (one for one in self._held.get(key, ()) if digest is None or one == (digest or FAILED))
        return next((self._file(key, one) for one in wanted), None)

    def _file(self, key: str, digest: str) -> Path:
        return self.folder / key[:2] / f"{key}-{digest}{ENDING}"

    def keep(self, answer: Answer, data: bytes) -> Path:
        """Write an answer, given packed as well; its file.

        Raises:
            TableError: it cannot be written.
        """
        key, digest = _key(answer.name), answer.digest or FAILED
        file = self._file(key, digest)
        write_whole(file, data)
        self._held[key] = tuple(sorted({*self._held.get(key, ()), digest}))
        return file

    def drop_failed(self, names: Iterable[str]) -> None:
        """Delete the answers of repositories that failed."""
        for key in map(_key, names):
            if FAILED in self._held.get(key, ()):
                self._file(key, FAILED).unlink(missing_ok=True)
                self._held[key] = tuple(one for one in self._held[key] if one != FAILED)

    def reported(self) -> dict[str, str] | None:
        """The digests of the answers that a watching run has reported last, by name; None before the first.

        Raises:
            TableError: the file that says so cannot be read, or says something else.
        """
        file = self.folder / REPORTED
        if not file.exists():
            return None
        saved = load_json(file, LARGEST)
        if not isinstance(saved, dict) or saved.get("schema") != REPORTED_SCHEMA:
            raise TableError(f"{file}: no state of `chipsieve survey --state`; name another folder")
        try:
            return msgspec.convert(saved.get("repositories"), dict[str, str])
        except msgspec.ValidationError as error:
            raise TableError(f"{file}: not a whole state: {error}") from error

    def report(self, digests: Mapping[str, str]) -> None:
        """Say what was reported, and delete all other answers.

        Raises:
            TableError: it cannot be written.
        """
        document = {"schema": REPORTED_SCHEMA, "repositories": dict(sorted(digests.items()))}
        save_text(self.folder / REPORTED, json.dumps(document, indent=1) + "\n")
        kept = {(_key(name), digest or FAILED) for name, digest in digests.items()}
        for key, held in self._held.items():
            for digest in held:
                if (key, digest) not in kept:
                    self._file(key, digest).unlink(missing_ok=True)


def read_answer(file: Path) -> Answer | None:
    """The answer in a file; None where it is cut short, as a machine leaves it that lost its power."""
    try:
        return unpacked(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TableError(f"{file}: {error.strerror or error}") from error


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:LENGTH]
