"""What is written when watched levels are crossed: findings for officers, letters for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hereabouts.sensing.actions.alerts import Crossing, note_crossings
from hereabouts.sensing.actions.findings import Fact, FindingDraft, clear_finding, raise_finding
from hereabouts.sensing.domain.watching import Comparison, FindingKind, Outcome
from hereabouts.sensing.queries.current import to_datetime
from hereabouts.sensing.queries.watched import Watch


@dataclass(frozen=True)
class Crossed:
    """A watch whose level a value crossed; `started` in microseconds since 1970 UTC."""

    watch: Watch
    outcome: Outcome
    started: int
    number: float


def record_crossings(crossed: Sequence[Crossed]) -> None:
    """Raise or clear the findings of thresholds, and note the crossings of alerts."""
    for one in crossed:
        if one.watch.uid:
            _finding(one)
    alerts = [_crossing(one) for one in crossed if one.watch.alert_id]
    if alerts:
        note_crossings(alerts)


def _finding(crossed: Crossed) -> None:
    watch = crossed.watch
    subject = f"threshold:{watch.uid}"
    value: dict[str, Fact] = {"value": crossed.number, "at": _text(crossed.started)}
    if crossed.outcome is Outcome.CLEARED:
        clear_finding(FindingKind.THRESHOLD, subject, evidence=value)
        return
    raise_finding(
        FindingDraft(
            kind=FindingKind.THRESHOLD,
            subject=subject,
            summary=_summary(crossed),
            evidence={
                **value,
                "level": watch.level.value,
                "comparison": watch.level.comparison.value,
                "unit": watch.stream.unit,
                "name": watch.name,
                "thing": watch.stream.thing_name,
                "stream": watch.stream.name,
            },
            stream_id=watch.stream.id,
            thing_id=watch.stream.thing_id,
            data_class=watch.stream.data_class,
        )
    )


def _summary(crossed: Crossed) -> str:
    watch = crossed.watch
    side = "above" if watch.level.comparison is Comparison.ABOVE else "below"
    unit = f" {watch.stream.unit}" if watch.stream.unit else ""
    return (
        f"{watch.stream.thing_name}, {watch.name}: {crossed.number:g}{unit} "
        f"is {side} {watch.level.value:g}{unit}"
    )


def _crossing(crossed: Crossed) -> Crossing:
    watch = crossed.watch
    return Crossing(
        subscription_id=watch.alert_id,
        stream_id=watch.stream.id,
        is_beyond=crossed.outcome is Outcome.RAISED,
        facts={
            "thing": watch.stream.thing_name,
            "thing_id": watch.stream.thing_id,
            "stream": watch.stream.name,
            "value": crossed.number,
            "unit": watch.stream.unit,
            "level": watch.level.value,
            "comparison": watch.level.comparison.value,
            "at": _text(crossed.started),
        },
    )


def _text(micros: int) -> str:
    moment = to_datetime(micros)
    return "" if moment is None else moment.isoformat(timespec="seconds")
