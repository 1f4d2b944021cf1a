"""Which members does an archive have? Each is offered in turn, its bytes on request; nothing is ever unpacked.

The archive is hostile: its members are counted, what they unpack to is counted as it comes, whatever sizes they
declare, and reading ends where an archive unpacks to more than an honest one does.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from chipsieve.sources.archive_names import ZIP, ending_of
from chipsieve.sources.contents import SPECIAL

MEMBERS = 200_000  # in one archive, folders counted
UNPACKED = 4_000_000_000  # bytes
HONEST = 50_000_000  # bytes to which any archive may unpack; of more, at most `RATIO` to one of the archive's
RATIO = 200
DIRECTORY = 50_000_000  # bytes of a zip archive's list of members
TARGET = 4096  # bytes of a link's target
NAMES = 1_000_000  # bytes of a header that says how the next member is called
NAMING = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
ENCRYPTED = 1  # the bit of a zip member's flags
Unpacker = Callable[[io.BufferedReader], io.BufferedIOBase]
UNPACKERS: Mapping[str, Unpacker] = {
    ".tar": lambda stream: stream,
    ".tar.gz": lambda stream: gzip.GzipFile(fileobj=stream),
    ".tgz": lambda stream: gzip.GzipFile(fileobj=stream),
    ".tar.xz": lzma.LZMAFile,
    ".txz": lzma.LZMAFile,
    ".tar.bz2": bz2.BZ2File,
    ".tbz2": bz2.BZ2File,
}
"""How the stream of members is unpacked, by the ending of the archive's name."""
BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError,
    LookupError, ArithmeticError, struct.error,
)  # fmt: skip
"""What Python's readers raise on an archive that is damaged, or made to confuse them."""


class ArchiveError(FileNotFoundError):
    """A file that is called an archive cannot be read as one."""


class _EnoughError(Exception):
    """The archive unpacks to more than is read."""


class Packed(NamedTuple):
    """A member that is no folder: its name, the size that it says to have, and as many of its bytes as are wanted.

    `link` is where it leads if it is one, `hard` or symbolic. `refused` is why its bytes are not there.
    """

    name: str
    size: int
    data: bytes = b""
    link: str | None = None
    hard: bool = False
    refused: str = ""


Wanted = Callable[[str, int], int]
"""How many bytes to unpack of a member with such a name and size."""


def members(path: Path, wanted: Wanted, ended: list[str]) -> Iterator[Packed]:
    """The members of an archive in its order; why reading ended early goes to `ended`.

    Raises:
        ArchiveError: it is no such archive, or a damaged one.
    """
    ending = ending_of(path.name)
    try:
        with path.open("rb") as stream:
            budget = _Budget(path.stat().st_size)
            if ending == ZIP:
                yield from _zipped(stream, wanted, budget)
            else:
                yield from _tarred(stream, UNPACKERS[ending], wanted, budget)
    except _EnoughError as error:
        ended.append(str(error))
    except BROKEN as error:
        raise ArchiveError(
            f"{path}: no {ending} archive, or a damaged one: {str(error) or type(error).__name__}"
        ) from error


class _Budget:
    """How much an archive may still unpack to."""

    def __init__(self, packed: int) -> None:
        self._limit, self._done, self._members = min(UNPACKED, max(HONEST, RATIO * packed)), 0, 0

    def take(self, data: bytes) -> bytes:
        """The data, counted."""
        self._done += len(data)
        if self._done > self._limit:
            raise _EnoughError(f"unpacks to more than {self._limit // 1_000_000} MB: the rest is not read")
        return data

    def member(self) -> None:
        """Count one."""
        self._members += 1
        if self._members > MEMBERS:
            raise _EnoughError(f"has more than {MEMBERS} members: the rest is not read")


def _zipped(stream: io.BufferedIOBase, wanted: Wanted, budget: _Budget) -> Iterator[Packed]:
    with zipfile.ZipFile(_Chary(stream)) as archive:
        for info in archive.infolist():
            budget.member()
            if not info.filename.endswith("/"):
                yield _zip_member(archive, info, wanted, budget)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, wanted: Wanted, budget: _Budget) -> Packed:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & ENCRYPTED:
        return Packed(info.filename, info.file_size, refused="encrypted: not read")
    if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
        return Packed(info.filename, info.file_size, refused=SPECIAL)
    is_link = kind == stat.S_IFLNK
    try:
        with archive.open(info) as member:
            data = budget.take(member.read(TARGET if is_link else wanted(info.filename, info.file_size)))
    except BROKEN as error:
        return Packed(
            info.filename, info.file_size, refused=f"damaged in the archive: {str(error) or type(error).__name__}"
        )
    if is_link:
        return Packed(info.filename, 0, link=os.fsdecode(data))
    return Packed(info.filename, info.file_size, data)


class _Chary(io.BufferedIOBase):
    """A file that gives no more at once than the list of an honest archive's members has."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell  # type: ignore[method-assign]

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY:
            raise _EnoughError("its list of members is too long: not read")
        return self._stream.read(-1 if size is None else size)


def _tarred(stream: io.BufferedReader, unpacker: Unpacker, wanted: Wanted, budget: _Budget) -> Iterator[Packed]:
    with (
        unpacker(stream) as unpacked,
        tarfile.open(fileobj=_Counted(unpacked, budget), mode="r|", tarinfo=_Header) as archive,
    ):
        for info in archive:
            archive.members = []  # type: ignore[attr-defined]  # else it keeps them all
            budget.member()
            if info.issym() or info.islnk():
                yield Packed(info.name, 0, link=info.linkname, hard=info.islnk())
            elif not info.isreg() or info.issparse():
                if not info.isdir():
                    yield Packed(info.name, info.size, refused=SPECIAL)
            else:
                member = archive.extractfile(info)
                yield Packed(info.name, info.size, member.read(wanted(info.name, info.size)) if member else b"")


class _Header(tarfile.TarInfo):
    """A tar member's header; a damaged one is an error, where Python takes it for the archive's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if buf.strip(b"\0"):
                raise tarfile.ReadError(str(error)) from error
            raise  # the end: no block, or one of zeros
        if header.type in NAMING and header.size > NAMES:
            raise tarfile.ReadError("a name or a comment in it is too long")
        return header


class _Counted(io.RawIOBase):
    """What an archive unpacks to, counted as it comes."""

    def __init__(self, stream: io.BufferedIOBase, budget: _Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int = -1, /) -> bytes:
        return self._budget.take(self._stream.read(size))
