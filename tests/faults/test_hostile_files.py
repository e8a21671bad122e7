"""Files that lie, break off or are something else: one sentence, or a finding for one feature."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from hereabouts.kernel.refusals import Refusal
from hereabouts.places.adapters.layers import in_degrees, read_layer
from hereabouts.places.adapters.osm.reading import read_osm
from hereabouts.places.domain.batch import Findings, say_nothing
from hereabouts.places.errors import FileDamaged, NotInNamedSystem
from tests.rooms.places.importing import feature, square, write_geojson
from tests.rooms.places.osm_files import Sketch
from tests.shared_data import shared_file

pytestmark = pytest.mark.once

PBF = ("place", "osm", "leeds-its-2020-07.osm.pbf")
GRID = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}


def two_wards(path: Path, **members: object) -> Path:
    wards = [feature("A1", "West", square(-1.0, 51.0)), feature("A2", "East", square(-0.9, 51.0))]
    return write_geojson(path, wards, **members)


@pytest.mark.django_db
def test_a_map_cut_anywhere_is_refused_in_one_sentence(tmp_path: Path) -> None:
    whole = shared_file(*PBF).read_bytes()
    path = tmp_path / "cut.osm.pbf"
    draw = random.Random(7)
    cuts = {1, 4, 13, 60, len(whole) - 1, *(draw.randrange(1, len(whole)) for _ in range(25))}
    for cut in cuts:
        path.write_bytes(whole[:cut])
        with pytest.raises(Refusal) as refused:
            read_osm(path, say_nothing, {})
        assert refused.value.sentence().count("\n") == 0


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('<node id="1"', '<node id="1Q"'),
        ('<node id="1"', '<node id="99999999999999999999"'),
        ('version="1"', 'version="one"'),
        ('version="1"', 'version="1" timestamp="201`-05-10T12:33:17Z"'),
        ('lon="-3.0000000"', 'lon="-3.0$94"'),
        ('lon="-3.0000000"', 'lon="NaN"'),
        ('<nd ref="1"', '<nd ref="here"'),
    ],
)
def test_a_map_with_a_number_that_is_none_is_refused(
    tmp_path: Path, right: str, wrong: str
) -> None:
    sketch = Sketch(bounds=(-3.01, 51.49, -2.99, 51.51))
    sketch.line((-3.0, 51.5), (-3.001, 51.501), highway="residential", name="High Street")
    text = sketch.text()
    assert right in text
    path = tmp_path / "map.osm"
    path.write_text(text.replace(right, wrong))
    with pytest.raises(FileDamaged, match="the library that reads it says"):
        read_osm(path, say_nothing, {})


def test_degrees_said_to_be_metres_are_refused(tmp_path: Path) -> None:
    layer = read_layer(two_wards(tmp_path / "wards.geojson", crs=GRID), Findings())
    with pytest.raises(NotInNamedSystem, match=r"EPSG:27700 but look like degrees"):
        in_degrees(layer, Findings())
    assert all(in_degrees(layer, Findings(), "EPSG:4326"))


@pytest.mark.parametrize("bad", ['"a word"', "7", "null", '{"type": "Feature", "properties": 4}'])
def test_one_feature_that_is_none_does_not_stop_a_file(tmp_path: Path, bad: str) -> None:
    path = two_wards(tmp_path / "wards.geojson")
    path.write_text(path.read_text().replace('"features": [', f'"features": [{bad}, ', 1))
    findings = Findings()
    layer = read_layer(path, findings)
    shapes = in_degrees(layer, findings)
    assert [shape is not None for shape in shapes] == [False, True, True]
    assert findings.by_code == {"geometry.unreadable": 1}


def test_one_number_beyond_all_numbers_does_not_stop_a_file(tmp_path: Path) -> None:
    path = two_wards(tmp_path / "wards.geojson")
    path.write_text(path.read_text().replace('"A1"', "1e999", 1))
    findings = Findings()
    layer = read_layer(path, findings)
    assert [layer.text("code", at) for at in (0, 1)] == ["", "A2"]


def test_a_file_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.geojson"
    deep = "[" * 100_000 + "]" * 100_000
    head = '{"type": "FeatureCollection", "features": [{"properties": {"a": '
    for content in ("[" * 200_000, f"{head}{deep}}}}}]}}", json.dumps([])):
        path.write_text(content)
        with pytest.raises(Refusal, match=r"deep\.geojson"):
            read_layer(path, Findings())
