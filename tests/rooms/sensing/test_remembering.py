"""What the hub remembers for speed stays within its bounds, however much passes by."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from hereabouts.sensing.adapters.mqtt import intake
from hereabouts.sensing.adapters.mqtt.hub import Hub
from hereabouts.sensing.adapters.mqtt.intake import Routes
from hereabouts.sensing.adapters.store.sqlite import SqliteStore
from hereabouts.sensing.queries.reading import observing
from hereabouts.standards.mqtt import VERSION_3, Decoder, Publish, encode, framing
from hereabouts.standards.sensorthings.times import MINUTE

MOST = 50
ROUNDS = 500


class AnyTopic:
    """A hub that reads every topic the long way."""

    def reader_of(self, topic: str) -> None:
        """No short way."""


def _minutes(patch: pytest.MonkeyPatch) -> Callable[[int], int]:
    patch.setattr(observing, "MOST_MINUTES", MOST)
    kept: dict[int, str] = {}
    patch.setattr(observing, "_minutes", kept)

    def pass_by(number: int) -> int:
        observing.quoted(number * MINUTE)
        return len(kept)

    return pass_by


def _routes(patch: pytest.MonkeyPatch) -> Callable[[int], int]:
    patch.setattr(intake, "MOST_ROUTES", MOST)
    routes = Routes(cast("Hub", AnyTopic()))

    def pass_by(number: int) -> int:
        routes.find(f"v1.1/Datastreams({number})/Observations")
        return len(routes._known)

    return pass_by


def _topics(patch: pytest.MonkeyPatch) -> Callable[[int], int]:
    patch.setattr(framing, "MOST_TOPICS", MOST)
    topics: dict[bytes, str] = {}
    decoder: Any = Decoder(VERSION_3, topics=topics)

    def pass_by(number: int) -> int:
        assert decoder.feed(encode(Publish(f"t/{number}", b"1"), VERSION_3))
        return len(topics)

    return pass_by


@pytest.mark.parametrize("kind", [_minutes, _routes, _topics])
def test_new_inputs_drop_old_ones(
    kind: Callable[[pytest.MonkeyPatch], Callable[[int], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_by = kind(monkeypatch)
    counts = [pass_by(number) for number in range(ROUNDS)]
    assert MOST <= max(counts) <= MOST + 1


@pytest.mark.once
def test_the_writer_keeps_no_more_pages_than_any_connection(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "hub.sqlite3", isolation_level=None)) as raw:
        raw.execute("PRAGMA cache_size=-16384")
        SqliteStore().prepare(raw)
        assert raw.execute("PRAGMA cache_size").fetchone() == (-16_384,)
        assert raw.execute("PRAGMA synchronous").fetchone() == (2,)
