"""Every test of this room sees the site's addresses and a few more, and its own letters."""

from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def trial_routes(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.people.routes"
    # Slow on purpose in earnest, and slow for nothing here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
