"""Sensing as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SensingConfig(AppConfig):
    """The register of things and streams, and their observations."""

    name = "hereabouts.sensing"
    label = "sensing"

    def ready(self) -> None:
        """Provide the stores of observations and the sender of alerts."""
        from hereabouts.sensing.ports import provide_alert_sender, provide_store

        stores = "hereabouts.sensing.adapters.store"
        provide_store("sqlite", f"{stores}.sqlite:STORE")
        provide_store("postgresql", f"{stores}.postgres:STORE")
        provide_alert_sender("hereabouts.sensing.adapters.letters:send_alert")
