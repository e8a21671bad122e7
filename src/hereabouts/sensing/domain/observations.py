"""An observation on its way into the store, and what came of it."""

from __future__ import annotations

from enum import IntEnum, IntFlag

import msgspec


class ResultKind(IntEnum):
    """JSON type of a result; the numbers stand in the tables."""

    NUMBER = 0
    TEXT = 1
    TRUTH = 2
    JSON = 3
    NULL = 4


class QualityFlag(IntFlag):
    """What the rules found remarkable about an observation; it is kept all the same."""

    RANGE = 1
    """Outside what the stream can measure."""
    SPIKE = 2
    """Further from the one before than the stream can go."""
    STUCK = 4
    """The same value too often in a row."""
    GAP = 8
    """Long after the one before."""
    CLOCK = 16
    """Its time lies in the future, or absurdly far in the past."""
    LATE = 32
    """Older than the latest of its stream when it came."""


class NewObservation(msgspec.Struct, gc=False):
    """An observation as every door hands it on: parsed, its stream known, not yet stored.

    Times are microseconds since 1970 UTC. `number` holds a number, and 1 or 0 for a truth value.
    `result` is the JSON text as sent; None for a number whose shortest form is what was sent, for
    truth values and null. `feature_id` None means the feature the service finds. With `once` it is
    dropped where the stream already has the same result at the same time.
    """

    stream_id: int
    started: int
    kind: int
    number: float | None = None
    result: str | None = None
    ended: int | None = None
    result_time: int | None = None
    valid_start: int | None = None
    valid_end: int | None = None
    parameters: str | None = None
    result_quality: str | None = None
    feature_id: int | None = None
    quality: int = 0
    once: bool = False


class Stored(msgspec.Struct, gc=False):
    """Where an observation came to stand; a duplicate has the id of the one already there."""

    id: int
    stream_id: int
    is_duplicate: bool = False
