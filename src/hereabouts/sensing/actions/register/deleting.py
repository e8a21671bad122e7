"""Deletes entities, and links between entities."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.access import require_manage
from hereabouts.sensing.actions.register.creating import Made
from hereabouts.sensing.actions.register.paths import Place, entity_at, follow, owner_at
from hereabouts.sensing.actions.register.placing import follow_history, leave
from hereabouts.sensing.actions.register.relinking import relink
from hereabouts.sensing.actions.register.removing import remove
from hereabouts.sensing.actions.register.tables import LINKS
from hereabouts.sensing.actions.register.work import Work, register_work
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.register.drafts import Link
from hereabouts.sensing.errors.entities import BadEntity, NoSuchEntity
from hereabouts.standards.sensorthings.tree import ResourcePath


def delete(path: ResourcePath, *, grant: Grant, clock: Clock = now) -> Made:
    """Delete the entity at a path with all that depends on it; which one it was.

    Raises: NoSuchEntity; BadEntity where the path is a set; CredentialsNeeded; NotPermitted.
    """
    require_manage(grant)
    with register_work(grant, clock) as work:
        place = entity_at(work, path)
        remove(work, place.entity, [place.id])
        if place.entity == "Observation":
            work.note_deleted(place.entity, place.id, 1)
    return Made(place.entity, place.id)


def delete_filtered(
    path: ResourcePath, ids: Sequence[int], *, grant: Grant, clock: Clock = now
) -> int:
    """Delete those entities of a set that a filter found; how many were asked for.

    Observations are told of by their streams alone. Raises: as `delete`.
    """
    require_manage(grant)
    with register_work(grant, clock) as work:
        owner_at(work, path)
        remove(work, path.entity.name, ids)
    return len(set(ids))


def unlink(
    path: ResourcePath, target: Made | None = None, *, grant: Grant, clock: Clock = now
) -> None:
    """Take a link between two entities away: `Things(1)/Locations(2)/$ref`.

    With `target`, the path ends in the relation: `Things(1)/Locations/$ref?$id=…`. Only links with
    many on both sides can be taken away; a HistoricalLocation keeps one Location at least.
    Raises: NoSuchEntity; BadEntity; CredentialsNeeded; NotPermitted.
    """
    require_manage(grant)
    with register_work(grant, clock) as work:
        here, name, other = _ends(work, path, target)
        if (here.entity, name) not in UNLINKED:
            raise BadEntity(member=name, reason="this relation cannot be taken away")
        link = LINKS[here.entity, name]
        row = work.one(
            f"SELECT 1 FROM {link.table} WHERE {link.own} = %s AND {link.other} = %s",
            here.id,
            other.id,
        )
        if row is None:
            raise NoSuchEntity(name=f"{path.text}")
        if link.table == "sensing_thinglocation":
            thing, location = (here, other) if here.entity == "Thing" else (other, here)
            leave(work, thing.id, work.class_of("Thing", thing.id), location.id)
        else:
            visit, location = (here, other) if here.entity != "Location" else (other, here)
            _leave_visit(work, visit.id, location.id)


UNLINKED = frozenset(
    {
        ("Thing", "Locations"),
        ("Location", "Things"),
        ("HistoricalLocation", "Locations"),
        ("Location", "HistoricalLocations"),
    }
)
"""Relations from which one entity can be taken."""


def link(path: ResourcePath, target: Made, *, grant: Grant, clock: Clock = now) -> None:
    """Link an entity that is there through the relation at the end of a path (POST to `$ref`).

    A Thing's Locations are replaced. Raises: as `unlink`.
    """
    require_manage(grant)
    with register_work(grant, clock) as work:
        relation = path.steps[-1].relation
        if relation is None or path.steps[-1].key is not None:
            raise BadEntity(member=path.text, reason="this address is not a relation")
        if target.entity_type != relation.target:
            raise BadEntity(member="@iot.id", reason=f"it is not a {relation.target}")
        here = follow(work, path.steps[:-1])
        relink(work, here, relation.name, [Link(target.id, relation.name)])


def _ends(work: Work, path: ResourcePath, target: Made | None) -> tuple[Place, str, Place]:
    """The two entities of a link, and the relation from the first."""
    last = path.steps[-1]
    if last.relation is None:
        raise BadEntity(member=path.text, reason="this address is not a relation")
    here = follow(work, path.steps[:-1])
    if target is None:
        return here, last.relation.name, follow(work, path.steps)
    if target.entity_type != last.relation.target:
        raise BadEntity(member="$id", reason=f"it is not a {last.relation.target}")
    if work.find_class(target.entity_type, target.id) is None:
        raise NoSuchEntity(name=f"{target.entity_type} {target.id}")
    return here, last.relation.name, Place(target.entity_type, target.id)


def _leave_visit(work: Work, visit: int, location: int) -> None:
    held = work.ids("SELECT location_id FROM sensing_historylocation WHERE history_id = %s", visit)
    if held == [location]:
        raise BadEntity(member="Locations", reason="a HistoricalLocation must have one")
    work.run(
        "DELETE FROM sensing_historylocation WHERE history_id = %s AND location_id = %s",
        visit,
        location,
    )
    work.uses.lose("Location", [location])
    work.note_changed("HistoricalLocation", visit, ["Locations"])
    for thing in work.ids("SELECT thing_id FROM sensing_historicallocation WHERE id = %s", visit):
        follow_history(work, thing)
