"""The refusals of the town generator."""

from __future__ import annotations

from typing import ClassVar

from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.text import N_


class TownSizeRefused(Refusal):
    """Too small to be a town, or larger than anything the rules of growth were tried on."""

    code: ClassVar[str] = "town.size"
    message: ClassVar[str] = N_(
        "A town has between {smallest} and {largest} residents; {residents} were asked for."
    )


class TownSeedRefused(Refusal):
    """Seeds are whole numbers from zero up."""

    code: ClassVar[str] = "town.seed"
    message: ClassVar[str] = N_("A seed is a whole number of at least 0; {seed} was given.")


class TownFolderRefused(Refusal):
    """The place to write to is a file, or cannot be created."""

    code: ClassVar[str] = "town.folder"
    message: ClassVar[str] = N_("The town cannot be written to {folder}: {reason}.")
