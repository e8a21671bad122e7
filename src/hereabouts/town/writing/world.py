"""Puts the finished town on the globe: turned, placed offshore, and given coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.values import Floats, Shape

ORIGIN_EASTING_M = 626_000.0
ORIGIN_NORTHING_M = 528_000.0
"""Open sea over the Dogger Bank, within the National Grid and far from any real street."""

_GRID_TO_WGS84 = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 "
    "+y_0=-100000 +ellps=airy +step +proj=push +v_3 +step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 "
    "+s=-20.489 +convention=position_vector +step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
"""EPSG operation 1314, spelt out so that no grid file on the machine changes the output."""


@dataclass(frozen=True, slots=True)
class World:
    """The way from local metres to the National Grid and to longitude and latitude."""

    turn: float
    _transformer: pyproj.Transformer

    def grid(self, points: Floats) -> Floats:
        """Easting and northing in EPSG:27700, shape (points, 2)."""
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        x = points[:, 0] * cosine - points[:, 1] * sine
        y = points[:, 0] * sine + points[:, 1] * cosine
        return np.column_stack([ORIGIN_EASTING_M + x, ORIGIN_NORTHING_M + y])

    def degrees(self, points: Floats) -> Floats:
        """Longitude and latitude to seven places, shape (points, 2)."""
        grid = self.grid(points)
        lon, lat = self._transformer.transform(grid[:, 0], grid[:, 1])
        return np.round(np.column_stack([lon, lat]), 7)

    def shape(self, geometry: Shape) -> Shape:
        """A geometry in longitude and latitude."""
        return shapely.transform(geometry, self.degrees)


def world_for(dice: Dice) -> World:
    """The world of one town: which way its river runs is drawn by lot."""
    turn = float(dice.stream("world").uniform(0.0, 2.0 * np.pi))
    return World(turn, pyproj.Transformer.from_pipeline(_GRID_TO_WGS84))
