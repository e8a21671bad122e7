"""What the gazetteer needs from outside: readers of files, and what other rooms say of a place."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol, cast

from hereabouts.design.api import Panel
from hereabouts.kernel.geometry import Box, Point
from hereabouts.places.domain.batch import Batch, Say
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.kinds import Kind


class Reader(Protocol):
    """Reads one kind of file into a batch; says how far it is; writes nothing.

    Raises: the refusals of `places.errors` for a file that it cannot read at all. A bad row is a
    finding of the batch and never stops it.
    """

    def __call__(self, path: Path, say: Say, options: Mapping[str, object]) -> Batch:
        """Read the file."""


_readers: dict[str, str] = {}


def provide_reader(importer: str, where: str) -> None:
    """Name the reader for an importer as `module:function`; it is loaded when first used."""
    _readers[importer] = where


def reader_for(importer: str) -> Reader:
    """The reader that was provided for an importer."""
    module, _, name = _readers[importer].partition(":")
    return cast(Reader, getattr(importlib.import_module(module), name))


class Slot(IntEnum):
    """Where on a place page a panel stands; the order is the same on every page."""

    NOW = 1
    REQUESTS = 2
    PLANS = 3
    PEOPLE = 4
    ABOUT = 5


@dataclass(frozen=True)
class PlaceRef:
    """The place a page is about, as panels are asked about it; `kind` is None for a bare point.

    `areas` are those it lies in; `holds`, of an area, the smaller ones that lie in it.
    """

    kind: Kind | None
    uid: str
    name: str
    place: Point
    box: Box
    areas: Sequence[AreaRef] = ()
    holds: Sequence[AreaRef] = ()


class PanelSource(Protocol):
    """What a room says about a place in a few lines; None when it has nothing to do with it."""

    def __call__(self, place: PlaceRef, language: str) -> Panel | None:
        """The panel in the reader's language, `en` or `cy`; a read or two at most."""


_panels: dict[str, tuple[Slot, PanelSource]] = {}


def contribute_panel(name: str, slot: Slot, source: PanelSource) -> None:
    """Add a room's panel to every place page, as `room.panel`; the same name replaces it."""
    _panels[name] = (slot, source)


def panel_sources() -> list[PanelSource]:
    """Every contributed panel in the order in which pages show them."""
    ordered = sorted(_panels.items(), key=lambda pair: (pair[1][0], pair[0]))
    return [source for _, (_, source) in ordered]
