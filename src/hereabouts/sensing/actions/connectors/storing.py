"""Readings of a feed handed to the writer of observations, each once however often they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import Q

from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.connectors.entities import Links
from hereabouts.sensing.domain.connectors.records import Gathered, Problem, Reading
from hereabouts.sensing.domain.observations import (
    NewObservation,
    QualityFlag,
    ResultKind,
    Stored,
)
from hereabouts.sensing.domain.register.retention import DAY, MEMBER, kept_days
from hereabouts.sensing.errors.ingest import StoreAway
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.queries.newest import newest_of, now_us
from hereabouts.standards.sensorthings.times import SECOND

AT_ONCE = 5_000
JUDGED = QualityFlag.RANGE | QualityFlag.SPIKE | QualityFlag.STUCK | QualityFlag.CLOCK
"""Flags that say something of the reading; a late or first one after a gap is no worse for it."""
MANY = 500


class Writes(Protocol):
    """Writes observations and waits for the commit."""

    def write_blocking(self, batch: Sequence[NewObservation]) -> Sequence[Stored | Refusal]:
        """One outcome a row, in order."""


@dataclass
class Storing:
    """What came of a feed's readings. `newest`, in microseconds, is of those that are stored."""

    added: int = 0
    refused: int = 0
    flagged: int = 0
    newest: int | None = None
    problems: list[Problem] = field(default_factory=list)


def find_newest(links: Links) -> Mapping[str, int]:
    """By series: the newest time its stream has so far, not counting the future."""
    by_stream = {stream: key for key, stream in links.streams.items() if stream is not None}
    ids = sorted(by_stream)
    found: dict[str, int] = {}
    for begin in range(0, len(ids), MANY):
        states = StreamState.objects.filter(stream_id__in=ids[begin : begin + MANY])
        for stream_id, newest in newest_of(states, now_us()).items():
            found[by_stream[stream_id]] = newest.started
    return found


def _find_ends(links: Links, clock: Clock) -> Mapping[int, int]:
    """By stream that keeps its readings for so many days: the earliest time it keeps now."""
    moment = round(clock().timestamp() * SECOND)
    ids = sorted(stream for stream in links.streams.values() if stream is not None)
    found: dict[int, int] = {}
    for begin in range(0, len(ids), MANY):
        said = Stream.objects.filter(
            Q(properties__contains=MEMBER) | Q(thing__properties__contains=MEMBER),
            pk__in=ids[begin : begin + MANY],
        )
        for stream_id, own, things in said.values_list("pk", "properties", "thing__properties"):
            days = kept_days(own, things)
            if days is not None:
                found[stream_id] = moment - days * DAY
    return found


def store_readings(
    gathered: Gathered,
    links: Links,
    ingest: Writes,
    say: Callable[[int, int], None] = lambda done, total: None,
    *,
    clock: Clock = now,
) -> Storing:
    """Store a feed's readings in batches, each answered after its commit.

    Those older than their stream keeps them are passed over: a feed that repeats a month would else
    have the same problems in each run.
    Raises: IngestFull, StoreAway: nothing is lost, because what is fetched again is not added
    twice.
    """
    told = Storing()
    ends = _find_ends(links, clock)
    batch: list[tuple[Reading, NewObservation]] = []
    total = len(gathered.readings)
    for done, reading in enumerate(gathered.readings, start=1):
        if reading.series not in links.streams:
            told.refused += 1
            told.problems.append(Problem("stream_unknown", reading.series))
            continue
        stream_id = links.streams[reading.series]
        if stream_id is not None and reading.started >= ends.get(stream_id, reading.started):
            feature_id = links.features.get(reading.series)
            batch.append((reading, observation_of(reading, stream_id, feature_id)))
        if len(batch) == AT_ONCE:
            _write(batch, ingest, told)
            batch.clear()
            say(done, total)
    if batch:
        _write(batch, ingest, told)
    say(total, total)
    return told


def observation_of(reading: Reading, stream_id: int, feature_id: int | None) -> NewObservation:
    """A reading as the store takes it."""
    value = reading.value
    kind = ResultKind.TRUTH if isinstance(value, bool) else ResultKind.NUMBER
    return NewObservation(
        stream_id=stream_id,
        started=reading.started,
        kind=kind,
        number=float(value),
        ended=reading.ended,
        feature_id=feature_id,
        once=True,
    )


def _write(batch: Sequence[tuple[Reading, NewObservation]], ingest: Writes, told: Storing) -> None:
    rows = [row for _, row in batch]
    outcomes = ingest.write_blocking(rows)
    for (reading, row), outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, StoreAway):
            raise outcome
        if isinstance(outcome, Refusal):
            told.refused += 1
            reason = str(outcome.facts.get("reason", outcome.code))
            told.problems.append(Problem("refused", reading.series, value=reason))
            continue
        if not outcome.is_duplicate:
            told.added += 1
            told.flagged += bool(row.quality & JUDGED)
        if not row.quality & QualityFlag.CLOCK and (told.newest or 0) < row.started:
            told.newest = row.started
