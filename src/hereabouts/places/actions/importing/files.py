"""Looks at a file before anything opens it: is it there, readable, of a size we take."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from hereabouts.places.errors import FileEmpty, FileNotFound, FileTooLarge, FileUnreadable

GIGABYTE = 1_000_000_000
PIECE = 1 << 20


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be read: its name without folders, its size and its SHA-256."""

    name: str
    bytes: int
    digest: str


def check_file(path: Path) -> CheckedFile:
    """Check and fingerprint a file.

    Raises: FileNotFound, FileUnreadable, FileEmpty, FileTooLarge.
    """
    if not path.exists():
        raise FileNotFound(name=path.name)
    if not path.is_file():
        raise FileUnreadable(name=path.name, reason="it is not a file")
    size = path.stat().st_size
    limit = str(settings.CONFIGURATION.import_limit_gb)
    if size == 0:
        raise FileEmpty(name=path.name)
    if size > float(limit) * GIGABYTE:
        raise FileTooLarge(name=path.name, limit=limit)
    return CheckedFile(path.name[:255], size, _digest(path))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except OSError as fault:
        reason = fault.strerror or os.strerror(fault.errno or 0)
        raise FileUnreadable(name=path.name, reason=reason.lower()) from fault
    return digest.hexdigest()
