"""Measures a grown town by the yardsticks of real ones."""

from __future__ import annotations

import itertools

import numpy as np

from hereabouts.town.layout.network import DRIVABLE, Network
from hereabouts.town.summary import Figures
from hereabouts.town.town import Town
from hereabouts.town.values import Floats, Street


def figures_of(town: Town) -> Figures:
    """Every figure the town set out to hit."""
    shares = degree_shares(town.network)
    links = link_lengths_m(town.network)
    lsoas = town.areas.lsoas
    stops = [s for s in town.furniture.spots if s.tags.get("highway") == "bus_stop"]
    return Figures(
        degree_1=shares.get(1, 0.0),
        degree_3=shares.get(3, 0.0),
        degree_4=shares.get(4, 0.0),
        link_median_m=float(np.median(links)),
        link_mean_m=float(links.mean()),
        link_p90_m=float(np.percentile(links, 90)),
        drivable_km=drivable_km(town.network.streets),
        buildings=len(town.buildings),
        addressed=sum(b.addressed for b in town.buildings) / len(town.buildings),
        bus_stops=len(stops),
        residents_per_home=town.plan.residents / sum(b.homes for b in town.buildings),
        lsoa_residents_mean=town.plan.residents / len(lsoas),
        lsoa_km2_median=float(np.median([a.polygon.area for a in lsoas])) / 1e6,
    )


def degree_shares(network: Network) -> dict[int, float]:
    """Share of junctions by the number of street ends that meet; passing vertices do not count."""
    meeting = network.degree[(network.degree != 2) & (network.degree > 0)]
    values, counts = np.unique(meeting, return_counts=True)
    return {int(v): float(c) / len(meeting) for v, c in zip(values, counts, strict=True)}


def link_lengths_m(network: Network) -> Floats:
    """Lengths between junctions, carried on through vertices where one street becomes another."""
    arms: dict[int, list[tuple[int, int]]] = {}
    pieces: list[tuple[int, int, float]] = []
    for street in network.streets:
        if street.highway not in DRIVABLE:
            continue
        for first, last, total in _between_ends(street, network):
            arms.setdefault(first, []).append((len(pieces), last))
            arms.setdefault(last, []).append((len(pieces), first))
            pieces.append((first, last, total))
    used: set[int] = set()
    lengths: list[float] = []
    starts = [n for n in sorted(arms) if len(arms[n]) != 2] + sorted(arms)
    for start in starts:
        for piece, _ in arms[start]:
            if piece not in used:
                walked = _walk(start, piece, arms)
                used.update(walked)
                lengths.append(sum(pieces[k][2] for k in walked))
    return np.array(lengths)


def _walk(start: int, piece: int, arms: dict[int, list[tuple[int, int]]]) -> list[int]:
    """The pieces from a junction on, as far as the next."""
    walked = [piece]
    here = dict(arms[start])[piece]
    while len(arms[here]) == 2 and here != start:
        onward = [arm for arm in arms[here] if arm[0] not in walked]
        if not onward:
            break
        walked.append(onward[0][0])
        here = onward[0][1]
    return walked


def _between_ends(street: Street, network: Network) -> list[tuple[int, int, float]]:
    steps = np.hypot(*np.diff(street.line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    inner = [k for k in range(1, len(along) - 1) if network.degree[street.nodes[k]] != 2]
    joints = [0, *inner, len(along) - 1]
    return [
        (int(street.nodes[a]), int(street.nodes[b]), float(along[b] - along[a]))
        for a, b in itertools.pairwise(joints)
    ]


def drivable_km(streets: tuple[Street, ...]) -> float:
    """Length of all roads a car may use in general traffic."""
    lines = [s.line for s in streets if s.highway in DRIVABLE]
    return float(sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines)) / 1000.0
