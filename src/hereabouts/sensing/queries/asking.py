"""What somebody who asks for an alert may choose, and whether they ask too often."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from hereabouts.kernel.access import PersonId
from hereabouts.sensing.domain.deployments.health import BATTERY_NAMES
from hereabouts.sensing.domain.observations import ResultKind
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.models.watching import AlertSubscription
from hereabouts.sensing.ports import AlertAddressee
from hereabouts.sensing.queries.alerts import addressee

PAUSE = timedelta(hours=1)
MOST_LETTERS = 3
"""Letters to confirm that one address is sent in an hour: nobody's mailbox is flooded by others."""
MOST_AT_ALL = 300
"""Letters to confirm in an hour, to all addresses together."""


@dataclass(frozen=True)
class Choosable:
    """A property that is measured at a place, with one of its streams."""

    property_id: int
    name: str
    unit: str
    stream_id: int


@dataclass(frozen=True)
class MyAlert:
    """An alert of a person, with the letter's own words for it."""

    to: AlertAddressee
    created_at: datetime
    confirmed_at: datetime | None
    last_letter_at: datetime | None


def list_choosable(thing_ids: Collection[int]) -> list[Choosable]:
    """Properties of open streams of numbers of some Things, by name; no batteries. Two reads."""
    rows = list(
        Stream.objects.filter(
            thing_id__in=list(thing_ids), data_class=0, observed_property__isnull=False
        )
        .order_by("observed_property__name", "id")
        .values_list("observed_property_id", "observed_property__name", "unit_symbol", "id")
    )
    kinds = StreamState.objects.filter(
        stream_id__in=[row[3] for row in rows], latest_kind=int(ResultKind.NUMBER)
    )
    numbers = set(kinds.values_list("stream_id", flat=True))
    found: dict[int, Choosable] = {}
    for property_id, name, unit, stream_id in rows:
        is_battery = str(name).casefold() in BATTERY_NAMES
        if stream_id in numbers and not is_battery:
            found.setdefault(property_id, Choosable(property_id, name, unit or "", stream_id))
    return list(found.values())


def asks_too_often(email: str, moment: datetime) -> bool:
    """Whether an address, or all together, had as many letters to confirm as an hour may have."""
    recent = AlertSubscription.objects.filter(created_at__gte=moment - PAUSE, confirmed_at=None)
    return (
        recent.filter(email__iexact=email).count() >= MOST_LETTERS or recent.count() >= MOST_AT_ALL
    )


def list_my_alerts(person: PersonId) -> list[MyAlert]:
    """The alerts of a person, newest first."""
    rows = AlertSubscription.objects.filter(person=person).select_related("observed_property")
    return [
        MyAlert(addressee(row), row.created_at, row.confirmed_at, row.last_letter_at)
        for row in rows.order_by("-created_at", "-id")
    ]


def export_alerts_of(person: PersonId) -> dict[str, object]:
    """What is kept about somebody who asked to be told, for the download of their data."""
    return {
        "alerts": [
            {
                "email": one.to.email,
                "place": one.to.place_name,
                "property": one.to.property_name,
                "comparison": one.to.comparison,
                "value": one.to.value,
                "asked_at": one.created_at.isoformat(),
                "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
                "last_letter_at": one.last_letter_at.isoformat() if one.last_letter_at else None,
            }
            for one in list_my_alerts(person)
        ]
    }
