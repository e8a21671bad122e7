"""One group of observations in one transaction: checked, judged, stored, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from hereabouts.journal.api import append_all
from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest.changes import Change
from hereabouts.sensing.actions.ingest.features import Features, is_settled, stored_feature
from hereabouts.sensing.actions.ingest.registry import UNKNOWN, Registry, StreamInfo
from hereabouts.sensing.actions.ingest.version import hold_register_version
from hereabouts.sensing.domain.observations import NewObservation, QualityFlag, Stored
from hereabouts.sensing.domain.quality import AHEAD, EARLIEST, Profile, judge
from hereabouts.sensing.domain.register.retention import DAY
from hereabouts.sensing.domain.results import count_elements
from hereabouts.sensing.errors.ingest import BadObservation
from hereabouts.sensing.ports import store_for

CLOCK = int(QualityFlag.CLOCK)
LATE = int(QualityFlag.LATE)


@dataclass
class Group:
    """Rows on their way through one transaction; `answers` is filled place by place.

    A group that failed is undone with `undo` and may be tried again in parts.
    """

    registry: Registry
    rows: Sequence[NewObservation]
    received: int
    """When they came, in microseconds."""
    answers: list[Stored | Refusal] = field(default_factory=list)
    _taken: list[NewObservation] = field(default_factory=list)
    _stored: list[Stored] = field(default_factory=list)
    _refused: dict[int, Refusal] = field(default_factory=dict)
    _named: list[tuple[NewObservation, int | None]] = field(default_factory=list)
    _latest: dict[int, int] = field(default_factory=dict)
    _profiles: dict[int, Profile] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many observations."""
        return len(self.rows)

    def store(self) -> None:
        """Write the group in a transaction of its own."""
        with transaction.atomic():
            self.write()

    def write(self) -> None:
        """Write the group in the caller's transaction."""
        with connection.wrap_database_errors:
            self.registry.follow(hold_register_version())
            self.registry.load({row.stream_id for row in self.rows})
            features = Features(self.registry)
            self._sort(features)
            self._judge()
            if self._taken:
                store = store_for(connection.vendor)
                self._stored = store.append(connection.connection, self._taken, self.received)
                features.widen_areas()
            # Last: whoever appends to the journal holds it until the transaction ends.
            append_all(features.facts, actor=None)
        self._answer()

    def settle(self) -> None:
        """After the commit: remember what came last in each stream."""
        find = self.registry.find
        for stream_id, started in self._latest.items():
            info = find(stream_id)
            if info is not None:
                info.profile.started = started
        for stream_id, profile in self._profiles.items():
            info = find(stream_id)
            if info is not None:
                info.profile = profile
        self.registry.forget(
            stored.stream_id
            for stored in self._stored
            if stored.is_duplicate and stored.stream_id in self._profiles
        )

    def undo(self) -> None:
        """After a failure: leave rows and registry as they were."""
        for row, named in self._named:
            row.feature_id = named
        self.registry.forget({row.stream_id for row in self.rows})

    def list_changes(self) -> list[Change]:
        """What was added."""
        return [
            Change(row, stored.id)
            for row, stored in zip(self._taken, self._stored, strict=True)
            if not stored.is_duplicate
        ]

    def _answer(self) -> None:
        if not self._refused:
            self.answers = list(self._stored)
            return
        given = iter(self._stored)
        self.answers = [
            self._refused[place] if place in self._refused else next(given)
            for place in range(len(self.rows))
        ]

    def _sort(self, features: Features) -> None:
        """Take the rows that can be stored, and refuse the others."""
        find = self.registry.find
        unsettled: list[int] = []
        for place, row in enumerate(self.rows):
            info = find(row.stream_id)
            if info is None:
                self._refused[place] = BadObservation(
                    reason=f"there is no Datastream or MultiDatastream {row.stream_id}"
                )
            elif info.columns is not None and count_elements(row.result) != info.columns:
                self._refused[place] = BadObservation(
                    reason=f"its result is not a list of {info.columns} values"
                )
            elif info.kept is not None and row.started < self.received - info.kept:
                self._refused[place] = BadObservation(
                    reason=f"its stream keeps {info.kept // DAY} days, and it is older"
                )
            elif not is_settled(info, row.feature_id):
                unsettled.append(place)
        if unsettled:
            refusals = features.settle([self.rows[place] for place in unsettled])
            self._refused.update((unsettled[nth], fault) for nth, fault in refusals.items())
        self._take()

    def _take(self) -> None:
        find, refused = self.registry.find, self._refused
        for place, row in enumerate(self.rows):
            if place in refused:
                continue
            info = find(row.stream_id)
            if info is None or (info.automatic == UNKNOWN and row.feature_id is None):
                raise AssertionError("a stream without a feature was let through")
            feature_id = stored_feature(info, row.feature_id)
            if feature_id != row.feature_id:
                self._named.append((row, row.feature_id))
                row.feature_id = feature_id
            self._taken.append(row)

    def _judge(self) -> None:
        """Flag what is remarkable; a stream without settings pays two comparisons a row."""
        find, latest = self.registry.find, self._latest
        horizon = self.received + AHEAD
        for row in self._taken:
            info = find(row.stream_id)
            if info is None:
                continue
            if info.settings is not None:
                row.quality |= self._judge_by_rules(row, info)
                continue
            started = row.started
            if started > horizon or started < EARLIEST:
                row.quality |= CLOCK
                continue
            before = latest.get(row.stream_id, info.profile.started)
            if before is None or started >= before or before > horizon:
                latest[row.stream_id] = started
            else:
                row.quality |= LATE

    def _judge_by_rules(self, row: NewObservation, info: StreamInfo) -> int:
        profile = self._profiles.get(info.id)
        if profile is None:
            profile = self._profiles[info.id] = start_profile(info.profile, self.received)
        settings = info.settings
        return judge(row, settings, profile, self.received) if settings is not None else 0


def start_profile(known: Profile, received: int) -> Profile:
    """What rules go on from: a copy of what came before, unless its clock was wrong."""
    if known.started is not None and known.started > received + AHEAD:
        return Profile()
    return Profile(known.started, known.number, known.run)
