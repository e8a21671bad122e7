"""Runs in one transaction: numbers of single streams as columns, without an object a row.

What is true of a whole run is worked out once; where something has to be found out first, such as
the feature, the group goes the way of single observations, which means the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest.changes import Change
from hereabouts.sensing.actions.ingest.features import is_settled, stored_feature
from hereabouts.sensing.actions.ingest.group import CLOCK, LATE, Group, start_profile
from hereabouts.sensing.actions.ingest.registry import Registry, StreamInfo
from hereabouts.sensing.actions.ingest.version import hold_register_version
from hereabouts.sensing.domain.observations import Run, Stored, StoredRun
from hereabouts.sensing.domain.quality import AHEAD, EARLIEST, Profile, judge
from hereabouts.sensing.ports import store_for

RunOutcome = StoredRun | Sequence[Stored | Refusal]
"""What came of a run: stored as one, or one answer a row."""


@dataclass
class RunGroup:
    """Runs on their way through one transaction; `answers` has one for each."""

    registry: Registry
    runs: Sequence[Run]
    received: int
    answers: list[RunOutcome] = field(default_factory=list)
    _stored: list[tuple[Run, StoredRun]] = field(default_factory=list)
    _latest: dict[int, int] = field(default_factory=dict)
    _profiles: dict[int, Profile] = field(default_factory=dict)
    _group: Group | None = None
    """In their place, where they cannot be stored as columns."""

    def __len__(self) -> int:
        """How many observations."""
        return sum(map(len, self.runs))

    def store(self) -> None:
        """Write the group in a transaction of its own."""
        with transaction.atomic():
            self._write()

    def _write(self) -> None:
        with connection.wrap_database_errors:
            self.registry.follow(hold_register_version())
            self.registry.load({run.stream_id for run in self.runs})
            infos = [self.registry.find(run.stream_id) for run in self.runs]
            known = [
                info
                for run, info in zip(self.runs, infos, strict=True)
                if info is not None and _is_ready(info, run, self.received)
            ]
            if len(known) < len(infos):
                self._write_rows()
                return
            for run, info in zip(self.runs, known, strict=True):
                run.feature_id = stored_feature(info, None)
                self._judge(run, info)
            # In order of the streams, as all writers lock what is known of them.
            places = sorted(range(len(self.runs)), key=lambda place: self.runs[place].stream_id)
            ordered = [self.runs[place] for place in places]
            store = store_for(connection.vendor)
            stored = store.append_runs(connection.connection, ordered, self.received)
        self._stored = list(zip(ordered, stored, strict=True))
        by_place = dict(zip(places, stored, strict=True))
        self.answers = [by_place[place] for place in range(len(self.runs))]

    def _judge(self, run: Run, info: StreamInfo) -> None:
        settings = info.settings
        if settings is None:
            before = self._latest.get(run.stream_id, info.profile.started)
            run.quality, latest = judge_run(run.started, before, self.received)
            if latest is not None:
                self._latest[run.stream_id] = latest
            return
        profile = self._profiles.get(info.id)
        if profile is None:
            profile = self._profiles[info.id] = start_profile(info.profile, self.received)
        run.quality = [judge(row, settings, profile, self.received) for row in run.list_rows()]

    def _write_rows(self) -> None:
        rows = [row for run in self.runs for row in run.list_rows()]
        self._group = Group(self.registry, rows, self.received)
        self._group.write()
        begin = 0
        for run in self.runs:
            self.answers.append(self._group.answers[begin : begin + len(run)])
            begin += len(run)

    def settle(self) -> None:
        """After the commit: remember what came last in each stream."""
        if self._group is not None:
            self._group.settle()
        for stream_id, started in self._latest.items():
            info = self.registry.find(stream_id)
            if info is not None:
                info.profile.started = started
        for stream_id, profile in self._profiles.items():
            info = self.registry.find(stream_id)
            if info is not None:
                info.profile = profile

    def undo(self) -> None:
        """After a failure: leave runs and registry as they were."""
        for run in self.runs:
            run.feature_id, run.quality = None, 0
        self.registry.forget({run.stream_id for run in self.runs})

    def list_changes(self) -> list[Change]:
        """What was added."""
        if self._group is not None:
            return self._group.list_changes()
        return [
            Change(row, number)
            for run, stored in self._stored
            for number, row in enumerate(run.list_rows(), stored.first_id)
        ]


def _is_ready(info: StreamInfo, run: Run, received: int) -> bool:
    """Whether nothing about the run's observations has to be found out row by row."""
    if info.columns is not None or not is_settled(info, None):
        return False
    return info.kept is None or min(run.started) >= received - info.kept


def judge_run(
    started: Sequence[int], before: int | None, received: int
) -> tuple[int | list[int], int | None]:
    """The flags of all or of each, and the latest time that counts; None for none new."""
    least, most, horizon = min(started), max(started), received + AHEAD
    if least > horizon or most < EARLIEST:
        return CLOCK, None
    is_sane = least >= EARLIEST and most <= horizon
    is_after = before is None or least >= before or before > horizon
    if is_sane and is_after and started == sorted(started):
        return 0, most
    return _judge_each(started, before, horizon)


def _judge_each(
    started: Sequence[int], before: int | None, horizon: int
) -> tuple[list[int], int | None]:
    flags = []
    latest = None
    for time in started:
        if time > horizon or time < EARLIEST:
            flags.append(CLOCK)
        elif before is None or time >= before or before > horizon:
            before = latest = time
            flags.append(0)
        else:
            flags.append(LATE)
    return flags, latest
