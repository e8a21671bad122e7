"""Names for streets, by era and shape; no name is given twice."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hereabouts.town.dice import Dice
from hereabouts.town.layout.curves import length_m
from hereabouts.town.layout.network import Network
from hereabouts.town.naming import words
from hereabouts.town.values import Floats, Street, Style

BASES: dict[Style, tuple[tuple[str, ...], ...]] = {
    Style.CENTRE: (words.OLD_PLACES, words.OLD_PLACES, words.FORENAMES),
    Style.TERRACE: (words.FORENAMES, words.WORTHIES, words.MAKERS, words.FORENAMES),
    Style.VILLA: (words.WORTHIES, words.TREES, ()),
    Style.SEMI: (words.TREES, (), words.WRITERS, ()),
    Style.POSTWAR: (words.WRITERS, words.BIRDS, words.MAKERS, ()),
    Style.MODERN: (words.FIELDS, words.FLOWERS, words.BIRDS, words.FIELDS),
    Style.VILLAGE: (words.FIELDS, words.OLD_PLACES),
    Style.INDUSTRY: (words.MAKERS, words.OLD_PLACES),
    Style.COUNTRY: (words.FIELDS, ()),
}
"""An empty tuple stands for invented place names."""

ENDINGS: dict[Style, tuple[str, ...]] = {
    Style.CENTRE: ("Street", "Street", "Street", "Lane", "Row", "Passage", "Gate"),
    Style.TERRACE: ("Street", "Street", "Street", "Road", "Terrace", "Place"),
    Style.VILLA: ("Road", "Avenue", "Park", "Gardens", "Drive"),
    Style.SEMI: ("Road", "Avenue", "Drive", "Gardens", "Grove", "Way"),
    Style.POSTWAR: ("Road", "Close", "Walk", "Way", "Green", "Avenue"),
    Style.MODERN: ("Drive", "Way", "Mead", "Lea", "Rise", "Chase"),
    Style.VILLAGE: ("Lane", "Lane", "Row", "Street", "Green"),
    Style.INDUSTRY: ("Road", "Way", "Street"),
    Style.COUNTRY: ("Lane", "Lane", "Lane", "Drove", "Hill"),
}
DEAD_ENDS: dict[Style, tuple[str, ...]] = {
    Style.CENTRE: ("Court", "Yard", "Mews", "Alley"),
    Style.TERRACE: ("Place", "Terrace", "Cottages"),
    Style.VILLA: ("Close", "Gardens", "Mews"),
    Style.SEMI: ("Close", "Grove", "Gardens"),
    Style.POSTWAR: ("Close", "Close", "Court", "Place"),
    Style.MODERN: ("Close", "Close", "Court", "Mews", "Croft", "View"),
    Style.VILLAGE: ("Close", "Croft", "Yard"),
    Style.INDUSTRY: ("Court", "Way", "Close"),
    Style.COUNTRY: ("Lane",),
}
CURVED = 0.93
"""A street whose ends are nearer than this share of its length is a crescent."""


@dataclass(slots=True)
class Register:
    """Names given so far."""

    rng: np.random.Generator
    given: set[str] = field(default_factory=set)

    def take(self, name: str) -> bool:
        """Whether the name was still free; it is taken now."""
        if name in self.given:
            return False
        self.given.add(name)
        return True

    def invent(self, style: Style, endings: tuple[str, ...]) -> str:
        """A name that nothing else has."""
        for attempt in range(400):
            stock = BASES[style][int(self.rng.integers(len(BASES[style])))]
            if attempt > 30 or not stock:
                base = self.place()
            else:
                base = stock[int(self.rng.integers(len(stock)))]
            ending = endings[int(self.rng.integers(len(endings)))]
            name = f"{base} {ending}"
            if _reads_well(base, ending) and self.take(name):
                return name
        raise AssertionError("The stock of street names ran out.")

    def place(self) -> str:
        """An invented place name, such as a lord of the manor might have had."""
        start = words.PLACE_STARTS[int(self.rng.integers(len(words.PLACE_STARTS)))]
        end = words.PLACE_ENDS[int(self.rng.integers(len(words.PLACE_ENDS)))]
        if start[-1] == end[0] and start[-1] not in "els":
            end = end[1:] if end[1] not in "rl" else end
        return start + end


def _reads_well(base: str, ending: str) -> bool:
    return ending.lower() not in base.lower() and not (base == "Park" or base.endswith(ending))


GATES = ("High Street", "Cornhill", "Northgate", "Broad Street", "Westgate", "Saddlergate")
ROUND = ("Castle Street", "Wall Street", "Ropewalk", "Priory Street", "Tanner's Row", "Quay Street",
         "Mill Street", "Minster Walk", "Chantry Street", "Greyfriars")  # fmt: skip
WAYS = ("Kingsway", "Queensway", "Jubilee Way", "Coronation Way", "Prince's Way", "Festival Way",
        "Millennium Way", "Parkway", "Alderman's Way", "Guildhall Way", "Wayfarers' Way",
        "Ferrymen's Way", "Drovers' Way", "Charter Way", "Beacon Way", "Harvest Way",
        "Weavers' Way", "Sovereign Way")  # fmt: skip


def name_streets(network: Network, villages: list[tuple[str, Floats]], dice: Dice) -> None:
    """Name every street in place, main roads first; a roundabout has no name."""
    register = Register(dice.stream("names"))
    _name_main(network.streets, villages, register)
    for street in network.streets:
        if not street.name and street.role != "roundabout":
            street.name = register.invent(street.style, _endings(network, street))


def _endings(network: Network, street: Street) -> tuple[str, ...]:
    straight = float(np.hypot(*(street.line[-1] - street.line[0])))
    total = length_m(street.line)
    if street.nodes[0] == street.nodes[-1]:
        return ("Circle", "Circus")
    ends = network.degree[street.nodes[[0, -1]]]
    if ends.min() == 1 and total < 260.0 and street.role == "street":
        return DEAD_ENDS[street.style]
    if straight < CURVED * total and ends.min() > 1 and street.style is not Style.COUNTRY:
        return ("Crescent",)
    return ENDINGS[street.style]


def _name_main(
    streets: tuple[Street, ...], villages: list[tuple[str, Floats]], register: Register
) -> None:
    """Main roads are named for the gate they left by and for where they lead."""
    for name in ("Station Approach", "Bridge Street", "Market Place"):
        register.take(name)
    leads_to = _destinations(streets, villages, register)
    ways, rounds = iter(_shuffled(WAYS, register)), iter(_shuffled(ROUND, register))
    for street in streets:
        if street.role == "bridge":
            street.name = "Bridge Street"
        elif street.role == "radial" and street.style is Style.CENTRE:
            street.name = GATES[street.family % len(GATES)]
        elif street.role == "radial":
            street.name = leads_to[street.family]
        elif street.role == "inner":
            street.name = next(rounds, "") or register.invent(Style.CENTRE, ("Street",))
        elif street.role in ("bypass", "ring"):
            street.name = next(ways, "") or register.invent(Style.INDUSTRY, ("Way",))
        register.take(street.name)


def _shuffled(names: tuple[str, ...], register: Register) -> list[str]:
    return [names[i] for i in register.rng.permutation(len(names))]


def _destinations(
    streets: tuple[Street, ...], villages: list[tuple[str, Floats]], register: Register
) -> dict[int, str]:
    """The village a main road passes, or some town farther off."""
    ends: dict[int, Floats] = {}
    for street in streets:
        if street.role == "radial" and street.style is not Style.CENTRE:
            ends[street.family] = street.line[-1]
    names: dict[int, str] = {}
    taken: set[str] = set()
    for family, end in sorted(ends.items()):
        towards = end / np.hypot(*end)
        near = [
            name for name, place in villages
            if towards @ (place / np.hypot(*place)) > 0.94 and name not in taken
        ]  # fmt: skip
        target = near[0] if near else register.place()
        taken.add(target)
        names[family] = f"{target} Road"
    return names
