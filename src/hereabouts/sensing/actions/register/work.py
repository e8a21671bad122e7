"""One register transaction: its rows, its facts, and the classes to bring up to date at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from hereabouts.journal.api import Fact, append_all
from hereabouts.kernel.time import Clock
from hereabouts.sensing.actions.ingest.version import move_register_version
from hereabouts.sensing.actions.register.classes import Uses, settle_classes
from hereabouts.sensing.actions.register.tables import CONDITIONS, SUBJECTS, TABLES
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.observations import NewObservation
from hereabouts.sensing.domain.register.drafts import LARGEST_ID
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.errors.entities import BadEntity
from hereabouts.sensing.events.register import EntityChanged, EntityCreated, EntityDeleted
from hereabouts.standards.sensorthings.times import SECOND

ENOUGH = 500
"""Ids in one statement."""


@dataclass
class Work:
    """What a register transaction has in hand: the cursor, who acts, now in microseconds.

    `created` holds (entity type, id) of what it made itself; `observations` those to be stored,
    each with the member to name where it cannot be.
    """

    cursor: CursorWrapper
    grant: Grant
    now: int
    uses: Uses = field(default_factory=Uses)
    created: set[tuple[str, int]] = field(default_factory=set)
    observations: list[tuple[NewObservation, str]] = field(default_factory=list)
    _facts: list[Fact] = field(default_factory=list)
    _changed: dict[tuple[str, int], int] = field(default_factory=dict)

    def one(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of an answer, or None."""
        self.cursor.execute(statement, values)
        row: tuple[Any, ...] | None = self.cursor.fetchone()
        return row

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Every row of an answer."""
        self.cursor.execute(statement, values)
        return list(self.cursor.fetchall())

    def record(self, statement: str, *values: Any) -> dict[str, Any]:
        """The row of an answer that is known to have one, by column."""
        self.cursor.execute(statement, values)
        row = self.cursor.fetchone()
        if row is None:
            raise AssertionError("the row was there a moment ago")
        return {column[0]: part for column, part in zip(self.cursor.description, row, strict=True)}

    def ids(self, statement: str, *values: Any) -> list[int]:
        """The first column of an answer, each once and in order."""
        return sorted({row[0] for row in self.rows(statement, *values) if row[0] is not None})

    def run(self, statement: str, *values: Any) -> int:
        """Change rows; how many."""
        self.cursor.execute(statement, values)
        return int(self.cursor.rowcount)

    def run_among(self, statement: str, ids: Sequence[int]) -> None:
        """Change rows by their ids, which stand where the statement says `{ids}`."""
        for some in pieces(ids):
            marks = ", ".join(["%s"] * len(some))
            self.cursor.execute(statement.replace("{ids}", marks), some)

    def rows_among(self, statement: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """Every row over every piece of ids."""
        found: list[tuple[Any, ...]] = []
        for some in pieces(ids):
            marks = ", ".join(["%s"] * len(some))
            self.cursor.execute(statement.replace("{ids}", marks), some)
            found += self.cursor.fetchall()
        return found

    def ids_among(self, statement: str, ids: Sequence[int]) -> list[int]:
        """The first column over every piece of ids, each once and in order."""
        return sorted({row[0] for row in self.rows_among(statement, ids) if row[0] is not None})

    def insert(self, table: str, values: Mapping[str, Any]) -> int:
        """Add a row and return its id."""
        self.cursor.execute(_insertion(table, tuple(values)), tuple(values.values()))
        return int(self.cursor.fetchone()[0])

    def update(self, table: str, key: int, values: Mapping[str, Any]) -> None:
        """Set columns of a row."""
        if values:
            setting = ", ".join(f"{column} = %s" for column in values)
            self.cursor.execute(
                f"UPDATE {table} SET {setting} WHERE id = %s", (*values.values(), key)
            )

    def find_class(self, entity: str, key: int) -> int | None:
        """The data class of an entity that is there and may be seen by who acts, else None.

        A key reaches the streams it was made for, whatever their class.
        """
        if not 0 < key <= LARGEST_ID:
            return None
        row = self.one(_finder(entity), key)
        if row is None:
            return None
        if row[0] <= self.grant.level or self._is_reached(entity, key):
            return int(row[0])
        return None

    def class_of(self, entity: str, key: int) -> int:
        """The data class of an entity that is known to be there."""
        row = self.one(_finder(entity), key)
        if row is None:
            raise AssertionError(f"{entity} {key} was there a moment ago")
        return int(row[0])

    def _is_reached(self, entity: str, key: int) -> bool:
        grant = self.grant
        if entity not in CONDITIONS or not (grant.stream_ids or grant.thing_ids):
            return False
        row = self.one("SELECT thing_id FROM sensing_stream WHERE id = %s", key)
        return row is not None and grant.may_observe(key, row[0])

    def note_created(self, entity: str, key: int) -> None:
        """Remember that an entity was made."""
        self.created.add((entity, key))
        self._note(entity, key, EntityCreated(entity, key))

    def note_changed(self, entity: str, key: int, members: Sequence[str]) -> None:
        """Remember that an entity changed; nothing for one made in this transaction."""
        if (entity, key) in self.created:
            return
        held = self._changed.get((entity, key))
        if held is None:
            self._changed[entity, key] = len(self._facts)
            self._note(entity, key, EntityChanged(entity, key, tuple(members)))
        else:
            event = self._facts[held].event
            known = event.members if isinstance(event, EntityChanged) else ()
            merged = EntityChanged(entity, key, tuple(sorted({*known, *members})))
            self._facts[held] = Fact(merged, self._facts[held].subject)

    def note_deleted(self, entity: str, key: int, observations: int = 0) -> None:
        """Remember that an entity is gone, with so many observations."""
        self._note(entity, key, EntityDeleted(entity, key, observations))

    def _note(
        self, entity: str, key: int, event: EntityCreated | EntityChanged | EntityDeleted
    ) -> None:
        self._facts.append(Fact(event, f"{SUBJECTS[entity]}:{key}"))

    def finish(self) -> None:
        """Bring classes up to date, then record what happened."""
        settle_classes(self, self.uses)
        append_all(self._facts, actor=self.grant.actor.person)


@contextmanager
def register_work(grant: Grant, clock: Clock) -> Iterator[Work]:
    """A transaction on the register: all of it, or nothing.

    Counts the register's version up first, which keeps its writers, and the writers of observations
    that hold it, in one line: within a larger transaction, call it before anything is appended to
    the journal. Raises: BadEntity for what the rules of the domain find.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            move_register_version()
            work = Work(cursor, grant, round(clock().timestamp() * SECOND))
            yield work
            work.finish()
    except UnusableError as fault:
        raise BadEntity(member=fault.member, reason=fault.reason) from fault


def pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ids in pieces that fit a statement."""
    for start in range(0, len(ids), ENOUGH):
        yield ids[start : start + ENOUGH]


@lru_cache(maxsize=128)
def _insertion(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) RETURNING id"


@lru_cache(maxsize=16)
def _finder(entity: str) -> str:
    if entity == "Observation":
        return (
            "SELECT s.data_class FROM sensing_observation o JOIN sensing_stream s"
            " ON s.id = o.stream_id WHERE o.id = %s"
        )
    return f"SELECT data_class FROM {TABLES[entity]} WHERE id = %s{CONDITIONS.get(entity, '')}"
