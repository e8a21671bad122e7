"""Places for buildings along both sides of every street."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.plots import PARADE, PLOTS, Plot
from hereabouts.town.layout.curves import length_m
from hereabouts.town.layout.network import Network
from hereabouts.town.values import Floats, Ints, Street, Style, Zone

SECTION_M = 120.0
"""Longest run of one kind of house."""
CORNER_M = 7.0
PAVEMENT_M = 2.0
HALF_WIDTH_M = {"primary": 5.2, "secondary": 4.6, "tertiary": 4.0}
RANK = {"primary": 0, "secondary": 1, "tertiary": 2, "unclassified": 3, "residential": 4}
NO_FRONTAGE = ("bypass", "roundabout")


@dataclass(frozen=True, slots=True)
class Section:
    """One side of a stretch of street, built up in one go."""

    street: int
    side: int
    start_m: float
    end_m: float
    zone: int
    plot: Plot


@dataclass(frozen=True, slots=True)
class Slots:
    """Candidate buildings, one row each, most important street first.

    `front` is the middle of the front wall, `along` the direction of the street and `away` the
    direction away from it, all of shape (slots, 2); `place_m` the distance along the street.
    """

    sections: tuple[Section, ...]
    section: Ints
    front: Floats
    along: Floats
    away: Floats
    place_m: Floats


def half_width_m(street: Street) -> float:
    """Half of the carriageway."""
    return HALF_WIDTH_M.get(street.highway, 3.4)


def find_slots(network: Network, zones: list[Zone], dice: Dice) -> Slots:
    """Every place where a building might stand, before anything is in the way of it."""
    rng = dice.stream("frontages")
    sections = _sections(network, zones, rng)
    sections.sort(key=lambda s: (RANK.get(network.streets[s.street].highway, 5), s.street))
    return _slots(network, tuple(sections), rng)


def _sections(network: Network, zones: list[Zone], rng: np.random.Generator) -> list[Section]:
    spans = [
        (i, start, end)
        for i, street in enumerate(network.streets)
        if street.role not in NO_FRONTAGE
        for start, end in _stretches(network, street)
    ]
    if not spans:
        return []
    shapes = _lines(network)
    owner = np.array([i for i, _, _ in spans])
    middle = np.array([(start + end) / 2 for _, start, end in spans])
    here = shapely.get_coordinates(shapely.line_interpolate_point(shapes[owner], middle))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(shapes[owner], middle + 1.0))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(shapes[owner], middle - 1.0))
    along = _unit(ahead - behind)
    sections: list[Section] = []
    tree = shapely.STRtree([zone.polygon for zone in zones])
    for side in (1, -1):
        probe = here + 17.0 * side * np.column_stack([-along[:, 1], along[:, 0]])
        found = _zone_at(tree, probe)
        for (i, start, end), zone in zip(spans, found.tolist(), strict=True):
            plot = _plot(network.streets[i], zones[zone], rng) if zone >= 0 else None
            if plot is not None:
                sections.append(Section(i, side, start, end, zone, plot))
    return sections


def _lines(network: Network) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array([shapely.LineString(s.line) for s in network.streets], dtype=object)


def _zone_at(tree: shapely.STRtree, points: Floats) -> Ints:
    """The zone that holds each point, -1 where none does."""
    found = np.full(len(points), -1, dtype=np.int64)
    which, zone = tree.query(shapely.points(points), predicate="within")
    found[which[::-1]] = zone[::-1]
    return found


def _stretches(network: Network, street: Street) -> list[tuple[float, float]]:
    """Runs between junctions, cut where long."""
    steps = np.hypot(*np.diff(street.line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    joints = [0, *[k for k in range(1, len(along) - 1) if network.degree[street.nodes[k]] > 2],
              len(along) - 1]  # fmt: skip
    found: list[tuple[float, float]] = []
    for a, b in itertools.pairwise(joints):
        low, high = float(along[a]), float(along[b])
        count = max(1, int(np.ceil((high - low) / SECTION_M)))
        edges = np.linspace(low, high, count + 1).tolist()
        found += [(p, q) for p, q in itertools.pairwise(edges) if q - p > 12.0]
    return found


def _plot(street: Street, zone: Zone, rng: np.random.Generator) -> Plot | None:
    kinds = PLOTS.get(zone.style)
    draw = rng.random()
    if kinds is None:
        return None
    on_main = street.highway in ("primary", "secondary")
    if on_main and zone.style is Style.TERRACE and draw < 0.45:
        return PARADE
    for kind in kinds:
        draw -= kind.share
        if draw < 0:
            return kind
    return kinds[0]


def _slots(network: Network, sections: tuple[Section, ...], rng: np.random.Generator) -> Slots:
    starts, owner = list[Floats](), list[Ints]()
    for k, section in enumerate(sections):
        places = _places(section, network, rng)
        starts.append(places)
        owner.append(np.full(len(places), k, dtype=np.int64))
    place = np.concatenate(starts) if starts else np.zeros(0)
    index = np.concatenate(owner) if owner else np.zeros(0, dtype=np.int64)
    street = np.array([s.street for s in sections], dtype=np.int64)[index]
    side = np.array([s.side for s in sections], dtype=np.float64)[index]
    lines = _lines(network)[street]
    reach = np.array([s.plot.width_m / 2 for s in sections])[index]
    low = shapely.get_coordinates(shapely.line_interpolate_point(lines, place - reach))
    high = shapely.get_coordinates(shapely.line_interpolate_point(lines, place + reach))
    along = _unit(high - low)
    away = np.column_stack([-along[:, 1], along[:, 0]]) * side[:, None]
    setback = np.array(
        [half_width_m(network.streets[s.street]) + PAVEMENT_M + s.plot.setback_m for s in sections]
    )[index]
    setback = setback + rng.normal(0.0, 0.12, len(place)) * (setback > 8.0)
    front = (low + high) / 2 + away * setback[:, None]
    return Slots(sections, index, front, along, away, place)


def _places(section: Section, network: Network, rng: np.random.Generator) -> Floats:
    plot = section.plot
    total = length_m(network.streets[section.street].line)
    low = section.start_m + (CORNER_M if section.start_m > 1.0 else 2.0)
    high = section.end_m - (CORNER_M if section.end_m < total - 1.0 else 2.0)
    row = plot.row or 1
    unit = row * plot.pitch_m + plot.row_gap_m
    whole = max(0.0, high - low + plot.row_gap_m)
    count = row * int(whole / unit) + min(row, int((whole % unit) / plot.pitch_m))
    if count < 1:
        return np.zeros(0)
    index = np.arange(count)
    places = (index + 0.5) * plot.pitch_m + (index // row) * plot.row_gap_m
    used = float(places[-1] + plot.pitch_m / 2)
    return (low + (high - low - used) / 2 + places)[rng.random(count) >= plot.empty]


def _unit(vectors: Floats) -> Floats:
    size = np.hypot(vectors[:, 0], vectors[:, 1])
    size[size == 0] = 1.0
    return vectors / size[:, None]
