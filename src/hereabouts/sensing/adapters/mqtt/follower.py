"""Follows the journal for the doors of MQTT: what changed in the register, and whose rights did."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from django.db import Error, connection

from hereabouts.journal.api import ALARM, RecordedEvent, get_head, list_after
from hereabouts.sensing.adapters.mqtt.lines import Touched
from hereabouts.sensing.events import EntityChanged, EntityCreated, EntityDeleted
from hereabouts.standards.sensorthings.model import DATASTREAM, MULTI_DATASTREAM, OBSERVATION

POLL_SECONDS = 0.25
"""How often the journal's head is looked at when nobody in this process appends."""
LONGEST_PAUSE_SECONDS = 10.0
OPENING_SECONDS = 2.0
PAGE = 500
RIGHTS = ("people.", "sensing.key.")
"""Events that may change what a client may do begin so."""
REGISTER = "sensing.entity."
STREAMS = (DATASTREAM.name, MULTI_DATASTREAM.name)

log = logging.getLogger(__name__)


def touched_by(events: Sequence[RecordedEvent]) -> list[Touched]:
    """The entities that events tell of, in order.

    New observations are left out: they come from the feed of ingest.
    """
    found = []
    for recorded in events:
        event = recorded.event
        if isinstance(event, EntityCreated) and event.entity_type != OBSERVATION.name:
            found.append(Touched(event.entity_type, event.entity_id))
        elif isinstance(event, EntityChanged):
            members = frozenset(event.members)
            found.append(Touched(event.entity_type, event.entity_id, members))
    return found


def moves_streams(events: Sequence[RecordedEvent]) -> bool:
    """Whether events may have changed what Thing a stream belongs to, or removed it."""
    return any(
        isinstance(recorded.event, EntityDeleted)
        or (isinstance(recorded.event, EntityChanged) and recorded.event.entity_type in STREAMS)
        for recorded in events
    )


class Follower:
    """A thread that reads the journal from where it stands at the start."""

    def __init__(
        self,
        on_register: Callable[[Sequence[RecordedEvent]], None],
        on_rights: Callable[[], None],
    ) -> None:
        self._on_register = on_register
        self._on_rights = on_rights
        self._stop = threading.Event()
        self._opened = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with what comes now. Blocks until it stands there, or the database is away."""
        self._thread = threading.Thread(target=self._follow, name="mqtt-journal", daemon=True)
        self._thread.start()
        self._opened.wait(OPENING_SECONDS)

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def _follow(self) -> None:
        sleeper = ALARM.sleeper()
        pause, position = POLL_SECONDS, None
        try:
            while not self._stop.is_set():
                try:
                    position = self._read_new(position)
                    pause = POLL_SECONDS
                except Error as fault:
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                    log.warning("mqtt_journal_waits seconds=%.1f fault=%s", pause, type(fault))
                    connection.close()
                sleeper.wait(pause)
                sleeper.clear()
        finally:
            ALARM.release(sleeper)
            connection.close()

    def _read_new(self, position: int | None) -> int:
        head = get_head().position
        if position is None or head < position:
            self._opened.set()
            return head
        while position < head and not self._stop.is_set():
            events = list_after(position, limit=PAGE, through=head)
            if any(recorded.wire_name.startswith(RIGHTS) for recorded in events):
                self._on_rights()
            if any(recorded.wire_name.startswith(REGISTER) for recorded in events):
                self._on_register(events)
            position = events[-1].position if events else head
        return position
