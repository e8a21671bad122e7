"""The choices of this installation: the built-in lists and what the council adds to them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from hereabouts.sensing.domain.deployments.choices import (
    Choices,
    UnusableChoicesError,
    read_choices,
)
from hereabouts.sensing.errors.deployments import BadChoices

FILE = "deployments.toml"
BUILT_IN = Path(__file__).resolve().parents[2] / "data" / FILE


def get_choices() -> Choices:
    """All choices, the council's in place of built-in ones with the same key.

    Raises: BadChoices where the council's list cannot be used.
    """
    return _load(str(settings.COUNCIL_FOLDER))


@lru_cache(maxsize=4)
def _load(council: str) -> Choices:
    choices = Choices()
    own = Path(council).expanduser() / FILE if council else None
    for path in (BUILT_IN, own):
        if path is None or not path.exists():
            continue
        try:
            read_choices(path.read_text(encoding="utf-8"), choices)
        except UnusableChoicesError as fault:
            raise BadChoices(where=path.name, reason=str(fault)) from fault
    return choices
