"""What the tags of OpenStreetMap mean to the gazetteer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.places.domain.asset_types import (
    AssetTypes,
    UnusableListError,
    read_asset_types,
)
from hereabouts.places.domain.kinds import OneWay, Provision, RoadClass
from hereabouts.places.domain.osm.ground import area_kind, line_kind
from hereabouts.places.domain.osm.labels import label_of
from hereabouts.places.domain.osm.names import names_of
from hereabouts.places.domain.osm.premises import (
    address_of,
    has_address,
    is_building,
    uprns,
    use_of,
)
from hereabouts.places.domain.osm.roads import class_of, road_of, speed_mph
from hereabouts.places.domain.osm.values import metres, whole
from hereabouts.places.queries.asset_types import get_asset_types

Tags = dict[str, str]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"maxspeed": "30 mph"}, 30),
        ({"maxspeed": "20mph"}, 20),
        ({"maxspeed": "48"}, 30),
        ({"maxspeed": "national"}, 60),
        ({"maxspeed": "GB:nsl_dual"}, 70),
        ({"maxspeed:forward": "40 mph"}, 40),
        ({"maxspeed": "signals"}, None),
        ({"maxspeed": "-30 mph"}, None),
        ({"maxspeed": "99999 mph"}, None),
        ({}, None),
    ],
)
def test_a_speed_limit_is_read_in_miles_per_hour(tags: Tags, expected: int | None) -> None:
    assert speed_mph(tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential", "oneway": "yes"}, OneWay.FORWARD),
        ({"highway": "residential", "oneway": "-1"}, OneWay.BACKWARD),
        ({"highway": "residential"}, OneWay.NO),
        ({"highway": "primary", "junction": "roundabout"}, OneWay.FORWARD),
        ({"highway": "primary", "junction": "roundabout", "oneway": "no"}, OneWay.NO),
        ({"highway": "motorway"}, OneWay.FORWARD),
        ({"highway": "motorway_link"}, OneWay.FORWARD),
    ],
)
def test_one_way_is_told_or_implied(tags: Tags, expected: OneWay) -> None:
    road_class = class_of(tags)
    assert road_class is not None
    assert road_of(tags, road_class).one_way is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, Provision.CONTRAFLOW),
        ({"highway": "residential", "cycleway": "opposite_lane"}, Provision.CONTRAFLOW),
        ({"highway": "primary", "cycleway:left": "lane"}, Provision.LANE),
        ({"highway": "primary", "cycleway:both": "no"}, Provision.NONE),
        ({"highway": "primary", "cycleway:right": "track"}, Provision.TRACK),
        ({"highway": "cycleway"}, Provision.TRACK),
        ({"highway": "footway", "bicycle": "designated"}, Provision.SHARED),
        ({"highway": "footway"}, Provision.UNKNOWN),
        ({"highway": "primary", "cycleway": "share_busway"}, Provision.SHARED),
    ],
)
def test_cycle_provision_is_the_best_that_is_told(tags: Tags, expected: Provision) -> None:
    road_class = class_of(tags)
    assert road_class is not None
    assert road_of(tags, road_class).cycle is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "service", "access": "no", "bus": "yes"}, Provision.GATE),
        ({"highway": "primary", "busway:left": "lane"}, Provision.LANE),
        ({"highway": "primary", "bus:lanes": "yes|designated"}, Provision.LANE),
        ({"highway": "primary", "lanes:psv": "1"}, Provision.LANE),
        ({"highway": "primary", "bus": "yes"}, Provision.UNKNOWN),
    ],
)
def test_bus_provision_is_read_from_lanes_and_gates(tags: Tags, expected: Provision) -> None:
    road_class = class_of(tags)
    assert road_class is not None
    assert road_of(tags, road_class).bus is expected


def test_a_slip_road_takes_the_class_of_its_road_and_a_square_is_no_road() -> None:
    assert class_of({"highway": "trunk_link"}) is RoadClass.TRUNK
    assert road_of({"highway": "trunk_link"}, RoadClass.TRUNK).is_link
    assert class_of({"highway": "pedestrian", "area": "yes"}) is None
    assert class_of({"highway": "construction"}) is None
    assert class_of({"highway": "platform"}) is None


def test_what_a_road_tells_beyond_its_columns_is_kept_without_notes() -> None:
    tags = {"highway": "residential", "parking:left": "lane", "note": "check", "source": "survey"}
    assert road_of(tags, RoadClass.RESIDENTIAL).tags == {"parking:left": "lane"}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"name": "Mill Lane"}, ("Mill Lane", "")),
        ({"name": "Mill Lane", "name:cy": "Lôn y Felin"}, ("Mill Lane", "Lôn y Felin")),
        (
            {"name": "Lôn Goch", "name:cy": "Lôn Goch", "name:en": "Red Lane"},
            ("Red Lane", "Lôn Goch"),
        ),
        ({"name": "Heol Fawr", "name:cy": "Heol Fawr"}, ("Heol Fawr", "")),
        ({"name:cy": "Clos Bach"}, ("Clos Bach", "")),
        ({}, ("", "")),
    ],
)
def test_each_language_has_its_name(tags: Tags, expected: tuple[str, str]) -> None:
    assert names_of(tags) == expected


def test_use_is_told_by_what_goes_on_before_what_was_built() -> None:
    assert use_of({"building": "house"}) == "house"
    assert use_of({"building": "house", "shop": "bakery"}) == "shop"
    assert use_of({"building": "yes", "amenity": "school"}) == "school"
    assert use_of({"building": "apartments"}) == "flats"
    assert use_of({"building": "yes", "shop": "vacant"}) == ""
    assert not is_building({"building": "no"})


def test_an_address_is_put_together_from_its_tags() -> None:
    address = address_of(
        {"addr:housenumber": "12a", "addr:street": "Mill Lane", "addr:postcode": "np201aa"}
    )
    assert (address.number, address.street, address.postcode) == ("12a", "Mill Lane", "NP20 1AA")
    assert has_address({"addr:flats": "1-6"})
    assert not has_address({"addr:street": "Mill Lane"})
    assert address_of({"addr:postcode": "nonsense"}).postcode == ""


def test_property_numbers_lose_leading_zeros_and_nonsense() -> None:
    assert uprns({"ref:GB:uprn": "010023456789;abc; 12"}) == ["10023456789", "12"]
    assert uprns({"ref:GB:uprn": "0000"}) == []


def test_ground_is_known_by_its_tags_and_buildings_are_none() -> None:
    assert area_kind({"natural": "water"}) == "water"
    assert area_kind({"amenity": "school"}) == "school_grounds"
    assert area_kind({"amenity": "school", "building": "yes"}) == ""
    assert area_kind({"amenity": "parking", "parking": "underground"}) == ""
    assert line_kind({"waterway": "drain"}) == "stream"
    assert label_of({"place": "hamlet"}) == ("village", 4)
    assert label_of({"amenity": "bench"}) is None


@given(st.text(max_size=40))
def test_any_text_is_a_length_or_none(text: str) -> None:
    length = metres(text)
    assert length is None or length >= 0
    count = whole(text, 50)
    assert count is None or 0 <= count <= 50


tag_text = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.dictionaries(tag_text, tag_text, max_size=6), st.sampled_from(list(RoadClass)))
def test_no_tags_break_the_reading_of_a_road(tags: Tags, road_class: RoadClass) -> None:
    road = road_of({**tags, "highway": road_class.value}, road_class)
    assert road.road_class is road_class
    assert len(road.tags) <= 40
    assert len(road.surface) <= 40


def test_metres_understands_feet_and_inches() -> None:
    assert metres("6'7\"") == pytest.approx(2.007)
    assert metres("12 ft") == pytest.approx(3.658)
    assert metres("3,5 m") == 3.5
    assert metres("narrow") is None


# --- asset types ----------------------------------------------------------------------------------


def test_a_signalled_crossing_is_a_signal_because_that_comes_first() -> None:
    types = get_asset_types()
    found = types.type_of({"highway": "crossing", "crossing": "traffic_signals"})
    assert found is not None
    assert found.key == "signal"


@pytest.mark.parametrize(
    "key",
    "street_lamp bin bench bus_stop tree gully grit_bin post_box crossing signal cycle_parking "
    "bridge defibrillator hydrant recycling playground sign bollard toilet".split(),
)
def test_every_type_the_map_knows_is_in_the_list_with_both_names(key: str) -> None:
    found = get_asset_types().find(key)
    assert found is not None
    assert found.name("en-gb")
    assert found.name("cy") != found.name("en")


def test_a_council_adds_and_replaces_types_as_data() -> None:
    types = AssetTypes()
    read_asset_types('[bin]\nname = {en = "Bin"}\nosm = [{amenity = "waste_basket"}]', types)
    read_asset_types(
        '[dog_bin]\nname = {en = "Dog bin"}\nosm = [{amenity = "dog_bin"}]\nsymbol = "paw"\n'
        '[bin]\nname = {en = "Litter bin"}\nosm = [{amenity = ["waste_basket", "litter"]}]',
        types,
    )
    found = types.type_of({"amenity": "litter"})
    assert found is not None
    assert found.name("cy") == "Litter bin"
    dog = types.type_of({"amenity": "dog_bin"})
    assert dog is not None
    assert dog.symbol == "paw"


@pytest.mark.parametrize(
    "text",
    [
        "[bin",
        "bin = 1",
        "[bin]\nsymbol = 'x'",
        "[bin]\nname = {en = 'Bin'}\nosm = 'amenity'",
        "['Bin !']\nname = {en = 'Bin'}",
    ],
)
def test_a_list_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(UnusableListError):
        read_asset_types(text, AssetTypes())
