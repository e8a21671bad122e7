"""The journal's refusals."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class OutsideTransactionError(RuntimeError):
    """An event was recorded outside the transaction of its change: a mistake in the program."""


class EventTooLarge(Refusal):
    """An event holds more than an event may."""

    code = "journal.event_too_large"
    kind = RefusalKind.TOO_LARGE
    message = N_("The event {event} is too large to be recorded (field {field}).")


class SubjectUnusable(Refusal):
    """A subject cannot name what an event is about."""

    code = "journal.subject_unusable"
    message = N_("{subject} cannot be the subject of an event.")


class EntryNotFound(Refusal):
    """The journal has no entry at this position."""

    code = "journal.entry_not_found"
    kind = RefusalKind.NOT_FOUND
    message = N_("The journal has no entry {position}.")


class JournalBroken(Refusal):
    """The chain does not hold; the sentence names the first broken link."""

    code = "journal.broken"
    kind = RefusalKind.CONFLICT
    message = N_("{sentence}")


class AnchorUnusable(Refusal):
    """A noted head cannot be read."""

    code = "journal.anchor_unusable"
    message = N_("{anchor} is not a noted head: it has to be a position, a colon and a hash.")


class DeliveryNotFound(Refusal):
    """No delivery has this number."""

    code = "journal.delivery_not_found"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no delivery with the number {delivery}.")


class DeliveryNotParked(Refusal):
    """The delivery is not parked, so there is nothing to decide."""

    code = "journal.delivery_not_parked"
    kind = RefusalKind.CONFLICT
    message = N_("Delivery {delivery} is not parked; it may have been dealt with already.")


class ReasonNeeded(Refusal):
    """A delivery can be discarded only with a reason."""

    code = "journal.reason_needed"
    message = N_("Say in a few words why the delivery is discarded (at most {longest} characters).")


class StreamsFull(Refusal):
    """No further event stream can be opened."""

    code = "journal.streams_full"
    kind = RefusalKind.UNAVAILABLE
    message = N_("All event streams are taken; try again in a few seconds.")


class StreamsClosed(Refusal):
    """The server is starting or stopping."""

    code = "journal.streams_closed"
    kind = RefusalKind.UNAVAILABLE
    message = N_("Event streams are not open at this moment; try again in a few seconds.")
