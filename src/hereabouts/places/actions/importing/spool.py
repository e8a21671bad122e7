"""A list that moves to disk when it grows, so that large files need little memory."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from typing import IO, Generic, TypeVar

Item = TypeVar("Item")

IN_MEMORY = 100_000
"""Items kept in memory before they are written to a temporary file that has no name."""


class Spool(Generic[Item]):
    """Items in the order in which they came; gone through as often as wanted."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._waiting: list[Item] = []
        self._file: IO[bytes] | None = None
        self._count = 0

    def __len__(self) -> int:
        """How many items there are."""
        return self._count

    def extend(self, items: Iterable[Item]) -> None:
        """Add items at the end."""
        before = len(self._waiting)
        self._waiting.extend(items)
        self._count += len(self._waiting) - before
        if len(self._waiting) >= self._in_memory:
            if self._file is None:
                self._file = tempfile.TemporaryFile()
                weakref.finalize(self, self._file.close)
            pickle.dump(self._waiting, self._file, protocol=5)
            self._waiting = []

    def __iter__(self) -> Iterator[Item]:
        """Go through the items from the first; adding meanwhile is not allowed."""
        if self._file is not None:
            end = self._file.tell()
            self._file.seek(0)
            while self._file.tell() < end:
                yield from pickle.load(self._file)
        yield from self._waiting
