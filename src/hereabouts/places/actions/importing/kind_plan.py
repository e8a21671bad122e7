"""What one import will write for one kind of feature."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from hereabouts.places.actions.importing.spool import Spool
from hereabouts.places.actions.importing.tables import Row, Table
from hereabouts.places.domain.batch import Counts
from hereabouts.places.domain.kinds import Change
from hereabouts.places.domain.records import Identifiers

Before = dict[str, object]
"""Columns as they were, as JSON takes them."""


@dataclass
class KindPlan:
    """What is to be written for one kind, ready for the database.

    `refreshed` are features whose fingerprint alone changes; `keys` answers ids by source id or
    code; `moved` are those among the updates that lie elsewhere than before.
    """

    table: Table
    inserts: Spool[Row] = field(default_factory=Spool)
    updates: list[Row] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    refreshed: list[tuple[int, str]] = field(default_factory=list)
    changes: list[tuple[str, Change, Before]] = field(default_factory=list)
    identifiers: Spool[tuple[int, Identifiers]] = field(default_factory=Spool)
    keys: dict[str, int] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    tally: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, times: int = 1) -> None:
        """Count features under `what`."""
        self.tally[what] = self.tally.get(what, 0) + times

    @property
    def counts(self) -> Counts:
        """The tally as values."""
        return Counts(**self.tally)

    @property
    def is_touched(self) -> bool:
        """Whether anything of this kind is to be written."""
        return bool(len(self.inserts) or self.updates or self.gone)


def change_of(was: Before, was_gone: bool) -> Change:
    """What to call a change of these columns."""
    if was_gone:
        return Change.RETURNED
    return Change.MOVED if set(was) <= {"geometry", "outline", "length_m"} else Change.CHANGED


def plain(value: object) -> object:
    """A column's value as JSON takes it: shapes in hexadecimal, days and times as text."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date | datetime) else value
