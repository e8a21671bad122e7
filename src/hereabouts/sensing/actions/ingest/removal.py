"""Deleting observations, and working out anew what is known of their streams.

Each works in the transaction that the caller has open on Django's connection of this thread, whose
raw handle it passes, after `move_register_version` (or the register's own counting up).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from hereabouts.sensing.actions.ingest.features import refresh_areas
from hereabouts.sensing.ports import Expired, RawConnection, store_for


def delete_observations(raw: RawConnection, ids: Sequence[int]) -> int:
    """Delete observations by id; how many there were."""
    streams = _streams_of("id", ids)
    gone = store_for(connection.vendor).delete(raw, ids)
    refresh_areas(streams)
    return gone


def delete_observations_of_streams(raw: RawConnection, stream_ids: Sequence[int]) -> int:
    """Delete all observations of streams and all that is known of them; how many there were."""
    return store_for(connection.vendor).delete_of_streams(raw, stream_ids)


def delete_observations_of_feature(raw: RawConnection, feature_id: int) -> int:
    """Delete the observations of a feature that is still there; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream_id FROM sensing_stream_feature WHERE feature_id = %s", (feature_id,)
        )
        streams = [row[0] for row in cursor.fetchall()]
    gone = store_for(connection.vendor).delete_of_feature(raw, feature_id)
    refresh_areas(streams)
    return gone


def delete_oldest_observations(
    raw: RawConnection, stream_id: int, moment: int, most: int
) -> Expired:
    """Delete about `most` of those of a stream that started before a moment, in microseconds.

    The area is worked out anew with the last of them alone: a stream that moves has a feature for
    each observation. Until then it covers too much.
    """
    gone = store_for(connection.vendor).delete_oldest(raw, stream_id, moment, most)
    if gone.count and gone.is_last:
        refresh_areas([stream_id])
    return gone


def rebuild_state(raw: RawConnection, stream_ids: Sequence[int]) -> None:
    """Work out anew, from the observations, what is known of streams."""
    store_for(connection.vendor).rebuild(raw, stream_ids)
    refresh_areas(stream_ids)


def _streams_of(column: str, ids: Sequence[int]) -> list[int]:
    found: set[int] = set()
    with connection.cursor() as cursor:
        for begin in range(0, len(ids), 500):
            part = ids[begin : begin + 500]
            marks = ",".join(["%s"] * len(part))
            cursor.execute(
                f"SELECT DISTINCT stream_id FROM sensing_observation WHERE {column} IN ({marks})",
                list(part),
            )
            found.update(row[0] for row in cursor.fetchall())
    return sorted(found)
