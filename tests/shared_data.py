"""Finds the real data that tests read beside the checkout, and says so loudly when it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_file(*parts: str) -> Path:
    """A file of the shared data, named by its path below `data/`.

    A test that needs it fails where it is absent: a quiet skip would hide that the real data
    was never read.
    """
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.fail(
            f"real data missing: ../shared/data/{'/'.join(parts)} is not beside the checkout"
        )
    return path
