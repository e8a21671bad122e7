"""Resource paths: what an address leads to, and the word that says why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.sensorthings.conformance import REQUIREMENTS
from hereabouts.standards.sensorthings.errors import BadRequest, NotFound
from hereabouts.standards.sensorthings.model import DATASTREAM, ENTITY_TYPES, THING
from hereabouts.standards.sensorthings.parsing.paths import parse_path, parse_reference
from hereabouts.standards.sensorthings.tree import Ending

PATHS = REQUIREMENTS + "resource-path/resource-path-to-entities"


@pytest.mark.requirement(PATHS)
@pytest.mark.parametrize("entity", ENTITY_TYPES.values(), ids=lambda entity: entity.name)
def test_sets_and_entities_have_addresses(entity) -> None:  # type: ignore[no-untyped-def]
    assert not parse_path(entity.set_name).is_entity
    path = parse_path(f"/{entity.set_name}(17)/")
    assert path.is_entity and path.entity is entity and path.steps[0].key == 17
    for name, relation in entity.relations.items():
        related = parse_path(f"{entity.set_name}(1)/{name}")
        assert related.entity.name == relation.target
        assert related.is_entity is not relation.is_many
    for name in entity.properties:
        leaf = parse_path(f"{entity.set_name}(1)/{name}/$value")
        assert leaf.ending is Ending.VALUE and leaf.leaf is entity.properties[name]


@pytest.mark.requirement(PATHS)
@pytest.mark.parametrize(
    ("text", "ending", "leaf", "members"),
    [
        ("Things(1)/name", Ending.PROPERTY, "name", ()),
        ("Things(1)/id", Ending.PROPERTY, None, ()),
        ("Datastreams(1)/unitOfMeasurement/symbol", Ending.PROPERTY, "unitOfMeasurement",
         ("symbol",)),
        ("Things(1)/properties/a/b[1]/$value", Ending.VALUE, "properties", ("a", "b", 1)),
        ("Things(1)/properties/'a key/with it''s signs'", Ending.PROPERTY, "properties",
         ("a key/with it's signs",)),
        ("Observations(1)/result[0]", Ending.PROPERTY, "result", (0,)),
        ("Things(1)/Datastreams(2)/Observations(3)/resultTime", Ending.PROPERTY, "resultTime", ()),
        ("Datastreams(1)/Observations/$ref", Ending.REFERENCES, None, ()),
        ("Things(1)/$ref", Ending.REFERENCES, None, ()),
    ],
)  # fmt: skip
def test_paths_end_at_properties_members_and_references(
    text: str, ending: Ending, leaf: str | None, members: tuple[str | int, ...]
) -> None:
    path = parse_path(text)
    assert path.ending is ending
    assert (path.leaf.name if path.leaf else None) == leaf
    assert path.members == members
    assert path.text == text


@pytest.mark.parametrize(
    ("text", "token", "reason"),
    [
        ("", "", "no entity set"),
        ("Rooms", "Rooms", "no entity set"),
        ("Thing(1)", "Thing", "called Things"),
        ("Things('a')", "Things('a')", "not a valid id"),
        ("Things(-1)", "Things(-1)", "not a valid id"),
        ("Things()", "Things()", "not a valid id"),
        ("Things(99999999999999999999)", "Things(99999999999999999999)", "not a valid id"),
        ("Things(1", "Things(1", "not a segment"),
        ("Things(1)/Datastream", "Datastream", "called Datastreams"),
        ("Datastreams(1)/Things", "Things", "called Thing"),
        ("Datastreams(1)/Thing(1)", "Thing(1)", "takes no id"),
        ("Things/name", "name", "needs an id"),
        ("Things/Datastreams", "Datastreams", "needs an id"),
        ("Things(1)/colour", "colour", "no property or relation"),
        ("Things(1)/name/x", "x", "nothing inside"),
        ("Datastreams(1)/unitOfMeasurement/size", "size", "name, symbol and definition"),
        ("Things(1)/$value", "$value", "follows a property"),
        ("Things(1)/properties/$ref", "properties", "follows entities"),
        ("Things(1)//name", "", "not a segment"),
        ("Things(1)/Datastreams/$count", "$count", "no property or relation"),
    ],
)
def test_paths_that_lead_nowhere_are_not_found_with_the_token(
    text: str, token: str, reason: str
) -> None:
    with pytest.raises(NotFound, match=reason) as refused:
        parse_path(text)
    assert refused.value.facts["token"] == token
    assert refused.value.status == 404


@pytest.mark.parametrize(
    "text", ["Things(5)", "../Things(5)", "https://town.test/sta/v1.1/Things(5)", "../../Things(5)"]
)
def test_references_name_one_entity(text: str) -> None:
    assert parse_reference(text, "https://town.test/sta/v1.1") == (THING, 5)


@pytest.mark.parametrize(
    "text", ["Things", "Things(1)/Datastreams(2)", "https://other.test/Things(5)", "", "x"]
)
def test_references_to_anything_else_are_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_reference(text, "https://town.test/sta/v1.1")


PIECES = st.sampled_from(
    ["Things", "(1)", "/", "Datastreams", "Thing", "$value", "$ref", "'", "[1]", "properties",
     "name", "(", ")", "@iot.id", "unitOfMeasurement", "é", "\x00"]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=12).map("".join))
def test_no_text_does_anything_but_lead_somewhere_or_be_refused(text: str) -> None:
    try:
        path = parse_path(text)
    except NotFound as refused:
        assert refused.status == 404
    else:
        assert parse_path(path.text) == path


def test_the_type_reached_is_that_of_the_last_step() -> None:
    assert parse_path("Things(1)/Datastreams").entity is DATASTREAM
