"""Names for streets, by era and shape; no name is given twice."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hereabouts.town.dice import Dice
from hereabouts.town.layout.curves import length_m
from hereabouts.town.layout.network import Network
from hereabouts.town.naming import words
from hereabouts.town.values import Street, Style

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


def name_streets(network: Network, villages: tuple[str, ...], dice: Dice) -> None:
    """Name every street in place, main roads first."""
    rng = dice.stream("names")
    register = Register(rng)
    streets = network.streets
    _name_main(streets, villages, register)
    for street in streets:
        if not street.name and street.role != "roundabout":
            street.name = register.invent(street.style, _endings(network, street))


def _endings(network: Network, street: Street) -> tuple[str, ...]:
    straight = float(np.hypot(*(street.line[-1] - street.line[0])))
    total = length_m(street.line)
    ends = network.degree[street.nodes[[0, -1]]]
    if ends.min() == 1 and total < 260.0 and street.role == "street":
        return DEAD_ENDS[street.style]
    if straight < CURVED * total and ends.min() > 1 and street.style is not Style.COUNTRY:
        return ("Crescent",)
    return ENDINGS[street.style]


def _name_main(
    streets: tuple[Street, ...], villages: tuple[str, ...], register: Register
) -> None:
    """Names of the main roads tell where they lead."""
    targets = list(villages)
    for street in streets:
        if street.role == "bridge":
            street.name = "Bridge Street"
        elif street.role == "inner":
            street.name = "Northgate Street" if street.highway == "secondary" else "Back Lane"
        elif street.role == "bypass":
            street.name = "Ring Road"
        elif street.role == "ring":
            street.name = "Circular Road"
        else:
            continue
        register.take(street.name)
    del targets
