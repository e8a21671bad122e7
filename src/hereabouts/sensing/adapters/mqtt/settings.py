"""What the installation decides about MQTT, and the bounds that keep one client from the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hereabouts.standards.mqtt import LARGEST_PACKET

BUILT_IN, OFF = "builtin", "off"
PORTS = {"mqtt": 1883, "mqtts": 8883}
ANNOUNCED = (
    "v1.1/Observations",
    "v1.1/Datastreams(n)/Observations",
    "v1.1/MultiDatastreams(n)/Observations",
    *(
        f"v1.1/{name}{number}"
        for name in (
            "Things",
            "Locations",
            "HistoricalLocations",
            "Datastreams",
            "MultiDatastreams",
            "Sensors",
            "ObservedProperties",
            "FeaturesOfInterest",
        )
        for number in ("", "(n)")
    ),
)
"""What is told to a broker where the operator names nothing else."""


@dataclass(frozen=True)
class Bounds:
    """How much one client, and all together, may ask of us.

    `unanswered` messages of one client wait for their commit before its socket is no longer read;
    `slow` of them may need the register. `queued` notifications wait for a reader that lags;
    `dropped` in a row cost it the connection. `subscriptions` are those of one client.

    Of one network address there are `connections_of_address` at a time; after more than `failures`
    wrong credentials, which `failures_seconds` make up for, it is refused for `refused_seconds`.
    `limits_this_machine` is for tests: see `addresses`.
    """

    connections: int = 2_000
    connections_of_address: int = 1_500
    failures: int = 600
    failures_seconds: float = 60.0
    refused_seconds: float = 60.0
    limits_this_machine: bool = False
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


@dataclass(frozen=True)
class MqttSettings:
    """Which doors are open; either may be None. `base` is the root of SensorThings, for links."""

    base: str
    listener: ListenerSettings | None = None
    bridge: BridgeSettings | None = None

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Where clients find the listener, for the landing document."""
        if self.listener is None:
            return ()
        scheme = "mqtt" if self.listener.certificate is None else "mqtts"
        public = urlsplit(self.base).hostname or self.listener.host
        host = f"[{public}]" if ":" in public else public
        return (f"{scheme}://{host}:{self.listener.port}",)


def read_broker(address: str, announces: str = "", authority: str = "") -> BridgeSettings:
    """The broker at `mqtt://user:word@host:port/client-id`, or `mqtts://`.

    `announces` are topics with commas between; empty for the usual ones, `off` for none.
    Raises: ValueError where the address is none.
    """
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("it has to be builtin, off, mqtt://… or mqtts://…")
    named = tuple(topic.strip() for topic in announces.split(",") if topic.strip())
    return BridgeSettings(
        parts.hostname,
        parts.port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        uses_tls=parts.scheme == "mqtts",
        authority=Path(authority) if authority else None,
        client_id=unquote(parts.path.strip("/")) or BridgeSettings.client_id,
        announces=() if announces == OFF else named or ANNOUNCED,
    )


def read_listening(listen: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:1883` or `[::1]:1883`. Raises: ValueError."""
    parts = urlsplit(f"//{listen}")
    if not parts.hostname or parts.port is None or parts.path or parts.username is not None:
        raise ValueError("it has to be host:port")
    return parts.hostname, parts.port
