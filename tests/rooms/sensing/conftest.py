"""Shared by the tests of the sensing room: the application, and callers of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from hereabouts.sensing.actions.ingest import INGEST, Ingest
from hereabouts.sensing.actions.remembered import GRANTS
from hereabouts.sensing.adapters.sta.application import Application
from hereabouts.sensing.adapters.sta.posts import Posts
from hereabouts.sensing.adapters.sta.settings import StaSettings
from tests.rooms.sensing.ingesting import running
from tests.rooms.sensing.sta import Sta, a_token


@pytest.fixture
def application(transactional_db: None) -> Iterator[Application]:
    """The SensorThings application, with the writer of observations running."""
    GRANTS.forget()
    INGEST.start()
    is_embedded = connection.vendor == "sqlite"
    path = str(connection.settings_dict["NAME"]) if is_embedded else ""
    made = Application(StaSettings(threads=2, sqlite_path=path), Posts(INGEST))
    yield made
    made.close()
    INGEST.stop()
    GRANTS.forget()


@pytest.fixture
def ingest() -> Iterator[Ingest]:
    """A writer of observations of its own."""
    with running() as found:
        yield found


@pytest.fixture
def sta(application: Application) -> Sta:
    """A caller who may do everything."""
    return Sta(
        application,
        a_token("sensing.manage", "sensing.observe", "sensing.read_closed", "sensing.read_shared"),
    )


@pytest.fixture
def visitor(application: Application) -> Sta:
    """A caller without a token."""
    return Sta(application)
