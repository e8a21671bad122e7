"""What stands on the land kept for schools, parks, hospitals, shops and the like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.buildings import Building
from hereabouts.town.layout.curves import length_m, pieces
from hereabouts.town.layout.network import Network
from hereabouts.town.layout.polygons import box_of, polygons_in
from hereabouts.town.naming.sites import SiteNames
from hereabouts.town.values import Floats, Patch, Shape, Spot, Street, Style, Tags, Zone


@dataclass(slots=True)
class Works:
    """What has been put on sites so far."""

    buildings: list[Building] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    ways: list[Street] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Site:
    """A site seen from its gate: `ahead` leads from the street into the land."""

    zone: Zone
    index: int
    gate: Floats
    centre: Floats
    ahead: Floats
    depth_m: float
    width_m: float
    inner: Shape

    def point(self, right: float, forward: float) -> Floats:
        """A point in shares of half the width and half the depth, the middle being (0, 0)."""
        side = np.array([self.ahead[1], -self.ahead[0]])
        return (
            self.centre + side * right * self.width_m / 2 + self.ahead * forward * self.depth_m / 2
        )

    def box(self, where: tuple[float, float], size_m: tuple[float, float]) -> shapely.Polygon:
        """A rectangle of width along the street and depth, round a point in shares."""
        middle = self.point(*where)
        side = np.array([self.ahead[1], -self.ahead[0]]) * size_m[0] / 2
        deep = self.ahead * size_m[1] / 2
        corners = [middle - side - deep, middle + side - deep, middle + side + deep,
                   middle - side + deep]  # fmt: skip
        return shapely.Polygon(corners)


def furnish(network: Network, zones: list[Zone], names: SiteNames, dice: Dice) -> Works:
    """Put up everything on the kept sites."""
    rng = dice.stream("furnish")
    works = Works()
    lines = [shapely.LineString(s.line) for s in network.streets if s.role != "bypass"]
    tree = shapely.STRtree(lines)
    for index, zone in enumerate(zones):
        maker = MAKERS.get(zone.style)
        if maker is not None:
            maker(_plan(index, zone, tree), works, names, rng)
    return works


def _plan(index: int, zone: Zone, tree: shapely.STRtree) -> Site:
    box = box_of(zone.polygon)
    middle = zone.polygon.centroid
    nearest = int(np.asarray(tree.nearest(middle)))
    gate = shapely.get_coordinates(shapely.shortest_line(tree.geometries[nearest], middle))[0]
    normal = np.array([-box.axis[1], box.axis[0]])
    towards = box.centre - gate
    sides = [(box.axis, box.length_m, box.width_m), (-box.axis, box.length_m, box.width_m),
             (normal, box.width_m, box.length_m), (-normal, box.width_m, box.length_m)]  # fmt: skip
    ahead, depth, width = max(sides, key=lambda s: float(s[0] @ towards) / s[1])
    inner = zone.polygon.buffer(-5.0)
    shapely.prepare(inner)
    return Site(zone, index, gate, box.centre, ahead, depth, width, inner)


def _put(plan: Site, works: Works, shape: Shape, tags: Tags) -> bool:
    """A building, where the land has room for it and nothing stands there yet."""
    if not isinstance(shape, shapely.Polygon) or not plan.inner.covers(shape):
        return False
    recent = works.buildings[-12:]
    if any(b.zone == plan.index and b.polygon.distance(shape) < 2.0 for b in recent):
        return False
    middle = shape.centroid
    levels = int(tags.get("building:levels", "1"))
    works.buildings.append(
        Building(shape, middle.x, middle.y, tags["building"], 0, levels, plan.index, tags=tags)
    )
    return True


def _lay(plan: Site, works: Works, shape: Shape, tags: Tags) -> None:
    """An area within the site."""
    for part in polygons_in(shape.intersection(plan.inner), 60.0):
        works.patches.append(Patch(part, tags))


def _whole(plan: Site, works: Works, tags: Tags) -> None:
    works.patches.append(Patch(plan.zone.polygon, tags))


def _drive(plan: Site, works: Works, to: Floats, tags: Tags) -> None:
    """A service road from the gate."""
    line = np.array([plan.gate, to])
    works.ways.append(Street(line, "service", "service", tags=tags))


def _school(plan: Site, works: Works, names: SiteNames, rng: np.random.Generator) -> None:
    large = plan.zone.polygon.area > 45_000.0
    name = names.school(plan.zone, secondary=large)
    _whole(plan, works, {"amenity": "school", "name": name})
    front = -0.5
    for size in (
        ((78.0, 40.0), (56.0, 30.0), (38.0, 24.0)) if large else ((46.0, 26.0), (32.0, 20.0))
    ):
        body = plan.box((0.0, front), size)
        court = plan.box((0.0, front), (size[0] * 0.3, size[1] * 0.4))
        tags = {"building": "school", "building:levels": "2" if large else "1"}
        if _put(plan, works, body.difference(court) if not large else body, tags):
            break
        if _put(plan, works, body, tags):
            break
    if large:
        for right in (-0.55, 0.55):
            _put(plan, works, plan.box((right, -0.35), (30.0, 18.0)),
                 {"building": "school", "building:levels": "2"})  # fmt: skip
    _lay(plan, works, plan.box((0.62, -0.75), (36.0, 20.0)),
         {"amenity": "parking", "access": "private", "surface": "asphalt"})  # fmt: skip
    _lay(plan, works, plan.box((0.0, -0.05), (44.0, 24.0)),
         {"leisure": "schoolyard" if not large else "pitch", "surface": "asphalt"})  # fmt: skip
    size = (96.0, 60.0) if large else (54.0, 34.0)
    for right in (-0.42, 0.42) if large else (0.0,):
        _lay(plan, works, plan.box((right, 0.55), size),
             {"leisure": "pitch", "sport": "soccer", "surface": "grass"})  # fmt: skip
    _drive(plan, works, plan.point(0.5, -0.7), {"service": "driveway", "access": "private"})


def _hospital(plan: Site, works: Works, names: SiteNames, rng: np.random.Generator) -> None:
    _whole(plan, works, {"amenity": "hospital", "name": names.hospital(), "emergency": "yes"})
    for right in (-0.5, 0.0, 0.5):
        for forward in (-0.25, 0.15, 0.55):
            size = (float(rng.uniform(30, 48)), float(rng.uniform(16, 24)))
            _put(plan, works, plan.box((right, forward), size),
                 {"building": "hospital", "building:levels": str(rng.integers(2, 6))})  # fmt: skip
    _lay(plan, works, plan.box((0.0, -0.68), (plan.width_m * 0.7, 34.0)),
         {"amenity": "parking", "fee": "yes", "surface": "asphalt"})  # fmt: skip
    _drive(plan, works, plan.point(0.0, -0.5), {"access": "customers"})
    works.ways.append(
        Street(np.array([plan.point(-0.75, -0.5), plan.point(0.75, -0.5)]), "service", "service")
    )


def _retail(plan: Site, works: Works, names: SiteNames, rng: np.random.Generator) -> None:
    name = names.retail_park(plan.zone)
    _whole(plan, works, {"landuse": "retail", "name": name})
    kinds = ["supermarket", "doityourself", "furniture", "electronics", "clothes", "pets"]
    for k, right in enumerate((-0.66, -0.33, 0.0, 0.33, 0.66)):
        width = plan.width_m * 0.155
        _put(plan, works, plan.box((right, 0.5), (width, min(48.0, plan.depth_m * 0.3))),
             {"building": "retail", "shop": kinds[int(rng.integers(len(kinds))) if k else 0],
              "building:levels": "1"})  # fmt: skip
    _lay(plan, works, plan.box((0.0, -0.25), (plan.width_m * 0.72, plan.depth_m * 0.36)),
         {"amenity": "parking", "parking": "surface", "surface": "asphalt"})  # fmt: skip
    _drive(plan, works, plan.point(0.0, -0.25), {})
    for forward in (-0.42, -0.25, -0.08):
        works.ways.append(
            Street(np.array([plan.point(-0.6, forward), plan.point(0.6, forward)]), "service",
                   "service", tags={"service": "parking_aisle"})
        )  # fmt: skip
    for right in (-0.6, 0.6):
        works.ways.append(
            Street(np.array([plan.point(right, -0.42), plan.point(right, -0.08)]), "service",
                   "service", tags={"service": "parking_aisle"})
        )  # fmt: skip


def _park(plan: Site, works: Works, names: SiteNames, rng: np.random.Generator) -> None:
    area = plan.zone.polygon.area
    kind = "park" if area > 32_000.0 else "recreation_ground"
    tags = {"leisure": "park"} if kind == "park" else {"landuse": "recreation_ground"}
    _whole(plan, works, {**tags, "name": names.park(plan.zone, area)})
    _rim_path(plan, works, 12.0)
    works.ways.append(_foot(plan, (0.05, -0.97), (-0.05, 0.97)))
    if area > 32_000.0:
        works.ways.append(_foot(plan, (-0.97, 0.1), (0.97, -0.1)))
        pond = shapely.Point(plan.point(-0.4, 0.35)).buffer(min(40.0, 0.09 * area**0.5))
        _lay(plan, works, pond, {"natural": "water", "water": "pond"})
    _lay(plan, works, plan.box((0.5, -0.45), (28.0, 20.0)), {"leisure": "playground"})
    _lay(plan, works, plan.box((0.4, 0.45), (90.0, 56.0) if area > 32_000.0 else (56.0, 36.0)),
         {"leisure": "pitch", "sport": "soccer", "surface": "grass"})  # fmt: skip
    _trees(plan, works, max(8, int(area / 1_100.0)), rng)


def _allotments(plan: Site, works: Works, names: SiteNames, rng: np.random.Generator) -> None:
    _whole(plan, works, {"landuse": "allotments", "name": names.allotments(plan.zone)})
    for right in (-0.5, 0.0, 0.5):
        works.ways.append(_foot(plan, (right, -0.9), (right, 0.9), {"surface": "grass"}))
        for forward in (-0.6, -0.2, 0.2, 0.6):
            if rng.random() < 0.55:
                shed = plan.box((right + 0.06 + 6.0 / plan.width_m, forward), (3.2, 2.4))
                _put(plan, works, shed, {"building": "shed"})


def _cemetery(plan: Site, works: Works, names: SiteNames, rng: np.random.Generator) -> None:
    _whole(plan, works, {"landuse": "cemetery", "name": names.cemetery(plan.zone)})
    nave = plan.box((0.0, -0.15), (9.0, 20.0))
    _put(plan, works, nave, {"building": "chapel", "amenity": "place_of_worship",
                             "religion": "christian"})  # fmt: skip
    for right in (-0.55, 0.14, 0.55):
        works.ways.append(_foot(plan, (right, -0.9), (right, 0.9), {"surface": "gravel"}))
    works.ways.append(_foot(plan, (-0.9, 0.2), (0.9, 0.2), {"surface": "gravel"}))
    _trees(plan, works, int(plan.zone.polygon.area / 1_500.0), rng)


def _foot(
    plan: Site, start: tuple[float, float], end: tuple[float, float], tags: Tags | None = None
) -> Street:
    line = shapely.LineString([plan.point(*start), plan.point(*end)])
    found = pieces(line.intersection(plan.zone.polygon.buffer(3.0)), 5.0)
    best = max(found, key=length_m, default=np.vstack([plan.gate, plan.centre]))
    return Street(best, "footway", "path", tags=tags or {"surface": "asphalt"})


def _rim_path(plan: Site, works: Works, inside_m: float) -> None:
    for rim in polygons_in(plan.zone.polygon.buffer(-inside_m).buffer(-8).buffer(8), 2_000.0)[:1]:
        line = np.asarray(shapely.get_coordinates(rim.exterior.simplify(1.5)))
        works.ways.append(Street(line, "footway", "path", tags={"surface": "asphalt"}))


def _trees(plan: Site, works: Works, count: int, rng: np.random.Generator) -> None:
    west, south, east, north = plan.zone.polygon.bounds
    spots = rng.uniform((west, south), (east, north), (count * 3, 2))
    spots = spots[shapely.contains_xy(plan.inner, spots[:, 0], spots[:, 1])][:count]
    for x, y in spots.tolist():
        works.spots.append(Spot(x, y, {"natural": "tree"}))


Maker = Callable[[Site, Works, SiteNames, np.random.Generator], None]

MAKERS: dict[Style, Maker] = {
    Style.SCHOOL: _school,
    Style.HOSPITAL: _hospital,
    Style.RETAIL: _retail,
    Style.PARK: _park,
    Style.ALLOTMENTS: _allotments,
    Style.CEMETERY: _cemetery,
}
