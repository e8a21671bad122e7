"""Names for quarters of the town and for its wards."""

from __future__ import annotations

import numpy as np

from hereabouts.town.dice import Dice
from hereabouts.town.naming import words
from hereabouts.town.values import Floats, Style, Zone

Place = tuple[str, Floats]

OLD = (
    "Market", "Priory", "Castle", "Abbey", "Northgate", "Eastgate", "Westgate", "Bridge End",
    "Minster", "St Aldric's", "St Osyth's", "Kiln Hill", "Pound Hill", "Ropewalk", "Tannery",
    "Ferry", "Weavers", "Saltersgate", "Cornhill", "Limekilns",
)  # fmt: skip
FEWEST_RESIDENTS_PER_QUARTER = 2_600


def quarters(zones: list[Zone], residents: int, dice: Dice) -> list[Place]:
    """Named quarters, spread over the neighbourhoods; every zone is told its nearest."""
    rng = dice.stream("quarters")
    homes = [z for z in zones if not z.place and z.style in _LIVED_IN]
    count = max(2, min(len(homes), residents // FEWEST_RESIDENTS_PER_QUARTER, 140))
    names = _stock(rng, count)
    middles = np.array([[z.polygon.centroid.x, z.polygon.centroid.y] for z in homes])
    places: list[Place] = []
    chosen: list[int] = [int(np.hypot(*middles.T).argmin())]
    while len(chosen) < count:
        gaps = np.min([np.hypot(*(middles - middles[c]).T) for c in chosen], axis=0)
        chosen.append(int(gaps.argmax()))
    for name, c in zip(names, chosen, strict=True):
        places.append((name, middles[c]))
    for zone in zones:
        if not zone.place:
            here = np.array([zone.polygon.centroid.x, zone.polygon.centroid.y])
            zone.name = min(places, key=lambda p: float(np.hypot(*(p[1] - here))))[0]
    return places


_LIVED_IN = (Style.CENTRE, Style.TERRACE, Style.VILLA, Style.SEMI, Style.POSTWAR, Style.MODERN)


def _stock(rng: np.random.Generator, count: int) -> list[str]:
    """Old names first, then the rest in any order, then made up of both."""
    late = [q for q in words.QUARTERS if q not in OLD]
    early = [OLD[i] for i in rng.permutation(len(OLD))[: max(1, count // 6)]]
    rest = [late[i] for i in rng.permutation(len(late))]
    names = (early + rest)[:count]
    ends = ("Bank", "Vale", "Heath", "Fields", "Hill", "Green")
    while len(names) < count:
        start = words.FIELDS[int(rng.integers(len(words.FIELDS)))]
        name = f"{start} {ends[int(rng.integers(len(ends)))]}"
        if name not in names:
            names.append(name)
    return names


def ward_names(middles: Floats, places: tuple[Place, ...], dice: Dice) -> list[str]:
    """Each ward takes the name of the nearest quarter that no other ward has, or two of them."""
    rng = dice.stream("ward names")
    taken: list[str] = []
    for middle in middles:
        near = sorted(places, key=lambda p: float(np.hypot(*(p[1] - middle))))
        free = [name for name, _ in near if name not in taken and not _within(name, taken)]
        name = free[0] if free else _second_name([name for name, _ in near], taken)
        if len(free) > len(middles) and rng.random() < 0.25:
            name = f"{free[0]} and {free[1]}"
        taken.append(name)
    return taken


def _second_name(near: list[str], taken: list[str]) -> str:
    """A part of the nearest quarter that has parts left, or a number where none has."""
    sides = ("North", "South", "East", "West", "Central")
    parts = [f"{name} {side}" for name in near for side in sides]
    numbers = [f"{near[0]} {k}" for k in range(1, len(taken) + 2)]
    return next(name for name in [*parts, *numbers] if name not in taken)


def _within(name: str, taken: list[str]) -> bool:
    return any(name in other.split(" and ") for other in taken)
