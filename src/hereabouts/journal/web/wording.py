"""Entries in plain words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from hereabouts.design.api import number, translated
from hereabouts.journal.api import RecordedEvent
from hereabouts.journal.events import Event


def tell(recorded: RecordedEvent) -> str:
    """An entry as a sentence; entries without one are named by their type."""
    event = recorded.event
    if event is None or not event.sentence:
        room, thing, happened = recorded.wire_name.split(".")[:3]
        words = f"{thing} {happened}".replace("_", " ")
        return gettext("%(words)s (%(room)s)") % {"words": words.capitalize(), "room": room}
    said = {**shown(recorded), **_said(event, recorded.payload), "subject": recorded.subject}
    return translated(event.sentence).format(**said)


def _said(event: Event, payload: Mapping[str, Any]) -> dict[str, str]:  # Any: JSON of any event
    """What a sentence says in words: values that have some, and the numbers that are not zero."""
    said = {
        name: translated(words.get(payload[name], "")) or str(payload[name])
        for name, words in event.words.items()
    }
    counted = [
        translated(text).format(count=number(payload[name]))
        for name, text in event.counts.items()
        if payload[name]
    ]
    return {**said, "counted": ", ".join(counted)}


def shown(recorded: RecordedEvent) -> dict[str, object]:
    """An entry's payload with each value as the reader's language writes it."""
    return {name: _show(value) for name, value in recorded.payload.items()}


def _show(value: object) -> object:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int):
        return number(value)
    if isinstance(value, float):
        return number(value, 2)
    if isinstance(value, list):
        return ", ".join(str(_show(entry)) for entry in value)
    return "–" if value is None else value
