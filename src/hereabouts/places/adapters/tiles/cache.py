"""Tiles kept in memory as bytes, plain and compressed, until the gazetteer changes."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

MOST_BYTES = 64 * 1024 * 1024
"""What the cache holds at most: about a thousand dense tiles."""

COMPRESSION = 5
"""Gzip's level: higher ones take twice the time for two in a hundred fewer bytes."""


@dataclass(frozen=True)
class StoredTile:
    """A tile's bytes; the compressed form is made when first asked for."""

    plain: bytes

    @cached_property
    def zipped(self) -> bytes:
        """The bytes compressed with gzip, the same ones each time."""
        return gzip.compress(self.plain, COMPRESSION, mtime=0)

    @property
    def weight(self) -> int:
        """What it may take in memory, both forms counted."""
        return 2 * len(self.plain) + 500


class TileCache:
    """The tiles asked for last, up to a number of bytes; all of one version of the data."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._held = 0
        self._version = ""
        self._tiles: OrderedDict[Hashable, StoredTile] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """What the tiles in the cache weigh."""
        return self._held

    def find(self, version: str, key: Hashable) -> StoredTile | None:
        """The tile, if it is held for this version."""
        with self._lock:
            if version != self._version or key not in self._tiles:
                return None
            self._tiles.move_to_end(key)
            return self._tiles[key]

    def get(self, version: str, key: Hashable, make: Callable[[], bytes]) -> StoredTile:
        """The tile, made if it is not held."""
        found = self.find(version, key)
        if found is not None:
            return found
        tile = StoredTile(make())
        with self._lock:
            self._keep(version, key, tile)
        return tile

    def _keep(self, version: str, key: Hashable, tile: StoredTile) -> None:
        if version != self._version:
            self._tiles.clear()
            self._held, self._version = 0, version
        before = self._tiles.pop(key, None)
        self._held += tile.weight - (before.weight if before else 0)
        self._tiles[key] = tile
        while self._held > self._most and len(self._tiles) > 1:
            _, dropped = self._tiles.popitem(last=False)
            self._held -= dropped.weight
