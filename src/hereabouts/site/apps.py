"""Wires the rooms together once Django has loaded them."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site as a Django app: no tables, only wiring."""

    name = "hereabouts.site"
    label = "site"

    def ready(self) -> None:
        """Register what rooms contribute to each other."""
        from hereabouts.site import wiring

        wiring.connect()
