"""The requirements that the service claims, each proved by a test that is marked with it.

Source: OGC 18-088, annex A; extensions are named by the addresses of their descriptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

REQUIREMENTS = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
FROST = "https://fraunhoferiosb.github.io/FROST-Server/extensions/"

GEOJSON_FORMAT = FROST + "GeoJSON-ResultFormat.html"
CSV_FORMAT = (
    "https://github.com/INSIDE-information-systems/SensorThingsAPI/blob/master/"
    "CSV-ResultFormat/CSV-ResultFormat.md"
)
DEEP_SELECT = FROST + "DeepSelect.html"
SELECT_DISTINCT = FROST + "SelectDistinct.html"
RESPONSE_METADATA = FROST + "ResponseMetadata.html"
JSON_BATCH = FROST + "JsonBatchRequest.html"
FILTERED_DELETE = FROST + "FilteredDelete.html"
RECEIVE_UPDATES = REQUIREMENTS + "receive-updates-via-mqtt/receive-updates"
CREATE_OBSERVATIONS_MQTT = REQUIREMENTS + "create-observations-via-mqtt/observations-creation"

_ENTITIES = (
    "thing",
    "location",
    "historical-location",
    "datastream",
    "sensor",
    "observed-property",
    "observation",
    "feature-of-interest",
)


def _under(group: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{REQUIREMENTS}{group}/{name}" for name in names)


GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "datamodel": (
            *_under("datamodel", *(f"{name}/properties" for name in _ENTITIES)),
            *_under("datamodel", *(f"{name}/relations" for name in _ENTITIES)),
            *_under("datamodel", "entity-control-information/common-control-information"),
        ),
        "resource-path": _under("resource-path", "resource-path-to-entities"),
        "request-data": _under(
            "request-data",
            "status-code",
            "query-status-code",
            "order",
            "expand",
            "select",
            "orderby",
            "top",
            "skip",
            "count",
            "filter",
            "built-in-filter-operations",
            "built-in-query-functions",
            "pagination",
        ),
        "create-update-delete": _under(
            "create-update-delete",
            "create-entity",
            "link-to-existing-entities",
            "deep-insert",
            "deep-insert-status-code",
            "update-entity",
            "update-entity-put",
            "update-entity-jsonpatch",
            "delete-entity",
            "historical-location-auto-creation",
            "historical-location-manual-creation",
        ),
        "batch-request": _under("batch-request", "batch-request"),
        "multi-datastream": _under("multi-datastream", "properties", "relations", "constraints"),
        "data-array": _under("data-array", "data-array"),
        "create-observations-via-mqtt": (CREATE_OBSERVATIONS_MQTT,),
        "receive-updates-via-mqtt": (RECEIVE_UPDATES,),
    }
)
"""The requirements of the standard, group by group."""

EXTENSIONS = (
    GEOJSON_FORMAT,
    CSV_FORMAT,
    DEEP_SELECT,
    SELECT_DISTINCT,
    RESPONSE_METADATA,
    JSON_BATCH,
    FILTERED_DELETE,
)
"""Extensions beyond the standard that the service has."""

UNPROVED: frozenset[str] = frozenset()
"""What no marked test proves yet, and so is not claimed."""

_SHORT = ("datamodel", "request-data", "create-update-delete")
"""Groups that clients look for by the name of the whole group."""


def proved() -> list[str]:
    """Single requirements and extensions that a marked test proves, in the standard's order."""
    known = (*(uri for group in GROUPS.values() for uri in group), *EXTENSIONS)
    return [uri for uri in known if uri not in UNPROVED]


def declared() -> list[str]:
    """Everything claimed, for `serverSettings.conformance`; a group by name when it is whole."""
    whole = [name for name in _SHORT if UNPROVED.isdisjoint(GROUPS[name])]
    return [*(REQUIREMENTS + name for name in whole), *proved()]
