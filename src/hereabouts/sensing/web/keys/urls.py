"""Addresses of the keys of devices."""

from __future__ import annotations

from django.urls import include, path

from hereabouts.sensing.web.keys import views

DESK = "desk/sensing/keys/"

ours = [
    path(DESK, views.keys, name="desk"),
    path(f"{DESK}<slug:uid>/revoke", views.revoke, name="revoke"),
]

urlpatterns = [path("", include((ours, "sensing_keys")))]
