"""CSV and GeoJSON files, written by hand so that the same town gives the same bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import shapely

from hereabouts.town.statistics.areas import Area
from hereabouts.town.values import Shape
from hereabouts.town.writing.world import World


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table with a header row; returns the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def write_areas(path: Path, areas: Sequence[Area], fields: tuple[str, str], world: World) -> int:
    """Write areas as GeoJSON in longitude and latitude, their code and name under `fields`."""
    code_field, name_field = fields
    lines = []
    for area in areas:
        properties: dict[str, str | int] = {code_field: area.code, name_field: area.name}
        if area.parent:
            properties["parent"] = area.parent
        shape = json.loads(shapely.to_geojson(_wound(world.shape(area.polygon))))
        lines.append(_line({"type": "Feature", "properties": properties, "geometry": shape}))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")
    return len(areas)


def _wound(shape: Shape) -> Shape:
    """Outer rings anticlockwise, as RFC 7946 asks."""
    return shapely.orient_polygons(shape)


def _line(feature: object) -> str:
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
