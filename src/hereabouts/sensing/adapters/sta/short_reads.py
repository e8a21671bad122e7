"""Short reads, answered from read-only connections that are kept for nothing else.

A page of one stream's observations takes the embedded database less time than handing the work to a
thread and back: it is read on the event loop itself. PostgreSQL is read in a thread, in one round
trip. What is not surely short goes the ordinary way; so does what turns out not to be.
"""

from __future__ import annotations

import dataclasses
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connection

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.adapters.sta.replies import Reply
from hereabouts.sensing.adapters.sta.shaping import shape
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.reading import (
    LIMITS,
    Database,
    Limits,
    PostgresDatabase,
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
THREAD_LIMITS: Limits = dataclasses.replace(LIMITS, seconds=1.0)
REST_SECONDS = 30.0
"""Where no connection can be had, as through a pooler that takes no options: until the next try."""


class ShortReads(ABC):
    """Questions that are surely short, answered from a connection that is kept for them."""

    limits: Limits

    def answer(self, path: str, query: str, level: DataClass, base: str) -> Reply | None:
        """The answer, or None where the request has to go the ordinary way."""
        limits = self.limits
        try:
            question = find_question(path, query)
            database = None if question is None else self.open()
            if question is None or database is None:
                return None
            plain = answer_bytes(
                *question, level=level, base=base, limits=limits, database=database
            )
            if plain is not None:
                return Reply(200, plain)
            answer = read(*question, level=level, base=base, limits=limits, database=database)
            return shape(*question, answer, base)
        except Refusal:
            # Whatever it is: the ordinary way says so, and has the time to.
            return None
        except (sqlite3.Error, psycopg.Error):
            self.close()
            return None

    @abstractmethod
    def open(self) -> Database | None:
        """What to read from; None where there is nothing just now."""

    @abstractmethod
    def close(self) -> None:
        """Let the connection go."""


class LoopReads(ShortReads):
    """The event loop's connection to the embedded database."""

    limits = LOOP_LIMITS

    def __init__(self, path: str) -> None:
        self._path = path
        self._database: SqliteDatabase | None = None

    def open(self) -> SqliteDatabase:
        """A read-only connection."""
        if self._database is None:
            address = f"file:{quote(str(Path(self._path).resolve()))}?mode=ro"
            native = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False, timeout=0.05
            )
            native.execute("PRAGMA query_only=ON")
            native.execute("PRAGMA mmap_size=268435456")
            self._database = SqliteDatabase(native)
        return self._database

    def close(self) -> None:
        """Let the connection go."""
        if self._database is not None:
            self._database.native.close()
            self._database = None


class ThreadReads(ShortReads):
    """A connection to PostgreSQL for each thread, whose time limit stands from its first moment.

    A question is one round trip then; opening, limiting and ending a transaction are two more, and
    take twice as long as reading a page.
    """

    limits = THREAD_LIMITS

    def __init__(self) -> None:
        self._kept = threading.local()

    def open(self) -> PostgresDatabase | None:
        """The thread's connection; None for a while after one could not be made."""
        kept = self._kept
        if getattr(kept, "database", None) is None:
            if time.monotonic() < getattr(kept, "not_before", 0.0):
                return None
            kept.not_before = time.monotonic() + REST_SECONDS
            kept.database = _connect(self.limits.seconds)
        return kept.database  # type: ignore[no-any-return]  # a thread's own attributes are Any

    def close(self) -> None:
        """Let this thread's connection go."""
        database = getattr(self._kept, "database", None)
        self._kept.database = None
        if database is not None:
            database.native.close()


def _connect(seconds: float) -> PostgresDatabase:
    """A connection as Django would make it, but read-only. Raises: psycopg.Error."""
    told = connection.get_connection_params()
    told.pop("pool", None)
    limit = f"-c statement_timeout={round(seconds * 1000)}"
    options = f"{told.pop('options', '')} {limit} -c jit=off -c default_transaction_read_only=on"
    native = psycopg.connect(**told, options=options.strip(), autocommit=True)
    return PostgresDatabase(native, standing_seconds=seconds)


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
