"""The store of throttles: a database that cannot be written to is a fault, not one try too many."""

from __future__ import annotations

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import router, transaction


class ThrottleStore(DatabaseCache):
    """Django's cache in the database, which says when it could not write.

    Django's own takes every refusal of the database for "somebody else was quicker", and whoever
    counts tries with it then turns people away for trying too often.
    """

    def add(
        self,
        key: str,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep a value unless there is one. Raises: OperationalError when that cannot be known."""
        # Beginning to write is where a locked or lost database says so.
        with transaction.atomic(using=router.db_for_write(self.cache_model_class)):
            return bool(super().add(key, value, timeout, version))
