"""Addresses of the gazetteer's pages."""

from __future__ import annotations

from django.urls import include, path

from hereabouts.places.web.views import desk, home, listing, places, points, searching

app_name = "places"
urlpatterns = [
    path("", home.home, name="home"),
    path("index.json", home.home_json, name="home_json"),
    path("search", searching.results, name="search"),
    path("search.json", searching.results_json, name="search_json"),
    path("search/suggest", searching.suggestions, name="suggest"),
    path("at", points.at, name="at"),
    path("at.json", points.at_json, name="at_json"),
    path("streets", listing.streets, name="streets"),
    path("streets/<str:uid>.json", places.street_json, name="street_json"),
    path("streets/<str:uid>", places.street, name="street"),
    path("areas", listing.areas, name="areas"),
    path("areas/<str:code>.json", places.area_json, name="area_json"),
    path("areas/<str:code>", places.area, name="area"),
    path("premises", listing.premises, name="premises_list"),
    path("premises/<str:uid>.json", places.premises_json, name="premises_json"),
    path("premises/<str:uid>", places.premises, name="premises"),
    path("assets", listing.assets, name="assets"),
    path("assets/<str:uid>.json", places.asset_json, name="asset_json"),
    path("assets/<str:uid>", places.asset, name="asset"),
    path("postcodes/<str:code>.json", places.postcode_json, name="postcode_json"),
    path("postcodes/<str:code>", places.postcode, name="postcode"),
    path("", include("hereabouts.places.adapters.tiles.urls")),
    path("", include("hereabouts.places.adapters.ogcapi.urls")),
    path("desk/places/", desk.runs, name="desk"),
    path("desk/places/<str:uid>", desk.run, name="desk_run"),
]
