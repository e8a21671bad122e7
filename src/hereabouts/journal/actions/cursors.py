"""Cursors: how far each named follower has read, moved in the transaction of what it did."""

from __future__ import annotations

from hereabouts.journal.models import Cursor
from hereabouts.kernel.time import now


def hold_cursor(name: str, *, start: int = 0) -> Cursor:
    """A follower's cursor, locked until the transaction ends; made at `start` where it is new."""
    held = Cursor.objects.select_for_update().filter(name=name)
    found = held.first()
    if found is not None:
        return found
    Cursor.objects.bulk_create(
        [Cursor(name=name, position=start, moved_at=now())], ignore_conflicts=True
    )
    return held.get()


def move_cursor(cursor: Cursor, position: int) -> None:
    """Move a held cursor forward; it never goes back."""
    cursor.position = max(cursor.position, position)
    cursor.moved_at = now()
    cursor.save(update_fields=["position", "moved_at"])
