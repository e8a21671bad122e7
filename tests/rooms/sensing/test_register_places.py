"""Where Things are and were: current Locations, visits, geometry."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.journal.api import get_head
from hereabouts.kernel.geometry import Box, cell_ranges
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.places import read_place
from hereabouts.sensing.errors import BadEntity
from hereabouts.sensing.models.register import (
    Feature,
    HistoricalLocation,
    Location,
    Thing,
    ThingLocation,
)
from tests.rooms.sensing.registering import (
    START,
    a_feature,
    a_location,
    a_thing,
    create,
    create_sent,
    delete,
    events_since,
    link,
    update,
)

pytestmark = pytest.mark.django_db
REQ = "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/"
AUTO = pytest.mark.requirement(REQ + "historical-location-auto-creation")
MANUAL = pytest.mark.requirement(REQ + "historical-location-manual-creation")


def places_of(thing: int) -> list[int]:
    """Where a Thing is."""
    rows = ThingLocation.objects.filter(thing_id=thing).order_by("location_id")
    return [row.location_id for row in rows]


def visits_of(thing: int) -> list[list[int]]:
    """Where a Thing was, the earliest first."""
    rows = HistoricalLocation.objects.filter(thing_id=thing).order_by("time", "id")
    return [sorted(entry.location_id for entry in row.location_links.all()) for row in rows]


@AUTO
def test_new_places_replace_the_old_and_each_change_makes_a_visit() -> None:
    thing = create("Things", a_thing(Locations=[a_location(1)]))
    first = places_of(thing)[0]
    second = create(f"Things({thing})/Locations", a_location(2))
    assert places_of(thing) == [second]
    third = create("Locations", a_location(3, Things=[link(thing)]))
    assert places_of(thing) == [third]
    update(f"Things({thing})", {"Locations": [link(first)]})
    assert places_of(thing) == [first]
    update(f"Locations({second})", {"Things": [link(thing)]})
    assert places_of(thing) == [second]
    assert visits_of(thing) == [[first], [second], [third], [first], [second]]


@AUTO
def test_a_visit_has_the_servers_time_and_is_in_the_journal() -> None:
    thing = create("Things", a_thing())
    start = get_head().position
    place = create(f"Things({thing})/Locations", a_location())
    visit = HistoricalLocation.objects.get()
    assert visit.time >= int(START.timestamp() * 1_000_000)
    assert sorted(events_since(start)) == [
        ("sensing.entity.changed.v1", f"thing:{thing}"),
        ("sensing.entity.created.v1", f"historical-location:{visit.pk}"),
        ("sensing.entity.created.v1", f"location:{place}"),
    ]


@AUTO
def test_the_same_place_again_makes_no_visit() -> None:
    thing = create("Things", a_thing(Locations=[a_location()]))
    update(f"Things({thing})", {"Locations": [link(places_of(thing)[0])]})
    update(f"Things({thing})", {"name": "moved not"})
    assert len(visits_of(thing)) == 1


def test_two_places_together_need_different_encodings() -> None:
    words = a_location(encodingType="text/plain", location="Mill Lane")
    thing = create("Things", a_thing(Locations=[a_location(), words]))
    assert len(places_of(thing)) == 2 and visits_of(thing) == [places_of(thing)]
    with pytest.raises(BadEntity, match="encodingType"):
        create("Things", a_thing(Locations=[a_location(1), a_location(2)]))
    assert Thing.objects.count() == 1 and Location.objects.count() == 2


@MANUAL
def test_a_later_visit_moves_the_thing_and_an_earlier_one_does_not() -> None:
    thing = create("Things", a_thing(Locations=[a_location(1)]))
    here = places_of(thing)
    earlier = {"time": "2001-01-01T00:00:00Z", "Locations": [a_location(2)]}
    create(f"Things({thing})/HistoricalLocations", earlier)
    assert places_of(thing) == here and len(visits_of(thing)) == 2
    later = {
        "time": "2099-01-01T00:00:00+01:00",
        "Locations": [a_location(3)],
        "Thing": link(thing),
    }
    create("HistoricalLocations", later)
    moved = places_of(thing)
    assert moved != here and visits_of(thing)[-1] == moved and len(visits_of(thing)) == 3


@MANUAL
def test_visits_can_come_with_the_thing_and_with_the_place() -> None:
    thing = create(
        "Things",
        a_thing(
            HistoricalLocations=[
                {"time": "2002-01-01T00:00:00Z", "Locations": [a_location(2)]},
                {"time": "2001-01-01T00:00:00Z", "Locations": [a_location(1)]},
            ]
        ),
    )
    assert [Location.objects.get(pk=key).west for key in places_of(thing)] == [2]
    place = create(
        "Locations",
        a_location(3, HistoricalLocations=[{"time": "2003-01-01T00:00:00Z", "Thing": link(thing)}]),
    )
    assert places_of(thing) == [place] and len(visits_of(thing)) == 3


@MANUAL
def test_a_corrected_visit_moves_the_thing() -> None:
    thing = create("Things", a_thing(Locations=[a_location(1)]))
    create(f"Things({thing})/Locations", a_location(2))
    first, second = HistoricalLocation.objects.order_by("time")
    update(f"HistoricalLocations({second.pk})", {"time": "2000-01-01T00:00:00Z"})
    assert places_of(thing) == [first.location_links.get().location_id]
    other = create("Things", a_thing())
    update(f"HistoricalLocations({first.pk})", {"Thing": link(other)})
    assert places_of(thing) == [second.location_links.get().location_id]
    assert places_of(other) == [first.location_links.get().location_id]
    words = create("Locations", a_location(encodingType="text/plain", location="x"))
    update(f"HistoricalLocations({first.pk})", {"Locations": [link(words)]})
    assert len(places_of(other)) == 2
    update(f"Locations({words})", {"HistoricalLocations": [link(second.pk)]})
    assert words in places_of(thing)


def test_a_moved_place_lets_its_generated_feature_go() -> None:
    place, feature = create("Locations", a_location()), create("FeaturesOfInterest", a_feature())
    Location.objects.update(generated_feature_id=feature)
    update(f"Locations({place})", {"name": "still there"})
    assert Location.objects.get().generated_feature_id == feature
    update(f"Locations({place})", {"location": {"type": "Point", "coordinates": [5, 6]}})
    row = Location.objects.get()
    assert (row.generated_feature_id, row.west, row.south) == (None, 5, 6)
    delete(f"Locations({place})")
    assert Feature.objects.exists()


# --- geometry -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    ["application/geo+json", "application/vnd.geo+json", "application/geo+json; charset=utf-8"],
)
@pytest.mark.parametrize("as_feature", [False, True])
def test_geojson_is_indexed_bare_and_as_a_feature(kind: str, as_feature: bool) -> None:
    bare: dict[str, Any] = {"type": "LineString", "coordinates": [[-2, 53, 9], [-1, 54]]}
    value = {"type": "Feature", "properties": {}, "geometry": bare} if as_feature else bare
    create("Locations", a_location(encodingType=kind, location=value))
    row = Location.objects.get()
    assert (row.west, row.south, row.east, row.north) == (-2, 53, -1, 54)
    assert shapely.from_wkb(bytes(row.geometry or b"")).wkt == "LINESTRING (-2 53, -1 54)"
    assert json.loads(row.value) == value and row.encoding_type == kind
    ranges = cell_ranges(Box(-1.6, 53.4, -1.5, 53.6))
    assert any(first <= (row.cell or 0) <= last for first, last in ranges)


@pytest.mark.parametrize("value", ['"Mill Lane"', '{"a":  1.0}', "[1, 2]", "7"])
def test_what_is_not_geojson_is_kept_untouched(value: str) -> None:
    create_sent(
        "Locations",
        f'{{"name": "n", "description": "d", "encodingType": "text/plain", "location": {value}}}',
    )
    row = Location.objects.get()
    assert (row.value, row.geometry, row.cell) == (value, None, None)


def test_a_ring_that_crosses_itself_can_be_searched() -> None:
    bowtie = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}
    create("FeaturesOfInterest", a_feature(feature=bowtie))
    row = Feature.objects.get()
    assert json.loads(row.value) == bowtie
    assert shapely.from_wkb(bytes(row.geometry or b"")).is_valid


NUMBERS = st.one_of(
    st.integers(-400, 400),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
    st.booleans(),
    st.text(max_size=2),
)
POSITIONS = st.lists(NUMBERS, max_size=4)
COORDINATES = st.recursive(POSITIONS, lambda inner: st.lists(inner, max_size=4), max_leaves=8)
KINDS = st.sampled_from(
    [
        "Point",
        "MultiPoint",
        "LineString",
        "Polygon",
        "MultiPolygon",
        "MultiLineString",
        "GeometryCollection",
        "Feature",
        "Blob",
    ]
)
SHAPES = st.recursive(
    st.fixed_dictionaries({"type": KINDS, "coordinates": COORDINATES}),
    lambda inner: st.fixed_dictionaries(
        {"type": KINDS, "geometries": st.lists(inner, max_size=2), "geometry": inner}
    ),
    max_leaves=4,
)


@given(SHAPES)
@settings(max_examples=500, deadline=None)
def test_any_geojson_is_a_place_or_refused(sent: Any) -> None:
    try:
        place = read_place("application/geo+json", json.dumps(sent), "location")
    except UnusableError as refused:
        assert refused.member.startswith("location")
        return
    if place is not None:
        found = shapely.from_wkb(place.wkb)
        assert found.is_valid and not found.is_empty
        assert found.bounds == (place.box.west, place.box.south, place.box.east, place.box.north)
