"""The places room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Areas, streets, premises, assets and postcodes."""

    name = "hereabouts.places"
    label = "places"

    def ready(self) -> None:
        """Name the readers of each kind of file, loaded on first use, and add our panels."""
        from hereabouts.places.ports import provide_reader
        from hereabouts.places.web.words import panels

        panels.connect()

        adapters = "hereabouts.places.adapters"
        provide_reader("areas", f"{adapters}.areas:read_areas")
        provide_reader("assets", f"{adapters}.assets:read_assets")
        provide_reader("deprivation", f"{adapters}.deprivation:read_deprivation")
        provide_reader("osm", f"{adapters}.osm.reading:read_osm")
        provide_reader("population", f"{adapters}.population:read_population")
        provide_reader("postcodes", f"{adapters}.postcodes:read_postcodes")
        provide_reader("uprn", f"{adapters}.uprn:read_uprns")
        provide_reader("usrn", f"{adapters}.usrn:read_usrns")
