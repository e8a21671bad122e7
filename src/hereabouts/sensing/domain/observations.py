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


class Run(msgspec.Struct, gc=False):
    """Numbers of one Datastream at instants, as columns: many observations without an object each.

    Times are microseconds since 1970 UTC, in any order. `texts` has the text as sent of those
    numbers whose shortest form it is not, by place. `quality` is one for all or one each.
    """

    stream_id: int
    started: list[int]
    numbers: list[float]
    result_times: list[int] | None = None
    texts: dict[int, str] = msgspec.field(default_factory=dict)
    feature_id: int | None = None
    quality: int | list[int] = 0

    def __len__(self) -> int:
        """How many observations."""
        return len(self.started)

    def list_rows(self) -> list[NewObservation]:
        """The same as observations, in order."""
        count, flags, kind = len(self.started), self.quality, int(ResultKind.NUMBER)
        rows = [
            NewObservation(self.stream_id, started, kind, number, quality=quality)
            for started, number, quality in zip(
                self.started,
                self.numbers,
                flags if isinstance(flags, list) else [flags] * count,
                strict=True,
            )
        ]
        for place, text in self.texts.items():
            rows[place].result = text
        if self.result_times is not None:
            for row, time in zip(rows, self.result_times, strict=True):
                row.result_time = time
        if self.feature_id is not None:
            for row in rows:
                row.feature_id = self.feature_id
        return rows


class StoredRun(msgspec.Struct, gc=False):
    """Where a run came to stand: its observations have consecutive ids, in order."""

    first_id: int
    stream_id: int
    count: int
