"""Draws what a map file becomes as GeoJSON, one feature a line, for a reviewer to look at.

`python -m tests.places.drawing FOLDER` draws a folder's `input.osm` afresh into `expected.geojson`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path

import shapely

from hereabouts.places.domain.batch import Batch
from hereabouts.places.domain.records import Record

LEFT_OUT = frozenset({"source", "geometry", "outline", "identifiers", "from_node", "to_node"})
"""Columns that say nothing to a reviewer, or that the drawing shows."""


def draw(batch: Batch) -> str:
    """All records of a batch as a feature collection; what is empty is left out."""
    lines = [
        _line(kind.value, record)
        for kind, records in batch.records.items()
        for record in sorted(records, key=lambda record: record.source_id)
    ]
    body = ",\n".join(lines)
    return f'{{"type": "FeatureCollection", "features": [\n{body}\n]}}\n'


def _line(kind: str, record: Record) -> str:
    wkb = getattr(record, "outline", None) or record.geometry
    shape = shapely.set_precision(shapely.from_wkb(wkb), 1e-7, mode="pointwise")
    feature = {
        "type": "Feature",
        "properties": {"is": kind, **_told(record)},
        "geometry": json.loads(shapely.to_geojson(shape)),
    }
    return json.dumps(feature, ensure_ascii=False)


def _told(record: Record) -> dict[str, object]:
    told: dict[str, object] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name in LEFT_OUT or value in ("", None, False, {}, 0):
            continue
        told[field.name] = value.value if isinstance(value, Enum) else _plain(value)
    return told


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value


def main() -> None:
    """Draw one folder afresh."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from hereabouts.places.adapters.osm.reading import read_osm
    from hereabouts.places.domain.batch import say_nothing

    folder = Path(sys.argv[1])
    batch = read_osm(folder / "input.osm", say_nothing, {})
    (folder / "expected.geojson").write_text(draw(batch), encoding="utf-8")


if __name__ == "__main__":
    main()
