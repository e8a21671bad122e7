"""Buildings there is one of: the station, the town hall, churches and farms."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.buildings import Building
from hereabouts.town.fabric.sites import Works
from hereabouts.town.layout.countryside import farm_sites
from hereabouts.town.layout.landmarks import Station
from hereabouts.town.layout.network import Network
from hereabouts.town.layout.polygons import largest_in
from hereabouts.town.layout.skeleton import Skeleton
from hereabouts.town.naming.sites import SiteNames
from hereabouts.town.values import HOMES, Floats, Patch, Shape, Spot, Street, Style, Tags, Zone

RESIDENTS_PER_CHURCH = 4_500
CHURCHYARD_M = (46.0, 34.0)


def block(middle: Floats, along: Floats, size_m: tuple[float, float]) -> shapely.Polygon:
    """A rectangle of length `along` and depth across."""
    side = along * size_m[0] / 2
    deep = np.array([-along[1], along[0]]) * size_m[1] / 2
    return shapely.Polygon(
        [middle - side - deep, middle + side - deep, middle + side + deep, middle - side + deep]
    )


def place(works: Works, shape: shapely.Polygon, tags: Tags, zone: int = -1) -> None:
    """Put up one building."""
    middle = shape.centroid
    levels = int(tags.get("building:levels", "2"))
    works.buildings.append(
        Building(shape, middle.x, middle.y, tags["building"], 0, levels, zone, tags=tags)
    )


def build_station(station: Station, name: str, works: Works) -> None:
    """Booking hall, platforms and forecourt."""
    hall = station.middle + station.townward * 22.0
    place(
        works,
        block(hall, station.along, (44.0, 10.0)),
        {"building": "train_station", "name": f"{name} Station", "building:levels": "2"},
    )
    yard = station.middle + station.townward * 43.0
    works.patches.append(
        Patch(largest_in(block(yard, station.along, (90.0, 22.0)).intersection(station.land)),
              {"amenity": "parking", "fee": "yes", "surface": "asphalt"})
    )  # fmt: skip
    for off in (7.5, -7.5):
        middle = station.middle + station.townward * off
        works.patches.append(
            Patch(block(middle, station.along, (150.0, 5.0)),
                  {"railway": "platform", "public_transport": "platform"})
        )  # fmt: skip
    works.spots.append(
        Spot(float(station.middle[0]), float(station.middle[1]),
             {"railway": "station", "public_transport": "station", "train": "yes",
              "name": name})
    )  # fmt: skip
    drive = np.vstack([yard - station.along * 20.0, yard + station.townward * 16.0])
    works.ways.append(Street(drive, "service", "service"))


def build_square(skeleton: Skeleton, works: Works) -> None:
    """The market place with its cross and the town hall at its wide end."""
    square = skeleton.square
    works.patches.append(
        Patch(square, {"highway": "pedestrian", "area": "yes", "place": "square",
                       "name": "Market Place", "surface": "paving_stones"})
    )  # fmt: skip
    corners = np.asarray(shapely.get_coordinates(square))[:-1]
    far = corners[np.argsort(np.hypot(*corners.T))[-2:]]
    middle = far.mean(axis=0)
    along = (far[1] - far[0]) / max(1.0, float(np.hypot(*(far[1] - far[0]))))
    centre = square.centroid
    inward = np.array([centre.x, centre.y]) - middle
    inward = inward / max(1.0, float(np.hypot(*inward)))
    width = max(12.0, min(30.0, 0.6 * float(np.hypot(*(far[1] - far[0])))))
    place(
        works,
        block(middle + inward * 9.0, along, (width, 13.0)),
        {"building": "civic", "amenity": "townhall", "name": "Town Hall", "building:levels": "3"},
    )
    works.spots.append(Spot(centre.x, centre.y, {"historic": "monument", "name": "Market Cross"}))
    for step in (-7.0, 7.0):
        works.spots.append(Spot(centre.x + step, centre.y + 2.0, {"amenity": "bench"}))


def build_churches(
    network: Network, zones: list[Zone], works: Works, setting: tuple[int, float, SiteNames, Dice]
) -> list[shapely.Polygon]:
    """Churches in their yards, nave to the east; returns the yards."""
    residents, turn, names, dice = setting
    rng = dice.stream("churches")
    east = np.array([np.cos(-turn), np.sin(-turn)])
    tree = shapely.STRtree([shapely.LineString(s.line) for s in network.streets])
    town = [i for i, z in enumerate(zones) if z.style in HOMES and not z.place]
    first = [i for i in town if zones[i].style is Style.CENTRE][:1]
    count = max(1, round(residents / RESIDENTS_PER_CHURCH))
    spread = [town[k] for k in np.linspace(0, len(town) - 1, count).astype(int)] if town else []
    villages = {z.place: i for i, z in enumerate(zones) if z.place}
    yards: list[shapely.Polygon] = []
    for index in [*first, *spread, *villages.values()]:
        yard = _yard(zones[index].polygon, east, tree, rng)
        if yard is None or any(yard.intersects(other) for other in yards):
            continue
        yards.append(yard)
        works.patches.append(Patch(yard, {"landuse": "churchyard"}))
        middle = np.asarray(shapely.get_coordinates(yard.centroid))[0]
        place(
            works,
            _church(middle, east),
            {
                "building": "church",
                "amenity": "place_of_worship",
                "religion": "christian",
                "name": names.church(),
            },
            index,
        )
        for off in ((-19.0, 12.0), (18.0, -13.0), (20.0, 12.0)):
            x, y = (middle + east * off[0] + np.array([-east[1], east[0]]) * off[1]).tolist()
            works.spots.append(Spot(x, y, {"natural": "tree", "species": "Taxus baccata"}))
    return yards


def _yard(
    land: shapely.Polygon, east: Floats, tree: shapely.STRtree, rng: np.random.Generator
) -> shapely.Polygon | None:
    inner = land.buffer(-6.0)
    if inner.is_empty:
        return None
    west, south, right, north = inner.bounds
    for x, y in rng.uniform((west, south), (right, north), (60, 2)):
        yard = block(np.array([x, y]), east, CHURCHYARD_M)
        if not inner.covers(yard):
            continue
        near = tree.query(yard, predicate="dwithin", distance=26.0)
        if len(near) and not len(tree.query(yard, predicate="dwithin", distance=6.5)):
            return yard
    return None


def _church(middle: Floats, east: Floats) -> shapely.Polygon:
    """Nave, chancel and a west tower."""
    nave = block(middle, east, (22.0, 11.0))
    chancel = block(middle + east * 14.0, east, (9.0, 7.0))
    tower = block(middle - east * 13.0, east, (6.5, 6.5))
    return largest_in(shapely.union_all([nave, chancel, tower]))


def build_farms(network: Network, free: Shape, works: Works, dice: Dice) -> None:
    """A house and barns round a yard, and the track to the lane."""
    rng = dice.stream("farmyards")
    lanes = [s.line for s in network.streets if s.role in ("lane", "radial")]
    shapely.prepare(free)
    for middle, towards in farm_sites(lanes, dice):
        yard = shapely.Point(middle).buffer(34.0, quad_segs=3)
        if not free.covers(yard.buffer(12.0)):
            continue
        along = np.array([-towards[1], towards[0]])
        works.patches.append(Patch(yard, {"landuse": "farmyard"}))
        for off, size, kind in (
            ((-16.0, 14.0), (13.0, 9.0), "farm"), ((14.0, 10.0), (26.0, 11.0), "barn"),
            ((-10.0, -15.0), (20.0, 12.0), "farm_auxiliary"),
            ((15.0, -12.0), (14.0, 9.0), "barn"),
        ):  # fmt: skip
            if kind == "barn" and rng.random() < 0.3:
                continue
            spot = middle + along * off[0] + towards * off[1]
            place(works, block(spot, along, size), {"building": kind, "building:levels": "1"})
        gap = min(float(np.hypot(*(line - middle).T).min()) for line in lanes)
        track = np.vstack([middle, middle + towards * (gap + 30.0)])
        works.ways.append(_until(track, lanes))


def _until(track: Floats, lanes: list[Floats]) -> Street:
    """The track as far as the first lane it meets."""
    shape = shapely.LineString(track)
    stops = [shape.intersection(shapely.LineString(line)) for line in lanes]
    reach = [shape.project(shapely.Point(p)) for s in stops for p in shapely.get_coordinates(s)]
    if reach:
        step = (track[1] - track[0]) / shape.length
        track = np.vstack([track[0], track[0] + step * min(reach)])
    return Street(track, "track", "path", tags={"tracktype": "grade2", "surface": "gravel"})
