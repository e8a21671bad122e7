"""What the installation decides about MQTT, and the bounds that keep one client from the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hereabouts.standards.mqtt import LARGEST_PACKET


@dataclass(frozen=True)
class Bounds:
    """How much one client, and all together, may ask of us.

    `unanswered` messages of one client wait for their commit before its socket is no longer read;
    `slow` of them may need the register. `queued` notifications wait for a reader that lags;
    `dropped` in a row cost it the connection. `subscriptions` are those of one client.
    """

    connections: int = 2_000
    connect_seconds: float = 10.0
    largest_packet: int = LARGEST_PACKET
    unanswered: int = 20_000
    unanswered_bytes: int = 8 * 1024 * 1024
    slow: int = 16
    subscriptions: int = 200
    queued: int = 1_000
    queued_bytes: int = 1024 * 1024
    dropped: int = 5_000
    retry_seconds: float = 0.02
    recheck_seconds: float = 60.0


BOUNDS = Bounds()


@dataclass(frozen=True)
class ListenerSettings:
    """Where the built-in listener listens; without a certificate it speaks in the clear."""

    host: str = "127.0.0.1"
    port: int = 1883
    certificate: Path | None = None
    key: Path | None = None
    admits_anonymous: bool = True
    """Whether those without a name may subscribe to open data."""


@dataclass(frozen=True)
class BridgeSettings:
    """The broker beside us.

    Its listener for devices puts `create_prefix` before what they publish, so that readers, on
    another listener, hear our notifications on the standard's topics and no device's own words.
    """

    host: str
    port: int = 1883
    username: str = ""
    password: str = ""
    uses_tls: bool = False
    authority: Path | None = None
    """Certificates to trust instead of the system's."""
    client_id: str = "hereabouts"
    create_prefix: str = "in/"
    announces: tuple[str, ...] = ()
    """Topics on which changes of open data are told there; `(n)` stands for every id."""
