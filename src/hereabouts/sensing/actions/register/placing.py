"""Where a Thing is and was: its current Locations and its history.

The current Locations are those of the latest visit. Setting them makes a visit with the server's
time; whatever else changes history makes the current ones follow what remains.
Source: OGC 18-088, clauses 8.2.2 and 8.2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.faults import UnusableError

CURRENT = "SELECT location_id FROM sensing_thinglocation WHERE thing_id = %s"
VISITED = "SELECT location_id FROM sensing_historylocation WHERE history_id = %s"
LATEST = (
    "SELECT id FROM sensing_historicallocation WHERE thing_id = %s ORDER BY time DESC, id DESC"
    " LIMIT 1"
)


def place_thing(work: Work, thing_id: int, data_class: int, location_ids: Sequence[int]) -> None:
    """Put a Thing at Locations in place of those it had; a visit is made unless nothing changes.

    Several are one place in several encodings. Raises: UnusableError.
    """
    wanted = sorted(set(location_ids))
    check_encodings(work, wanted, "Locations")
    is_new = ("Thing", thing_id) in work.created
    held = [] if is_new else work.ids(CURRENT, thing_id)
    if wanted == held or not wanted:
        return
    _set_current(work, thing_id, data_class, held=held, wanted=wanted)
    add_visit(work, thing_id, data_class, time=work.now, location_ids=wanted)


def add_visit(
    work: Work, thing_id: int, data_class: int, *, time: int, location_ids: Iterable[int]
) -> int:
    """Write down that a Thing was at Locations from a time on; the visit's id."""
    row = {"thing_id": thing_id, "time": time, "data_class": data_class}
    visit = work.insert("sensing_historicallocation", row)
    work.note_created("HistoricalLocation", visit)
    link_visit(work, visit, data_class, location_ids)
    return visit


def link_visit(work: Work, visit: int, data_class: int, location_ids: Iterable[int]) -> None:
    """Add Locations to a visit."""
    for location in location_ids:
        work.run(
            "INSERT INTO sensing_historylocation (history_id, location_id) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING",
            visit,
            location,
        )
        work.uses.gain("Location", location, data_class)


def follow_history(work: Work, thing_id: int) -> None:
    """Make the current Locations those of the latest visit; none where there is no visit."""
    row = work.one("SELECT data_class FROM sensing_thing WHERE id = %s", thing_id)
    if row is None:
        return
    latest = work.one(LATEST, thing_id)
    wanted = work.ids(VISITED, latest[0]) if latest else []
    held = work.ids(CURRENT, thing_id)
    if wanted != held:
        _set_current(work, thing_id, row[0], held=held, wanted=wanted)


def leave(work: Work, thing_id: int, data_class: int, location_id: int) -> None:
    """Take one Location from a Thing's current ones; a visit to those that are left is made."""
    held = work.ids(CURRENT, thing_id)
    wanted = [key for key in held if key != location_id]
    if wanted == held:
        return
    _set_current(work, thing_id, data_class, held=held, wanted=wanted)
    if wanted:
        add_visit(work, thing_id, data_class, time=work.now, location_ids=wanted)


def check_encodings(work: Work, location_ids: Sequence[int], at: str) -> None:
    """Refuse several Locations unless each has an encoding of its own. Raises: UnusableError."""
    if len(location_ids) < 2:
        return
    marks = ", ".join(["%s"] * len(location_ids))
    kinds = work.rows(
        f"SELECT encoding_type FROM sensing_location WHERE id IN ({marks})", *location_ids
    )
    if len(set(kinds)) < len(location_ids):
        raise UnusableError(at, "a Thing is at one place; several Locations differ in encodingType")


def _set_current(
    work: Work, thing_id: int, data_class: int, *, held: list[int], wanted: list[int]
) -> None:
    if held:
        work.run("DELETE FROM sensing_thinglocation WHERE thing_id = %s", thing_id)
        work.uses.lose("Location", held)
    for location in wanted:
        work.run(
            "INSERT INTO sensing_thinglocation (thing_id, location_id) VALUES (%s, %s)",
            thing_id,
            location,
        )
        work.uses.gain("Location", location, data_class)
    work.note_changed("Thing", thing_id, ["Locations"])
