"""Creating entities: members, links, deep inserts from every side, all or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from hereabouts.journal.api import get_head
from hereabouts.sensing.domain.grants import NOBODY, DataClass, Grant
from hereabouts.sensing.errors import BadEntity, NoSuchEntity, NotPermitted
from hereabouts.sensing.errors.keys import CredentialsNeeded
from hereabouts.sensing.models.observations import Observation, StreamState
from hereabouts.sensing.models.register import (
    Feature,
    HistoricalLocation,
    Location,
    Member,
    ObservedProperty,
    RegisterVersion,
    Sensor,
    Stream,
    StreamProperty,
    Thing,
)
from tests.rooms.sensing.registering import (
    MANAGER,
    UNIT,
    a_feature,
    a_location,
    a_multi,
    a_property,
    a_sensor,
    a_stream,
    a_thing,
    create,
    create_sent,
    events_since,
    link,
)

pytestmark = pytest.mark.django_db
REQ = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
TABLES = (Thing, Location, HistoricalLocation, Stream, Sensor, ObservedProperty, Feature, Member)


def counts() -> list[int]:
    """How many rows there are of everything."""
    return [model.objects.count() for model in TABLES] + [Observation.objects.count()]


BODIES: list[tuple[str, dict[str, Any]]] = [
    ("Things", a_thing()),
    ("Locations", a_location()),
    ("Sensors", a_sensor()),
    ("ObservedProperties", a_property()),
    ("FeaturesOfInterest", a_feature()),
    ("Datastreams", a_stream(Thing=a_thing())),
    ("MultiDatastreams", a_multi(Thing=a_thing())),
    (
        "HistoricalLocations",
        {"time": "2026-01-01T00:00:00Z", "Thing": a_thing(), "Locations": [a_location()]},
    ),
    (
        "Observations",
        {"result": 4, "Datastream": a_stream(Thing=a_thing()), "FeatureOfInterest": a_feature()},
    ),
]
MODELS: dict[str, type[Model]] = {
    "Things": Thing,
    "Locations": Location,
    "Sensors": Sensor,
    "ObservedProperties": ObservedProperty,
    "FeaturesOfInterest": Feature,
    "Datastreams": Stream,
    "MultiDatastreams": Stream,
    "HistoricalLocations": HistoricalLocation,
    "Observations": Observation,
}


@pytest.mark.requirement(REQ + "create-update-delete/create-entity")
@pytest.mark.parametrize(("path", "body"), BODIES, ids=[path for path, _ in BODIES])
def test_an_entity_of_every_type_is_made(path: str, body: dict[str, Any]) -> None:
    key = create(path, body)
    model = MODELS[path]
    assert [row.pk for row in model._default_manager.all()] == [key]


@pytest.mark.parametrize(
    ("path", "body", "member"),
    [
        (path, body, member)
        for path, body in BODIES
        for member in body
        if (path, member) != ("Observations", "FeatureOfInterest")
    ],
)
@pytest.mark.requirement(REQ + "create-update-delete/create-entity")
def test_a_missing_mandatory_member_is_named_and_nothing_is_stored(
    path: str, body: dict[str, Any], member: str
) -> None:
    with pytest.raises(BadEntity) as refused:
        create(path, {name: value for name, value in body.items() if name != member})
    assert refused.value.facts["member"] == member
    assert counts() == [0] * 9


@pytest.mark.parametrize(
    ("path", "change", "member"),
    [
        ("Things", {"name": 5}, "name"),
        ("Things", {"name": None}, "name"),
        ("Things", {"name": "a\0b"}, "name"),
        ("Things", {"properties": [1]}, "properties"),
        ("Things", {"properties": "text"}, "properties"),
        ("Things", {"properties": {"a": "x\0"}}, "properties"),
        ("Things", {"properties": {"x\0": {}}}, "properties"),
        ("Locations", {"location": ["\0"], "encodingType": "x"}, "location"),
        ("ObservedProperties", {"definition": "é" * 1_001}, "definition"),
        ("Things", {"properties": {"dataClass": "secret"}}, "properties/dataClass"),
        ("Things", {"properties": {"dataClass": 1}}, "properties/dataClass"),
        ("Things", {"naem": "slip"}, "naem"),
        ("Things", {"Location": a_location()}, "Location"),
        ("Things", {"Locations": a_location()}, "Locations"),
        ("Things", {"Locations": [{"@iot.id": 99}]}, "Locations[0]"),
        ("Things", {"Locations": [{"@iot.id": "x"}]}, "Locations[0]/@iot.id"),
        ("Things", {"Locations": [{"@iot.id": True}]}, "Locations[0]/@iot.id"),
        ("Things", {"Locations": [{"@iot.id": 2**70}]}, "Locations[0]/@iot.id"),
        ("Things", {"Datastreams": [{"name": "x"}]}, "Datastreams[0]/description"),
        ("Locations", {"location": {"type": "Point", "coordinates": [1]}}, "location"),
        ("Locations", {"location": {"type": "Point", "coordinates": [1, 91]}}, "location"),
        ("Locations", {"location": {"type": "Blob", "coordinates": [1, 2]}}, "location"),
        ("Locations", {"location": "here"}, "location"),
        ("FeaturesOfInterest", {"feature": {"type": "Feature", "geometry": 3}}, "feature/geometry"),
        ("Datastreams", {"unitOfMeasurement": "m"}, "unitOfMeasurement"),
        ("Datastreams", {"unitOfMeasurement": {"sybmol": "m"}}, "unitOfMeasurement/sybmol"),
        ("Datastreams", {"Sensor": {"@iot.id": 99}}, "Sensor"),
        ("HistoricalLocations", {"time": "yesterday"}, "time"),
        ("HistoricalLocations", {"Locations": []}, "Locations"),
        ("Observations", {"phenomenonTime": "2026-01-01"}, "phenomenonTime"),
        ("Observations", {"validTime": "2026-01-01T00:00:00Z"}, "validTime"),
        ("Observations", {"parameters": [1]}, "parameters"),
        ("Observations", {"MultiDatastream": {"@iot.id": 1}}, "Datastream"),
    ],
)
def test_a_member_that_cannot_be_used_is_named(
    path: str, change: dict[str, Any], member: str
) -> None:
    with pytest.raises(BadEntity) as refused:
        create(path, dict(BODIES)[path] | change)
    assert refused.value.facts["member"] == member
    assert counts() == [0] * 9


def test_json_is_kept_as_it_was_sent() -> None:
    key = create_sent(
        "Things",
        '{"name": "T", "description": "", "properties": {"b": 1.50, "a":  [1e3, "\\u00e9"]} }',
    )
    assert Thing.objects.get(pk=key).properties == '{"b": 1.50, "a":  [1e3, "\\u00e9"]}'
    assert [
        (row.path, row.kind, row.text, row.number) for row in Member.objects.order_by("id")
    ] == [
        ("b", 0, "1.50", 1.5),
        ("a[0]", 0, "1e3", 1000.0),
        ("a[1]", 1, "é", None),
    ]


@pytest.mark.parametrize("properties", [r'{"a": "\u0000"}', r'{"a\\\u0000": 1}'])
def test_json_that_no_database_can_read_is_refused(properties: str) -> None:
    with pytest.raises(BadEntity) as refused:
        create_sent("Things", f'{{"name": "T", "description": "", "properties": {properties}}}')
    assert refused.value.facts["member"] == "properties"


def test_a_backslash_before_a_word_is_no_nul() -> None:
    sent = r'{"a": "C:\\u0000"}'
    create_sent("Things", f'{{"name": "T", "description": "", "properties": {sent}}}')
    assert Thing.objects.get().properties == sent


def test_an_id_beyond_every_table_is_not_there() -> None:
    for path in (f"Things({2**70})/Datastreams", f"Things(1)/Datastreams({2**63})/Observations"):
        with pytest.raises(NoSuchEntity):
            create(path, a_stream())


def test_computed_members_links_and_ids_are_passed_over() -> None:
    thing = create("Things", a_thing(**{"@iot.id": 77, "@iot.selfLink": "http://x"}))
    sent = a_stream(
        observedArea={"type": "Point", "coordinates": [0, 0]},
        phenomenonTime="2014-01-01T00:00:00Z/2015-01-01T00:00:00Z",
        resultTime=None,
        Sensor=a_sensor(**{"@iot.id": 88}),
        **{"Observations@iot.navigationLink": "http://x"},
    )
    create(f"Things({thing})/Datastreams", sent)
    assert thing != 77 and Sensor.objects.get().pk != 88
    assert not StreamState.objects.exists()


@pytest.mark.requirement(REQ + "create-update-delete/link-to-existing-entities")
def test_entities_that_are_there_are_linked() -> None:
    thing, sensor = create("Things", a_thing()), create("Sensors", a_sensor())
    observed, place = create("ObservedProperties", a_property()), create("Locations", a_location())
    body = a_stream(Thing=link(thing), Sensor=link(sensor), ObservedProperty={"id": observed})
    stream = Stream.objects.get(pk=create("Datastreams", body))
    assert (stream.thing_id, stream.sensor_id, stream.observed_property_id) == (
        thing,
        sensor,
        observed,
    )
    second = create("Things", a_thing(Locations=[link(place)], Datastreams=[link(stream.pk)]))
    stream.refresh_from_db()
    assert stream.thing_id == second
    assert [row.location_id for row in Thing.objects.get(pk=second).location_links.all()] == [place]


@pytest.mark.requirement(REQ + "create-update-delete/deep-insert")
def test_a_thing_brings_everything_along() -> None:
    create(
        "Things",
        a_thing(
            Locations=[a_location()],
            Datastreams=[
                a_stream(
                    Observations=[
                        {"result": 1, "FeatureOfInterest": a_feature()},
                        {
                            "result": "two",
                            "phenomenonTime": "2026-01-01T00:00:00Z",
                            "FeatureOfInterest": a_feature(),
                        },
                    ]
                )
            ],
            MultiDatastreams=[a_multi()],
        ),
    )
    # Thing, Location, visit, streams, sensors, properties, features, members, observations
    assert counts() == [1, 1, 1, 2, 2, 3, 2, 0, 2]


@pytest.mark.requirement(REQ + "create-update-delete/deep-insert")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("Sensors", a_sensor(Datastreams=[a_stream(Thing=a_thing())])),
        ("ObservedProperties", a_property(Datastreams=[a_stream(Thing=a_thing())])),
        ("Locations", a_location(Things=[a_thing(Datastreams=[a_stream()])])),
        (
            "FeaturesOfInterest",
            a_feature(Observations=[{"result": 1, "Datastream": a_stream(Thing=a_thing())}]),
        ),
        (
            "HistoricalLocations",
            {
                "time": "2026-01-01T00:00:00Z",
                "Thing": a_thing(Datastreams=[a_stream()]),
                "Locations": [a_location()],
            },
        ),
        (
            "Observations",
            {
                "result": 1,
                "Datastream": a_stream(Thing=a_thing(Locations=[a_location()])),
                "FeatureOfInterest": a_feature(),
            },
        ),
    ],
)
def test_a_deep_insert_begins_at_any_side(path: str, body: dict[str, Any]) -> None:
    if path in {"Sensors", "ObservedProperties"}:
        inner = body["Datastreams"][0]
        inner.pop({"Sensors": "Sensor", "ObservedProperties": "ObservedProperty"}[path], None)
    create(path, body)
    assert (Thing.objects.count(), Stream.objects.count(), Sensor.objects.count()) == (1, 1, 1)
    assert ObservedProperty.objects.count() == 1


@pytest.mark.requirement(REQ + "create-update-delete/deep-insert-status-code")
def test_a_fault_deep_inside_leaves_nothing_behind() -> None:
    version, head = RegisterVersion.objects.filter(pk=1).first(), get_head()
    with pytest.raises(BadEntity) as refused:
        create(
            "Things",
            a_thing(
                Locations=[a_location()],
                Datastreams=[a_stream(), a_stream(Observations=[{"phenomenonTime": None}])],
            ),
        )
    assert refused.value.facts["member"] == "Datastreams[1]/Observations[0]/result"
    assert counts() == [0] * 9
    assert get_head() == head and RegisterVersion.objects.filter(pk=1).first() == version


def test_the_same_parent_in_address_and_body_is_fine_and_another_is_not() -> None:
    first, second = create("Things", a_thing()), create("Things", a_thing())
    create(f"Things({first})/Datastreams", a_stream(Thing=link(first)))
    for wrong in (link(second), a_thing()):
        with pytest.raises(BadEntity) as refused:
            create(f"Things({first})/Datastreams", a_stream(Thing=wrong))
        assert refused.value.facts["member"] == "Thing"
    with pytest.raises(BadEntity) as refused:
        create("Things", a_thing(Datastreams=[a_stream(Thing=link(first))]))
    assert refused.value.facts["member"] == "Datastreams[0]/Thing"
    assert (Thing.objects.count(), Stream.objects.count()) == (2, 1)


@pytest.mark.requirement(REQ + "resource-path/resource-path-to-entities")
def test_the_path_is_a_chain_of_facts_when_creating_too() -> None:
    first, second = create("Things", a_thing()), create("Things", a_thing())
    stream = create(f"Things({first})/Datastreams", a_stream())
    observed = {"result": 1, "FeatureOfInterest": a_feature()}
    create(f"Things({first})/Datastreams({stream})/Observations", observed)
    create(f"Datastreams({stream})/Thing/Datastreams", a_stream())
    for path in (
        f"Things({second})/Datastreams({stream})/Observations",
        f"Things(99)/Datastreams({stream})/Observations",
        "Datastreams(99)/Observations",
        f"MultiDatastreams({stream})/Observations",
    ):
        with pytest.raises(NoSuchEntity):
            create(path, observed)
    assert Observation.objects.count() == 1


def test_an_address_of_one_entity_takes_no_new_one() -> None:
    create("Things", a_thing())
    with pytest.raises(BadEntity):
        create("Things(1)", a_thing())


@pytest.mark.parametrize(
    "body",
    [
        a_thing(Locations=[{"name": str(n)} for n in range(10_001)]),
        {"name": "T", "description": "x" * 100_001},
        {"name": "T", "description": "", "properties": {"x": "y" * 1_000_001}},
    ],
    ids=["entities", "text", "json"],
)
def test_what_is_too_large_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BadEntity):
        create("Things", body)


def test_what_nests_too_deep_is_refused() -> None:
    body = a_thing()
    for _ in range(6):
        body = a_thing(Locations=[a_location(Things=[body])])
    with pytest.raises(BadEntity, match="nest"):
        create("Things", body)


@pytest.mark.parametrize("depth", [98, 99, 100, 900, 950])
@pytest.mark.parametrize("text", ["{}", '"[[[\\"[[["'])
def test_json_that_nests_too_deep_is_refused(depth: int, text: str) -> None:
    """The members of `properties` are one level themselves; brackets in texts are none."""
    sent = "{" + f'"name": "T", "description": "", "properties": {{"a": {"[" * depth}{text}'
    sent += "]" * depth + "}}"
    if depth + (text == "{}") < 100:
        assert create_sent("Things", sent)
        return
    with pytest.raises(BadEntity, match="nests"):
        create_sent("Things", sent)


def test_every_entity_of_a_request_is_in_the_journal_and_observations_are_not() -> None:
    start = get_head().position
    create(
        "Things",
        a_thing(
            Locations=[a_location()],
            Datastreams=[a_stream(Observations=[{"result": 1, "FeatureOfInterest": a_feature()}])],
        ),
    )
    events = events_since(start)
    assert {name for name, _ in events} == {"sensing.entity.created.v1"}
    assert sorted(subject for _, subject in events) == [
        f"feature:{Feature.objects.get().pk}",
        f"historical-location:{HistoricalLocation.objects.get().pk}",
        f"location:{Location.objects.get().pk}",
        f"observed-property:{ObservedProperty.objects.get().pk}",
        f"sensor:{Sensor.objects.get().pk}",
        f"stream:{Stream.objects.get().pk}",
        f"thing:{Thing.objects.get().pk}",
    ]


def test_every_change_counts_the_register_up() -> None:
    create("Things", a_thing())
    before = RegisterVersion.objects.get().version
    create("Things", a_thing())
    assert RegisterVersion.objects.get().version == before + 1


# --- MultiDatastreams ---------------------------------------------------------------------------


@pytest.mark.requirement(REQ + "multi-datastream/properties")
@pytest.mark.requirement(REQ + "multi-datastream/relations")
def test_a_multi_datastream_keeps_the_order_of_its_parts() -> None:
    observed = [create("ObservedProperties", a_property(name)) for name in "cab"]
    named = [link(observed[2]), link(observed[0]), a_property("new"), link(observed[2])]
    body = a_multi(
        Thing=a_thing(),
        ObservedProperties=named,
        unitOfMeasurements=[UNIT | {"symbol": letter} for letter in "wxyz"],
        multiObservationDataTypes=["OM_Measurement"] * 4,
        observationType="http://example.org/om_complexOBSERVATION",
    )
    key = create("MultiDatastreams", body)
    ranks = StreamProperty.objects.filter(stream_id=key).order_by("rank")
    assert [row.observed_property_id for row in ranks] == [
        observed[2],
        observed[0],
        ObservedProperty.objects.get(name="new").pk,
        observed[2],
    ]
    stream = Stream.objects.get(pk=key)
    assert stream.is_multi and stream.observed_property_id is None
    assert [f'"symbol":"{letter}"' in (stream.units or "") for letter in "wxyz"] == [True] * 4


@pytest.mark.requirement(REQ + "multi-datastream/constraints")
@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"unitOfMeasurements": [UNIT]}, "unitOfMeasurements"),
        ({"multiObservationDataTypes": ["OM_Measurement"] * 3}, "multiObservationDataTypes"),
        ({"ObservedProperties": [a_property()]}, "unitOfMeasurements"),
        ({"ObservedProperties": []}, "ObservedProperties"),
        ({"observationType": "OM_Measurement"}, "observationType"),
        ({"unitOfMeasurements": [UNIT, None]}, "unitOfMeasurements"),
    ],
)
def test_the_parts_of_a_multi_datastream_must_fit(change: dict[str, Any], member: str) -> None:
    with pytest.raises(BadEntity) as refused:
        create("MultiDatastreams", a_multi(Thing=a_thing()) | change)
    assert refused.value.facts["member"] == member
    assert counts() == [0] * 9


@pytest.mark.requirement(REQ + "multi-datastream/constraints")
@pytest.mark.parametrize("result", [[1], [1, 2, 3], 1, "text", {"a": 1, "b": 2}, None])
def test_a_result_of_a_multi_datastream_has_a_value_for_each_part(result: object) -> None:
    key = create("MultiDatastreams", a_multi(Thing=a_thing()))
    create(
        f"MultiDatastreams({key})/Observations",
        {"result": [1, None], "FeatureOfInterest": a_feature()},
    )
    with pytest.raises(BadEntity, match="2 values"):
        create(
            f"MultiDatastreams({key})/Observations",
            {"result": result, "FeatureOfInterest": link(1)},
        )


def test_a_multi_datastream_inside_its_property_has_it_first() -> None:
    body = a_multi(Thing=a_thing(), ObservedProperties=[a_property("second")])
    create("ObservedProperties", a_property("first", MultiDatastreams=[body]))
    rows = StreamProperty.objects.order_by("rank").select_related("observed_property")
    assert [row.observed_property.name for row in rows] == ["first", "second"]


def test_a_property_is_not_added_to_a_multi_datastream() -> None:
    key = create("MultiDatastreams", a_multi(Thing=a_thing()))
    with pytest.raises(BadEntity):
        create(f"MultiDatastreams({key})/ObservedProperties", a_property("third"))


# --- who may ------------------------------------------------------------------------------------


def test_only_those_who_manage_create() -> None:
    with pytest.raises(CredentialsNeeded):
        create("Things", a_thing(), NOBODY)
    with pytest.raises(NotPermitted):
        create("FeaturesOfInterest", a_feature(), Grant(MANAGER.actor, observes_all=True))


def test_an_observer_adds_observations_with_features_and_nothing_else() -> None:
    stream = create("Datastreams", a_stream(Thing=a_thing()))
    other = create("Datastreams", a_stream(Thing=a_thing()))
    key = Grant(stream_ids=frozenset({stream}))
    create(
        f"Datastreams({stream})/Observations", {"result": 1, "FeatureOfInterest": a_feature()}, key
    )
    with pytest.raises(NotPermitted):
        create(
            "Observations",
            {"result": 1, "Datastream": link(other), "FeatureOfInterest": link(1)},
            key,
        )
    with pytest.raises(NotPermitted):
        create("Observations", {"result": 1, "Datastream": a_stream(Thing=a_thing())}, key)
    with pytest.raises(CredentialsNeeded):
        create("Observations", {"result": 1, "Datastream": link(stream)}, NOBODY)
    assert Observation.objects.count() == 1 and Stream.objects.count() == 2


def test_what_a_caller_may_not_see_is_not_there_for_writing() -> None:
    thing = create("Things", a_thing(properties={"dataClass": "closed"}))
    stream = create(f"Things({thing})/Datastreams", a_stream())
    shared = Grant(MANAGER.actor, DataClass.SHARED, manages=True, observes_all=True)
    with pytest.raises(NoSuchEntity):
        create(f"Things({thing})/Datastreams", a_stream(), shared)
    with pytest.raises(BadEntity, match="there is no Thing"):
        create("Datastreams", a_stream(Thing=link(thing)), shared)
    with pytest.raises(BadEntity, match="there is no Sensor"):
        create(
            "Datastreams", a_stream(Thing=a_thing(), Sensor=link(Sensor.objects.get().pk)), shared
        )
    with pytest.raises(NotPermitted, match="closed"):
        create("Things", a_thing(properties={"dataClass": "closed"}), shared)
    # A key made for a stream reaches it without reading it.
    own = Grant(stream_ids=frozenset({stream}))
    create(
        f"Datastreams({stream})/Observations", {"result": 1, "FeatureOfInterest": a_feature()}, own
    )


# --- automatic features -------------------------------------------------------------------------


@pytest.mark.requirement(REQ + "create-update-delete/create-entity")
def test_an_observation_without_a_feature_gets_that_of_its_things_place() -> None:
    start = get_head().position
    create(
        "Things",
        a_thing(
            Locations=[a_location(properties={"a": 1})],
            Datastreams=[a_stream(Observations=[{"result": 1}, {"result": 2}])],
        ),
    )
    feature = Feature.objects.get()
    assert Location.objects.get().generated_feature_id == feature.pk
    assert (feature.name, feature.properties) == ("Mill Lane", '{"a":1}')
    assert ("sensing.entity.created.v1", f"feature:{feature.pk}") in events_since(start)
    stream = Stream.objects.get().pk
    create(f"Datastreams({stream})/Observations", {"result": 3})
    assert Feature.objects.count() == 1 and Observation.objects.count() == 3


def test_an_observation_without_a_feature_needs_a_place_on_the_map() -> None:
    with pytest.raises(BadEntity) as refused:
        create("Things", a_thing(Datastreams=[a_stream(Observations=[{"result": 1}])]))
    assert refused.value.facts["member"] == "Datastreams[0]/Observations[0]/FeatureOfInterest"
    assert counts() == [0] * 9


def test_an_entity_sent_back_whole_is_the_one_that_is_there() -> None:
    key = create("Sensors", a_sensor())
    create("Datastreams", a_stream(Thing=a_thing(), Sensor=a_sensor(**{"@iot.id": key})))
    assert Stream.objects.get().sensor_id == key and Sensor.objects.count() == 1
