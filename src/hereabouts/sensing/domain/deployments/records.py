"""What is recorded of a deployment: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from hereabouts.kernel.geometry import Point
from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.grants import DataClass


class Network(StrEnum):
    """How readings come home."""

    LORAWAN = "lorawan"
    NB_IOT = "nb_iot"
    LTE_M = "lte_m"
    FIVE_G = "5g"
    WIFI = "wifi"
    WIRED = "wired"


NETWORK_NAMES: Mapping[Network, str] = {
    Network.LORAWAN: N_("LoRaWAN"),
    Network.NB_IOT: N_("NB-IoT"),
    Network.LTE_M: N_("LTE-M"),
    Network.FIVE_G: N_("5G"),
    Network.WIFI: N_("Wi-Fi"),
    Network.WIRED: N_("Wired"),
}


class Power(StrEnum):
    """What feeds the device."""

    MAINS = "mains"
    BATTERY = "battery"
    SOLAR = "solar"


POWER_NAMES: Mapping[Power, str] = {
    Power.MAINS: N_("Mains"),
    Power.BATTERY: N_("Battery"),
    Power.SOLAR: N_("Solar, with a battery"),
}

DATA_CLASS_NAMES: Mapping[DataClass, str] = {
    DataClass.OPEN: N_("Open: everybody may read it"),
    DataClass.SHARED: N_("Shared: departments and partners may read it"),
    DataClass.CLOSED: N_("Closed: only named roles may read it"),
}

LONGEST_TITLE = 120
LONGEST_PURPOSE = 2_000
LONGEST_REFERENCE = 40
LONGEST_TEXT = 200
LONGEST_REASON = 1_000
SMALL_MOVE_M = 50.0
"""A place may be corrected by this much after the agreement: the lamp post next to it."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything an office says about a deployment; empty and None where it says nothing yet.

    Costs are whole pounds. `battery_mah` is the capacity; `battery_empty` the reading at which the
    device stops, in the unit of its battery readings. `spare_mounts` counts further devices that
    its mount would carry.
    """

    title: str
    department: str
    mailbox: str
    purpose: str
    measures: tuple[str, ...]
    data_class: DataClass = DataClass.OPEN
    measures_people: bool = False
    legal_basis: str = ""
    dpia_url: str = ""
    reference: str = ""
    place: Point | None = None
    asset_uid: str = ""
    network: Network | None = None
    power: Power | None = None
    battery_mah: int | None = None
    battery_empty: float | None = None
    gives_power: bool = False
    spare_mounts: int = 0
    hosts_gateway: bool = False
    maker: str = ""
    model: str = ""
    installed_on: date | None = None
    inspected_on: date | None = None
    inspect_by: date | None = None
    support_ends_on: date | None = None
    no_default_passwords: bool | None = None
    disclosure_contact: str = ""
    updates_until: date | None = None
    capital_gbp: int | None = None
    yearly_gbp: int | None = None


SETTLED = frozenset(
    {"department", "purpose", "measures", "data_class", "measures_people", "legal_basis", "place"}
)
"""What was agreed to: from then on it stays, and whoever wants it otherwise proposes anew."""

Value = Any  # any of the types of a draft's fields


def changes(before: Draft, after: Draft) -> dict[str, tuple[Value, Value]]:
    """Fields that differ, each with its value before and after."""
    return {
        one.name: (getattr(before, one.name), getattr(after, one.name))
        for one in fields(Draft)
        if getattr(before, one.name) != getattr(after, one.name)
    }


def settled_changes(before: Draft, after: Draft) -> list[str]:
    """Changed fields that an agreement has settled; a small move is a correction."""
    found = [name for name in changes(before, after) if name in SETTLED]
    if "place" in found and before.place and after.place:
        if before.place.distance_m(after.place) <= SMALL_MOVE_M:
            found.remove("place")
    return sorted(found)
