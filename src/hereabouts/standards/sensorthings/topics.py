"""Topics of the MQTT extension: where clients publish to create, and what they may subscribe to.

Source: OGC 18-088, clauses 14.1 (create observations via MQTT) and 14.2 (receive updates via MQTT).
"""

from __future__ import annotations

from dataclasses import dataclass

from hereabouts.kernel.text import N_
from hereabouts.standards.sensorthings.errors import BadRequest, NotFound
from hereabouts.standards.sensorthings.model import OBSERVATION, EntityType
from hereabouts.standards.sensorthings.parsing.options import parse_options
from hereabouts.standards.sensorthings.parsing.paths import parse_path
from hereabouts.standards.sensorthings.tree import Ending, Options, ResourcePath

PREFIX = "v1.1/"
"""What every topic of the service begins with."""
LONGEST_TOPIC = 1_024


class TopicUnreadable(BadRequest):
    """A topic leads nowhere, or to what cannot be published to or subscribed to."""

    code = "sta.topic_unreadable"
    message = N_("The topic “{token}” (character {position}) cannot be used: {reason}.")


@dataclass(frozen=True)
class CreateTopic:
    """A topic that makes an entity of each message."""

    path: ResourcePath

    @property
    def parent(self) -> EntityType | None:
        """The type of the entity that the topic hangs the new one on."""
        return self.path.steps[-2].entity if len(self.path.steps) > 1 else None

    @property
    def parent_id(self) -> int | None:
        """The id of that entity, where the topic names it."""
        return self.path.steps[-2].key if len(self.path.steps) > 1 else None

    @property
    def is_plain(self) -> bool:
        """Whether it is one of the standard's own: observations, at most one entity in front."""
        steps = self.path.steps
        return steps[-1].entity is OBSERVATION and len(steps) <= 2


@dataclass(frozen=True)
class Wish:
    """A subscription: what a client wants to hear of. `text` is the topic it hears it on."""

    text: str
    path: ResourcePath
    options: Options

    @property
    def entity(self) -> EntityType:
        """The type of the entities it hears of."""
        return self.path.entity

    @property
    def is_property(self) -> bool:
        """Whether it hears of one property only."""
        return self.path.ending is Ending.PROPERTY


def has_wildcard(topic_filter: str) -> bool:
    """Whether a filter stands for more than one topic; those are refused."""
    return "#" in topic_filter or "+" in topic_filter


def _path(topic: str) -> ResourcePath:
    if not topic.startswith(PREFIX) or len(topic) > LONGEST_TOPIC:
        raise TopicUnreadable(f"topics begin with {PREFIX}", topic)
    try:
        return parse_path(topic[len(PREFIX) :])
    except NotFound as refused:
        reason, token = str(refused.facts["reason"]), str(refused.facts["token"])
        at = int(refused.facts["position"]) + len(PREFIX)
        raise TopicUnreadable(reason, token or topic, at) from None


def read_create_topic(topic: str) -> CreateTopic:
    """What a message published to a topic creates. Raises: TopicUnreadable."""
    path = _path(topic)
    if path.ending is not Ending.ENTITIES or path.is_entity:
        raise TopicUnreadable("messages are published to an entity set", topic)
    return CreateTopic(path)


def read_wish(topic_filter: str) -> Wish:
    """What a subscription asks for; its query may hold `$select` alone.

    Raises: TopicUnreadable, also for a wildcard; OptionUnreadable.
    """
    if has_wildcard(topic_filter):
        raise TopicUnreadable("wildcards are not supported", topic_filter)
    place, mark, query = topic_filter.partition("?")
    path = _path(place)
    if path.ending not in (Ending.ENTITIES, Ending.PROPERTY) or path.members:
        raise TopicUnreadable(
            "subscriptions are to sets, entities and their properties", topic_filter
        )
    if mark and path.ending is Ending.PROPERTY:
        raise TopicUnreadable("a property has nothing to select from", query, len(place) + 1)
    return Wish(topic_filter, path, _options(query, path) if mark else Options())


def _options(query: str, path: ResourcePath) -> Options:
    if not query.startswith("$select=") or "&" in query:
        raise TopicUnreadable("a topic takes $select alone", query)
    return parse_options(query, path.entity, is_encoded=False)
