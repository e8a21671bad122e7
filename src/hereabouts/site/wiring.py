"""Where rooms meet: what one room contributes to another is connected here and nowhere else."""

from __future__ import annotations


def connect() -> None:
    """Connect the rooms; called once when Django has loaded."""
