"""Subscriptions: who hears of what, and who does not."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from hereabouts.sensing.actions.ingest.changes import Change
from hereabouts.sensing.adapters.mqtt import switchboard as module
from hereabouts.sensing.adapters.mqtt.library import StreamFacts
from hereabouts.sensing.adapters.mqtt.lines import Touched
from hereabouts.sensing.adapters.mqtt.notices import Notice
from hereabouts.sensing.adapters.mqtt.switchboard import Switchboard
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.sensing.domain.observations import NewObservation
from hereabouts.standards.mqtt import Reason
from hereabouts.standards.sensorthings.errors import BadRequest
from hereabouts.standards.sensorthings.tree import Options, ResourcePath, Selected
from tests.rooms.sensing.mqtt_parts import until

pytestmark = pytest.mark.once


@dataclass(eq=False)
class Listening:
    """A reader that remembers what it was told."""

    level: DataClass = DataClass.OPEN
    told: list[tuple[str, bytes, int]] = field(default_factory=list)

    @property
    def grant(self) -> Grant:
        return Grant(level=self.level)

    def notify(self, notice: Notice, qos: int) -> None:
        self.told.append((notice.topic, notice.payload, qos))


class Shelf:
    """A library of a few entities: their classes by path, and ids behind relations."""

    def __init__(self) -> None:
        self.classes = {1: DataClass.OPEN, 2: DataClass.CLOSED}
        self.paths: dict[str, tuple[int, DataClass]] = {
            "Datastreams(1)": (1, DataClass.OPEN),
            "Datastreams(2)": (2, DataClass.CLOSED),
            "Observations(1)/Datastream": (1, DataClass.OPEN),
            "Datastreams(1)/Thing": (7, DataClass.OPEN),
            "Things(7)": (7, DataClass.OPEN),
            "Things(8)": (8, DataClass.CLOSED),
            "FeaturesOfInterest(5)": (5, DataClass.OPEN),
        }
        self.in_tables = {77: DataClass.OPEN, 78: DataClass.CLOSED}
        self.encoded = 0

    def find(self, path: ResourcePath, options: Options, level: DataClass) -> bytes | None:
        if self.identify(ResourcePath(path.steps), level) is None:
            return None
        return (_text(path) + (f"/{path.leaf.name}" if path.leaf else "")).encode()

    def identify(self, path: ResourcePath, level: DataClass) -> int | None:
        found = self.paths.get(_text(path))
        return found[0] if found is not None and found[1] <= level else None

    def facts_of(self, stream_id: int) -> StreamFacts | None:
        found = self.classes.get(stream_id)
        return None if found is None else StreamFacts(found, stream_id == 9)

    def learn(self, stream_id: int) -> StreamFacts | None:
        found = self.in_tables.get(stream_id)
        return None if found is None else StreamFacts(found, False)

    def feature_of(self, row: NewObservation) -> int | None:
        return row.feature_id

    def encode(self, change: Change, is_multi: bool, select: tuple[Selected, ...]) -> bytes | None:
        self.encoded += 1
        return b"%d of %d" % (change.id, change.row.stream_id)


def _text(path: ResourcePath) -> str:
    parts = []
    for step in path.steps:
        name = step.relation.name if step.relation else step.entity.set_name
        parts.append(name if step.key is None else f"{name}({step.key})")
    return "/".join(parts)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def board(shelf: Shelf | None = None) -> tuple[Switchboard, Shelf]:
    shelf = shelf or Shelf()
    return Switchboard(shelf, ThreadPoolExecutor(1)), shelf


def observation(number: int, stream_id: int = 1, feature_id: int | None = None) -> Change:
    return Change(NewObservation(stream_id, 0, 0, 1.0, feature_id=feature_id), number)


def test_observations_reach_those_who_asked_for_their_stream_their_feature_or_all() -> None:
    async def work() -> None:
        lines, shelf = board()
        everything, stream, behind, feature = (Listening() for _ in range(4))
        assert not lines.hears_observations
        for reader, topic in (
            (everything, "v1.1/Observations"),
            (stream, "v1.1/Datastreams(1)/Observations"),
            (behind, "v1.1/Observations(1)/Datastream/Observations"),
            (feature, "v1.1/FeaturesOfInterest(5)/Observations"),
        ):
            assert await lines.add(reader, topic, 0) is Reason.SUCCESS
        assert lines.hears_observations
        shelf.classes[3] = DataClass.OPEN
        lines.hear([observation(1), observation(3, 1, 5)])
        lines.hear([observation(4, 3, 5)])
        assert [entry[1] for entry in everything.told] == [b"1 of 1", b"3 of 1", b"4 of 3"]
        assert [entry[1] for entry in stream.told] == [b"1 of 1", b"3 of 1"]
        assert [entry[1] for entry in behind.told] == [b"1 of 1", b"3 of 1"]
        assert [entry[1] for entry in feature.told] == [b"3 of 1", b"4 of 3"]
        lines.remove_all(everything)
        assert lines.remove(stream, "v1.1/Datastreams(1)/Observations")
        assert not lines.remove(stream, "v1.1/Datastreams(1)/Observations")
        lines.remove_all(behind)
        lines.remove_all(feature)
        assert not lines.hears_observations

    run(work())


def test_an_observation_is_encoded_once_for_each_form_and_not_for_nobody() -> None:
    async def work() -> None:
        lines, shelf = board()
        for topic in ("v1.1/Observations", "v1.1/Datastreams(1)/Observations"):
            for _ in range(10):
                await lines.add(Listening(), topic, 0)
        await lines.add(Listening(), "v1.1/Observations?$select=result", 0)
        lines.hear([observation(1)])
        assert shelf.encoded == 2
        lines, shelf = board()
        await lines.add(Listening(), "v1.1/FeaturesOfInterest(5)/Observations", 0)
        lines.hear([observation(1, feature_id=9)])
        assert shelf.encoded == 0

    run(work())


def test_closed_data_reaches_only_those_of_its_level() -> None:
    async def work() -> None:
        lines, _ = board()
        anybody, officer = Listening(), Listening(DataClass.CLOSED)
        for reader in (anybody, officer):
            await lines.add(reader, "v1.1/Observations", 0)
            await lines.add(reader, "v1.1/Things", 0)
        closed = "v1.1/Datastreams(2)/Observations"
        assert await lines.add(anybody, closed, 0) is Reason.NOT_AUTHORISED
        assert await lines.add(anybody, "v1.1/Things(8)/name", 0) is Reason.NOT_AUTHORISED
        assert await lines.add(anybody, "v1.1/Things(99)", 0) is Reason.NOT_AUTHORISED
        assert await lines.add(officer, closed, 0) is Reason.SUCCESS
        lines.hear([observation(1, 2)])
        await lines.hear_of_register([Touched("Thing", 8), Touched("Thing", 7)])
        assert anybody.told == [("v1.1/Things", b"Things(7)", 0)]
        assert [entry[0] for entry in officer.told] == [
            "v1.1/Observations",
            closed,
            "v1.1/Things",
            "v1.1/Things",
        ]

    run(work())


def test_where_a_stream_is_not_known_the_tables_are_asked() -> None:
    async def work() -> None:
        lines, _ = board()
        reader = Listening()
        await lines.add(reader, "v1.1/Observations", 0)
        lines.hear([observation(3, 79), observation(5, 78), observation(4, 77)])
        await until(lambda: bool(reader.told))
        assert reader.told == [("v1.1/Observations", b"4 of 77", 0)]

    run(work())


def test_entities_and_properties_are_told_when_they_are_touched() -> None:
    async def work() -> None:
        lines, _ = board()
        reader = Listening()
        for topic in (
            "v1.1/Things(7)",
            "v1.1/Datastreams(1)/Thing",
            "v1.1/Things(7)/name",
            "v1.1/Things(7)/description",
            "v1.1/Locations",
        ):
            assert await lines.add(reader, topic, 1) is Reason.SUCCESS
        await lines.hear_of_register([Touched("Thing", 7, frozenset({"name"}))])
        await lines.hear_of_register([Touched("Thing", 8)])
        assert reader.told == [
            ("v1.1/Things(7)", b"Things(7)", 1),
            ("v1.1/Datastreams(1)/Thing", b"Datastreams(1)/Thing", 1),
            ("v1.1/Things(7)/name", b"Things(7)/name", 1),
        ]

    run(work())


def test_a_path_that_leads_elsewhere_now_is_followed() -> None:
    async def work() -> None:
        lines, shelf = board()
        reader = Listening()
        await lines.add(reader, "v1.1/Observations(1)/Datastream/Observations", 0)
        shelf.paths["Observations(1)/Datastream"] = (4, DataClass.OPEN)
        shelf.classes[4] = DataClass.OPEN
        await lines.hear_of_register([Touched("Datastream", 4)])
        lines.hear([observation(1, 1), observation(2, 4)])
        assert [entry[1] for entry in reader.told] == [b"2 of 4"]

    run(work())


def test_new_observations_move_the_extents_of_their_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXTENTS_SECONDS", 0.01)

    async def work() -> None:
        lines, _ = board()
        reader = Listening()
        await lines.add(reader, "v1.1/Datastreams(1)/phenomenonTime", 0)
        await lines.add(reader, "v1.1/Datastreams(1)/name", 0)
        lines.hear([observation(1), observation(2)])
        await until(lambda: bool(reader.told))
        assert [entry[1] for entry in reader.told] == [b"Datastreams(1)/phenomenonTime"]

    run(work())


def test_after_a_change_of_rights_subscriptions_are_looked_at_anew() -> None:
    async def work() -> None:
        lines, _ = board()
        reader = Listening(DataClass.CLOSED)
        await lines.add(reader, "v1.1/Observations", 0)
        await lines.add(reader, "v1.1/Datastreams(2)/Observations", 0)
        reader.level = DataClass.OPEN
        await lines.recheck(reader)
        assert lines.count(reader) == 1
        lines.hear([observation(1, 2), observation(2, 1)])
        assert [entry[1] for entry in reader.told] == [b"2 of 1"]

    run(work())


def test_a_broker_is_told_of_open_data_on_every_topic_it_announces() -> None:
    async def work() -> None:
        lines, shelf = board()
        shelf.classes[9] = DataClass.OPEN
        reader = Listening()
        topics = ["v1.1/Observations", "v1.1/Datastreams(n)/Observations"]
        topics += ["v1.1/MultiDatastreams(n)/Observations", "v1.1/Things", "v1.1/Things(n)"]
        lines.announce(reader, topics)
        lines.hear([observation(1, 1), observation(2, 9), observation(3, 2)])
        await lines.hear_of_register([Touched("Thing", 7), Touched("Thing", 8)])
        assert [entry[0] for entry in reader.told] == [
            "v1.1/Observations",
            "v1.1/Datastreams(1)/Observations",
            "v1.1/Observations",
            "v1.1/MultiDatastreams(9)/Observations",
            "v1.1/Things",
            "v1.1/Things(7)",
        ]
        for wrong in ("v1.1/Things(1)", "v1.1/Things(n)/Datastreams", "v1.1/Nothings"):
            with pytest.raises(BadRequest):
                lines.announce(reader, [wrong])

    run(work())


def test_wildcards_and_nonsense_are_refused() -> None:
    async def work() -> None:
        lines, _ = board()
        reader = Listening()
        assert await lines.add(reader, "v1.1/#", 0) is Reason.WILDCARDS_NOT_SUPPORTED
        assert await lines.add(reader, "v1.1/Nothings", 0) is Reason.BAD_FILTER
        assert await lines.add(reader, "v1.1/Things?$filter=id eq 1", 0) is Reason.BAD_FILTER
        assert lines.count(reader) == 0

    run(work())
