"""What one network address may ask of the listener before anybody has said who they are.

In memory, as the listener itself; only its event loop calls it.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from hereabouts.sensing.adapters.mqtt.settings import Bounds

MOST_REMEMBERED = 10_000
"""Addresses with failures that are kept; beyond them the one that failed longest ago is dropped."""
NETWORK_6 = 64
"""Bits of an IPv6 address that count: one household or host has all that begin so."""

log = logging.getLogger(__name__)


def name_address(peer: object, *, names_this_machine: bool = False) -> str:
    """The address that is counted of a socket's other end; empty for one without a limit.

    This machine's own has none: it may be that of a proxy, and so of everybody.
    """
    if not isinstance(peer, tuple) or not peer:
        return ""
    try:
        found = ipaddress.ip_address(str(peer[0]).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback and not names_this_machine:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, NETWORK_6), strict=False))


@dataclass(slots=True)
class _Failures:
    """Failed attempts of an address, less those made up for by time; times in seconds."""

    level: float
    counted_at: float
    refused_until: float = 0.0


class Addresses:
    """Counts connections and failed authentications by address; the empty address is not."""

    def __init__(self, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> None:
        self._bounds = bounds
        self._clock = clock
        self._connections: Counter[str] = Counter()
        self._failures: dict[str, _Failures] = {}

    def name(self, peer: object) -> str:
        """The address that is counted of a socket's other end; see `name_address`."""
        return name_address(peer, names_this_machine=self._bounds.limits_this_machine)

    def enter(self, address: str) -> bool:
        """Take a connection in; False where the address has as many as it may."""
        if not address:
            return True
        if self._connections[address] >= self._bounds.connections_of_address:
            return False
        self._connections[address] += 1
        return True

    def leave(self, address: str) -> None:
        """A connection that was taken in is over."""
        self._connections[address] -= 1
        if self._connections[address] <= 0:
            del self._connections[address]

    def is_refused(self, address: str) -> bool:
        """Whether nobody at an address is let in for now."""
        found = self._failures.get(address)
        return found is not None and self._clock() < found.refused_until

    def note_failure(self, address: str) -> None:
        """Credentials from an address were not good; too many, and it is refused for a while."""
        if not address:
            return
        now, most, wait = self._clock(), self._bounds.failures, self._bounds.refused_seconds
        found = self._failures.pop(address, None) or _Failures(0.0, now)
        made_up = (now - found.counted_at) * most / self._bounds.failures_seconds
        found.level, found.counted_at = max(0.0, found.level - made_up) + 1, now
        if found.level > most and now >= found.refused_until:
            found.refused_until = now + wait
            log.warning("sensing.mqtt_address_refused address=%s seconds=%g", address, wait)
        # At the end again: the order is that of the last failure.
        self._failures[address] = found
        if len(self._failures) > MOST_REMEMBERED:
            del self._failures[next(iter(self._failures))]

    def count_remembered(self) -> tuple[int, int]:
        """How many addresses are kept: with connections, and with failures."""
        return len(self._connections), len(self._failures)
