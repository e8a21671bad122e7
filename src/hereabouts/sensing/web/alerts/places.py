"""The place an alert is for, from an address such as `street:st-1` or `point:51.58,-2.99`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hereabouts.kernel.geometry import Box, NotOnTheMap, Point
from hereabouts.places.api import (
    AreaRef,
    AreaView,
    Kind,
    PlaceRef,
    PlaceView,
    find_area,
    find_asset,
    find_postcode,
    find_premises,
    find_street,
)
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.around import things_in, things_of_area
from hereabouts.sensing.queries.sensor import find_thing
from hereabouts.sensing.web.panel import reach_of

AT_ONE_SENSOR_M = 5.0
LONGEST_UID = 40
LARGEST_ID = 10**17


@dataclass(frozen=True)
class AlertPlace:
    """A place with the ground that is watched, its page, and the open Things there."""

    kind: str
    uid: str
    name: str
    box: Box
    href: str
    thing_ids: tuple[int, ...]

    @property
    def key(self) -> str:
        """The place in an address."""
        return f"{self.kind}:{self.uid}"


_FINDERS: Mapping[str, tuple[Callable[[str], object], str]] = {
    Kind.STREET.value: (find_street, "/streets/"),
    Kind.PREMISES.value: (find_premises, "/premises/"),
    Kind.ASSET.value: (find_asset, "/assets/"),
    Kind.AREA.value: (find_area, "/areas/"),
    Kind.POSTCODE.value: (find_postcode, "/postcodes/"),
}


def find_place(key: str) -> AlertPlace | None:
    """The place an address names, or None where there is no such place."""
    kind, _, uid = key.replace("\x00", "").partition(":")
    uid = uid[:LONGEST_UID]
    if kind == "thing":
        return _thing(uid)
    if kind == "point":
        return _point(uid)
    finder, prefix = _FINDERS.get(kind, (None, ""))
    view = finder(uid) if finder else None
    if not isinstance(view, PlaceView):
        return None
    ref = PlaceRef(view.kind, view.uid, view.name, view.middle, view.box, view.areas)
    href = f"{prefix}{view.uid.replace(' ', '')}"
    return _placed(kind, ref, href, view if isinstance(view, AreaView) else None)


def _placed(kind: str, ref: PlaceRef, href: str, area: AreaView | None) -> AlertPlace:
    box = reach_of(ref)
    if area is not None:
        reference = AreaRef(area.code, area.area_kind, area.name, area.name_cy)
        things = things_of_area(reference, box)
    else:
        things = things_in(box, ref.place)
    ids = tuple(one.id for one in things)
    return AlertPlace(kind, ref.uid, ref.name, box, href, ids)


def _thing(uid: str) -> AlertPlace | None:
    if not (uid.isascii() and uid.isdigit()) or int(uid) > LARGEST_ID:
        return None
    view = find_thing(int(uid), level=DataClass.OPEN)
    if view is None or view.place is None:
        return None
    place = view.place
    box = Box(place.lon, place.lat, place.lon, place.lat).grown_m(AT_ONE_SENSOR_M)
    return AlertPlace("thing", uid, view.name, box, f"/sensors/{uid}", (view.id,))


def _point(uid: str) -> AlertPlace | None:
    lat, _, lon = uid.partition(",")
    try:
        place = Point(float(lon), float(lat))
    except (ValueError, NotOnTheMap):
        return None
    box = Box(place.lon, place.lat, place.lon, place.lat)
    name = f"{place.lat:.5f}, {place.lon:.5f}"
    ref = PlaceRef(None, f"{place.lat:.5f},{place.lon:.5f}", name, place, box)
    return _placed("point", ref, f"/at?lat={place.lat:.5f}&lon={place.lon:.5f}", None)
