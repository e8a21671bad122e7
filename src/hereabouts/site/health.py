"""Whether this process is up, and whether the installation behind it is ready for people."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from hereabouts.journal.jobs import HEARTBEAT
from hereabouts.journal.queries import find_moved_at, find_oldest_undelivered
from hereabouts.kernel.access import public
from hereabouts.kernel.asgi import HotRoute, Request, Response, json_response
from hereabouts.kernel.describe import describe
from hereabouts.kernel.time import now
from hereabouts.site.background import BACKGROUND
from hereabouts.site.configuration import from_environment

LEAST_FREE_BYTES = 200 * 1024 * 1024
LONGEST_SILENCE = timedelta(seconds=60)
LONGEST_LAG = timedelta(minutes=10)


@dataclass(frozen=True)
class Check:
    """One thing the installation needs, and whether it has it."""

    name: str
    ready: bool
    detail: str = ""


@dataclass(frozen=True)
class Readiness:
    """Everything that was looked at; `missing` names what is not ready."""

    ready: bool
    missing: tuple[str, ...]
    checks: tuple[Check, ...]


@public
@describe("Whether the process answers at all.", media_type="text/plain", tag="health")
async def healthz(request: Request) -> Response:
    """Answer without looking at anything."""
    headers = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
    return Response(200, headers, b"ok\n")


@public
@describe("What is not ready, if anything.", returns=Readiness, tag="health")
def readyz(request: Request) -> Response:
    """Look at everything the pages need; 503 where something is missing."""
    found = look()
    status = 200 if found.ready else 503
    return json_response(found, status=status, headers={"cache-control": "no-store"})


def look() -> Readiness:
    """Check what the pages need; what needs the database only where it can be reached."""
    database = _database()
    checks = [database]
    if database.ready:
        checks += [_guarded("migrations", _migrations), _guarded("worker", _worker)]
    checks += [_streams(), _front_end(), _disk()]
    missing = tuple(check.name for check in checks if not check.ready)
    return Readiness(not missing, missing, tuple(checks))


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Error as fault:
        return Check(name, False, f"the database refused: {type(fault).__name__}")


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as fault:
        connection.close()
        # The kind of fault only: its text may hold addresses and names.
        return Check("database", False, f"it cannot be reached: {type(fault).__name__}")
    return Check("database", True)


def count_missing_migrations() -> int:
    """How many steps the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrations() -> Check:
    missing = count_missing_migrations()
    return Check("migrations", not missing, f"{missing} steps are missing" if missing else "")


def _worker() -> Check:
    if from_environment(os.environ).worker == "embedded":
        lives = BACKGROUND.worker is not None and BACKGROUND.worker.is_alive
    else:
        seen = find_moved_at(HEARTBEAT)
        lives = seen is not None and now() - seen < LONGEST_SILENCE
    if not lives:
        return Check("worker", False, "no worker delivers reactions")
    oldest = find_oldest_undelivered()
    lag = now() - oldest if oldest else timedelta()
    seconds = int(lag.total_seconds())
    return Check("worker", lag < LONGEST_LAG, f"{seconds} seconds behind" if seconds else "")


def _streams() -> Check:
    lives = BACKGROUND.streams.is_alive
    return Check("streams", lives, "" if lives else "new events do not reach /events")


def _front_end() -> Check:
    built = Path(str(settings.DJANGO_VITE["default"]["manifest_path"])).exists()
    return Check("front_end", built, "" if built else "it has not been built")


def _disk() -> Check:
    home = from_environment(os.environ).home_path
    free = shutil.disk_usage(home if home.exists() else home.anchor).free
    enough = free >= LEAST_FREE_BYTES
    return Check("disk", enough, "" if enough else f"{free // 2**20} MB are free")


routes = [HotRoute("/healthz", healthz, "site:healthz"), HotRoute("/readyz", readyz, "site:readyz")]
