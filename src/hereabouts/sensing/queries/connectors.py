"""Kinds of connector at hand, the connectors set up, and their runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

import msgspec
from django.db.models import Q

from hereabouts.sensing.domain.connectors.grading import (
    Grade,
    Tallies,
    add_up,
    from_plain,
    grade_of,
)
from hereabouts.sensing.domain.connectors.manifest import Manifest, read_manifest, read_parts
from hereabouts.sensing.domain.connectors.records import Problem
from hereabouts.sensing.domain.connectors.states import Outcome, Phase, State
from hereabouts.sensing.domain.connectors.times import to_moment
from hereabouts.sensing.domain.connectors.words import WordList, Words
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.keys import digest_of, is_key_shaped, is_same_digest
from hereabouts.sensing.errors.connectors import NoSuchConnector, NoSuchConnectorKind
from hereabouts.sensing.models.inbound import (
    Connector,
    ConnectorRun,
    ConnectorStream,
    ConnectorThing,
)
from hereabouts.sensing.queries.decoders import shared_vocabulary

FOLDER = "connectors"
WORDS, PARTS = "words.toml", "parts.toml"
ORDER = ("table", "webhook", "flood", "air", "ngsild", "ngsild-push")
RUNS_SHOWN = 30
GRADED_RUNS = 20
"""Runs that make the grade of a connector."""


@cache
def list_manifests() -> tuple[Manifest, ...]:
    """Every kind that ships, in the order in which they are offered."""
    folder = resources.files("hereabouts.sensing").joinpath("data", FOLDER)
    parts = read_parts(folder.joinpath(PARTS).read_text("utf-8"))
    found = [
        read_manifest(file.read_text("utf-8"), parts)
        for file in folder.iterdir()
        if file.name.endswith(".toml") and file.name not in (WORDS, PARTS)
    ]
    return tuple(sorted(found, key=lambda each: (_place(each.id), each.id)))


def _place(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def get_manifest(kind: str) -> Manifest:
    """The manifest of a kind. Raises: NoSuchConnectorKind."""
    for manifest in list_manifests():
        if manifest.id == kind:
            return manifest
    raise NoSuchConnectorKind


@cache
def feed_words() -> Words:
    """Units and properties by what feeds call them."""
    folder = resources.files("hereabouts.sensing").joinpath("data", FOLDER)
    more = msgspec.toml.decode(folder.joinpath(WORDS).read_text("utf-8"), type=WordList)
    return Words(shared_vocabulary(), more)


@dataclass(frozen=True)
class Progress:
    """Where a run stands."""

    phase: Phase
    done: int
    total: int


@dataclass(frozen=True)
class ConnectorCard:
    """A connector as pages show it; its secret is not here. `grade` is over its last runs."""

    id: int
    uid: str
    manifest: Manifest
    name: str
    options: Mapping[str, str]
    header: str
    has_secret: bool
    has_key: bool
    state: State
    interval_s: int
    data_class: DataClass
    owner: str
    failures: int
    next_due: datetime | None
    last_run: datetime | None
    newest: datetime | None
    progress: Progress | None
    grade: Grade | None
    things: int
    streams: int


@dataclass(frozen=True)
class RunCard:
    """One run as pages show it."""

    started: datetime
    ended: datetime
    is_pushed: bool
    outcome: Outcome
    code: str
    reason: str
    messages: int
    size: int
    rows: int
    bad_rows: int
    readings: int
    added: int
    refused: int
    things: int
    streams: int
    problems: tuple[Problem, ...]
    problem_counts: Mapping[str, int]
    grade: str
    parts: Tallies


def list_connectors(now: datetime) -> list[ConnectorCard]:
    """Every connector, by name."""
    return [_card(row, now) for row in Connector.objects.order_by("name", "id")]


def get_connector(uid: str, now: datetime) -> ConnectorCard:
    """One connector. Raises: NoSuchConnector."""
    return _card(get_row(uid), now)


def get_row(uid: str) -> Connector:
    """One connector's row. Raises: NoSuchConnector."""
    row = Connector.objects.filter(uid=uid).first()
    if row is None:
        raise NoSuchConnector
    return row


def list_runs(connector_id: int, limit: int = RUNS_SHOWN) -> list[RunCard]:
    """The runs of a connector, newest first."""
    rows = ConnectorRun.objects.filter(connector_id=connector_id).order_by("-started", "-id")
    return [_run_card(row) for row in rows[:limit]]


def list_due(now_us: int, limit: int = 100) -> list[str]:
    """Public ids of the connectors whose time has come, the longest due first."""
    due = Connector.objects.filter(
        Q(next_due__lte=now_us), state=State.ON.value, leased_until__lte=now_us
    )
    return list(due.order_by("next_due").values_list("uid", flat=True)[:limit])


def find_by_key(uid: str, secret: str) -> Connector | None:
    """The connector of an address, where the key is its own."""
    row = Connector.objects.filter(uid=uid).first()
    if row is None or not row.key_digest or not is_key_shaped(secret):
        return None
    return row if is_same_digest(row.key_digest, digest_of(secret)) else None


def known_stations(connector_id: int) -> frozenset[str]:
    """Keys of the stations whose Things were made."""
    rows = ConnectorThing.objects.filter(connector_id=connector_id)
    return frozenset(rows.values_list("key", flat=True))


def periods_of(connector_id: int) -> Mapping[str, float | None]:
    """How often each series is measured, in seconds."""
    rows = ConnectorStream.objects.filter(connector_id=connector_id)
    return dict(rows.values_list("key", "period_s"))


def _card(row: Connector, now: datetime) -> ConnectorCard:
    is_running = bool(row.lease) and to_moment(row.leased_until) > now
    progress = None
    if is_running and row.progress:
        progress = Progress(Phase(row.progress), row.progress_done, row.progress_total)
    return ConnectorCard(
        id=row.pk,
        uid=row.uid,
        manifest=get_manifest(row.kind),
        name=row.name,
        options=json.loads(row.options),
        header=row.header,
        has_secret=bool(row.sealed),
        has_key=bool(row.key_digest),
        state=State(row.state),
        interval_s=row.interval_s,
        data_class=DataClass(row.data_class),
        owner=row.owner,
        failures=row.failures,
        next_due=_moment(row.next_due),
        last_run=_moment(row.last_run),
        newest=_moment(row.newest),
        progress=progress,
        grade=_grade(row.pk),
        things=ConnectorThing.objects.filter(connector=row, thing__isnull=False).count(),
        streams=ConnectorStream.objects.filter(connector=row, stream__isnull=False).count(),
    )


def _grade(connector_id: int) -> Grade | None:
    rows = ConnectorRun.objects.filter(connector_id=connector_id).exclude(grade="")
    kept = rows.order_by("-started", "-id").values_list("parts", flat=True)
    return grade_of(add_up(_tallies(kept[:GRADED_RUNS])))


def _tallies(kept: Iterable[str]) -> list[Tallies]:
    return [from_plain(json.loads(text)) for text in kept]


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else to_moment(micros)


def _run_card(row: ConnectorRun) -> RunCard:
    return RunCard(
        started=to_moment(row.started),
        ended=to_moment(row.ended),
        is_pushed=row.is_pushed,
        outcome=Outcome(row.outcome),
        code=row.code,
        reason=row.reason,
        messages=row.messages,
        size=row.size,
        rows=row.rows,
        bad_rows=row.bad_rows,
        readings=row.readings,
        added=row.added,
        refused=row.refused,
        things=row.things,
        streams=row.streams,
        problems=tuple(Problem(*each) for each in json.loads(row.problems)),
        problem_counts=json.loads(row.problem_counts),
        grade=row.grade,
        parts=from_plain(json.loads(row.parts)),
    )
