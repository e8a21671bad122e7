"""What an operator does with a delivery that failed for good: try again, or give it up."""

from __future__ import annotations

from django.db import transaction

from hereabouts.journal.actions.append import append
from hereabouts.journal.domain.capabilities import OPERATE
from hereabouts.journal.errors import DeliveryNotFound, DeliveryNotParked, ReasonNeeded
from hereabouts.journal.events import DeliveryDiscarded, DeliveryRetried
from hereabouts.journal.models import Delivery
from hereabouts.kernel.access import Actor
from hereabouts.kernel.time import now

LONGEST_REASON = 300


def retry_delivery(delivery_id: int, *, actor: Actor) -> None:
    """Have a parked delivery tried again at once, with all its attempts before it.

    Raises: NotAllowed; DeliveryNotFound; DeliveryNotParked.
    """
    actor.require(OPERATE)
    with transaction.atomic():
        delivery = _hold_parked(delivery_id)
        delivery.state = Delivery.State.RETRYING
        delivery.attempts = 0
        delivery.due_at = delivery.changed_at = now()
        delivery.save(update_fields=["state", "attempts", "due_at", "changed_at"])
        event = DeliveryRetried(delivery.reaction, delivery.position)
        append(event, subject=f"reaction:{delivery.reaction}", actor=actor.person)


def discard_delivery(delivery_id: int, *, reason: str, actor: Actor) -> None:
    """Give a parked delivery up, so that its subject's later events go on.

    The reason stays with the delivery and does not enter the journal, which cannot forget.
    Raises: NotAllowed; ReasonNeeded; DeliveryNotFound; DeliveryNotParked.
    """
    actor.require(OPERATE)
    words = " ".join(reason.split())
    if not words or len(words) > LONGEST_REASON:
        raise ReasonNeeded(longest=LONGEST_REASON)
    with transaction.atomic():
        delivery = _hold_parked(delivery_id)
        delivery.state = Delivery.State.DISCARDED
        delivery.discard_reason = words
        delivery.discarded_by = actor.person or ""
        delivery.changed_at = now()
        delivery.save(update_fields=["state", "discard_reason", "discarded_by", "changed_at"])
        event = DeliveryDiscarded(delivery.reaction, delivery.position)
        append(event, subject=f"reaction:{delivery.reaction}", actor=actor.person)


def _hold_parked(delivery_id: int) -> Delivery:
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise DeliveryNotFound(delivery=delivery_id)
    if delivery.state != Delivery.State.PARKED:
        raise DeliveryNotParked(delivery=delivery_id)
    return delivery
