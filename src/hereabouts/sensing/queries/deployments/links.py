"""How the devices of deployments are heard, from what the network told of each frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hereabouts.kernel.geometry import box_round
from hereabouts.sensing.domain.deployments.links import LinkDay, LinkWeek, weeks_of
from hereabouts.sensing.domain.deployments.records import Network
from hereabouts.sensing.domain.deployments.steps import State
from hereabouts.sensing.domain.deployments.views import Card, View
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.deployments import Deployment, DeploymentThing
from hereabouts.sensing.queries.deployments.rows import card_of
from hereabouts.sensing.queries.deployments.sensed import in_cells
from hereabouts.sensing.queries.uplinks import find_device_of_thing, list_link_quality

WEEKS = 12
HEARD_DAYS = 30
HEARD_REACH_M = 1_000.0
MOST_HEARD = 6


@dataclass(frozen=True)
class Heard:
    """How a deployment near is heard: what a new device at the same place may expect."""

    card: Card
    distance_m: float
    link: LinkWeek


def link_weeks(view: View, today: date) -> Mapping[str, Sequence[LinkWeek]]:
    """The last twelve weeks of each device of a deployment, by device, where it was heard."""
    first = today - timedelta(weeks=WEEKS)
    devices = _devices((one.thing_id, one.device) for one in view.things)
    found = {device: weeks_of(_days(device, first, today)) for device in devices}
    return {device: weeks for device, weeks in found.items() if weeks}


def list_heard_near(view: View, today: date, *, level: DataClass) -> list[Heard]:
    """Live LoRaWAN deployments within a kilometre and how well they are heard, nearest first."""
    place = view.card.place
    rows = Deployment.objects.filter(
        in_cells(box_round(place, HEARD_REACH_M), "cell"),
        state=State.LIVE.value,
        network=Network.LORAWAN.value,
        data_class__lte=int(level),
    ).exclude(uid=view.card.uid)
    cards = [(place.distance_m(card.place), card) for card in map(card_of, rows)]
    near = sorted((away for away in cards if away[0] <= HEARD_REACH_M), key=lambda one: one[0])
    first = today - timedelta(days=HEARD_DAYS)
    found = []
    for metres, card in near[: 2 * MOST_HEARD]:
        links = DeploymentThing.objects.filter(deployment_id=card.id)
        days = [
            day
            for device in _devices(links.values_list("thing_id", "device"))
            for day in _days(device, first, today)
        ]
        if days:
            # The whole span as one: a month says more than its weeks.
            whole = weeks_of(LinkDay(first, *_rest(day)) for day in days)[0]
            found.append(Heard(card, metres, whole))
    return found[:MOST_HEARD]


def _devices(links: Iterable[tuple[int, str]]) -> list[str]:
    """Ids of devices on their network: as recorded, else the one that feeds the Thing."""
    found = []
    for thing_id, device in links:
        known = device.replace(":", "").replace("-", "").upper()
        if not known:
            card = find_device_of_thing(thing_id)
            known = card.eui if card else ""
        if known:
            found.append(known)
    return found


def _days(device: str, first: date, last: date) -> list[LinkDay]:
    return [
        LinkDay(one.day, one.frames, one.lost, one.rssi_dbm, one.snr_db, round(one.gateways_most))
        for one in list_link_quality(device, first=first, last=last)
    ]


def _rest(day: LinkDay) -> tuple[int, int, float | None, float | None, int]:
    return day.frames, day.lost, day.rssi_dbm, day.snr_db, day.gateways
