"""What was read as bytes: JSON, data array, CSV, GeoJSON, one property, or a raw value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from hereabouts.sensing.adapters.sta.replies import TEXT, Reply, json_reply
from hereabouts.sensing.queries.reading import ESTIMATED, Answer
from hereabouts.standards.sensorthings.errors import FormatUnsuitable
from hereabouts.standards.sensorthings.formats.csv import list_columns, write_csv
from hereabouts.standards.sensorthings.formats.data_array import group_rows
from hereabouts.standards.sensorthings.formats.geojson import collect_features
from hereabouts.standards.sensorthings.model import DATASTREAM, MULTI_DATASTREAM, OBSERVATION
from hereabouts.standards.sensorthings.tree import (
    Ending,
    Metadata,
    Options,
    ResourcePath,
    ResultFormat,
)

NOTHING = Reply(204, b"", ())

_encoder = msgspec.json.Encoder()
_CSV = (b"content-type", b"text/csv; charset=utf-8; header=present")
_GEOJSON = (b"content-type", b"application/geo+json")


def shape(path: ResourcePath, options: Options, answer: Answer, base: str) -> Reply:
    """An answer about entities in the form that was asked for. Raises: FormatUnsuitable."""
    if options.metadata is Metadata.OFF:
        answer.next_link = None
    if path.ending is Ending.REFERENCES:
        return _json(path, options, answer, base)
    return _FORMATS[options.result_format](path, options, answer, base)


def shape_value(path: ResourcePath, value: Any, *, empties_null: bool) -> Reply:
    """A property, or its bare value; null is nothing where the setting says so."""
    if value is None and (empties_null or path.ending is Ending.VALUE):
        return NOTHING
    if path.ending is Ending.PROPERTY:
        name = "@iot.id" if path.leaf is None else path.text.rpartition("/")[2]
        return json_reply({name: value})
    if isinstance(value, msgspec.Raw) and bytes(value).startswith(b'"'):
        value = msgspec.json.decode(value)
    if isinstance(value, str):
        return Reply(200, value.encode(), (TEXT,))
    body = _encoder.encode(value)
    return json_reply(msgspec.Raw(body)) if body[:1] in b"{[" else Reply(200, body, (TEXT,))


def _json(path: ResourcePath, options: Options, answer: Answer, base: str) -> Reply:
    if path.is_entity:
        return json_reply(answer.entities[0])
    return json_reply({**_around(answer), "value": answer.entities})


def _around(answer: Answer) -> dict[str, object]:
    """What stands before the entities of a page."""
    around: dict[str, object] = {}
    if answer.count is not None:
        around["@iot.count"] = answer.count
        if answer.is_estimated:
            around[ESTIMATED] = True
    if answer.next_link is not None:
        around["@iot.nextLink"] = answer.next_link
    return around


def _data_array(path: ResourcePath, options: Options, answer: Answer, base: str) -> Reply:
    if path.entity is not OBSERVATION or path.is_entity:
        raise FormatUnsuitable("only sets of Observations have rows", path.text)
    streams = [
        (MULTI_DATASTREAM if is_multi else DATASTREAM, key) for key, is_multi in answer.streams
    ]
    rows = group_rows(zip(streams, answer.entities, strict=True), options, base)
    return json_reply({**_around(answer), "value": rows})


def _csv(path: ResourcePath, options: Options, answer: Answer, base: str) -> Reply:
    columns = list_columns(path.entity, options)
    return Reply(200, b"".join(write_csv([answer.entities], columns)), (_CSV,))


def _geojson(path: ResourcePath, options: Options, answer: Answer, base: str) -> Reply:
    collection = collect_features(
        answer.entities, path.entity, count=answer.count, next_link=answer.next_link
    )
    return Reply(200, _encoder.encode(collection), (_GEOJSON,))


_FORMATS: dict[ResultFormat, Callable[[ResourcePath, Options, Answer, str], Reply]] = {
    ResultFormat.JSON: _json,
    ResultFormat.DATA_ARRAY: _data_array,
    ResultFormat.CSV: _csv,
    ResultFormat.GEOJSON: _geojson,
}
