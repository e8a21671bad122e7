"""What a reader is: it says what to fetch, and what the answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hereabouts.sensing.domain.connectors.manifest import Bad
from hereabouts.sensing.domain.connectors.records import Documents, Gathered
from hereabouts.sensing.domain.connectors.words import Words


class UnreadableFeedError(ValueError):
    """The whole answer cannot be read; the text says why, in English, without a full stop."""


@dataclass(frozen=True)
class Step:
    """One thing to fetch. `every_s`: not sooner again, unless a station is missing.

    With `page_size` the answer comes in pages, asked for by `page_names`. `always`: in full, even
    if it is as it was.
    """

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    every_s: int = 0
    page_size: int = 0
    page_names: tuple[str, str] = ("limit", "offset")
    always: bool = False


@dataclass(frozen=True)
class Asked:
    """What a reader works with: the options, the words, the moment, and a name for one station.

    `newest` is the newest reading that was stored, in microseconds; `stations` are those whose
    Things were made before.
    """

    options: Mapping[str, str]
    words: Words
    moment: datetime
    name: str = ""
    newest: int | None = None
    stations: frozenset[str] = frozenset()


class Reader(Protocol):
    """Reads one kind of feed; pure."""

    def check(self, options: Mapping[str, str]) -> dict[str, Bad]:
        """What is wrong with options that are well-formed one by one, by option."""

    def steps(self, asked: Asked) -> list[Step]:
        """What to fetch, in order."""

    def read(self, documents: Documents, asked: Asked) -> Gathered:
        """What the answers say. Raises: UnreadableFeedError."""
