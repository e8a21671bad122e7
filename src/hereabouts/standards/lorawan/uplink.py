"""One uplink as every network server means it."""

from __future__ import annotations

import binascii
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from hereabouts.standards.lorawan.errors import UplinkTooLarge, UplinkUnreadable

LONGEST_BODY = 65_536
"""Bytes of a message; a frame heard by a hundred gateways is below it."""

LONGEST_PAYLOAD = 242
"""Bytes of an application payload. Source: LoRaWAN Regional Parameters, EU868 data rate 7."""

MOST_GATEWAYS = 32
"""Gateways of one uplink that are kept, the strongest first."""

LONGEST_ID = 100
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EUI = re.compile(r"[0-9A-F]{16}")


class Network(StrEnum):
    """The kinds of network server whose messages are understood."""

    THE_THINGS_STACK = "ttn"
    CHIRPSTACK = "chirpstack"


@dataclass(frozen=True)
class Gateway:
    """A gateway that heard the frame; signal in dBm, signal to noise in dB."""

    gateway_id: str
    rssi_dbm: float | None = None
    snr_db: float | None = None


@dataclass(frozen=True)
class Uplink:
    """One frame from a device; `eui` in capitals, `received_us` since 1970 UTC.

    `counter` is the network's 32-bit frame counter; `port` is 0 where the frame carried commands
    of the network only. `model` is `vendor/model` of the public device catalogue, where the
    network names it; `point` (longitude, latitude) is where somebody said there that it stands.
    """

    network: Network
    application: str
    eui: str
    device_name: str
    port: int
    counter: int
    payload: bytes
    received_us: int
    gateways: tuple[Gateway, ...] = ()
    spreading_factor: int | None = None
    bandwidth_hz: int | None = None
    airtime_us: int | None = None
    model: str = ""
    is_simulated: bool = False
    point: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse what no network could have sent."""
        if not is_eui(self.eui):
            raise UplinkUnreadable(reason="the device EUI is not 16 hexadecimal digits")
        if len(self.payload) > LONGEST_PAYLOAD:
            raise UplinkUnreadable(reason=f"the payload is longer than {LONGEST_PAYLOAD} bytes")
        _check_ids((self.application, self.device_name, self.model))


def _check_ids(ids: Iterable[str]) -> None:
    for text in ids:
        if len(text) > LONGEST_ID or "\x00" in text:
            raise UplinkUnreadable(reason=f"an id has a NUL or more than {LONGEST_ID} characters")


def is_eui(text: str) -> bool:
    """Whether a text is an EUI as it is kept here: 16 hexadecimal digits, in capitals."""
    return _EUI.fullmatch(text) is not None


def check_size(body: bytes) -> None:
    """Refuse a message that is larger than any network server sends.

    Raises: UplinkTooLarge.
    """
    if len(body) > LONGEST_BODY:
        raise UplinkTooLarge(limit=LONGEST_BODY)


def read_base64(text: str) -> bytes:
    """The bytes of a payload.

    Raises: UplinkUnreadable.
    """
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as fault:
        raise UplinkUnreadable(reason="the payload is not base64") from fault


def read_moment(moment: datetime) -> int:
    """An aware time in microseconds since 1970 UTC.

    Raises: UplinkUnreadable outside this century.
    """
    if not EARLIEST <= moment < LATEST:
        raise UplinkUnreadable(reason="the time of reception lies outside this century")
    return (moment - EPOCH) // timedelta(microseconds=1)


def plausible(value: float | None, least: float, most: float) -> float | None:
    """A measured signal, or None where it is missing or no radio could have measured it."""
    if value is None or not math.isfinite(value) or not least <= value <= most:
        return None
    return value


def strongest(gateways: Iterable[Gateway]) -> tuple[Gateway, ...]:
    """Each gateway once, the strongest first, as many as are kept."""
    best: dict[str, Gateway] = {}
    for gateway in gateways:
        _check_ids((gateway.gateway_id,))
        known = best.get(gateway.gateway_id)
        if known is None or _strength(gateway) > _strength(known):
            best[gateway.gateway_id] = gateway
    ordered = sorted(best.values(), key=lambda each: (-_strength(each), each.gateway_id))
    return tuple(ordered[:MOST_GATEWAYS])


def _strength(gateway: Gateway) -> float:
    return -999.0 if gateway.rssi_dbm is None else gateway.rssi_dbm


def unreadable(
    fault: msgspec.MsgspecError | UnicodeDecodeError | RecursionError,
) -> UplinkUnreadable:
    """The refusal that says what a parser found."""
    return UplinkUnreadable(reason=str(fault)[:200] or "it is not JSON")
