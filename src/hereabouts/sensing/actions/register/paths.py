"""A resource path as a chain of facts: every step must be there and belong to the one before.

Source: OGC 18-088, clause 9.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from hereabouts.sensing.actions.register.tables import LINKS, OWNERS
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.drafts import LARGEST_ID
from hereabouts.sensing.errors.entities import BadEntity, NoSuchEntity
from hereabouts.standards.sensorthings.model import Relation
from hereabouts.standards.sensorthings.tree import ResourcePath, Step


@dataclass(frozen=True)
class Place:
    """An entity that a path led to."""

    entity: str
    id: int


def follow(work: Work, steps: tuple[Step, ...]) -> Place:
    """The entity at the end of steps that each lead to one. Raises: NoSuchEntity."""
    here: Place | None = None
    for step in steps:
        if step.key is not None and step.key > LARGEST_ID:
            raise _missing(steps)
        if here is None:
            key = step.key
        elif step.relation is None:
            raise AssertionError("only a path's first step has no relation")
        else:
            key = _key_of(work, here, step.relation, step.key)
        if key is None or work.find_class(step.entity.name, key) is None:
            raise _missing(steps)
        here = Place(step.entity.name, key)
    if here is None:
        raise AssertionError("a path has a step")
    return here


def entity_at(work: Work, path: ResourcePath) -> Place:
    """The entity that a path leads to. Raises: NoSuchEntity; BadEntity where it is a set."""
    if not path.is_entity:
        raise BadEntity(member=path.text, reason="this address is a set, not one entity")
    return follow(work, path.steps)


def owner_at(work: Work, path: ResourcePath) -> tuple[str, int] | None:
    """The relation that the parent in a path to a set fills, with the parent's id.

    None for a set of the root. Raises: NoSuchEntity; BadEntity where the path leads to one entity.
    """
    last = path.steps[-1]
    if last.is_entity:
        raise BadEntity(member=path.text, reason="an entity is made in a set")
    if last.relation is None:
        return None
    parent = follow(work, path.steps[:-1])
    return last.relation.inverse, parent.id


def _key_of(work: Work, here: Place, relation: Relation, key: int | None) -> int | None:
    """The id that a relation leads to from here; None where it does not lead there."""
    if not relation.is_many:
        row = work.one(OWNERS[here.entity, relation.name], here.id)
        return row[0] if row and key in (None, row[0]) else None
    if key is None:
        return None
    link = LINKS.get((here.entity, relation.name))
    if link is None:
        row = work.one(OWNERS[relation.target, relation.inverse], key)
        return key if row and row[0] == here.id else None
    row = work.one(
        f"SELECT 1 FROM {link.table} WHERE {link.own} = %s AND {link.other} = %s", here.id, key
    )
    return key if row else None


def _missing(steps: tuple[Step, ...]) -> NoSuchEntity:
    written = "/".join(
        (step.relation.name if step.relation else step.entity.set_name)
        + (f"({step.key})" if step.key is not None else "")
        for step in steps
    )
    return NoSuchEntity(name=written)
