"""Turns coordinates of any system into longitude and latitude; never asks the network for grids."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
from pyproj.exceptions import CRSError
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # stub forgets it

from hereabouts.kernel.geometry import Box
from hereabouts.places.errors import UnknownCoordinateSystem

set_network_enabled(False)

BRITISH_GRID = "EPSG:27700"
WGS_84 = "OGC:CRS84"
_EPSG = re.compile(r"(?:.*EPSG[:/]+(?:[0-9.]*[:/]+)?)?([0-9]{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r".*CRS:?84", re.IGNORECASE)
_LONGEST = 10_000
DECIMALS = 7
"""About a centimetre: finer digits are noise of the projection, and change with its version."""

Places = npt.NDArray[np.float64]


def named_system(name: str) -> str:
    """The system that a file or an operator names, as `EPSG:number` or `OGC:CRS84`.

    Takes `EPSG:27700`, `27700`, the URNs and addresses of the OGC. Raises: UnknownCoordinateSystem.
    """
    if _CRS84.fullmatch(name.strip()):
        return WGS_84
    found = _EPSG.fullmatch(name.strip())
    if found is None:
        raise UnknownCoordinateSystem(crs=name[:80])
    return _known(f"EPSG:{found[1]}", name)


def described_system(text: str) -> str:
    """The system that a layer describes by name or in well-known text.

    Raises: UnknownCoordinateSystem.
    """
    if len(text) < _LONGEST and _EPSG.fullmatch(text.strip()):
        return named_system(text)
    return _known(text, text)


def _known(definition: str, name: str) -> str:
    try:
        if len(definition) > _LONGEST:
            raise UnknownCoordinateSystem(crs=name[:80])
        pyproj.CRS.from_string(definition)
    except CRSError as fault:
        raise UnknownCoordinateSystem(crs=name[:80]) from fault
    return definition


@lru_cache(maxsize=16)
def _transformer(system: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(
        pyproj.CRS.from_string(system), pyproj.CRS.from_string(WGS_84), always_xy=True
    )


@lru_cache(maxsize=64)
def is_degrees(system: str) -> bool:
    """Whether coordinates in this system already are WGS 84 longitude and latitude."""
    return bool(pyproj.CRS.from_string(system).equals(WGS_84, ignore_axis_order=True))


@lru_cache(maxsize=64)
def is_projected(system: str) -> bool:
    """Whether coordinates in this system are lengths on a plane, not degrees."""
    return bool(pyproj.CRS.from_string(system).is_projected)


def box_in(box: Box, system: str) -> tuple[float, float, float, float]:
    """The sides of a WGS 84 box in another system: west, south, east, north, all of it inside."""
    west, south, east, north = _transformer(system).transform_bounds(
        box.west, box.south, box.east, box.north, direction="INVERSE"
    )
    return west, south, east, north


def to_degrees(places: Places, system: str) -> Places:
    """Longitude and latitude of places, to a centimetre; what cannot be placed is infinite.

    Shape `(n, 2)` in and out; x before y whatever the system's own order.
    """
    if is_degrees(system):
        return np.round(places, DECIMALS)
    lon, lat = _transformer(system).transform(places[:, 0], places[:, 1])
    return np.round(np.column_stack((lon, lat)), DECIMALS)
