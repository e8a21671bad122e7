"""Addresses of the open API. Tiles are hot routes: `places.web.hot`."""

from __future__ import annotations

from django.urls import path

from hereabouts.places.adapters.ogcapi import capabilities as has
from hereabouts.places.adapters.ogcapi import items as features

COLLECTION = "ogc/collections/<str:collection>"
SETS = "tiles/<str:matrix_set>"

urlpatterns = [
    path("ogc", has.landing, name="ogc"),
    # Clients join addresses to the landing page with a slash.
    path("ogc/", has.landing, name="ogc-slash"),
    path("ogc/conformance", has.conformance, name="ogc-conformance"),
    path("ogc/api", has.api, name="ogc-api"),
    path("ogc/collections", has.collections, name="ogc-collections"),
    path(COLLECTION, has.collection, name="ogc-collection"),
    path(f"{COLLECTION}/queryables", has.queryables, name="ogc-queryables"),
    path(f"{COLLECTION}/items", features.items, name="ogc-items"),
    path(f"{COLLECTION}/items/<str:feature>", features.item, name="ogc-item"),
    path("ogc/tileMatrixSets", has.matrix_sets, name="ogc-matrix-sets"),
    path("ogc/tileMatrixSets/<str:matrix_set>", has.matrix_set, name="ogc-matrix-set"),
    path("ogc/tiles", has.tilesets, name="ogc-tilesets"),
    path(f"ogc/{SETS}", has.tileset, name="ogc-tileset"),
    path(f"{COLLECTION}/tiles", has.tilesets, name="ogc-collection-tilesets"),
    path(f"{COLLECTION}/{SETS}", has.tileset, name="ogc-collection-tileset"),
]
