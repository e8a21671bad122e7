"""Vector tiles and open data of a real city: its densest tile at zoom 14, and what repeats cost.

Newport from OpenStreetMap (ODbL), read beside the checkout as the tests do, imported first.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import mapbox_vector_tile
from mapbox_vector_tile.encoder import on_invalid_geometry_make_valid

from bench.figure import Figure, median, times_ms
from tests.shared_data import shared_file

if TYPE_CHECKING:
    from hereabouts.places.adapters.tiles.shaping import TileRequest
    from hereabouts.standards.mvt import Layer

ZOOM = 14
RUNS = 15


def figures() -> Iterator[Figure]:
    """Import, then the densest tile fresh, from memory and unchanged; then a page of features."""
    osm = shared_file("place", "osm", "newport-2023-06-13.osm.pbf")
    wards = shared_file("place", "areas", "newport-ward2025.geojson")
    # In processes of their own, so that the figures are those of a server that imported nothing.
    _run("migrate")
    _run("import", "osm", str(osm))
    _run(*f"import areas {wards} --kind ward --code WD25CD --name WD25NM".split())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    yield from _tile_figures()
    yield from _item_figures()


def _run(*command: str) -> None:
    hereabouts = Path(sys.executable).with_name("hereabouts")
    subprocess.run([hereabouts, *command], check=True, capture_output=True)


def _tile_figures() -> Iterator[Figure]:
    from django.utils import timezone

    from hereabouts.kernel.asgi import Request
    from hereabouts.places.adapters.tiles import http
    from hereabouts.places.adapters.tiles.making import make_tile
    from hereabouts.places.adapters.tiles.shaping import TileRequest
    from hereabouts.places.queries.tiles import data_version
    from hereabouts.standards.mvt import encode_tile

    across, down, buildings = _densest()
    request = TileRequest(ZOOM, across, down, data_version(), timezone.localdate())
    name = f"{ZOOM}/{across}/{down}"
    layers = _layers(request)
    ours = median(times_ms(lambda: encode_tile(layers), RUNS))
    theirs = median(times_ms(lambda: _by_reference(layers), 3))
    reading = median(times_ms(lambda: _layers(request), RUNS))
    library = "the same with mapbox-vector-tile"
    yield Figure(
        f"densest tile {name} ({buildings:,} buildings), uncached",
        median(times_ms(lambda: make_tile(request), RUNS)),
        "ms",
        "< 100 ms",
        reading + theirs,
        library,
    )
    cpu = median(times_ms(lambda: make_tile(request), RUNS, time.process_time))
    yield Figure("  CPU of the same", cpu, "ms", "< 100 ms")
    yield Figure("  of which encoding", ours, "ms", "", theirs, library)
    plain, reference = make_tile(request), _by_reference(layers)
    yield Figure("  size", len(plain) / 1000, "kB", "≤ 500 kB", len(reference) / 1000, library)
    yield Figure("  size with gzip", len(gzip.compress(plain, 5)) / 1000, "kB")
    yield Figure("  features", sum(len(layer.geometries) for layer in layers), "")
    asked = Request("GET", "", {"z": str(ZOOM), "x": str(across), "y": str(down)})
    tag = http.tile(asked).headers["etag"]
    held = Request("GET", "", asked.parameters, {}, {"if-none-match": tag})
    zipped = Request("GET", "", asked.parameters, {}, {"accept-encoding": "gzip"})
    yield Figure("  from memory, with gzip", median(times_ms(lambda: http.tile(zipped), 200)), "ms")
    yield Figure("  unchanged (304)", median(times_ms(lambda: http.tile(held), 200)) * 1000, "µs")


def _densest() -> tuple[int, int, int]:
    """The tile with most buildings, by their points."""
    from hereabouts.kernel.geometry import to_square
    from hereabouts.places.models import Premises

    places = Premises.objects.exclude(outline=None).values_list("west", "south").iterator()
    side = 2**ZOOM
    tiles = Counter(
        (int(x * side), int(y * side)) for x, y in (to_square(lon, lat) for lon, lat in places)
    )
    ((across, down), count) = tiles.most_common(1)[0]
    return across, down, count


def _layers(request: TileRequest) -> list[Layer]:
    from hereabouts.places.adapters.tiles.layers import BUILDERS

    return [
        layer
        for first, build in BUILDERS.values()
        if request.zoom >= first
        for layer in build(request)
        if len(layer.geometries)
    ]


def _by_reference(layers: list[Layer]) -> bytes:
    """The same features through the library that the tests hold our encoder against."""
    written: bytes = mapbox_vector_tile.encode(
        [
            {
                "name": layer.name,
                "features": [
                    {
                        "geometry": shape,
                        "properties": {
                            key: values[place]
                            for key, values in layer.attributes.items()
                            if values[place] is not None
                        },
                    }
                    for place, shape in enumerate(layer.geometries)
                ],
            }
            for layer in layers
        ],
        default_options={
            "y_coord_down": True,
            "on_invalid_geometry": on_invalid_geometry_make_valid,
        },
    )
    return written


def _item_figures() -> Iterator[Figure]:
    from django.test import Client

    client = Client(headers={"accept": "application/geo+json", "host": "localhost"})
    address = "/ogc/collections/premises/items"
    first = median(times_ms(lambda: client.get(address), RUNS))
    yield Figure("first page of 100 premises, with a count, as GeoJSON", first, "ms")
    page, following = client.get(address).json(), address
    early = _next(page)
    for _ in range(60):
        following = _next(page)
        page = client.get(following).json()
    early_ms = median(times_ms(lambda: client.get(early), RUNS))
    late_ms = median(times_ms(lambda: client.get(following), RUNS))
    yield Figure("page 61 of 100 premises", late_ms, "ms", "", early_ms, "page 2")
    near = {"bbox": "-3.01,51.58,-2.99,51.59", "limit": 100}
    box = median(times_ms(lambda: client.get(address, near), RUNS))
    yield Figure("100 premises in a box", box, "ms")
    files = [("csv", "CSV"), ("gpkg", "GeoPackage")]
    for form, name in files:
        took = median(times_ms(lambda form=form: _whole(client, address, form), 3))
        yield Figure(f"all 34,700 premises as {name}", took / 1000, "s")


def _next(page: dict[str, list[dict[str, str]]]) -> str:
    (found,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
    return found


def _whole(client: object, address: str, form: str) -> int:
    answer = client.get(address, {"f": form})  # type: ignore[attr-defined]  # a test client
    return sum(len(piece) for piece in answer.streaming_content)
