"""Shortcuts of the importer tests: write a small file, import it, look at what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from hereabouts.kernel.access import INSTALLATION
from hereabouts.places.actions.importing import ImportOptions, import_file
from hereabouts.places.domain.batch import ImportSummary

Ring = list[list[float]]


def load(path: Path, importer: str, **options: object) -> ImportSummary:
    """Import a file as the operator would."""
    return import_file(path, importer, INSTALLATION, ImportOptions(reader=options))


def square(west: float, south: float, size: float = 0.01) -> dict[str, object]:
    """A square in WGS 84, by its south-western corner and its side in degrees."""
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: str, name: str, geometry: object) -> dict[str, object]:
    """A GeoJSON feature with the fields `code` and `name`."""
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}


def write_geojson(path: Path, features: Iterable[Mapping[str, object]], **members: object) -> Path:
    """Write a feature collection; NaN and Infinity are written as JavaScript would."""
    body = {"type": "FeatureCollection", **members, "features": list(features)}
    path.write_text(json.dumps(body))
    return path


def counts_of(summary: ImportSummary, kind: str) -> dict[str, int]:
    """What happened to one kind, without the noughts."""
    counts = summary.counts.get(kind)
    names = ("appeared", "changed", "moved", "went", "returned", "unchanged")
    return {} if counts is None else {n: c for n in names if (c := getattr(counts, n))}
