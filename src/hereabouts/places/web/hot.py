"""The gazetteer's hot routes: addresses answered before the page framework is asked."""

from __future__ import annotations

from hereabouts.kernel.asgi import HotRoute
from hereabouts.places.adapters.tiles import tile

routes = [HotRoute("/tiles/places/{z}/{x}/{y}.mvt", tile, "places:tile")]
