"""MQTT topics on which network servers publish uplinks, and reading what comes on them."""

from __future__ import annotations

import re

from hereabouts.standards.lorawan.chirpstack import parse_chirpstack
from hereabouts.standards.lorawan.errors import UplinkUnreadable
from hereabouts.standards.lorawan.ttn import parse_ttn
from hereabouts.standards.lorawan.uplink import Uplink

SUBSCRIPTIONS = ("v3/+/devices/+/up", "application/+/device/+/event/up")
"""What to subscribe to at a network server's broker."""

_TTN = re.compile(r"v3/(?P<application>[^/@]+)(?:@[^/]+)?/devices/(?P<device>[^/]+)/up")
_CHIRPSTACK = re.compile(
    r"application/(?P<application>[^/]+)/device/(?P<device>[^/]+)/event/(?P<event>[a-z]+)"
)


def is_uplink_topic(topic: str) -> bool:
    """Whether a network server would publish a device's messages here."""
    return bool(_TTN.fullmatch(topic) or _CHIRPSTACK.fullmatch(topic))


def parse_published(topic: str, body: bytes) -> Uplink | None:
    """The uplink published on a topic, or None for messages of other kinds.

    A message that names another application or device than its topic is refused, so that leave
    to publish on a topic is leave for that device only.
    Raises: UplinkTooLarge; UplinkUnreadable.
    """
    match = _TTN.fullmatch(topic)
    if match:
        uplink = parse_ttn(body)
        name = uplink.device_name if uplink else ""
    else:
        match = _CHIRPSTACK.fullmatch(topic)
        if match is None:
            raise UplinkUnreadable(reason="no network server publishes on this topic")
        uplink = parse_chirpstack(body, match["event"])
        name = uplink.eui if uplink else ""
    if uplink is None:
        return None
    if uplink.application != match["application"] or name.upper() != match["device"].upper():
        raise UplinkUnreadable(reason="the message is about another device than its topic")
    return uplink
