"""Uplink events of ChirpStack, version 4, as its HTTP and MQTT integrations send them in JSON.

Source: ChirpStack, “Events”.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

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

UPLINK_EVENT = "up"
Port = Annotated[int, msgspec.Meta(ge=0, le=255)]
Counter = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Device(msgspec.Struct, rename="camel"):
    application_id: str
    dev_eui: str
    device_name: str = ""
    device_profile_name: str = ""


class _Reception(msgspec.Struct, rename="camel"):
    gateway_id: str = ""
    rssi: float | None = None
    snr: float | None = None


class _Lora(msgspec.Struct, rename="camel"):
    spreading_factor: int | None = None
    bandwidth: int | None = None


class _Modulation(msgspec.Struct):
    lora: _Lora | None = None


class _Transmission(msgspec.Struct):
    modulation: _Modulation | None = None


class _Event(msgspec.Struct, rename="camel"):
    device_info: _Device
    time: Moment
    f_port: Port = 0
    f_cnt: Counter = 0
    data: str | None = None
    rx_info: list[_Reception] = []
    tx_info: _Transmission | None = None


_decoder = msgspec.json.Decoder(_Event)


def parse_chirpstack(body: bytes, event: str) -> Uplink | None:
    """The uplink in an event, or None for events of other kinds (`join`, `ack`, `status`, …).

    `event` is the query parameter of the webhook or the last part of the MQTT topic.
    Raises: UplinkTooLarge; UplinkUnreadable.
    """
    check_size(body)
    if event != UPLINK_EVENT:
        return None
    try:
        message = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise unreadable(fault) from fault
    lora, device = _lora(message), message.device_info
    return Uplink(
        network=Network.CHIRPSTACK,
        application=device.application_id,
        eui=device.dev_eui.upper(),
        device_name=device.device_name,
        port=message.f_port,
        counter=message.f_cnt,
        payload=read_base64(message.data or ""),
        received_us=read_moment(message.time),
        gateways=strongest(map(_gateway, message.rx_info)),
        spreading_factor=lora.spreading_factor,
        bandwidth_hz=lora.bandwidth,
    )


def _lora(message: _Event) -> _Lora:
    modulation = message.tx_info.modulation if message.tx_info else None
    return modulation.lora if modulation and modulation.lora else _Lora()


def _gateway(reception: _Reception) -> Gateway:
    rssi, snr = plausible(reception.rssi, -200, 50), plausible(reception.snr, -60, 60)
    return Gateway(reception.gateway_id, rssi, snr)
