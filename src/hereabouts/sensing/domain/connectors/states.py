"""What a connector can be: plain values of its set-up, its state and its runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.connectors.grading import Tallies
from hereabouts.sensing.domain.connectors.records import Problem
from hereabouts.sensing.domain.grants import DataClass


class State(StrEnum):
    """Whether it works."""

    DRAFT = "draft"
    ON = "on"
    PAUSED = "paused"


class Outcome(StrEnum):
    """What came of a run."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Phase(StrEnum):
    """Where a run stands."""

    FETCHING = "fetching"
    READING = "reading"
    MAKING = "making"
    STORING = "storing"


STATE_NAMES: Mapping[State, str] = {
    State.DRAFT: N_("Being set up"),
    State.ON: N_("On"),
    State.PAUSED: N_("Paused"),
}
OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.STORED: N_("Stored"),
    Outcome.UNCHANGED: N_("Nothing new"),
    Outcome.FAILED: N_("Failed"),
}
PHASE_NAMES: Mapping[Phase, str] = {
    Phase.FETCHING: N_("Fetching"),
    Phase.READING: N_("Reading"),
    Phase.MAKING: N_("Making things and streams"),
    Phase.STORING: N_("Storing"),
}


@dataclass(frozen=True)
class Held:
    """What was fetched of a step last: the server's validators, and when, in microseconds."""

    etag: str = ""
    modified: str = ""
    at: int = 0


@dataclass(frozen=True)
class Claimed:
    """A connector that this process runs now; `lease` proves it. `secret` is never logged."""

    id: int
    uid: str
    kind: str
    name: str
    options: Mapping[str, str]
    header: str
    secret: str = field(repr=False)
    held: Mapping[str, Held]
    newest: int | None
    interval_s: int
    failures: int
    data_class: DataClass
    lease: str
    started: int


@dataclass(frozen=True)
class Counts:
    """What a run or message came to. `size` in bytes."""

    size: int = 0
    rows: int = 0
    bad_rows: int = 0
    readings: int = 0
    added: int = 0
    refused: int = 0
    flagged: int = 0
    things: int = 0
    streams: int = 0


@dataclass(frozen=True)
class RunResult:
    """A run that went through: what is kept of it, and how far the feed was followed."""

    outcome: Outcome
    counts: Counts = field(default_factory=Counts)
    problems: tuple[Problem, ...] = ()
    problem_counts: Mapping[str, int] = field(default_factory=dict)
    parts: Tallies = field(default_factory=dict)
    held: Mapping[str, Held] = field(default_factory=dict)
    newest: int | None = None
