"""The map that is written, read back as a stranger's importer would."""

from __future__ import annotations

import itertools
from collections import Counter

import osmium
import shapely

from tests.rooms.town.conftest import Generated

FOOT = ("footway", "cycleway", "track", "path")


def test_the_header_tells_the_bounds_of_everything(place: Generated) -> None:
    reader = osmium.io.Reader(str(place.folder / "town.osm.pbf"))
    box = reader.header().box()
    reader.close()
    assert all(
        box.bottom_left.lon - 1e-6 <= lon <= box.top_right.lon + 1e-6
        and box.bottom_left.lat - 1e-6 <= lat <= box.top_right.lat + 1e-6
        for lon, lat in place.map.nodes.values()
    )


def test_every_way_and_relation_is_made_of_things_in_the_file(place: Generated) -> None:
    held = {"n": place.map.nodes, "w": place.map.ways, "r": place.map.relations}
    assert all(
        len(refs) > 1 and all(ref in place.map.nodes for ref in refs)
        for refs, _ in place.map.ways.values()
    )
    assert all(
        ref in held[kind] for members, _ in place.map.relations.values() for kind, ref, _ in members
    )


def test_no_way_has_more_nodes_than_the_format_allows(place: Generated) -> None:
    assert max(len(refs) for refs, _ in place.map.ways.values()) <= 2_000


def test_no_way_names_a_node_twice_running(place: Generated) -> None:
    assert not [
        way for way, (refs, _) in place.map.ways.items()
        if any(a == b for a, b in itertools.pairwise(refs))
    ]  # fmt: skip


def test_every_building_is_a_valid_closed_outline(place: Generated) -> None:
    outlines = [place.map.points(refs) for refs, _ in place.map.ways_with("building")]
    assert len(outlines) > 200
    assert all(line[0] == line[-1] and shapely.Polygon(line).is_valid for line in outlines)


def test_every_piece_of_land_is_valid(place: Generated) -> None:
    land = [
        (tags, shapely.Polygon(place.map.points(refs)))
        for key in ("landuse", "leisure", "natural", "amenity")
        for refs, tags in place.map.ways_with(key)
        if refs[0] == refs[-1]
    ]
    assert len(land) > 40
    assert [tags for tags, shape in land if not shape.is_valid] == []


def test_no_street_crosses_the_river_without_a_bridge(place: Generated) -> None:
    water = shapely.union_all(
        [
            shapely.Polygon(place.map.points(refs))
            for refs, tags in place.map.ways_with("natural")
            if tags.get("water") == "river" and refs[0] == refs[-1]
        ]
    )
    shapely.prepare(water)
    assert water.area > 0
    wet = [
        tags for refs, tags in place.map.ways_with("highway")
        if refs[0] != refs[-1] or tags.get("area") != "yes"
        if water.intersects(shapely.LineString(place.map.points(refs)))
    ]  # fmt: skip
    assert wet
    assert [tags for tags in wet if tags.get("bridge") != "yes"] == []


def test_a_market_town_has_two_road_bridges_over_its_river(market_town: Generated) -> None:
    roads = Counter(
        tags["highway"] for _, tags in market_town.map.ways_with("bridge")
        if "highway" in tags and tags["highway"] not in FOOT
    )  # fmt: skip
    assert sum(roads.values()) == 2


def test_every_street_of_an_address_exists(place: Generated) -> None:
    names = {tags["name"] for _, tags in place.map.ways_with("highway") if "name" in tags}
    asked = {tags["addr:street"] for _, tags in place.map.ways_with("addr:street")}
    assert asked
    assert asked <= names


def test_no_address_is_given_twice(place: Generated) -> None:
    doors = Counter(
        (tags["addr:street"], tags["addr:housenumber"])
        for _, tags in place.map.ways_with("addr:housenumber")
    )
    assert [door for door, count in doors.items() if count > 1] == []


def test_the_high_street_is_in_the_address_book(place: Generated) -> None:
    streets = [tags["addr:street"] for _, tags in place.map.ways_with("addr:housenumber")]
    assert streets.count("High Street") >= 8


def test_odd_and_even_numbers_face_each_other(market_town: Generated) -> None:
    streets: dict[str, list[shapely.LineString]] = {}
    for refs, tags in market_town.map.ways_with("highway"):
        if "name" in tags:
            line = shapely.LineString(market_town.map.points(refs))
            streets.setdefault(tags["name"], []).append(line)
    sides: Counter[tuple[bool, bool]] = Counter()
    for refs, tags in market_town.map.ways_with("addr:housenumber"):
        lines = streets[tags["addr:street"]]
        if len(lines) != 1 or lines[0].is_ring:
            continue
        place = shapely.Polygon(market_town.map.points(refs)).centroid
        along = lines[0].project(place)
        here, ahead = lines[0].interpolate(along - 1e-5), lines[0].interpolate(along + 1e-5)
        cross = (ahead.x - here.x) * (place.y - here.y) - (ahead.y - here.y) * (place.x - here.x)
        sides[(cross > 0, int(tags["addr:housenumber"].split("-")[0]) % 2 == 1)] += 1
    right = sides[(True, True)] + sides[(False, False)]
    assert right / sides.total() > 0.97


def test_the_roads_are_one_network(place: Generated) -> None:
    drivable = [
        refs for refs, tags in place.map.ways_with("highway")
        if tags["highway"] in ("primary", "secondary", "tertiary", "unclassified", "residential")
    ]  # fmt: skip
    at: dict[int, list[int]] = {}
    for k, refs in enumerate(drivable):
        for ref in refs:
            at.setdefault(ref, []).append(k)
    seen, waiting = {0}, [0]
    while waiting:
        for ref in drivable[waiting.pop()]:
            fresh = [k for k in at[ref] if k not in seen]
            seen.update(fresh)
            waiting += fresh
    assert len(seen) == len(drivable)


def test_a_market_town_has_what_a_market_town_has(market_town: Generated) -> None:
    found = Counter(
        f"{key}={tags[key]}"
        for tags in [
            *market_town.map.node_tags.values(),
            *(tags for _, tags in market_town.map.ways.values()),
            *(tags for _, tags in market_town.map.relations.values()),
        ]
        for key in ("amenity", "building", "highway", "landuse", "leisure", "natural", "place",
                    "railway", "shop", "waterway", "route")
        if key in tags
    )  # fmt: skip
    wanted = (
        "amenity=townhall", "amenity=school", "amenity=hospital", "amenity=pub", "amenity=library",
        "building=church", "building=train_station", "railway=rail", "railway=station",
        "highway=bus_stop", "highway=crossing", "highway=traffic_signals",
        "amenity=post_box", "amenity=bench", "amenity=waste_basket",
        "amenity=bicycle_parking", "natural=tree", "natural=water", "natural=wood",
        "landuse=allotments", "landuse=cemetery", "landuse=farmland", "landuse=industrial",
        "landuse=residential", "landuse=retail", "leisure=park", "leisure=pitch",
        "leisure=playground", "place=town", "place=suburb", "place=village", "place=square",
        "waterway=river", "route=bus", "highway=footway", "highway=cycleway", "highway=service",
    )  # fmt: skip
    assert [thing for thing in wanted if not found[thing]] == []


def test_names_of_sites_are_not_given_twice(market_town: Generated) -> None:
    names = Counter(
        tags["name"]
        for tags in [
            *(tags for _, tags in market_town.map.ways.values()),
            *market_town.map.node_tags.values(),
        ]
        if "name" in tags
        and "highway" not in tags
        and ("amenity" in tags or "leisure" in tags or "building" in tags)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_stops_are_beside_roads_and_numbered_for_no_real_authority(place: Generated) -> None:
    stops = [t for t in place.map.node_tags.values() if t.get("highway") == "bus_stop"]
    codes = [tags["naptan:AtcoCode"] for tags in stops]
    assert len(set(codes)) == len(codes) == place.summary.figures.bus_stops
    assert all(code.startswith("099") for code in codes)
    assert all(tags["name"] for tags in stops)
