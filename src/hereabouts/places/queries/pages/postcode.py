"""A postcode: the register's, or one that is only known from addresses."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.kernel.geometry import Box, Point
from hereabouts.places.domain.found import StreetRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import Gone, PostcodeView, PremisesRef, Source
from hereabouts.places.models import Postcode, Premises, Street
from hereabouts.places.queries.areas import areas_of
from hereabouts.places.queries.history import gone, history_of
from hereabouts.places.queries.nearby import areas_at, premises_from
from hereabouts.places.queries.pages.street import number_order
from hereabouts.places.queries.sources import source_of

PREMISES_SHOWN = 20


def find_postcode(code: str) -> PostcodeView | Gone | None:
    """Everything known of a canonical postcode (`NP20 1AB`); None when nothing has it."""
    if not code:
        # What is no postcode is not that of all addresses without one.
        return None
    row = Postcode.objects.filter(code=code).defer("geometry").first()
    addressed = Premises.objects.filter(postcode=code, gone_at=None)
    if row is not None and row.gone_at is not None:
        return gone(Kind.POSTCODE, row, row.code)
    premises = premises_from(addressed)
    if row is None and not premises:
        return None
    place = Point(row.west, row.south) if row else _middle(premises)
    source = row.source if row else (addressed.values_list("source", flat=True).first() or "")
    return PostcodeView(
        kind=Kind.POSTCODE,
        uid=code,
        name=code,
        box=_box(place, premises),
        areas=areas_of(Kind.POSTCODE, row.pk) if row else areas_at(place),
        identifiers=(("postcode", code),),
        source=source_of(source) if source else Source(""),
        history=history_of(Kind.POSTCODE, row.uid) if row else (),
        quality=row.quality if row else "",
        ended=row.ended if row else None,
        place=place,
        premises_count=len(premises),
        premises=sorted(premises, key=_order)[:PREMISES_SHOWN],
        streets=_streets(code),
    )


def _order(one: PremisesRef) -> tuple[str, tuple[int, str]]:
    return one.address.street, number_order(one.address.number)


def _streets(code: str) -> list[StreetRef]:
    numbers = Premises.objects.filter(postcode=code, gone_at=None).values("street_id")
    rows = Street.objects.filter(id__in=numbers, gone_at=None).order_by("name")
    fields = ("uid", "name", "name_cy", "road_class", "length_m")
    return [StreetRef(*row) for row in rows.values_list(*fields)[:20]]


def _middle(premises: Sequence[PremisesRef]) -> Point:
    count = len(premises)
    return Point(
        sum(one.place.lon for one in premises) / count,
        sum(one.place.lat for one in premises) / count,
    )


def _box(place: Point, premises: Sequence[PremisesRef]) -> Box:
    places = [place, *(one.place for one in premises)]
    return Box(
        min(one.lon for one in places),
        min(one.lat for one in places),
        max(one.lon for one in places),
        max(one.lat for one in places),
    )
