"""The door of the room: generate an invented town into a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hereabouts.town.errors import TownFolderRefused, TownSeedRefused, TownSizeRefused
from hereabouts.town.plan import LARGEST, SMALLEST
from hereabouts.town.summary import TownSummary
from hereabouts.town.town import grow
from hereabouts.town.writing.folder import write_town

__all__ = [
    "LARGEST",
    "SMALLEST",
    "Progress",
    "TownFolderRefused",
    "TownSeedRefused",
    "TownSizeRefused",
    "TownSummary",
    "generate",
]

Progress = Callable[[str, float], None]
"""Called with the name of the stage that begins and the share of the work done, 0 to 1."""


def generate(seed: int, residents: int, out: Path, progress: Progress | None = None) -> TownSummary:
    """Grow the town of a seed and a size, and write its files into `out`, made if missing.

    The same seed and size give the same bytes with the same versions of Python, numpy, GEOS,
    PROJ and libosmium. Files of an earlier town in the folder are replaced.

    Raises: TownSizeRefused, TownSeedRefused, TownFolderRefused.
    """
    if seed < 0:
        raise TownSeedRefused(seed=seed)
    if not SMALLEST <= residents <= LARGEST:
        raise TownSizeRefused(residents=residents, smallest=SMALLEST, largest=LARGEST)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TownFolderRefused(folder=str(out), reason=str(error.strerror)) from error
    tell = progress or _silence
    town = grow(seed, residents, tell)
    return write_town(town, out, tell)


def _silence(stage: str, share: float) -> None:
    """Progress nobody asked for."""
