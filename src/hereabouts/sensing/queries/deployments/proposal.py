"""What a department should know before it spends: who measures this, and who could share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hereabouts.kernel.geometry import Point, box_round
from hereabouts.places.api import AssetRef, nearest_assets
from hereabouts.sensing.domain.deployments.choices import Choices
from hereabouts.sensing.domain.deployments.records import Network, Power
from hereabouts.sensing.domain.deployments.steps import State
from hereabouts.sensing.domain.deployments.views import Card, View
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.deployments import Deployment
from hereabouts.sensing.queries.deployments.register import areas_of
from hereabouts.sensing.queries.deployments.rows import card_of
from hereabouts.sensing.queries.deployments.sensed import Sensed, in_cells, list_sensed

CATCHMENT_REACH_M = 20_000.0
"""How far away a sensor in the same catchment may be and still be told of."""
MOUNT_REACH_M = 60.0
POWER_REACH_M = 60.0
GATEWAY_REACH_M = 3_000.0
"""What a LoRaWAN gateway hears in a town, between houses."""
MOST_OFFERS = 12
MOST_NEAR = 40


@dataclass(frozen=True)
class Near:
    """Something that measures the same: how far away, and the catchment it shares, if any."""

    sensed: Sensed
    distance_m: float
    is_within: bool
    catchment: str = ""


class Sharing(StrEnum):
    """What could be shared."""

    MOUNT = "mount"
    POWER = "power"
    GATEWAY = "gateway"


@dataclass(frozen=True)
class Offer:
    """What a deployment near could share.

    `spare` counts mounts; of power it is 1 where it is offered, 0 where one can ask.
    """

    sharing: Sharing
    card: Card
    distance_m: float
    spare: int = 0


@dataclass(frozen=True)
class MountOffer:
    """An asset near that can carry a device."""

    asset: AssetRef
    has_power: bool
    carries: int


@dataclass(frozen=True)
class Sharers:
    """Who could share with a proposal: deployments, and the council's own assets."""

    offers: Sequence[Offer]
    mounts: Sequence[MountOffer]


def list_near(view: View, choices: Choices, *, radius_m: float, level: DataClass) -> list[Near]:
    """What measures the same within the radius or in the same catchment, nearest first.

    Only what may be shared: of the data class `level` or less.
    """
    place = view.card.place
    kinds = {
        choices.measures[key].catchment for key in view.card.measures if key in choices.measures
    } - {""}
    mine = {area.code: area.name for area in view.areas if area.kind in kinds}
    reach = max(radius_m, CATCHMENT_REACH_M if mine else 0.0)
    found = [
        one
        for one in list_sensed(
            view.card.measures,
            choices,
            level=level,
            box=box_round(place, reach),
            things_box=box_round(place, radius_m),
        )
        if one.uid != view.card.uid
    ]
    areas = areas_of(one.id for one in found if one.id)
    near = []
    for one in found:
        metres = place.distance_m(one.place)
        shared = [mine[area.code] for area in areas.get(one.id, []) if area.code in mine]
        if metres <= radius_m or shared:
            near.append(Near(one, metres, metres <= radius_m, shared[0] if shared else ""))
    near.sort(key=lambda one: (one.distance_m, one.sensed.uid, one.sensed.thing_ids))
    return near[:MOST_NEAR]


def list_sharers(view: View, choices: Choices, *, level: DataClass) -> Sharers:
    """Who could lend a mount, power or a gateway; nearest first. Three reads."""
    place = view.card.place
    cards = _standing_near(place, view.card.uid, level)
    offers = [
        offer
        for card, metres in cards
        for offer in (
            _mount(card, metres, view.card.asset_uid),
            _power(card, metres),
            _gateway(card, metres, view.draft.network),
        )
        if offer
    ]
    order = list(Sharing)
    offers.sort(key=lambda one: (order.index(one.sharing), one.distance_m, one.card.uid))
    kept = [one for kind in order for one in [o for o in offers if o.sharing is kind][:MOST_OFFERS]]
    return Sharers(kept, _mounts(place, [card for card, _ in cards], choices))


def _standing_near(place: Point, without: str, level: DataClass) -> list[tuple[Card, float]]:
    box = box_round(place, GATEWAY_REACH_M)
    rows = Deployment.objects.filter(
        in_cells(box, "cell"),
        state__in=(State.AGREED.value, State.LIVE.value),
        data_class__lte=int(level),
    ).exclude(uid=without)
    return [(card, place.distance_m(card.place)) for card in map(card_of, rows)]


def _mount(card: Card, metres: float, asset_uid: str) -> Offer | None:
    is_same = bool(asset_uid) and card.asset_uid == asset_uid
    if card.spare_mounts > 0 and (is_same or metres <= MOUNT_REACH_M):
        return Offer(Sharing.MOUNT, card, metres, card.spare_mounts)
    return None


def _power(card: Card, metres: float) -> Offer | None:
    has_power = card.gives_power or card.power is Power.MAINS
    if has_power and metres <= POWER_REACH_M:
        return Offer(Sharing.POWER, card, metres, int(card.gives_power))
    return None


def _gateway(card: Card, metres: float, network: Network | None) -> Offer | None:
    wants = network in (Network.LORAWAN, None)
    if wants and card.hosts_gateway and metres <= GATEWAY_REACH_M:
        return Offer(Sharing.GATEWAY, card, metres)
    return None


def _mounts(place: Point, cards: Sequence[Card], choices: Choices) -> list[MountOffer]:
    """Assets close by that can carry a device, with how many deployments each carries already."""
    carried = [card.asset_uid for card in cards if card.asset_uid]
    return [
        MountOffer(asset, choices.mounts[asset.type].has_power, carried.count(asset.uid))
        for asset in nearest_assets(place, limit=60)
        if asset.type in choices.mounts
    ][:MOST_OFFERS]
