"""Reading a map file: every thing on it becomes what it is, and what is broken is named."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import osmium
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hereabouts.kernel.refusals import Refusal
from hereabouts.places.adapters.osm.reading import ATTRIBUTION, SOURCE, read_osm
from hereabouts.places.domain.batch import Batch, say_nothing
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import (
    AssetRecord,
    GroundRecord,
    LabelRecord,
    PremisesRecord,
    SegmentRecord,
    StreetRecord,
)
from hereabouts.places.errors import (
    FileDamaged,
    FileIsInstead,
    NothingToImport,
    UnpacksTooLarge,
    WrongKindOfFile,
)
from tests.rooms.places.osm_files import Sketch
from tests.shared_data import shared_file


def read(path: Path) -> Batch:
    return read_osm(path, say_nothing, {})


@pytest.fixture
def sketch() -> Sketch:
    return Sketch(bounds=(-3.01, 51.49, -2.99, 51.51))


def premises(batch: Batch) -> dict[str, PremisesRecord]:
    found = batch.records[Kind.PREMISES]
    return {r.source_id: r for r in found if isinstance(r, PremisesRecord)}


def ground(batch: Batch) -> list[GroundRecord]:
    return [r for r in batch.records[Kind.GROUND] if isinstance(r, GroundRecord)]


def streets(batch: Batch) -> list[StreetRecord]:
    return [r for r in batch.records[Kind.STREET] if isinstance(r, StreetRecord)]


def segments(batch: Batch) -> list[SegmentRecord]:
    return [r for r in batch.records[Kind.SEGMENT] if isinstance(r, SegmentRecord)]


# --- streets --------------------------------------------------------------------------------------


def test_ways_of_one_name_that_touch_are_one_street_with_its_segments(
    sketch: Sketch, tmp_path: Path
) -> None:
    #  1 --- 2 --- 3      Mill Lane is 1-2 and 2-3; Church Path leaves at 2
    #        |
    #        4
    one, two, three = (sketch.node(-3.0 + step / 1000, 51.5) for step in range(3))
    four = sketch.node(-2.999, 51.499)
    sketch.way([one, two], id=70, highway="residential", name="Mill Lane", maxspeed="20 mph")
    sketch.way([two, three], id=50, highway="tertiary", name="Mill Lane")
    sketch.way([two, four], id=90, highway="footway", name="Church Path")
    batch = read(sketch.save(tmp_path / "map.osm"))
    lane, path = sorted(streets(batch), key=lambda street: street.name, reverse=True)
    assert (lane.name, lane.source_id) == ("Mill Lane", "way/50")
    assert path.source_id == "way/90"
    assert lane.length_m == pytest.approx(138.5, abs=0.5)
    of_lane = [s for s in segments(batch) if s.street_source_id == "way/50"]
    assert {(s.from_node, s.to_node) for s in of_lane} == {(one, two), (two, three)}
    assert {s.speed_limit_mph for s in of_lane} == {20, None}
    assert batch.source == SOURCE
    assert batch.attribution == ATTRIBUTION


def test_a_street_carries_its_street_number_and_its_ways(sketch: Sketch, tmp_path: Path) -> None:
    nodes = [sketch.node(-3.0, 51.5), sketch.node(-3.0, 51.501)]
    sketch.way(nodes, id=5, highway="residential", name="Mill Lane", **{"ref:GB:usrn": "23906577"})
    [street] = streets(read(sketch.save(tmp_path / "map.osm")))
    assert street.usrn == "23906577"
    assert set(street.identifiers) == {("osm", "way/5"), ("usrn", "23906577")}


def test_an_unnamed_road_with_a_number_is_a_street_and_one_without_is_none(
    sketch: Sketch, tmp_path: Path
) -> None:
    sketch.line((-3.0, 51.5), (-3.0, 51.501), highway="motorway", ref="M4")
    sketch.line((-2.995, 51.5), (-2.995, 51.501), highway="service")
    batch = read(sketch.save(tmp_path / "map.osm"))
    assert [street.ref for street in streets(batch)] == ["M4"]
    assert [segment.street_source_id for segment in segments(batch)] == ["way/1", ""]


# --- premises -------------------------------------------------------------------------------------


def test_one_address_in_a_building_becomes_the_buildings(sketch: Sketch, tmp_path: Path) -> None:
    sketch.block(-3.0, 51.5, building="house")
    door = sketch.node(-2.9999, 51.5001, addr_housenumber="7", addr_street="Mill Lane")
    found = premises(read(sketch.save(tmp_path / "map.osm")))
    assert list(found) == ["way/1"]
    house = found["way/1"]
    assert (house.number, house.street_name, house.use) == ("7", "Mill Lane", "house")
    assert house.outline is not None
    assert ("osm", f"node/{door}") in house.identifiers


def test_several_addresses_in_a_building_are_premises_each_at_its_own_door(
    sketch: Sketch, tmp_path: Path
) -> None:
    sketch.block(-3.0, 51.5, building="apartments")
    for unit in (1, 2, 3):
        sketch.node(-2.9999, 51.50005 * 1.0 + unit / 100_000, addr_unit=str(unit), addr_street="A")
    found = premises(read(sketch.save(tmp_path / "map.osm")))
    assert [record.unit for record in found.values()] == ["", "1", "2", "3"]
    assert [record.outline is None for record in found.values()] == [False, True, True, True]


def test_a_shop_in_a_plain_building_names_it_and_tells_its_use(
    sketch: Sketch, tmp_path: Path
) -> None:
    sketch.block(-3.0, 51.5, building="yes", addr_housenumber="9")
    sketch.node(-2.9999, 51.5001, shop="bakery", name="Crumb")
    [record] = premises(read(sketch.save(tmp_path / "map.osm"))).values()
    assert (record.number, record.name, record.use) == ("9", "Crumb", "shop")


def test_an_address_outside_any_building_stands_alone(sketch: Sketch, tmp_path: Path) -> None:
    sketch.node(-2.999, 51.5, addr_housename="Y Bwthyn", addr_postcode="NP20 1AA")
    [record] = premises(read(sketch.save(tmp_path / "map.osm"))).values()
    assert (record.name, record.postcode, record.outline) == ("Y Bwthyn", "NP20 1AA", None)


def test_a_school_is_premises_ground_and_label_at_once(sketch: Sketch, tmp_path: Path) -> None:
    sketch.block(-3.0, 51.5, 0.002, amenity="school", name="Alway School")
    batch = read(sketch.save(tmp_path / "map.osm"))
    [record] = premises(batch).values()
    assert (record.use, record.name) == ("school", "Alway School")
    assert [one.kind for one in ground(batch)] == ["school_grounds"]
    [label] = batch.records[Kind.LABEL]
    assert isinstance(label, LabelRecord)
    assert (label.kind, label.premises_source_id) == ("school", record.source_id)


def test_grounds_whose_building_bears_the_name_are_not_premises_again(
    sketch: Sketch, tmp_path: Path
) -> None:
    sketch.block(-3.0, 51.5, 0.002, amenity="school", name="Alway School")
    sketch.block(-2.9995, 51.5005, building="school", name="Alway School")
    batch = read(sketch.save(tmp_path / "map.osm"))
    assert list(premises(batch)) == ["way/2"]


def test_a_shop_that_bears_its_buildings_name_is_the_building(
    sketch: Sketch, tmp_path: Path
) -> None:
    sketch.block(-3.0, 51.5, building="retail", name="Asda")
    sketch.node(-2.9999, 51.5001, shop="supermarket", name="Asda")
    sketch.node(-2.99995, 51.5001, amenity="cafe", name="Cafe")
    found = premises(read(sketch.save(tmp_path / "map.osm")))
    assert [record.name for record in found.values()] == ["Asda", "Cafe"]


# --- multipolygons --------------------------------------------------------------------------------


def _ring(sketch: Sketch, lon: float, lat: float, size: float, **tags: str) -> int:
    return sketch.block(lon, lat, size, **tags)


def test_a_multipolygon_has_its_hole_and_the_island_in_it(sketch: Sketch, tmp_path: Path) -> None:
    outer = _ring(sketch, -3.0, 51.5, 0.004)
    hole = _ring(sketch, -2.999, 51.501, 0.002)
    island = _ring(sketch, -2.9985, 51.5015, 0.001)
    members = [("way", outer, "outer"), ("way", hole, "inner"), ("way", island, "outer")]
    sketch.relation(members, type="multipolygon", natural="water", name="The Mere")
    [lake] = ground(read(sketch.save(tmp_path / "map.osm")))
    shape = shapely.from_wkb(lake.geometry)
    assert shape.area == pytest.approx(0.004**2 - 0.002**2 + 0.001**2, rel=1e-6)
    assert shape.covers(shapely.Point(-2.998, 51.502))
    assert not shape.covers(shapely.Point(-2.9988, 51.5012))


def test_a_ring_in_several_ways_is_joined(sketch: Sketch, tmp_path: Path) -> None:
    corners = [sketch.node(*place) for place in ((-3.0, 51.5), (-2.999, 51.5), (-2.999, 51.501))]
    first = sketch.way(corners)
    second = sketch.way([corners[2], sketch.node(-3.0, 51.501), corners[0]])
    sketch.relation(
        [("way", first, "outer"), ("way", second, "outer")], type="multipolygon", landuse="forest"
    )
    [wood] = ground(read(sketch.save(tmp_path / "map.osm")))
    assert shapely.from_wkb(wood.geometry).area == pytest.approx(1e-6, rel=1e-6)


def test_an_old_multipolygon_takes_the_tags_of_its_outer_ring_once(
    sketch: Sketch, tmp_path: Path
) -> None:
    outer = _ring(sketch, -3.0, 51.5, 0.002, building="yes", name="Market Hall")
    court = _ring(sketch, -2.9995, 51.5005, 0.001)
    sketch.relation([("way", outer, "outer"), ("way", court, "inner")], type="multipolygon")
    found = premises(read(sketch.save(tmp_path / "map.osm")))
    assert list(found) == ["relation/1"]
    assert shapely.get_num_interior_rings(shapely.from_wkb(found["relation/1"].outline)) == 1


def test_a_multipolygon_that_does_not_close_is_a_finding(sketch: Sketch, tmp_path: Path) -> None:
    part = sketch.line((-3.0, 51.5), (-2.999, 51.5), (-2.999, 51.501))
    sketch.relation([("way", part, "outer")], type="multipolygon", natural="wood", name="Wood")
    sketch.line((-3.0, 51.5), (-2.999, 51.502), highway="path")
    batch = read(sketch.save(tmp_path / "map.osm"))
    assert ground(batch) == []
    assert {f.code for f in batch.findings.kept} == {"multipolygon.open"}


def test_a_building_that_crosses_itself_is_mended_and_named(sketch: Sketch, tmp_path: Path) -> None:
    bow = [(-3.0, 51.5), (-2.999, 51.501), (-2.999, 51.5), (-3.0, 51.501)]
    nodes = [sketch.node(*place) for place in bow]
    sketch.way([*nodes, nodes[0]], id=77, building="yes")
    batch = read(sketch.save(tmp_path / "map.osm"))
    [finding] = [f for f in batch.findings.kept if f.code == "geometry.invalid"]
    assert (finding.subject, finding.repaired) == ("way/77", True)
    outline = shapely.from_wkb(premises(batch)["way/77"].outline)
    assert outline.is_valid
    assert outline.area > 0


# --- assets, sea, labels --------------------------------------------------------------------------


def test_assets_are_found_by_the_typed_list_with_reference_and_other_registers(
    sketch: Sketch, tmp_path: Path
) -> None:
    sketch.node(-3.0, 51.5, highway="bus_stop", name="Library", **{"naptan:AtcoCode": "5710AWA"})
    sketch.block(-2.995, 51.5, leisure="playground")
    found = read(sketch.save(tmp_path / "map.osm")).records[Kind.ASSET]
    stop, playground = (r for r in found if isinstance(r, AssetRecord))
    assert (stop.type, stop.reference, stop.name) == ("bus_stop", "5710AWA", "Library")
    assert ("naptan", "5710AWA") in stop.identifiers
    assert playground.type == "playground"
    assert shapely.from_wkb(playground.geometry).geom_type == "Point"


def test_the_sea_lies_to_the_right_of_the_coastline(sketch: Sketch, tmp_path: Path) -> None:
    sketch.line((-3.02, 51.5), (-2.98, 51.5), natural="coastline")
    [sea] = ground(read(sketch.save(tmp_path / "map.osm")))
    shape = shapely.from_wkb(sea.geometry)
    assert sea.kind == "water"
    assert shape.bounds == pytest.approx((-3.01, 51.49, -2.99, 51.5))


def test_a_name_tagged_twice_near_by_is_written_once(sketch: Sketch, tmp_path: Path) -> None:
    sketch.block(-3.0, 51.5, 0.001, leisure="park", name="Bellevue Park")
    sketch.node(-2.9995, 51.5005, leisure="park", name="Bellevue Park")
    labels = list(read(sketch.save(tmp_path / "map.osm")).records[Kind.LABEL])
    assert [label.source_id for label in labels] == ["way/1"]


# --- broken files ---------------------------------------------------------------------------------


def test_a_way_whose_nodes_are_missing_is_kept_as_far_as_it_goes(
    sketch: Sketch, tmp_path: Path
) -> None:
    nodes = [sketch.node(-3.0, 51.5), sketch.node(-3.0, 51.501)]
    sketch.way([*nodes, 999], id=4, highway="residential", name="Mill Lane")
    batch = read(sketch.save(tmp_path / "map.osm"))
    [finding] = batch.findings.kept
    assert (finding.code, finding.subject, finding.value) == ("osm.nodes_missing", "way/4", "1")
    assert len(segments(batch)) == 1


def test_a_pbf_with_missing_nodes_is_read_with_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "gaps.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(-3.0, 51.5)))
        writer.add_node(osmium.osm.mutable.Node(id=2, location=(-3.0, 51.501)))
        writer.add_way(
            osmium.osm.mutable.Way(id=9, nodes=[1, 2, 3], tags={"highway": "residential"})
        )
        writer.add_way(osmium.osm.mutable.Way(id=10, nodes=[7, 8], tags={"building": "yes"}))
    batch = read(path)
    assert batch.findings.by_code == {"osm.nodes_missing": 2}
    assert len(segments(batch)) == 1


def test_a_file_that_names_nodes_before_it_places_them_is_read_whole(
    sketch: Sketch, tmp_path: Path
) -> None:
    sketch.line((-3.0, 51.5), (-3.0, 51.501), highway="residential", name="Mill Lane")
    text = sketch.text()
    start, end = text.index("<node"), text.index("<way")
    moved = text[:start] + text[end:].replace("</osm>", text[start:end] + "</osm>")
    path = tmp_path / "ways-first.osm"
    path.write_text(moved)
    batch = read(path)
    assert [street.name for street in streets(batch)] == ["Mill Lane"]
    assert batch.findings.total == 0


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.999])
def test_a_pbf_that_breaks_off_is_refused_in_one_sentence(share: float, tmp_path: Path) -> None:
    whole = shared_file("place", "osm", "leeds-its-2020-07.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FileDamaged) as refused:
        read(path)
    assert refused.value.sentence().count(". ") <= 1
    assert "cut.osm.pbf" in refused.value.sentence()


def test_packed_xml_is_read_and_refused_when_it_breaks_off(sketch: Sketch, tmp_path: Path) -> None:
    sketch.line((-3.0, 51.5), (-3.0, 51.501), highway="residential", name="Mill Lane")
    for name, pack in (("map.osm.gz", gzip.compress), ("map.osm.bz2", bz2.compress)):
        body = pack(sketch.text().encode())
        path = tmp_path / name
        path.write_bytes(body)
        assert len(streets(read(path))) == 1
        path.write_bytes(body[: len(body) // 2])
        with pytest.raises(FileDamaged):
            read(path)


def test_broken_xml_is_refused(sketch: Sketch, tmp_path: Path) -> None:
    sketch.line((-3.0, 51.5), (-3.0, 51.501), highway="residential")
    path = tmp_path / "cut.osm"
    path.write_text(sketch.text()[:-20])
    with pytest.raises(FileDamaged):
        read(path)


@pytest.mark.parametrize(
    ("name", "body", "refusal"),
    [
        ("a.zip", b"PK\x03\x04rest", FileIsInstead),
        ("a.csv", b"code,name\n1,2\n", WrongKindOfFile),
        ("a.geojson", b'{"type": "FeatureCollection"}', FileIsInstead),
        ("page.osm", b"<!doctype html><p>Not found", FileIsInstead),
        ("packed.osm.gz", gzip.compress(b"code,name\n1,2\n", mtime=0), WrongKindOfFile),
        ("empty.osm", b"<?xml version='1.0'?><osm version='0.6'></osm>", NothingToImport),
    ],
)
def test_what_is_no_map_is_refused_for_what_it_is(
    name: str, body: bytes, refusal: type[Refusal], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(refusal) as refused:
        read(path)
    assert name in refused.value.sentence()


def test_a_map_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.osm.gz"
    path.write_bytes(gzip.compress(b"<osm>" + b" " * (80 << 20)))
    with pytest.raises(UnpacksTooLarge):
        read(path)


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "laughs.osm"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "haha"><!ENTITY b "&a;&a;">]>'
        '<osm version="0.6"><node id="1" lon="0" lat="0"><tag k="name" v="&b;"/></node></osm>'
    )
    with pytest.raises(FileDamaged):
        read(path)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(damage=st.binary(max_size=200), offset=st.integers(0, 30_000))
def test_no_damage_to_a_pbf_escapes_as_anything_but_a_refusal(
    damage: bytes, offset: int, tmp_path: Path
) -> None:
    whole = shared_file("place", "osm", "leeds-its-2020-07.osm.pbf").read_bytes()
    path = tmp_path / "damaged.osm.pbf"
    path.write_bytes(whole[:offset] + damage + whole[offset + len(damage) :])
    try:
        batch = read(path)
    except Refusal as refusal:
        assert refusal.code.startswith("places.import.")
    else:
        assert batch.records
