"""What the gazetteer answers with: plain values; places are (longitude, latitude)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.kinds import Kind


@dataclass(frozen=True)
class AreaRef:
    """An area by name: enough to say it and to link to it."""

    code: str
    kind: str
    name: str
    name_cy: str = ""


@dataclass(frozen=True)
class StreetRef:
    """A street by name; one without a name is called by its number."""

    uid: str
    name: str
    name_cy: str = ""
    road_class: str = ""
    length_m: float = 0.0


@dataclass(frozen=True)
class Address:
    """The parts of an address, each of which may be empty."""

    name: str = ""
    unit: str = ""
    number: str = ""
    street: str = ""
    locality: str = ""
    town: str = ""
    postcode: str = ""

    @property
    def line(self) -> str:
        """The address on one line, without its postcode's town twice over."""
        street = " ".join(part for part in (self.number, self.street) if part)
        town = " ".join(part for part in (self.town, self.postcode) if part)
        return ", ".join(
            part for part in (self.name, self.unit, street, self.locality, town) if part
        )

    @property
    def short(self) -> str:
        """What people call it: its name, or its number and street."""
        street = " ".join(part for part in (self.number, self.street) if part)
        if self.name:
            return self.name
        return ", ".join(part for part in (self.unit, street) if part)


@dataclass(frozen=True)
class Hit:
    """Something the search found; the lower the rank, the better it fits.

    `what` is its type within its kind; `is_guess` says a letter had to be forgiven, `is_part`
    that some of the words were not found.
    """

    kind: Kind
    uid: str
    name: str
    name_cy: str = ""
    what: str = ""
    address: Address | None = None
    street: StreetRef | None = None
    areas: Sequence[AreaRef] = ()
    place: Point | None = None
    rank: float = 0.0
    is_guess: bool = False
    is_part: bool = False


@dataclass(frozen=True)
class Answer:
    """What the search answers: one page of hits, how many of each kind, and whether it goes on."""

    question: str
    hits: Sequence[Hit]
    counts: dict[Kind, int] = field(default_factory=dict)
    has_more: bool = False

    @property
    def is_guess(self) -> bool:
        """Whether nothing was found as typed, only with a letter forgiven."""
        return bool(self.hits) and all(hit.is_guess for hit in self.hits)

    @property
    def is_part(self) -> bool:
        """Whether nothing has all of the words."""
        return bool(self.hits) and all(hit.is_part for hit in self.hits)
