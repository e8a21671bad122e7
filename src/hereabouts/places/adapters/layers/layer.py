"""A layer as arrays, and its way into longitude and latitude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from hereabouts.places.adapters.projection import WGS_84, Places, is_projected, to_degrees
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.records import Finding
from hereabouts.places.errors import NotInNamedSystem, NotLongitudeLatitude

Shapes = npt.NDArray[np.object_]


@dataclass(kw_only=True)
class Layer:
    """Features of one file: values by field, shapes (None where there is none), and their system.

    `system` is empty where the file does not say; `unreadable` are the places of features whose
    shape is there but cannot be read.
    """

    name: str
    fields: Sequence[str]
    values: Mapping[str, Sequence[object]]
    shapes: Shapes
    system: str = ""
    unreadable: frozenset[int] = field(default_factory=frozenset)

    def text(self, name: str, place: int) -> str:
        """A value as text without blanks around it; nothing for an empty one."""
        value = self.values[name][place]
        if value is None or value is np.nan:
            return ""
        if isinstance(value, float | np.floating) and float(value).is_integer():
            return str(int(value))
        return " ".join(str(value).split())


def in_degrees(layer: Layer, findings: Findings, system: str = "") -> Shapes:
    """The layer's shapes in two dimensions and WGS 84; None for those with impossible coordinates.

    `system` overrides what the file says. Raises: NotLongitudeLatitude when coordinates are
    evidently not degrees and nobody says what they are; NotInNamedSystem when they evidently are
    degrees and are said to be something else.
    """
    shapes = shapely.force_2d(layer.shapes)
    for place in sorted(layer.unreadable):
        findings.add(Finding("geometry.unreadable", _feature(layer, place)))
    shapes = _without(shapes, ~_are_finite(shapes), layer, findings)
    said = system or layer.system
    if not said:
        _refuse_projected(layer.name, shapes)
    elif is_projected(said):
        _refuse_degrees(layer.name, shapes, said)
    shapes = _moved(shapes, said or WGS_84)
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        off = ~(
            (bounds[:, 0] >= -180)
            & (bounds[:, 1] >= -90)
            & (bounds[:, 2] <= 180)
            & (bounds[:, 3] <= 90)
        )
    off &= ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if said and off.any() and off.sum() * 2 > len(off):
        first = shapely.get_coordinates(layer.shapes[off][0])[0]
        raise NotLongitudeLatitude(name=layer.name, first=f"{first[0]:g}, {first[1]:g}")
    return _without(shapes, off, layer, findings)


def _moved(shapes: Shapes, system: str) -> Shapes:
    def move(places: Places) -> Places:
        return to_degrees(places, system)

    moved: Shapes = shapely.transform(shapes, move)
    return moved


def _are_finite(shapes: Shapes) -> npt.NDArray[np.bool_]:
    places, owners = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[owners[~np.isfinite(places).all(axis=1)]] = False
    return finite


def _without(
    shapes: Shapes, wrong: npt.NDArray[np.bool_], layer: Layer, findings: Findings
) -> Shapes:
    for place in np.flatnonzero(wrong):
        findings.add(Finding("geometry.not_on_the_map", _feature(layer, int(place))))
    kept = shapes.copy()
    kept[wrong] = None
    return kept


def _refuse_projected(name: str, shapes: Shapes) -> None:
    places = shapely.get_coordinates(shapes)
    outside = (np.abs(places[:, 0]) > 180) | (np.abs(places[:, 1]) > 90)
    if outside.sum() * 2 > len(outside):
        first = places[outside][0]
        raise NotLongitudeLatitude(name=name, first=f"{first[0]:g}, {first[1]:g}")


def _refuse_degrees(name: str, shapes: Shapes, system: str) -> None:
    places = shapely.get_coordinates(shapes)
    if len(places) and (np.abs(places) <= (180, 90)).all():
        first = f"{places[0, 0]:g}, {places[0, 1]:g}"
        raise NotInNamedSystem(name=name, first=first, crs=system[:80])


def _feature(layer: Layer, place: int) -> str:
    return f"{layer.name}, feature {place + 1}"
