"""The room behind the doors of MQTT: its grants, its ways in, and its reading."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from hereabouts.sensing.actions.access import grant_for_password, require_observe
from hereabouts.sensing.actions.ingest import Change, Ingest, StreamInfo
from hereabouts.sensing.actions.register import create
from hereabouts.sensing.adapters.mqtt.hub import Done, Reads, StreamUnknown
from hereabouts.sensing.adapters.mqtt.library import StreamFacts
from hereabouts.sensing.adapters.mqtt.threads import fresh_connection
from hereabouts.sensing.adapters.observations import parse_observation
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.sensing.domain.observations import NewObservation
from hereabouts.sensing.errors import BadObservation, NoSuchEntity
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.queries.reading import read
from hereabouts.sensing.queries.reading.selecting import Selection
from hereabouts.sensing.queries.reading.selecting import select as make_selection
from hereabouts.standards.lorawan.topics import is_uplink_topic
from hereabouts.standards.sensorthings.model import (
    FEATURE_OF_INTEREST,
    MULTI_DATASTREAM,
    OBSERVATION,
)
from hereabouts.standards.sensorthings.topics import CreateTopic, read_create_topic
from hereabouts.standards.sensorthings.tree import Ending, Options, ResourcePath, Selected

FindsStream = Callable[[int], StreamInfo | None]
"""What ingest knows of a stream in memory, without the database."""

TakesUplinks = Callable[[str, bytes, Grant], object]
"""Takes a message of a network server for LoRaWAN. Blocks."""

MOST_ASKED = 200_000
MOST_AT_ONCE = 500
"""Ids in one statement."""
_write = msgspec.json.Encoder().encode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def read_members(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of a message, as they were sent. Raises: BadObservation."""
    try:
        return _members(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadObservation(reason=f"the message is not a JSON object ({fault})") from fault


class StreamCard(NamedTuple):
    """What has to be known of a stream before an observation of it is handed on."""

    id: int
    thing_id: int
    is_multi: bool


class KnownStreams:
    """Streams by id, as ingest has them in memory, else as they were when last asked for.

    `forget` when the register changes; ingest looks again in its own transaction anyway.
    """

    def __init__(self, find_stream: FindsStream) -> None:
        self._find_stream = find_stream
        self._asked: dict[int, StreamCard] = {}

    def find(self, stream_id: int) -> StreamInfo | StreamCard | None:
        """What memory has."""
        return self._find_stream(stream_id) or self._asked.get(stream_id)

    def learn(self, stream_ids: Collection[int]) -> Collection[int]:
        """Ask the tables; the ids of those that are there. Blocks."""
        names = ("id", "thing_id", "is_multi")
        wanted, found = list(stream_ids), dict[int, StreamCard]()
        if len(self._asked) + len(wanted) > MOST_ASKED:
            self._asked.clear()
        for begin in range(0, len(wanted), MOST_AT_ONCE):
            part = wanted[begin : begin + MOST_AT_ONCE]
            cards = (
                StreamCard(*row) for row in Stream.objects.filter(id__in=part).values_list(*names)
            )
            found |= {card.id: card for card in cards}
        self._asked |= found
        return found

    def forget(self) -> None:
        """Ask anew."""
        self._asked.clear()


class RoomHub:
    """The room, as the listener and the bridge see it; see `hub`."""

    def __init__(self, ingest: Ingest, streams: KnownStreams, take_uplink: TakesUplinks) -> None:
        self._ingest = ingest
        self._streams = streams
        self._take_uplink = take_uplink

    def authenticate(self, username: str, password: str) -> Grant:
        """What a client may do. Blocks. Raises: BadCredentials; StoreAway."""
        with fresh_connection():
            return grant_for_password(username, password)

    def reader_of(self, topic: str) -> Reads | None:
        """How messages of a topic are read. Raises: TopicUnreadable."""
        if is_uplink_topic(topic):
            return None
        found = read_create_topic(topic)
        return _Plain(found, self._streams) if _is_quick(found) else None

    def submit(
        self, batch: Sequence[NewObservation], done: Done, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Have observations committed. Raises: IngestFull."""
        self._ingest.submit(batch, done, loop)

    def create(self, topic: str, payload: bytes, grant: Grant, *, once: bool) -> None:
        """Create what a message describes. Blocks. Raises: Refusal."""
        with fresh_connection():
            if is_uplink_topic(topic):
                self._take_uplink(topic, payload, grant)
                return
            create(read_create_topic(topic).path, read_members(payload), grant=grant)

    def learn(self, stream_ids: frozenset[int]) -> Collection[int]:
        """Look streams up; those that are there. Blocks. Raises: StoreAway."""
        with fresh_connection():
            return self._streams.learn(stream_ids)


def _is_quick(topic: CreateTopic) -> bool:
    return topic.is_plain and topic.parent is not FEATURE_OF_INTEREST


def check_stream(topic: CreateTopic, stream: StreamInfo | StreamCard, grant: Grant) -> None:
    """Refuse a stream of the other kind than the topic says, or out of a client's reach.

    Raises: NoSuchEntity; CredentialsNeeded; NotPermitted.
    """
    parent = topic.parent
    if parent is not None and (parent is MULTI_DATASTREAM) is not stream.is_multi:
        raise NoSuchEntity(name=f"{parent.name}({stream.id})")
    require_observe(grant, stream.id, stream.thing_id)


class _Plain:
    """Reads observations of one topic whose stream is known by its id."""

    __slots__ = ("_find", "_stream_id", "_topic")

    def __init__(self, topic: CreateTopic, streams: KnownStreams) -> None:
        # A card says of a stream's kind what the whole entry would.
        self._find = cast(FindsStream, streams.find)
        self._topic = topic
        self._stream_id = topic.parent_id

    def __call__(self, payload: bytes, grant: Grant) -> NewObservation | None:
        """The observation, or None. Raises: Refusal; StreamUnknown."""
        now = time.time_ns() // 1_000
        observation = parse_observation(payload, self._stream_id, now, self._find)
        if observation is None:
            return None
        stream = self._find(observation.stream_id)
        if stream is None:
            raise StreamUnknown(observation.stream_id)
        check_stream(self._topic, stream, grant)
        return observation


class RoomLibrary:
    """The service's own reading; see `library`. `base` is its root, for links."""

    def __init__(self, base: str, find_stream: FindsStream) -> None:
        self._base = base
        self._find_stream = find_stream
        self._selections: dict[tuple[Selected, ...], tuple[Selection, list[_Column]]] = {}

    def find(self, path: ResourcePath, options: Options, level: DataClass) -> bytes | None:
        """What a path leads to, as JSON. Blocks. Raises: Refusal."""
        try:
            with fresh_connection():
                answer = read(path, options, level=level, base=self._base)
        except NoSuchEntity:
            return None
        if path.ending is not Ending.PROPERTY:
            return _write(answer.entities[0])
        return _write({"@iot.id" if path.leaf is None else path.leaf.name: answer.value})

    def identify(self, path: ResourcePath, level: DataClass) -> int | None:
        """The id a path leads to. Blocks. Raises: Refusal."""
        try:
            with fresh_connection():
                found = read(path, Options(), level=level, base=self._base).entities[0]
        except NoSuchEntity:
            return None
        return int(found["@iot.id"])

    def facts_of(self, stream_id: int) -> StreamFacts | None:
        """What memory knows of a stream."""
        found = self._find_stream(stream_id)
        return None if found is None else StreamFacts(DataClass(found.data_class), found.is_multi)

    def learn(self, stream_id: int) -> StreamFacts | None:
        """The same from the tables. Blocks."""
        with fresh_connection():
            row = Stream.objects.filter(id=stream_id).values_list("data_class", "is_multi").first()
        return None if row is None else StreamFacts(DataClass(row[0]), row[1])

    def feature_of(self, row: NewObservation) -> int | None:
        """The feature of a new observation."""
        if row.feature_id is not None:
            return row.feature_id
        found = self._find_stream(row.stream_id)
        return None if found is None else found.standing

    def encode(self, change: Change, is_multi: bool, select: tuple[Selected, ...]) -> bytes | None:
        """A new observation as a GET would show it."""
        found = self._selections.get(select)
        if found is None:
            selection = make_selection(OBSERVATION, Options(select=select), self._base)
            found = selection, [_column(name) for name in selection.columns]
            if len(self._selections) < MOST_SELECTIONS:
                self._selections[select] = found
        selection, columns = found
        return _write(selection.make(tuple(column(change, is_multi) for column in columns)))


MOST_SELECTIONS = 1_000
_Column = Callable[[Change, bool], Any]
"""Takes from a new observation what stands in a column of its table."""


def _column(template: str) -> _Column:
    name = template.partition(".")[2]
    if name == "id":
        return lambda change, is_multi: change.id
    if name == "is_multi":
        return lambda change, is_multi: is_multi
    return lambda change, is_multi: getattr(change.row, name)
