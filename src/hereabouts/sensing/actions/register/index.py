"""Keeps the index of what is inside `properties`, in the transaction that changes them."""

from __future__ import annotations

from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.members import list_members
from hereabouts.sensing.models.register import ENTITY_NUMBERS

ADD = (
    "INSERT INTO sensing_member (entity_type, entity_id, path, kind, text, number)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)


def index_members(work: Work, entity: str, key: int, properties: object) -> None:
    """Index an entity's properties anew."""
    number = ENTITY_NUMBERS[entity]
    if (entity, key) not in work.created:
        forget_members(work, entity, [key])
    if isinstance(properties, str):
        found = list_members(properties)
        if found:
            work.cursor.executemany(ADD, [(number, key, *member) for member in found])


def forget_members(work: Work, entity: str, keys: list[int]) -> None:
    """Take entities out of the index."""
    work.run_among(
        f"DELETE FROM sensing_member WHERE entity_type = {ENTITY_NUMBERS[entity]}"
        " AND entity_id IN ({ids})",
        keys,
    )
