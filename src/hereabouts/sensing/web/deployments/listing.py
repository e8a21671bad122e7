"""The list of deployments for both pages: what was asked, what there is to choose from, rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext

from hereabouts.design.api import language, sort_key
from hereabouts.kernel.access import Actor
from hereabouts.sensing.domain.deployments.choices import Named
from hereabouts.sensing.domain.deployments.records import NETWORK_NAMES
from hereabouts.sensing.domain.deployments.steps import READ_CLOSED, READ_SHARED, STATE_NAMES
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.queries.deployments.findings import open_findings
from hereabouts.sensing.queries.deployments.register import (
    CardPage,
    Filter,
    areas_of,
    count_by_state,
    list_areas_in_use,
    list_deployments,
)
from hereabouts.sensing.web.deployments.words import Row, row_of, state_name

LONGEST = 100


def asked(request: HttpRequest, name: str) -> str:
    """A value of the query, without what no database takes."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST]


def filter_of(request: HttpRequest) -> Filter:
    """What the query asks for."""
    return Filter(
        department=asked(request, "department"),
        measure=asked(request, "measure"),
        network=asked(request, "network"),
        state=asked(request, "state"),
        area=asked(request, "area"),
        words=asked(request, "q"),
    )


def query_of(wanted: Filter, **more: str) -> str:
    """The same as a query, with more values; empty for none."""
    values = {**asdict(wanted), **more}
    values["q"] = values.pop("words")
    kept = {name: value for name, value in values.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def list_context(request: HttpRequest, actor: Actor) -> dict[str, object]:
    """Everything a list page shows."""
    wanted = filter_of(request)
    page = list_deployments(wanted, actor=actor, after=asked(request, "after"))
    return {
        "rows": rows_of(page, level_of(actor)),
        "wanted": wanted,
        "query": query_of(wanted),
        "choices": _choices(actor),
        "counts": [
            (state_name(state), count)
            for state, count in count_by_state(actor=actor).items()
            if count
        ],
        "next_href": query_of(wanted, after=page.after) if page.after else "",
    }


def level_of(actor: Actor) -> DataClass:
    """How much somebody may be told of."""
    if actor.may(READ_CLOSED):
        return DataClass.CLOSED
    return DataClass.SHARED if actor.may(READ_SHARED) else DataClass.OPEN


def rows_of(page: CardPage, level: DataClass) -> list[Row]:
    """Lines of the table, with findings of a level or less: two reads for the whole page."""
    areas = areas_of(card.id for card in page.cards)
    findings = open_findings((card.uid for card in page.cards), level=level)
    return [row_of(card, areas.get(card.id, ()), findings.get(card.uid, ())) for card in page.cards]


def _choices(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    known = get_choices()
    areas = [
        (area.code, (area.name_cy or area.name) if language() == "cy" else area.name)
        for area in list_areas_in_use(actor=actor)
        if area.kind not in ("oa", "lsoa", "msoa")
    ]
    return {
        "departments": named(known.departments.values()),
        "measures": named(known.measures.values()),
        "networks": [(key.value, gettext(name)) for key, name in NETWORK_NAMES.items()],
        "states": [(key.value, gettext(name)) for key, name in STATE_NAMES.items()],
        "areas": areas,
    }


def named(entries: Iterable[Named]) -> list[tuple[str, str]]:
    """Entries of the council's lists as key and name, in the reader's alphabet."""
    order = sort_key()
    found = [(one.key, one.name(language())) for one in entries]
    return sorted(found, key=lambda pair: order(pair[1]))
