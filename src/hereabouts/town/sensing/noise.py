"""Chance that can be asked for at any moment: the same seed, name and time give the same number."""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache


def smooth(seed: int, name: str, seconds: float, period_s: float) -> float:
    """A number from 0 to 1 that wanders over about a period; continuous in time.

    Source: value noise on a lattice of hashed points with cubic easing.
    """
    place = seconds / period_s
    left = math.floor(place)
    share = place - left
    eased = share * share * (3.0 - 2.0 * share)
    return chance(seed, name, left) * (1.0 - eased) + chance(seed, name, left + 1) * eased


@lru_cache(maxsize=65_536)
def chance(seed: int, name: str, number: int) -> float:
    """A number from 0 to 1 for a seed, a name and a whole number."""
    digest = hashlib.blake2b(f"{seed}\x1f{name}\x1f{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
