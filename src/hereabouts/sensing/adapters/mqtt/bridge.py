"""The bridge to a broker beside us: takes what devices publish there, tells there what changed.

The broker keeps our session while we are away, and a message until its observation is committed:
after a fault on either side everything that was not acknowledged comes again, and is stored once.
Who may publish where is the broker's to decide, by its access list; nobody is named in a message.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any, cast

from hereabouts.sensing.adapters.mqtt.acknowledging import Acknowledger
from hereabouts.sensing.adapters.mqtt.counters import Counters
from hereabouts.sensing.adapters.mqtt.hub import Hub, Outcomes
from hereabouts.sensing.adapters.mqtt.intake import Intake, Routes
from hereabouts.sensing.adapters.mqtt.notices import Notice
from hereabouts.sensing.adapters.mqtt.outgoing import Outgoing
from hereabouts.sensing.adapters.mqtt.settings import BOUNDS, Bounds, BridgeSettings
from hereabouts.sensing.domain.grants import NOBODY, Grant
from hereabouts.standards.mqtt import (
    VERSION_5,
    Connack,
    Connect,
    Decoder,
    Disconnect,
    Packet,
    Pingreq,
    Property,
    Puback,
    Publish,
    Suback,
    Subscribe,
    Subscription,
    encode,
)

CREATES = "v1.1/#"
"""What is taken from devices, behind the prefix of their listener."""
UPLINKS = ("v3/+/devices/+/up", "application/+/device/+/event/up")
"""What is taken from network servers for LoRaWAN, behind that prefix or without one."""
KEEP_ALIVE_S = 30
SESSION_S = 7 * 24 * 3_600
"""How long the broker keeps our session while we are away."""
IN_FLIGHT = 65_535
"""Messages the broker may send before the first is acknowledged; its own settings may say less."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
CONNECT_S = 10.0
FAREWELL_S = 2.0
NO_RETAINED = 2
"""Retained messages were stored when they were published; none is sent at a subscription."""

DEVICES = Grant(observes_all=True)
"""What a message from the broker may do: the broker has decided who publishes where."""

log = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """One connection to the broker, until either side ends it."""

    version = VERSION_5

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.reason = "the broker closed the connection"
        self._loop = asyncio.get_running_loop()
        self._decoder = Decoder(VERSION_5, largest=bridge.bounds.largest_packet)
        prefix = bridge.settings.create_prefix
        self._prefix = prefix
        self._filters = (
            *dict.fromkeys((prefix + CREATES, *(prefix + topic for topic in UPLINKS), *UPLINKS)),
        )
        self._intake = bridge.intake_for(self)
        self._intake.grant = DEVICES
        self._acknowledger = Acknowledger(self)
        bounds = replace(bridge.bounds, dropped=2**62)
        self._outgoing = Outgoing(
            self.write, self._not_let_go, counters=bridge.counters, bounds=bounds
        )
        self._outgoing.version = VERSION_5
        self._heard = 0.0
        self._is_paused = False
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def shown_id(self) -> str:
        """For the log."""
        return "broker"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        # uvloop's transports are of a family of their own.
        self._transport = transport = cast(asyncio.Transport, transport)
        transport.set_write_buffer_limits(high=self.bridge.bounds.queued_bytes)
        settings = self.bridge.settings
        self.send(
            Connect(
                settings.client_id,
                VERSION_5,
                is_clean=False,
                keep_alive=KEEP_ALIVE_S,
                username=settings.username or None,
                password=settings.password.encode() if settings.password else None,
                properties={
                    Property.SESSION_EXPIRY: SESSION_S,
                    Property.RECEIVE_MAXIMUM: IN_FLIGHT,
                    Property.MAXIMUM_PACKET_SIZE: self.bridge.bounds.largest_packet,
                },
            )
        )

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self._heard = self._loop.time()
        messages: list[Publish] = []
        for packet in self._decoder.feed(data):
            if type(packet) is Publish:
                packet.topic = packet.topic.removeprefix(self._prefix)
                packet.is_duplicate |= packet.is_retained
                messages.append(packet)
            else:
                self._handle(packet)
        if messages:
            self._intake.take(messages)
        if self._decoder.fault is not None:
            self.close(self._decoder.fault.text)

    def _handle(self, packet: Packet) -> None:
        if isinstance(packet, Connack):
            self._on_connack(packet)
        elif isinstance(packet, Suback):
            self._on_suback(packet)
        elif isinstance(packet, Puback):
            self._outgoing.acknowledged(packet.packet_id)
        elif isinstance(packet, Disconnect):
            self.close(f"the broker says {packet.reason:#x}")

    def _on_connack(self, packet: Connack) -> None:
        if packet.code:
            self.close(f"the broker refused us with {packet.code:#x}")
            return
        wanted = tuple(
            Subscription(topic, 1, is_not_local=True, retain_handling=NO_RETAINED)
            for topic in self._filters
        )
        self.send(Subscribe(1, wanted))
        self._watch()

    def _on_suback(self, packet: Suback) -> None:
        refused = [
            topic for topic, code in zip(self._filters, packet.codes, strict=False) if code >= 0x80
        ]
        if refused:
            self.close(f"the broker does not let us subscribe to {refused[0]}")
        elif not self.opened.done():
            self.opened.set_result(None)

    def _watch(self) -> None:
        silent = self._loop.time() - self._heard
        if silent > KEEP_ALIVE_S * 1.5 and not self._is_paused:
            self.close("nothing was heard of the broker")
            return
        self.send(Pingreq())
        self._timer = self._loop.call_later(KEEP_ALIVE_S / 2, self._watch)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
        self._intake.close()
        self._acknowledger.close()
        if not self.over.done():
            self.over.set_result(None)

    def pause_writing(self) -> None:
        """The broker does not read."""
        self._outgoing.is_blocked = True

    def resume_writing(self) -> None:
        """It reads again."""
        self._outgoing.is_blocked = False

    def write(self, data: bytes) -> None:
        """Send bytes, unless the connection is over."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def send(self, packet: Packet) -> None:
        """Send a packet."""
        self.write(encode(packet, VERSION_5))

    def publish(self, notice: Notice) -> None:
        """Tell of a change; dropped while the broker does not read."""
        self._outgoing.send(notice, 0)

    def answer(self, messages: Sequence[Publish], outcomes: Outcomes) -> None:
        """Acknowledge what was committed; see `Intake`."""
        self._acknowledger.answer(messages, outcomes)

    def steer(self) -> None:
        """Read on, or stop reading, as what waits demands."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._intake.is_full != self._is_paused:
            self._is_paused = self._intake.is_full
            (transport.pause_reading if self._is_paused else transport.resume_reading)()

    def fail(self) -> None:
        """What came cannot be committed: come again later, and it is sent again."""
        self.close("the store is away")

    def close(self, reason: str) -> None:
        """End the connection and say why."""
        self.reason = reason
        if self._transport is not None:
            self._transport.abort()

    def leave(self) -> None:
        """End in good order; the broker keeps our session."""
        self.reason = "we leave"
        self.send(Disconnect())
        if self._transport is not None:
            self._transport.close()

    def _not_let_go(self) -> None:
        """The broker is never let go for being slow."""


class Bridge:
    """Keeps one connection to the broker, whatever happens to it."""

    grant: Grant = NOBODY
    """What is told there is open data: the broker cannot tell us who listens."""

    def __init__(
        self, hub: Hub, settings: BridgeSettings, threads: Executor, bounds: Bounds = BOUNDS
    ) -> None:
        self.hub = hub
        self.settings = settings
        self.bounds = bounds
        self.counters = Counters()
        self.is_open = asyncio.Event()
        self._threads = threads
        self._routes = Routes(hub)
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect, again and again."""
        self._task = asyncio.get_running_loop().create_task(self._stay_connected())

    async def stop(self) -> None:
        """Leave the broker."""
        connection = self._connection
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if connection is not None:
            connection.leave()
            await asyncio.wait([connection.over], timeout=FAREWELL_S)
            connection.close(connection.reason)

    def intake_for(self, connection: Connection) -> Intake:
        """The way in of a connection."""
        return Intake(
            self.hub,
            self._routes,
            answer=connection.answer,
            steer=connection.steer,
            threads=self._threads,
            counters=self.counters,
            bounds=self.bounds,
        )

    def notify(self, notice: Notice, qos: int) -> None:
        """Tell of a change, where the broker is there to hear it."""
        if self._connection is not None and self.is_open.is_set():
            self._connection.publish(notice)
        else:
            self.counters.dropped += 1

    async def _stay_connected(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            reason, was_open = await self._connect_once()
            pause = FIRST_PAUSE_S if was_open else min(pause * 2, LONGEST_PAUSE_S)
            # Not all servers of a broker that restarts come back in the same moment.
            wait = pause * random.uniform(0.5, 1.0)
            log.warning("sensing.mqtt_broker_away seconds=%.1f reason=%s", wait, reason)
            await asyncio.sleep(wait)

    async def _connect_once(self) -> tuple[str, bool]:
        """Connect and stay; why it ended, and whether it was open."""
        settings = self.settings
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_S):
                _, connection = await loop.create_connection(
                    lambda: Connection(self),
                    settings.host,
                    settings.port,
                    **self._tls(),
                )
        except (OSError, TimeoutError) as fault:
            return str(fault) or "no answer", False
        self._connection = connection
        try:
            return await self._live(connection)
        finally:
            self._connection = None
            self.is_open.clear()

    async def _live(self, connection: Connection) -> tuple[str, bool]:
        waits: list[asyncio.Future[None]] = [connection.opened, connection.over]
        await asyncio.wait(waits, timeout=CONNECT_S, return_when=asyncio.FIRST_COMPLETED)
        was_open = connection.opened.done()
        if was_open:
            self.counters.connections += 1
            log.info("sensing.mqtt_broker_joined host=%s", self.settings.host)
            self.is_open.set()
        elif not connection.over.done():
            connection.close("the broker does not answer")
        await connection.over
        return connection.reason, was_open

    def _tls(self) -> dict[str, Any]:  # Any: asyncio's own parameters
        if not self.settings.uses_tls:
            return {}
        context = ssl.create_default_context(cafile=self.settings.authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return {"ssl": context, "server_hostname": self.settings.host}
