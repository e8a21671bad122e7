"""Ranks of deprivation for the small areas, in step with who the streets were built for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hereabouts.town.dice import Dice
from hereabouts.town.values import Floats

AREAS_IN_ENGLAND = 33_755
"""Number of small areas that the English index of 2025 ranks."""

DOMAINS = (
    "IMD", "Income", "Employment", "Education", "Health", "Crime", "Housing_and_Services",
    "Environment",
)  # fmt: skip

HEADER = (
    "lsoa21_code",
    *(f"{domain}_decile" for domain in DOMAINS),
    *(f"{domain}_rank" for domain in DOMAINS),
    *(f"{domain}_score" for domain in DOMAINS),
)


@dataclass(frozen=True, slots=True)
class _Domain:
    """How a domain follows the quality of an area and what its scores look like."""

    follows: float
    highest: float
    lowest: float
    bend: float


_SHAPES = {
    "IMD": _Domain(1.0, 82.0, 1.2, 1.7),
    "Income": _Domain(0.95, 0.62, 0.01, 1.9),
    "Employment": _Domain(0.93, 0.5, 0.008, 1.8),
    "Education": _Domain(0.85, 88.0, 0.1, 2.1),
    "Health": _Domain(0.88, 2.9, -2.8, 1.0),
    "Crime": _Domain(0.75, 2.6, -2.7, 1.0),
    "Housing_and_Services": _Domain(-0.25, 58.0, 2.0, 1.6),
    "Environment": _Domain(0.35, 76.0, 1.0, 2.0),
}


def deprivation_rows(codes: list[str], quality: Floats, dice: Dice) -> list[tuple[str, ...]]:
    """One row per small area in the columns of the index of 2025.

    `quality` runs from 0, worst off, to 1. Rank 1 is the most deprived area of England.
    """
    rng = dice.stream("deprivation")
    ranks = {}
    for domain in DOMAINS:
        shape = _SHAPES[domain]
        mixed = 0.5 + shape.follows * (quality - 0.5) + rng.normal(0.0, 0.09, len(codes))
        share = np.clip(1.0 / (1.0 + np.exp(-6.5 * (mixed - 0.52))), 0.0005, 0.9995)
        ranks[domain] = _distinct(np.ceil(share * AREAS_IN_ENGLAND).astype(np.int64))
    rows = []
    for i, code in enumerate(codes):
        mine = {domain: int(ranks[domain][i]) for domain in DOMAINS}
        rows.append((
            code,
            *(str(-(-mine[d] * 10 // AREAS_IN_ENGLAND)) for d in DOMAINS),
            *(str(mine[d]) for d in DOMAINS),
            *(_score(d, mine[d]) for d in DOMAINS),
        ))  # fmt: skip
    return rows


def _distinct(ranks: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[int]:
    """No two areas share a rank."""
    used: set[int] = set()
    found = []
    for rank in ranks.tolist():
        while rank in used:
            rank = rank + 1 if rank < AREAS_IN_ENGLAND else 1
        used.add(rank)
        found.append(rank)
    return found


def _score(domain: str, rank: int) -> str:
    shape = _SHAPES[domain]
    left = 1.0 - rank / AREAS_IN_ENGLAND
    value = shape.lowest + (shape.highest - shape.lowest) * left**shape.bend
    return f"{value:.3f}".rstrip("0").rstrip(".")
