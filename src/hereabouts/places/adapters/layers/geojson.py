"""Reads GeoJSON ourselves: strict about its form, forgiving about one bad feature."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import numpy as np
import shapely

from hereabouts.places.adapters.layers.layer import Layer
from hereabouts.places.adapters.projection import WGS_84, named_system
from hereabouts.places.adapters.unpacking import Opened
from hereabouts.places.errors import FileDamaged, FileTooLarge, WrongKindOfFile

MAX_GIGABYTES = 2
MAX_FEATURES = 2_000_000
PIECE = 1 << 20
_NULL = msgspec.Raw(b"null")
_NOT_JSON = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b')
"""Texts, and the numbers that JavaScript knows and JSON does not."""


class _Feature(msgspec.Struct):
    type: str = ""
    geometry: msgspec.Raw = _NULL
    properties: dict[str, Any] | None = None  # Any: JSON values of any sort


class _Collection(msgspec.Struct):
    type: str = ""
    features: list[_Feature] = []
    crs: Any = None  # Any: a member that the standard has dropped, in any shape


class _LooseCollection(msgspec.Struct):
    type: str = ""
    features: list[msgspec.Raw] = []
    crs: Any = None  # Any: as above


_UNREADABLE = _Feature(geometry=msgspec.Raw(b'"unreadable"'))
"""Stands where something else than a feature stood: its shape cannot be read."""

_decoder = msgspec.json.Decoder(_Collection)
_loose_decoder = msgspec.json.Decoder(_LooseCollection)
_feature_decoder = msgspec.json.Decoder(_Feature)


def read_geojson(opened: Opened) -> Layer:
    """Read a feature collection.

    Raises: WrongKindOfFile for other JSON, FileDamaged for broken JSON, FileTooLarge.
    """
    collection = _decode(_whole(opened).removeprefix(b"\xef\xbb\xbf"), opened.name)
    if collection.type != "FeatureCollection" or len(collection.features) > MAX_FEATURES:
        raise WrongKindOfFile(name=opened.name, expected="a GeoJSON feature collection")
    shapes, unreadable = _shapes(collection.features)
    names = list(
        dict.fromkeys(name for one in collection.features for name in one.properties or ())
    )
    values = {
        name: [(feature.properties or {}).get(name) for feature in collection.features]
        for name in names
    }
    return Layer(
        name=opened.name,
        fields=names,
        values=values,
        shapes=shapes,
        system=_system(collection.crs),
        unreadable=unreadable,
    )


def _whole(opened: Opened) -> bytes:
    # Piece by piece: asked for two gigabytes at once, Python makes room for all of them.
    pieces, total = [], 0
    while piece := opened.stream.read(PIECE):
        pieces.append(piece)
        total += len(piece)
        if total > MAX_GIGABYTES * 1_000_000_000:
            raise FileTooLarge(name=opened.name, limit=MAX_GIGABYTES)
    return b"".join(pieces)


def _decode(content: bytes, name: str) -> _Collection:
    try:
        return _decoder.decode(content)
    except (msgspec.ValidationError, RecursionError):
        return _decode_loosely(content, name)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_mended(content, name)


def _decode_loosely(content: bytes, name: str) -> _Collection:
    """Read again feature by feature, so that only those that are none are lost."""
    try:
        loose = _loose_decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise WrongKindOfFile(name=name, expected="a GeoJSON feature collection") from fault
    return _Collection(loose.type, [_feature(raw) for raw in loose.features], loose.crs)


def _feature(raw: msgspec.Raw) -> _Feature:
    try:
        return _feature_decoder.decode(raw)
    except (msgspec.ValidationError, RecursionError):
        return _UNREADABLE


def _decode_mended(content: bytes, name: str) -> _Collection:
    """Read again with null in place of NaN and Infinity, so that only their features are lost."""
    mended = _NOT_JSON.sub(lambda found: found[0] if found[0][:1] == b'"' else b"null", content)
    try:
        return _decoder.decode(mended)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        reason = "it is not valid JSON" if content.rstrip().endswith(b"}") else "it breaks off"
        raise FileDamaged(name=name, reason=reason) from fault


def _shapes(features: list[_Feature]) -> tuple[Any, frozenset[int]]:  # Any: array of shapes
    texts = np.array([bytes(feature.geometry) for feature in features], dtype=object)
    absent = np.array([text == b"null" for text in texts], dtype=bool)
    texts[absent] = None
    with np.errstate(all="ignore"):
        shapes = shapely.from_geojson(texts, on_invalid="ignore")
    unreadable = np.flatnonzero(shapely.is_missing(shapes) & ~absent)
    return shapes, frozenset(int(place) for place in unreadable)


def _system(crs: object) -> str:
    """The system a file declares in the old way, WGS 84 where it says nothing it can mean."""
    if isinstance(crs, dict) and isinstance(properties := crs.get("properties"), dict):
        if isinstance(name := properties.get("name"), str):
            system = named_system(name)
            # Writers who name EPSG:4326 here still write longitude first, as the standard asks.
            return WGS_84 if system == "EPSG:4326" else system
    return ""
