"""Entries in plain words, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from hereabouts.design.api import number, translated
from hereabouts.journal.api import RecordedEvent


def tell(recorded: RecordedEvent) -> str:
    """An entry as a sentence; entries without one are named by their type."""
    sentence = translated(type(recorded.event).sentence) if recorded.event else ""
    if not sentence:
        room, thing, happened = recorded.wire_name.split(".")[:3]
        words = f"{thing} {happened}".replace("_", " ")
        return gettext("%(words)s (%(room)s)") % {"words": words.capitalize(), "room": room}
    return sentence.format(**shown(recorded), subject=recorded.subject)


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
