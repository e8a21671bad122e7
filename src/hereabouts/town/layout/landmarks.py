"""Land that is set aside before streets grow: the station and the market place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.layout.curves import at, heading, part
from hereabouts.town.layout.polygons import tidy
from hereabouts.town.layout.skeleton import RAIL_HALF_M, Skeleton
from hereabouts.town.values import Floats, Shape, Street, Style, Zone

DEPTH_M = 46.0
BEYOND_M = 175.0


@dataclass(frozen=True, slots=True)
class Station:
    """Where trains stop. `along` follows the line, `townward` leads to the market place."""

    middle: Floats
    along: Floats
    townward: Floats
    land: shapely.Polygon
    approach: Street


def find_station(skeleton: Skeleton) -> Station | None:
    """Beside the main road that crosses the railway nearest the market place."""
    if skeleton.railway is None:
        return None
    rail = shapely.LineString(skeleton.railway)
    best: tuple[float, float, Street] | None = None
    for street in skeleton.streets:
        if street.role == "radial":
            shared = shapely.get_coordinates(rail.intersection(shapely.LineString(street.line)))
            for point in shared:
                away = float(np.hypot(point[0], point[1]))
                if best is None or away < best[0]:
                    best = (away, float(rail.project(shapely.Point(point))), street)
    if best is None:
        return None
    start = best[1]
    middle = start + 0.6 * BEYOND_M
    along = heading(skeleton.railway, middle)
    townward = np.array([along[1], -along[0]])
    townward = townward if townward[1] < 0 else -townward
    run = part(skeleton.railway, start - 20.0, start + BEYOND_M)
    edge = run + townward * (RAIL_HALF_M + DEPTH_M)
    land = shapely.Polygon(np.vstack([run + townward * RAIL_HALF_M, edge[::-1]]))
    road = shapely.LineString(edge)
    halves = shapely.get_parts(road.difference(shapely.LineString(best[2].line).buffer(0.01)))
    approach = np.asarray(shapely.get_coordinates(max(halves, key=lambda g: g.length)))
    street = Street(approach, "unclassified", "collector", Style.STATION, name="Station Approach")
    return Station(at(skeleton.railway, np.array([middle]))[0], along, townward, land, street)


def set_aside(zones: list[Zone], skeleton: Skeleton, station: Station | None) -> list[Zone]:
    """Zones without the land of the station and the market place."""
    taken: Shape = skeleton.square.buffer(2.0)
    if station is not None:
        taken = taken.union(station.land)
    kept: list[Zone] = []
    for zone in zones:
        if not zone.polygon.intersects(taken):
            kept.append(zone)
            continue
        for polygon in tidy(zone.polygon.difference(taken), 1_500.0):
            kept.append(Zone(polygon, zone.style, zone.quality, zone.name, zone.place))
    return kept
