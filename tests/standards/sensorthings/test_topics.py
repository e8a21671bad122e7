"""Topics: where clients publish to create, and what they may subscribe to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.sensorthings.errors import BadRequest
from hereabouts.standards.sensorthings.topics import (
    TopicUnreadable,
    has_wildcard,
    read_create_topic,
    read_wish,
)
from hereabouts.standards.sensorthings.tree import SelectedProperty

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("topic", "parent", "key"),
    [
        ("v1.1/Observations", None, None),
        ("v1.1/Datastreams(1)/Observations", "Datastream", 1),
        ("v1.1/MultiDatastreams(12)/Observations", "MultiDatastream", 12),
        ("v1.1/FeaturesOfInterest(3)/Observations", "FeatureOfInterest", 3),
    ],
)
def test_the_topics_of_the_standard_create_observations(
    topic: str, parent: str | None, key: int | None
) -> None:
    found = read_create_topic(topic)
    assert found.is_plain
    assert (found.parent and found.parent.name, found.parent_id) == (parent, key)


@pytest.mark.parametrize("topic", ["v1.1/Things", "v1.1/Things(1)/Datastreams(2)/Observations"])
def test_other_sets_are_created_the_long_way(topic: str) -> None:
    assert not read_create_topic(topic).is_plain


@pytest.mark.parametrize(
    "topic",
    [
        "Observations",
        "v1.0/Observations",
        "v1.1/",
        "v1.1/Observations(1)",
        "v1.1/Things(1)/name",
        "v1.1/Observations/$ref",
        "v1.1/Datastreams/Observations",
        "v1.1/Datastreams(1)/Observations?$select=result",
        "v1.1/" + "x" * 2_000,
    ],
)
def test_nothing_is_created_elsewhere(topic: str) -> None:
    with pytest.raises(TopicUnreadable):
        read_create_topic(topic)


@pytest.mark.parametrize(
    ("topic", "entity", "is_property"),
    [
        ("v1.1/Things", "Thing", False),
        ("v1.1/Things(1)", "Thing", False),
        ("v1.1/Datastreams(1)/Thing", "Thing", False),
        ("v1.1/Things(1)/Datastreams(2)/Observations", "Observation", False),
        ("v1.1/Things(1)/description", "Thing", True),
    ],
)
def test_sets_entities_and_properties_can_be_subscribed_to(
    topic: str, entity: str, is_property: bool
) -> None:
    wish = read_wish(topic)
    assert (wish.text, wish.entity.name, wish.is_property) == (topic, entity, is_property)


def test_a_subscription_may_select() -> None:
    wish = read_wish("v1.1/Observations?$select=phenomenonTime,result")
    names = [
        entry.property.name
        for entry in wish.options.select
        if isinstance(entry, SelectedProperty) and entry.property
    ]
    assert names == ["phenomenonTime", "result"]


@pytest.mark.parametrize(
    "topic",
    [
        "v1.1/#",
        "v1.1/+/Observations",
        "#",
        "$SYS/broker",
        "v1.1/Things(1)/name/$value",
        "v1.1/Things(1)/properties/a",
        "v1.1/Things/$ref",
        "v1.1/Observations?$filter=result gt 5",
        "v1.1/Observations?$select=result&$top=1",
        "v1.1/Observations?$select=nothing",
        "v1.1/Things(1)/name?$select=name",
    ],
)
def test_what_the_service_cannot_keep_is_not_promised(topic: str) -> None:
    with pytest.raises(BadRequest):
        read_wish(topic)


@given(st.text(max_size=40).map(lambda text: f"v1.1/{text}") | st.text(max_size=40))
def test_any_topic_is_read_or_refused(topic: str) -> None:
    for read in (read_create_topic, read_wish):
        try:
            read(topic)
        except BadRequest:
            continue
        assert not has_wildcard(topic) or read is read_create_topic
