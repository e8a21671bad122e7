"""Features as GeoJSON: geometry written by shapely in one go, the rest by msgspec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

Values = Mapping[str, object]

DECIMALS = 7
"""Digits behind the point of a degree: about a centimetre, finer than any source we read."""


@dataclass(frozen=True)
class Feature:
    """A feature: its public id, its shape as well-known binary in WGS 84, its properties."""

    id: str
    geometry: bytes
    properties: Values


def encode_collection(features: Sequence[Feature], members: Mapping[str, object]) -> bytes:
    """A FeatureCollection; `members` stand beside `features`. Source: RFC 7946."""
    shapes = geometries([feature.geometry for feature in features])
    written = [_feature(feature, shape) for feature, shape in zip(features, shapes, strict=True)]
    return msgspec.json.encode({"type": "FeatureCollection", "features": written, **members})


def encode_feature(feature: Feature, members: Mapping[str, object]) -> bytes:
    """One feature; `members` stand beside its own."""
    (shape,) = geometries([feature.geometry])
    return msgspec.json.encode({**_feature(feature, shape), **members})


def _feature(feature: Feature, shape: msgspec.Raw) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": feature.id,
        "geometry": shape,
        "properties": feature.properties,
    }


def geometries(shapes: Sequence[bytes]) -> Iterable[msgspec.Raw]:
    """Well-known binary as GeoJSON geometries."""
    if not shapes:
        return []
    rounded = shapely.transform(shapely.from_wkb(shapes), _rounded)
    return [msgspec.Raw(text.encode()) for text in shapely.to_geojson(rounded)]


def _rounded(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(places, DECIMALS)
