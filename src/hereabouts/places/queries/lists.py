"""Lists to browse: streets by letter, areas by kind, assets by type, premises of a street."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from hereabouts.places.domain.area_order import place_in_order
from hereabouts.places.domain.found import AreaRef, StreetRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import AssetRef, PremisesRef
from hereabouts.places.errors import BadPage
from hereabouts.places.models import Area, AreaMembership, Asset, Feature, Premises, Street
from hereabouts.places.queries.nearby import assets_from, premises_from
from hereabouts.places.queries.pages.street import number_order

PAGE = 100
Item = TypeVar("Item")
FIRST_SIGN = Substr("name", 1, 1)
LETTERS, OTHER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "#"


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A page of a list; `after` is the mark of its last item when there are more."""

    items: Sequence[Item]
    after: str = ""


@dataclass(frozen=True)
class StreetFilter:
    """Which streets to list: by first letter, by area, or all."""

    letter: str = ""
    area: str = ""


def list_streets(
    wanted: StreetFilter, order: Callable[[str], object], after: str = "", limit: int = PAGE
) -> Page[StreetRef]:
    """Named streets in the order of a language, from the one after a public id.

    Raises: BadPage when that id is not in the list.
    """
    rows = _named_streets(wanted.area)
    if wanted.letter:
        signs = [sign for sign in _first_signs(rows) if letter_of(sign) == wanted.letter]
        rows = rows.alias(sign=FIRST_SIGN).filter(Q(sign__in=signs))
    fields = ("uid", "name", "name_cy", "road_class", "length_m")
    found = [StreetRef(*row) for row in rows.values_list(*fields)]
    found.sort(key=lambda one: (order(one.name), one.uid))
    return _cut(found, [one.uid for one in found], after, limit)


def street_letters(area: str = "") -> list[str]:
    """The letters that streets are listed under, `#` for those that begin with none."""
    found = {letter_of(sign) for sign in _first_signs(_named_streets(area))}
    return [letter for letter in f"{LETTERS}{OTHER}" if letter in found]


def letter_of(sign: str) -> str:
    """The letter a name's first sign is listed under: without its accent, `#` for no letter."""
    bare = unicodedata.normalize("NFKD", sign)[:1].upper()
    return bare if bare in LETTERS and bare else OTHER


def _named_streets(area: str) -> QuerySet[Street]:
    return _in_area(Street.objects.filter(gone_at=None).exclude(name=""), Kind.STREET, area)


def _first_signs(rows: QuerySet[Street]) -> list[str]:
    return list(rows.values_list(FIRST_SIGN, flat=True).distinct().order_by())


def area_kinds() -> dict[str, int]:
    """Kinds of area and how many of each there are today, local ones first."""
    rows = Area.objects.filter(gone_at=None, valid_to=None).values_list("kind")
    found = dict(rows.annotate(times=Count("id")).order_by())
    return dict(sorted(found.items(), key=lambda pair: (place_in_order(pair[0]), pair[0])))


def list_areas(
    kind: str, order: Callable[[str], object], after: str = "", limit: int = PAGE
) -> Page[AreaRef]:
    """Areas of a kind in the order of a language. Raises: BadPage."""
    rows = Area.objects.filter(gone_at=None, valid_to=None, kind=kind)
    found = [AreaRef(*row) for row in rows.values_list("code", "kind", "name", "name_cy")]
    found.sort(key=lambda one: (order(one.name), one.code))
    return _cut(found, [one.code for one in found], after, limit)


@dataclass(frozen=True)
class AssetFilter:
    """Which assets to list: by type, street or area, or all."""

    type: str = ""
    street: str = ""
    area: str = ""


def count_assets_by_type() -> dict[str, int]:
    """Types of asset and how many of each there are, most first."""
    rows = Asset.objects.filter(gone_at=None).values_list("type")
    return dict(rows.annotate(times=Count("id")).order_by("-times", "type"))


def list_assets(wanted: AssetFilter, after: str = "", limit: int = PAGE) -> Page[AssetRef]:
    """Assets in the order in which they came. Raises: BadPage."""
    rows = Asset.objects.filter(gone_at=None).order_by("id")
    rows = rows.filter(type=wanted.type) if wanted.type else rows
    rows = rows.filter(street__uid=wanted.street) if wanted.street else rows
    rows = _in_area(rows, Kind.ASSET, wanted.area)
    if after:
        rows = rows.filter(id__gt=_key(Asset, after))
    return _page(assets_from(rows[: limit + 1]), limit)


@dataclass(frozen=True)
class PremisesFilter:
    """Which premises to list: on a street, or with a postcode."""

    street: str = ""
    postcode: str = ""


def list_premises(wanted: PremisesFilter, after: str = "", limit: int = PAGE) -> Page[PremisesRef]:
    """Premises with an address or a name, by street and number. Raises: BadPage."""
    named = ~Q(number="") | ~Q(name="")
    rows = Premises.objects.filter(named, gone_at=None)
    rows = rows.filter(street__uid=wanted.street) if wanted.street else rows
    rows = rows.filter(postcode=wanted.postcode) if wanted.postcode else rows
    found = premises_from(rows)
    found.sort(key=lambda one: (one.address.street, number_order(one.address.number), one.uid))
    return _cut(found, [one.uid for one in found], after, limit)


Row = TypeVar("Row", bound=Feature)


def _in_area(rows: QuerySet[Row], kind: Kind, code: str) -> QuerySet[Row]:
    if not code:
        return rows
    members = AreaMembership.objects.filter(area__code=code, kind=kind.value)
    return rows.filter(id__in=members.values("feature_id"))


def _key(table: type[Feature], uid: str) -> int:
    found = table._default_manager.filter(uid=uid).values_list("pk", flat=True).first()
    if found is None:
        raise BadPage
    return int(found)


def _page(found: Sequence[AssetRef], limit: int) -> Page[AssetRef]:
    return Page(found[:limit], found[limit - 1].uid if len(found) > limit else "")


def _cut(found: Sequence[Item], marks: Sequence[str], after: str, limit: int) -> Page[Item]:
    if after and after not in marks:
        raise BadPage
    start = marks.index(after) + 1 if after else 0
    end = start + limit
    return Page(found[start:end], marks[end - 1] if len(found) > end else "")
