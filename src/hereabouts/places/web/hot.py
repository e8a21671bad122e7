"""The gazetteer's hot routes: addresses answered before the page framework is asked."""

from __future__ import annotations

from hereabouts.kernel.asgi import HotRoute
from hereabouts.places.adapters.ogcapi.tiles import collection_tile, dataset_tile
from hereabouts.places.adapters.tiles import tile

TILES = "tiles/WebMercatorQuad/{z}/{y}/{x}"

routes = [
    HotRoute("/tiles/places/{z}/{x}/{y}.mvt", tile, "places:tile"),
    HotRoute(f"/ogc/{TILES}", dataset_tile, "places:ogc-tile"),
    HotRoute(f"/ogc/collections/{{collection}}/{TILES}", collection_tile, "places:ogc-part-tile"),
]
