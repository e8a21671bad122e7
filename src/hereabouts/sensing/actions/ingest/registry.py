"""What ingest must know of each stream, in memory: looked up without touching the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

import msgspec
from django.db import connection

from hereabouts.sensing.domain.observations import ResultKind
from hereabouts.sensing.domain.quality import Profile, Settings, read_settings
from hereabouts.sensing.domain.register.retention import DAY, MEMBER, kept_days
from hereabouts.sensing.ports import Window, store_for

UNKNOWN: Final = -1
"""In place of an automatic feature: it has to be found first."""
MOST_LOADED = 200_000
"""Streams read at the start; beyond them, those that are asked for."""
MOST_ASKED = 5_000
"""Ids in one statement."""

_result_types = msgspec.json.Decoder(list[msgspec.Raw])

_SELECT = f"""
    SELECT s.id, s.thing_id, s.data_class, s.is_multi, s.observation_type, s.result_types,
      s.feature_id, s.rules, t.latest_started, t.latest_number, l.id, l.generated_feature_id, p.id,
      CASE WHEN s.properties LIKE '%%{MEMBER}%%' THEN s.properties END,
      CASE WHEN h.properties LIKE '%%{MEMBER}%%' THEN h.properties END
    FROM sensing_stream s
    JOIN sensing_thing h ON h.id = s.thing_id
    LEFT JOIN sensing_stream_state t ON t.stream_id = s.id
    LEFT JOIN sensing_stream_feature p ON p.stream_id = s.id AND p.feature_id = s.feature_id
    LEFT JOIN sensing_location l ON l.id = (
      SELECT MIN(g.id) FROM sensing_thinglocation c JOIN sensing_location g ON g.id = c.location_id
      WHERE c.thing_id = s.thing_id AND g.geometry IS NOT NULL)
"""


class StreamInfo:
    """A stream as ingest knows it, read when the register had the number `version`.

    `columns` is the length of a MultiDatastream's results, None for a Datastream. `standing` is
    the feature that observations need not name; `automatic` the `feature_id` to store for those
    that come without one: None for the standing one, UNKNOWN where it has to be found. `location`
    is the Thing's current Location that has a geometry. `kept` is how long observations are kept,
    in microseconds, None for ever. `seen` are the features that observations have already, None
    before anybody asked.
    """

    __slots__ = (
        "automatic",
        "columns",
        "data_class",
        "id",
        "kept",
        "location",
        "observation_type",
        "profile",
        "seen",
        "settings",
        "standing",
        "thing_id",
        "version",
    )

    def __init__(self, row: tuple[Any, ...]) -> None:
        (self.id, self.thing_id, self.data_class, is_multi, self.observation_type) = row[:5]
        types, standing, rules, started, number, self.location, generated, pair = row[5:13]
        days = kept_days(*row[13:])
        self.kept: int | None = None if days is None else days * DAY
        self.columns: int | None = len(_result_types.decode(types or "[]")) if is_multi else None
        self.standing: int | None = standing
        self.settings: Settings | None = read_settings(rules)
        self.profile = Profile(started, number, 0 if number is None else 1)
        self.seen: set[int] | None = None
        self.version: int | None = None
        is_at_standing = self.location is None or generated == standing
        self.automatic: int | None = (
            None if standing is not None and pair is not None and is_at_standing else UNKNOWN
        )

    @property
    def is_multi(self) -> bool:
        """Whether it is a MultiDatastream."""
        return self.columns is not None


class Registry:
    """Streams by id. The writer's own thread changes it; any thread looks things up.

    What is found may be older than the register: the writer looks again in its transaction.
    """

    def __init__(self) -> None:
        self._streams: dict[int, StreamInfo] = {}
        self._version: int | None = None

    def find(self, stream_id: int) -> StreamInfo | None:
        """A stream that is known here; None is no proof that there is none."""
        return self._streams.get(stream_id)

    def follow(self, version: int) -> None:
        """Trust nothing that was read under another number of the register."""
        self._version = version

    def forget(self, stream_ids: Iterable[int]) -> None:
        """Read these streams anew when they are next needed."""
        for stream_id in stream_ids:
            self._streams.pop(stream_id, None)

    def clear(self) -> None:
        """Know nothing."""
        self._streams = {}
        self._version = None

    def load(self, stream_ids: Collection[int]) -> None:
        """Read those of these streams that cannot be trusted, in the caller's transaction."""
        known, version = self._streams, self._version
        wanted = [
            stream_id
            for stream_id in stream_ids
            if (info := known.get(stream_id)) is None or info.version != version
        ]
        for begin in range(0, len(wanted), MOST_ASKED):
            part = wanted[begin : begin + MOST_ASKED]
            marks = ",".join(["%s"] * len(part))
            found = self._read(f"{_SELECT} WHERE s.id IN ({marks})", part)
            self.forget(set(part) - found)

    def load_all(self) -> None:
        """Read the streams at the start."""
        self._read(f"{_SELECT} ORDER BY s.id LIMIT {MOST_LOADED}", [])

    def _read(self, statement: str, values: list[int]) -> set[int]:
        found = set()
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            for row in cursor.fetchall():
                info = StreamInfo(row)
                info.version = self._version
                if info.settings is not None and info.settings.stuck is not None:
                    info.profile.run = _count_run(info, info.settings.stuck.count)
                self._streams[info.id] = info
                found.add(info.id)
        return found


def _count_run(info: StreamInfo, most: int) -> int:
    """How often the latest number of a stream came in a row; no more than `most` are read."""
    window = Window([info.id], newest_first=True, limit=most)
    run = 0
    for kept in store_for(connection.vendor).read(connection.connection, window):
        if kept.kind != ResultKind.NUMBER or kept.number != info.profile.number:
            break
        run += 1
    return run
