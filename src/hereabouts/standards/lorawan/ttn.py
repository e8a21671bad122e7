"""Uplink messages of The Things Stack, version 3, as webhooks and MQTT send them.

Source: The Things Stack, “Data formats”.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import msgspec

from hereabouts.standards.lorawan.errors import UplinkUnreadable
from hereabouts.standards.lorawan.uplink import (
    Gateway,
    Network,
    Uplink,
    check_size,
    plausible,
    read_base64,
    read_moment,
    strongest,
    unreadable,
)

Port = Annotated[int, msgspec.Meta(ge=0, le=255)]
Counter = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_SECONDS = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,9}))?s")
LONGEST_AIRTIME_US = 100_000_000


class _ApplicationIds(msgspec.Struct):
    application_id: str


class _DeviceIds(msgspec.Struct):
    device_id: str
    application_ids: _ApplicationIds
    dev_eui: str = ""


class _GatewayIds(msgspec.Struct):
    gateway_id: str = ""
    eui: str = ""


class _Reception(msgspec.Struct):
    gateway_ids: _GatewayIds = msgspec.field(default_factory=_GatewayIds)
    rssi: float | None = None
    snr: float | None = None


class _Lora(msgspec.Struct):
    spreading_factor: int | None = None
    bandwidth: int | None = None


class _DataRate(msgspec.Struct):
    lora: _Lora | None = None


class _Settings(msgspec.Struct):
    data_rate: _DataRate | None = None


class _Version(msgspec.Struct):
    brand_id: str = ""
    model_id: str = ""


class _Place(msgspec.Struct):
    latitude: float | None = None
    longitude: float | None = None


class _Places(msgspec.Struct):
    user: _Place | None = None


class _Message(msgspec.Struct):
    f_port: Port = 0
    f_cnt: Counter = 0
    frm_payload: str | None = None
    received_at: Moment | None = None
    rx_metadata: list[_Reception] = []
    settings: _Settings | None = None
    consumed_airtime: str | None = None
    version_ids: _Version | None = None
    locations: _Places | None = None


class _Envelope(msgspec.Struct):
    end_device_ids: _DeviceIds
    uplink_message: _Message | None = None
    received_at: Moment | None = None
    simulated: bool = False


_decoder = msgspec.json.Decoder(_Envelope)


def parse_ttn(body: bytes) -> Uplink | None:
    """The uplink in a message, or None for messages of other kinds (joins, acknowledgements).

    Raises: UplinkTooLarge; UplinkUnreadable.
    """
    check_size(body)
    try:
        envelope = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise unreadable(fault) from fault
    message = envelope.uplink_message
    if message is None:
        return None
    received = message.received_at or envelope.received_at
    if received is None:
        raise UplinkUnreadable(reason="the time of reception is missing")
    lora = _lora(message)
    ids, version = envelope.end_device_ids, message.version_ids
    return Uplink(
        network=Network.THE_THINGS_STACK,
        application=ids.application_ids.application_id,
        eui=ids.dev_eui.upper(),
        device_name=ids.device_id,
        port=message.f_port,
        counter=message.f_cnt,
        payload=read_base64(message.frm_payload or ""),
        received_us=read_moment(received),
        gateways=strongest(map(_gateway, message.rx_metadata)),
        spreading_factor=lora.spreading_factor,
        bandwidth_hz=lora.bandwidth,
        airtime_us=_airtime(message.consumed_airtime),
        model=f"{version.brand_id}/{version.model_id}" if version and version.model_id else "",
        is_simulated=envelope.simulated,
        point=_point(message.locations),
    )


def _lora(message: _Message) -> _Lora:
    rate = message.settings.data_rate if message.settings else None
    return rate.lora if rate and rate.lora else _Lora()


def _gateway(reception: _Reception) -> Gateway:
    ids = reception.gateway_ids
    rssi, snr = plausible(reception.rssi, -200, 50), plausible(reception.snr, -60, 60)
    return Gateway(ids.gateway_id or ids.eui, rssi, snr)


def _point(places: _Places | None) -> tuple[float, float] | None:
    place = places.user if places else None
    if place is None:
        return None
    longitude = plausible(place.longitude, -180, 180)
    latitude = plausible(place.latitude, -90, 90)
    return None if longitude is None or latitude is None else (longitude, latitude)


def _airtime(text: str | None) -> int | None:
    match = _SECONDS.fullmatch(text or "")
    if match is None:
        return None
    spent = int(match[1]) * 1_000_000 + int((match[2] or "0").ljust(9, "0")[:6])
    return spent if spent <= LONGEST_AIRTIME_US else None
