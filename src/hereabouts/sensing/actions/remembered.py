"""Grants remembered for a few seconds in this process, and when keys were last used."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hereabouts.sensing.domain.grants import Grant

KEPT_S = 5.0
MOST_KEPT = 20_000
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass
class RememberedGrants:
    """Grants by digest of their secret; the oldest go first. Safe in any thread."""

    ticks: Callable[[], float] = time.monotonic
    _grants: dict[str, tuple[float, Grant]] = field(default_factory=dict)
    _used: dict[str, datetime] = field(default_factory=dict)
    _noted: dict[str, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, digest: str) -> Grant | None:
        """The grant of a secret seen in the last seconds, or None."""
        held = self._grants.get(digest)
        return held[1] if held is not None and self.ticks() < held[0] else None

    def keep(self, digest: str, grant: Grant) -> None:
        """Remember a grant from now on for `KEPT_S`."""
        with self._lock:
            self._grants.pop(digest, None)
            while len(self._grants) >= MOST_KEPT:
                del self._grants[next(iter(self._grants))]
            self._grants[digest] = (self.ticks() + KEPT_S, grant)

    def forget(self) -> None:
        """Drop every grant, so that a revocation holds at once in this process."""
        with self._lock:
            self._grants.clear()

    def note_use(self, uid: str, moment: datetime) -> None:
        """Remember that a key was used."""
        with self._lock:
            self._used[uid] = moment

    def take_uses(self) -> dict[str, datetime]:
        """Uses since the last call, leaving out keys that were noted less than a minute ago."""
        with self._lock:
            due = {
                uid: moment
                for uid, moment in self._used.items()
                if uid not in self._noted or abs(moment - self._noted[uid]) >= USE_NOTED_EVERY
            }
            self._noted |= due
            self._used.clear()
        return due


GRANTS = RememberedGrants()
"""Those of this process."""
