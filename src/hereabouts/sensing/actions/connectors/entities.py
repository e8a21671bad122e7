"""Things and streams of a feed, made through the register's own actions when first read of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from hereabouts.sensing.actions.connectors.classes import BY_ITSELF
from hereabouts.sensing.actions.ingest.version import move_register_version
from hereabouts.sensing.actions.register import create
from hereabouts.sensing.domain.connectors.manifest import Manifest
from hereabouts.sensing.domain.connectors.records import Gathered, Observed, Series, Station, Unit
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.inbound import Connector, ConnectorStream, ConnectorThing
from hereabouts.sensing.models.register import ObservedProperty, Sensor, Thing
from hereabouts.standards.sensorthings.model import (
    DATASTREAM,
    FEATURE_OF_INTEREST,
    LOCATION,
    OBSERVED_PROPERTY,
    SENSOR,
    THING,
    EntityType,
)
from hereabouts.standards.sensorthings.tree import ResourcePath, Step

OBSERVATION_TYPE = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
GEOJSON = "application/geo+json"
AT_ONCE = 25
"""Stations made in one transaction: others wait for the journal no longer than that."""
MOVED = 1e-5
"""Degrees by which a position has to differ to be another one: about a metre."""
LONGEST_LABEL = 200


@dataclass
class Links:
    """Where each series goes; None: left out. `features` is what to name where no map helps."""

    streams: dict[str, int | None] = field(default_factory=dict)
    features: dict[str, int] = field(default_factory=dict)
    things_made: int = 0
    streams_made: int = 0
    stations: int = 0
    placed: int = 0


def ensure_entities(connector_id: int, manifest: Manifest, gathered: Gathered) -> Links:
    """The streams of a feed's series; those that are missing are made, with their Things.

    Some stations at a time, each in a transaction of its own: a run that ends between them goes on
    where it stopped. A Thing or stream that somebody deleted is not made again.
    """
    maker = _Maker(connector_id, manifest, gathered)
    for stations in _chunks(maker.stations(), AT_ONCE):
        with transaction.atomic():
            maker.ensure(stations)
    return maker.finish()


def _chunks(items: Iterable[str], size: int) -> Iterator[list[str]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


class _Maker:
    def __init__(self, connector_id: int, manifest: Manifest, gathered: Gathered) -> None:
        self._connector_id = connector_id
        self._manifest = manifest
        self._gathered = gathered
        self._links = Links()
        self._by_station: dict[str, list[Series]] = {}
        for series in gathered.series.values():
            self._by_station.setdefault(series.station, []).append(series)
        self._sensor: int | None = None
        self._properties: dict[tuple[str, str], int] = {}

    def stations(self) -> list[str]:
        """The stations where something has to be made or moved."""
        known = set(self._known_streams())
        things = {link.key: link for link in self._things().filter(thing__isnull=False)}
        wanted = {
            station
            for station, all_series in self._by_station.items()
            if any(series.key not in known for series in all_series)
        }
        wanted |= {
            key
            for key, link in things.items()
            if key in self._gathered.stations and _is_moved(link, self._gathered.stations[key])
        }
        return sorted(wanted)

    def ensure(self, stations: list[str]) -> None:
        """Make what is missing of some stations, in the caller's transaction."""
        connector = Connector.objects.select_for_update().get(pk=self._connector_id)
        # Held to the end: whoever makes a Sensor or a property of this kind has made it by then.
        move_register_version()
        things = {link.key: link for link in self._things().filter(key__in=stations)}
        known = set(self._known_streams(stations))
        for key in stations:
            station = self._gathered.stations.get(key) or Station(key, key)
            link = things.get(key) or self._make_thing(connector, station)
            if link.thing_id is not None and _is_moved(link, station):
                self._move(link, station)
            for series in self._by_station.get(key, ()):
                if series.key not in known:
                    self._make_stream(link, series)

    def finish(self) -> Links:
        """Every series' stream, and features for those off the map."""
        links = self._links
        rows = ConnectorStream.objects.filter(connector_id=self._connector_id)
        stations: dict[str, str] = {}
        for key, station, stream_id in rows.values_list("key", "station", "stream_id"):
            links.streams[key] = stream_id
            stations[key] = station
        off: dict[str, int] = {}
        for link in self._things().filter(thing__isnull=False):
            links.stations += 1
            if link.longitude is not None:
                links.placed += 1
        for keys in _chunks(self._off_the_map(), AT_ONCE):
            with transaction.atomic():
                off |= {key: self._feature(key) for key in keys}
        links.features = {key: off[at] for key, at in stations.items() if at in off}
        return links

    def _off_the_map(self) -> list[str]:
        """Stations whose Thing has no Location with a geometry."""
        placed = self._things().filter(thing__location_links__location__geometry__isnull=False)
        there = set(placed.values_list("key", flat=True))
        everything = self._things().filter(thing__isnull=False)
        return [key for key in everything.values_list("key", flat=True) if key not in there]

    def _feature(self, key: str) -> int:
        link = self._things().select_for_update().get(key=key)
        if link.feature_id is None:
            name = Thing.objects.values_list("name", flat=True).get(connector_links=link)
            link.feature_id = _create(
                FEATURE_OF_INTEREST,
                {
                    "name": name,
                    "description": "The surroundings of a station that is not on the map.",
                    "encodingType": "text/plain",
                    "feature": f"around the station {key}",
                },
            )
            link.save(update_fields=["feature"])
        return link.feature_id

    def _things(self) -> QuerySet[ConnectorThing]:
        return ConnectorThing.objects.filter(connector_id=self._connector_id)

    def _known_streams(self, stations: list[str] | None = None) -> Iterable[str]:
        rows = ConnectorStream.objects.filter(connector_id=self._connector_id)
        if stations is not None:
            rows = rows.filter(station__in=stations)
        return rows.values_list("key", flat=True)

    def _make_thing(self, connector: Connector, station: Station) -> ConnectorThing:
        properties: dict[str, object] = {
            **station.facts,
            "connector": connector.uid,
            "sourceKey": station.key,
            "dataClass": DataClass(connector.data_class).word,
        }
        if self._manifest.attribution:
            properties["attribution"] = self._manifest.attribution
        body: dict[str, object] = {
            "name": station.title[:LONGEST_LABEL],
            "description": (station.description or station.title)[:LONGEST_LABEL],
            "properties": properties,
        }
        if station.is_placed:
            body["Locations"] = [_location(station)]
        self._links.things_made += 1
        return ConnectorThing.objects.create(
            connector=connector,
            key=station.key,
            thing_id=_create(THING, body),
            longitude=station.lon,
            latitude=station.lat,
        )

    def _move(self, link: ConnectorThing, station: Station) -> None:
        """Put a Thing where the feed says it is now; its past places stay in its history."""
        inside = THING.relations["Locations"]
        path = ResourcePath((Step(THING, None, link.thing_id), Step(LOCATION, inside)))
        create(path, _location(station), grant=BY_ITSELF)
        link.longitude, link.latitude = station.lon, station.lat
        link.save(update_fields=["longitude", "latitude"])

    def _make_stream(self, link: ConnectorThing, series: Series) -> None:
        stream_id = None
        if link.thing_id is not None:
            stream_id = _create(DATASTREAM, self._stream_body(link.thing_id, series))
            self._links.streams_made += 1
        ConnectorStream.objects.create(
            connector_id=self._connector_id,
            key=series.key,
            station=series.station,
            stream_id=stream_id,
            period_s=series.period_s,
        )

    def _stream_body(self, thing_id: int, series: Series) -> Mapping[str, object]:
        observed = series.observed
        kind = "OM_Measurement" if series.has_unit else "OM_TruthObservation"
        properties: dict[str, object] = {"sourceKey": series.key}
        if series.period_s:
            properties["periodSeconds"] = series.period_s
        return {
            "name": (series.name or observed.name)[:LONGEST_LABEL],
            "description": f"{observed.description or observed.name}. {self._manifest.title}.",
            "observationType": OBSERVATION_TYPE + kind,
            "unitOfMeasurement": _unit(series.unit),
            "properties": properties,
            "Thing": {"@iot.id": thing_id},
            "Sensor": {"@iot.id": self._sensor_id()},
            "ObservedProperty": {"@iot.id": self._property_id(observed)},
        }

    def _sensor_id(self) -> int:
        """One Sensor for each kind: a feed does not say which device is behind it."""
        if self._sensor is None:
            metadata = f"connector: {self._manifest.id}"
            text = msgspec.json.encode(metadata).decode()
            known = Sensor.objects.filter(name=self._manifest.title, metadata=text)
            first = known.order_by("id").first()
            self._sensor = (
                first.pk if first is not None else _create_sensor(self._manifest, metadata)
            )
        return self._sensor

    def _property_id(self, observed: Observed) -> int:
        named = (observed.definition, observed.name)
        if named not in self._properties:
            known = ObservedProperty.objects.filter(
                definition=observed.definition, name=observed.name
            )
            first = known.order_by("id").first()
            self._properties[named] = first.pk if first is not None else _create_property(observed)
        return self._properties[named]


def _is_moved(link: ConnectorThing, station: Station) -> bool:
    if station.lon is None or station.lat is None:
        return False
    if link.longitude is None or link.latitude is None:
        return True
    return abs(link.longitude - station.lon) > MOVED or abs(link.latitude - station.lat) > MOVED


def _location(station: Station) -> dict[str, object]:
    return {
        "name": station.title[:LONGEST_LABEL],
        "description": "As the feed has it.",
        "encodingType": GEOJSON,
        "location": {"type": "Point", "coordinates": [station.lon, station.lat]},
    }


def _unit(unit: Unit) -> Mapping[str, str | None]:
    if unit.is_none:
        return {"name": None, "symbol": None, "definition": None}
    return {"name": unit.name, "symbol": unit.symbol, "definition": unit.definition or None}


def _create_sensor(manifest: Manifest, metadata: str) -> int:
    return _create(
        SENSOR,
        {
            "name": manifest.title,
            "description": manifest.reads[:500],
            "encodingType": "text/plain",
            "metadata": metadata,
        },
    )


def _create_property(observed: Observed) -> int:
    return _create(
        OBSERVED_PROPERTY,
        {
            "name": observed.name,
            "definition": observed.definition,
            "description": observed.description or observed.name,
        },
    )


def _create(entity: EntityType, body: Mapping[str, object]) -> int:
    return create(ResourcePath((Step(entity),)), body, grant=BY_ITSELF).id
