"""The number of the register: writers of observations hold it, changes of the register move it.

On PostgreSQL both queue for one advisory lock first. The lock on the row alone would do, but is not
fair: where several processes write without a pause, a change would wait for ever.
"""

from __future__ import annotations

from django.db import connection

HOLD = "SELECT version FROM sensing_registerversion WHERE id = 1"
MAKE = "INSERT INTO sensing_registerversion (id, version) VALUES (1, 0) ON CONFLICT DO NOTHING"
MOVE = "UPDATE sensing_registerversion SET version = version + 1 WHERE id = 1"
QUEUE = 1_936_027_251
"""Number of the advisory lock: "sens" as bytes."""


def hold_register_version() -> int:
    """The number, shared with other writers of observations until the transaction ends."""
    statement = HOLD
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = f"{HOLD} FOR SHARE"
            cursor.execute(f"SELECT pg_advisory_xact_lock_shared({QUEUE})")
        found = cursor.execute(statement).fetchone()
        if found is None:
            cursor.execute(MAKE)
            found = cursor.execute(statement).fetchone()
    return int(found[0])


def move_register_version() -> None:
    """Count up in the caller's transaction, before it touches anything writers look at.

    Waits for groups that are being written; whoever changes streams, features, current Locations
    or deletes observations calls this first, or a writer and the change could wait for each other.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT pg_advisory_xact_lock({QUEUE})")
        cursor.execute(MOVE)
        if cursor.rowcount == 0:
            cursor.execute(MAKE)
            cursor.execute(MOVE)
