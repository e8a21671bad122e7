"""Names in requests, resolved against the entity types; messages name what would be right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from hereabouts.standards.sensorthings.model import (
    EntityType,
    Property,
    Relation,
    Shape,
    target_of,
)
from hereabouts.standards.sensorthings.tree import Member

ID_NAMES = frozenset({"id", "@iot.id"})
"""What the id of an entity is called in queries."""

_SEGMENT = re.compile(r"(?P<name>'(?:[^']|'')*'|[^/\[\]']+)(?P<indexes>(?:\[\d{1,9}\])*)")
_COMPLEX = frozenset(
    {Shape.JSON, Shape.GEOMETRY, Shape.RESULT, Shape.UNIT, Shape.UNITS, Shape.TEXTS}
)
_LISTS = frozenset({Shape.UNITS, Shape.TEXTS})
_UNIT_MEMBERS = ("name", "symbol", "definition")


class Segment(NamedTuple):
    """One segment of a path, the indexes in brackets behind it, and where it begins."""

    name: str
    indexes: tuple[int, ...]
    at: int

    @property
    def members(self) -> tuple[Member, ...]:
        """The segment as steps inside a JSON value."""
        return (self.name, *self.indexes)


Found: TypeAlias = Relation | Property | None
"""What a name stands for: a relation, a property, or None for the id."""


class Unknown(Exception):  # noqa: N818 - carried to the parser that knows which refusal it is
    """A name that the entity type does not know; `reason` says what would be right."""

    def __init__(self, reason: str, segment: Segment) -> None:
        super().__init__(reason)
        self.reason = reason
        self.segment = segment


def split_path(text: str, at: int = 0) -> list[Segment] | None:
    """The segments of `properties/list[1]/'a key'`, or None where the text is no path."""
    segments: list[Segment] = []
    position = 0
    while True:
        match = _SEGMENT.match(text, position)
        if match is None:
            return None
        name = match["name"]
        if name.startswith("'"):
            name = name[1:-1].replace("''", "'")
        indexes = tuple(int(index) for index in re.findall(r"\d+", match["indexes"]))
        segments.append(Segment(name, indexes, at + position))
        position = match.end()
        if position == len(text):
            return segments
        if text[position] != "/":
            return None
        position += 1


def find_name(entity: EntityType, segment: Segment) -> Found:
    """The relation, property or (None) id that a segment names. Raises: Unknown."""
    found: Found
    if segment.name in ID_NAMES:
        found = None
    else:
        named = entity.find_relation(segment.name) or entity.find_property(segment.name)
        if named is None:
            raise Unknown(explain_unknown(entity, segment.name), segment)
        found = named
    if segment.indexes and not isinstance(found, Property):
        raise Unknown("an index in brackets belongs behind a list", segment)
    return found


def read_members(
    owned: Property | None, segments: Sequence[Segment], *, is_list: bool = False
) -> tuple[Member, ...]:
    """The steps inside a property's value; the first segment names the property itself.

    `is_list` says that this value is a list though its shape does not. Raises: Unknown.
    """
    first = segments[0]
    members: tuple[Member, ...] = first.indexes
    for segment in segments[1:]:
        members += segment.members
    if not members:
        return ()
    if owned is None or owned.shape not in _COMPLEX:
        raise Unknown(f"{first.name} has nothing inside it", segments[min(1, len(segments) - 1)])
    if owned.shape is Shape.UNIT and (len(members) != 1 or members[0] not in _UNIT_MEMBERS):
        wrong = segments[min(1, len(segments) - 1)]
        raise Unknown("a unit has only name, symbol and definition", wrong)
    if (is_list or owned.shape in _LISTS) and not isinstance(members[0], int):
        raise Unknown(f"{first.name} is a list; write {first.name}[0]", segments[1])
    return members


def explain_unknown(entity: EntityType, name: str) -> str:
    """Why a name is not known, naming the relation that was probably meant."""
    wanted = name.lower()
    for relation in entity.relations.values():
        target = target_of(relation)
        if wanted in (relation.name.lower(), target.name.lower(), target.set_name.lower()):
            return f"the relation of {entity.name} is called {relation.name}"
    for known in entity.properties:
        if wanted == known.lower():
            return f"the property of {entity.name} is called {known}"
    return f"{entity.name} has no property or relation of this name"
