"""Tables of text: whatever is wrong with a row, the others are read, in flat memory."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.places.adapters.tabular import read_table, read_tables
from hereabouts.places.adapters.unpacking import open_unpacked
from hereabouts.places.domain.batch import Findings, say_nothing
from hereabouts.places.domain.columns import bare, find_column, find_place_columns
from hereabouts.places.domain.numbers import parse_number, parse_whole
from hereabouts.places.errors import (
    ArchiveNotSafe,
    FileDamaged,
    FileEmpty,
    FileIsInstead,
    UnpacksTooLarge,
)

Rows = list[tuple[int, list[str]]]


def read(content: bytes, name: str = "a.csv") -> tuple[list[str], Rows, Findings]:
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        table = read_table(path, findings, say_nothing, "a table (CSV)")
        return list(table.columns), list(table.rows()), findings


# --- bad rows ---------------------------------------------------------------------------------


def test_an_unclosed_quote_costs_its_own_row_only() -> None:
    _, rows, findings = read(b'a,b\n1,2\n"x,3\n4,5\n6,7\n')
    assert rows == [(2, ["1", "2"]), (4, ["4", "5"]), (5, ["6", "7"])]
    assert [(f.code, f.subject) for f in findings.kept] == [("table.row_broken", "a.csv, line 3")]


def test_an_unclosed_quote_far_from_the_end_is_noticed_before_it_swallows_the_file() -> None:
    tail = b"".join(b"%d,2\n" % number for number in range(1_000))
    _, rows, findings = read(b'a,b\n"x,3\n' + tail)
    assert len(rows) == 1_000
    assert findings.by_code == {"table.row_broken": 1}


def test_two_stray_quotes_do_not_join_the_rows_between_them() -> None:
    _, rows, findings = read(b'a,b\n"x,3\n4,5\n"y,6\n7,8\n')
    assert [cells for _, cells in rows] == [["4", "5"], ["7", "8"]]
    assert findings.by_code == {"table.row_broken": 2}


def test_a_cell_may_hold_several_lines() -> None:
    _, rows, findings = read(b'a,b\n"one\ntwo",3\n4,5\n')
    assert rows == [(2, ["one\ntwo", "3"]), (4, ["4", "5"])]
    assert findings.total == 0


def test_a_row_with_a_nul_byte_or_an_endless_cell_is_a_finding() -> None:
    body = b"a,b\n1\x00,2\n" + b"z" * 200_000 + b",1\n" + b"y" * 3_000_000 + b"\n3,4\n"
    _, rows, findings = read(body)
    assert rows == [(5, ["3", "4"])]
    assert findings.by_code == {
        "table.nul_bytes": 1,
        "table.row_broken": 1,
        "table.line_too_long": 1,
    }


def test_rows_of_the_wrong_length_are_findings_but_empty_cells_at_the_end_are_not() -> None:
    _, rows, findings = read(b"a,b\n1\n1,2,,\n1,2,3\n")
    assert rows == [(3, ["1", "2"])]
    assert [f.value for f in findings.kept] == ["1", "3"]


def test_a_file_of_broken_quotes_is_refused_rather_than_read_for_ever() -> None:
    with pytest.raises(FileDamaged, match="quotation marks"):
        read(b"a,b\n" + b'"x,1\n' * 1_001)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)
tables = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8)


@given(rows=tables, delimiter=st.sampled_from(",;\t|"))
def test_what_is_written_as_csv_is_read_as_it_was(rows: list[list[str]], delimiter: str) -> None:
    body = io.StringIO()
    writer = csv.writer(body, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["one", "two", "three"], *rows])
    columns, found, findings = read(body.getvalue().encode())
    assert columns == ["one", "two", "three"]
    assert [cells for _, cells in found] == rows
    assert findings.total == 0


@given(rows=st.lists(st.binary(max_size=60), max_size=12))
def test_no_bytes_stop_the_good_rows_before_and_after_them(rows: list[bytes]) -> None:
    junk = b"".join(row.replace(b"\n", b"").replace(b"\r", b"") + b"\n" for row in rows)
    _, found, _ = read(b"first,second\nfirst,1\n" + junk + b"\n" * 2 + b"last,2\n")
    kept = [cells for _, cells in found]
    assert kept[0] == ["first", "1"]
    assert kept[-1] == ["last", "2"]


# --- encodings and delimiters -----------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert read("\ufefftown,size\nMaesglas,2\n".encode())[0] == ["town", "size"]


def test_text_in_windows_1252_is_read_and_reported_once() -> None:
    _, rows, findings = read("a,b\nPantêg,1\nDŵr,2\n".encode("cp1252", "replace"))
    assert rows[0] == (2, ["Pantêg", "1"])
    assert findings.by_code == {"table.not_utf_8": 1}


def test_utf_16_is_read_by_its_mark() -> None:
    assert read("a;b\nPantêg;1\n".encode("utf-16"))[1] == [(2, ["Pantêg", "1"])]


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", gzip.compress(b"", mtime=0)])
def test_nothing_is_refused_as_empty(content: bytes) -> None:
    with pytest.raises(FileEmpty):
        read(content)


# --- archives ---------------------------------------------------------------------------------


def test_a_gzip_bomb_is_refused_before_it_fills_anything() -> None:
    bomb = gzip.compress(b"a,b\n" + b"0" * 80_000_000)
    with pytest.raises(UnpacksTooLarge, match="unpacks into far more"):
        read(bomb, "a.csv.gz")


def test_a_zip_bomb_is_refused_before_it_fills_anything() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"a,b\n" + b"1,2\n" * 20_000_000)
    with pytest.raises(UnpacksTooLarge):
        read(body.getvalue(), "a.zip")


def test_a_gzip_that_breaks_off_is_refused() -> None:
    with pytest.raises(FileDamaged, match="packing is broken"):
        read(gzip.compress(b"a,b\n" + b"1,2\n" * 1_000)[:-20], "a.csv.gz")


def test_an_honest_table_of_figures_is_not_taken_for_a_bomb(tmp_path: Path) -> None:
    rows = b"".join(b"E%08d,%d\n" % (n, n % 10) for n in range(1_000))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"code,rank\n" + rows * 3_000, 1))
    with open_unpacked(path) as opened:
        assert sum(len(piece) for piece in iter(lambda: opened.stream.read(1 << 20), b"")) > 3e7


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "x\\..\\..\\a.csv", "C:\\a.csv"])
def test_an_archive_that_points_outside_is_not_opened(name: str) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "a,b\n1,2\n")
    with pytest.raises(ArchiveNotSafe, match="put elsewhere"):
        read(body.getvalue(), "a.zip")


def test_half_a_zip_is_refused() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    with pytest.raises(FileDamaged, match="not a whole ZIP"):
        read(body.getvalue()[:40], "a.zip")


def test_an_office_document_is_no_archive_of_tables() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("data.csv", b"%PDF-1.7 not a table")
    with pytest.raises(FileIsInstead, match="PDF"):
        read(body.getvalue(), "a.zip")


# --- memory -----------------------------------------------------------------------------------


def _peak_bytes(path: Path) -> int:
    tracemalloc.start()
    for table in read_tables(path, Findings(), say_nothing, "a table (CSV)"):
        for _ in table.rows():
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_ten_times_the_rows_need_no_more_memory(tmp_path: Path) -> None:
    row = b"%d,330020.00,188744.00,51.59318,-3.01161\n"
    header = b"UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n"
    peaks = []
    for rows in (20_000, 200_000):
        path = tmp_path / f"{rows}.csv"
        path.write_bytes(header + b"".join(row % number for number in range(rows)))
        peaks.append(_peak_bytes(path))
    assert peaks[1] < peaks[0] + 100_000


# --- columns and numbers ----------------------------------------------------------------------


@given(name=st.text(max_size=20))
def test_a_bare_name_is_bare_already(name: str) -> None:
    assert bare(bare(name)) == bare(name)


COLUMNS = ["Lattitude", "LONGITUDE", "Post code", "x", "Name"]


@given(columns=st.lists(st.sampled_from(COLUMNS), unique=True))
def test_a_column_is_found_by_any_spelling_wherever_it_stands(columns: list[str]) -> None:
    for name in columns:
        assert find_column(columns, [name.upper().replace(" ", "_")]) == columns.index(name)


def test_degrees_come_before_grid_references() -> None:
    found = find_place_columns(["UPRN", "X_COORDINATE", "Y_COORDINATE", "LATITUDE", "LONGITUDE"])
    assert found is not None
    assert (found.x, found.y, found.is_projected) == (4, 3, False)


def test_no_place_without_both_halves() -> None:
    assert find_place_columns(["easting", "latitude", "name"]) is None


@given(number=st.integers(-(10**12), 10**12))
def test_whole_numbers_are_read_plain_with_commas_and_from_spreadsheets(number: int) -> None:
    assert parse_whole(str(number)) == parse_whole(f"{number:,}") == parse_whole(f"{number}.0")
    assert parse_whole(str(number)) == number


@given(text=st.text(max_size=12))
def test_a_text_is_a_finite_number_or_none(text: str) -> None:
    found = parse_number(text)
    assert found is None or found == pytest.approx(float(text.replace(",", "")))


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "0x10", "1_000", "١٢", "1,2", ""])
def test_what_python_takes_for_a_number_and_a_table_does_not_mean_is_none(text: str) -> None:
    assert parse_number(text) is None
