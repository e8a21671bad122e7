"""What the gazetteer holds of one kind of area, for comparing versions."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hereabouts.places.domain.area_versions import Version
from hereabouts.places.models import Area

PIECE = 500


def list_versions(kind: str) -> dict[str, Version]:
    """The version that stands, or stood last, of every code of a kind that has not gone."""
    rows = Area.objects.filter(kind=kind, gone_at=None).values_list(
        "code", "name", "name_cy", "geometry", "valid_from", "valid_to"
    )
    return {
        code: Version(
            code=code,
            name=name,
            name_cy=name_cy,
            geometry=bytes(geometry),
            valid_from=valid_from,
            valid_to=valid_to,
        )
        for code, name, name_cy, geometry, valid_from, valid_to in rows.iterator()
    }


def list_codes_of_other_kinds(kind: str, codes: Collection[str]) -> Iterator[tuple[str, str]]:
    """Which of these codes name areas of another kind, with that kind; gone ones too."""
    wanted = list(codes)
    for start in range(0, len(wanted), PIECE):
        piece = wanted[start : start + PIECE]
        found = Area.objects.exclude(kind=kind).filter(code__in=piece)
        yield from found.order_by("code").values_list("code", "kind")
