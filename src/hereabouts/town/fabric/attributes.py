"""Tags of streets, as complete as surveyors usually leave them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hereabouts.town.dice import Dice
from hereabouts.town.layout.network import Network
from hereabouts.town.values import Street, Style, Tags


@dataclass(frozen=True, slots=True)
class Known:
    """How often a tag is on a class of road. Source: measured on one British city's map."""

    maxspeed: float
    lanes: float
    surface: float
    lit: float
    sidewalk: float
    width: float
    cycleway: float


KNOWN = {
    "primary": Known(0.98, 0.80, 0.60, 0.55, 0.30, 0.10, 0.20),
    "secondary": Known(0.80, 0.40, 0.32, 0.30, 0.25, 0.08, 0.15),
    "tertiary": Known(0.55, 0.24, 0.14, 0.16, 0.18, 0.06, 0.10),
    "unclassified": Known(0.22, 0.09, 0.12, 0.08, 0.08, 0.05, 0.04),
    "residential": Known(0.24, 0.13, 0.15, 0.10, 0.11, 0.05, 0.02),
}
LANES = {"primary": 2, "secondary": 2, "tertiary": 2}
WIDTH_M = {"primary": 9.8, "secondary": 8.6, "tertiary": 7.4, "unclassified": 6.4,
           "residential": 6.0}  # fmt: skip
SLOW = (Style.TERRACE, Style.CENTRE)
FIRST_ROAD_NUMBER = 1_930
"""Four-figure numbers from here up are not in use for any road in England."""


def street_tags(street: Street, *, in_town: bool, rng: np.random.Generator) -> Tags:
    """The tags of one street."""
    tags: Tags = {"highway": street.highway}
    if street.name:
        tags["name"] = street.name
    if street.ref:
        tags["ref"] = street.ref
    tags |= street.tags
    known = KNOWN.get(street.highway)
    if known is not None:
        tags |= _surveyed(street, known, in_town, rng)
    if street.roundabout:
        tags |= {"junction": "roundabout", "oneway": "yes"}
    return tags


def _surveyed(street: Street, known: Known, in_town: bool, rng: np.random.Generator) -> Tags:
    """Draws one number per tag, whether used or not, so that streets stay independent."""
    speed, lanes, surface, lit, walk, width, cycle = rng.random(7).tolist()
    tags: Tags = {}
    if speed < known.maxspeed:
        tags["maxspeed"] = speed_limit(street, in_town=in_town)
    if lanes < known.lanes:
        tags["lanes"] = str(LANES.get(street.highway, 2))
    if surface < known.surface:
        tags["surface"] = "sett" if street.style is Style.CENTRE and surface < 0.02 else "asphalt"
    if lit < known.lit:
        tags["lit"] = "yes" if in_town else "no"
    if walk < known.sidewalk and not street.roundabout:
        tags["sidewalk"] = "both" if in_town else "no"
    if width < known.width:
        tags["width"] = str(WIDTH_M[street.highway])
    if cycle < known.cycleway and in_town:
        tags["cycleway:both"] = "lane" if street.highway != "residential" else "no"
    return tags


def speed_limit(street: Street, *, in_town: bool) -> str:
    """The limit that applies, signed or not."""
    if street.role == "bypass" or street.roundabout:
        return "40 mph" if street.role != "bypass" else "50 mph"
    if not in_town:
        return "60 mph"
    if street.highway == "residential" and street.style in SLOW:
        return "20 mph"
    if street.highway == "unclassified" and street.style is Style.CENTRE:
        return "20 mph"
    return "40 mph" if street.role == "ring" else "30 mph"


def number_roads(streets: tuple[Street, ...], dice: Dice) -> None:
    """A and B numbers for the main roads, in place."""
    rng = dice.stream("road numbers")
    numbers = iter((FIRST_ROAD_NUMBER + rng.permutation(60)).tolist())
    given: dict[tuple[int, str], str] = {}
    for street in streets:
        letter = {"primary": "A", "secondary": "B"}.get(street.highway)
        if letter is None or street.family < 0:
            continue
        key = (street.family, letter)
        if key not in given:
            given[key] = f"{letter}{next(numbers)}"
        street.ref = given[key]


def bus_lanes(streets: tuple[Street, ...], dice: Dice) -> None:
    """Bus lanes on some radials between the centre and the ring, in place."""
    rng = dice.stream("bus lanes")
    for street in streets:
        if street.role == "radial" and street.highway != "tertiary" and rng.random() < 0.3:
            side = "left" if rng.random() < 0.5 else "both"
            street.tags |= {f"busway:{side}": "lane", "lanes:psv": "1" if side == "left" else "2"}


def one_ways(network: Network, dice: Dice) -> None:
    """One-way working in the old centre and in some terraces, in place; never into a dead end."""
    rng = dice.stream("one-way")
    share = {Style.CENTRE: 0.4, Style.TERRACE: 0.3}
    for street in network.streets:
        if street.role != "street" or network.degree[street.nodes[[0, -1]]].min() < 3:
            continue
        if rng.random() < share.get(street.style, 0.02):
            street.tags["oneway"] = "yes"
            if rng.random() < 0.2:
                street.tags["oneway:bicycle"] = "no"
