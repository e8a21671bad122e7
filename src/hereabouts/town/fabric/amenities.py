"""What goes on inside: shops, pubs, surgeries and the town's institutions, in existing walls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.buildings import Building
from hereabouts.town.naming.sites import SiteNames
from hereabouts.town.values import Style, Tags, Zone

SHOPS = (
    ("convenience", 10), ("hairdresser", 11), ("clothes", 8), ("charity", 5), ("beauty", 5),
    ("bakery", 4), ("butcher", 3), ("newsagent", 5), ("chemist", 3), ("hardware", 3), ("gift", 4),
    ("jewelry", 3), ("books", 2), ("florist", 3), ("greengrocer", 2), ("shoes", 2), ("optician", 3),
    ("mobile_phone", 3), ("furniture", 3), ("bookmaker", 3), ("bicycle", 1), ("pet", 1),
    ("vacant", 9), ("dry_cleaning", 2), ("estate_agent", 3), ("toys", 1), ("stationery", 1),
)  # fmt: skip
FOOD = ("cafe", "fast_food", "restaurant")
SIGNS = {
    "cafe": "Café", "fast_food": "Fish Bar", "restaurant": "Kitchen", "bakery": "Bakery",
    "butcher": "Butchers", "chemist": "Chemist", "hairdresser": "Barbers", "florist": "Flowers",
    "newsagent": "News", "hardware": "Hardware", "books": "Bookshop", "bicycle": "Cycles",
    "convenience": "Stores", "greengrocer": "Greengrocers", "dry_cleaning": "Dry Cleaners",
    "optician": "Opticians", "toys": "Toys", "pet": "Pets", "shoes": "Shoes", "gift": "Gifts",
}  # fmt: skip
"""What stands over the door after the name of the street."""
OFFICES = ("estate_agent", "lawyer", "accountant", "company", "insurance", "employment_agency",
           "architect", "government")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Institution:
    """Something a town of a certain size has."""

    tags: Tags
    residents_each: int
    fewest: int
    styles: tuple[Style, ...]
    name: str = ""
    """`{quarter}` and `{town}` are filled in."""


OUT = (Style.TERRACE, Style.SEMI, Style.POSTWAR, Style.MODERN, Style.VILLA, Style.CENTRE)
INSTITUTIONS = (
    Institution({"amenity": "doctors", "healthcare": "doctor"}, 6_000, 0, OUT,
                "{quarter} Surgery"),
    Institution({"amenity": "pharmacy", "healthcare": "pharmacy"}, 6_500, 0, OUT,
                "{quarter} Pharmacy"),
    Institution({"amenity": "dentist", "healthcare": "dentist"}, 7_500, 0, OUT,
                "{quarter} Dental Practice"),
    Institution({"amenity": "community_centre"}, 8_000, 0, OUT, "{quarter} Community Centre"),
    Institution({"amenity": "post_office"}, 9_000, 0, OUT, "{quarter} Post Office"),
    Institution({"amenity": "library"}, 26_000, 3_000, OUT, "{quarter} Library"),
    Institution({"amenity": "fire_station"}, 70_000, 8_000, OUT, "{quarter} Fire Station"),
    Institution({"amenity": "police"}, 90_000, 8_000, (Style.CENTRE,), "{town} Police Station"),
    Institution({"amenity": "bank"}, 11_000, 3_000, (Style.CENTRE,)),
    Institution({"tourism": "museum"}, 90_000, 9_000, (Style.CENTRE,), "{town} Museum"),
    Institution({"amenity": "theatre"}, 110_000, 20_000, (Style.CENTRE,), "{town} Playhouse"),
    Institution({"tourism": "hotel"}, 22_000, 5_000, (Style.CENTRE, Style.VILLA),
                "{quarter} Hotel"),
    Institution({"amenity": "courthouse"}, 160_000, 40_000, (Style.CENTRE,),
                "{town} Magistrates' Court"),
    Institution({"amenity": "social_facility", "social_facility": "nursing_home"}, 7_000, 3_000,
                (Style.VILLA, Style.SEMI), "{quarter} Lodge"),
)  # fmt: skip


def move_in(
    buildings: list[Building], land: tuple[list[Zone], list[str]], names: SiteNames, dice: Dice
) -> None:
    """Give uses to buildings, in place. `land` is the zones and the names of the streets."""
    zones, streets = land
    rng = dice.stream("amenities")
    shops = [b for b in buildings if b.use == "shop"]
    kinds = [name for name, _ in SHOPS]
    weights = np.array([w for _, w in SHOPS], dtype=np.float64)
    chosen = rng.choice(len(kinds), len(shops), p=weights / weights.sum())
    surveyed = rng.random(len(shops)) < 0.6
    food = rng.random(len(shops))
    for b, kind, known, eat in zip(shops, chosen.tolist(), surveyed, food, strict=True):
        if eat < 0.16:
            b.tags["amenity"] = FOOD[int(eat * 100) % len(FOOD)]
        elif known:
            b.tags["shop"] = kinds[kind]
        sign = SIGNS.get(b.tags.get("amenity", "") or b.tags.get("shop", ""))
        if sign and eat % 0.1 < 0.06:
            b.tags["name"] = names.business(streets[b.street], sign)
    for b in buildings:
        if b.use == "office" and rng.random() < 0.5:
            b.tags["office"] = OFFICES[int(rng.integers(len(OFFICES)))]
    _pubs(buildings, zones, names, rng)
    for institution in INSTITUTIONS:
        _settle(institution, buildings, (zones, names), rng)


def _pubs(
    buildings: list[Building], zones: list[Zone], names: SiteNames, rng: np.random.Generator
) -> None:
    residents = sum(b.residents for b in buildings)
    old = (Style.CENTRE, Style.TERRACE, Style.VILLAGE)
    free = [b for b in buildings if b.building in ("retail", "detached", "house")
            and b.zone >= 0 and zones[b.zone].style in old and not _is_used(b)]  # fmt: skip
    for k in rng.permutation(len(free))[: max(2, residents // 1_700)].tolist():
        free[k].tags |= {"amenity": "pub", "name": names.pub()}
        free[k].building = "pub" if free[k].building == "detached" else free[k].building


def _is_used(building: Building) -> bool:
    return any(key in building.tags for key in ("amenity", "shop", "office", "tourism", "name"))


def _settle(
    institution: Institution,
    buildings: list[Building],
    setting: tuple[list[Zone], SiteNames],
    rng: np.random.Generator,
) -> None:
    zones, names = setting
    residents = sum(b.residents for b in buildings)
    if residents < institution.fewest:
        return
    free = [
        b for b in buildings
        if b.zone >= 0 and b.number and zones[b.zone].style in institution.styles
        and b.building in ROOMY and not _is_used(b)
    ]  # fmt: skip
    count = max(1, round(residents / institution.residents_each))
    for k in rng.permutation(len(free))[:count].tolist():
        tags = dict(institution.tags)
        if institution.name:
            quarter = zones[free[k].zone].name or names.town
            wish = institution.name.format(quarter=quarter, town=names.town)
            tags["name"] = names.unique(wish, f"New {wish}", f"Old {wish}")
        free[k].tags |= tags


ROOMY = ("retail", "commercial", "detached", "semidetached_house", "bungalow")
