"""What a collection of features is, as the standard's documents describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hereabouts.kernel.geometry import Box

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""Longitude, latitude in WGS 84: the only order and system we serve."""

GEOJSON_TYPE = "application/geo+json"
JSON_TYPE = "application/json"
HTML_TYPE = "text/html"
CSV_TYPE = "text/csv"
GEOPACKAGE_TYPE = "application/geopackage+sqlite3"
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA_TYPE = "application/schema+json"
MVT_TYPE = "application/vnd.mapbox-vector-tile"


class Type(StrEnum):
    """What a property holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    OBJECT = "object"


SCHEMAS: Mapping[Type, Mapping[str, object]] = {
    Type.TEXT: {"type": "string"},
    Type.INTEGER: {"type": "integer"},
    Type.NUMBER: {"type": "number"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.DATE: {"type": "string", "format": "date"},
    Type.MOMENT: {"type": "string", "format": "date-time"},
    Type.OBJECT: {"type": "object"},
}


@dataclass(frozen=True)
class Property:
    """One property of the features of a collection."""

    name: str
    title: str
    type: Type = Type.TEXT
    is_queryable: bool = False

    @property
    def schema(self) -> dict[str, object]:
        """JSON Schema of the value."""
        return {"title": self.title, **SCHEMAS[self.type]}


@dataclass(frozen=True)
class Collection:
    """A collection: its name in addresses, its words, and what its features have.

    `filters` may be asked for but are not shown by the features themselves.
    """

    id: str
    title: str
    description: str
    geometry: str
    properties: tuple[Property, ...] = ()
    filters: tuple[Property, ...] = ()
    has_tiles: bool = True

    @property
    def queryables(self) -> tuple[Property, ...]:
        """What may stand in a query as `name=value`."""
        return (*(one for one in self.properties if one.is_queryable), *self.filters)


@dataclass(frozen=True)
class Link:
    """A link to another resource."""

    href: str
    rel: str
    type: str
    title: str = ""
    is_template: bool = False

    def document(self) -> dict[str, object]:
        """The link as it stands in JSON."""
        written: dict[str, object] = {"href": self.href, "rel": self.rel, "type": self.type}
        if self.title:
            written["title"] = self.title
        if self.is_template:
            written["templated"] = True
        return written


@dataclass(frozen=True)
class Dataset:
    """The whole of what is published: its words, its extent, and who has to be named."""

    title: str
    description: str
    attribution: str = ""
    licence: str = ""
    extent: Box | None = None
    version: str = ""
    collections: tuple[Collection, ...] = field(default_factory=tuple)
