"""The tiles' description; the tiles themselves are hot routes: `places.web.hot`."""

from __future__ import annotations

from django.urls import path

from hereabouts.places.adapters.tiles.tile_json import tile_json

urlpatterns = [path("tiles/places.json", tile_json, name="tile_json")]
