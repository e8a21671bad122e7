"""Shared by every test: which database, a home folder of its own, and no network."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("HEREABOUTS_HOME", tempfile.mkdtemp(prefix="hereabouts-test-"))
os.environ.setdefault("HEREABOUTS_EMAIL_URL", "console")


@pytest.fixture
def shared_place() -> Path:
    """The folder of real place data beside the checkout."""
    from tests.shared_data import shared_file

    return shared_file("place")
