"""A street in figures: how much of its length is what, and how much nobody has recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hereabouts.places.domain.views import Share

MOST = 0.8
"""Share of the length from which a value stands for the street."""


@dataclass(frozen=True)
class Piece:
    """A segment: its length and what is known of it by attribute; None is not recorded."""

    length_m: float
    values: Mapping[str, str | None] = field(default_factory=dict)


def profile(pieces: Sequence[Piece]) -> dict[str, list[Share]]:
    """For each attribute the values it takes and over what length, longest first."""
    lengths: dict[str, dict[str | None, float]] = {}
    for piece in pieces:
        for name, value in piece.values.items():
            of_name = lengths.setdefault(name, {})
            of_name[value] = of_name.get(value, 0.0) + piece.length_m
    return {
        name: [
            Share(value, length)
            for value, length in sorted(found.items(), key=lambda pair: (-pair[1], str(pair[0])))
        ]
        for name, found in lengths.items()
    }


def chief_value(shares: Sequence[Share]) -> str | None:
    """The value that holds for at least four fifths of the length; None when there is none."""
    total = sum(share.length_m for share in shares)
    if shares and shares[0].length_m >= MOST * total:
        return shares[0].value
    return None
