"""Opens plain, gzipped and zipped files with limits, so that no archive unpacks without end."""

from __future__ import annotations

import errno
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from hereabouts.places.errors import (
    ArchiveHoldsNothing,
    ArchiveNotSafe,
    FileDamaged,
    UnpacksTooLarge,
)

MAX_RATIO = 200
"""Bytes that one packed byte may become; tables of figures reach about 40."""

FREE_BYTES = 32 * 1024**2
"""Unpacked bytes below which the ratio does not matter."""

MAX_UNPACKED_BYTES = 64 * 1024**3
MAX_MEMBERS = 10_000
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
ENCRYPTED = 0x1
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGED = (
    EOFError,
    NotImplementedError,  # zipfile's word for a compression it does not know
    RuntimeError,  # and for a member that is locked
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class Opened:
    """A stream of unpacked bytes, its name, and how far through the packed file it is."""

    name: str
    stream: io.BufferedReader
    share: Callable[[], float]


class _Counted(io.RawIOBase):
    """Passes bytes on and refuses when they become too many for what was packed."""

    def __init__(self, inner: IO[bytes] | gzip.GzipFile, name: str, packed_bytes: int) -> None:
        self.inner, self.name = inner, name
        self.allowed = _allowed(packed_bytes)
        self.passed = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read some. Raises: UnpacksTooLarge, FileDamaged."""
        target = memoryview(buffer)  # type: ignore[arg-type]  # io hands over any writable buffer
        try:
            piece = self.inner.read(len(target))
        except (*DAMAGED, gzip.BadGzipFile) as fault:
            raise FileDamaged(name=self.name, reason="its packing is broken") from fault
        self.passed += len(piece)
        if self.passed > self.allowed:
            raise UnpacksTooLarge(name=self.name)
        target[: len(piece)] = piece
        return len(piece)


def _allowed(packed_bytes: int) -> int:
    return min(MAX_UNPACKED_BYTES, max(FREE_BYTES, MAX_RATIO * packed_bytes))


def head_of(path: Path, length: int = 512) -> bytes:
    """The first bytes of a file as it lies on disk."""
    with path.open("rb") as file:
        return file.read(length)


@contextmanager
def open_unpacked(path: Path) -> Iterator[Opened]:
    """Open a plain or gzipped file; what it is shows in its first bytes, not in its name.

    Raises: UnpacksTooLarge, FileDamaged while it is read.
    """
    size = max(1, path.stat().st_size)
    with path.open("rb") as file:
        if head_of(path, 2) != GZIP:
            yield Opened(path.name, file, lambda: file.tell() / size)
            return
        with gzip.GzipFile(fileobj=file) as packed:
            counted = _Counted(packed, path.name, size)
            yield Opened(path.name, io.BufferedReader(counted, 1 << 18), lambda: file.tell() / size)


@contextmanager
def open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Opened]:
    """Open one member of a ZIP archive. Raises: UnpacksTooLarge, FileDamaged."""
    name = PurePosixPath(archive.filename or "").name
    label = f"{name}/{member.filename}"
    if member.file_size > _allowed(member.compress_size):
        raise UnpacksTooLarge(name=label)
    try:
        packed = archive.open(member)
    except DAMAGED as fault:
        raise FileDamaged(name=label, reason="it cannot be unpacked") from fault
    except OSError as fault:
        if fault.errno != errno.EINVAL:
            raise
        # The archive's list points before its own beginning.
        raise FileDamaged(name=label, reason="it cannot be unpacked") from fault
    with packed:
        counted = _Counted(packed, label, member.compress_size)
        size = max(1, member.file_size)
        yield Opened(label, io.BufferedReader(counted, 1 << 18), lambda: counted.passed / size)


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP archive whose list of members is harmless.

    Raises: ArchiveNotSafe for members that point outside, are encrypted or too many;
    FileDamaged for a broken archive.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (*DAMAGED, ValueError) as fault:
        raise FileDamaged(name=path.name, reason="it is not a whole ZIP archive") from fault
    with archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise ArchiveNotSafe(name=path.name, reason=f"it holds more than {MAX_MEMBERS} files")
        if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
            raise UnpacksTooLarge(name=path.name)
        for member in members:
            _check_member(path.name, member)
        yield archive


def _check_member(name: str, member: zipfile.ZipInfo) -> None:
    inner = PurePosixPath(member.filename.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in member.filename:
        raise ArchiveNotSafe(name=name, reason="it holds a file that would be put elsewhere")
    if member.flag_bits & ENCRYPTED:
        raise ArchiveNotSafe(name=name, reason="it is locked with a password")
    if member.compress_type not in PACKINGS:
        raise ArchiveNotSafe(name=name, reason="it is packed in a way that is not read here")


def members_ending(archive: zipfile.ZipFile, *endings: str) -> list[zipfile.ZipInfo]:
    """Members whose names end so, in order of name, without those that systems hide.

    Raises: ArchiveHoldsNothing when there are none.
    """
    found = [
        member
        for member in sorted(archive.infolist(), key=lambda member: member.filename)
        if member.filename.lower().endswith(endings) and not _is_hidden(member.filename)
    ]
    if not found:
        raise ArchiveHoldsNothing(
            name=PurePosixPath(archive.filename or "").name, endings=", ".join(endings)
        )
    return found


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)
