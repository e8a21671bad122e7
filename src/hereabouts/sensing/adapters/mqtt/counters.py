"""What a door of MQTT has seen since it opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counters:
    """Counts of one door; only its event loop writes them."""

    connections: int = 0
    turned_away: int = 0
    received: int = 0
    stored: int = 0
    duplicates: int = 0
    refused: int = 0
    unanswered: int = 0
    """Messages that got no acknowledgement because they could not be committed."""
    notified: int = 0
    dropped: int = 0
    """Notifications that a slow reader did not get."""
    taken_over: int = 0
