"""Street numbers: by the line along a street, or by the properties on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from pyproj import Transformer

from hereabouts.kernel.access import INSTALLATION
from hereabouts.places.actions.importing import import_batch
from hereabouts.places.actions.importing.files import CheckedFile
from hereabouts.places.domain.batch import Batch
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import PremisesRecord, StreetRecord
from hereabouts.places.errors import ColumnMissing, FieldMissing, NothingToAttachTo, NothingToImport
from hereabouts.places.models import Identifier, Street
from tests.rooms.places.importing import counts_of, load, write_geojson

pytestmark = pytest.mark.django_db

Line = Sequence[tuple[float, float]]
METRE, ALONG = 1 / 111_195, 1 / 111_195 / 0.6293


def line(*places: tuple[float, float]) -> shapely.MultiLineString:
    """A line through places in metres east and north of the corner."""
    return shapely.MultiLineString([[(-3 + x * ALONG, 51 + y * METRE) for x, y in places]])


def street(name: str, *places: tuple[float, float], usrn: str = "") -> StreetRecord:
    return StreetRecord(
        source="map",
        source_id=name,
        geometry=shapely.to_wkb(line(*places)),
        name=name,
        usrn=usrn,
    )


def lay_down(*streets: StreetRecord, premises: Sequence[PremisesRecord] = ()) -> None:
    records = {Kind.STREET: streets, Kind.PREMISES: premises}
    batch = Batch(source="map", records=records)
    import_batch(CheckedFile("map.osm", 1, "0" * 64), "osm", lambda: batch, INSTALLATION)


def register(path: Path, lines: Mapping[int, shapely.MultiLineString]) -> Path:
    """A GeoPackage as the register is published: on the British grid, with heights."""
    grid = Transformer.from_crs(4326, 27700, always_xy=True)
    shapes = shapely.transform(
        np.array(list(lines.values()), dtype=object),
        lambda at: np.column_stack(grid.transform(*at.T)),
    )
    pyogrio.raw.write(
        path, shapely.to_wkb(shapely.force_3d(shapes)), [np.array(list(lines))], ["usrn"],
        geometry_type="MultiLineString Z", crs="EPSG:27700", driver="GPKG", layer="openUSRN",
    )  # fmt: skip
    return path


def numbers() -> dict[str, str]:
    return dict(Street.objects.values_list("name", "usrn"))


def lists() -> dict[str, list[str]]:
    names = dict(Street.objects.values_list("id", "name"))
    found: dict[str, list[str]] = {}
    rows = Identifier.objects.filter(scheme="usrn").values_list("feature_id", "value")
    for number, value in rows:
        found.setdefault(names[number], []).append(value)
    return {name: sorted(values) for name, values in found.items()}


def test_a_street_takes_the_number_of_the_line_along_it(tmp_path: Path) -> None:
    lay_down(
        street("High Street", (0, 0), (200, 0)),
        street("Back Lane", (0, 9), (200, 9)),
        street("Cross Road", (100, -100), (100, 100)),
    )
    lines = {
        20700001: line((0, 1), (199, 1)),
        20700002: line((0, 8), (200, 8)),
        20700003: line((101, -100), (101, 100)),
        20700004: line((0, 60), (200, 60)),
        20700005: line((5_000, 0), (5_200, 0)),
    }
    path = register(tmp_path / "usrn.gpkg", lines)
    summary = load(path, "usrn")
    assert numbers() == {
        "High Street": "20700001",
        "Back Lane": "20700002",
        "Cross Road": "20700003",
    }
    assert counts_of(summary, "street") == {"changed": 3}
    assert load(path, "usrn").is_unchanged


def test_a_long_street_with_several_numbers_keeps_them_all_and_is_known_by_the_longest(
    tmp_path: Path,
) -> None:
    lay_down(street("Long Road", (0, 0), (1_000, 0)), street("Ring", (0, 500), (900, 500)))
    lines = {
        20700001: line((0, 0), (700, 0)),
        20700002: line((700, 0), (1_000, 0)),
        20700003: line((0, 500), (400, 500)),
        20700004: line((400, 500), (900, 500)),
        20700005: line((0, 501), (300, 501)),
    }
    lines[20700004] = line((400, 500), (800, 500))
    load(register(tmp_path / "usrn.gpkg", lines), "usrn")
    assert numbers() == {"Long Road": "20700001", "Ring": ""}
    assert lists()["Long Road"] == ["20700001", "20700002"]
    assert lists()["Ring"] == ["20700003", "20700004", "20700005"]


def test_a_number_the_street_has_already_stays_and_is_reported(tmp_path: Path) -> None:
    lay_down(street("High Street", (0, 0), (200, 0), usrn="123"))
    path = register(tmp_path / "usrn.gpkg", {20700001: line((0, 0), (200, 0))})
    summary = load(path, "usrn")
    assert numbers() == {"High Street": "123"}
    assert lists() == {"High Street": ["20700001"]}
    assert summary.findings_by_code == {"usrn.disagrees": 1}


def test_features_without_a_line_or_a_number_are_findings(tmp_path: Path) -> None:
    lay_down(street("High Street", (0, 0), (200, 0)))
    along = shapely.to_geojson(line((0, 0), (200, 0)))

    def one(usrn: object, geometry: object) -> dict[str, object]:
        return {"type": "Feature", "properties": {"usrn": usrn}, "geometry": geometry}

    features = [
        one(20700001, json.loads(along)),
        one("none", json.loads(along)),
        one(20700002, {"type": "Point", "coordinates": [-3, 51]}),
        one(20700003, None),
    ]
    summary = load(write_geojson(tmp_path / "usrn.geojson", features), "usrn")
    assert numbers() == {"High Street": "20700001"}
    assert summary.findings_by_code == {"usrn.malformed": 1, "usrn.not_a_line": 2}


# --- by property ------------------------------------------------------------------------------

LINKS = "CORRELATION_ID,IDENTIFIER_1,VERSION_NUMBER_1,IDENTIFIER_2,CONFIDENCE\n"


def house(uprn: str, street_name: str, x: float) -> PremisesRecord:
    point = shapely.Point(-3 + x * ALONG, 51 + 10 * METRE)
    return PremisesRecord(
        source="map",
        source_id=uprn,
        geometry=shapely.to_wkb(point),
        number=uprn,
        uprn=uprn,
        street_name=street_name,
    )


def links(path: Path, pairs: Sequence[tuple[str, str]]) -> Path:
    rows = "".join(f"1,{uprn},1,{usrn},1\n" for uprn, usrn in pairs)
    path.write_text(LINKS + rows)
    return path


def test_a_street_takes_the_number_that_most_of_its_properties_name(tmp_path: Path) -> None:
    houses = [house(str(100 + n), "High Street", 20.0 * n) for n in range(5)]
    others = [house(str(200 + n), "Back Lane", 20.0 * n) for n in range(4)]
    lay_down(
        street("High Street", (0, 0), (200, 0)),
        street("Back Lane", (0, 40), (200, 40)),
        premises=[*houses, *others],
    )
    pairs = [(f"{100 + n}", "20700001") for n in range(4)] + [("104", "20700009")]
    pairs += [("200", "1"), ("201", "1"), ("202", "2"), ("203", "2"), ("999", "3")]
    path = links(tmp_path / "BLPU_UPRN_Street_USRN_11.csv", pairs)
    summary = load(path, "usrn")
    assert numbers() == {"High Street": "20700001", "Back Lane": ""}
    assert summary.findings_by_code == {"usrn.unclear": 1}
    assert load(path, "usrn").is_unchanged


def test_links_between_other_things_hold_nothing(tmp_path: Path) -> None:
    lay_down(street("High Street", (0, 0), (200, 0)), premises=[house("100", "High Street", 0.0)])
    path = links(tmp_path / "RoadLink_TOID_Street_USRN_10.csv", [("osgb4000000", "20700001")])
    with pytest.raises(NothingToImport):
        load(path, "usrn")


def test_numbers_need_streets_properties_and_a_column(tmp_path: Path) -> None:
    path = links(tmp_path / "a.csv", [("100", "20700001")])
    with pytest.raises(NothingToAttachTo, match="no streets"):
        load(path, "usrn")
    lay_down(street("High Street", (0, 0), (200, 0)))
    with pytest.raises(NothingToAttachTo, match="no UPRNs on streets"):
        load(path, "usrn")
    lay_down(street("High Street", (0, 0), (200, 0)), premises=[house("100", "High Street", 0.0)])
    path.write_text("uprn,street\n100,1\n")
    with pytest.raises(ColumnMissing, match="the USRN"):
        load(path, "usrn")
    layer = write_geojson(tmp_path / "a.geojson", [])
    with pytest.raises(FieldMissing, match="no field “usrn”"):
        load(layer, "usrn")
