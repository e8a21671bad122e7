"""Addresses of the desk's pages of connectors."""

from __future__ import annotations

from django.urls import include, path

from hereabouts.sensing.web.connectors import setting_up, views

DESK = "desk/sensing/connectors/"

ours = [
    path(DESK, views.listing, name="desk"),
    path(f"{DESK}new/<slug:kind>", setting_up.new, name="new"),
    path(f"{DESK}<slug:uid>", views.one, name="one"),
    path(f"{DESK}<slug:uid>/options", setting_up.options, name="options"),
    path(f"{DESK}<slug:uid>/preview", setting_up.preview, name="preview"),
    path(f"{DESK}<slug:uid>/on", setting_up.on, name="on"),
    path(f"{DESK}<slug:uid>/key", views.key, name="key"),
    path(f"{DESK}<slug:uid>/<slug:step>", views.switch, name="switch"),
]

urlpatterns = [path("", include((ours, "connectors")))]
