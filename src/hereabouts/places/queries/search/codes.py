"""Questions that are a code: a postcode or the beginning of one, or another register's number."""

from __future__ import annotations

from collections.abc import Iterator

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.found import Hit
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_question import Question
from hereabouts.places.models import Area, Asset, Feature, Identifier, Postcode, Premises, Street
from hereabouts.places.queries.search.beginnings import begins

MAX_POSTCODES = 200
SCHEMES = ("usrn", "uprn", "naptan", "osm", "gss", "toid")
LINKED: dict[str, type[Feature]] = {
    Kind.STREET.value: Street,
    Kind.PREMISES.value: Premises,
    Kind.ASSET.value: Asset,
    Kind.AREA.value: Area,
}
WHOLE, BEGINNING, BY_NUMBER = -1.0, 1.5, -1.0


def postcodes(question: Question, limit: int = MAX_POSTCODES) -> list[Hit]:
    """Postcodes that are, or begin with, what was typed; from the register or from addresses."""
    found: dict[str, Hit] = {}
    for beginning in question.postcodes:
        rows = Postcode.objects.filter(begins("code", beginning), gone_at=None)
        for code, lon, lat in rows.order_by("code").values_list("code", "west", "south")[:limit]:
            found.setdefault(code, _postcode(code, Point(lon, lat), beginning))
        if found:
            continue
        addressed = Premises.objects.filter(begins("postcode", beginning), gone_at=None)
        codes = addressed.order_by("postcode").values_list("postcode", flat=True).distinct()
        for code in codes[:limit]:
            found.setdefault(code, _postcode(code, None, beginning))
    return sorted(found.values(), key=lambda hit: (hit.rank, hit.name))


def nearest_code(question: Question) -> list[Hit]:
    """The postcodes of the sector, or the district, of one that is not there."""
    for beginning in question.postcodes:
        outward, _, inward = beginning.partition(" ")
        for shorter in (f"{outward} {inward[:1]}", f"{outward} "):
            asked = Question("", (), "", (shorter,), "", is_uid=False)
            if len(inward) == 3 and (hits := postcodes(asked)):
                return hits
    return []


def numbered(question: Question) -> list[Hit]:
    """Features that another register gave this number, or whose public id it is."""
    if question.is_uid:
        return list(_by_uid(question.text.lower()))
    if len(question.identifier) < 3:
        return []
    rows = Identifier.objects.filter(scheme__in=SCHEMES, value=question.identifier)
    found = []
    for kind, feature_id in rows.values_list("kind", "feature_id")[:20]:
        table = LINKED.get(kind)
        if table is None:
            continue
        field = "code" if table is Area else "uid"
        live = table._default_manager.filter(pk=feature_id, gone_at=None)
        found += [
            Hit(Kind(kind), uid, question.identifier, rank=BY_NUMBER)
            for uid in live.values_list(field, flat=True)
        ]
    return found


def _by_uid(uid: str) -> Iterator[Hit]:
    for kind, table in LINKED.items():
        if table is not Area and table._default_manager.filter(uid=uid, gone_at=None).exists():
            yield Hit(Kind(kind), uid, uid, rank=BY_NUMBER)


def _postcode(code: str, place: Point | None, beginning: str) -> Hit:
    rank = WHOLE if code == beginning else BEGINNING
    return Hit(Kind.POSTCODE, code, code, what="postcode", place=place, rank=rank)
