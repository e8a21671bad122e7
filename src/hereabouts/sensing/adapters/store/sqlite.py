"""Observations as rows in SQLite, through the standard library's `sqlite3` alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain

import msgspec

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
from hereabouts.sensing.adapters.store.runs import (
    KIND,
    features_of,
    number_runs,
    spread_texts,
    state_of,
)
from hereabouts.sensing.domain.observations import NewObservation, Run, Stored, StoredRun
from hereabouts.sensing.ports import Kept, ObservationStore, RawConnection

ADD_FEATURE = (
    "INSERT INTO sensing_stream_feature AS f (stream_id, feature_id, count) VALUES (?, ?, ?)"
    f"{MERGE_FEATURE}"
)
PART_ROWS = (64, 16, 4, 1)
"""Rows in one statement; each step of a statement costs, and lets go of the interpreter."""
RUN_ROWS = (256, *PART_ROWS)
CHECKPOINT_PAGES = 16_384
"""Pages of the write-ahead log between checkpoints: 64 MiB."""

_astuple = msgspec.structs.astuple


class SqliteStore(RowStore):
    """Rows lie in the tree of their primary key; see decision 0064."""

    is_among = "IN (SELECT value FROM json_each(?))"

    def pack(self, ids: Iterable[int]) -> object:
        """A JSON list."""
        return msgspec.json.encode(list(ids)).decode()

    def lock_states(self, raw: RawConnection, stream_ids: Iterable[int]) -> None:
        """Nothing to do: whoever writes has the whole database to itself."""

    def prepare(self, raw: RawConnection) -> None:
        """Full durability and a long write-ahead log."""
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")

    def append(
        self, raw: RawConnection, rows: Sequence[NewObservation], received: int
    ) -> list[Stored]:
        """See the port."""
        fresh, known = self._without_known(raw, rows)
        first = self._take_numbers(raw, len(fresh))
        numbers = range(first, first + len(fresh))
        additions = list(zip(fresh, numbers, strict=True))
        order_by_stream(additions)
        self._insert(raw, additions, received)
        if not known:
            return [
                Stored(number, row.stream_id) for row, number in zip(rows, numbers, strict=True)
            ]
        return answer(rows, numbers, known)

    def _insert(self, raw: RawConnection, additions: list[Addition], received: int) -> None:
        rows = [(*_astuple(row)[:-1], number) for row, number in additions]
        _execute_in_parts(raw, _add, rows)
        _execute_in_parts(raw, _add_states, sum_up(additions, received))
        features = count_features(additions)
        if features:
            raw.executemany(ADD_FEATURE, features)

    def append_runs(
        self, raw: RawConnection, runs: Sequence[Run], received: int
    ) -> list[StoredRun]:
        """See the port."""
        stored = number_runs(runs, self._take_numbers(raw, sum(map(len, runs))))
        for run, place in zip(runs, stored, strict=True):
            _insert_run(raw, run, place.first_id)
        states = [
            state_of(run, place.first_id, received) for run, place in zip(runs, stored, strict=True)
        ]
        raw.executemany(_add_states(1), states)
        features = features_of(runs)
        if features:
            raw.executemany(ADD_FEATURE, features)
        return stored

    def _take_numbers(self, raw: RawConnection, count: int) -> int:
        taken = raw.execute(
            "UPDATE sensing_counter SET next = next + ? WHERE name = 'observation' RETURNING next",
            (count,),
        ).fetchone()
        if taken is None:
            raw.execute(
                "INSERT INTO sensing_counter (name, next) VALUES ('observation', ?)", (1 + count,)
            )
            return 1
        return int(taken[0]) - count

    def _without_known(
        self, raw: RawConnection, rows: Sequence[NewObservation]
    ) -> tuple[Sequence[NewObservation], dict[int, int]]:
        if not any(row.once for row in rows):
            return rows, {}
        return split_known(rows, self._find_like(raw, [row for row in rows if row.once]))

    def _find_like(self, raw: RawConnection, rows: Sequence[NewObservation]) -> list[Kept]:
        times = msgspec.json.encode([(row.stream_id, row.started) for row in rows]).decode()
        statement = (
            f"SELECT {KEPT} FROM json_each(?) AS j CROSS JOIN sensing_observation o"
            " ON o.stream_id = json_extract(j.value, '$[0]')"
            " AND o.started = json_extract(j.value, '$[1]')"
        )
        return [Kept(*row) for row in raw.execute(statement, (times,))]


def _execute_in_parts(
    raw: RawConnection, statement: Callable[[int], str], rows: Sequence[Sequence[object]]
) -> None:
    """A statement for so many rows on rows given as they are."""
    begin = 0
    for count in PART_ROWS:
        while len(rows) - begin >= count:
            part = rows[begin : begin + count]
            raw.execute(statement(count), list(chain.from_iterable(part)))
            begin += count


@lru_cache
def _add(rows: int) -> str:
    marks = ",".join([f"({','.join('?' * 14)})"] * rows)
    return f"INSERT INTO sensing_observation ({ADDED}) VALUES {marks}"


@lru_cache
def _add_states(rows: int) -> str:
    marks = ",".join([f"({','.join('?' * 14)})"] * rows)
    return f"INSERT INTO sensing_stream_state AS s ({STATE}) VALUES {marks}{MERGE_STATE}"


def _insert_run(raw: RawConnection, run: Run, first_id: int) -> None:
    names = ["started", "number"]
    columns: list[Sequence[object]] = [run.started, run.numbers]
    if run.texts:
        names.append("result")
        columns.append(spread_texts(run))
    if run.result_times is not None:
        names.append("result_time")
        columns.append(run.result_times)
    flags = run.quality
    if isinstance(flags, list):
        names.append("quality")
        columns.append(flags)
    head = [run.stream_id, 0, run.feature_id, 0 if isinstance(flags, list) else flags]
    begin = 0
    for rows in RUN_ROWS:
        statement = _add_run(tuple(names), rows)
        while len(run) - begin >= rows:
            end = begin + rows
            head[1] = first_id + begin
            raw.execute(statement, _lay_out(head, columns, begin, end))
            begin = end


def _lay_out(
    head: Sequence[object], columns: Sequence[Sequence[object]], begin: int, end: int
) -> list[object]:
    """The values of `_add_run`: row after row behind what all share."""
    width = len(columns)
    values: list[object] = [None] * (len(head) + width * (end - begin))
    values[: len(head)] = head
    for nth, column in enumerate(columns, len(head)):
        values[nth::width] = column[begin:end]
    return values


@lru_cache(maxsize=64)
def _add_run(names: tuple[str, ...], rows: int) -> str:
    """Parameters 1 to 4 are stream, first id, feature and quality; the columns of rows follow."""
    shared = "" if "quality" in names else ", quality"
    begin = f"INSERT INTO sensing_observation (stream_id, id, kind, feature_id{shared}"
    made = []
    for nth in range(rows):
        first = 5 + nth * len(names)
        cells = ",".join(f"?{first + place}" for place in range(len(names)))
        made.append(f"(?1,?2+{nth},{KIND},?3{',?4' if shared else ''},{cells})")
    return f"{begin}, {', '.join(names)}) VALUES {','.join(made)}"


STORE: ObservationStore = SqliteStore()
"""The store of an installation on SQLite."""
