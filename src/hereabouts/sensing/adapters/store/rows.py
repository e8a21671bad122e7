"""What both row stores share: the columns, the sums of a set of rows, reads and deletes.

Statements are written with `?`; a store that marks parameters otherwise translates them once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from typing import Final

from hereabouts.sensing.domain.observations import NewObservation, ResultKind, Stored
from hereabouts.sensing.ports import Bucket, Expired, Extent, Kept, RawConnection, Window

ADDED: Final = (
    "stream_id, started, kind, number, result, ended, result_time, valid_start, valid_end,"
    " parameters, result_quality, feature_id, quality, id"
)
"""Columns in the order of `NewObservation`, and the id instead of its last member."""

KEPT: Final = ", ".join(f"o.{name}" for name in Kept._fields)
EXTENT: Final = ", ".join(member.name for member in fields(Extent))

STATE: Final = (
    "stream_id, count, first_started, last_ended, first_result_time, last_result_time, received,"
    " latest_id, latest_started, latest_ended, latest_number, latest_result, latest_kind,"
    " latest_quality"
)

_NEWER = (
    "s.latest_started IS NULL OR excluded.latest_started > s.latest_started"
    " OR (excluded.latest_started = s.latest_started AND excluded.latest_id > s.latest_id)"
)


def _extreme(column: str, sign: str) -> str:
    return (
        f"{column} = CASE WHEN s.{column} IS NULL OR excluded.{column} {sign} s.{column}"
        f" THEN excluded.{column} ELSE s.{column} END"
    )


def _latest(column: str) -> str:
    return f"{column} = CASE WHEN {_NEWER} THEN excluded.{column} ELSE s.{column} END"


MERGE_STATE: Final = " ON CONFLICT (stream_id) DO UPDATE SET " + ", ".join(
    (
        "count = s.count + excluded.count",
        _extreme("first_started", "<"),
        _extreme("last_ended", ">"),
        _extreme("first_result_time", "<"),
        _extreme("last_result_time", ">"),
        # Not the greatest: a clock that was wrong and put right would be believed for ever.
        "received = excluded.received",
        *(
            _latest(f"latest_{name}")
            for name in ("id", "started", "ended", "number", "result", "kind", "quality")
        ),
    )
)
MERGE_FEATURE: Final = (
    " ON CONFLICT (stream_id, feature_id) DO UPDATE SET count = f.count + excluded.count"
)

StateRow = tuple[
    int,
    int,
    int,
    int,
    int | None,
    int | None,
    int,
    int,
    int,
    int | None,
    float | None,
    str | None,
    int,
    int,
]
Addition = tuple[NewObservation, int]
"""An observation and the id it was given."""


def order_by_stream(additions: list[Addition]) -> None:
    """Sort for writing: neighbours in the table side by side, streams in order of their ids."""
    additions.sort(key=lambda pair: (pair[0].stream_id, pair[0].started, pair[1]))


def sum_up(additions: Sequence[Addition], received: int) -> list[StateRow]:
    """What ordered additions change in what is known of their streams: a row for each stream."""
    found: list[StateRow] = []
    total = len(additions)
    begin = 0
    while begin < total:
        stream_id = additions[begin][0].stream_id
        end = begin + 1
        while end < total and additions[end][0].stream_id == stream_id:
            end += 1
        found.append(_sum_stream(additions, begin, end, received))
        begin = end
    return found


def _sum_stream(additions: Sequence[Addition], begin: int, end: int, received: int) -> StateRow:
    last, last_id = additions[end - 1]
    stream_id, first = last.stream_id, additions[begin][0].started
    if end - begin == 1:
        ended = last.started if last.ended is None else last.ended
        earliest = latest = last.result_time
    else:
        rows = [pair[0] for pair in additions[begin:end]]
        ended = max(row.started if row.ended is None else row.ended for row in rows)
        times = [row.result_time for row in rows if row.result_time is not None]
        earliest, latest = (min(times), max(times)) if times else (None, None)
    return (
        stream_id,
        end - begin,
        first,
        ended,
        earliest,
        latest,
        received,
        last_id,
        last.started,
        last.ended,
        last.number,
        last.result,
        last.kind,
        last.quality,
    )


def count_features(additions: Iterable[Addition]) -> list[tuple[int, int, int]]:
    """Stream, feature and number of those additions that have a feature of their own, in order."""
    found: dict[tuple[int, int], int] = {}
    for row, _ in additions:
        if row.feature_id is not None:
            pair = (row.stream_id, row.feature_id)
            found[pair] = found.get(pair, 0) + 1
    return sorted((*pair, count) for pair, count in found.items())


Sameness = tuple[int, int, int | None, int, float | None, str | None]


def sameness(row: NewObservation | Kept) -> Sameness:
    """What two observations must share for the second to be the first once more."""
    return (row.stream_id, row.started, row.ended, row.kind, row.number, row.result)


class RowStore(ABC):
    """Reads and deletes, the same on both databases."""

    mark = "?"
    is_among = ""
    """Condition that a column is one of a set given as one parameter."""

    @abstractmethod
    def pack(self, ids: Iterable[int]) -> object:
        """A set of ids as one parameter."""

    @abstractmethod
    def lock_states(self, raw: RawConnection, stream_ids: Iterable[int]) -> None:
        """Keep other writers from what is known of these streams; in order of their ids."""

    def say(self, statement: str) -> str:
        """A statement in this database's marks."""
        return _translate(statement, self.mark, self.is_among)

    def read(self, raw: RawConnection, window: Window) -> list[Kept]:
        """See the port."""
        found: list[Kept] = []
        for stream_id in sorted(set(window.stream_ids), reverse=window.newest_first):
            wanted = window.limit - len(found)
            if wanted <= 0:
                break
            found += self._read_stream(raw, window, stream_id, wanted)
        return found

    def _read_stream(
        self, raw: RawConnection, window: Window, stream_id: int, wanted: int
    ) -> list[Kept]:
        where, values = ["o.stream_id = ?"], [stream_id]
        if window.since is not None:
            where.append("o.started >= ?")
            values.append(window.since)
        if window.until is not None:
            where.append("o.started < ?")
            values.append(window.until)
        if window.after is not None:
            stream, started, number = window.after
            if (stream > stream_id) != window.newest_first and stream != stream_id:
                return []
            if stream == stream_id:
                where.append(f"(o.started, o.id) {'<' if window.newest_first else '>'} (?, ?)")
                values += [started, number]
        way = "DESC" if window.newest_first else "ASC"
        statement = (
            f"SELECT {KEPT} FROM sensing_observation o WHERE {' AND '.join(where)}"
            f" ORDER BY o.started {way}, o.id {way} LIMIT ?"
        )
        return [Kept(*row) for row in raw.execute(self.say(statement), (*values, wanted))]

    def export(self, raw: RawConnection, window: Window) -> Iterator[list[Kept]]:
        """See the port."""
        while batch := self.read(raw, window):
            yield batch
            last = batch[-1]
            window = replace(window, after=(last.stream_id, last.started, last.id))

    def list_latest(self, raw: RawConnection, stream_ids: Sequence[int]) -> list[Kept]:
        """See the port."""
        statement = (
            f"SELECT {KEPT} FROM sensing_stream_state s JOIN sensing_observation o"
            " ON o.stream_id = s.stream_id AND o.started = s.latest_started AND o.id = s.latest_id"
            " WHERE s.stream_id {among} ORDER BY s.stream_id"
        )
        return [Kept(*row) for row in raw.execute(self.say(statement), (self.pack(stream_ids),))]

    def list_extents(self, raw: RawConnection, stream_ids: Sequence[int]) -> list[Extent]:
        """See the port."""
        statement = (
            f"SELECT {EXTENT} FROM sensing_stream_state"
            " WHERE stream_id {among} ORDER BY stream_id"
        )
        return [Extent(*row) for row in raw.execute(self.say(statement), (self.pack(stream_ids),))]

    def aggregate(self, raw: RawConnection, window: Window, width: int) -> list[Bucket]:
        """See the port."""
        # A remainder has the sign of what is divided: times before 1970 need the width once more.
        width = int(width)
        statement = (
            "SELECT stream_id, bucket, COUNT(*), MIN(number), MAX(number), AVG(number) FROM ("
            f" SELECT stream_id, started - (started % {width} + {width}) % {width} AS bucket,"
            " number FROM sensing_observation"
            f" WHERE stream_id {{among}} AND kind = {int(ResultKind.NUMBER)}"
            " AND started >= ? AND started < ?) AS numbers"
            " GROUP BY stream_id, bucket ORDER BY stream_id, bucket LIMIT ?"
        )
        since = -(2**62) if window.since is None else window.since
        until = 2**62 if window.until is None else window.until
        values = (self.pack(window.stream_ids), since, until, window.limit)
        return [Bucket(*row) for row in raw.execute(self.say(statement), values)]

    def delete(self, raw: RawConnection, ids: Sequence[int]) -> int:
        """See the port."""
        found = raw.execute(
            self.say("SELECT DISTINCT stream_id FROM sensing_observation WHERE id {among}"),
            (self.pack(ids),),
        )
        self.lock_states(raw, [row[0] for row in found.fetchall()])
        return self._delete(raw, "id {among}", (self.pack(ids),))

    def delete_oldest(self, raw: RawConnection, stream_id: int, moment: int, most: int) -> Expired:
        """See the port."""
        self.lock_states(raw, [stream_id])
        first = self._first_started(raw, stream_id)
        if first is None or first >= moment:
            return Expired(0, (), is_last=True)
        # From where the last one left off: what was deleted before it is walked over else.
        cut = raw.execute(
            self.say(
                "SELECT started FROM sensing_observation WHERE stream_id = ? AND started >= ?"
                " AND started < ? ORDER BY started LIMIT 1 OFFSET ?"
            ),
            (stream_id, first, moment, most - 1),
        ).fetchone()
        end = moment if cut is None else cut[0] + 1
        gone = self._take_out(
            raw, "stream_id = ? AND started >= ? AND started < ?", (stream_id, first, end)
        )
        features = sorted({feature_id for _, _, feature_id in gone if feature_id is not None})
        first = self._first_started(raw, stream_id)
        # Nothing gone: what is recorded is wrong, and there is no more to do here.
        is_last = not gone or first is None or first >= moment
        return Expired(len(gone), features, is_last)

    def _first_started(self, raw: RawConnection, stream_id: int) -> int | None:
        found = raw.execute(
            self.say("SELECT first_started FROM sensing_stream_state WHERE stream_id = ?"),
            (stream_id,),
        ).fetchone()
        return found[0] if found else None

    def delete_of_streams(self, raw: RawConnection, stream_ids: Sequence[int]) -> int:
        """See the port."""
        self.lock_states(raw, stream_ids)
        ids = (self.pack(stream_ids),)
        gone = raw.execute(
            self.say("DELETE FROM sensing_observation WHERE stream_id {among}"), ids
        ).rowcount
        for table in ("sensing_stream_feature", "sensing_stream_state"):
            raw.execute(self.say(f"DELETE FROM {table} WHERE stream_id {{among}}"), ids)
        return int(gone)

    def delete_of_feature(self, raw: RawConnection, feature_id: int) -> int:
        """See the port."""
        found = raw.execute(
            self.say(
                "SELECT stream_id FROM sensing_stream_feature WHERE feature_id = ?"
                " UNION SELECT id FROM sensing_stream WHERE feature_id = ?"
            ),
            (feature_id, feature_id),
        ).fetchall()
        self.lock_states(raw, [row[0] for row in found])
        gone = self._delete(raw, "feature_id = ?", (feature_id,))
        gone += self._delete(
            raw,
            "feature_id IS NULL AND stream_id IN"
            " (SELECT id FROM sensing_stream WHERE feature_id = ?)",
            (feature_id,),
        )
        raw.execute(
            self.say("DELETE FROM sensing_stream_feature WHERE feature_id = ?"), (feature_id,)
        )
        return gone

    def _delete(self, raw: RawConnection, where: str, values: tuple[object, ...]) -> int:
        return len(self._take_out(raw, where, values))

    def _take_out(
        self, raw: RawConnection, where: str, values: tuple[object, ...]
    ) -> list[tuple[int, int, int | None]]:
        """Delete rows and settle what is known of streams; the stream, end and feature of each."""
        removed: dict[int, tuple[int, int]] = {}
        features: dict[tuple[int, int], int] = defaultdict(int)
        gone: list[tuple[int, int, int | None]] = raw.execute(
            self.say(
                f"DELETE FROM sensing_observation WHERE {where}"
                " RETURNING stream_id, COALESCE(ended, started), feature_id"
            ),
            values,
        ).fetchall()
        for stream_id, ended, feature_id in gone:
            count, last = removed.get(stream_id, (0, ended))
            removed[stream_id] = (count + 1, max(last, ended))
            if feature_id is not None:
                features[stream_id, feature_id] += 1
        for stream_id, (count, last) in sorted(removed.items()):
            self._settle(raw, stream_id, count, last)
        self._settle_features(raw, sorted(removed), features)
        return gone

    def _settle(self, raw: RawConnection, stream_id: int, removed: int, last: int) -> None:
        """Take removed observations out of what is known; scans only where the last end went."""
        statement = """
            UPDATE sensing_stream_state SET count = count - ?,
              first_started = (SELECT MIN(o.started) FROM sensing_observation o
                WHERE o.stream_id = ?),
              last_ended = CASE WHEN last_ended > ? THEN last_ended ELSE
                (SELECT MAX(COALESCE(o.ended, o.started)) FROM sensing_observation o
                WHERE o.stream_id = ?) END,
              first_result_time = (SELECT MIN(o.result_time) FROM sensing_observation o
                WHERE o.stream_id = ? AND o.result_time IS NOT NULL),
              last_result_time = (SELECT MAX(o.result_time) FROM sensing_observation o
                WHERE o.stream_id = ? AND o.result_time IS NOT NULL)
            WHERE stream_id = ?"""
        raw.execute(self.say(statement), (removed, stream_id, last, *[stream_id] * 4))
        self._set_latest(raw, stream_id)

    def _set_latest(self, raw: RawConnection, stream_id: int) -> None:
        found = raw.execute(
            self.say(
                "SELECT id, started, ended, number, result, kind, quality"
                " FROM sensing_observation WHERE stream_id = ?"
                " ORDER BY started DESC, id DESC LIMIT 1"
            ),
            (stream_id,),
        ).fetchone()
        raw.execute(
            self.say(
                "UPDATE sensing_stream_state SET latest_id = ?, latest_started = ?,"
                " latest_ended = ?, latest_number = ?, latest_result = ?, latest_kind = ?,"
                " latest_quality = ? WHERE stream_id = ?"
            ),
            (*(found or (None, None, None, None, None, None, 0)), stream_id),
        )

    def _settle_features(
        self, raw: RawConnection, stream_ids: list[int], features: dict[tuple[int, int], int]
    ) -> None:
        """Count down; forget a pair without observations, the standing feature's too."""
        for (stream_id, feature_id), count in sorted(features.items()):
            raw.execute(
                self.say(
                    "UPDATE sensing_stream_feature SET count = count - ?"
                    " WHERE stream_id = ? AND feature_id = ?"
                ),
                (count, stream_id, feature_id),
            )
        raw.execute(self.say(FORGET_PAIRS), (self.pack(stream_ids),))

    def rebuild(self, raw: RawConnection, stream_ids: Sequence[int]) -> None:
        """See the port."""
        self.lock_states(raw, stream_ids)
        ids = (self.pack(stream_ids),)
        raw.execute(
            self.say(
                "INSERT INTO sensing_stream_state (stream_id, count, latest_quality)"
                " SELECT DISTINCT stream_id, 0, 0 FROM sensing_observation"
                " WHERE stream_id {among} ON CONFLICT DO NOTHING"
            ),
            ids,
        )
        raw.execute(self.say(COUNT_ANEW), ids)
        for stream_id in sorted(set(stream_ids)):
            self._set_latest(raw, stream_id)
        raw.execute(self.say("DELETE FROM sensing_stream_feature WHERE stream_id {among}"), ids)
        raw.execute(self.say(PAIR_ANEW), ids)


FORGET_PAIRS: Final = """
    DELETE FROM sensing_stream_feature WHERE stream_id {among} AND count <= 0 AND NOT EXISTS (
      SELECT 1 FROM sensing_stream s JOIN sensing_stream_state t ON t.stream_id = s.id
      WHERE s.id = sensing_stream_feature.stream_id
        AND s.feature_id = sensing_stream_feature.feature_id
        AND t.count > (SELECT COALESCE(SUM(other.count), 0) FROM sensing_stream_feature other
          WHERE other.stream_id = s.id))"""

COUNT_ANEW: Final = """
    UPDATE sensing_stream_state SET
      (count, first_started, last_ended, first_result_time, last_result_time) = (
        SELECT COUNT(*), MIN(o.started), MAX(COALESCE(o.ended, o.started)), MIN(o.result_time),
          MAX(o.result_time)
        FROM sensing_observation o WHERE o.stream_id = sensing_stream_state.stream_id)
    WHERE stream_id {among}"""

PAIR_ANEW: Final = """
    INSERT INTO sensing_stream_feature (stream_id, feature_id, count)
    SELECT o.stream_id, COALESCE(o.feature_id, s.feature_id), COUNT(o.feature_id)
    FROM sensing_observation o JOIN sensing_stream s ON s.id = o.stream_id
    WHERE o.stream_id {among} AND COALESCE(o.feature_id, s.feature_id) IS NOT NULL
    GROUP BY o.stream_id, COALESCE(o.feature_id, s.feature_id)"""


@lru_cache(maxsize=256)
def _translate(statement: str, mark: str, is_among: str) -> str:
    said = statement if mark == "?" else statement.replace("%", "%%").replace("?", mark)
    return said.replace("{among}", is_among)


def split_known(
    rows: Sequence[NewObservation], kept: Iterable[Kept]
) -> tuple[list[NewObservation], dict[int, int]]:
    """The rows to add, and for each left out its place among `rows` and what it repeats.

    That is the id of the one that is kept, or, as `-1 - n`, the nth of those to add.
    """
    seen = {sameness(row): row.id for row in kept}
    fresh: list[NewObservation] = []
    known: dict[int, int] = {}
    for place, row in enumerate(rows):
        same = sameness(row)
        if row.once and same in seen:
            known[place] = seen[same]
            continue
        seen.setdefault(same, -1 - len(fresh))
        fresh.append(row)
    return fresh, known


def answer(
    rows: Sequence[NewObservation], numbers: Sequence[int], known: dict[int, int]
) -> list[Stored]:
    """One answer for each row from the ids of those added and `split_known`."""
    found = []
    given = iter(numbers)
    for place, row in enumerate(rows):
        if place not in known:
            found.append(Stored(next(given), row.stream_id))
            continue
        number = known[place]
        number = numbers[-1 - number] if number < 0 else number
        found.append(Stored(number, row.stream_id, is_duplicate=True))
    return found
