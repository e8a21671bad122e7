"""One entity, in whichever representation it comes: normalised, concise or key-values.

The `@context` is never fetched: names are taken as they stand, and a name that was expanded to an
address is cut to its last part. Source: ETSI GS CIM 009 V1.8.1, clauses 4.5 and 5.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

GEOMETRIES = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"}
)
ATTRIBUTE_TYPES = frozenset(
    {
        "Property",
        "GeoProperty",
        "Relationship",
        "LanguageProperty",
        "VocabProperty",
        "JsonProperty",
        "ListProperty",
        "ListRelationship",
    }
)
OLDER_TYPES = frozenset({"Number", "Text", "Boolean", "DateTime", "Integer", "Float", "geo:json"})
"""Types that brokers of the version before give to values."""

VALUE_MEMBERS = ("value", "@value", "object", "languageMap", "vocab", "json", "valueList")
SYSTEM = frozenset({"id", "type", "@context", "@id", "@type", "scope", "createdAt", "deletedAt"})
LAST_PART = re.compile(r"[^/#:]+$")
MOST_INSTANCES = 100


class NotAnEntity(ValueError):  # noqa: N818 - it says what the value is not
    """A value has no id and type of an entity."""


@dataclass(frozen=True)
class Attribute:
    """A value of an entity; one attribute may have several, told apart by `dataset`.

    `kind` is the attribute's type in NGSI-LD; `observed_at` the time as text; `unit_code` as sent,
    usually of UN/CEFACT recommendation 20.
    """

    name: str
    kind: str
    value: object
    observed_at: str = ""
    unit_code: str = ""
    dataset: str = ""


@dataclass(frozen=True)
class Entity:
    """An entity with its attributes in order; `type` is the first of its types."""

    id: str
    type: str
    attributes: tuple[Attribute, ...]

    def find(self, *names: str) -> Attribute | None:
        """The first attribute that has one of these names, in the order of the names."""
        for name in names:
            for attribute in self.attributes:
                if attribute.name == name:
                    return attribute
        return None

    def point(self) -> tuple[float, float] | None:
        """Where it is as (longitude, latitude): its `location`, else any point it has."""
        named = self.find("location", "position")
        candidates = ([named] if named else []) + list(self.attributes)
        for attribute in candidates:
            if attribute.kind == "GeoProperty":
                found = _point(attribute.value)
                if found is not None:
                    return found
        return None


def parse_entity(sent: object) -> Entity:
    """An entity from decoded JSON. Raises: NotAnEntity."""
    if not isinstance(sent, Mapping):
        raise NotAnEntity("it is not an object")
    key = sent.get("id", sent.get("@id"))
    kind = sent.get("type", sent.get("@type"))
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if not isinstance(key, str) or not key or not isinstance(kind, str):
        raise NotAnEntity("it has no id and type")
    found: list[Attribute] = []
    for name, value in sent.items():
        if name not in SYSTEM:
            found.extend(_attributes(short_name(name), value))
    return Entity(key, short_name(kind), tuple(found))


def short_name(name: str) -> str:
    """The last part of a name that was expanded to an address; others as they are."""
    if ":" not in name:
        return name
    match = LAST_PART.search(name.rstrip("/#"))
    return match[0] if match else name


def _attributes(name: str, sent: object) -> Iterator[Attribute]:
    if isinstance(sent, list) and sent and all(_is_instance(each) for each in sent):
        for each in sent[:MOST_INSTANCES]:
            yield _instance(name, each)
        return
    if _is_instance(sent):
        yield _instance(name, sent)
        return
    yield Attribute(name, "GeoProperty" if _is_geometry(sent) else "Property", sent)


def _is_instance(sent: object) -> bool:
    """Whether a value is an attribute with members, not the plain value of a key-value pair."""
    if not isinstance(sent, Mapping) or _is_geometry(sent):
        return False
    kind = sent.get("type")
    if isinstance(kind, str) and (kind in ATTRIBUTE_TYPES or kind in OLDER_TYPES):
        return True
    return any(member in sent for member in VALUE_MEMBERS)


def _instance(name: str, sent: object) -> Attribute:
    members: Mapping[str, object] = sent if isinstance(sent, Mapping) else {}
    value = next((members[each] for each in VALUE_MEMBERS if each in members), None)
    if isinstance(value, Mapping) and "@value" in value:
        value = value["@value"]
    kind = members.get("type")
    if not isinstance(kind, str) or kind not in ATTRIBUTE_TYPES:
        kind = "Relationship" if "object" in members else "Property"
        kind = "GeoProperty" if _is_geometry(value) else kind
    return Attribute(
        name,
        kind,
        value,
        observed_at=_text(members.get("observedAt")),
        unit_code=_text(members.get("unitCode")),
        dataset=_text(members.get("datasetId")),
    )


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("value", value.get("@value"))
    return value if isinstance(value, str) else ""


def _is_geometry(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    kind = value.get("type")
    return isinstance(kind, str) and kind in GEOMETRIES and "coordinates" in value


def _point(value: object) -> tuple[float, float] | None:
    if not isinstance(value, Mapping) or value.get("type") != "Point":
        return None
    pair = value.get("coordinates")
    if not isinstance(pair, list) or len(pair) not in (2, 3):
        return None
    lon, lat = pair[0], pair[1]
    if not _is_number(lon) or not _is_number(lat):
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    return float(lon), float(lat)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
