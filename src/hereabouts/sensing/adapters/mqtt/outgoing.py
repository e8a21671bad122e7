"""The way out to one client: what it reads too slowly is dropped, counted, and in the end costs it
the connection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from hereabouts.sensing.adapters.mqtt.counters import Counters
from hereabouts.sensing.adapters.mqtt.notices import Notice
from hereabouts.sensing.adapters.mqtt.settings import BOUNDS, Bounds
from hereabouts.standards.mqtt import numbered_message, plain_message

USUAL_IN_FLIGHT = 100
"""Notifications of quality 1 sent and not yet acknowledged, where the client sets no less."""
LAST_NUMBER = 65_535


class Outgoing:
    """Notifications to one client.

    At quality 0 a notification is sent or, while the client does not read, dropped. At quality 1 it
    waits in a queue; who lets that fill up is let go, since nothing may be missing in between.
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        let_go: Callable[[], None],
        *,
        counters: Counters,
        bounds: Bounds = BOUNDS,
    ) -> None:
        self.version = 0
        self.in_flight_most = USUAL_IN_FLIGHT
        self.largest = 0
        """The largest packet the client takes, 0 for any."""
        self.is_blocked = False
        self._write, self._let_go = write, let_go
        self._counters, self._bounds = counters, bounds
        self._queue: deque[Notice] = deque()
        self._queued_bytes = 0
        self._in_flight: set[int] = set()
        self._number = 0
        self._dropped = 0

    def send(self, notice: Notice, qos: int) -> None:
        """Send, queue or drop one."""
        if self.largest and notice.size > self.largest:
            self._counters.dropped += 1
        elif qos:
            self._send_surely(notice)
        elif self.is_blocked:
            self._drop()
        else:
            self._dropped = 0
            self._counters.notified += 1
            self._write(plain_message(notice.parts(self.version)))

    def _drop(self) -> None:
        self._counters.dropped += 1
        self._dropped += 1
        if self._dropped >= self._bounds.dropped:
            self._let_go()

    def _send_surely(self, notice: Notice) -> None:
        self._queue.append(notice)
        self._queued_bytes += notice.size
        self.go_on()
        bounds = self._bounds
        if len(self._queue) > bounds.queued or self._queued_bytes > bounds.queued_bytes:
            self._counters.dropped += len(self._queue)
            self._queue.clear()
            self._queued_bytes = 0
            self._let_go()

    def go_on(self) -> None:
        """Send what waits, as far as the client takes it."""
        while self._queue and not self.is_blocked and len(self._in_flight) < self.in_flight_most:
            notice = self._queue.popleft()
            self._queued_bytes -= notice.size
            number = self._next_number()
            self._in_flight.add(number)
            self._counters.notified += 1
            self._write(numbered_message(notice.parts(self.version), number))

    def _next_number(self) -> int:
        while True:
            self._number = self._number % LAST_NUMBER + 1
            if self._number not in self._in_flight:
                return self._number

    def acknowledged(self, number: int) -> None:
        """The client has one."""
        self._in_flight.discard(number)
        self.go_on()
