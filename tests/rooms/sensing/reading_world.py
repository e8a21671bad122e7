"""A small world of sensors written straight into the tables, and questions put to it in text."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import msgspec
import shapely

from hereabouts.kernel.geometry import Box, cell_of
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.register.members import list_members
from hereabouts.sensing.models.observations import Observation, StreamFeature, StreamState
from hereabouts.sensing.models.register import (
    ENTITY_NUMBERS,
    Feature,
    HistoricalLocation,
    HistoryLocation,
    Location,
    Member,
    ObservedProperty,
    Sensor,
    Stream,
    StreamProperty,
    Thing,
    ThingLocation,
)
from hereabouts.sensing.queries.reading import LIMITS, Answer, Limits, read
from hereabouts.standards.sensorthings.model import ENTITY_TYPES, Shape
from hereabouts.standards.sensorthings.parsing.options import parse_options
from hereabouts.standards.sensorthings.parsing.paths import parse_path
from hereabouts.standards.sensorthings.times import parse_instant
from tests.standards.sensorthings.evaluator import Row, World

BASE = "https://town.example/sta/v1.1"
NOON = parse_instant("2024-05-01T12:00:00Z")
HOUR = 3_600_000_000


def ask(
    path: str,
    query: str = "",
    *,
    level: DataClass = DataClass.OPEN,
    limits: Limits = LIMITS,
    now: int = NOON,
) -> Answer:
    """The answer to a path and a query as they would stand in an address, decoded."""
    parsed = parse_path(path)
    options = parse_options(query, parsed.entity, is_encoded=False)
    return read(parsed, options, level=level, base=BASE, limits=limits, now=now)


def follow(link: str, *, level: DataClass = DataClass.OPEN, limits: Limits = LIMITS) -> Answer:
    """The answer behind a link that an answer gave."""
    assert link.startswith(BASE + "/")
    path, _, query = link.removeprefix(BASE + "/").partition("?")
    parsed = parse_path(path)
    options = parse_options(query, parsed.entity)
    return read(parsed, options, level=level, base=BASE, limits=limits, now=NOON)


def ids(answer: Answer) -> list[int]:
    """The ids of the entities of an answer."""
    return [entity["@iot.id"] for entity in answer.entities]


def found(path: str, filter: str, **more: Any) -> list[int]:
    """The ids of what a filter finds."""
    return ids(ask(path, f"$filter={filter}", **more))


def plain(value: Any) -> Any:
    """An answer's values as a client reads them from JSON."""
    return json.loads(msgspec.json.encode(value))


def _shape_columns(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or "type" not in value:
        return {}
    shape = shapely.from_geojson(json.dumps(value.get("geometry", value)))
    west, south, east, north = shapely.bounds(shape)
    return {
        "geometry": shapely.to_wkb(shape),
        "cell": cell_of(Box(west, south, east, north)),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


def add_members(entity: str, key: int, properties: Any) -> None:
    """Index an entity's properties as the register does."""
    text = json.dumps(properties) if properties is not None else None
    Member.objects.bulk_create(
        Member(
            entity_type=ENTITY_NUMBERS[entity],
            entity_id=key,
            path=path,
            kind=kind,
            text=words,
            number=number,
        )
        for path, kind, words, number in list_members(text)
    )


def add_thing(key: int, name: str, properties: Any = None, level: int = 0) -> None:
    """A Thing."""
    text = None if properties is None else json.dumps(properties)
    Thing.objects.create(
        id=key, name=name, description=f"{name}.", properties=text, data_class=level
    )
    add_members("Thing", key, properties)


def add_location(key: int, value: Any, things: list[int], level: int = 0) -> None:
    """A Location where Things are, with a visit in their history."""
    encoding = "application/geo+json" if isinstance(value, dict) else "text/plain"
    Location.objects.create(
        id=key,
        name=f"place {key}",
        description="",
        encoding_type=encoding,
        value=json.dumps(value),
        data_class=level,
        **_shape_columns(value),
    )
    for thing in things:
        ThingLocation.objects.create(thing_id=thing, location_id=key)
        visit = HistoricalLocation.objects.create(
            id=key * 10 + thing, thing_id=thing, time=NOON, data_class=level
        )
        HistoryLocation.objects.create(history=visit, location_id=key)


def add_feature(key: int, value: Any, level: int = 0) -> None:
    """A FeatureOfInterest."""
    Feature.objects.create(
        id=key,
        name=f"feature {key}",
        description="",
        encoding_type="application/geo+json",
        value=json.dumps(value),
        data_class=level,
        **_shape_columns(value),
    )


def add_sensor(key: int, name: str) -> None:
    """A Sensor."""
    Sensor.objects.create(
        id=key,
        name=name,
        description="",
        encoding_type="text/html",
        metadata=json.dumps(f"https://sensors.example/{key}"),
    )


def add_property(key: int, name: str) -> None:
    """An ObservedProperty."""
    ObservedProperty.objects.create(
        id=key, name=name, definition=f"https://properties.example/{key}", description=""
    )


def add_stream(
    key: int,
    name: str,
    *,
    thing: int,
    sensor: int = 1,
    observed: int | list[int] = 1,
    unit: str | None = "°C",
    feature: int | None = None,
    properties: Any = None,
    level: int = 0,
) -> None:
    """A Datastream, or with a list of properties a MultiDatastream."""
    multi = isinstance(observed, list)
    text = None if properties is None else json.dumps(properties)
    Stream.objects.create(
        id=key,
        is_multi=multi,
        name=name,
        description="",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_name=unit,
        unit_symbol=unit,
        unit_definition=unit,
        units=json.dumps([{"name": unit}] * len(observed)) if isinstance(observed, list) else None,
        result_types=json.dumps(["a"] * len(observed)) if isinstance(observed, list) else None,
        thing_id=thing,
        sensor_id=sensor,
        observed_property_id=None if isinstance(observed, list) else observed,
        feature_id=feature,
        properties=text,
        data_class=level,
    )
    add_members("MultiDatastream" if multi else "Datastream", key, properties)
    for rank, of in enumerate(observed if isinstance(observed, list) else []):
        StreamProperty.objects.create(stream_id=key, observed_property_id=of, rank=rank)


def add_observation(
    key: int, stream: int, started: int, result: Any, *, ended: int | None = None, **more: Any
) -> None:
    """An Observation with its typed result."""
    kind, number, text = 3, None, None
    if result is None:
        kind = 4
    elif isinstance(result, bool):
        kind, number = 2, float(result)
    elif isinstance(result, int | float):
        kind, number = 0, float(result)
        text = None if repr(result).removesuffix(".0") == repr(result) else repr(result)
    elif isinstance(result, str):
        kind, text = 1, json.dumps(result)
    else:
        text = json.dumps(result)
    if isinstance(more.get("parameters"), dict | list):
        more["parameters"] = json.dumps(more["parameters"])
    Observation.objects.create(
        id=key,
        stream_id=stream,
        started=started,
        ended=ended,
        kind=kind,
        number=number,
        result=text,
        **more,
    )


def settle() -> None:
    """Keep what the writer keeps of each stream."""
    StreamState.objects.all().delete()
    StreamFeature.objects.all().delete()
    for stream in Stream.objects.all():
        rows = list(Observation.objects.filter(stream_id=stream.pk).order_by("started", "id"))
        results = [row.result_time for row in rows if row.result_time is not None]
        area = stream.feature.value if stream.feature and rows else None
        StreamState.objects.create(
            stream_id=stream.pk,
            count=len(rows),
            first_started=min((row.started for row in rows), default=None),
            last_ended=max(
                (row.started if row.ended is None else row.ended for row in rows), default=None
            ),
            first_result_time=min(results, default=None),
            last_result_time=max(results, default=None),
            latest_id=rows[-1].id if rows else None,
            latest_started=rows[-1].started if rows else None,
            latest_ended=rows[-1].ended if rows else None,
            latest_number=rows[-1].number if rows else None,
            latest_result=rows[-1].result if rows else None,
            latest_kind=rows[-1].kind if rows else None,
            area=area,
        )
        seen = Counter(row.feature_id or stream.feature_id for row in rows)
        for feature, count in seen.items():
            if feature is not None:
                StreamFeature.objects.create(stream_id=stream.pk, feature_id=feature, count=count)


def point(lon: float, lat: float) -> dict[str, Any]:
    """A point as GeoJSON."""
    return {"type": "Point", "coordinates": [lon, lat]}


def build() -> None:
    """Five Things (one shared, one closed), streams, observations and places."""
    add_sensor(1, "probe")
    add_sensor(2, "Scanner")
    add_property(1, "NO2")
    add_property(2, "O3")
    add_property(3, "noise")
    add_thing(1, "Mill Lane", {"owner": "roads", "height": 3, "tags": ["air", 7], "on": True})
    add_thing(2, "High Street", {"owner": "parks", "height": 4.5, "deep": {"a": [1, {"b": "x"}]}})
    add_thing(3, "École", {"owner": 3, "height": "3", "on": False})
    add_thing(4, "Depot", {"owner": "roads"}, level=1)
    add_thing(5, "Vault", {"owner": "roads", "height": 3}, level=2)
    add_thing(6, "Field")
    add_location(1, point(-1.25, 51.75), [1])
    add_location(2, {"type": "Feature", "geometry": point(-1.30, 51.70), "properties": {}}, [2])
    add_location(3, "behind the church", [3])
    add_location(4, point(-1.26, 51.76), [4], level=1)
    add_location(5, point(-1.27, 51.77), [5], level=2)
    square = [[-1.2, 51.6], [-1.1, 51.6], [-1.1, 51.7], [-1.2, 51.7], [-1.2, 51.6]]
    add_location(6, {"type": "Polygon", "coordinates": [square]}, [6, 2])
    add_feature(1, point(-1.25, 51.75))
    add_feature(2, point(-1.30, 51.70))
    add_stream(1, "air", thing=1, observed=1, feature=1, properties={"limit": 20})
    add_stream(2, "ozone", thing=1, observed=2, unit="ppb", feature=1)
    add_stream(3, "air", thing=2, observed=1, sensor=2, feature=2)
    add_stream(4, "din", thing=3, observed=3, sensor=2)
    add_stream(5, "secret air", thing=4, observed=1, level=1)
    add_stream(6, "vault air", thing=5, observed=1, level=2)
    add_stream(7, "both", thing=2, observed=[2, 1, 2], unit=None, feature=2)
    for at in range(6):
        more = {"result_time": NOON + at * HOUR} if at % 2 else {}
        add_observation(10 + at, 1, NOON + at * HOUR, 10 + at * 5, **more)
    add_observation(20, 2, NOON, 4.5, ended=NOON + HOUR, parameters={"int": 5, "text": "5"})
    add_observation(21, 2, NOON + HOUR, 20, ended=NOON + 2 * HOUR, feature_id=2)
    add_observation(30, 3, NOON, "3")
    add_observation(31, 3, NOON + HOUR, "loud")
    add_observation(32, 3, NOON + 2 * HOUR, True)
    add_observation(33, 3, NOON + 3 * HOUR, {"a": [1, 2], "b": "x"})
    add_observation(34, 3, NOON + 4 * HOUR, None)
    add_observation(50, 5, NOON, 99)
    add_observation(60, 6, NOON, 100)
    add_observation(70, 7, NOON, [1, 2, 3])
    settle()


def insert_world(world: World) -> None:
    """Write a generated world into the tables; texts that it leaves out become empty ones."""
    for entity, insert in (
        ("Sensor", _insert_sensor),
        ("ObservedProperty", _insert_property),
        ("FeatureOfInterest", _insert_feature),
        ("Thing", _insert_thing),
        ("Location", _insert_location),
        ("Datastream", _insert_stream),
        ("Observation", _insert_observation),
    ):
        owned = ENTITY_TYPES[entity].properties.values()
        texts = [known.name for known in owned if known.shape is Shape.TEXT]
        for row in world.rows[entity].values():
            row.values = dict.fromkeys(texts, "") | row.values
            insert(row)
    settle()


_COLUMNS = {
    "name": "name",
    "description": "description",
    "definition": "definition",
    "encodingType": "encoding_type",
    "observationType": "observation_type",
}


def _texts(row: Row) -> dict[str, Any]:
    """A generated row's texts by column."""
    return {_COLUMNS[name]: row.values[name] for name in _COLUMNS if name in row.values}


def _insert_sensor(row: Row) -> None:
    add_sensor(row.id, row.values["name"])
    metadata = json.dumps(row.values["metadata"])
    Sensor.objects.filter(pk=row.id).update(metadata=metadata, **_texts(row))


def _insert_property(row: Row) -> None:
    add_property(row.id, row.values["name"])
    ObservedProperty.objects.filter(pk=row.id).update(**_texts(row))


def _insert_feature(row: Row) -> None:
    add_feature(row.id, row.values["feature"])
    Feature.objects.filter(pk=row.id).update(**_texts(row))


def _insert_thing(row: Row) -> None:
    add_thing(row.id, row.values["name"], row.values["properties"])
    Thing.objects.filter(pk=row.id).update(**_texts(row))


def _insert_location(row: Row) -> None:
    add_location(row.id, row.values["location"], [])
    Location.objects.filter(pk=row.id).update(**_texts(row))
    for thing in row.related["Things"]:
        ThingLocation.objects.create(thing_id=thing, location_id=row.id)


def _insert_stream(row: Row) -> None:
    unit = row.values["unitOfMeasurement"]
    add_stream(
        row.id,
        row.values["name"],
        thing=row.related["Thing"][0],
        sensor=row.related["Sensor"][0],
        observed=row.related["ObservedProperty"][0],
        properties=row.values["properties"],
    )
    Stream.objects.filter(pk=row.id).update(
        unit_name=unit["name"],
        unit_symbol=unit["symbol"],
        unit_definition=unit["definition"],
        **_texts(row),
    )


def _insert_observation(row: Row) -> None:
    start, end = row.values["phenomenonTime"]
    valid = row.values["validTime"] or (None, None)
    parameters = row.values["parameters"]
    add_observation(
        row.id,
        row.related["Datastream"][0],
        start,
        row.values["result"],
        ended=end,
        result_time=row.values["resultTime"],
        valid_start=valid[0],
        valid_end=valid[1],
        parameters=None if parameters is None else json.dumps(parameters),
        feature_id=row.related["FeatureOfInterest"][0],
    )
