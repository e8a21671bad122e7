"""Changing entities: PATCH, PUT, JSON Patch, and links."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hereabouts.journal.api import get_head, list_after
from hereabouts.sensing.actions import register
from hereabouts.sensing.actions.register import Made
from hereabouts.sensing.actions.register.documents import apply_patch
from hereabouts.sensing.domain.grants import NOBODY, DataClass, Grant
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.errors import BadEntity, NoSuchEntity, NotPermitted
from hereabouts.sensing.errors.keys import CredentialsNeeded
from hereabouts.sensing.models.observations import Observation, StreamState
from hereabouts.sensing.models.register import (
    Feature,
    HistoricalLocation,
    Location,
    Member,
    ObservedProperty,
    Sensor,
    Stream,
    StreamProperty,
    Thing,
    ThingLocation,
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
    clock,
    create,
    create_sent,
    events_since,
    link,
    patch,
    path_of,
    replace,
    update,
)

pytestmark = pytest.mark.django_db
REQ = "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/"


def observed(result: object, **more: Any) -> dict[str, Any]:
    """An Observation with a feature of its own."""
    return {"result": result, "FeatureOfInterest": a_feature(), **more}


# --- PATCH --------------------------------------------------------------------------------------


@pytest.mark.requirement(REQ + "update-entity")
def test_a_patch_merges_members() -> None:
    key = create_sent("Things", '{"name": "A", "description": "B", "properties": {"a": 1.0}}')
    start = get_head().position
    update(f"Things({key})", {"description": "C", "@iot.id": key})
    thing = Thing.objects.get(pk=key)
    assert (thing.name, thing.description, thing.properties) == ("A", "C", '{"a": 1.0}')
    assert events_since(start) == [("sensing.entity.changed.v1", f"thing:{key}")]
    update(f"Things({key})", {"properties": {"b": True}})
    assert [(row.path, row.kind, row.number) for row in Member.objects.all()] == [("b", 2, 1.0)]
    update(f"Things({key})", {"properties": None})
    assert Thing.objects.get(pk=key).properties is None and not Member.objects.exists()


@pytest.mark.requirement(REQ + "update-entity")
def test_a_patch_reaches_every_type() -> None:
    stream = create("Datastreams", a_stream(Thing=a_thing(Locations=[a_location()])))
    create(f"Datastreams({stream})/Observations", observed(1))
    multi = create("MultiDatastreams", a_multi(Thing=a_thing()))
    for path, body, model, held in (
        ("Sensors", {"metadata": {"a": 1}}, Sensor, {"metadata": '{"a":1}'}),
        ("ObservedProperties", {"definition": "d"}, ObservedProperty, {"definition": "d"}),
        ("FeaturesOfInterest", {"name": "n"}, Feature, {"name": "n"}),
        ("Locations", {"encodingType": "text/plain"}, Location, {"geometry": None}),
        (
            "HistoricalLocations",
            {"time": "1970-01-01T00:00:01Z"},
            HistoricalLocation,
            {"time": 1_000_000},
        ),
    ):
        key = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
        update(f"{path}({key})", body)
        assert model._default_manager.filter(pk=key).values(*held).get() == held
    update(f"Datastreams({stream})", {"unitOfMeasurement": {"symbol": "cm"}})
    assert Stream.objects.filter(pk=stream).values_list("unit_name", "unit_symbol").get() == (
        None,
        "cm",
    )
    update(f"MultiDatastreams({multi})", {"unitOfMeasurements": [UNIT, UNIT]})
    with pytest.raises(BadEntity):
        update(f"MultiDatastreams({multi})", {"unitOfMeasurements": [UNIT]})
    with pytest.raises(BadEntity):
        update(f"MultiDatastreams({multi})", {"observationType": "OM_Measurement"})


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"@iot.id": 10**9}, "@iot.id"),
        ({"name": None}, "name"),
        ({"naem": "x"}, "naem"),
        ({"Locations": [a_location()]}, "Locations[0]"),
        ({"Datastreams": [a_stream()]}, "Datastreams[0]"),
        ({"Locations": [{"@iot.id": 10**9}]}, "Locations[0]"),
        ({"HistoricalLocations": [{"@iot.id": 10**9}]}, "HistoricalLocations[0]"),
        ({"properties": {"dataClass": "x"}}, "properties/dataClass"),
    ],
)
def test_a_patch_that_cannot_be_applied_changes_nothing(body: dict[str, Any], member: str) -> None:
    key = create("Things", a_thing())
    with pytest.raises(BadEntity) as refused:
        update(f"Things({key})", {"description": "new"} | body)
    assert refused.value.facts["member"] == member
    assert Thing.objects.get().description != "new"
    assert not Location.objects.exists()


def test_a_patch_of_what_is_not_there_says_so() -> None:
    key = create("Things", a_thing())
    for path in (f"Things({key + 1})", f"Things({key})/Datastreams(1)", "Observations(1)"):
        with pytest.raises(NoSuchEntity):
            update(path, {})
    with pytest.raises(BadEntity):
        update("Things", {"name": "x"})


@pytest.mark.requirement(REQ + "update-entity")
def test_a_patch_relinks_by_id() -> None:
    stream = create("Datastreams", a_stream(Thing=a_thing()))
    thing, sensor = create("Things", a_thing()), create("Sensors", a_sensor())
    prop = create("ObservedProperties", a_property())
    body = {"Thing": link(thing), "Sensor": link(sensor), "ObservedProperty": link(prop)}
    update(f"Datastreams({stream})", body)
    row = Stream.objects.get()
    assert (row.thing_id, row.sensor_id, row.observed_property_id) == (thing, sensor, prop)
    other = create("Sensors", a_sensor())
    update(f"Sensors({other})", {"Datastreams": [link(stream)]})
    assert Stream.objects.get().sensor_id == other
    update(f"Datastreams({stream})/Thing", {"name": "reached through its stream"})
    assert Thing.objects.get(pk=thing).name.startswith("reached")


def test_observations_can_be_corrected() -> None:
    stream = create("Datastreams", a_stream(Thing=a_thing()))
    first = create(
        f"Datastreams({stream})/Observations", observed(1.5, phenomenonTime="2026-01-01T00:00:00Z")
    )
    last = create(
        f"Datastreams({stream})/Observations", observed(2, phenomenonTime="2026-01-02T00:00:00Z")
    )
    update(f"Observations({last})", {"result": "7.10"})
    assert StreamState.objects.values_list("latest_result", "latest_number").get() == (
        '"7.10"',
        None,
    )
    update(
        f"Observations({first})",
        {
            "phenomenonTime": "2026-01-03T00:00:00Z/2026-01-04T00:00:00Z",
            "parameters": {"a": 1},
            "resultTime": "2026-01-05T00:00:00Z",
        },
    )
    state = StreamState.objects.get()
    assert (state.latest_id, state.latest_number) == (first, 1.5)
    row = Observation.objects.get(pk=first)
    assert row.ended == state.last_ended and row.parameters == '{"a":1}'
    feature = create("FeaturesOfInterest", a_feature())
    update(f"Observations({first})", {"FeatureOfInterest": link(feature)})
    assert Observation.objects.get(pk=first).feature_id == feature
    other = create("Datastreams", a_stream(Thing=a_thing()))
    update(f"Observations({first})", {"Datastream": link(other)})
    counts = dict(StreamState.objects.values_list("stream_id", "count"))
    assert counts == {stream: 1, other: 1}
    multi = create("MultiDatastreams", a_multi(Thing=a_thing()))
    with pytest.raises(BadEntity, match="2 values"):
        update(f"Observations({first})", {"MultiDatastream": link(multi)})


def test_a_multi_datastream_changes_its_properties_only_while_it_is_empty() -> None:
    key = create("MultiDatastreams", a_multi(Thing=a_thing()))
    held = list(StreamProperty.objects.order_by("rank").values_list("observed_property", flat=True))
    body = {"ObservedProperties": [link(entry) for entry in reversed(held)]}
    update(f"MultiDatastreams({key})", body)
    now_held = StreamProperty.objects.order_by("rank").values_list("observed_property", flat=True)
    assert list(now_held) == held[::-1]
    with pytest.raises(BadEntity):
        update(f"MultiDatastreams({key})", {"ObservedProperties": [link(held[0])]})
    create(f"MultiDatastreams({key})/Observations", observed([1, 2]))
    update(f"MultiDatastreams({key})", body)
    with pytest.raises(BadEntity):
        update(f"MultiDatastreams({key})", {"ObservedProperties": [link(entry) for entry in held]})


def test_an_entity_that_changes_in_two_ways_is_told_of_once() -> None:
    thing, place = create("Things", a_thing()), create("Locations", a_location())
    start = get_head().position
    update(f"Things({thing})", {"name": "x", "Locations": [link(place)]})
    changed = [entry for entry in list_after(start, limit=9) if "changed" in entry.wire_name]
    assert [entry.payload["members"] for entry in changed] == [["Locations", "name"]]


# --- PUT ----------------------------------------------------------------------------------------


@pytest.mark.requirement(REQ + "update-entity-put")
def test_a_put_empties_what_it_leaves_out() -> None:
    key = create("Things", a_thing(properties={"dataClass": "closed", "a": 1}))
    replace(f"Things({key})", {"name": "N", "description": "D"})
    assert Thing.objects.values_list("name", "properties", "data_class").get() == ("N", None, 0)
    assert not Member.objects.exists()
    with pytest.raises(BadEntity) as refused:
        replace(f"Things({key})", {"name": "N"})
    assert refused.value.facts["member"] == "description"


@pytest.mark.requirement(REQ + "update-entity-put")
def test_a_put_reaches_every_type() -> None:
    unit = {"name": None, "symbol": None, "definition": None}
    stream = create("Datastreams", a_stream(Thing=a_thing(Locations=[a_location()])))
    multi = create("MultiDatastreams", a_multi(Thing=a_thing(), properties={"a": 1}))
    feature = create("FeaturesOfInterest", a_feature(properties={"a": 1}))
    row = Stream.objects.get(pk=stream)
    bodies: dict[str, dict[str, Any]] = {
        f"Datastreams({stream})": a_stream(unitOfMeasurement=unit),
        f"MultiDatastreams({multi})": a_multi(unitOfMeasurements=[unit, UNIT]),
        f"Sensors({row.sensor_id})": a_sensor(metadata=[1]),
        f"ObservedProperties({row.observed_property_id})": a_property("Depth"),
        f"Locations({Location.objects.get().pk})": a_location(encodingType="x", location=4),
        f"FeaturesOfInterest({feature})": a_feature(),
        f"HistoricalLocations({HistoricalLocation.objects.get().pk})": {
            "time": "1970-01-01T00:00:01Z"
        },
    }
    for path, body in bodies.items():
        own = {name: body[name] for name in body if not name[0].isupper()}
        replace(path, own)
        for name in own:
            with pytest.raises(BadEntity) as refused:
                replace(path, {other: own[other] for other in own if other != name})
            assert refused.value.facts["member"] == name
    row.refresh_from_db()
    assert (row.unit_name, row.unit_symbol) == (None, None)
    assert Location.objects.values_list("value", "geometry").get() == ("4", None)
    assert not Member.objects.exists()


@pytest.mark.requirement(REQ + "update-entity-put")
def test_a_put_of_an_observation_needs_its_result() -> None:
    stream = create("Datastreams", a_stream(Thing=a_thing()))
    key = create(
        f"Datastreams({stream})/Observations",
        observed(1, resultTime="2026-01-01T00:00:00Z", parameters={}),
    )
    replace(f"Observations({key})", {"result": 2})
    row = Observation.objects.get()
    assert (row.number, row.result_time, row.parameters) == (2.0, None, None)
    with pytest.raises(BadEntity) as refused:
        replace(f"Observations({key})", {"parameters": {}})
    assert refused.value.facts["member"] == "result"


# --- JSON Patch ---------------------------------------------------------------------------------


@pytest.mark.requirement(REQ + "update-entity-jsonpatch")
def test_a_json_patch_does_all_its_operations() -> None:
    key = create_sent(
        "Things", '{"name": "A", "description": "B", "properties": {"a": 1.50, "b": [1, 2]}}'
    )
    patch(
        f"Things({key})",
        {"op": "test", "path": "/properties/a", "value": 1.5},
        {"op": "replace", "path": "/name", "value": "N"},
        {"op": "add", "path": "/properties/b/-", "value": 3},
        {"op": "copy", "from": "/properties/a", "path": "/properties/c"},
        {"op": "move", "from": "/properties/b/0", "path": "/properties/d"},
        {"op": "remove", "path": "/properties/b/0"},
    )
    thing = Thing.objects.get()
    assert thing.name == "N" and thing.properties == '{"a":1.50,"b":[3],"c":1.50,"d":1}'
    assert Member.objects.filter(path="c", text="1.50").exists()


@pytest.mark.requirement(REQ + "update-entity-jsonpatch")
def test_what_a_json_patch_leaves_alone_stays_to_the_letter() -> None:
    key = create_sent("Things", '{"name": "A", "description": "B", "properties": {"a":  1.50 }}')
    patch(f"Things({key})", {"op": "replace", "path": "/name", "value": "N"})
    same = msgspec.Raw(b'[{"op": "replace", "path": "/properties/a", "value": 1.50}]')
    register.patch_json(path_of(f"Things({key})"), same, grant=MANAGER)
    assert Thing.objects.get().properties == '{"a":  1.50 }'
    start = get_head().position
    patch(f"Things({key})", {"op": "test", "path": "/name", "value": "N"})
    patch(f"Things({key})")
    assert events_since(start) == []


@pytest.mark.requirement(REQ + "update-entity-jsonpatch")
@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/properties/a", "value": 2},
        {"op": "test", "path": "/properties/a", "value": True},
        {"op": "remove", "path": "/name"},
        {"op": "remove", "path": "/properties/zzz"},
        {"op": "remove", "path": "/name/0"},
        {"op": "add", "path": "/naem", "value": 1},
        {"op": "replace", "path": "", "value": []},
        {"op": "add", "path": "/properties/a/b", "value": 1},
        {"op": "copy", "path": "/x"},
        {"op": "move", "from": "/properties", "path": "/properties/a"},
        {"op": "increment", "path": "/properties/a"},
        {"path": "/name", "value": "x"},
        {"op": "add", "path": "name", "value": "x"},
        {"op": "replace", "path": "/Locations", "value": [{"@iot.id": 1}]},
        "text",
    ],
)
def test_a_json_patch_that_fails_changes_nothing(operation: Any) -> None:
    key = create("Things", a_thing(properties={"a": 1}))
    with pytest.raises(BadEntity):
        patch(f"Things({key})", {"op": "replace", "path": "/name", "value": "N"}, operation)
    assert Thing.objects.get().name != "N"


def test_a_json_patch_cannot_blow_up() -> None:
    key = create("Things", a_thing(properties={"a": {"b": "x" * 1000}}))
    doubling = [
        {"op": "copy", "from": "/properties/a", "path": f"/properties/a/{n}"} for n in range(30)
    ]
    with pytest.raises(BadEntity, match="too large"):
        patch(f"Things({key})", *doubling)
    with pytest.raises(BadEntity, match="at most"):
        patch(f"Things({key})", *[{"op": "test", "path": "/name", "value": ""}] * 201)


def test_a_json_patch_reaches_every_type() -> None:
    stream = create("Datastreams", a_stream(Thing=a_thing(Locations=[a_location()])))
    seen = create(
        f"Datastreams({stream})/Observations",
        observed(1, validTime="2026-01-01T00:00:00Z/P1D", resultQuality={"q": 1}),
    )
    multi = create("MultiDatastreams", a_multi(Thing=a_thing()))
    patch(
        f"Datastreams({stream})",
        {"op": "replace", "path": "/unitOfMeasurement/symbol", "value": "mm"},
    )
    patch(
        f"MultiDatastreams({multi})",
        {"op": "move", "from": "/unitOfMeasurements/0", "path": "/unitOfMeasurements/1"},
    )
    patch(
        f"Observations({seen})",
        {"op": "replace", "path": "/result", "value": [1.10]},
        {"op": "remove", "path": "/validTime"},
        {"op": "add", "path": "/resultQuality/q", "value": 2},
    )
    place = Location.objects.get().pk
    patch(f"Locations({place})", {"op": "replace", "path": "/location/coordinates/0", "value": 1})
    visit = HistoricalLocation.objects.get().pk
    patch(
        f"HistoricalLocations({visit})",
        {"op": "replace", "path": "/time", "value": "1970-01-01T00:00:02Z"},
    )
    assert Stream.objects.get(pk=stream).unit_symbol == "mm"
    assert '"symbol":null' in (Stream.objects.get(pk=multi).units or "").partition("}")[0]
    row = Observation.objects.get()
    assert (row.result, row.valid_start, row.result_quality) == ("[1.1]", None, '{"q":2}')
    assert Location.objects.get().west == 1
    assert HistoricalLocation.objects.get().time == 2_000_000


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=5,
)
POINTERS = st.lists(
    st.sampled_from(["a", "b", "0", "1", "-", "name", "~0", "~2", "", "-1", "00"]), max_size=4
).map(lambda parts: "".join(f"/{part}" for part in parts))
OPERATION = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
        "path": POINTERS,
        "from": POINTERS,
        "value": JSON_VALUES,
    }
)


@given(JSON_VALUES, st.lists(OPERATION, max_size=6))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_patch_is_applied_or_refused(value: Any, operations: list[dict[str, Any]]) -> None:
    try:
        after = apply_patch({"name": "N", "a": value, "b": [value]}, operations)
    except UnusableError:
        return
    assert msgspec.json.encode(after)


# --- links --------------------------------------------------------------------------------------


def test_a_link_is_added_and_taken_away_by_reference() -> None:
    thing, place = create("Things", a_thing()), create("Locations", a_location())
    register.link(
        path_of(f"Things({thing})/Locations"), Made("Location", place), grant=MANAGER, clock=clock
    )
    assert ThingLocation.objects.count() == 1 and HistoricalLocation.objects.count() == 1
    for wrong in (Made("Sensor", 1),):
        with pytest.raises(BadEntity):
            register.unlink(path_of(f"Things({thing})/Locations"), wrong, grant=MANAGER)
    with pytest.raises(NoSuchEntity):
        register.unlink(path_of(f"Things({thing})/Locations({place + 1})"), grant=MANAGER)
    with pytest.raises(NoSuchEntity):
        register.unlink(
            path_of(f"Things({thing})/Locations"), Made("Location", place + 1), grant=MANAGER
        )
    register.unlink(path_of(f"Things({thing})/Locations({place})"), grant=MANAGER, clock=clock)
    assert not ThingLocation.objects.exists()
    register.link(
        path_of(f"Locations({place})/Things"), Made("Thing", thing), grant=MANAGER, clock=clock
    )
    register.unlink(
        path_of(f"Locations({place})/Things"), Made("Thing", thing), grant=MANAGER, clock=clock
    )
    assert not ThingLocation.objects.exists() and Location.objects.exists()


def test_a_mandatory_link_cannot_be_taken_away() -> None:
    stream = create("Datastreams", a_stream(Thing=a_thing(Locations=[a_location()])))
    multi = create("MultiDatastreams", a_multi(Thing=a_thing()))
    visit, place = HistoricalLocation.objects.get().pk, Location.objects.get().pk
    first = StreamProperty.objects.order_by("rank")[0].observed_property_id
    for path in (
        f"Datastreams({stream})/Thing",
        f"MultiDatastreams({multi})/ObservedProperties({first})",
        f"HistoricalLocations({visit})/Locations({place})",
        f"Things({Stream.objects.get(pk=stream).thing_id})/Datastreams({stream})",
    ):
        with pytest.raises(BadEntity):
            register.unlink(path_of(path), grant=MANAGER)


# --- who may ------------------------------------------------------------------------------------


def test_only_those_who_manage_change_and_they_see_what_they_change() -> None:
    key = create("Things", a_thing(properties={"dataClass": "closed"}))
    body, path = {"name": "x"}, path_of(f"Things({key})")
    with pytest.raises(CredentialsNeeded):
        register.update(path, body, grant=NOBODY)
    with pytest.raises(NotPermitted):
        register.replace(path, body, grant=Grant(MANAGER.actor, observes_all=True))
    shared = Grant(MANAGER.actor, DataClass.SHARED, manages=True)
    with pytest.raises(NoSuchEntity):
        register.patch_json(path, [], grant=shared)
    with pytest.raises(NoSuchEntity):
        register.delete(path, grant=shared)
    open_thing = create("Things", a_thing())
    with pytest.raises(NotPermitted):
        update(f"Things({open_thing})", {"properties": {"dataClass": "closed"}}, shared)
    assert Thing.objects.count() == 2
