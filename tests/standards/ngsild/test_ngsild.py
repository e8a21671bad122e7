"""NGSI-LD as brokers send it: every representation, lists, notifications, and what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.ngsild import NotAnEntity, parse_document, parse_entity
from hereabouts.standards.ngsild.errors import EntitiesUnreadable

pytestmark = pytest.mark.once
CLAUSE = "https://www.etsi.org/deliver/etsi_gs/CIM/001_099/009/01.08.01_60/#"
POINT = {"type": "Point", "coordinates": [-2.9, 51.6]}

NORMALISED: dict[str, Any] = {
    "@context": ["https://nowhere.example/context.jsonld"],
    "id": "urn:ngsi-ld:AirQualityObserved:1",
    "type": "AirQualityObserved",
    "NO2": {
        "type": "Property",
        "value": 22,
        "unitCode": "GQ",
        "observedAt": "2026-03-02T11:00:00Z",
        "providedBy": {"type": "Relationship", "object": "urn:ngsi-ld:Device:7"},
    },
    "location": {"type": "GeoProperty", "value": POINT},
    "refDevice": {"type": "Relationship", "object": "urn:ngsi-ld:Device:7"},
    "name": {"type": "LanguageProperty", "languageMap": {"en": "Gate", "cy": "Porth"}},
}


@pytest.mark.requirement(f"{CLAUSE}4.5.1")
def test_a_normalised_property_has_value_unit_and_time() -> None:
    found = parse_entity(NORMALISED)
    attribute = found.find("NO2")
    assert attribute is not None
    assert (attribute.kind, attribute.value, attribute.unit_code, attribute.observed_at) == (
        "Property",
        22,
        "GQ",
        "2026-03-02T11:00:00Z",
    )
    assert (found.id, found.type, found.point()) == (
        "urn:ngsi-ld:AirQualityObserved:1",
        "AirQualityObserved",
        (-2.9, 51.6),
    )
    device = found.find("refDevice")
    assert device is not None
    assert device.kind == "Relationship"


@pytest.mark.requirement(f"{CLAUSE}4.5.4")
def test_key_values_are_read_as_properties() -> None:
    found = parse_entity(
        {
            "id": "urn:x:1",
            "type": "Weather",
            "temperature": 8.5,
            "dateObserved": "2026-03-02T11:00:00Z",
            "location": POINT,
            "address": {"addressLocality": "Town"},
        }
    )
    assert [attribute.name for attribute in found.attributes] == [
        "temperature",
        "dateObserved",
        "location",
        "address",
    ]
    assert found.point() == (-2.9, 51.6)


@pytest.mark.requirement(f"{CLAUSE}4.5.9")
def test_the_concise_form_has_members_without_a_type() -> None:
    found = parse_entity(
        {
            "id": "urn:x:1",
            "type": "Weather",
            "temperature": {"value": 8.5, "unitCode": "CEL", "observedAt": "2026-03-02T11:00:00Z"},
            "location": {"value": POINT},
            "next": {"object": "urn:x:2"},
        }
    )
    kinds = {attribute.name: attribute.kind for attribute in found.attributes}
    assert kinds == {
        "temperature": "Property",
        "location": "GeoProperty",
        "next": "Relationship",
    }


@pytest.mark.requirement(f"{CLAUSE}4.5.5")
def test_an_attribute_with_several_values_is_told_apart_by_dataset() -> None:
    found = parse_entity(
        {
            "id": "urn:x:1",
            "type": "Car",
            "speed": [
                {"type": "Property", "value": 55, "datasetId": "urn:d:gps"},
                {"type": "Property", "value": 54.5, "datasetId": "urn:d:wheel"},
            ],
        }
    )
    assert [(each.value, each.dataset) for each in found.attributes] == [
        (55, "urn:d:gps"),
        (54.5, "urn:d:wheel"),
    ]


def test_a_list_as_a_plain_value_is_one_value() -> None:
    found = parse_entity({"id": "urn:x:1", "type": "T", "category": ["a", "b"]})
    assert [each.value for each in found.attributes] == [["a", "b"]]


def test_names_that_were_expanded_are_cut_to_their_last_part() -> None:
    found = parse_entity(
        {
            "@id": "urn:x:1",
            "@type": ["https://example.org/models/AirQualityObserved"],
            "https://example.org/models#NO2": {"type": "Property", "value": 1},
        }
    )
    assert (found.type, found.attributes[0].name) == ("AirQualityObserved", "NO2")


def test_a_value_of_the_version_before_is_read() -> None:
    found = parse_entity(
        {
            "id": "1",
            "type": "T",
            "no2": {"type": "Number", "value": 5, "metadata": {}},
            "dateObserved": {"type": "Property", "value": {"@type": "DateTime", "@value": "2026"}},
            "location": {"type": "geo:json", "value": POINT},
        }
    )
    assert [each.value for each in found.attributes[:2]] == [5, "2026"]
    assert found.point() == (-2.9, 51.6)


@pytest.mark.parametrize(
    "coordinates", [[], [1], ["a", "b"], [181, 0], [0, 91], [True, False], "1,2", None]
)
def test_a_point_that_is_none_is_no_position(coordinates: object) -> None:
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": coordinates}}
    assert parse_entity({"id": "1", "type": "T", "location": place}).point() is None


@pytest.mark.parametrize("sent", [None, 7, "x", [], {}, {"id": "1"}, {"id": 1, "type": "T"}])
def test_what_has_no_id_and_type_is_no_entity(sent: object) -> None:
    with pytest.raises(NotAnEntity):
        parse_entity(sent)


@pytest.mark.requirement(f"{CLAUSE}5.3.1")
def test_a_notification_brings_its_entities() -> None:
    body = {
        "id": "urn:n:1",
        "type": "Notification",
        "subscriptionId": "urn:s:1",
        "notifiedAt": "2026-03-02T11:00:01Z",
        "data": [NORMALISED, {"no": "entity"}],
    }
    found = parse_document(json.dumps(body).encode())
    assert (len(found.entities), found.count, found.notified_at) == (1, 2, "2026-03-02T11:00:01Z")
    assert found.faults == ((2, "it has no id and type"),)


def test_lists_single_entities_and_geojson_are_read() -> None:
    feature = {
        "type": "Feature",
        "id": "urn:x:1",
        "geometry": POINT,
        "properties": {"type": "T", "v": {"type": "Property", "value": 1}},
    }
    for body in ([NORMALISED], NORMALISED, {"type": "FeatureCollection", "features": [feature]}):
        found = parse_document(json.dumps(body).encode())
        assert len(found.entities) == 1
        assert found.entities[0].point() == (-2.9, 51.6)
    assert parse_document(b"[]").count == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"7", b'"x"', b"{}", b'{"type": "Notification"}', b"[" * 5_000, b"\xff"]
)
def test_a_body_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(EntitiesUnreadable):
        parse_document(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "value", "object", "data", "features", "coordinates", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_json_comes_it_is_read_or_refused(sent: object) -> None:
    try:
        found = parse_document(json.dumps(sent).encode())
    except EntitiesUnreadable:
        return
    for entity in found.entities:
        assert entity.id
        entity.point()
