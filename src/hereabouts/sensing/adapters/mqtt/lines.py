"""What a subscription hears of: resolved once for new observations, read for everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol, TypeAlias

from hereabouts.sensing.adapters.mqtt.library import Library
from hereabouts.sensing.adapters.mqtt.notices import Notice
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.standards.sensorthings.model import (
    DATASTREAM,
    FEATURE_OF_INTEREST,
    MULTI_DATASTREAM,
    OBSERVATION,
)
from hereabouts.standards.sensorthings.topics import PREFIX, TopicUnreadable, Wish, read_wish
from hereabouts.standards.sensorthings.tree import ResourcePath


class Reader(Protocol):
    """Whoever hears notifications."""

    @property
    def grant(self) -> Grant:
        """What it may read."""

    def notify(self, notice: Notice, qos: int) -> None:
        """Tell it."""


class Reach(Enum):
    """Which new observations a subscription hears of."""

    ALL = 1
    STREAM = 2
    FEATURE = 3
    EACH = 5
    """All, told on the topic of each one's Datastream."""
    EACH_MULTI = 6
    """All, told on the topic of each one's MultiDatastream."""
    NONE = 4
    """It is about what is there already, or about no observations at all."""


Target: TypeAlias = tuple[Reach, int]
"""New observations, and the id of the stream or feature they are of."""

EVERYTHING: Target = (Reach.ALL, 0)
NOTHING_NEW: Target = (Reach.NONE, 0)


@dataclass(eq=False)
class Line:
    """Everybody who subscribed to one topic at one level."""

    wish: Wish
    level: DataClass
    target: Target
    readers: dict[Reader, int] = field(default_factory=dict)
    pattern: str = ""
    """Instead of the wish's own topic: a topic in which `(n)` stands for every id."""
    hears_extents: bool = True
    """Whether it hears of streams whose extents have grown."""

    @property
    def winds(self) -> bool:
        """Whether a change of the register may lead it to another stream or feature."""
        path = self.wish.path
        return path.entity is OBSERVATION and not path.is_entity and len(path.steps) > 2

    def tell(self, payload: bytes, number: int) -> None:
        """Tell them all; `number` is the id of the entity, or of an observation's stream."""
        topic = self.pattern.replace("(n)", f"({number})") if self.pattern else self.wish.text
        notice = Notice(topic, payload)
        for reader, qos in list(self.readers.items()):
            reader.notify(notice, qos)


@dataclass(frozen=True)
class Touched:
    """An entity that was created or changed; `members` are what was set, None for all."""

    entity_type: str
    entity_id: int
    members: frozenset[str] | None = None


def resolve(library: Library, wish: Wish, level: DataClass) -> Target | None:
    """Which new observations a subscription hears of; None where it leads to nothing one may see.

    Blocks.
    """
    steps = wish.path.steps
    if wish.path.is_entity:
        found = library.identify(ResourcePath(steps), level)
        return None if found is None else NOTHING_NEW
    if len(steps) == 1:
        return EVERYTHING if wish.entity is OBSERVATION else NOTHING_NEW
    parent = library.identify(ResourcePath(steps[:-1]), level)
    if parent is None:
        return None
    if wish.entity is not OBSERVATION:
        return NOTHING_NEW
    return (Reach.FEATURE if steps[-2].entity is FEATURE_OF_INTEREST else Reach.STREAM), parent


def may_concern(wish: Wish, touched: Touched) -> bool:
    """Whether a change may be one that a subscription hears of, as far as the topic tells."""
    if wish.entity.name != touched.entity_type:
        return False
    key = wish.path.steps[-1].key
    if key is not None and key != touched.entity_id:
        return False
    leaf = wish.path.leaf
    if not wish.is_property or touched.members is None or leaf is None:
        return True
    return leaf.name in touched.members


def read_notice(library: Library, line: Line, touched: Touched) -> bytes | None:
    """What a subscription hears of a change; None where it does not concern it. Blocks.

    Membership and permission are decided by reading the entity on the topic's own path.
    """
    path, level = line.wish.path, line.level
    last = path.steps[-1]
    if last.is_entity:
        if last.key is None and library.identify(ResourcePath(path.steps), level) != (
            touched.entity_id
        ):
            return None
    else:
        path = ResourcePath((*path.steps[:-1], replace(last, key=touched.entity_id)))
    return library.find(path, line.wish.options, level)


def read_notices(
    library: Library, pairs: Iterable[tuple[Line, Touched]]
) -> list[tuple[Line, bytes, int]]:
    """What each subscription hears of each change, and of which entity, in order. Blocks."""
    found = []
    for line, touched in pairs:
        payload = read_notice(library, line, touched)
        if payload is not None:
            found.append((line, payload, touched.entity_id))
    return found


def announcing(topic: str) -> Line:
    """A line for whoever tells others of open data on a topic, where `(n)` stands for every id.

    Raises: TopicUnreadable for a topic that needs more than one such id, or has no such set.
    """
    streams = {
        f"{PREFIX}{entity.set_name}(n)/Observations": reach
        for entity, reach in ((DATASTREAM, Reach.EACH), (MULTI_DATASTREAM, Reach.EACH_MULTI))
    }
    reach = streams.get(topic)
    if reach is not None:
        wish = read_wish(f"{PREFIX}{OBSERVATION.set_name}")
        return Line(wish, DataClass.OPEN, (reach, 0), pattern=topic, hears_extents=False)
    wish = read_wish(topic.removesuffix("(n)"))
    if len(wish.path.steps) > 1 or wish.path.is_entity:
        raise TopicUnreadable("only whole sets are announced", topic)
    has_number = topic.endswith("(n)")
    target = EVERYTHING if wish.entity is OBSERVATION and not has_number else NOTHING_NEW
    pattern = topic if has_number else ""
    return Line(wish, DataClass.OPEN, target, pattern=pattern, hears_extents=False)
