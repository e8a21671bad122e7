"""Changes entities: PATCH merges, PUT replaces, JSON Patch edits; relations are linked by id.

Source: OGC 18-088, clause 10.2.3 (update).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.access import require_manage
from hereabouts.sensing.actions.register.creating import Made
from hereabouts.sensing.actions.register.documents import apply_patch, document_of, write_json
from hereabouts.sensing.actions.register.paths import Place, entity_at
from hereabouts.sensing.actions.register.setting import change
from hereabouts.sensing.actions.register.work import Work, register_work
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.register.drafts import Draft, Link, Related, read_draft
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.standards.sensorthings.model import EntityType
from hereabouts.standards.sensorthings.tree import ResourcePath


def update(
    path: ResourcePath, body: Mapping[str, object], *, grant: Grant, clock: Clock = now
) -> Made:
    """Merge members into an entity (PATCH); relations are relinked by id.

    Raises: NoSuchEntity; BadEntity, also for inline new entities; CredentialsNeeded; NotPermitted.
    """
    require_manage(grant)
    with register_work(grant, clock) as work:
        place = entity_at(work, path)
        draft = _read_change(work, path.entity, body, place)
        change(work, place, draft)
    return Made(place.entity, place.id)


def replace(
    path: ResourcePath, body: Mapping[str, object], *, grant: Grant, clock: Clock = now
) -> Made:
    """Replace an entity's members (PUT): optional ones that are left out are emptied.

    Relations that are left out stay.
    Raises: as `update`; BadEntity too where a mandatory member is left out.
    """
    require_manage(grant)
    with register_work(grant, clock) as work:
        place = entity_at(work, path)
        draft = _read_change(work, path.entity, body, place)
        for entry in path.entity.properties.values():
            if entry.is_computed or entry.name in draft.values:
                continue
            if entry.is_mandatory:
                raise UnusableError(entry.name, f"a {path.entity.name} must have it")
            draft.values[entry.name] = _nothing(path.entity)
        change(work, place, draft)
    return Made(place.entity, place.id)


def patch_json(path: ResourcePath, operations: object, *, grant: Grant, clock: Clock = now) -> Made:
    """Apply a JSON Patch to an entity's members: all operations, or none.

    `operations` is the patch as parsed JSON or as `msgspec.Raw`. A patch that changes nothing
    succeeds. Raises: as `update`; BadEntity where an operation or its test fails.
    Source: RFC 6902.
    """
    require_manage(grant)
    with register_work(grant, clock) as work:
        place = entity_at(work, path)
        before = document_of(work, place, path.entity)
        after = apply_patch(before, operations)
        draft = _read_change(work, path.entity, _difference(path.entity, before, after), place)
        change(work, place, draft)
    return Made(place.entity, place.id)


def _nothing(entity: EntityType) -> object:
    return msgspec.Raw(b"null") if entity.name == "Observation" else None


def _difference(
    entity: EntityType, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, object]:
    """Members that a patch set, with null for those it took away."""
    changed: dict[str, object] = {
        name: write_json(value)
        for name, value in after.items()
        if name not in before or write_json(before[name]) != write_json(value)
    }
    for name in before:
        if name not in after:
            if entity.properties[name].is_mandatory:
                raise UnusableError(name, f"a {entity.name} must have it")
            changed[name] = None
    return changed


def _read_change(work: Work, entity: EntityType, body: Mapping[str, object], place: Place) -> Draft:
    draft = read_draft(entity, body)
    if draft.id is not None and draft.id != place.id:
        raise UnusableError("@iot.id", "it is another than the address names")
    for name, entries in draft.related.items():
        draft.related[name] = [_named(work, entry) for entry in entries]
    return draft


def _named(work: Work, related: Related) -> Link:
    """The entity that is named; one sent back whole, its id included, is meant by its id."""
    if isinstance(related, Link):
        return related
    if related.id is None or work.find_class(related.entity.name, related.id) is None:
        raise UnusableError(
            related.at, "entities cannot be made while another is changed; name one by its id"
        )
    return Link(related.id, related.at)
