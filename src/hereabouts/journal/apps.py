"""The journal as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Entries, the head, cursors and deliveries."""

    name = "hereabouts.journal"
    label = "journal"
