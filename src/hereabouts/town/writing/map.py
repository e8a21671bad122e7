"""Turns a grown town into nodes, ways and relations with the tags mappers use."""

from __future__ import annotations

import itertools

import numpy as np
import shapely

from hereabouts.town.fabric.attributes import street_tags
from hereabouts.town.fabric.buildings import Building
from hereabouts.town.layout.curves import measures_m, part, pieces
from hereabouts.town.layout.polygons import polygons_in
from hereabouts.town.layout.skeleton import BRIDGE_M
from hereabouts.town.statistics.references import number_streets
from hereabouts.town.town import Town
from hereabouts.town.values import Flags, Floats, Ints, Street, Tags
from hereabouts.town.writing.pbf import Drawing

RAIL_BRIDGE_M = 12.0
TRACK_M = 1.9
"""From the middle of the railway to the middle of each track."""
LEVELS_KNOWN = 0.07
HEIGHT_KNOWN = 0.02
UPRN_KNOWN = 0.3
USRN_KNOWN = 0.25
STOREY_M = 2.9
ROADS_ON_DECKS = ("primary", "secondary", "tertiary")
PRECISION_M = 0.1
"""Land use is drawn no finer, so that rounding to the file's steps cannot make edges cross."""


def draw(town: Town, uprns: dict[int, int]) -> Drawing:
    """The whole map. `uprns` maps a building's place in the list to its first property number."""
    drawing = Drawing()
    ids = drawing.add_points(town.network.xy)
    for node, tags in sorted(town.furniture.on_nodes.items()):
        drawing.node_tags[int(ids[node])] = tags
    routes = _streets(town, drawing, ids)
    _railway(town, drawing)
    _areas(town, drawing)
    _buildings(town, drawing, uprns)
    for path in town.paths:
        drawing.add_line(path.line, path.tags)
    for spot in [*town.works.spots, *town.furniture.spots]:
        drawing.add_spot(spot.x, spot.y, spot.tags)
    _names(town, drawing)
    _bus_routes(town, drawing, routes)
    return drawing


def _streets(town: Town, drawing: Drawing, ids: Ints) -> dict[int, list[int]]:
    """Ways for all streets and paths, cut at bridges; the main roads' ways by family."""
    rng = town.dice.stream("tags")
    streets = town.network.streets
    in_town = settled(town)
    bridged = over_water(town)
    usrns = number_streets(town.ground.network.streets)
    families: dict[int, list[int]] = {}
    start = 0
    for street, is_town in zip(streets, in_town.tolist(), strict=True):
        tags = street_tags(street, in_town=is_town, rng=rng)
        if street.name in usrns and rng.random() < USRN_KNOWN:
            tags["ref:GB:usrn"] = str(usrns[street.name])
        wet = bridged[start : start + len(street.nodes) - 1]
        start += len(street.nodes) - 1
        for low, high, on_bridge in _runs(wet):
            extra = {"bridge": "yes", "layer": "1"} if on_bridge else {}
            way = drawing.add_way(ids[street.nodes[low : high + 1]], {**tags, **extra})
            if street.role in ("radial", "bridge"):
                families.setdefault(street.family, []).append(way)
            if on_bridge and street.highway in ROADS_ON_DECKS:
                _bridge_deck(drawing, street, (low, high))
    return families


def _bridge_deck(drawing: Drawing, street: Street, span: tuple[int, int]) -> None:
    """The outline of a road bridge, with its name."""
    line = shapely.LineString(street.line[span[0] : span[1] + 1])
    deck = line.buffer(7.0, cap_style="flat", quad_segs=2)
    name = "Town Bridge" if street.role == "bridge" else f"{street.name} Bridge"
    if deck.geom_type == "Polygon":
        drawing.add_polygon(deck, {"man_made": "bridge", "layer": "1", "name": name})


def settled(town: Town) -> Flags:
    """Which streets lie in the town or a village."""
    lines = np.array([shapely.LineString(s.line) for s in town.network.streets], dtype=object)
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    land = shapely.union_all(
        [town.skeleton.built, *[z.polygon.buffer(15.0) for z in town.zones if z.place]]
    )
    shapely.prepare(land)
    return np.asarray(shapely.contains(land, middle))


def over_water(town: Town) -> Flags:
    """For every step of every street, in order, whether it is on a bridge over the river."""
    starts = np.vstack([s.line[:-1] for s in town.network.streets])
    ends = np.vstack([s.line[1:] for s in town.network.streets])
    steps = shapely.linestrings(np.stack([starts, ends], axis=1))
    water = town.skeleton.water
    shapely.prepare(water)
    return np.asarray(shapely.dwithin(steps, water, BRIDGE_M - 0.4))


def _runs(wet: Flags) -> list[tuple[int, int, bool]]:
    """Stretches of vertices (first, last) that are on a bridge, or are not."""
    edges = [0, *(np.flatnonzero(wet[1:] != wet[:-1]) + 1).tolist(), len(wet)]
    return [(a, b, bool(wet[a])) for a, b in itertools.pairwise(edges) if b > a]


def _railway(town: Town, drawing: Drawing) -> None:
    """The line, with a bridge wherever a street passes under it."""
    if town.skeleton.railway is None:
        return
    middle = shapely.LineString(town.skeleton.railway)
    for off in (-TRACK_M, TRACK_M):
        for rail in pieces(shapely.offset_curve(middle, off), 50.0):
            _track(town, drawing, rail)


def _track(town: Town, drawing: Drawing, rail: Floats) -> None:
    tags = {"railway": "rail", "gauge": "1435", "electrified": "no", "usage": "main"}
    shape = shapely.LineString(rail)
    lines = [shapely.LineString(s.line) for s in town.network.streets]
    crossing = shapely.STRtree(lines).query(shape, predicate="crosses")
    points = [p for k in np.sort(crossing).tolist()
              for p in shapely.get_coordinates(shape.intersection(lines[k]))]  # fmt: skip
    places = sorted(float(shape.project(shapely.Point(p))) for p in points)
    total = float(measures_m(rail)[-1])
    cuts: list[tuple[float, float]] = []
    for place in places:
        low, high = max(0.0, place - RAIL_BRIDGE_M), min(total, place + RAIL_BRIDGE_M)
        if cuts and low <= cuts[-1][1] + 5.0:
            cuts[-1] = (cuts[-1][0], high)
        else:
            cuts.append((low, high))
    edges = [0.0, *[edge for cut in cuts for edge in cut], total]
    nodes = drawing.add_points(np.vstack([part(rail, e, e + 0.01)[:1] for e in edges]))
    for k, (low, high) in enumerate(itertools.pairwise(edges)):
        if high - low < 0.5:
            continue
        inner = drawing.add_points(part(rail, low, high)[1:-1]) if high - low > 1.0 else nodes[:0]
        extra = {"bridge": "yes", "layer": "1"} if k % 2 else {}
        chain = np.concatenate([nodes[k : k + 1], inner, nodes[k + 1 : k + 2]])
        drawing.add_way(chain, {**tags, **extra})


def _areas(town: Town, drawing: Drawing) -> None:
    river = town.name_of_river
    drawing.add_line(town.skeleton.river, {"waterway": "river", "name": river})
    for water in shapely.get_parts(town.skeleton.water):
        drawing.add_polygon(water, {"natural": "water", "water": "river", "name": river})
    patches = [*town.patches, *town.works.patches]
    coarse = shapely.set_precision([patch.polygon for patch in patches], PRECISION_M)
    for patch, shape in zip(patches, coarse, strict=True):
        for polygon in polygons_in(shape, 4.0):
            drawing.add_polygon(polygon, patch.tags)


def _buildings(town: Town, drawing: Drawing, uprns: dict[int, int]) -> None:
    rng = town.dice.stream("building tags")
    known = rng.random((len(town.buildings), 3))
    for k, building in enumerate(town.buildings):
        tags = {"building": building.building, **building.tags}
        if known[k, 0] < LEVELS_KNOWN or building.levels > 2:
            tags.setdefault("building:levels", str(building.levels))
        if known[k, 1] < HEIGHT_KNOWN:
            tags["height"] = f"{building.levels * STOREY_M + 2.4:.1f}"
        if building.homes > 4:
            tags["building:flats"] = str(building.homes)
        if building.addressed:
            tags |= address(town, building)
        if k in uprns and known[k, 2] < UPRN_KNOWN and max(1, building.homes) == 1:
            tags["ref:GB:uprn"] = str(uprns[k])
        drawing.add_polygon(building.polygon, tags)


def address(town: Town, building: Building) -> Tags:
    """The postal address of a building that has one."""
    zone = town.zones[building.zone]
    return {
        "addr:housenumber": building.number,
        "addr:street": town.ground.network.streets[building.street].name,
        "addr:city": zone.name if zone.place else town.name,
        "addr:postcode": spaced(building.postcode),
    }


def spaced(code: str) -> str:
    """A postcode as it is written on an envelope."""
    return f"{code[:-3].strip()} {code[-3:]}"


def _names(town: Town, drawing: Drawing) -> None:
    kind = "city" if town.plan.residents >= 100_000 else "town"
    here = town.skeleton.square.centroid
    drawing.add_spot(here.x, here.y, {
        "place": kind, "name": town.name, "population": str(town.plan.residents),
        "note": "An invented place.",
    })  # fmt: skip
    for label, places in (("suburb", town.ground.quarters), ("village", town.ground.villages)):
        for name, where in places:
            drawing.add_spot(float(where[0]), float(where[1]), {"place": label, "name": name})


def _bus_routes(town: Town, drawing: Drawing, families: dict[int, list[int]]) -> None:
    """One bus route out along each main road."""
    for number, (family, ways) in enumerate(sorted(families.items()), start=1):
        name = next((s.name for s in town.network.streets
                     if s.family == family and s.name.endswith("Road")), "")  # fmt: skip
        if not name:
            continue
        members = [("w", way, "") for way in ways]
        drawing.relations.append((members, {
            "type": "route", "route": "bus", "ref": str(number), "name": f"{number}: {name}",
            "from": "Market Place", "to": name.removesuffix(" Road"),
        }))  # fmt: skip
