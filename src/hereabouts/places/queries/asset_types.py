"""The asset types of this installation: the built-in list and what the council adds to it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from hereabouts.places.domain.asset_types import AssetTypes, UnusableListError, read_asset_types
from hereabouts.places.errors import BadAssetTypes

BUILT_IN = Path(__file__).resolve().parent.parent / "data" / "asset_types.toml"
FILE = "asset_types.toml"


def get_asset_types() -> AssetTypes:
    """All types, the council's in place of built-in ones with the same key.

    Raises: BadAssetTypes where the council's list cannot be used.
    """
    return _load(str(settings.COUNCIL_FOLDER))


@lru_cache(maxsize=4)
def _load(council: str) -> AssetTypes:
    types = AssetTypes()
    own = Path(council).expanduser() / FILE if council else None
    for path in (BUILT_IN, own):
        if path is None or not path.exists():
            continue
        try:
            read_asset_types(path.read_text(encoding="utf-8"), types)
        except UnusableListError as fault:
            raise BadAssetTypes(where=path.name, reason=str(fault)) from fault
    return types
