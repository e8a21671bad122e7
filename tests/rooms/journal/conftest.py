"""The sample event types, known for the length of a test."""

from __future__ import annotations

import pytest

from hereabouts.journal.domain.events import EVENT_TYPES
from tests.rooms.journal.sample import SAMPLES


@pytest.fixture(autouse=True)
def sample_types(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {cls.wire_name: cls for cls in (*EVENT_TYPES, *SAMPLES)}
    monkeypatch.setattr(EVENT_TYPES, "_classes", known)
