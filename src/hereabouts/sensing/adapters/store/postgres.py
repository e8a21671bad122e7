"""Observations as rows in PostgreSQL: sets in one statement, large sets by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import psycopg
from numpy.typing import NDArray

from hereabouts.sensing.adapters.store.rows import (
    ADDED,
    KEPT,
    MERGE_FEATURE,
    MERGE_STATE,
    STATE,
    Addition,
    RowStore,
    StateRow,
    answer,
    count_features,
    order_by_stream,
    split_known,
    sum_up,
)
from hereabouts.sensing.adapters.store.runs import (
    KIND,
    features_of,
    number_runs,
    state_of,
)
from hereabouts.sensing.domain.observations import NewObservation, Run, Stored, StoredRun
from hereabouts.sensing.ports import Kept, ObservationStore, RawConnection

ADDED_TYPES = (
    "bigint bigint smallint float8 text bigint bigint bigint bigint text text bigint smallint"
    " bigint"
).split()
STATE_TYPES = (
    "bigint bigint bigint bigint bigint bigint bigint bigint bigint bigint float8 text smallint"
    " smallint"
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
COPY_HEAD, COPY_TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
"""What stands around the rows of COPY's binary format: no flags, no extension; and the end."""
COPY_RUNS = (
    "COPY sensing_observation (stream_id, started, id, kind, number, quality, result_time,"
    " feature_id, result) FROM STDIN (FORMAT BINARY)"
)
COPY_FROM = 10
"""A set of so many observations goes by COPY."""

Cells = NDArray[Any]
"""A column in the byte order of the network."""

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

    def append_runs(
        self, raw: RawConnection, runs: Sequence[Run], received: int
    ) -> list[StoredRun]:
        """See the port."""
        cursor = psycopg.Cursor(raw)
        stored = number_runs(runs, self._take_block(cursor, sum(map(len, runs))))
        places = [place.first_id for place in stored]
        _copy_runs(cursor, runs, places)
        states: dict[int, StateRow] = {}
        for run, first in zip(runs, places, strict=True):
            if run.stream_id in states:
                # A statement merges a row once; the second run of a stream needs one of its own.
                _execute_on(cursor, ADD_STATE, list(states.values()))
                states = {}
            states[run.stream_id] = state_of(run, first, received)
        _execute_on(cursor, ADD_STATE, list(states.values()))
        _execute_on(cursor, ADD_FEATURE, features_of(runs))
        return stored

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
            _execute_on(cursor, ADD, rows)
        _execute_on(cursor, ADD_STATE, sum_up(additions, received))
        _execute_on(cursor, ADD_FEATURE, count_features(additions))

    def _take_numbers(self, cursor: psycopg.Cursor[tuple[int, ...]], count: int) -> list[int]:
        taken = cursor.execute(
            "SELECT nextval('sensing_observation_number') FROM generate_series(1, %s)", (count,)
        )
        return [row[0] for row in taken.fetchall()]

    def _take_block(self, cursor: psycopg.Cursor[tuple[int, ...]], count: int) -> int:
        """The first of so many consecutive numbers; others may draw from the sequence meanwhile."""
        while True:
            found = cursor.execute(
                "SELECT min(n), max(n) FROM (SELECT nextval('sensing_observation_number') AS n"
                " FROM generate_series(1, %s)) AS taken",
                (count,),
            ).fetchone()
            if found is not None and found[1] - found[0] == count - 1:
                return found[0]

    def _find_like(self, raw: RawConnection, rows: Sequence[NewObservation]) -> list[Kept]:
        statement = (
            f"SELECT {KEPT} FROM unnest(%s::bigint[], %s::bigint[]) AS j (stream_id, started)"
            " JOIN sensing_observation o ON o.stream_id = j.stream_id AND o.started = j.started"
        )
        values = ([row.stream_id for row in rows], [row.started for row in rows])
        return [Kept(*row) for row in raw.execute(statement, values)]


def _execute_on(
    cursor: psycopg.Cursor[tuple[int, ...]], statement: str, rows: Sequence[Sequence[object]]
) -> None:
    """A statement on rows given as arrays, one a column."""
    if rows:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _copy_runs(
    cursor: psycopg.Cursor[tuple[int, ...]], runs: Sequence[Run], places: Sequence[int]
) -> None:
    parts = [COPY_HEAD]
    for run, first in zip(runs, places, strict=True):
        columns = _list_columns(run, first)
        if run.texts:
            parts += _write_texts(run, columns)
            kept = list(run.texts)
            columns = [None if cells is None else np.delete(cells, kept) for cells in columns]
        parts.append(_write_records([*columns, None]))
    with cursor.copy(COPY_RUNS) as copy:
        copy.write(b"".join((*parts, COPY_TAIL)))


def _list_columns(run: Run, first_id: int) -> list[Cells | None]:
    """The columns of `COPY_RUNS` but the last; None for one without values."""
    count, times, feature_id = len(run), run.result_times, run.feature_id
    return [
        np.full(count, run.stream_id, ">i8"),
        np.array(run.started, ">i8"),
        np.arange(first_id, first_id + count, dtype=">i8"),
        np.full(count, KIND, ">i2"),
        np.array(run.numbers, ">f8"),
        np.broadcast_to(np.array(run.quality, ">i2"), count),
        None if times is None else np.array(times, ">i8"),
        None if feature_id is None else np.full(count, feature_id, ">i8"),
    ]


def _write_texts(run: Run, columns: Sequence[Cells | None]) -> Iterator[bytes]:
    """The rows that keep a text: those of one length have records of one size."""
    by_length: dict[int, list[int]] = {}
    for place, text in run.texts.items():
        by_length.setdefault(len(text), []).append(place)
    for length, places in by_length.items():
        taken = [None if cells is None else cells[places] for cells in columns]
        texts = np.array([run.texts[place] for place in places], f"S{length}")
        yield _write_records([*taken, texts])


def _write_records(columns: Sequence[Cells | None]) -> bytes:
    """Rows of COPY's binary format: the number of cells, then each one's length and value."""
    members: list[tuple[str, str]] = [("cells", ">i2")]
    for nth, cells in enumerate(columns):
        members.append((f"length{nth}", ">i4"))
        if cells is not None:
            members.append((f"cell{nth}", cells.dtype.str))
    count = max(len(cells) for cells in columns if cells is not None)
    records = np.empty(count, np.dtype(members))
    records["cells"] = len(columns)
    for nth, cells in enumerate(columns):
        records[f"length{nth}"] = -1 if cells is None else cells.dtype.itemsize
        if cells is not None:
            records[f"cell{nth}"] = cells
    return records.tobytes()


STORE: ObservationStore = PostgresStore()
"""The store of an installation on PostgreSQL."""
