"""The room as a Django app, so that its templates and static files are found."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """The design room."""

    name = "hereabouts.design"
    label = "design"
