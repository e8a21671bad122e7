"""Short reads answered on the event loop itself, from a read-only connection of its own.

A page of one stream's observations takes the embedded database less time than handing the work to a
thread and back. What is not surely short goes the ordinary way; so does what turns out not to be.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.adapters.sta.replies import Reply
from hereabouts.sensing.adapters.sta.shaping import shape
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.reading import (
    LIMITS,
    Limits,
    SqliteDatabase,
    answer_bytes,
    read,
)
from hereabouts.standards.sensorthings.model import DATASTREAM, MULTI_DATASTREAM, OBSERVATION
from hereabouts.standards.sensorthings.parsing.options import parse_options
from hereabouts.standards.sensorthings.parsing.paths import parse_path
from hereabouts.standards.sensorthings.tree import (
    Ending,
    Options,
    OrderKey,
    PropertyPath,
    ResourcePath,
    Step,
)

MOST_ROWS = 1_000
LOOP_LIMITS: Limits = dataclasses.replace(LIMITS, seconds=0.01, slow_seconds=1.0)


class LoopReads:
    """The event loop's connection to the embedded database."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._database: SqliteDatabase | None = None

    def answer(self, path: str, query: str, level: DataClass, base: str) -> Reply | None:
        """The answer, or None where the request has to go the ordinary way."""
        try:
            question = find_question(path, query)
            if question is None:
                return None
            database = self._open()
            plain = answer_bytes(
                *question, level=level, base=base, limits=LOOP_LIMITS, database=database
            )
            if plain is not None:
                return Reply(200, plain)
            answer = read(*question, level=level, base=base, limits=LOOP_LIMITS, database=database)
            return shape(*question, answer, base)
        except (Refusal, sqlite3.Error):
            # Whatever it is: the ordinary way says so, and has the time to.
            return None

    def close(self) -> None:
        """Let the connection go."""
        if self._database is not None:
            self._database.native.close()
            self._database = None

    def _open(self) -> SqliteDatabase:
        if self._database is None:
            address = f"file:{quote(str(Path(self._path).resolve()))}?mode=ro"
            native = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False, timeout=0.05
            )
            native.execute("PRAGMA query_only=ON")
            native.execute("PRAGMA mmap_size=268435456")
            self._database = SqliteDatabase(native)
        return self._database


@lru_cache(maxsize=8_192)
def find_question(path: str, query: str) -> tuple[ResourcePath, Options] | None:
    """The parsed request where it is surely short, else None. Raises: refusals."""
    parsed = parse_path(path)
    options = parse_options(query, parsed.entity)
    is_short = _is_short_path(parsed) and _are_short(options)
    return (parsed, options) if is_short else None


def _is_short_path(path: ResourcePath) -> bool:
    """One observation or stream, or the observations of one stream."""
    if path.ending is not Ending.ENTITIES:
        return False
    steps: Sequence[Step] = path.steps
    if len(steps) == 1:
        return steps[0].is_entity
    is_of_stream = steps[0].entity in (DATASTREAM, MULTI_DATASTREAM)
    return len(steps) == 2 and is_of_stream and steps[1].entity is OBSERVATION


def _are_short(options: Options) -> bool:
    if options.expand or options.filter is not None or options.is_distinct or options.count:
        return False
    if options.skip > MOST_ROWS or (options.top or 0) > MOST_ROWS:
        return False
    return all(_is_own(key) for key in options.order)


def _is_own(key: OrderKey) -> bool:
    """Whether a stream's observations are kept in this order, or nearly."""
    told = key.expression
    return (
        isinstance(told, PropertyPath)
        and not told.relations
        and (told.property is None or told.property.name == "phenomenonTime")
    )
