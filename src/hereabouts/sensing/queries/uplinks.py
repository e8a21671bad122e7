"""Devices, the frames that came from them, and how well they were heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec
from django.db.models import Count, Max

from hereabouts.sensing.domain.uplinks import DONE, EPOCH, WANTING_STREAMS, UplinkState, to_moment
from hereabouts.sensing.models.inbound import Application, Device, DeviceStream, LinkDay, Uplink
from hereabouts.sensing.queries.decoders import Library
from hereabouts.standards.lorawan.uplink import Gateway

RETRIED = tuple(state.value for state in UplinkState if state not in (*DONE, *WANTING_STREAMS))
MOST_RETRIED = 20_000
"""Frames without a device or a decoder that are tried again in one go."""

_gateways = msgspec.json.Decoder(list[tuple[str, float | None, float | None]])


@dataclass(frozen=True)
class DeviceCard:
    """A registered device; `streams` are (reading, stream id), None: left out on purpose."""

    eui: str
    name: str
    network: str
    application: str
    model: str
    decoder: str
    thing_id: int | None
    is_enabled: bool
    has_key: bool
    last_seen: datetime | None
    last_counter: int | None
    streams: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class ApplicationCard:
    """An application of a network server."""

    network: str
    name: str
    is_automatic: bool
    default_decoder: str
    has_key: bool
    devices: int


@dataclass(frozen=True)
class UplinkCard:
    """A kept frame; `gateways` the strongest first."""

    id: int
    eui: str
    network: str
    application: str
    device_name: str
    model: str
    port: int
    counter: int
    payload: bytes
    received: datetime
    gateways: tuple[Gateway, ...]
    spreading_factor: int | None
    is_simulated: bool
    state: UplinkState
    reason: str
    decoder: str
    decoder_version: int | None
    readings: int


@dataclass(frozen=True)
class UnknownDevice:
    """Somebody's device that sends and is not registered."""

    eui: str
    network: str
    application: str
    device_name: str
    model: str
    frames: int
    last_seen: datetime


@dataclass(frozen=True)
class LinkQuality:
    """How a device was heard on a day; figures are of the best gateway, None without any."""

    day: date
    frames: int
    lost: int
    rssi_dbm: float | None
    rssi_worst_dbm: float | None
    snr_db: float | None
    gateways: float
    gateways_most: int

    @property
    def loss(self) -> float:
        """Share of frames that went missing, 0 to 1."""
        return self.lost / (self.frames + self.lost) if self.frames else 0.0


def find_device(eui: str) -> DeviceCard | None:
    """A registered device, or None."""
    cards = _device_cards(Device.objects.filter(eui=eui))
    return cards[0] if cards else None


def find_device_of_thing(thing_id: int) -> DeviceCard | None:
    """The device that feeds a Thing, or None; of several the one seen last."""
    rows = Device.objects.filter(thing_id=thing_id).order_by("-last_seen")
    cards = _device_cards(rows[:1])
    return cards[0] if cards else None


def list_devices() -> list[DeviceCard]:
    """Every registered device by name."""
    return _device_cards(Device.objects.order_by("name", "eui"))


def list_applications() -> list[ApplicationCard]:
    """Every application by network and name."""
    rows = Application.objects.annotate(count=Count("devices")).order_by("network", "name")
    return [
        ApplicationCard(
            row.network,
            row.name,
            row.is_automatic,
            row.default_decoder,
            bool(row.key_digest),
            row.count,
        )
        for row in rows
    ]


def list_unknown_devices(limit: int = 200) -> list[UnknownDevice]:
    """Devices that send and are not registered, those heard last first."""
    found = (
        Uplink.objects.filter(state=UplinkState.UNKNOWN_DEVICE.value)
        .values("eui")
        .annotate(frames=Count("id"), last=Max("id"))
        .order_by("-last")[:limit]
    )
    frames = {each["last"]: each["frames"] for each in found}
    rows = Uplink.objects.filter(pk__in=frames).order_by("-pk")
    return [
        UnknownDevice(
            row.eui,
            row.network,
            row.application,
            row.device_name,
            row.model,
            frames[row.pk],
            to_moment(row.received),
        )
        for row in rows
    ]


def list_uplinks(
    *, eui: str | None = None, state: UplinkState | None = None, limit: int = 100
) -> list[UplinkCard]:
    """Kept frames, the latest first."""
    rows = Uplink.objects.order_by("-received", "-id")
    if eui is not None:
        rows = rows.filter(eui=eui)
    if state is not None:
        rows = rows.filter(state=state.value)
    return [_uplink_card(row) for row in rows[:limit]]


def count_uplinks_by_state() -> dict[UplinkState, int]:
    """How many frames are kept in each state that has any."""
    counted = Uplink.objects.order_by().values_list("state").annotate(count=Count("id"))
    return {UplinkState(state): count for state, count in counted}


def list_link_quality(eui: str, *, first: date, last: date) -> list[LinkQuality]:
    """How a device was heard on each day of a span on which it was, in order; days are UTC."""
    rows = LinkDay.objects.filter(eui=eui, day__range=(_day(first), _day(last))).order_by("day")
    return [link_quality_of(row) for row in rows]


def list_retryable(library: Library, changed: Sequence[str]) -> list[int]:
    """Ids of kept frames whose outcome may be another now, in the order they came.

    `changed` are the EUIs of devices that were set up anew.
    """
    groups = Uplink.objects.filter(state__in=RETRIED).order_by().values_list(*_GROUPED).distinct()
    again = _Again(library)
    wanted = {group for group in map(_Group._make, groups) if again.may_change(group)}
    found: list[tuple[int, int]] = []
    if wanted:
        rows = Uplink.objects.filter(
            state__in=RETRIED, eui__in={group.eui for group in wanted}
        ).values_list(*_GROUPED, "received", "id")
        found += sorted(row[-2:] for row in rows if row[:-2] in wanted)[:MOST_RETRIED]
    if changed:
        found += Uplink.objects.filter(state__in=WANTING_STREAMS, eui__in=changed).values_list(
            "received", "id"
        )
    return [uplink_id for _, uplink_id in sorted(found)]


class _Group(NamedTuple):
    """Frames whose outcome hangs on the same things."""

    eui: str
    state: str
    model: str
    decoder: str
    version: int | None


_GROUPED = ("eui", "state", "model", "decoder", "decoder_version")


class _Again:
    """Whether a decoder or a device that arrived makes a frame worth another try."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.devices = {row.eui: row for row in Device.objects.all()}
        self.automatic = {
            (row.network, row.name): row.default_decoder
            for row in Application.objects.filter(is_automatic=True)
        }

    def may_change(self, group: _Group) -> bool:
        """Whether frames of this group may come out otherwise now."""
        device = self.devices.get(group.eui)
        if group.state == UplinkState.WAITING:
            return True
        if device is None:
            return self._may_enter(group)
        if not device.is_enabled:
            return False
        if group.state in (UplinkState.UNKNOWN_DEVICE, UplinkState.DISABLED):
            return True
        return self._has_news(device, group)

    def _may_enter(self, group: _Group) -> bool:
        if not self.automatic:
            return False
        has_decoder = self.library.find_for_model(group.model) is not None
        names = Uplink.objects.filter(eui=group.eui).values_list("network", "application")
        return any(
            has_decoder or self.library.find(self.automatic[name]) is not None
            for name in names.distinct()
            if name in self.automatic
        )

    def _has_news(self, device: Device, group: _Group) -> bool:
        chosen = device.decoder
        by_model = self.library.find_for_model(device.model or group.model)
        decoder = self.library.find(chosen) if chosen else by_model
        if decoder is None:
            return False
        return (decoder.id, decoder.version) != (group.decoder, group.version)


def _device_cards(rows: Iterable[Device]) -> list[DeviceCard]:
    devices = list(rows)
    applications = Application.objects.in_bulk({row.application_id for row in devices} - {None})
    links: dict[int, list[tuple[str, int | None]]] = {}
    found = DeviceStream.objects.filter(device__in=devices).order_by("reading")
    for link in found:
        links.setdefault(link.device_id, []).append((link.reading, link.stream_id))
    return [
        _device_card(row, applications.get(row.application_id or 0), links.get(row.pk, []))
        for row in devices
    ]


def _device_card(
    row: Device, application: Application | None, links: list[tuple[str, int | None]]
) -> DeviceCard:
    return DeviceCard(
        eui=row.eui,
        name=row.name,
        network=application.network if application else "",
        application=application.name if application else "",
        model=row.model,
        decoder=row.decoder,
        thing_id=row.thing_id,
        is_enabled=row.is_enabled,
        has_key=bool(row.key_digest),
        last_seen=None if row.last_seen is None else to_moment(row.last_seen),
        last_counter=row.last_counter,
        streams=tuple(links),
    )


def _uplink_card(row: Uplink) -> UplinkCard:
    return UplinkCard(
        id=row.pk,
        eui=row.eui,
        network=row.network,
        application=row.application,
        device_name=row.device_name,
        model=row.model,
        port=row.port,
        counter=row.counter,
        payload=bytes(row.payload),
        received=to_moment(row.received),
        gateways=tuple(Gateway(*each) for each in _gateways.decode(row.gateways)),
        spreading_factor=row.spreading_factor,
        is_simulated=row.is_simulated,
        state=UplinkState(row.state),
        reason=row.reason,
        decoder=row.decoder,
        decoder_version=row.decoder_version,
        readings=row.readings,
    )


def _day(day: date) -> int:
    return (day - EPOCH.date()).days


def link_quality_of(row: LinkDay) -> LinkQuality:
    """A kept day as a plain value."""
    return LinkQuality(
        day=EPOCH.date() + timedelta(days=row.day),
        frames=row.frames,
        lost=row.lost,
        rssi_dbm=row.rssi_sum / row.rssi_count if row.rssi_count else None,
        rssi_worst_dbm=row.rssi_worst,
        snr_db=row.snr_sum / row.snr_count if row.snr_count else None,
        gateways=row.gateways_sum / row.frames if row.frames else 0.0,
        gateways_most=row.gateways_most,
    )
