"""Six-digit codes of authenticator apps."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6


def new_code_secret() -> str:
    """A fresh secret for an app: 160 bits in base 32. Source: RFC 4226 section 4."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_secret_from(key: bytes, label: str) -> str:
    """The secret that a key and a label always lead to; for demonstrations only."""
    return base64.b32encode(hmac.digest(key, label.encode(), hashlib.sha1)).decode()


def code_at(secret: str, moment: datetime) -> str:
    """The code an app shows at a moment. Source: RFC 6238 with SHA-1 and steps of 30 seconds."""
    counter = int(moment.timestamp()) // STEP_S
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def app_address(secret: str, *, address: str, issuer: str) -> str:
    """The `otpauth:` address that sets an app up, as text or as a QR code."""
    asked = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{address}')}?{asked}"
