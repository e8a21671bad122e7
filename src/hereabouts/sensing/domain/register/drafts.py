"""A body as an entity to be made: its values, and the entities it names or brings along.

Members that begin with `@` or hold one (`@iot.selfLink`, `Things@iot.navigationLink`) and computed
members are passed over, so that what was read can be sent back; any other member that the entity
type does not have is refused, so that a slip of the pen never loses data in silence.
Source: OGC 18-088, clause 10.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.values import (
    Members,
    is_null,
    raw_members,
    read_any,
    read_list,
    read_members,
    read_value,
)
from hereabouts.standards.sensorthings.model import (
    OBSERVATION,
    EntityType,
    Property,
    Relation,
    target_of,
)

DEEPEST = 10
"""Levels of inline entities."""
MOST_ENTITIES = 10_000
LARGEST_ID = 2**63 - 1
ID_NAMES = ("@iot.id", "id")


@dataclass(frozen=True)
class Link:
    """An entity that is there already, named by its id."""

    id: int
    at: str = ""


@dataclass
class Draft:
    """An entity to be made; `at` is where it stands in the body, for messages.

    `values` are by property, typed by `read_value` (an Observation's stay as sent). `related` holds
    what each relation that was sent names, in order. `id` is the one in the body, if any.
    """

    entity: EntityType
    values: dict[str, object] = field(default_factory=dict)
    related: dict[str, list[Link | Draft]] = field(default_factory=dict)
    at: str = ""
    id: int | None = None

    def member(self, name: str) -> str:
        """The path of one of its members."""
        return f"{self.at}/{name}" if self.at else name


Related: TypeAlias = Link | Draft


def read_draft(entity: EntityType, body: Mapping[str, object]) -> Draft:
    """The draft of an entity, inline ones included; nothing is required yet.

    Raises: UnusableError.
    """
    return _Reader().read(entity, raw_members(body), "", 0)


def require_all(draft: Draft, *, given: frozenset[str] = frozenset()) -> None:
    """Refuse a draft that lacks a mandatory property or relation; `given` relations are known.

    Raises: UnusableError.
    """
    for entry in draft.entity.properties.values():
        if entry.is_mandatory and entry.name not in draft.values:
            raise UnusableError(draft.member(entry.name), f"a {draft.entity.name} must have it")
    for relation in draft.entity.relations.values():
        if relation.is_mandatory and not draft.related.get(relation.name):
            if relation.name not in given:
                raise UnusableError(
                    draft.member(relation.name), f"a {draft.entity.name} must have it"
                )


class _Reader:
    """Reads one body and counts what it holds."""

    def __init__(self) -> None:
        self._entities = 0

    def read(self, entity: EntityType, members: Members, at: str, depth: int) -> Draft:
        self._entities += 1
        if self._entities > MOST_ENTITIES:
            raise UnusableError(at, f"a request makes at most {MOST_ENTITIES} entities")
        if depth > DEEPEST:
            raise UnusableError(at, f"entities nest at most {DEEPEST} deep")
        draft = Draft(entity, at=at)
        for name, raw in members.items():
            if name in ID_NAMES:
                draft.id = None if is_null(raw) else _read_id(raw, draft.member(name))
            elif "@" not in name:
                self._read_member(draft, name, raw, depth)
        return draft

    def _read_member(self, draft: Draft, name: str, raw: msgspec.Raw, depth: int) -> None:
        entry = draft.entity.find_property(name)
        if entry is not None:
            if not entry.is_computed:
                draft.values[name] = _value(draft, entry, raw)
            return
        relation = draft.entity.find_relation(name)
        if relation is None:
            raise UnusableError(draft.member(name), f"a {draft.entity.name} has no such member")
        draft.related[name] = list(self._read_related(relation, raw, draft.member(name), depth))

    def _read_related(
        self, relation: Relation, raw: msgspec.Raw, at: str, depth: int
    ) -> Iterator[Related]:
        if is_null(raw):
            return
        if not relation.is_many:
            yield self._read_one(relation, raw, at, depth)
            return
        for place, part in enumerate(read_list(raw, at)):
            yield self._read_one(relation, part, f"{at}[{place}]", depth)

    def _read_one(self, relation: Relation, raw: msgspec.Raw, at: str, depth: int) -> Related:
        members = read_members(raw, at)
        named = [name for name in ID_NAMES if name in members]
        if named and all(name in ID_NAMES or "@" in name for name in members):
            return Link(_read_id(members[named[0]], f"{at}/{named[0]}"), at)
        return self.read(target_of(relation), members, at, depth + 1)


def _value(draft: Draft, entry: Property, raw: msgspec.Raw) -> object:
    return raw if draft.entity is OBSERVATION else read_value(entry, raw, draft.member(entry.name))


def _read_id(raw: msgspec.Raw, member: str) -> int:
    number = read_any(raw, member)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= LARGEST_ID:
        raise UnusableError(member, "an id is a whole number")
    return number
