"""Assets: from a table or a layer, whatever its columns are called; bus stops are not doubled."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hereabouts.kernel.geometry import Point
from hereabouts.places.errors import ColumnMissing, FieldMissing, FileIsInstead, UnknownAssetType
from hereabouts.places.models import Asset, Identifier, ImportFinding
from tests.rooms.places.importing import counts_of, load, write_geojson

pytestmark = pytest.mark.django_db


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


BINS = (
    "ref,Lattitude,Longitude,Material,Notes\n"
    "B1,51.75,-1.25,steel,\n"
    "B2,51.76,-1.26,wood,by the  gate\n"
)


def test_a_table_is_read_by_its_usual_columns_and_the_rest_become_attributes(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "Bins 2026.csv", BINS)
    assert counts_of(load(path, "assets", type="bin"), "asset") == {"appeared": 2}
    found = Asset.objects.get(reference="B2")
    assert (found.type, found.source, found.west, found.south) == ("bin", "bins-2026", -1.26, 51.76)
    assert found.attributes == {"Material": "wood", "Notes": "by the gate"}
    assert load(path, "assets", type="bin").is_unchanged


def test_a_later_file_of_the_register_moves_and_removes(tmp_path: Path) -> None:
    path = write(tmp_path / "bins.csv", BINS)
    load(path, "assets", type="bin")
    benches = write(tmp_path / "benches.csv", BINS.replace("B1", "S1").replace("B2", "S2"))
    load(benches, "assets", type="bench", source="bins")
    write(path, "ref,Lattitude,Longitude,Material,Notes\nB1,51.7501,-1.25,steel,\n")
    summary = load(path, "assets", type="bin")
    assert counts_of(summary, "asset") == {"moved": 1, "went": 1}
    assert Asset.objects.filter(type="bench", gone_at=None).count() == 2


def test_columns_that_the_operator_names_are_used(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "lamp,title,e,n\nL1,Lamp one,450673,205980\n")
    named = {"reference": "lamp", "name": "title", "easting": "e", "northing": "n"}
    load(path, "assets", type="street_lamp", **named)
    found = Asset.objects.get()
    assert (found.reference, found.name, found.attributes) == ("L1", "Lamp one", {})
    assert Point(found.west, found.south).distance_m(Point(-1.26737, 51.75023)) < 5


def test_layers_are_read_and_shapes_become_points(tmp_path: Path) -> None:
    def one(values: dict[str, object], kind: str, places: object) -> dict[str, object]:
        return {
            "type": "Feature",
            "properties": values,
            "geometry": {"type": kind, "coordinates": places},
        }

    ring = [[-1.0, 51.0], [-0.9, 51.0], [-0.9, 51.1], [-1.0, 51.0]]
    features = [
        one({"ref": 7, "name": "Oak", "girth": 1.5, "tags": ["old"]}, "Point", [-1.25, 51.75]),
        one({"ref": 8, "name": "Wood", "girth": None}, "Polygon", [ring]),
        one({"ref": 9}, "Point", [float("nan"), 51.0]),
        {"type": "Feature", "properties": {"ref": 10}, "geometry": None},
    ]
    plain = write_geojson(tmp_path / "trees.geojson", features)
    packed = tmp_path / "trees.geojson.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    summary = load(packed, "assets", type="tree")
    oak = Asset.objects.get(reference="7")
    assert (oak.name, oak.attributes) == ("Oak", {"girth": "1.5", "tags": '["old"]'})
    assert Asset.objects.get(reference="8").west > -1.0
    assert summary.findings_by_code == {
        "geometry.unreadable": 1,
        "asset.made_a_point": 1,
        "asset.no_geometry": 1,
    }
    assert load(plain, "assets", type="tree").is_unchanged


def test_a_repeated_reference_keeps_both_things_and_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "ref,lat,lon\nB1,51.75,-1.25\nB1,51.76,-1.26\n")
    summary = load(path, "assets", type="bin")
    assert list(Asset.objects.values_list("reference", flat=True)) == ["B1", "B1"]
    assert summary.findings_by_code == {"asset.repeated": 1}
    assert load(path, "assets", type="bin").is_unchanged


def test_bad_rows_are_findings(tmp_path: Path) -> None:
    rows = "ref,lat,lon\nB1,51.75,-1.25\nB2,x,-1.25\nB3,0,0\nB4,512,-1.25\nB5,51\nB6,51.7,inf\n"
    summary = load(write(tmp_path / "a.csv", rows), "assets", type="bin")
    assert list(Asset.objects.values_list("reference", flat=True)) == ["B1"]
    assert summary.findings_by_code == {
        "place.not_a_number": 2,
        "place.not_on_the_map": 2,
        "table.row_length": 1,
    }
    unreadable = ImportFinding.objects.filter(code="place.not_a_number").earliest("id")
    assert (unreadable.subject, unreadable.value) == ("a.csv, line 3", "-1.25, x")


def test_an_unknown_type_is_refused_with_the_types_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownAssetType, match=r"no asset type “lamp”.*bench, bin.*street_lamp"):
        load(write(tmp_path / "a.csv", BINS), "assets", type="lamp")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="no column for the place"):
        load(write(tmp_path / "a.csv", "ref,street\nB1,Mill Lane\n"), "assets", type="bin")
    path = write(tmp_path / "b.csv", BINS)
    with pytest.raises(FieldMissing, match="no field “asset”"):
        load(path, "assets", type="bin", reference="asset")
    with pytest.raises(FieldMissing, match="no field “y”"):
        load(path, "assets", type="bin", lon="Longitude", lat="y")
    path.write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader")
    with pytest.raises(FileIsInstead, match="OpenStreetMap"):
        load(path, "assets", type="bin")


# --- bus stops --------------------------------------------------------------------------------

STOPS = "ATCOCode,CommonName,Indicator,Longitude,Latitude\n"


def mapped(path: Path, stops: list[tuple[str, float, float]]) -> Path:
    """Stops as another register has them, nameless and without codes."""
    rows = "".join(f"{ref},{lon},{lat}\n" for ref, lon, lat in stops)
    return write(path, "ref,lon,lat\n" + rows)


def test_a_stop_of_the_national_register_is_the_held_one_that_stands_there(tmp_path: Path) -> None:
    held = [("", -1.25, 51.75), ("M2", -1.26, 51.75)]
    load(mapped(tmp_path / "map.csv", held), "assets", type="bus_stop")
    near = 51.75 + 10 / 111_195
    rows = f"340000001,Mill Lane,opp,-1.25,{near}\n340000002,Station,Bay 1,-1.2505,51.75\n"
    path = write(tmp_path / "naptan.csv", STOPS + rows)
    summary = load(path, "assets", type="bus_stop")
    assert counts_of(summary, "asset") == {"appeared": 1, "changed": 1}
    merged = Asset.objects.get(reference="340000001")
    assert (merged.source, merged.name) == ("map", "Mill Lane")
    codes = Identifier.objects.filter(scheme="naptan").values_list("feature_id", "value")
    assert dict(codes)[merged.pk] == "340000001"
    assert len(codes) == 2
    assert load(path, "assets", type="bus_stop").is_unchanged


def test_of_two_codes_at_one_held_stop_the_nearer_is_its_own(tmp_path: Path) -> None:
    load(mapped(tmp_path / "map.csv", [("", -1.25, 51.75)]), "assets", type="bus_stop")
    rows = f"1,A,,-1.25,{51.75 + 9 / 111_195}\n2,B,,-1.25,{51.75 + 3 / 111_195}\n"
    load(write(tmp_path / "naptan.csv", STOPS + rows), "assets", type="bus_stop")
    sources = dict(Asset.objects.values_list("reference", "source"))
    assert sources == {"2": "map", "1": "naptan"}


def test_a_code_that_a_held_stop_carries_wins_over_nearness(tmp_path: Path) -> None:
    rows = "1,A,,-1.25,51.75\n2,B,,-1.26,51.75\n"
    path = write(tmp_path / "first.csv", STOPS + rows)
    load(path, "assets", type="bus_stop")
    # Another register of the same stops, which have changed places.
    rows = "1,A,,-1.26,51.75\n2,B,,-1.25,51.75\n"
    summary = load(write(tmp_path / "second.csv", STOPS + rows), "assets", type="bus_stop")
    assert counts_of(summary, "asset") == {"unchanged": 2}
    assert dict(Asset.objects.values_list("reference", "west")) == {"1": -1.25, "2": -1.26}


# --- real files -------------------------------------------------------------------------------


def test_real_recycling_banks_of_oxford_are_read_in_spite_of_their_spelling(
    shared_place: Path,
) -> None:
    path = shared_place / "civic" / "oxford-recycling-banks.csv"
    assert counts_of(load(path, "assets", type="recycling"), "asset") == {"appeared": 26}
    found = Asset.objects.get(name__startswith="Cardigan Street")
    assert found.attributes["Textiles (clothes, shoes, rags etc.)"] == "Yes"
    assert Point(found.west, found.south).distance_m(Point(-1.26647, 51.75947)) < 1
    assert load(path, "assets", type="recycling").is_unchanged


def test_real_bus_stops_of_the_county_join_those_on_the_map(shared_place: Path) -> None:
    load(shared_place / "osm" / "oxford-jericho-norham-2015-02-25.osm.bz2", "osm")
    on_map = Asset.objects.filter(type="bus_stop").count()
    path = shared_place / "transport" / "naptan-oxfordshire-c2016.csv"
    counts = load(path, "assets", type="bus_stop").counts["asset"]
    # One stop of the map has no counterpart; of the others 21 carried their code already.
    assert (on_map, counts.appeared) == (23, 4_337 - 22)
    assert (counts.changed, counts.unchanged) == (1, 21)
    codes = Identifier.objects.filter(kind="asset", scheme="naptan").values_list("value", flat=True)
    assert len(codes) == len(set(codes)) == 4_337


def test_a_place_inside_an_address_cell_is_found(shared_place: Path) -> None:
    path = shared_place / "civic" / "oxford-community-centres.csv"
    summary = load(path, "assets", type="shelter")
    assert summary.counts["asset"].appeared + summary.findings == 23
    found = Asset.objects.get(name="Barton Neighbourhood Centre")
    assert (found.west, found.south) == (-1.196394, 51.7678664)
    assert found.attributes == {"Location": "Underhill Circus Headington Oxford OX3 9LS. Oxford UK"}
