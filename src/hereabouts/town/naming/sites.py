"""Names for schools, parks, churches and pubs; none is given twice."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hereabouts.town.values import Zone

SAINTS = (
    "St Aldric", "St Osyth", "St Wendreda", "St Botolph", "St Hilda", "St Chad", "St Werburgh",
    "St Oswald", "St Edith", "St Guthlac", "St Milburga", "St Swithun", "St Dunstan", "St Cedd",
    "St Ethelburga", "St Alphege", "St Mildred", "St Neot", "St Petroc", "St Frideswide",
    "All Saints", "Holy Trinity", "Christ Church", "Emmanuel", "The Ascension",
)  # fmt: skip
PUBS = (
    "The Plough", "The Wheatsheaf", "The Fleece", "The Anchor", "The Railway Inn", "The Talbot",
    "The Bell", "The Green Man", "The Three Tuns", "The Cross Keys", "The Mason's Arms",
    "The Waterman's Rest", "The Golden Hind", "The Barley Mow", "The Ship Aground", "The Swan",
    "The Packhorse", "The Lamb", "The Blue Boar", "The Weavers' Arms", "The Crown",
    "The Drovers' Arms", "The Old Ferry", "The Malt Shovel", "The Royal Oak", "The Greyhound",
    "The Fox and Goose", "The Bricklayer's Arms", "The Hop Pole", "The Rose and Crown",
    "The Cooper's Arms", "The Jolly Miller", "The Windmill", "The Woolpack", "The Half Moon",
    "The Seven Stars", "The Globe", "The Star", "The Bird in Hand", "The Chequers",
)  # fmt: skip


@dataclass(slots=True)
class SiteNames:
    """Names given so far, and the town they are given in."""

    town: str
    rng: np.random.Generator
    given: set[str] = field(default_factory=set)

    def unique(self, *wishes: str) -> str:
        """The first wish still free; a numbered one when all are taken."""
        for wish in wishes:
            if wish not in self.given:
                self.given.add(wish)
                return wish
        return self.unique(*(f"{wishes[0]} No. {k}" for k in range(2, 400)))

    def school(self, zone: Zone, *, secondary: bool) -> str:
        """A school named for its quarter or a saint."""
        quarter = zone.name or self.town
        if secondary:
            return self.unique(f"{quarter} School", f"{quarter} Academy", f"{quarter} High School")
        saint = self._saint()
        if self.rng.random() < 0.3:
            return self.unique(f"{saint}'s Church of England Primary School",
                               f"{quarter} Primary School")  # fmt: skip
        return self.unique(
            f"{quarter} Primary School",
            f"{quarter} Junior School",
            f"{quarter} Infant School",
            f"{saint}'s Primary School",
            f"{quarter} Community School",
            f"{quarter} Lower School",
        )

    def park(self, zone: Zone, area_m2: float) -> str:
        """A park, a recreation ground or a green."""
        quarter = zone.name or self.town
        if area_m2 > 80_000.0:
            return self.unique(f"{quarter} Common", f"{self.town} Park", f"{quarter} Park",
                               f"{quarter} Heath")  # fmt: skip
        if area_m2 > 32_000.0:
            return self.unique("Jubilee Park", f"{quarter} Park", "Coronation Gardens",
                               f"{quarter} Gardens", f"{quarter} Playing Field")  # fmt: skip
        return self.unique(
            f"{quarter} Recreation Ground",
            f"{quarter} Green",
            f"{quarter} Playing Field",
            f"{quarter} Play Area",
            f"{quarter} Open Space",
        )

    def hospital(self) -> str:
        """The general hospital first."""
        return self.unique(f"{self.town} General Hospital", f"{self.town} Infirmary",
                           f"{self.town} Community Hospital")  # fmt: skip

    def retail_park(self, zone: Zone) -> str:
        """An out-of-town shopping park."""
        return self.unique(f"{zone.name} Retail Park", f"{zone.name} Shopping Park")

    def allotments(self, zone: Zone) -> str:
        """Allotment gardens."""
        return self.unique(f"{zone.name} Allotments", f"{zone.name} Lower Allotments")

    def cemetery(self, zone: Zone) -> str:
        """A burial ground."""
        return self.unique(f"{zone.name} Cemetery", f"{self.town} Cemetery")

    def church(self) -> str:
        """A parish church or chapel."""
        saint = self._saint()
        return self.unique(f"{saint}'s Church" if saint.startswith("St ") else f"{saint} Church",
                           f"{saint} Chapel", f"{saint} Mission Church")  # fmt: skip

    def pub(self) -> str:
        """A public house."""
        return self.unique(*(PUBS[int(self.rng.integers(len(PUBS)))] for _ in range(12)),
                           *(f"{p} Tap" for p in PUBS))  # fmt: skip

    def business(self, street: str, sign: str) -> str:
        """A shop called after its street, which gives offence to nobody."""
        short = street.rsplit(" ", 1)[0] if " " in street else street
        return self.unique(f"{short} {sign}", f"{street} {sign}", f"The Old {short} {sign}",
                           f"{short} Corner {sign}")  # fmt: skip

    def _saint(self) -> str:
        return SAINTS[int(self.rng.integers(len(SAINTS)))]
