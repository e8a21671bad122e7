"""An entity's members as one JSON document, without control information, and patches of it.

Numbers stay decimal, so that a member a patch leaves alone is found unchanged to the last digit.
Source: RFC 6902; OGC 18-088, clause 10.2.3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import jsonpatch
import jsonpointer
import msgspec

from hereabouts.sensing.actions.register.columns import PLACES
from hereabouts.sensing.actions.register.paths import Place
from hereabouts.sensing.actions.register.tables import COLUMNS, TABLES
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.results import write_result
from hereabouts.standards.sensorthings.model import EntityType, Property, Shape
from hereabouts.standards.sensorthings.times import format_instant, format_moment

MOST_OPERATIONS = 200
LARGEST = 2_000_000
"""Of a document while it is patched, in bytes."""
OPERATIONS: Final = frozenset({"add", "remove", "replace", "move", "copy", "test"})

_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
JSON_COLUMNS: Final = frozenset({"properties", "metadata", "value"})


def write_json(value: object) -> msgspec.Raw:
    """A value as JSON text."""
    return msgspec.Raw(_ENCODER.encode(value))


def document_of(work: Work, place: Place, entity: EntityType) -> dict[str, Any]:
    """The entity's own members; those without a value are left out, save a result time."""
    if place.entity == "Observation":
        return _observation(work, place.id)
    row = work.record(f"SELECT * FROM {TABLES[place.entity]} WHERE id = %s", place.id)
    document = {
        entry.name: _value(entry, row, place.entity)
        for entry in entity.properties.values()
        if not entry.is_computed
    }
    return {name: value for name, value in document.items() if value is not None}


def _value(entry: Property, row: Mapping[str, Any], entity: str) -> Any:
    if entry.shape is Shape.UNIT:
        return {part: row[f"unit_{part}"] for part in ("name", "symbol", "definition")}
    if entry.shape is Shape.UNITS:
        return _DECODER.decode(row["units"])
    if entry.shape is Shape.TEXTS:
        return _DECODER.decode(row["result_types"])
    if entry.shape is Shape.INSTANT:
        return format_instant(row["time"])
    column = "value" if entry.name == PLACES.get(entity) else COLUMNS.get(entry.name, entry.name)
    held = row[column]
    return _DECODER.decode(held) if column in JSON_COLUMNS and held is not None else held


def _observation(work: Work, key: int) -> dict[str, Any]:
    row = work.record("SELECT * FROM sensing_observation WHERE id = %s", key)
    document: dict[str, Any] = {
        "phenomenonTime": format_moment(row["started"], row["ended"]),
        "resultTime": None if row["result_time"] is None else format_instant(row["result_time"]),
        "result": _DECODER.decode(write_result(row["kind"], row["number"], row["result"])),
    }
    if row["valid_start"] is not None:
        document["validTime"] = format_moment(row["valid_start"], row["valid_end"])
    for name, column in (("parameters", "parameters"), ("resultQuality", "result_quality")):
        if row[column] is not None:
            document[name] = _DECODER.decode(row[column])
    return document


def apply_patch(document: Mapping[str, Any], operations: object) -> dict[str, Any]:
    """The document after every operation, in order.

    Raises: UnusableError, naming the operation, where one cannot be applied or its test fails.
    """
    here: Any = _DECODER.decode(_ENCODER.encode(document))
    for place, operation in enumerate(_read(operations)):
        at = f"[{place}]"
        try:
            here = _apply(here, operation)
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as fault:
            raise UnusableError(at, "it cannot be applied") from fault
        except (TypeError, AttributeError, KeyError, IndexError, ValueError) as fault:
            # The library trips over paths that lead into texts and numbers.
            raise UnusableError(at, "it cannot be applied") from fault
        if operation["op"] == "copy" and len(_ENCODER.encode(here)) > LARGEST:
            raise UnusableError(at, "the entity becomes too large")
    if not isinstance(here, dict):
        raise UnusableError("", "an entity is a JSON object")
    return here


def _apply(here: Any, operation: dict[str, Any]) -> Any:
    if operation["op"] == "test":
        found = jsonpointer.resolve_pointer(here, operation["path"])
        if not is_same(found, operation["value"]):
            raise jsonpatch.JsonPatchTestFailed(operation["path"])
        return here
    return jsonpatch.JsonPatch([operation]).apply(here, in_place=True)


def is_same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal; unlike in Python, true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(is_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(is_same, left, right))
    return bool(left == right)


def _read(operations: object) -> list[dict[str, Any]]:
    try:
        raw = operations if isinstance(operations, msgspec.Raw) else _ENCODER.encode(operations)
        sent: Any = _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        raise UnusableError("", "it is not JSON") from fault
    if not isinstance(sent, list) or len(sent) > MOST_OPERATIONS:
        raise UnusableError("", f"a patch is a list of at most {MOST_OPERATIONS} operations")
    for place, operation in enumerate(sent):
        if not _is_operation(operation):
            raise UnusableError(f"[{place}]", "it is not an operation of RFC 6902")
    return sent


def _is_operation(operation: Any) -> bool:
    if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
        return False
    name = operation.get("op")
    if not isinstance(name, str) or name not in OPERATIONS:
        return False
    if name in {"move", "copy"}:
        return isinstance(operation.get("from"), str)
    return name == "remove" or "value" in operation
