"""Street furniture: stops, crossings, signals, lamps, gullies, bins, trees and the like."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.frontages import half_width_m
from hereabouts.town.layout.network import DRIVABLE, Network
from hereabouts.town.layout.skeleton import Skeleton
from hereabouts.town.values import Flags, Floats, Ints, Spot, Street, Style, Tags

RESIDENTS_PER_STOP = 400
LAMP_M = 33.0
GULLY_M = 48.0
STOP_ROLES = ("radial", "ring", "collector", "inner", "bridge", "lane")
ATCO_AREA = "099"
"""Not the number of any authority in the national register of stops."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a council's own list. Local metres."""

    x: float
    y: float
    reference: str
    street: str
    details: tuple[str, ...]


@dataclass(slots=True)
class Furniture:
    """What stands in the street: on the map, and in the council's own lists."""

    spots: list[Spot] = field(default_factory=list)
    on_nodes: dict[int, Tags] = field(default_factory=dict)
    """Tags for vertices of the network."""
    lamps: list[Item] = field(default_factory=list)
    gullies: list[Item] = field(default_factory=list)
    grit_bins: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kerb:
    """Points along kerbs: the street of each, where, and how far along."""

    street: Ints
    where: Floats
    place_m: Floats


def put_out(network: Network, skeleton: Skeleton, residents: int, dice: Dice) -> Furniture:
    """Set out everything that stands in the street."""
    furniture = Furniture()
    lines = np.array([shapely.LineString(s.line) for s in network.streets], dtype=object)
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    shapely.prepare(skeleton.built)
    town = np.asarray(shapely.contains(skeleton.built, middle))
    drivable = np.array([s.highway in DRIVABLE and not s.roundabout for s in network.streets])
    _junctions(network, town, furniture, dice)
    _stops((network, lines), residents, furniture, dice)
    _lists((network, lines), drivable & town, residents, furniture)
    _scattered((network, lines), drivable & town, residents, (furniture, dice))
    return furniture


def kerbs(
    network: Network, lines: Floats, chosen: Flags, spacing_m: float, *, both: bool, off_m: float
) -> Kerb:
    """Points along the chosen streets, on alternate sides or on both."""
    rows = np.flatnonzero(chosen)
    length = shapely.length(lines[rows])
    count = np.maximum(0, ((length - 8.0) / spacing_m).astype(np.int64) + (length > 16.0))
    street = np.repeat(rows, count)
    rank = np.arange(len(street)) - np.repeat(np.cumsum(count) - count, count)
    place = 6.0 + rank * spacing_m
    keep = place < shapely.length(lines[street]) - 4.0
    street, rank, place = street[keep], rank[keep], place[keep]
    half = np.array([half_width_m(s) for s in network.streets])[street] + off_m
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines[street], place))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[street], place + 1.0))
    along = ahead - here
    size = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / size[:, None]
    side = np.where(rank % 2 == 0, 1.0, -1.0)
    where = here + normal * (half * side)[:, None]
    if not both:
        return Kerb(street, where, place)
    other = here - normal * (half * side)[:, None]
    return Kerb(
        np.concatenate([street, street]),
        np.vstack([where, other]),
        np.concatenate([place, place]),
    )


def _junctions(network: Network, town: Flags, furniture: Furniture, dice: Dice) -> None:
    """Signals where main roads meet, crossings along them, turning heads where streets end."""
    rng = dice.stream("junctions")
    main = np.zeros(len(network.xy), dtype=np.int64)
    for s, is_town in zip(network.streets, town.tolist(), strict=True):
        if s.highway in ("primary", "secondary", "tertiary") and is_town and not s.roundabout:
            main[s.nodes] += 1
    for node in np.flatnonzero((main >= 2) & (network.degree >= 3)).tolist():
        if rng.random() < 0.8:
            furniture.on_nodes[node] = {"highway": "traffic_signals"}
    for s, is_town in zip(network.streets, town.tolist(), strict=True):
        if s.highway in ("primary", "secondary") and s.role != "bypass" and is_town:
            _crossings(network, s, furniture, rng)
        elif s.role == "street" and s.style in (Style.POSTWAR, Style.MODERN):
            _turning_heads(network, s, furniture, rng)


def _turning_heads(
    network: Network, street: Street, furniture: Furniture, rng: np.random.Generator
) -> None:
    for node in (int(street.nodes[0]), int(street.nodes[-1])):
        if network.degree[node] == 1 and rng.random() < 0.3:
            furniture.on_nodes.setdefault(node, {"highway": "turning_circle"})


def _crossings(
    network: Network, street: Street, furniture: Furniture, rng: np.random.Generator
) -> None:
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(street.line, axis=0).T))])
    wanted = 90.0
    for k in range(1, len(steps) - 1):
        node = int(street.nodes[k])
        if steps[k] < wanted or network.degree[node] != 2 or node in furniture.on_nodes:
            continue
        kind = "traffic_signals" if rng.random() < 0.35 else "uncontrolled"
        furniture.on_nodes[node] = {"highway": "crossing", "crossing": kind,
                                    "tactile_paving": "yes"}  # fmt: skip
        wanted = steps[k] + float(rng.uniform(260.0, 480.0))


def _stops(roads: tuple[Network, Floats], residents: int, furniture: Furniture, dice: Dice) -> None:
    """Bus stops in pairs along the streets buses use, as many as the town has riders for."""
    network, lines = roads
    rng = dice.stream("stops")
    wanted = max(4, round(residents / RESIDENTS_PER_STOP))
    served = np.array(
        [s.highway in DRIVABLE and s.role in STOP_ROLES and len(s.line) > 1
         for s in network.streets]
    )  # fmt: skip
    spacing = 300.0
    points = kerbs(network, lines, served, spacing, both=True, off_m=1.6)
    while len(points.street) < wanted and spacing > 60.0:
        spacing *= 0.75
        points = kerbs(network, lines, served, spacing, both=True, off_m=1.6)
    near = 1.0 + np.hypot(*points.where.T)
    chosen = np.sort(np.argsort(near * rng.uniform(0.35, 1.0, len(near)), kind="stable")[:wanted])
    names = _names_at(network)
    for number, k in enumerate(chosen.tolist(), start=1):
        street = network.streets[int(points.street[k])]
        beside = [(d, names[n] - {street.name}) for d, n in _joints(street, names)]
        x, y = points.where[k].tolist()
        tags = {
            "highway": "bus_stop", "public_transport": "platform", "bus": "yes",
            "name": _stop_name(street, points.place_m[k], beside),
            "naptan:AtcoCode": f"{ATCO_AREA}0{number:06d}",
            "shelter": "yes" if rng.random() < 0.45 else "no",
        }  # fmt: skip
        furniture.spots.append(Spot(x, y, tags))


def _names_at(network: Network) -> dict[int, set[str]]:
    """Names of the streets that meet at each node where some do."""
    names: dict[int, set[str]] = {}
    for street in network.streets:
        if street.name and street.highway in DRIVABLE:
            for node in street.nodes[network.degree[street.nodes] > 2].tolist():
                names.setdefault(node, set()).add(street.name)
    return names


def _joints(street: Street, names: dict[int, set[str]]) -> list[tuple[float, int]]:
    """Junctions along a street: how far along, and which node."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(street.line, axis=0).T))])
    return [
        (place, node)
        for place, node in zip(along.tolist(), street.nodes.tolist(), strict=True)
        if node in names
    ]


def _stop_name(street: Street, place_m: float, beside: list[tuple[float, set[str]]]) -> str:
    """A stop is called after the nearest side street, or after its own where none is near."""
    near = [(abs(place - place_m), min(names)) for place, names in beside if names]
    gap, name = min(near, default=(np.inf, ""))
    return name if gap < 150.0 else street.name or "Ring Road"


def _lists(roads: tuple[Network, Floats], lit: Flags, residents: int, furniture: Furniture) -> None:
    """The council's own lists of lamps, gullies and grit bins."""
    network, lines = roads
    for kerb, items, prefix, detail in (
        (kerbs(network, lines, lit, LAMP_M, both=False, off_m=0.6), furniture.lamps, "SL",
         _lamp_details),
        (kerbs(network, lines, lit, GULLY_M, both=True, off_m=-0.25), furniture.gullies, "GU",
         _gully_details),
    ):  # fmt: skip
        order = np.lexsort((kerb.place_m, kerb.street))
        for number, k in enumerate(order.tolist(), start=1):
            street = network.streets[int(kerb.street[k])]
            x, y = kerb.where[k].tolist()
            items.append(Item(x, y, f"{prefix}{number:06d}", street.name, detail(street, number)))
    grit = kerbs(network, lines, lit, 420.0, both=False, off_m=1.2)
    wanted = max(3, residents // 900)
    step = max(1, len(grit.street) // wanted)
    for number, k in enumerate(range(0, len(grit.street), step), start=1):
        x, y = grit.where[k].tolist()
        street = network.streets[int(grit.street[k])]
        size = "400" if street.highway in ("primary", "secondary") else "200"
        furniture.grit_bins.append(Item(x, y, f"GB{number:05d}", street.name, (size,)))


def _lamp_details(street: Street, number: int) -> tuple[str, ...]:
    main = street.highway in ("primary", "secondary")
    kind = "LED" if number % 7 else "SON"
    return ("10" if main else "6" if number % 5 else "5", kind)


def _gully_details(street: Street, number: int) -> tuple[str, ...]:
    return ("trapped" if number % 9 else "untrapped", "heavy" if number % 4 == 0 else "standard")


def _scattered(
    roads: tuple[Network, Floats], lit: Flags, residents: int, held: tuple[Furniture, Dice]
) -> None:
    """Trees, bins, benches, post boxes and the rest, so many to a thousand residents."""
    network, lines = roads
    furniture, dice = held
    rng = dice.stream("scattered")
    leafy = np.array([s.style in (Style.VILLA, Style.SEMI, Style.CENTRE) for s in network.streets])
    for spec in SCATTER:
        chosen = lit & leafy if spec.leafy else lit
        kerb = kerbs(network, lines, chosen, spec.spacing_m, both=True, off_m=spec.off_m)
        count = min(len(kerb.street), max(2, round(residents / 1000.0 * spec.per_thousand)))
        if not len(kerb.street):
            continue
        bias = np.hypot(*kerb.where.T) ** spec.central
        order = np.argsort(bias * rng.uniform(0.3, 1.0, len(bias)), kind="stable")[:count]
        for k in np.sort(order).tolist():
            x, y = kerb.where[k].tolist()
            furniture.spots.append(Spot(x, y, dict(spec.tags)))


@dataclass(frozen=True, slots=True)
class Scatter:
    """How one kind of thing is spread."""

    tags: Tags
    per_thousand: float
    spacing_m: float
    off_m: float
    central: float = 0.0
    """0 spreads evenly, 1 favours the centre."""
    leafy: bool = False


SCATTER = (
    Scatter({"natural": "tree", "leaf_type": "broadleaved"}, 9.0, 16.0, 1.3, leafy=True),
    Scatter({"amenity": "bench"}, 1.1, 60.0, 1.5, central=0.8),
    Scatter({"amenity": "waste_basket"}, 1.3, 70.0, 1.4, central=0.7),
    Scatter({"amenity": "post_box", "operator": "Royal Mail"}, 0.8, 260.0, 1.2),
    Scatter({"amenity": "bicycle_parking", "bicycle_parking": "stands", "capacity": "6"}, 0.5,
            45.0, 1.6, central=1.2),
    Scatter({"amenity": "telephone"}, 0.08, 300.0, 1.6, central=0.4),
    Scatter({"emergency": "defibrillator"}, 0.1, 300.0, 2.0, central=0.2),
    Scatter({"amenity": "charging_station", "motorcar": "yes"}, 0.12, 150.0, 1.2, central=0.4),
    Scatter({"amenity": "recycling", "recycling_type": "container"}, 0.12, 300.0, 2.2),
    Scatter({"emergency": "fire_hydrant"}, 0.5, 130.0, 0.8),
)  # fmt: skip
