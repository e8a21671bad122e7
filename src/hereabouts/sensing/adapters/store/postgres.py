"""Observations as rows in PostgreSQL: sets in one statement, large sets by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import psycopg

from hereabouts.sensing.adapters.store.rows import (
    ADDED,
    KEPT,
    MERGE_FEATURE,
    MERGE_STATE,
    STATE,
    Addition,
    RowStore,
    answer,
    count_features,
    order_by_stream,
    split_known,
    sum_up,
)
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.sensing.ports import Kept, ObservationStore, RawConnection

ADDED_TYPES = (
    "bigint bigint smallint float8 text bigint bigint bigint bigint text text bigint smallint"
    " bigint"
).split()
STATE_TYPES = (
    "bigint bigint bigint bigint bigint bigint bigint bigint bigint float8 text smallint smallint"
).split()


def _unnest(types: Sequence[str]) -> str:
    return f"SELECT * FROM unnest({', '.join(f'%s::{name}[]' for name in types)})"


ADD = f"INSERT INTO sensing_observation ({ADDED}) {_unnest(ADDED_TYPES)}"
COPY = f"COPY sensing_observation ({ADDED}) FROM STDIN"
ADD_STATE = f"INSERT INTO sensing_stream_state AS s ({STATE}) {_unnest(STATE_TYPES)}{MERGE_STATE}"
ADD_FEATURE = (
    "INSERT INTO sensing_stream_feature AS f (stream_id, feature_id, count)"
    f" {_unnest(['bigint'] * 3)}{MERGE_FEATURE}"
)
LOCK_STREAMS = (
    "SELECT id FROM sensing_stream WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
)
LOCK_SECONDS = 20
COPY_FROM = 10
"""A set of so many observations goes by COPY."""

_astuple = msgspec.structs.astuple


class PostgresStore(RowStore):
    """One ordinary table, its primary key in the order of reading; see decision 0064."""

    mark = "%s"
    is_among = "= ANY(%s::bigint[])"

    def pack(self, ids: Iterable[int]) -> object:
        """A list."""
        return list(ids)

    def prepare(self, raw: RawConnection) -> None:
        """Statements of the writer are planned once, and wait for locks as long as on SQLite."""
        raw.prepare_threshold = 2
        raw.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")

    def lock_states(self, raw: RawConnection, stream_ids: Iterable[int]) -> None:
        """See the base."""
        raw.execute(
            "SELECT stream_id FROM sensing_stream_state WHERE stream_id = ANY(%s::bigint[])"
            " ORDER BY stream_id FOR UPDATE",
            (list(stream_ids),),
        )

    def append(
        self, raw: RawConnection, rows: Sequence[NewObservation], received: int
    ) -> list[Stored]:
        """See the port."""
        known: dict[int, int] = {}
        fresh = rows
        if any(row.once for row in rows):
            once = [row for row in rows if row.once]
            # Two processes with the same row: the second waits here and then sees the first's.
            # The streams are there always, what is known of them not before the first observation.
            raw.execute(LOCK_STREAMS, (sorted({row.stream_id for row in once}),))
            fresh, known = split_known(rows, self._find_like(raw, once))
        cursor = psycopg.Cursor(raw)
        numbers = self._take_numbers(cursor, len(fresh))
        additions = list(zip(fresh, numbers, strict=True))
        order_by_stream(additions)
        self._insert(cursor, additions, received)
        return answer(rows, numbers, known)

    def _insert(
        self, cursor: psycopg.Cursor[tuple[int, ...]], additions: list[Addition], received: int
    ) -> None:
        if not additions:
            return
        rows = [(*_astuple(row)[:-1], number) for row, number in additions]
        if len(rows) >= COPY_FROM:
            with cursor.copy(COPY) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
        states = sum_up(additions, received)
        cursor.execute(ADD_STATE, [list(column) for column in zip(*states, strict=True)])
        features = count_features(additions)
        if features:
            cursor.execute(ADD_FEATURE, [list(column) for column in zip(*features, strict=True)])

    def _take_numbers(self, cursor: psycopg.Cursor[tuple[int, ...]], count: int) -> list[int]:
        taken = cursor.execute(
            "SELECT nextval('sensing_observation_number') FROM generate_series(1, %s)", (count,)
        )
        return [row[0] for row in taken.fetchall()]

    def _find_like(self, raw: RawConnection, rows: Sequence[NewObservation]) -> list[Kept]:
        statement = (
            f"SELECT {KEPT} FROM unnest(%s::bigint[], %s::bigint[]) AS j (stream_id, started)"
            " JOIN sensing_observation o ON o.stream_id = j.stream_id AND o.started = j.started"
        )
        values = ([row.stream_id for row in rows], [row.started for row in rows])
        return [Kept(*row) for row in raw.execute(statement, values)]


STORE: ObservationStore = PostgresStore()
"""The store of an installation on PostgreSQL."""
