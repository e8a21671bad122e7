"""The places room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Areas, streets, premises, assets and postcodes."""

    name = "hereabouts.places"
    label = "places"
