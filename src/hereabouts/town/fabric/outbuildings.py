"""Garages and sheds at the ends of gardens: buildings that have no address."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.buildings import Building
from hereabouts.town.fabric.footprints import ROAD_CLEAR_M, first_come
from hereabouts.town.fabric.frontages import Slots
from hereabouts.town.layout.network import Network
from hereabouts.town.values import Flags, Shapes, Style, Zone

SHARE = {Style.TERRACE: 0.03, Style.VILLA: 0.2, Style.SEMI: 0.14, Style.POSTWAR: 0.06,
         Style.MODERN: 0.08, Style.VILLAGE: 0.15, Style.CENTRE: 0.04}  # fmt: skip
SIZE_M = (3.1, 5.6)


def add_outbuildings(
    built: tuple[Slots, Flags, Shapes], network: Network, zones: list[Zone], dice: Dice
) -> list[Building]:
    """A garage behind some of the houses that stand, where there is room."""
    slots, alive, shapes = built
    rng = dice.stream("outbuildings")
    styles = [zones[s.zone].style for s in slots.sections]
    share = np.array([SHARE.get(style, 0.0) for style in styles])[slots.section]
    rows = np.flatnonzero(alive & (rng.random(len(alive)) < share))
    plots = [s.plot for s in slots.sections]
    depth = np.array([p.depth_m for p in plots])[slots.section[rows]]
    width = np.array([p.width_m for p in plots])[slots.section[rows]]
    side = np.where(rng.random(len(rows)) < 0.5, 0.5, -0.5) * (width - SIZE_M[0])
    back = depth * 1.1 + rng.uniform(4.0, 9.0, len(rows))
    middle = (slots.front[rows] + slots.along[rows] * side[:, None]
              + slots.away[rows] * back[:, None])  # fmt: skip
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]) * np.array(SIZE_M)
    points = (
        middle[:, None, :]
        + corners[None, :, 0, None] * slots.along[rows][:, None, :]
        + corners[None, :, 1, None] * slots.away[rows][:, None, :]
    )
    sheds = shapely.polygons(points)
    owner = np.array([s.zone for s in slots.sections], dtype=np.int64)[slots.section[rows]]
    land = np.array([z.polygon for z in zones], dtype=object)[owner]
    clear = np.asarray(shapely.contains_properly(land, sheds))
    lines = shapely.STRtree([shapely.LineString(s.line) for s in network.streets])
    clear[lines.query(sheds, predicate="dwithin", distance=ROAD_CLEAR_M)[0]] = False
    sheds, owner, middle = sheds[clear], owner[clear], middle[clear]
    houses = shapes[alive]
    free = first_come(np.concatenate([houses, sheds]))[len(houses) :]
    return [
        Building(shed, x, y, "garage" if k % 4 else "shed", 0, 1, int(zone))
        for k, (shed, (x, y), zone) in enumerate(
            zip(sheds[free], middle[free].tolist(), owner[free], strict=True)
        )
    ]
