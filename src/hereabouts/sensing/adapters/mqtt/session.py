"""One client of the built-in listener, from its first byte to its last."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Protocol, cast

from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.sensing.adapters.mqtt.acknowledging import Acknowledger
from hereabouts.sensing.adapters.mqtt.addresses import Addresses
from hereabouts.sensing.adapters.mqtt.counters import Counters
from hereabouts.sensing.adapters.mqtt.hub import Hub, Outcomes
from hereabouts.sensing.adapters.mqtt.intake import Intake
from hereabouts.sensing.adapters.mqtt.notices import Notice
from hereabouts.sensing.adapters.mqtt.outgoing import Outgoing
from hereabouts.sensing.adapters.mqtt.settings import Bounds
from hereabouts.sensing.domain.grants import NOBODY, Grant
from hereabouts.standards.mqtt import (
    RETURN_CODES,
    VERSION_5,
    Connack,
    Connect,
    Decoder,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Property,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Reason,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
    encode,
)

KEEP_ALIVE_FACTOR = 1.5
"""How much longer than its own keep-alive a client may be silent. Source: MQTT 3.1.2.10."""
FAREWELL_SECONDS = 2.0
MOST_TASKS = 20
"""Subscriptions of one client being looked at before its socket is no longer read."""

log = logging.getLogger(__name__)


class State(Enum):
    """How far a connection has come."""

    NEW = 1
    CHECKED = 2
    """Its CONNECT is being looked at."""
    OPEN = 3
    ENDED = 4


class Host(Protocol):
    """The listener, as one of its sessions sees it."""

    hub: Hub
    bounds: Bounds
    counters: Counters
    addresses: Addresses
    admits_anonymous: bool

    def admit(self, session: Session) -> bool:
        """Whether there is room for one more connection, here and for its address."""

    def intake_for(self, session: Session) -> Intake:
        """The way in of a session."""

    def decoder(self) -> Decoder:
        """What reads its bytes."""

    async def authenticate(self, username: str, password: str) -> Grant:
        """What a client may do. Raises: BadCredentials."""

    def register(self, session: Session) -> None:
        """A client is in; another connection under its name goes."""

    async def subscribe(self, session: Session, packet: Subscribe) -> Sequence[int]:
        """Take subscriptions down; the code for each."""

    def unsubscribe(self, session: Session, topic_filter: str) -> bool:
        """Strike a subscription out; False where there was none."""

    def leave(self, session: Session) -> None:
        """A connection is over."""


class Session(asyncio.Protocol):
    """A connection and the client behind it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.state = State.NEW
        self.client_id = ""
        self.address = ""
        """What is counted of its network address; see `addresses`."""
        self.version = 0
        self.grant: Grant = NOBODY
        self.credentials = ("", "")
        """Kept in memory to ask again whether they still hold."""
        self._loop = asyncio.get_running_loop()
        self._decoder = host.decoder()
        self._intake = host.intake_for(self)
        self._acknowledger = Acknowledger(self)
        self._outgoing = Outgoing(
            self.write, self.let_go, counters=host.counters, bounds=host.bounds
        )
        self._early: list[Packet] = []
        self._is_paused = False
        self._connect: Connect | None = None
        self._will_is_due = False
        self._heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_turn = asyncio.Lock()
        self._transport: asyncio.Transport | None = None

    @property
    def _is_checked(self) -> bool:
        return self.state is State.CHECKED

    # --- the transport -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for CONNECT, if there is room."""
        # uvloop's transports are of a family of their own.
        self._transport = transport = cast(asyncio.Transport, transport)
        self.address = self.host.addresses.name(transport.get_extra_info("peername"))
        if not self.host.admit(self):
            self.state = State.ENDED
            transport.abort()
            return
        bounds = self.host.bounds
        transport.set_write_buffer_limits(high=bounds.queued_bytes)
        self._timer = self._loop.call_later(bounds.connect_seconds, self._give_up)

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        if self.state is State.ENDED:
            return
        self._heard = self._loop.time()
        packets = self._decoder.feed(data)
        if self._is_checked:
            self._early += packets
            return
        self._process(packets)
        fault = self._decoder.fault
        if fault is not None and not self._is_checked:
            self._break(fault.reason, fault.text)

    def eof_received(self) -> bool:
        """Close; half-open connections are of no use here."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Publish its will where it went without a word."""
        self.state = State.ENDED
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        if self._will_is_due and self._connect is not None and self._connect.will is not None:
            will = self._connect.will
            self._intake.take([Publish(will.topic, will.payload)])
        self._intake.close()
        self._acknowledger.close()
        self.host.leave(self)

    def pause_writing(self) -> None:
        """The client does not read."""
        self._outgoing.is_blocked = True

    def resume_writing(self) -> None:
        """It reads again."""
        self._outgoing.is_blocked = False
        self._outgoing.go_on()

    def write(self, data: bytes) -> None:
        """Send bytes, unless the connection is over."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def send(self, packet: Packet) -> None:
        """Send a packet."""
        self.write(encode(packet, self.version))

    def steer(self) -> None:
        """Read on, or stop reading, as what waits demands."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        is_busy = self._is_checked or len(self._tasks) >= MOST_TASKS
        wanted = is_busy or self._intake.is_full
        if wanted != self._is_paused:
            self._is_paused = wanted
            (transport.pause_reading if wanted else transport.resume_reading)()

    # --- ending --------------------------------------------------------------------------------

    @property
    def shown_id(self) -> str:
        """Its name for the log: one line, whatever the client wrote."""
        return repr(self.client_id[:60])

    @property
    def principal(self) -> tuple[str, str, str]:
        """Whom a client id belongs to: nobody else's connection can be taken over with it."""
        username, password = self.credentials
        return username, hashlib.sha256(password.encode()).hexdigest(), self.client_id

    def end(self, reason: Reason, text: str = "") -> None:
        """Say why, where the version can, and close."""
        if self.state is State.ENDED or self._transport is None:
            return
        if self.state is State.OPEN and self.version == VERSION_5:
            self.send(Disconnect(reason, {Property.REASON_STRING: text} if text else {}))
        if reason is Reason.SHUTTING_DOWN:
            self._will_is_due = False
        self._close()

    def _close(self) -> None:
        if self._transport is not None and self.state is not State.ENDED:
            self.state = State.ENDED
            self._transport.close()
            self._loop.call_later(FAREWELL_SECONDS, self._transport.abort)

    def _break(self, reason: Reason, text: str) -> None:
        log.warning("sensing.mqtt_client_refused client=%s reason=%s", self.shown_id, text)
        if self.state is State.NEW and reason is Reason.UNSUPPORTED_VERSION:
            # Source: MQTT 3.1.1, 3.1.2.2: answer 1, in the form that every client can read.
            self.write(b"\x20\x02\x00\x01")
        self.end(reason, text)

    def let_go(self) -> None:
        """The client reads too slowly to be kept."""
        log.warning("sensing.mqtt_client_too_slow client=%s", self.shown_id)
        self.end(Reason.QUOTA_EXCEEDED, "notifications are not read fast enough")
        if self._transport is not None:
            self._transport.abort()

    def fail(self) -> None:
        """What was published cannot be committed: the client has to bring it again."""
        self.end(Reason.SERVER_UNAVAILABLE, "the store is away; publish again")

    def _give_up(self) -> None:
        self.end(Reason.KEEP_ALIVE_TIMEOUT)

    # --- packets -------------------------------------------------------------------------------

    def _process(self, packets: Sequence[Packet]) -> None:
        messages: list[Publish] = []
        for at, packet in enumerate(packets):
            if type(packet) is Publish:
                messages.append(packet)
                continue
            _HANDLERS[type(packet)](self, packet)
            if self._is_checked:
                self._early += packets[at + 1 :]
                return
        if messages:
            fresh = self._acknowledger.fresh(messages)
            if fresh:
                self._intake.take(fresh)

    def answer(self, messages: Sequence[Publish], outcomes: Outcomes) -> None:
        """Acknowledge what was committed; see `Intake`."""
        self._acknowledger.answer(messages, outcomes)

    def notify(self, notice: Notice, qos: int) -> None:
        """Tell the client of a change."""
        if self.state is State.OPEN:
            self._outgoing.send(notice, qos)

    def _task(self, work: Any) -> None:  # Any: a coroutine, whose parameters nobody reads
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        if len(self._tasks) >= MOST_TASKS:
            self.steer()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.steer()

    def _on_connect(self, packet: Connect) -> None:
        self.version = packet.version
        self.client_id = packet.client_id
        self._connect = packet
        self.state = State.CHECKED
        self.steer()
        self._task(self._admit(packet))

    async def _admit(self, packet: Connect) -> None:
        if self.host.addresses.is_refused(self.address):
            # Before anything is looked up: this costs no more than reading the packet.
            reason = Reason.CONNECTION_RATE_EXCEEDED
        else:
            reason = await self._check(packet)
        if self.state is not State.CHECKED:
            return
        if reason is not Reason.SUCCESS:
            self.host.counters.turned_away += 1
            code = reason if self.version == VERSION_5 else RETURN_CODES.get(reason, 5)
            self.send(Connack(code))
            self.end(reason)
            return
        self._open(packet)

    async def _check(self, packet: Connect) -> Reason:
        if not packet.client_id and not packet.is_clean and packet.version != VERSION_5:
            return Reason.BAD_CLIENT_ID
        if Property.AUTHENTICATION_METHOD in packet.properties:
            return Reason.BAD_AUTHENTICATION_METHOD
        if packet.will is not None and packet.will.is_retained and packet.version == VERSION_5:
            return Reason.RETAIN_NOT_SUPPORTED
        try:
            password = (packet.password or b"").decode()
        except UnicodeDecodeError:
            return Reason.BAD_CREDENTIALS
        self.credentials = (packet.username or "", password)
        if self.credentials == ("", "") and not self.host.admits_anonymous:
            return Reason.NOT_AUTHORISED
        try:
            self.change_grant(await self.host.authenticate(*self.credentials))
        except Refusal as refusal:
            if refusal.kind is RefusalKind.UNAVAILABLE:
                return Reason.SERVER_UNAVAILABLE
            self.host.addresses.note_failure(self.address)
            return Reason.BAD_CREDENTIALS
        return Reason.SUCCESS

    def change_grant(self, grant: Grant) -> None:
        """From now on the client may do this."""
        self.grant = self._intake.grant = grant

    def _open(self, packet: Connect) -> None:
        self.state = State.OPEN
        self._will_is_due = packet.will is not None
        self._outgoing.version = self.version
        found: dict[Property, Any] = {}  # Any: values of every form
        if not self.client_id:
            self.client_id = new_uid("client")
            found[Property.ASSIGNED_CLIENT_ID] = self.client_id
        if self.version == VERSION_5:
            self._read_limits(packet.properties)
            found |= {
                Property.MAXIMUM_PACKET_SIZE: self.host.bounds.largest_packet,
                Property.RETAIN_AVAILABLE: 0,
                Property.WILDCARDS_AVAILABLE: 0,
                Property.SUBSCRIPTION_IDS_AVAILABLE: 0,
                Property.SHARED_AVAILABLE: 0,
            }
            if packet.properties.get(Property.SESSION_EXPIRY):
                # Nothing is kept for those who are away.
                found[Property.SESSION_EXPIRY] = 0
        self.host.register(self)
        self.send(Connack(0, False, found))
        self._watch(packet.keep_alive)
        early, self._early = self._early, []
        self._process(early)
        if self._decoder.fault is not None:
            self._break(self._decoder.fault.reason, self._decoder.fault.text)
        self.steer()

    def _read_limits(self, properties: Mapping[Property, Any]) -> None:  # Any: as above
        outgoing = self._outgoing
        most = properties.get(Property.RECEIVE_MAXIMUM, outgoing.in_flight_most)
        outgoing.in_flight_most = min(outgoing.in_flight_most, most)
        outgoing.largest = properties.get(Property.MAXIMUM_PACKET_SIZE, 0)
        self._acknowledger.explains = properties.get(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1

    def _watch(self, keep_alive: int) -> None:
        """Look again when the client must have been heard of."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not keep_alive or self.state is not State.OPEN:
            return
        left = self._heard + keep_alive * KEEP_ALIVE_FACTOR - self._loop.time()
        # A socket that is not read, because of us, says nothing about the client.
        if left <= 0 and not self._is_paused:
            self.end(Reason.KEEP_ALIVE_TIMEOUT, "nothing was heard of you")
            return
        self._timer = self._loop.call_later(max(left, 1.0), self._watch, keep_alive)

    def _on_subscribe(self, packet: Subscribe) -> None:
        self._task(self._subscribe(packet))

    async def _subscribe(self, packet: Subscribe) -> None:
        if Property.SUBSCRIPTION_ID in packet.properties:
            self.end(Reason.SUBSCRIPTION_IDS_NOT_SUPPORTED)
            return
        async with self._in_turn:
            codes = await self.host.subscribe(self, packet)
        if self.version != VERSION_5:
            codes = [min(code, 0x80) for code in codes]
        self.send(Suback(packet.packet_id, tuple(codes)))

    def _on_unsubscribe(self, packet: Unsubscribe) -> None:
        self._task(self._unsubscribe(packet))

    async def _unsubscribe(self, packet: Unsubscribe) -> None:
        async with self._in_turn:
            found = [self.host.unsubscribe(self, name) for name in packet.topic_filters]
        codes = tuple(Reason.SUCCESS if was else Reason.NO_SUBSCRIPTION for was in found)
        self.send(Unsuback(packet.packet_id, codes))

    def _on_ping(self, packet: Pingreq) -> None:
        self.send(Pingresp())

    def _on_puback(self, packet: Puback) -> None:
        self._outgoing.acknowledged(packet.packet_id)

    def _on_pubrel(self, packet: Pubrel) -> None:
        self._acknowledger.release(packet.packet_id)

    def _on_disconnect(self, packet: Disconnect) -> None:
        if packet.reason != Reason.DISCONNECT_WITH_WILL:
            self._will_is_due = False
        # What came before it in the same read is still to be handed on; then the socket closes.
        self._loop.call_soon(self._close)

    def _on_other(self, packet: Packet) -> None:
        self._break(Reason.PROTOCOL_ERROR, f"{type(packet).__name__} may not come here")


# Any: each function takes the one class it stands under.
_HANDLERS: Final[Mapping[type, Callable[[Session, Any], None]]] = {
    Connect: Session._on_connect,
    Subscribe: Session._on_subscribe,
    Unsubscribe: Session._on_unsubscribe,
    Pingreq: Session._on_ping,
    Puback: Session._on_puback,
    Pubrec: Session._on_other,
    Pubrel: Session._on_pubrel,
    Pubcomp: Session._on_other,
    Disconnect: Session._on_disconnect,
}
