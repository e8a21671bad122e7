"""Postcodes: how they are written, and how files of them are read."""

from __future__ import annotations

import csv
import gzip
import io
import string
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.places.domain.postcodes import outward_of, parse_postcode
from hereabouts.places.errors import ArchiveHoldsNothing, ColumnMissing, FileIsInstead
from hereabouts.places.models import AreaMembership, ImportFinding, Postcode
from tests.rooms.places.importing import counts_of, load

FORMS = ["A9", "A99", "AA9", "AA99", "A9A", "AA9A"]
FIRST, SECOND = "ABCDEFGHIJKLMNOPRSTUWYZ", "ABCDEFGHKLMNOPQRSTUVWXY"
THIRD, FOURTH = "ABCDEFGHJKPSTUW", "ABEHMNPRVWXY"
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
digits = st.sampled_from(string.digits)


@st.composite
def postcodes(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(FORMS))
    outward = ""
    for place, kind in enumerate(form):
        if kind == "9":
            outward += draw(digits)
        elif place < 2:
            outward += draw(st.sampled_from(FIRST if place == 0 else SECOND))
        else:
            outward += draw(st.sampled_from(THIRD if place == 2 else FOURTH))
    letters = st.sampled_from(INWARD)
    return f"{outward} {draw(digits)}{draw(letters)}{draw(letters)}"


@given(code=postcodes(), blanks=st.text(" \t", max_size=2), lower=st.booleans())
def test_a_postcode_is_read_however_it_is_spaced_and_cased(
    code: str, blanks: str, lower: bool
) -> None:
    bare = code.replace(" ", blanks)
    assert parse_postcode(bare.lower() if lower else bare) == code


@given(code=postcodes())
def test_a_written_postcode_is_read_as_itself(code: str) -> None:
    assert parse_postcode(code) == code
    assert f"{outward_of(code)} {code[-3:]}" == code


@given(text=st.text(max_size=20))
def test_any_text_is_a_postcode_in_its_one_form_or_none(text: str) -> None:
    found = parse_postcode(text)
    assert found is None or parse_postcode(found) == found


@pytest.mark.parametrize("text", ["", "OX1", "OX1 1A", "QX1 1AA", "OX1 1CA", "1OX 1AA", "OX1 1AAA"])
def test_what_is_no_postcode_is_none(text: str) -> None:
    assert parse_postcode(text) is None


# --- files ------------------------------------------------------------------------------------

CODE_POINT = (
    "OX1 1AA,10,450673,205980,E92000001,E19000002,E18000009,E10000025,E07000178,E05006547\n"
)
DIRECTORY = "pcd,pcds,doterm,oseast1m,osnrth1m,osgrdind,oslaua,osward,lat,long\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.django_db
def test_code_point_open_without_a_header_is_read_by_its_columns(tmp_path: Path) -> None:
    load(write(tmp_path / "ox.csv", CODE_POINT), "postcodes")
    found = Postcode.objects.get()
    assert (found.code, found.quality) == ("OX1 1AA", "10")
    assert found.area_codes == {
        "country": "E92000001", "county": "E10000025", "district": "E07000178", "ward": "E05006547",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_postcode_directory_says_when_a_code_ended(tmp_path: Path) -> None:
    rows = "OX1 1AA,OX1 1AA,199606,450673,205980,1,E07000178,E05006547,51.75,-1.26\n"
    load(write(tmp_path / "onspd.csv", DIRECTORY + rows), "postcodes")
    found = Postcode.objects.get()
    assert (found.ended, found.west, found.south) == (date(1996, 6, 1), -1.26, 51.75)


@pytest.mark.django_db
def test_bad_rows_are_findings_and_the_others_are_read(tmp_path: Path) -> None:
    rows = [
        "OX1 1AA,OX1 1AA,,450673,205980,1,,,51.75,-1.26",
        "NOT ONE,NOT ONE,,450673,205980,1,,,51.75,-1.26",
        "OX1 1AB,OX1 1AB,,,,9,,,99.999999,0.000000",
        "OX1 1AD,OX1 1AD,,450673,205980,1,,,nan,-1.26",
        "OX1 1AE,OX1 1AE,1996-13,450673,205980,1,,,51.75,-1.26",
        "OX1 1AF,OX1 1AF",
        "OX1 1AA,OX1 1AA,,450673,205980,1,,,51.80,-1.26",
    ]
    path = write(tmp_path / "onspd.csv", DIRECTORY + "\n".join(rows) + "\n")
    summary = load(path, "postcodes")
    assert sorted(Postcode.objects.values_list("code", flat=True)) == ["OX1 1AA", "OX1 1AE"]
    assert summary.findings_by_code == {
        "postcode.malformed": 1,
        "postcode.without_place": 1,
        "place.not_a_number": 1,
        "postcode.bad_end": 1,
        "table.row_length": 1,
        "record.duplicate": 1,
    }
    malformed = ImportFinding.objects.get(code="postcode.malformed")
    assert (malformed.subject, malformed.value) == ("onspd.csv, line 3", "NOT ONE")


@pytest.mark.django_db
def test_every_table_of_a_zip_is_read_and_others_in_it_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Data/CSV/ox.csv", CODE_POINT)
        archive.writestr("Data/CSV/np.csv", CODE_POINT.replace("OX1 1AA", "NP201AA"))
        archive.writestr("Doc/metadata.csv", "a,b\n1,2\n")
        archive.writestr("Doc/licence.txt", "")
        archive.writestr("__MACOSX/Data/CSV/._ox.csv", "junk")
    summary = load(path, "postcodes")
    assert sorted(Postcode.objects.values_list("code", flat=True)) == ["NP20 1AA", "OX1 1AA"]
    assert summary.findings_by_code == {"table.not_postcodes": 1, "table.empty": 1}


@pytest.mark.django_db
def test_a_second_import_changes_nothing_and_a_moved_code_moves(tmp_path: Path) -> None:
    path = write(tmp_path / "ox.csv", CODE_POINT)
    load(path, "postcodes")
    assert load(path, "postcodes").is_unchanged
    moved = load(write(path, CODE_POINT.replace("450673", "450773")), "postcodes")
    assert counts_of(moved, "postcode") == {"moved": 1}


@pytest.mark.django_db
def test_the_real_postcodes_of_two_areas_agree_with_their_published_counts(
    shared_place: Path,
) -> None:
    areas = shared_place / "areas"
    fields = {"kind": "lsoa", "code": "LSOA21CD", "name": "LSOA21NM"}
    load(areas / "oxfordshire-lsoa2021.geojson", "areas", **fields)
    for name, count in (("NP", 13_473), ("OX", 19_105)):
        summary = load(areas / f"codepoint-open-2014-08-{name}.csv.gz", "postcodes")
        assert counts_of(summary, "postcode") == {"appeared": count}
        assert summary.findings == 0
    with gzip.open(areas / "codepoint-open-2014-08-OX.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    in_county = {row["postcode"] for row in rows if row["admin_county"] == "E10000025"}
    members = AreaMembership.objects.filter(kind="postcode").values_list("feature_id", flat=True)
    held = dict(Postcode.objects.values_list("id", "code"))
    codes = {held[number] for number in members}
    assert len(codes) == 18_459
    assert codes == {parse_postcode(code) for code in in_county}
    assert load(areas / "codepoint-open-2014-08-OX.csv.gz", "postcodes").is_unchanged


@pytest.mark.django_db
def test_a_table_without_postcodes_is_refused_with_its_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "town,easting,northing\nx,1,2\n")
    with pytest.raises(ColumnMissing, match=r"no column for the postcode.*town, easting, northing"):
        load(path, "postcodes")


@pytest.mark.django_db
def test_a_table_without_places_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="no column for the place"):
        load(write(tmp_path / "a.csv", "postcode,town\nOX1 1AA,x\n"), "postcodes")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "is_said"),
    [
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x81", "OpenStreetMap extract"),
        (b'{"type": "FeatureCollection"}', "JSON"),
        (b"SQLite format 3\x00" + bytes(100), "GeoPackage"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<html><body>Not found</body></html>", "web page"),
        (bytes(range(256)) * 4, "binary data"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_is(
    tmp_path: Path, content: bytes, is_said: str
) -> None:
    path = tmp_path / "postcodes.csv"
    path.write_bytes(content)
    with pytest.raises(FileIsInstead, match=f"not a table of postcodes.*{is_said}"):
        load(path, "postcodes")


@pytest.mark.django_db
def test_a_zip_without_tables_is_refused(tmp_path: Path) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("readme.md", "nothing here")
    path = tmp_path / "a.zip"
    path.write_bytes(body.getvalue())
    with pytest.raises(ArchiveHoldsNothing, match=r"\.csv"):
        load(path, "postcodes")
