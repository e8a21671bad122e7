"""Levels that officers watch on a stream."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, Capability
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.findings import clear_finding
from hereabouts.sensing.domain.watching import FindingKind, Level
from hereabouts.sensing.errors.watching import NoSuchThreshold, TooManyThresholds
from hereabouts.sensing.events.watching import ThresholdRemoved, ThresholdSet
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.models.watching import Threshold

MANAGE = Capability("sensing.manage")
UID_PREFIX = "th"
MOST_PER_STREAM = 10


@dataclass(frozen=True)
class ThresholdDraft:
    """A level to watch on a stream, and what officers call it."""

    stream_id: int
    name: str
    level: Level


def set_threshold(draft: ThresholdDraft, *, actor: Actor, clock: Clock = now) -> str:
    """Begin to watch a level and return its uid.

    Raises: NotAllowed; NoSuchThreshold where there is no such stream; TooManyThresholds.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        stream = Stream.objects.select_for_update().filter(pk=draft.stream_id).first()
        if stream is None:
            raise NoSuchThreshold
        if Threshold.objects.filter(stream=stream).count() >= MOST_PER_STREAM:
            raise TooManyThresholds(most=MOST_PER_STREAM)
        row = Threshold.objects.create(
            uid=new_uid(UID_PREFIX),
            stream=stream,
            name=draft.name.strip()[:200],
            comparison=draft.level.comparison.value,
            value=draft.level.value,
            margin=draft.level.margin,
            sustained_s=draft.level.sustained_s,
            created_by=actor.person or "",
            created_at=clock(),
        )
        event = ThresholdSet(row.uid, stream.pk, row.comparison, row.value)
        append(event, subject=f"stream:{stream.pk}", actor=actor.person)
    return row.uid


def remove_threshold(uid: str, *, actor: Actor, clock: Clock = now) -> None:
    """Stop watching a level; its open finding ends with it.

    Raises: NotAllowed; NoSuchThreshold.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        row = Threshold.objects.select_for_update().filter(uid=uid).first()
        if row is None:
            raise NoSuchThreshold
        clear_finding(FindingKind.THRESHOLD, f"threshold:{uid}", clock=clock)
        event = ThresholdRemoved(row.uid, row.stream_id)
        row.delete()
        append(event, subject=f"stream:{event.stream_id}", actor=actor.person)
