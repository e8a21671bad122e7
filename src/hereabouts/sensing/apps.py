"""Sensing as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SensingConfig(AppConfig):
    """The register of things and streams, and their observations."""

    name = "hereabouts.sensing"
    label = "sensing"
