"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, sign-in, sessions and tokens."""

    name = "hereabouts.people"
    label = "people"
