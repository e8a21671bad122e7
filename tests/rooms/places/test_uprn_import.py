"""Property numbers: each to the premises it lies in, one to one where that is possible."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.access import INSTALLATION
from hereabouts.places.actions.importing import import_batch
from hereabouts.places.actions.importing.files import CheckedFile
from hereabouts.places.domain.batch import Batch
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import PremisesRecord
from hereabouts.places.domain.uprn_matching import Matching, Site
from hereabouts.places.errors import ColumnMissing, NothingToAttachTo
from hereabouts.places.models import Identifier, Premises
from tests.rooms.places.importing import counts_of, feature, load, square, write_geojson

HEADER = "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n"
METRE = 1 / 111_195
"""Of latitude, in degrees."""
ALONG = METRE / 0.6293
"""Of longitude at 51° north, in degrees."""

Place = tuple[float, float]


def at(x_m: float, y_m: float) -> Place:
    """Longitude and latitude of a place so far east and north of the corner."""
    return -3.0 + x_m * ALONG, 51.0 + y_m * METRE


def building(name: str, west: float, south: float, size: float = 10.0) -> PremisesRecord:
    corners = [at(west + x, south + y) for x, y in ((0, 0), (size, 0), (size, size), (0, size))]
    outline = shapely.Polygon(corners)
    return premises(name, outline.centroid, outline)


def address(name: str, x_m: float, y_m: float) -> PremisesRecord:
    return premises(name, shapely.Point(at(x_m, y_m)), None)


def premises(
    name: str, point: shapely.Point, outline: shapely.Polygon | None, uprn: str = ""
) -> PremisesRecord:
    return PremisesRecord(
        source="map",
        source_id=name,
        geometry=shapely.to_wkb(point),
        outline=shapely.to_wkb(outline) if outline is not None else None,
        number=name,
        uprn=uprn,
    )


def lay_down(*records: PremisesRecord) -> None:
    """Hold these premises, as a map would have brought them."""
    batch = Batch(source="map", records={Kind.PREMISES: records})
    import_batch(CheckedFile("map.osm", 1, "0" * 64), "osm", lambda: batch, INSTALLATION)


def register(path: Path, rows: Iterable[tuple[str, Place]]) -> Path:
    lines = [f"{uprn},0,0,{lat:.7f},{lon:.7f}\n" for uprn, (lon, lat) in rows]
    path.write_text(HEADER + "".join(lines))
    return path


def numbers() -> dict[str, str]:
    return dict(Premises.objects.exclude(source="os-open-uprn").values_list("number", "uprn"))


def lists() -> dict[str, list[str]]:
    names = dict(Premises.objects.values_list("id", "number"))
    found: dict[str, list[str]] = {}
    rows = Identifier.objects.filter(scheme="uprn").values_list("feature_id", "value")
    for number, value in rows:
        found.setdefault(names[number], []).append(value)
    return {name: sorted(values) for name, values in found.items()}


@pytest.mark.django_db
def test_a_number_goes_to_the_building_it_lies_in_or_stands_beside(tmp_path: Path) -> None:
    lay_down(building("1", 0, 0), building("3", 40, 0), building("5", 80, 0))
    rows = [("101", at(5, 5)), ("102", at(52, 5)), ("103", at(70, 5))]
    path = register(tmp_path / "uprn.csv", rows)
    summary = load(path, "uprn")
    assert numbers() == {"1": "101", "3": "102", "5": ""}
    assert counts_of(summary, "premises") == {"changed": 2}
    assert load(path, "uprn").is_unchanged


@pytest.mark.django_db
def test_a_terrace_in_one_outline_gives_each_door_its_own_number(tmp_path: Path) -> None:
    terrace = building("terrace", 0, 0, 20)
    lay_down(terrace, address("1", 4, 10), address("2", 10, 10), address("3", 16, 10))
    rows = [("201", at(5, 8)), ("202", at(11, 8)), ("203", at(17, 8)), ("204", at(18, 18))]
    path = register(tmp_path / "uprn.csv", rows)
    load(path, "uprn")
    assert numbers() == {"terrace": "204", "1": "201", "2": "202", "3": "203"}
    assert load(path, "uprn").is_unchanged


@pytest.mark.django_db
def test_several_numbers_of_one_building_stay_a_list(tmp_path: Path) -> None:
    lay_down(building("flats", 0, 0))
    path = register(tmp_path / "uprn.csv", [("301", at(3, 3)), ("302", at(6, 6))])
    summary = load(path, "uprn")
    assert numbers() == {"flats": ""}
    assert lists() == {"flats": ["301", "302"]}
    assert summary.findings == 0
    assert load(path, "uprn").is_unchanged


@pytest.mark.django_db
def test_a_number_that_a_premises_carries_stays_unless_the_register_puts_it_elsewhere(
    tmp_path: Path,
) -> None:
    tagged = premises("1", shapely.Point(at(5, 5)), None, uprn="401")
    wrong = premises("2", shapely.Point(at(105, 5)), None, uprn="402")
    lay_down(tagged, wrong)
    rows = [("401", at(25, 5)), ("402", at(900, 5)), ("403", at(105, 5))]
    lay_down(tagged, wrong, building("far", 890, 0))
    summary = load(register(tmp_path / "uprn.csv", rows), "uprn")
    assert numbers() == {"1": "401", "2": "403", "far": "402"}
    assert summary.findings_by_code == {"uprn.elsewhere": 1}


@pytest.mark.django_db
def test_a_number_that_the_register_drops_or_moves_is_taken_back(tmp_path: Path) -> None:
    lay_down(building("1", 0, 0), building("2", 40, 0), building("3", 900, 900))
    rows = [("501", at(5, 5)), ("502", at(45, 5)), ("503", at(905, 905))]
    path = register(tmp_path / "uprn.csv", rows)
    load(path, "uprn")
    corners = [("900", at(-20, -20)), ("901", at(200, 20))]
    summary = load(register(path, [*corners, ("502", at(45, 5))]), "uprn")
    assert counts_of(summary, "premises") == {"changed": 1, "unchanged": 1}
    # The third lies outside what the second file covers.
    assert numbers() == {"1": "", "2": "502", "3": "503"}
    assert lists() == {"2": ["502"], "3": ["503"]}


@pytest.mark.django_db
def test_numbers_left_over_become_premises_only_where_asked_and_areas_are_held(
    tmp_path: Path,
) -> None:
    lay_down(building("1", 0, 0), building("2", 500, 500))
    west = feature("A1", "West", square(-3.0, 51.0, 0.005))
    wards = write_geojson(tmp_path / "a.geojson", [west])
    load(wards, "areas", kind="ward", code="code", name="name")
    rows = [("601", at(5, 5)), ("602", at(100, 100)), ("603", at(-30, 100)), ("604", at(5_000, 0))]
    path = register(tmp_path / "uprn.csv", rows)
    load(path, "uprn")
    assert Premises.objects.count() == 2
    load(path, "uprn", create=True)
    made = Premises.objects.get(source="os-open-uprn")
    assert (made.uprn, made.use, made.source_id) == ("602", "other", "602")
    assert load(path, "uprn", create=True).is_unchanged


@pytest.mark.django_db
def test_bad_rows_are_findings(tmp_path: Path) -> None:
    lay_down(building("1", 0, 0))
    path = tmp_path / "uprn.csv"
    lon, lat = at(5, 5)
    rows = [f"x12,0,0,{lat},{lon}", f"701,0,0,{lat},", "702,0,0,nan,nan", f"703,0,0,{lat},{lon}"]
    path.write_text(HEADER + "\n".join([*rows, rows[-1], "704,0"]) + "\n")
    summary = load(path, "uprn")
    assert numbers() == {"1": "703"}
    assert summary.findings_by_code == {
        "uprn.malformed": 1,
        "place.not_a_number": 2,
        "uprn.repeated": 1,
        "table.row_length": 1,
    }


@pytest.mark.django_db
def test_a_table_with_grid_references_only_is_read_too(tmp_path: Path) -> None:
    lay_down(premises("1", shapely.Point(-3.01161, 51.59318), None))
    path = tmp_path / "uprn.csv"
    path.write_text("UPRN,X_COORDINATE,Y_COORDINATE\n801,330020.00,188744.00\n")
    load(path, "uprn")
    assert numbers() == {"1": "801"}


@pytest.mark.django_db
def test_numbers_need_premises_and_a_column(tmp_path: Path) -> None:
    path = register(tmp_path / "uprn.csv", [("1", at(0, 0))])
    with pytest.raises(NothingToAttachTo, match="no premises"):
        load(path, "uprn")
    lay_down(building("1", 0, 0))
    path.write_text("number,latitude,longitude\n1,51,0\n")
    with pytest.raises(ColumnMissing, match="the UPRN"):
        load(path, "uprn")


@pytest.mark.django_db
def test_ten_times_the_register_needs_no_more_memory(tmp_path: Path) -> None:
    lay_down(*(building(str(n), 20.0 * n, 0) for n in range(20)))
    near = [(str(n), at(float(n), 5.0)) for n in range(1_000, 1_400)]
    far = at(0.0, 9_000.0)
    peaks = []
    for rows in (30_000, 30_000, 200_000):
        others = ((str(number), far) for number in range(10_000, 10_000 + rows))
        path = register(tmp_path / "uprn.csv", [*near, *others])
        tracemalloc.start()
        load(path, "uprn")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # The first run also loads modules.
    assert peaks[2] < peaks[1] + 200_000


# --- the rule ---------------------------------------------------------------------------------

metres = st.integers(0, 60).map(float)
places = st.lists(st.tuples(metres, metres), min_size=1, max_size=12)


@pytest.mark.once
@given(places=places)
def test_every_number_is_given_to_one_site_at_most(places: list[Place]) -> None:
    sites = [
        Site(1, *at(10, 10), building("b", 0, 0, 20).outline),
        Site(2, *at(5, 5), None),
        Site(3, *at(15, 15), None),
        Site(4, *at(50, 50), None),
    ]
    matching = Matching(sites)
    uprns = [str(100 + n) for n in range(len(places))]
    taken = matching.take(uprns, np.array([at(*place) for place in places]))
    given_out = [uprn for found in matching.result().values() for uprn in found]
    assert sorted(given_out) == sorted(
        uprn for uprn, is_taken in zip(uprns, taken, strict=True) if is_taken
    )
    inside = [x <= 20 and y <= 20 for x, y in places]
    assert all(is_taken for is_taken, is_inside in zip(taken, inside, strict=True) if is_inside)
