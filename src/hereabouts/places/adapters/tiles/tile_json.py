"""The tiles described for map programs, as TileJSON 3.0."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpRequest, JsonResponse

from hereabouts.kernel.access import public
from hereabouts.kernel.describe import describe
from hereabouts.places.domain.map_layers import (
    ADDRESSES_FROM,
    BUILDINGS_FROM,
    HIGHEST_ZOOM,
    LOWEST_ZOOM,
    ROAD_ASSETS_FROM,
    STREET_NUMBERS_FROM,
)
from hereabouts.places.queries.features import find_dataset_box
from hereabouts.places.queries.sources import sources
from hereabouts.places.queries.tiles import data_version

TEXT, NUMBER, TRUTH = "String", "Number", "Boolean"

LAYERS: Mapping[str, tuple[int, Mapping[str, str]]] = MappingProxyType(
    {
        "ground": (LOWEST_ZOOM, {"kind": TEXT, "name": TEXT, "tunnel": TRUTH}),
        "areas": (LOWEST_ZOOM, {"code": TEXT, "kind": TEXT, "name": TEXT, "name_cy": TEXT}),
        "buildings": (BUILDINGS_FROM, {"uid": TEXT, "use": TEXT, "height_m": NUMBER}),
        "streets": (
            LOWEST_ZOOM,
            {
                "uid": TEXT,
                "class": TEXT,
                "link": TRUTH,
                "name": TEXT,
                "name_cy": TEXT,
                "ref": TEXT,
                "oneway": NUMBER,
                "bridge": TRUTH,
                "tunnel": TRUTH,
            },
        ),
        "street_labels": (
            STREET_NUMBERS_FROM,
            {"uid": TEXT, "name": TEXT, "name_cy": TEXT, "ref": TEXT, "class": TEXT},
        ),
        "assets": (
            ROAD_ASSETS_FROM,
            {"uid": TEXT, "type": TEXT, "symbol": TEXT, "name": TEXT, "reference": TEXT},
        ),
        "addresses": (ADDRESSES_FROM, {"uid": TEXT, "number": TEXT}),
        "place_labels": (
            LOWEST_ZOOM,
            {"kind": TEXT, "name": TEXT, "name_cy": TEXT, "uid": TEXT, "rank": NUMBER},
        ),
    }
)
"""Each layer: its lowest zoom and what its features carry."""


@public
@describe("What the vector tiles hold, as TileJSON 3.0.", tag="tiles")
def tile_json(request: HttpRequest) -> JsonResponse:
    """Answer with the description of the tiles. Source: TileJSON 3.0.0."""
    document: dict[str, object] = {
        "tilejson": "3.0.0",
        "name": "places",
        "scheme": "xyz",
        "tiles": [request.build_absolute_uri("/tiles/places/") + "{z}/{x}/{y}.mvt"],
        "minzoom": LOWEST_ZOOM,
        "maxzoom": HIGHEST_ZOOM,
        "vector_layers": [
            {"id": name, "minzoom": first, "maxzoom": HIGHEST_ZOOM, "fields": dict(fields)}
            for name, (first, fields) in LAYERS.items()
        ],
    }
    credits = [source.attribution for source in sources().values() if source.attribution]
    if credits:
        document["attribution"] = "; ".join(dict.fromkeys(credits))
    box = find_dataset_box(data_version())
    if box is not None:
        document["bounds"] = [box.west, box.south, box.east, box.north]
    answer = JsonResponse(document)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=60"
    return answer
