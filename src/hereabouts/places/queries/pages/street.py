"""A street: its segments, what stands on it, and the streets that meet it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count, Q

from hereabouts.kernel.geometry import Box
from hereabouts.places.domain.found import StreetRef
from hereabouts.places.domain.kinds import Kind, OneWay
from hereabouts.places.domain.street_profile import Piece, profile
from hereabouts.places.domain.views import Gone, PremisesRef, StreetView
from hereabouts.places.models import Asset, Premises, Segment, Street
from hereabouts.places.queries.areas import areas_of
from hereabouts.places.queries.history import gone, history_of
from hereabouts.places.queries.nearby import premises_from
from hereabouts.places.queries.pages.identifiers import identifiers_of
from hereabouts.places.queries.rows import in_box
from hereabouts.places.queries.sources import source_of

PREMISES_SHOWN = 12
MAX_MEETING = 40
MAX_POSTCODES = 12


def find_street(uid: str) -> StreetView | Gone | None:
    """Everything known of a street; when and why it went; or None for an unknown id. Ten reads."""
    street = Street.objects.filter(uid=uid).defer("geometry").first()
    if street is None:
        return None
    name = street.name or street.ref
    if street.gone_at is not None:
        return gone(Kind.STREET, street, name)
    pieces, nodes = _pieces(street.pk)
    count, shown, postcodes = _premises(street.pk)
    return StreetView(
        kind=Kind.STREET,
        uid=street.uid,
        name=name,
        name_cy=street.name_cy,
        box=street.box,
        areas=areas_of(Kind.STREET, street.pk),
        identifiers=identifiers_of(Kind.STREET, street.pk, ("usrn", street.usrn)),
        source=source_of(street.source),
        history=history_of(Kind.STREET, street.uid),
        ref=street.ref,
        usrn=street.usrn,
        road_class=street.road_class,
        length_m=street.length_m,
        segment_count=len(pieces),
        attributes=profile(pieces),
        meets=_meets(street.pk, street.box, nodes),
        premises_count=count,
        premises=shown,
        assets=_assets(street.pk),
        postcodes=postcodes,
    )


def _pieces(street_id: int) -> tuple[list[Piece], set[int]]:
    fields = (
        "length_m", "road_class", "lanes", "speed_limit_mph", "one_way", "width_m", "surface",
        "cycle", "bus", "is_lit", "access", "is_bridge", "is_tunnel", "from_node", "to_node",
    )  # fmt: skip
    pieces: list[Piece] = []
    nodes: set[int] = set()
    rows = Segment.objects.filter(street_id=street_id, gone_at=None)
    for *values, from_node, to_node in rows.values_list(*fields):
        pieces.append(_piece(values))
        nodes.update((from_node, to_node))
    return pieces, nodes


def _piece(values: Sequence[object]) -> Piece:
    length, road_class, lanes, speed, one_way, width, surface, *rest = values
    cycle, bus, is_lit, access, is_bridge, is_tunnel = rest
    return Piece(
        length_m=float(str(length)),
        values={
            "road_class": str(road_class),
            "speed_limit_mph": _known(speed),
            "one_way": "no" if one_way == OneWay.NO.value else "yes",
            "lanes": _known(lanes),
            "width_m": _known(width),
            "surface": _known(surface),
            "cycle": _known(cycle),
            "bus": _known(bus),
            "lit": None if is_lit is None else "yes" if is_lit else "no",
            "access": _known(access),
            "structure": "bridge" if is_bridge else "tunnel" if is_tunnel else "none",
        },
    )


def _known(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def _meets(street_id: int, box: Box, nodes: set[int]) -> list[StreetRef]:
    """Other streets that have a junction with this one."""
    if not nodes:
        return []
    at_node = Q(from_node__in=nodes) | Q(to_node__in=nodes)
    rows = in_box(Segment.objects.exclude(street=None), box.grown_m(1)).filter(at_node)
    fields = ("uid", "name", "name_cy", "road_class", "length_m", "ref")
    found: dict[str, StreetRef] = {}
    others = rows.exclude(street_id=street_id).values_list(*(f"street__{name}" for name in fields))
    for uid, name, name_cy, road_class, length_m, ref in others.distinct()[:MAX_MEETING]:
        if name or ref:
            found[uid] = StreetRef(uid, name or ref, name_cy, road_class, length_m)
    return sorted(found.values(), key=lambda one: one.name)


def _premises(street_id: int) -> tuple[int, list[PremisesRef], list[str]]:
    rows = Premises.objects.filter(street_id=street_id, gone_at=None)
    found = premises_from(rows.exclude(number="", name=""))
    codes = sorted({one.address.postcode for one in found if one.address.postcode})
    shown = sorted(found, key=lambda one: number_order(one.address.number))
    return len(found), shown[:PREMISES_SHOWN], codes[:MAX_POSTCODES]


def number_order(number: str) -> tuple[int, str]:
    """House numbers as people count them: 2, 10, 10A; names after numbers."""
    digits = "".join(sign for sign in number.split("-")[0] if sign.isdigit())
    return (int(digits[:9]) if digits else 10**9, number)


def _assets(street_id: int) -> Mapping[str, int]:
    rows = Asset.objects.filter(street_id=street_id, gone_at=None).values_list("type")
    return dict(rows.annotate(times=Count("id")).order_by("-times", "type"))
