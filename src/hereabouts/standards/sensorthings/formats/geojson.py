"""Entities as a GeoJSON FeatureCollection: properties by path, and the first geometry found.

Source: RFC 7946; the FROST extension GeoJSON-ResultFormat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from hereabouts.standards.sensorthings.model import EntityType, Shape, target_of

GEOMETRY_TYPES = frozenset(
    {
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    }
)


class _Shaped(msgspec.Struct):
    type: str
    geometry: msgspec.Raw = msgspec.Raw(b"null")


_DECODER = msgspec.json.Decoder(_Shaped)


def collect_features(
    entities: Iterable[Mapping[str, Any]],
    entity: EntityType,
    *,
    count: int | None = None,
    next_link: str | None = None,
) -> dict[str, Any]:
    """The collection, ready to be encoded; count and next link stand beside the features."""
    collection: dict[str, Any] = {"type": "FeatureCollection"}
    if count is not None:
        collection["@iot.count"] = count
    collection["features"] = [_feature(one, entity) for one in entities]
    if next_link is not None:
        collection["@iot.nextLink"] = next_link
    return collection


def find_geometry(entity: Mapping[str, Any], kind: EntityType) -> msgspec.Raw | None:
    """The first geometry of an entity or of what is expanded in it, as raw GeoJSON."""
    for name, owned in kind.properties.items():
        if owned.shape is Shape.GEOMETRY and name in entity:
            shape = _read_geometry(entity[name])
            if shape is not None:
                return shape
    for name, relation in kind.relations.items():
        for related in _related(entity.get(name)):
            shape = find_geometry(related, target_of(relation))
            if shape is not None:
                return shape
    return None


def _feature(entity: Mapping[str, Any], kind: EntityType) -> dict[str, Any]:
    feature: dict[str, Any] = {"type": "Feature"}
    if "@iot.id" in entity:
        feature["id"] = entity["@iot.id"]
    feature["geometry"] = find_geometry(entity, kind)
    feature["properties"] = dict(_flatten_entity(entity, kind, ""))
    return feature


def _flatten_entity(
    entity: Mapping[str, Any], kind: EntityType, prefix: str
) -> Iterator[tuple[str, Any]]:
    for name, value in entity.items():
        relation = kind.find_relation(name)
        if name == "@iot.id":
            yield f"{prefix}id", value
        elif "@iot." in name:
            continue
        elif relation is None:
            if not _is_geometry(kind, name, value):
                yield from _flatten(value, f"{prefix}{name}")
        elif isinstance(value, Mapping):
            yield from _flatten_entity(value, target_of(relation), f"{prefix}{name}/")
        else:
            for index, related in enumerate(_related(value)):
                inner = f"{prefix}{name}/{index}/"
                yield from _flatten_entity(related, target_of(relation), inner)


def _flatten(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Raw):
        if bytes(value).lstrip()[:1] not in (b"{", b"["):
            yield path, value
            return
        value = msgspec.json.decode(value)
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flatten(inner, f"{path}/{key}")
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _flatten(inner, f"{path}/{index}")
    else:
        yield path, value


def _related(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [value]
    return list(value) if isinstance(value, list | tuple) else []


def _is_geometry(kind: EntityType, name: str, value: Any) -> bool:
    owned = kind.find_property(name)
    is_shaped = owned is not None and owned.shape is Shape.GEOMETRY
    return is_shaped and _read_geometry(value) is not None


def _read_geometry(value: Any) -> msgspec.Raw | None:
    if value is None:
        return None
    raw = value if isinstance(value, msgspec.Raw) else msgspec.Raw(msgspec.json.encode(value))
    try:
        shaped = _DECODER.decode(raw)
    except msgspec.DecodeError:
        return None
    if shaped.type == "Feature":
        geometry = shaped.geometry
        return None if bytes(geometry).strip() == b"null" else _read_geometry(geometry)
    return raw if shaped.type in GEOMETRY_TYPES else None
