"""Data classes: that of what a Thing uses follows the Things that use it.

A stream and a visit are of their Thing's class; a Location, Sensor, ObservedProperty or feature of
the least of those that use it. Whatever nobody uses any longer keeps the class it had: deleting a
closed Thing does not open the place where it stood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from hereabouts.sensing.actions.register.tables import TABLES

USERS: Final[Mapping[str, tuple[str, ...]]] = {
    "Location": (
        "sensing_thinglocation l JOIN sensing_thing u ON u.id = l.thing_id"
        " WHERE l.location_id = e.id",
        "sensing_historylocation l JOIN sensing_historicallocation u ON u.id = l.history_id"
        " WHERE l.location_id = e.id",
    ),
    "Sensor": ("sensing_stream u WHERE u.sensor_id = e.id",),
    "ObservedProperty": (
        "sensing_stream u WHERE u.observed_property_id = e.id",
        "sensing_streamproperty l JOIN sensing_stream u ON u.id = l.stream_id"
        " WHERE l.observed_property_id = e.id",
    ),
    "FeatureOfInterest": (
        "sensing_stream u WHERE u.feature_id = e.id",
        "sensing_stream_feature l JOIN sensing_stream u ON u.id = l.stream_id"
        " WHERE l.feature_id = e.id",
        "sensing_location u WHERE u.generated_feature_id = e.id",
    ),
}
"""Those that use an entity, each with a `data_class`. Locations come before the features they made,
whose class rests on theirs."""


class Cursor(Protocol):
    """What of a transaction the classes need."""

    def run_among(self, statement: str, ids: Sequence[int]) -> None:
        """Change rows by their ids, which stand where the statement says `{ids}`."""

    def ids_among(self, statement: str, ids: Sequence[int]) -> list[int]:
        """The first column over every piece of ids, each once and in order."""


@dataclass
class Uses:
    """What was taken into use or let go in a transaction, by entity type."""

    gained: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    lost: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    things: set[int] = field(default_factory=set)

    def gain(self, entity: str, key: int, data_class: int) -> None:
        """An entity of this id is used by something of this class."""
        held = self.gained[entity].get(key)
        self.gained[entity][key] = data_class if held is None else min(held, data_class)

    def lose(self, entity: str, keys: Iterable[int]) -> None:
        """Entities may be used by fewer, or by others of another class."""
        self.lost[entity].update(keys)

    def reclass(self, thing_id: int) -> None:
        """A Thing's class changed."""
        self.things.add(thing_id)


GENERATED: Final = "SELECT generated_feature_id FROM sensing_location WHERE id IN ({ids})"


def settle_classes(cursor: Cursor, uses: Uses) -> None:
    """Bring the class of everything that was touched up to date."""
    if uses.things:
        _follow_things(cursor, uses, sorted(uses.things))
    for entity in USERS:
        gained = uses.gained[entity]
        by_open = [key for key, least in gained.items() if least == 0]
        if by_open:
            cursor.run_among(
                f"UPDATE {TABLES[entity]} SET data_class = 0"
                " WHERE id IN ({ids}) AND data_class <> 0",
                sorted(by_open),
            )
        lost = uses.lost[entity] - set(by_open)
        for least in (1, 2):
            _derive(cursor, entity, [key for key, held in gained.items() if held == least], least)
        _derive(cursor, entity, sorted(lost), None)
        if entity == "Location" and (gained or lost):
            # The feature made from a Location is of its class.
            uses.lose("FeatureOfInterest", cursor.ids_among(GENERATED, sorted({*gained, *lost})))


def _derive(cursor: Cursor, entity: str, ids: list[int], known: int | None) -> None:
    """Work the class out from the users; rows that have a known one already are passed over."""
    if not ids:
        return
    cases = " ".join(
        f"WHEN EXISTS (SELECT 1 FROM {users} AND u.data_class = {number}) THEN {number}"
        for number in (0, 1, 2)
        for users in USERS[entity]
    )
    passing = "" if known is None else f" AND e.data_class <> {known}"
    cursor.run_among(
        f"UPDATE {TABLES[entity]} AS e SET data_class = CASE {cases} ELSE e.data_class END"
        f" WHERE e.id IN ({{ids}}){passing}",
        ids,
    )


def _follow_things(cursor: Cursor, uses: Uses, things: list[int]) -> None:
    for table in ("sensing_stream", "sensing_historicallocation"):
        cursor.run_among(
            f"UPDATE {table} SET data_class = (SELECT t.data_class FROM sensing_thing t"
            f" WHERE t.id = {table}.thing_id) WHERE thing_id IN ({{ids}})",
            things,
        )
    for entity, statements in FOLLOWERS.items():
        for statement in statements:
            uses.lose(entity, cursor.ids_among(statement, things))


FOLLOWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "Location": (
        "SELECT location_id FROM sensing_thinglocation WHERE thing_id IN ({ids})",
        "SELECT l.location_id FROM sensing_historylocation l JOIN sensing_historicallocation h"
        " ON h.id = l.history_id WHERE h.thing_id IN ({ids})",
    ),
    "Sensor": ("SELECT sensor_id FROM sensing_stream WHERE thing_id IN ({ids})",),
    "ObservedProperty": (
        "SELECT observed_property_id FROM sensing_stream WHERE thing_id IN ({ids})",
        "SELECT l.observed_property_id FROM sensing_streamproperty l JOIN sensing_stream s"
        " ON s.id = l.stream_id WHERE s.thing_id IN ({ids})",
    ),
    "FeatureOfInterest": (
        "SELECT feature_id FROM sensing_stream WHERE thing_id IN ({ids})",
        "SELECT l.feature_id FROM sensing_stream_feature l JOIN sensing_stream s"
        " ON s.id = l.stream_id WHERE s.thing_id IN ({ids})",
        "SELECT p.generated_feature_id FROM sensing_location p JOIN sensing_thinglocation l"
        " ON l.location_id = p.id WHERE l.thing_id IN ({ids})",
        "SELECT p.generated_feature_id FROM sensing_location p JOIN sensing_historylocation l"
        " ON l.location_id = p.id JOIN sensing_historicallocation h ON h.id = l.history_id"
        " WHERE h.thing_id IN ({ids})",
    ),
}
"""What Things use, directly and through their streams and visits."""
