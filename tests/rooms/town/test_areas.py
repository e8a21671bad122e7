"""Areas tile and nest; registers agree with the map and with the columns of the real ones."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path

import pytest
import shapely

from hereabouts.town.statistics.postcodes import POSTCODE_AREA
from tests.rooms.town.conftest import Generated

REAL_POSTCODE_AREAS = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN "
    "DT DY E EC EH EN EX FK FY G GIR GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY "
    "L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR QC RG RH RM S "
    "SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS "
    "WV XM XX YO ZE"
).split()
KINDS = {"district": "LAD25CD", "wards": "WD25CD", "msoas": "MSOA21CD", "lsoas": "LSOA21CD"}


def shapes(place: Generated, kind: str) -> dict[str, shapely.Geometry]:
    features = json.loads((place.folder / f"{kind}.geojson").read_text())["features"]
    return {
        f["properties"][KINDS[kind]]: shapely.from_geojson(json.dumps(f["geometry"]))
        for f in features
    }


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", ["wards", "msoas", "lsoas"])
def test_areas_tile_the_district_without_gaps_or_overlaps(place: Generated, kind: str) -> None:
    areas = list(shapes(place, kind).values())
    (district,) = shapes(place, "district").values()
    assert shapely.is_valid(areas).all()
    assert shapely.coverage_is_valid(areas)
    together = shapely.coverage_union_all(areas)
    assert shapely.symmetric_difference(together, district).area < 1e-9 * district.area


def test_small_areas_nest_in_middle_ones(place: Generated) -> None:
    features = json.loads((place.folder / "lsoas.geojson").read_text())["features"]
    small, middle = shapes(place, "lsoas"), shapes(place, "msoas")
    parents: dict[str, list[str]] = {}
    for feature in features:
        own = feature["properties"]
        parents.setdefault(own["parent"], []).append(own["LSOA21CD"])
    assert parents.keys() == middle.keys()
    for code, children in parents.items():
        together = shapely.coverage_union_all([small[child] for child in children])
        gap = shapely.symmetric_difference(together, middle[code]).area
        assert gap < 1e-9 * middle[code].area


def test_codes_are_unique_and_nobody_elses(place: Generated) -> None:
    codes = [code for kind in KINDS for code in shapes(place, kind)]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"X0[1257]\d{6}", code) for code in codes)


def test_wards_have_names_of_their_own(place: Generated) -> None:
    features = json.loads((place.folder / "wards.geojson").read_text())["features"]
    names = [feature["properties"]["WD25NM"] for feature in features]
    assert all(names)
    assert len(set(names)) == len(names) >= 3


def test_the_residents_of_the_small_areas_add_up(place: Generated) -> None:
    table = rows(place.folder / "population.csv")
    assert [row["lsoa21_code"] for row in table] == sorted(shapes(place, "lsoas"))
    assert sum(int(row["residents"]) for row in table) == place.summary.residents
    assert sum(int(row["households"]) for row in table) == place.summary.counts["homes"]


def test_small_areas_are_of_about_the_same_size(market_town: Generated) -> None:
    sizes = [int(row["residents"]) for row in rows(market_town.folder / "population.csv")]
    assert min(sizes) > 600
    assert max(sizes) < 3_600


def test_the_postcode_area_is_in_use_nowhere() -> None:
    assert POSTCODE_AREA not in REAL_POSTCODE_AREAS


def test_postcodes_have_the_columns_of_code_point_open(
    place: Generated, shared_place: Path
) -> None:
    real = shared_place / "areas" / "codepoint-open-2014-08-NP.csv.gz"
    with gzip.open(real, "rt", encoding="utf-8") as file:
        header = file.readline().strip()
    lines = (place.folder / "postcodes.csv").read_text().splitlines()
    assert lines[0] == header
    assert len(lines) - 1 == place.summary.counts["postcodes"]


def test_postcodes_are_well_formed_unique_and_those_of_the_map(place: Generated) -> None:
    codes = [row["postcode"] for row in rows(place.folder / "postcodes.csv")]
    assert all(re.fullmatch(r"ZX\d{1,2} {0,1}\d[ABD-HJLNP-UW-Z]{2}", code) for code in codes)
    assert all(len(code) == 7 for code in codes)
    assert len(set(codes)) == len(codes)
    spaced = {f"{code[:-3].strip()} {code[-3:]}" for code in codes}
    used = {tags["addr:postcode"] for _, tags in place.map.ways_with("addr:postcode")}
    assert used <= spaced


def test_each_postcode_names_a_ward_of_the_town(place: Generated) -> None:
    wards = {row["admin_ward"] for row in rows(place.folder / "postcodes.csv")}
    assert wards == set(shapes(place, "wards"))


def test_deprivation_has_the_columns_and_the_scale_of_the_real_index(
    place: Generated, shared_place: Path
) -> None:
    real = shared_place / "deprivation" / "imd2025-england-lsoa2021.csv.gz"
    with gzip.open(real, "rt", encoding="utf-8") as file:
        header = file.readline().strip()
    text = (place.folder / "deprivation.csv").read_text()
    assert text.splitlines()[0] == header
    table = rows(place.folder / "deprivation.csv")
    ranks = [int(row["IMD_rank"]) for row in table]
    assert len(set(ranks)) == len(ranks) == place.summary.counts["lsoas"]
    assert all(1 <= rank <= 33_755 for rank in ranks)
    assert all(int(row["IMD_decile"]) == -(-int(row["IMD_rank"]) * 10 // 33_755) for row in table)


def test_a_town_has_poor_quarters_and_well_off_ones(market_town: Generated) -> None:
    table = rows(market_town.folder / "deprivation.csv")
    deciles = [int(row["IMD_decile"]) for row in table]
    assert min(deciles) <= 3
    assert max(deciles) >= 7


def test_every_home_has_a_property_number_that_cannot_be_real(place: Generated) -> None:
    table = rows(place.folder / "uprn.csv")
    assert list(table[0]) == ["UPRN", "X_COORDINATE", "Y_COORDINATE", "LATITUDE", "LONGITUDE"]
    numbers = [row["UPRN"] for row in table]
    assert len(set(numbers)) == len(numbers) >= place.summary.counts["homes"]
    assert all(len(number) == 12 and number.startswith("99") for number in numbers)


def test_property_numbers_lie_on_the_national_grid_where_they_say(place: Generated) -> None:
    west, south, east, north = place.summary.bounds
    for row in rows(place.folder / "uprn.csv")[::50]:
        assert west <= float(row["LONGITUDE"]) <= east
        assert south <= float(row["LATITUDE"]) <= north
        assert 600_000 < float(row["X_COORDINATE"]) < 655_000
        assert 500_000 < float(row["Y_COORDINATE"]) < 555_000


def test_each_property_is_linked_to_a_street_that_has_a_line(place: Generated) -> None:
    layer = json.loads((place.folder / "usrn.geojson").read_text())["features"]
    streets = {str(feature["properties"]["usrn"]) for feature in layer}
    properties = {row["UPRN"] for row in rows(place.folder / "uprn.csv")}
    links = rows(place.folder / "usrn.csv")
    assert {row["IDENTIFIER_2"] for row in links} <= streets
    assert {row["IDENTIFIER_1"] for row in links} <= properties
    assert all(len(number) == 8 and number.startswith("995") for number in streets)


@pytest.mark.parametrize("kind", ["street_lamp", "gully", "grit_bin"])
def test_the_councils_lists_have_places_and_references(place: Generated, kind: str) -> None:
    table = rows(place.folder / f"assets-{kind}.csv")
    west, south, east, north = place.summary.bounds
    assert len(table) >= 3
    assert len({row["reference"] for row in table}) == len(table)
    assert all(
        west <= float(row["lon"]) <= east and south <= float(row["lat"]) <= north for row in table
    )
