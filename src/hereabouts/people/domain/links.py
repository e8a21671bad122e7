"""Links sent by e-mail: how long they work and how they are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class LinkPurpose(StrEnum):
    """Why a link was sent."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"


LIFETIMES: Mapping[LinkPurpose, timedelta] = {
    LinkPurpose.SIGN_IN: timedelta(minutes=15),
    LinkPurpose.INVITATION: timedelta(days=3),
}


def new_link_secret() -> str:
    """A fresh secret for a link: 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept in place of a secret: its SHA-256 in hexadecimal.

    A plain digest is enough for 256 random bits: there is nothing to guess.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
