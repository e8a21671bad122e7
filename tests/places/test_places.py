"""Small maps and what becomes of them, side by side: `input.osm` and `expected.geojson`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hereabouts.places.adapters.osm.reading import read_osm
from hereabouts.places.domain.batch import say_nothing
from tests.places.drawing import draw

PLACES = sorted(path.parent for path in Path(__file__).parent.glob("*/input.osm"))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_small_map_becomes_what_was_drawn(place: Path) -> None:
    drawn = json.loads(draw(read_osm(place / "input.osm", say_nothing, {})))
    expected = json.loads((place / "expected.geojson").read_text(encoding="utf-8"))
    assert drawn["features"] == expected["features"], (
        f"look at it, and if it is right: python -m tests.places.drawing {place}"
    )
