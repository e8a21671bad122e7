"""Areas: any usual file, any system, repaired where it can be, and versions that follow dates."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from hereabouts.kernel.refusals import Refusal
from hereabouts.places.adapters.layers import in_degrees, read_layer
from hereabouts.places.domain.area_versions import Version, find_endings, settle
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.records import AreaEnding
from hereabouts.places.errors import (
    ArchiveHoldsNothing,
    FieldMissing,
    FileDamaged,
    FileIsInstead,
    LatitudeFirst,
    NotAnArea,
    NothingToImport,
    NotLongitudeLatitude,
    UnknownAreaKind,
    WrongKindOfFile,
)
from hereabouts.places.models import Area, FeatureChange, ImportFinding
from tests.rooms.places.importing import counts_of, feature, load, square, write_geojson

pytestmark = pytest.mark.django_db

FIELDS = {"kind": "ward", "code": "code", "name": "name"}
OLD, NEW = date(2011, 3, 27), date(2021, 3, 21)


def shape_of(code: str) -> shapely.Geometry:
    return shapely.from_wkb(bytes(Area.objects.get(code=code).geometry))


def two_wards(path: Path, **members: object) -> Path:
    wards = [
        feature("A1", "West", square(-1.0, 51.0)),
        feature("A2", "East", square(-0.99, 51.0)),
    ]
    return write_geojson(path, wards, **members)


# --- formats ----------------------------------------------------------------------------------


def test_areas_are_read_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    path = two_wards(tmp_path / "wards.geojson")
    assert counts_of(load(path, "areas", **FIELDS), "area") == {"appeared": 2}
    found = Area.objects.get(code="A1")
    assert (found.kind, found.name, found.west, found.north) == ("ward", "West", -1.0, 51.01)
    again = load(path, "areas", **FIELDS)
    assert again.is_unchanged
    assert counts_of(again, "area") == {"unchanged": 2}


def test_gzipped_and_zipped_files_say_the_same(tmp_path: Path) -> None:
    plain = two_wards(tmp_path / "wards.geojson")
    load(plain, "areas", **FIELDS)
    packed = tmp_path / "wards.geojson.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    zipped = tmp_path / "wards.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(plain, "some folder/wards.geojson")
    assert load(packed, "areas", **FIELDS).is_unchanged
    assert load(zipped, "areas", **FIELDS).is_unchanged


def write_layer(path: Path, driver: str, *, crs: str | None = "EPSG:27700") -> Path:
    squares = [square(-1.0, 51.0), square(-0.99, 51.0)]
    shapes = np.array([shapely.from_geojson(json.dumps(one)) for one in squares], dtype=object)
    grid = Transformer.from_crs(4326, 27700, always_xy=True)
    shapes = shapely.transform(shapes, lambda at: np.column_stack(grid.transform(*at.T)))
    columns = [np.array(["A1", "A2"], dtype=object), np.array(["West", "Dŵr"], dtype=object)]
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), columns, ["code", "name"],
        geometry_type="Polygon", crs=crs, driver=driver, encoding="UTF-8",
    )  # fmt: skip
    return path


def test_geopackage_and_shapefile_on_the_british_grid_end_up_in_degrees(tmp_path: Path) -> None:
    load(write_layer(tmp_path / "wards.gpkg", "GPKG"), "areas", **FIELDS)
    assert Area.objects.get(code="A2").name == "Dŵr"
    west = shapely.box(-1.0, 51.0, -0.99, 51.01)
    assert shapely.hausdorff_distance(shape_of("A1"), west) < 2e-7
    shapefile = write_layer(tmp_path / "wards.shp", "ESRI Shapefile")
    summary = load(shapefile, "areas", **FIELDS)
    assert summary.counts["area"].appeared == 0
    assert summary.findings == 0


def test_a_zipped_shapefile_is_read_without_unpacking_anything_else(tmp_path: Path) -> None:
    write_layer(tmp_path / "wards.shp", "ESRI Shapefile")
    path = tmp_path / "wards.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in tmp_path.glob("wards.[sdpc]*"):
            archive.write(part, f"Wards 2025/{part.name}")
        archive.writestr("Wards 2025/readme.txt", "no shape")
    assert counts_of(load(path, "areas", **FIELDS), "area") == {"appeared": 2}


def test_a_shapefile_without_its_table_or_its_system_is_refused(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "wards.shp", "ESRI Shapefile")
    (tmp_path / "wards.prj").unlink()
    with pytest.raises(NotLongitudeLatitude, match="--crs EPSG:27700"):
        load(path, "areas", **FIELDS)
    assert counts_of(load(path, "areas", **FIELDS, crs="27700"), "area") == {"appeared": 2}
    (tmp_path / "wards.dbf").unlink()
    with pytest.raises(FileDamaged, match=r"\.dbf file is missing"):
        load(path, "areas", **FIELDS)


def test_geojson_that_names_another_system_is_turned_and_one_that_hides_it_is_refused(
    tmp_path: Path,
) -> None:
    grid = {
        "type": "Polygon",
        "coordinates": [[[470000, 170000], [471000, 170000], [471000, 171000], [470000, 170000]]],
    }
    hidden = write_geojson(tmp_path / "a.geojson", [feature("A1", "West", grid)])
    with pytest.raises(NotLongitudeLatitude, match="470000, 170000"):
        load(hidden, "areas", **FIELDS)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    load(write_geojson(hidden, [feature("A1", "West", grid)], crs=crs), "areas", **FIELDS)
    assert shape_of("A1").within(shapely.box(-1.0, 51.42, -0.97, 51.44))


def test_latitude_before_longitude_is_noticed_where_something_is_held(tmp_path: Path) -> None:
    load(two_wards(tmp_path / "a.geojson"), "areas", **FIELDS)
    swapped = feature("B1", "Swapped", square(51.0, -1.0))
    with pytest.raises(LatitudeFirst, match="latitude before longitude"):
        load(write_geojson(tmp_path / "b.geojson", [swapped]), "areas", **FIELDS)
    far = feature("C1", "Elsewhere", square(100.0, 30.0))
    load(write_geojson(tmp_path / "c.geojson", [far]), "areas", **FIELDS)
    assert Area.objects.count() == 3


def test_a_declared_system_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    grid = {"type": "Polygon", "coordinates": [[[4e5, 2e5], [5e5, 2e5], [5e5, 3e5], [4e5, 2e5]]]}
    path = write_geojson(tmp_path / "a.geojson", [feature("A1", "West", grid)], crs=crs)
    with pytest.raises(NotLongitudeLatitude):
        load(path, "areas", **FIELDS)


# --- bad features -----------------------------------------------------------------------------

FLAT = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0], [0, 0]]]}
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[0, 51], [0.02, 51.02], [0.02, 51], [0, 51.02], [0, 51]]],
}


def test_bad_features_are_findings_and_the_good_ones_are_kept(tmp_path: Path) -> None:
    features = [
        feature("A1", "West", square(-1.0, 51.0)),
        feature("B1", "Bow tie", BOW_TIE),
        feature("B2", "Nowhere", None),
        feature("B3", "A point", {"type": "Point", "coordinates": [0, 51]}),
        feature("B4", "No number", square(float("nan"), 51.0)),
        feature("B5", "Far", square(1e300, 51.0)),
        feature("B6", "Unreadable", {"type": "Blob", "coordinates": []}),
        feature("B7", "Flat", FLAT),
        feature("", "No code", square(-0.5, 51.0)),
        feature("B8", "", square(-0.4, 51.0)),
    ]
    summary = load(write_geojson(tmp_path / "a.geojson", features), "areas", **FIELDS)
    assert sorted(Area.objects.values_list("code", flat=True)) == ["A1", "B1", "B8"]
    assert Area.objects.get(code="B8").name == "B8"
    assert shape_of("B1").is_valid
    repaired = dict(ImportFinding.objects.values_list("subject", "repaired"))
    assert repaired["B1"] and repaired["B8"]
    assert summary.findings_by_code == {
        "geometry.unreadable": 2,
        "geometry.not_on_the_map": 1,
        "area.invalid_geometry": 2,
        "area.no_geometry": 1,
        "area.not_a_surface": 1,
        "area.no_code": 1,
        "area.no_name": 1,
    }


def test_parts_of_one_code_are_united_and_another_area_of_that_code_is_left_out(
    tmp_path: Path,
) -> None:
    features = [
        feature("A1", "Isles", square(-1.0, 51.0)),
        feature("A1", "Isles", square(-0.9, 51.0)),
        feature("A2", "One", square(-0.5, 51.0)),
        feature("A2", "Two", square(-0.4, 51.0)),
    ]
    summary = load(write_geojson(tmp_path / "a.geojson", features), "areas", **FIELDS)
    assert len(shape_of("A1").geoms) == 2
    assert Area.objects.get(code="A2").name == "One"
    found = ImportFinding.objects.filter(code="area.code_repeated")
    assert dict(found.values_list("subject", "repaired")) == {"A1": True, "A2": False}
    assert summary.findings == 2


def test_a_code_that_is_an_area_of_another_kind_stays_that_area(tmp_path: Path) -> None:
    path = two_wards(tmp_path / "a.geojson")
    load(path, "areas", **FIELDS)
    features = [feature("A1", "Again", square(5, 51)), feature("P1", "New", square(6, 51))]
    other = write_geojson(tmp_path / "b.geojson", features)
    summary = load(other, "areas", **{**FIELDS, "kind": "parish"})
    assert Area.objects.get(code="A1").kind == "ward"
    assert summary.findings_by_code == {"area.code_of_another_kind": 1}
    assert counts_of(summary, "area") == {"appeared": 1}


# --- refusals ---------------------------------------------------------------------------------


def test_a_field_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = two_wards(tmp_path / "a.geojson")
    with pytest.raises(FieldMissing, match=r"no field “WD25CD”\. Its fields are: code, name"):
        load(path, "areas", **{**FIELDS, "code": "WD25CD"})
    layer = write_layer(tmp_path / "a.gpkg", "GPKG")
    with pytest.raises(FieldMissing, match=r"no field “WD25NM”\. Its fields are: code, name"):
        load(layer, "areas", **{**FIELDS, "name": "WD25NM"})


@pytest.mark.parametrize(
    ("content", "refusal", "is_said"),
    [
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x81", FileIsInstead, "OpenStreetMap"),
        (b"code,name\nA1,West\n", FileIsInstead, "plain text"),
        (b'{"type": "FeatureCollection", "features": [{"type"', FileDamaged, "breaks off"),
        (b'{"type": "FeatureCollection", "features": [}]}', FileDamaged, "not valid JSON"),
        (b'{"type": "Topology", "objects": {}}', WrongKindOfFile, "GeoJSON feature collection"),
        (b'{"type": "gdal_streamed_alg", "command_line": "x"}', WrongKindOfFile, "GeoJSON"),
        (b'{"type": "FeatureCollection", "features": {}}', WrongKindOfFile, "GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', FieldMissing, "no field"),
        (b'{"a":' * 100_000, WrongKindOfFile, "GeoJSON"),
        (b'{"features":[{"geometry":' + b"[" * 100_000, WrongKindOfFile, "GeoJSON"),
        (b"SQLite format 3\x00" + bytes(4_000), FileDamaged, "map layer"),
        (b"\x00\x00\x27\x0a" + bytes(200), FileDamaged, "missing"),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", FileIsInstead, "XML"),
        (b"PK\x03\x04" + bytes(60), FileDamaged, "ZIP"),
        (gzip.compress(b"%PDF-1.7", mtime=0), FileIsInstead, "PDF"),
        (gzip.compress(b"{" * 4_000, mtime=0)[:-12], FileDamaged, "packing"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_clear_sentence(
    tmp_path: Path, content: bytes, refusal: type[Refusal], is_said: str
) -> None:
    path = tmp_path / "areas.geojson"
    path.write_bytes(content)
    with pytest.raises(refusal, match=is_said) as caught:
        load(path, "areas", **FIELDS)
    assert "\n" not in caught.value.sentence()
    assert not Area.objects.exists()


def test_points_and_lines_are_no_areas(tmp_path: Path) -> None:
    stop = feature("A1", "Stop", {"type": "Point", "coordinates": [0, 51]})
    with pytest.raises(NotAnArea, match="no areas, only points"):
        load(write_geojson(tmp_path / "a.geojson", [stop]), "areas", **FIELDS)


def test_a_file_of_which_nothing_can_be_kept_is_refused(tmp_path: Path) -> None:
    nameless = feature("", "x", square(0, 51))
    with pytest.raises(NothingToImport):
        load(write_geojson(tmp_path / "a.geojson", [nameless]), "areas", **FIELDS)


def test_a_geopackage_of_tables_only_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    column = [np.array(["A1"], dtype=object)]
    pyogrio.raw.write(path, None, column, ["code"], geometry_type=None, crs=None, driver="GPKG")
    with pytest.raises(WrongKindOfFile, match="only tables"):
        load(path, "areas", **FIELDS)


def test_an_archive_without_layers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("evil.vrt", "<OGRVRTDataSource/>")
    with pytest.raises(ArchiveHoldsNothing, match=r"\.shp, \.gpkg"):
        load(path, "areas", **FIELDS)


PLAIN = (
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "A1", '
    b'"name": "West"}, "geometry": {"type": "Polygon", "coordinates": '
    b"[[[-1.0, 51.0], [-0.9, 51.0], [-0.9, 51.1], [-1.0, 51.0]]]}}]}"
)
edits = st.lists(
    st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 9), st.binary(max_size=6)),
    min_size=1,
    max_size=4,
)


def _edited(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, instead in changes:
        content = content[:place] + instead + content[place + length :]
    return content


def _zipped(content: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", content)
    return body.getvalue()


@pytest.mark.once
@given(changes=edits, packing=st.sampled_from(["plain", "gzip", "zip", "edited zip"]))
def test_no_change_of_bytes_brings_anything_but_shapes_or_a_refusal(
    changes: list[tuple[int, int, bytes]], packing: str
) -> None:
    content = _edited(PLAIN, changes)
    if packing == "edited zip":
        content = _edited(_zipped(PLAIN), changes)
    elif packing != "plain":
        content = gzip.compress(content) if packing == "gzip" else _zipped(content)
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.geojson"
        path.write_bytes(content)
        try:
            layer = read_layer(path, findings)
            shapes = in_degrees(layer, findings)
        except Refusal as refusal:
            assert refusal.code.startswith("places.import.")
            return
    places = shapely.get_coordinates(shapes)
    assert np.isfinite(places).all()
    assert (np.abs(places) <= [180, 90]).all()


@pytest.mark.parametrize("kind", ["", "Ward", "a b", "../x", "x" * 40, "ward\n"])
def test_a_kind_is_a_plain_word(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UnknownAreaKind):
        load(two_wards(tmp_path / "a.geojson"), "areas", **{**FIELDS, "kind": kind})


# --- versions ---------------------------------------------------------------------------------


def wards_of(path: Path, *wards: tuple[str, float, float]) -> Path:
    features = [feature(code, f"Ward {code}", square(lon, 51.0, size)) for code, lon, size in wards]
    return write_geojson(path, features)


def test_a_later_file_ends_what_it_replaces_and_names_the_successor(tmp_path: Path) -> None:
    old = wards_of(tmp_path / "old.geojson", ("A1", 0.0, 0.02), ("A2", 0.03, 0.02), ("A9", 5, 0.02))
    new = wards_of(tmp_path / "new.geojson", ("B1", 0.0, 0.02), ("A2", 0.03, 0.021))
    load(old, "areas", **FIELDS, valid_from=OLD)
    summary = load(new, "areas", **FIELDS, valid_from=NEW)
    ended = Area.objects.get(code="A1")
    assert (ended.valid_from, ended.valid_to) == (OLD, NEW)
    assert ended.successor is not None
    assert ended.successor.code == "B1"
    moved = Area.objects.get(code="A2")
    assert (moved.valid_from, moved.valid_to) == (NEW, None)
    assert Area.objects.get(code="A9").valid_to is None
    assert counts_of(summary, "area") == {"appeared": 1, "changed": 1, "went": 1}
    history = FeatureChange.objects.filter(uid=moved.uid).latest("id").before
    assert set(history) == {"geometry", "valid_from"}
    assert load(new, "areas", **FIELDS, valid_from=NEW).is_unchanged


def test_the_order_in_which_vintages_are_loaded_does_not_matter(tmp_path: Path) -> None:
    old = wards_of(tmp_path / "old.geojson", ("A1", 0.0, 0.02), ("A2", 0.03, 0.02), ("A3", 1, 0.02))
    new = wards_of(
        tmp_path / "new.geojson", ("B1", 0.0, 0.02), ("A2", 0.03, 0.021), ("A3", 1, 0.02)
    )

    def states() -> set[tuple[object, ...]]:
        columns = ("code", "valid_from", "valid_to", "successor__code", "east")
        return set(Area.objects.values_list(*columns))

    load(old, "areas", **FIELDS, valid_from=OLD)
    load(new, "areas", **FIELDS, valid_from=NEW)
    forwards = states()
    Area.objects.update(successor=None)
    Area.objects.all().delete()
    load(new, "areas", **FIELDS, valid_from=NEW)
    load(old, "areas", **FIELDS, valid_from=OLD)
    assert states() == forwards
    assert load(old, "areas", **FIELDS, valid_from=OLD).is_unchanged
    assert load(new, "areas", **FIELDS, valid_from=NEW).is_unchanged


def test_an_undated_file_is_the_truth_of_its_land_and_leaves_ended_areas_alone(
    tmp_path: Path,
) -> None:
    old = wards_of(tmp_path / "old.geojson", ("A1", 0.0, 0.02))
    new = wards_of(tmp_path / "new.geojson", ("B1", 0.0, 0.02), ("B2", 0.03, 0.02))
    load(old, "areas", **FIELDS, valid_from=OLD)
    load(new, "areas", **FIELDS, valid_from=NEW)
    fewer = wards_of(tmp_path / "fewer.geojson", ("B1", 0.0, 0.06))
    load(fewer, "areas", **FIELDS)
    assert set(Area.objects.filter(gone_at=None).values_list("code", flat=True)) == {"A1", "B1"}
    assert Area.objects.get(code="B1").valid_from == NEW


def test_an_area_that_ended_stands_again_when_a_later_file_names_it(tmp_path: Path) -> None:
    load(wards_of(tmp_path / "a.geojson", ("A1", 0.0, 0.02)), "areas", **FIELDS, valid_from=OLD)
    load(wards_of(tmp_path / "b.geojson", ("B1", 0.0, 0.02)), "areas", **FIELDS, valid_from=NEW)
    again = wards_of(tmp_path / "c.geojson", ("A1", 0.0, 0.021))
    load(again, "areas", **FIELDS, valid_from=date(2031, 1, 1))
    assert Area.objects.get(code="A1").valid_to is None
    assert Area.objects.get(code="B1").valid_to == date(2031, 1, 1)
    assert load(again, "areas", **FIELDS, valid_from=date(2031, 1, 1)).is_unchanged


days = st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))


@st.composite
def versions(draw: st.DrawFn) -> Version:
    west, size = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    return Version(
        code="A1",
        name=draw(st.sampled_from(["West", "Gorllewin"])),
        name_cy="",
        geometry=shapely.to_wkb(shapely.box(west, 51, west + size, 52)),
        valid_from=draw(days),
    )


@pytest.mark.once
@given(new=versions(), held=versions())
def test_settling_a_version_twice_is_settling_it_once(new: Version, held: Version) -> None:
    once = settle(new, held)
    assert settle(new, once) == once


@pytest.mark.once
@given(first=versions(), second=versions())
def test_of_two_dated_versions_the_later_stands_whichever_comes_first(
    first: Version, second: Version
) -> None:
    dated = first.valid_from is not None and second.valid_from is not None
    if dated and first.valid_from != second.valid_from:
        assert settle(second, first) == settle(first, second)


def _version(code: str, west: float, east: float, day: date | None) -> Version:
    shape = shapely.to_wkb(shapely.box(west, 51, east, 52))
    return Version(code=code, name=code, name_cy="", geometry=shape, valid_from=day)


@pytest.mark.once
@pytest.mark.parametrize(
    ("later", "ending"),
    [
        ([("B1", 0.0, 1.0)], AreaEnding(code="A1", ended_on=NEW, successor="B1")),
        ([("B1", 0.0, 0.49)], None),
        ([("B1", 0.0, 0.3), ("B2", 0.3, 1.0)], AreaEnding(code="A1", ended_on=NEW, successor="B2")),
        ([("B1", 1.0, 2.0)], None),
        ([], None),
    ],
)
def test_an_area_ends_when_later_ones_hold_most_of_its_land(
    later: list[tuple[str, float, float]], ending: AreaEnding | None
) -> None:
    versions = [_version("A1", 0, 1, OLD), *(_version(*one, NEW) for one in later)]
    found = find_endings(versions, [one[0] for one in later], [one[0] for one in later])
    assert found == ([ending] if ending else [])


@pytest.mark.once
def test_the_end_is_that_of_the_vintage_in_between_even_when_it_is_loaded_last() -> None:
    between = date(2015, 1, 1)
    versions = [_version("A1", 0, 1, OLD), _version("C1", 0, 1, NEW), _version("B1", 0, 1, between)]
    endings = find_endings(versions, ["B1"], ["B1"])
    found = {ending.code: (ending.ended_on, ending.successor) for ending in endings}
    assert found == {"A1": (between, "B1"), "B1": (NEW, "C1")}


# --- real files -------------------------------------------------------------------------------


def test_the_real_small_areas_of_newport_change_between_the_censuses(shared_place: Path) -> None:
    areas = shared_place / "areas"
    old = {"kind": "lsoa", "code": "LSOA11CD", "name": "LSOA11NM", "name_cy": "LSOA11NMW"}
    new = {"kind": "lsoa", "code": "LSOA21CD", "name": "LSOA21NM"}
    load(areas / "newport-lsoa2011.geojson", "areas", **old, valid_from=OLD)
    summary = load(areas / "newport-lsoa2021.geojson", "areas", **new, valid_from=NEW)
    assert counts_of(summary, "area")["appeared"] == 10
    assert counts_of(summary, "area")["went"] == 5
    standing = Area.objects.filter(valid_to=None)
    assert standing.count() == 100
    ended = Area.objects.exclude(valid_to=None)
    assert {area.successor.valid_from for area in ended if area.successor} == {NEW}
    assert ended.filter(successor=None).count() == 0
    assert load(areas / "newport-lsoa2021.geojson", "areas", **new, valid_from=NEW).is_unchanged


def test_the_real_invalid_area_of_oxfordshire_is_repaired_and_reported(shared_place: Path) -> None:
    areas = shared_place / "areas"
    fields = {"kind": "msoa", "code": "MSOA21CD", "name": "MSOA21NM"}
    summary = load(areas / "oxfordshire-msoa2021.geojson", "areas", **fields)
    assert counts_of(summary, "area") == {"appeared": 87}
    finding = ImportFinding.objects.get()
    assert (finding.code, finding.subject) == ("area.invalid_geometry", "E02005994")
    assert finding.repaired
    assert "Self-intersection" in finding.value
    assert shape_of("E02005994").is_valid


def test_real_wards_districts_and_output_areas_are_read(shared_place: Path) -> None:
    areas = shared_place / "areas"
    welsh = {"kind": "ward", "code": "WD25CD", "name": "WD25NM", "name_cy": "WD25NMW"}
    load(areas / "newport-ward2025.geojson", "areas", **welsh)
    assert Area.objects.get(code="W05001627").name_cy == "Allt-yr-ynn"
    districts = {"kind": "district", "code": "LADCD", "name": "LADNM"}
    load(areas / "oxfordshire-lad-dissolved.geojson", "areas", **districts)
    smallest = {"kind": "oa", "code": "OA11CD", "name": "OA11CD"}
    summary = load(areas / "oxfordshire-oa2011.geojson.gz", "areas", **smallest)
    assert counts_of(summary, "area") == {"appeared": 2_058}
    assert summary.findings_by_code == {"area.invalid_geometry": 3}
    assert Area.objects.filter(kind="district").count() == 5
