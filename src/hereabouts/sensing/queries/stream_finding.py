"""Streams by what files call them: the Thing's name or own key, and the property."""

from __future__ import annotations

from hereabouts.sensing.domain.connectors.records import Unit
from hereabouts.sensing.domain.connectors.words import Words
from hereabouts.sensing.models.register import ENTITY_NUMBERS, Member, Stream, Thing

MOST_THINGS = 50


class StreamFinder:
    """Remembers what it found: a file names the same few streams again and again."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._found: dict[tuple[str, str], list[int]] = {}
        self._units: dict[int, Unit | None] = {}

    def find(self, thing: str, observed: str) -> int | None:
        """The one stream of a Thing and a property; None where there is none, or several."""
        named = (thing, observed)
        if named not in self._found:
            self._found[named] = self._look(thing, observed)
        found = self._found[named]
        return found[0] if len(found) == 1 else None

    def count(self, thing: str, observed: str) -> int:
        """How many streams match a Thing and a property that `find` was asked for."""
        return len(self._found.get((thing, observed), ()))

    def unit_of(self, stream_id: int) -> Unit | None:
        """The unit of a stream; None where there is no such Datastream."""
        if stream_id not in self._units:
            row = Stream.objects.filter(pk=stream_id, is_multi=False).first()
            symbol = (row.unit_symbol or row.unit_name or "") if row is not None else ""
            self._units[stream_id] = None if row is None else self._words.find_unit(symbol)
        return self._units[stream_id]

    def _look(self, thing: str, observed: str) -> list[int]:
        things = self._things(thing)
        known, _ = self._words.find_property(observed)
        rows = Stream.objects.filter(thing_id__in=things, is_multi=False)
        for narrower in (
            {"name": observed},
            {"observed_property__name": observed},
            {"observed_property__definition": observed},
            {"observed_property__definition": known.definition},
        ):
            found = list(rows.filter(**narrower).order_by("id").values_list("pk", flat=True)[:2])
            if found:
                return found
        return []

    def _things(self, thing: str) -> list[int]:
        named = list(Thing.objects.filter(name=thing).values_list("pk", flat=True)[:MOST_THINGS])
        if named:
            return named
        keyed = Member.objects.filter(
            entity_type=ENTITY_NUMBERS["Thing"], path="sourceKey", text=thing
        )
        return list(keyed.values_list("entity_id", flat=True)[:MOST_THINGS])
