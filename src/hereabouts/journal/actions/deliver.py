"""Delivering events to reactions: at least once, each subject's in order, failures kept."""

from __future__ import annotations

from django.db import transaction

from hereabouts.journal.actions.append import append
from hereabouts.journal.actions.cursors import hold_cursor, move_cursor
from hereabouts.journal.domain.events import RecordedEvent
from hereabouts.journal.domain.reactions import AnyReaction
from hereabouts.journal.domain.retries import delay_after, describe_failure
from hereabouts.journal.events import DeliveryParked
from hereabouts.journal.models import Delivery
from hereabouts.journal.queries import (
    Filter,
    find_cursor,
    get_entry,
    get_head,
    is_subject_held,
    list_after,
    list_due_deliveries,
)
from hereabouts.kernel.time import Clock, now

State = Delivery.State

PAGE = 200
"""Events of one reaction handled before the next reaction has its turn."""
WINDOW = 20_000
"""Positions scanned at once for a reaction's events."""
UNSAVED = 1_000
"""Positions without an event for a reaction that its cursor may lag behind, to spare writes."""


class UnreadableEventError(ValueError):
    """The payload does not fit the class that the reaction expects."""


class Deliverer:
    """Takes one reaction forward; remembers between turns what it has scanned in vain."""

    def __init__(self, reaction: AnyReaction, clock: Clock = now) -> None:
        self.reaction = reaction
        self.clock = clock
        self._scanned = 0

    def turn(self) -> int:
        """Deliver a page of new events and what is due again; how many were dealt with."""
        return self.advance(get_head().position) + self.retry()

    def advance(self, head: int) -> int:
        """Deliver a page of new events, none of them after `head`; how many there were."""
        if self._scanned >= head:
            return 0
        reached = self._reached()
        after = max(reached, self._scanned)
        if after >= head:
            return 0
        through = min(after + WINDOW, head)
        where = Filter(type_prefix=self.reaction.event_class.wire_name)
        page = list_after(after, limit=PAGE, through=through, where=where)
        for recorded in page:
            self._deliver(recorded)
        self._scanned = page[-1].position if len(page) == PAGE else through
        if self._scanned - reached > UNSAVED and not page:
            self._save_scanned()
        return len(page)

    def _reached(self) -> int:
        cursor = find_cursor(self.reaction.name)
        if cursor is None:
            with transaction.atomic():
                start = 0 if self.reaction.reads_history else get_head().position
                cursor = hold_cursor(self.reaction.name, start=start).position
        return cursor

    def _save_scanned(self) -> None:
        with transaction.atomic():
            move_cursor(hold_cursor(self.reaction.name), self._scanned)

    def _deliver(self, recorded: RecordedEvent) -> None:
        try:
            with transaction.atomic():
                cursor = hold_cursor(self.reaction.name)
                if cursor.position >= recorded.position:
                    return
                if is_subject_held(self.reaction.name, recorded.subject):
                    self._keep(recorded, State.WAITING)
                else:
                    self._run(recorded)
                move_cursor(cursor, recorded.position)
        except Exception as fault:
            # The one place that takes every fault: a reaction's mistake is kept and shown, and
            # may not stop the others. A database that is gone fails here again and gets through.
            self._record_first_failure(recorded, fault)

    def _record_first_failure(self, recorded: RecordedEvent, fault: Exception) -> None:
        with transaction.atomic():
            cursor = hold_cursor(self.reaction.name)
            if cursor.position >= recorded.position:
                return
            delivery = self._keep(recorded, State.RETRYING)
            self._record_failure(delivery, fault)
            move_cursor(cursor, recorded.position)

    def retry(self) -> int:
        """Attempt again what is due; how many attempts were made."""
        due = list_due_deliveries(self.reaction.name, self.clock(), PAGE)
        for delivery in due:
            self._try_again(delivery.pk)
        return len(due)

    def _try_again(self, delivery_id: int) -> None:
        try:
            with transaction.atomic():
                delivery = self._hold(delivery_id)
                if delivery is None:
                    return
                self._run(get_entry(delivery.position))
                delivery.delete()
        except Exception as fault:
            # As in _deliver: every fault of a reaction is kept with its delivery.
            with transaction.atomic():
                delivery = self._hold(delivery_id)
                if delivery is not None:
                    self._record_failure(delivery, fault)

    def _hold(self, delivery_id: int) -> Delivery | None:
        open_states = (State.RETRYING, State.WAITING)
        held = Delivery.objects.select_for_update()
        return held.filter(pk=delivery_id, state__in=open_states).first()

    def _run(self, recorded: RecordedEvent) -> None:
        if not isinstance(recorded.event, self.reaction.event_class):
            raise UnreadableEventError("the payload does not fit the class of the event")
        self.reaction.handler(recorded.event, recorded)

    def _keep(self, recorded: RecordedEvent, state: Delivery.State) -> Delivery:
        moment = self.clock()
        return Delivery.objects.create(
            reaction=self.reaction.name,
            position=recorded.position,
            subject=recorded.subject,
            state=state,
            due_at=moment,
            changed_at=moment,
        )

    def _record_failure(self, delivery: Delivery, fault: Exception) -> None:
        delivery.attempts += 1
        delivery.failure = describe_failure(fault)
        delivery.changed_at = self.clock()
        delay = delay_after(delivery.attempts)
        if delay is None or isinstance(fault, UnreadableEventError):
            delivery.state = State.PARKED
        else:
            delivery.state = State.RETRYING
            delivery.due_at = delivery.changed_at + delay
        delivery.save(update_fields=["attempts", "failure", "changed_at", "state", "due_at"])
        if delivery.state == State.PARKED:
            parked = DeliveryParked(delivery.reaction, delivery.position)
            append(parked, subject=f"reaction:{delivery.reaction}", actor=None)
