"""In which order areas are named: from the smallest people live by to the largest."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.places.domain.found import AreaRef

LOCAL = ("ward", "parish", "community", "neighbourhood")
"""Kinds by which people say where they live."""

STATISTICAL = ("oa", "lsoa", "msoa")
LARGE = ("district", "county", "region", "country")


def place_in_order(kind: str) -> int:
    """The place of a kind: local, the council's own patches, large, and statistics last."""
    if kind in LOCAL:
        return LOCAL.index(kind)
    if kind in LARGE:
        return 20 + LARGE.index(kind)
    if kind in STATISTICAL:
        return 30 + STATISTICAL.index(kind)
    return 10


def ordered(areas: Sequence[AreaRef]) -> list[AreaRef]:
    """The areas in the order in which a page names them."""
    return sorted(areas, key=lambda area: (place_in_order(area.kind), area.kind, area.name))


def most_local(areas: Sequence[AreaRef]) -> list[AreaRef]:
    """The areas to say where something is: all of the most local kind there is; not statistics."""
    sensible = [area for area in ordered(areas) if area.kind not in STATISTICAL]
    return [area for area in sensible if area.kind == sensible[0].kind]
