"""Pages of this room's tests: the site's addresses and a few more."""

from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def trial_pages(settings: Settings) -> None:
    """Add the trial routes; the neutral council unless a test names another."""
    settings.ROOT_URLCONF = "tests.rooms.design.routes"
    settings.COUNCIL_FOLDER = ""
