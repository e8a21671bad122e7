"""Seeded randomness: one independent stream per stage, so that a change to one leaves the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Dice:
    """The only source of chance in the town."""

    seed: int
    residents: int

    def stream(self, name: str) -> np.random.Generator:
        """A generator that depends on seed, size and name alone."""
        words = [self.seed, self.residents, *name.encode()]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))
