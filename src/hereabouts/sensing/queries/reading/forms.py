"""The two forms an answer is built in: documents, or at once the JSON text of each entity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.selecting import Selection
from hereabouts.sensing.queries.reading.writing import make_writer


class Form(Protocol):
    """How entities are made, and others put into them; each putting gives the entity anew."""

    def maker(self, selection: Selection) -> Callable[[Row], Any]:
        """What makes an entity of a row."""

    def weigh(self, rows: Sequence[Row], made: Sequence[Any]) -> list[int]:
        """About how many characters each entity comes to."""

    def with_one(self, entity: Any, name: str, related: Any) -> Any:
        """The entity with a related one in it."""

    def with_many(self, entity: Any, name: str, related: Sequence[Any], link: str | None) -> Any:
        """The entity with related ones in it, and with the link to more of them."""

    def with_count(self, entity: Any, name: str, count: int) -> Any:
        """The entity with how many related ones there are; comes before they do."""


class Documents:
    """Dicts ready for msgspec."""

    def maker(self, selection: Selection) -> Callable[[Row], Any]:
        """What makes a dict of a row."""
        return selection.make

    def weigh(self, rows: Sequence[Row], made: Sequence[Any]) -> list[int]:
        """By the texts in their rows."""
        return [sum(len(value) for value in row if type(value) is str) for row in rows]

    def with_one(self, entity: Any, name: str, related: Any) -> Any:
        """Under its name."""
        entity[name] = related
        return entity

    def with_many(self, entity: Any, name: str, related: Sequence[Any], link: str | None) -> Any:
        """As a list under its name."""
        entity[name] = related
        if link is not None:
            entity[f"{name}@iot.nextLink"] = link
        return entity

    def with_count(self, entity: Any, name: str, count: int) -> Any:
        """Beside the list."""
        entity[f"{name}@iot.count"] = count
        return entity


class Texts:
    """JSON texts, which are finished before they are put into another."""

    def maker(self, selection: Selection) -> Callable[[Row], Any]:
        """What writes the text of a row."""
        return make_writer(selection)

    def weigh(self, rows: Sequence[Row], made: Sequence[Any]) -> list[int]:
        """Exactly."""
        return list(map(len, made))

    def with_one(self, entity: Any, name: str, related: Any) -> Any:
        """At its end."""
        return _added(entity, f'"{name}":{related}}}')

    def with_many(self, entity: Any, name: str, related: Sequence[Any], link: str | None) -> Any:
        """As a list at its end."""
        listed = related[0] if len(related) == 1 else ",".join(related)
        more = "" if link is None else f',"{name}@iot.nextLink":"{link}"'
        if len(entity) > 2:
            return f'{entity[:-1]},"{name}":[{listed}]{more}}}'
        return f'{{"{name}":[{listed}]{more}}}'

    def with_count(self, entity: Any, name: str, count: int) -> Any:
        """At its end."""
        return _added(entity, f'"{name}@iot.count":{count}}}')


def _added(text: str, more: str) -> str:
    return f"{text[:-1]},{more}" if len(text) > 2 else f"{{{more}"


DOCUMENTS = Documents()
TEXTS = Texts()
