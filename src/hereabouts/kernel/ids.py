"""Public ids: short, stable, readable aloud, each its own type."""

from __future__ import annotations

import hashlib
import secrets
from typing import NewType

StreetUid = NewType("StreetUid", str)
SegmentUid = NewType("SegmentUid", str)
PremisesUid = NewType("PremisesUid", str)
AssetUid = NewType("AssetUid", str)
AreaCode = NewType("AreaCode", str)
PostcodeCode = NewType("PostcodeCode", str)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o or u to misread."""

UID_LENGTH = 12
"""Characters after the prefix: 60 bits, so a million ids collide with odds of 1 in 2 million."""


def derive_uid(prefix: str, *names: str) -> str:
    """The id that these names always lead to, as `prefix-xxxxxxxxxxxx`.

    The same source object gets the same id in every installation, so that links survive a
    rebuild; once assigned, an id stays with its feature even if the source's names change.
    """
    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    return f"{prefix}-{_encode(int.from_bytes(digest[:8], 'big') >> 4)}"


def new_uid(prefix: str) -> str:
    """A fresh random id, as `prefix-xxxxxxxxxxxx`."""
    return f"{prefix}-{_encode(secrets.randbits(5 * UID_LENGTH))}"


def _encode(number: int) -> str:
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in reversed(range(UID_LENGTH)))
