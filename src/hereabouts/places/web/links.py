"""Addresses of place pages."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.kinds import Kind

_FOLDERS = {
    Kind.STREET: "streets",
    Kind.AREA: "areas",
    Kind.PREMISES: "premises",
    Kind.ASSET: "assets",
    Kind.POSTCODE: "postcodes",
}


def href_of(kind: str, uid: str) -> str:
    """The address of a place's page; empty for kinds that have none."""
    folder = _FOLDERS.get(Kind(kind))
    return f"/{folder}/{quote(uid.replace(' ', ''), safe='')}" if folder else ""


def href_at(place: Point) -> str:
    """The address of the page about a point, to a metre."""
    return f"/at?lat={place.lat:.5f}&lon={place.lon:.5f}"


def with_query(path: str, **values: str | int | None) -> str:
    """A path with the values that are not empty as its query."""
    kept = {name: value for name, value in values.items() if value not in (None, "", 0)}
    return f"{path}?{urlencode(kept)}" if kept else path
