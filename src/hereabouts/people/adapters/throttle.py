"""The store of throttles: a database that cannot be written to is a fault, not one try too many."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, IntegrityError, connections, router, transaction


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
        """Keep a value unless there is one. Raises: DatabaseError when that cannot be known."""
        alias = router.db_for_write(self.cache_model_class)
        faults: list[DatabaseError] = []
        # SQLite says that it is locked where the transaction begins, PostgreSQL where it writes.
        with transaction.atomic(using=alias), _noting(alias, faults):
            added = bool(super().add(key, value, timeout, version))
        if faults:
            raise faults[0]
        return added


def _noting(alias: str, faults: list[DatabaseError]) -> AbstractContextManager[None]:
    def note(execute: Callable[..., object], *statement: object) -> object:
        try:
            return execute(*statement)
        except IntegrityError:
            raise
        except DatabaseError as fault:
            faults.append(fault)
            raise

    return connections[alias].execute_wrapper(note)
