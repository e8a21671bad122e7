"""How people live in an area, where figures are loaded: residents, households, deprivation."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.views import Neighbourhood
from hereabouts.places.models import Deprivation, Population

OVERALL = "overall"


def neighbourhoods(areas: Sequence[AreaRef]) -> list[Neighbourhood]:
    """What is known of each area that has any figures, newest edition of each. Two reads."""
    codes = [area.code for area in areas]
    if not codes:
        return []
    people: dict[str, Population] = {}
    for row in Population.objects.filter(area_code__in=codes).order_by("edition"):
        people[row.area_code] = row
    need: dict[str, dict[str, Deprivation]] = {}
    for figure in Deprivation.objects.filter(area_code__in=codes).order_by("edition"):
        of_area = need.setdefault(figure.area_code, {})
        newest = next(iter(of_area.values()), figure).edition
        if figure.edition != newest:
            of_area.clear()
        of_area[figure.domain] = figure
    return [
        _neighbourhood(area, people.get(area.code), need.get(area.code, {}))
        for area in areas
        if area.code in people or area.code in need
    ]


def _neighbourhood(
    area: AreaRef, people: Population | None, need: dict[str, Deprivation]
) -> Neighbourhood:
    overall = need.get(OVERALL)
    return Neighbourhood(
        area=area,
        residents=people.residents if people else None,
        households=people.households if people else None,
        population_edition=people.edition if people else "",
        decile=overall.decile if overall else None,
        rank=overall.rank if overall else None,
        deprivation_edition=overall.edition if overall else "",
        domains={
            name: figure.decile
            for name, figure in sorted(need.items())
            if name != OVERALL and figure.decile is not None
        },
    )
