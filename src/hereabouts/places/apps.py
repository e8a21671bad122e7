"""The places room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Areas, streets, premises, assets and postcodes."""

    name = "hereabouts.places"
    label = "places"

    def ready(self) -> None:
        """Name the readers of each kind of file; they are loaded when a file is imported."""
        from hereabouts.places.ports import provide_reader

        provide_reader("osm", "hereabouts.places.adapters.osm.reading:read_osm")
