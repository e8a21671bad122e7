"""What other rooms may call: record, read, verify, follow and react."""

from __future__ import annotations

from hereabouts.journal.actions.append import Fact, append, append_all
from hereabouts.journal.actions.parked import discard_delivery, retry_delivery
from hereabouts.journal.actions.wake import ALARM
from hereabouts.journal.domain.capabilities import OPERATE, READ
from hereabouts.journal.domain.chain import Break, Head
from hereabouts.journal.domain.desk import DESK_ENTRIES
from hereabouts.journal.domain.events import (
    Event,
    Position,
    RecordedEvent,
    event_type,
    list_event_types,
)
from hereabouts.journal.domain.reactions import REACTIONS, Reaction, reaction
from hereabouts.journal.queries import (
    Filter,
    Page,
    StoredDelivery,
    Verification,
    count_parked,
    get_delivery,
    get_entry,
    get_head,
    get_page,
    list_after,
    list_before,
    list_parked,
    verify,
)

__all__ = [
    "ALARM",
    "DESK_ENTRIES",
    "OPERATE",
    "REACTIONS",
    "READ",
    "Break",
    "Event",
    "Fact",
    "Filter",
    "Head",
    "Page",
    "Position",
    "Reaction",
    "RecordedEvent",
    "StoredDelivery",
    "Verification",
    "append",
    "append_all",
    "count_parked",
    "discard_delivery",
    "event_type",
    "get_delivery",
    "get_entry",
    "get_head",
    "get_page",
    "list_after",
    "list_before",
    "list_event_types",
    "list_parked",
    "reaction",
    "retry_delivery",
    "verify",
]
