"""Features of observations that come without one, and what a stream's first with a feature changes.

The automatic feature of a stream is made once from its Thing's current Location and remembered
there; decision 0064 says how it becomes the stream's standing feature. Source: OGC 18-088, 8.2.8.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import shapely
from django.db import connection

from hereabouts.journal.api import Fact
from hereabouts.sensing.actions.ingest.registry import UNKNOWN, Registry, StreamInfo
from hereabouts.sensing.domain.observations import NewObservation
from hereabouts.sensing.errors.ingest import BadObservation
from hereabouts.sensing.events.register import EntityCreated
from hereabouts.sensing.models.register import ENTITY_NUMBERS

MOST_SEEN = 1_000
"""Features remembered of one stream; beyond them it is asked about anew."""
MOST_ASKED = 500
COPIED = (
    "name, description, encoding_type, value, properties, data_class, geometry, cell, west, south,"
    " east, north"
)
COPY = (
    f"INSERT INTO sensing_feature ({COPIED}) SELECT {COPIED} FROM sensing_location"
    " WHERE id = %s RETURNING id"
)
COPY_MEMBERS = (
    "INSERT INTO sensing_member (entity_type, entity_id, path, kind, text, number)"
    f" SELECT {ENTITY_NUMBERS['FeatureOfInterest']}, CAST(%s AS BIGINT), path, kind, text, number"
    f" FROM sensing_member WHERE entity_type = {ENTITY_NUMBERS['Location']} AND entity_id = %s"
)
LEAST_CLASS = """
    UPDATE sensing_feature SET data_class = COALESCE((
      SELECT MIN(u.data_class) FROM (
        SELECT s.data_class FROM sensing_stream_feature p JOIN sensing_stream s
          ON s.id = p.stream_id WHERE p.feature_id = sensing_feature.id
        UNION ALL SELECT l.data_class FROM sensing_location l
          WHERE l.generated_feature_id = sensing_feature.id) AS u), data_class)
    WHERE id IN ({ids})"""


class Features:
    """The features of one group, in its transaction."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._new_pairs: dict[tuple[int, int], None] = {}
        self.facts: list[Fact] = []

    def settle(self, rows: Sequence[NewObservation]) -> dict[int, BadObservation]:
        """Find the feature of each of these rows; by place, the refusals of those without.

        Afterwards `stored_feature` knows what to store for the others.
        """
        automatic = {row.stream_id for row in rows if row.feature_id is None}
        homeless = self._settle_automatic(automatic)
        named = [(row.stream_id, row.feature_id) for row in rows if row.feature_id is not None]
        missing = self._settle_named(named)
        self._add_pairs()
        refusals: dict[int, BadObservation] = {}
        for place, row in enumerate(rows):
            if row.feature_id is None and row.stream_id in homeless:
                refusals[place] = BadObservation(
                    reason="it names no FeatureOfInterest and its Thing has no Location on the map"
                )
            elif row.feature_id in missing:
                refusals[place] = BadObservation(
                    reason=f"there is no FeatureOfInterest {row.feature_id}"
                )
        return refusals

    def _info(self, stream_id: int) -> StreamInfo:
        info = self._registry.find(stream_id)
        if info is None:
            raise AssertionError(f"stream {stream_id} was known a moment ago")
        return info

    def _settle_named(self, named: Sequence[tuple[int, int]]) -> set[int]:
        """The features that are not there; the others are pairs from now on."""
        infos = {stream_id: self._info(stream_id) for stream_id, _ in named}
        self._load_seen(infos.values())
        fresh = [pair for pair in named if pair[1] not in (infos[pair[0]].seen or ())]
        there = set(
            _ids("SELECT id FROM sensing_feature WHERE id IN ({ids})", {f for _, f in fresh})
        )
        for stream_id, feature_id in fresh:
            if feature_id in there:
                self._pair(infos[stream_id], feature_id)
        return {feature_id for _, feature_id in fresh} - there

    def _load_seen(self, infos: Iterable[StreamInfo]) -> None:
        asked = {info.id: info for info in infos if info.seen is None}
        for info in asked.values():
            info.seen = set()
        for stream_id, feature_id in _rows(
            "SELECT stream_id, feature_id FROM sensing_stream_feature WHERE stream_id IN ({ids})",
            asked,
        ):
            seen = asked[stream_id].seen
            if seen is not None:
                seen.add(feature_id)

    def _settle_automatic(self, stream_ids: Collection[int]) -> set[int]:
        """The streams for which there is none; the others know theirs from now on."""
        infos = [self._info(stream_id) for stream_id in sorted(stream_ids)]
        self._load_seen(infos)
        generated = self._generate({info.location for info in infos if info.location is not None})
        standing = dict(
            _rows(
                f"SELECT id, feature_id FROM sensing_stream WHERE id IN ({{ids}}){_lock()}",
                stream_ids,
            )
        )
        homeless = set()
        for info in infos:
            info.standing = standing[info.id]
            feature_id = info.standing if info.location is None else generated[info.location]
            if feature_id is None:
                homeless.add(info.id)
                continue
            if info.standing is None:
                _run("UPDATE sensing_stream SET feature_id = %s WHERE id = %s", feature_id, info.id)
                info.standing = feature_id
            info.automatic = None if feature_id == info.standing else feature_id
            self._pair(info, feature_id)
        return homeless

    def _generate(self, location_ids: Collection[int]) -> dict[int, int]:
        """The generated feature of each Location, made where there is none.

        Held against other writers until the transaction ends, so that there is one.
        """
        found = dict(
            _rows(
                "SELECT id, generated_feature_id FROM sensing_location"
                f" WHERE id IN ({{ids}}){_lock()}",
                location_ids,
            )
        )
        for location_id in sorted(found):
            if found[location_id] is None:
                found[location_id] = self._copy(location_id)
        return found

    def _copy(self, location_id: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(COPY, (location_id,))
            feature_id = int(cursor.fetchone()[0])
            cursor.execute(COPY_MEMBERS, (feature_id, location_id))
            cursor.execute(
                "UPDATE sensing_location SET generated_feature_id = %s WHERE id = %s",
                (feature_id, location_id),
            )
        event = EntityCreated("FeatureOfInterest", feature_id)
        self.facts.append(Fact(event, f"feature:{feature_id}"))
        return feature_id

    def _pair(self, info: StreamInfo, feature_id: int) -> None:
        seen = info.seen if info.seen is not None else set()
        if feature_id in seen:
            return
        info.seen = {feature_id} if len(seen) >= MOST_SEEN else seen | {feature_id}
        self._new_pairs[info.id, feature_id] = None

    def _add_pairs(self) -> None:
        if not self._new_pairs:
            return
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO sensing_stream_feature (stream_id, feature_id, count)"
                " VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
                sorted(self._new_pairs),
            )
        _run_among(LEAST_CLASS, {feature_id for _, feature_id in self._new_pairs})

    def widen_areas(self) -> None:
        """Take new features into the areas of their streams, after the rows were added."""
        if not self._new_pairs:
            return
        shapes = dict(
            _rows(
                "SELECT id, geometry FROM sensing_feature WHERE id IN ({ids})",
                {feature_id for _, feature_id in self._new_pairs},
            )
        )
        gained: dict[int, list[Any]] = {}
        for stream_id, feature_id in self._new_pairs:
            if shapes[feature_id] is not None:
                gained.setdefault(stream_id, []).append(shapes[feature_id])
        areas = _rows(
            "SELECT stream_id, area FROM sensing_stream_state WHERE stream_id IN ({ids})"
            " ORDER BY stream_id",
            gained,
        )
        for stream_id, area in areas:
            _set_area(stream_id, hull(gained[stream_id], area))


def stored_feature(info: StreamInfo, named: int | None) -> int | None:
    """What a row keeps as its feature: None for the standing one."""
    feature_id = info.automatic if named is None else named
    return None if feature_id == info.standing else feature_id


def is_settled(info: StreamInfo, named: int | None) -> bool:
    """Whether the feature of a row is known without asking."""
    if named is None:
        return info.automatic != UNKNOWN
    return info.seen is not None and named in info.seen


def hull(shapes: Iterable[bytes | memoryview], area: str | None = None) -> str | None:
    """The convex hull of geometries in well-known binary and of a hull before, as GeoJSON."""
    parts = [shapely.from_wkb(bytes(shape)) for shape in shapes]
    if area is not None:
        parts.append(shapely.from_geojson(area))
    if not parts:
        return None
    found = shapely.force_2d(shapely.convex_hull(shapely.geometrycollections(parts)))
    return str(shapely.to_geojson(found))


def refresh_areas(stream_ids: Collection[int]) -> None:
    """Work the areas of streams out anew, in the caller's transaction: after deletes."""
    shapes: dict[int, list[Any]] = {stream_id: [] for stream_id in stream_ids}
    for stream_id, shape in _rows(
        "SELECT p.stream_id, f.geometry FROM sensing_stream_feature p JOIN sensing_feature f"
        " ON f.id = p.feature_id WHERE p.stream_id IN ({ids}) AND f.geometry IS NOT NULL",
        stream_ids,
    ):
        shapes[stream_id].append(shape)
    for stream_id in sorted(shapes):
        _set_area(stream_id, hull(shapes[stream_id]))


def _set_area(stream_id: int, area: str | None) -> None:
    _run("UPDATE sensing_stream_state SET area = %s WHERE stream_id = %s", area, stream_id)


def _lock() -> str:
    return " ORDER BY id" if connection.vendor == "sqlite" else " ORDER BY id FOR NO KEY UPDATE"


def _run(statement: str, *values: int | str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _run_among(statement: str, ids: Collection[int]) -> None:
    for part in _parts(ids):
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("{ids}", ",".join(["%s"] * len(part))), part)


def _rows(statement: str, ids: Collection[int]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for part in _parts(ids):
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("{ids}", ",".join(["%s"] * len(part))), part)
            found += cursor.fetchall()
    return found


def _ids(statement: str, ids: Collection[int]) -> list[int]:
    return [row[0] for row in _rows(statement, ids)]


def _parts(ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(set(ids))
    for begin in range(0, len(ordered), MOST_ASKED):
        yield ordered[begin : begin + MOST_ASKED]
