"""The built-in listener: one socket, its clients, and what they may ask."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import ssl
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Protocol

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.adapters.mqtt.addresses import Addresses
from hereabouts.sensing.adapters.mqtt.counters import Counters
from hereabouts.sensing.adapters.mqtt.hub import Hub
from hereabouts.sensing.adapters.mqtt.intake import Intake, Routes
from hereabouts.sensing.adapters.mqtt.notices import Notice
from hereabouts.sensing.adapters.mqtt.session import FAREWELL_SECONDS, Session, State
from hereabouts.sensing.adapters.mqtt.settings import BOUNDS, Bounds, ListenerSettings
from hereabouts.sensing.domain.grants import Grant
from hereabouts.standards.mqtt import Decoder, Reason, Subscribe

BACKLOG = 1_024
RETRY_SECONDS = 2.0
"""Where another program has the port: how long until we ask for it again."""
RECHECKED_AT_ONCE = 50

log = logging.getLogger(__name__)


class Reader(Protocol):
    """Whoever hears notifications."""

    @property
    def grant(self) -> Grant:
        """What it may read."""

    def notify(self, notice: Notice, qos: int) -> None:
        """Tell it."""


class Subscriptions(Protocol):
    """Where subscriptions are kept; see `switchboard`. Only the event loop calls it."""

    async def add(self, reader: Reader, topic_filter: str, qos: int) -> Reason:
        """Take one down; a reason above 127 says why not."""

    def remove(self, reader: Reader, topic_filter: str) -> bool:
        """Strike one out; False where there was none."""

    def remove_all(self, reader: Reader) -> None:
        """Strike out all of a reader's."""

    def count(self, reader: Reader) -> int:
        """How many a reader has."""

    async def recheck(self, reader: Reader) -> None:
        """Strike out what a reader may no longer hear, after its grant has changed."""


def tls_context(settings: ListenerSettings) -> ssl.SSLContext | None:
    """How the listener encrypts, or None where it does not. Raises: OSError, ssl.SSLError."""
    if settings.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.certificate, settings.key)
    return context


class Listener:
    """Accepts clients of MQTT 3.1.1 and 5.0. All methods are called on its event loop."""

    def __init__(
        self,
        hub: Hub,
        subscriptions: Subscriptions,
        settings: ListenerSettings,
        *,
        threads: Executor,
        bounds: Bounds = BOUNDS,
    ) -> None:
        self.hub = hub
        self.bounds = bounds
        self.counters = Counters()
        self.addresses = Addresses(bounds)
        self.admits_anonymous = settings.admits_anonymous
        self.port = 0
        self._settings = settings
        self._subscriptions = subscriptions
        self._routes = Routes(hub)
        self._topics: dict[bytes, str] = {}
        self._connections: set[Session] = set()
        self._clients: dict[tuple[str, str, str], Session] = {}
        self._threads = threads
        self._server: asyncio.Server | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._rechecking: asyncio.Task[None] | None = None
        self._recheck_now = asyncio.Event()

    async def start(self) -> bool:
        """Begin to listen; False, with a line in the log, where that cannot be now.

        A port that another program has is asked for again until it is free: it may be this very
        installation before a restart, or another of its processes, which may end.
        """
        try:
            await self._listen()
        except OSError as fault:
            is_taken = fault.errno == errno.EADDRINUSE
            log.error(
                "sensing.mqtt_not_listening host=%s port=%d reason=%s",
                self._settings.host,
                self._settings.port,
                "another program listens there; waiting for it to end" if is_taken else str(fault),
            )
            if is_taken:
                self._waiting = asyncio.create_task(self._wait_for_port())
            return False
        return True

    async def _listen(self) -> None:
        settings = self._settings
        context = tls_context(settings)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Session(self),
            settings.host,
            settings.port,
            ssl=context,
            backlog=BACKLOG,
            reuse_address=True,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._rechecking = asyncio.create_task(self._keep_rechecking())
        log.info(
            "sensing.mqtt_listening host=%s port=%d tls=%s", settings.host, self.port, bool(context)
        )

    async def _wait_for_port(self) -> None:
        while not self.port:
            await asyncio.sleep(RETRY_SECONDS)
            with contextlib.suppress(OSError):
                await self._listen()

    async def stop(self) -> None:
        """Say good-bye to every client and close."""
        if self._waiting is not None:
            self._waiting.cancel()
        if self._rechecking is not None:
            self._rechecking.cancel()
        if self._server is not None:
            self._server.close()
        for session in list(self._connections):
            session.end(Reason.SHUTTING_DOWN)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                while self._connections:
                    await asyncio.sleep(0.01)

    # --- what sessions ask ---------------------------------------------------------------------

    def admit(self, session: Session) -> bool:
        """Whether there is room for one more connection, here and for its address."""
        is_full = len(self._connections) >= self.bounds.connections
        if is_full or not self.addresses.enter(session.address):
            self.counters.turned_away += 1
            return False
        self._connections.add(session)
        self.counters.connections += 1
        return True

    def intake_for(self, session: Session) -> Intake:
        """The way in of a session."""
        return Intake(
            self.hub,
            self._routes,
            answer=session.answer,
            steer=session.steer,
            threads=self._threads,
            counters=self.counters,
            bounds=self.bounds,
        )

    def decoder(self) -> Decoder:
        """What reads a session's bytes; topics are remembered for all together."""
        return Decoder(largest=self.bounds.largest_packet, topics=self._topics)

    async def authenticate(self, username: str, password: str) -> Grant:
        """What a client may do. Raises: BadCredentials."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.hub.authenticate, username, password)

    def register(self, session: Session) -> None:
        """A client is in; its earlier connection goes."""
        earlier = self._clients.get(session.principal)
        if earlier is not None:
            self.counters.taken_over += 1
            earlier.end(Reason.TAKEN_OVER, "another connection uses this client id")
        self._clients[session.principal] = session

    async def subscribe(self, session: Session, packet: Subscribe) -> Sequence[int]:
        """Take subscriptions down; the code for each."""
        codes: list[int] = []
        for wish in packet.subscriptions:
            if self._subscriptions.count(session) >= self.bounds.subscriptions:
                codes.append(Reason.QUOTA_EXCEEDED)
                continue
            qos = min(wish.qos, 1)
            reason = await self._subscriptions.add(session, wish.topic_filter, qos)
            codes.append(qos if reason is Reason.SUCCESS else reason)
        if session.state is State.ENDED:
            self._subscriptions.remove_all(session)
        return codes

    def unsubscribe(self, session: Session, topic_filter: str) -> bool:
        """Strike a subscription out; False where there was none."""
        return self._subscriptions.remove(session, topic_filter)

    def leave(self, session: Session) -> None:
        """A connection is over."""
        if session in self._connections:
            self._connections.remove(session)
            self.addresses.leave(session.address)
        self._subscriptions.remove_all(session)
        if self._clients.get(session.principal) is session:
            del self._clients[session.principal]

    # --- rights change -------------------------------------------------------------------------

    def recheck(self) -> None:
        """Ask anew, soon, what every client may do."""
        self._recheck_now.set()

    async def _keep_rechecking(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self.bounds.recheck_seconds):
                    await self._recheck_now.wait()
            except TimeoutError:
                pass
            self._recheck_now.clear()
            sessions = [entry for entry in self._clients.values() if entry.state is State.OPEN]
            for begin in range(0, len(sessions), RECHECKED_AT_ONCE):
                part = sessions[begin : begin + RECHECKED_AT_ONCE]
                await asyncio.gather(*(self._recheck(session) for session in part))

    async def _recheck(self, session: Session) -> None:
        if session.credentials == ("", ""):
            return
        try:
            grant = await self.authenticate(*session.credentials)
        except Refusal as refusal:
            if refusal.kind is not refusal.kind.UNAVAILABLE:
                session.end(Reason.NOT_AUTHORISED, "the credentials no longer hold")
            return
        if grant != session.grant:
            session.change_grant(grant)
            await self._subscriptions.recheck(session)
            if session.state is State.ENDED:
                self._subscriptions.remove_all(session)
