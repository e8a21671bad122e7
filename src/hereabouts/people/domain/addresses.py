"""E-mail addresses as people type them and as we keep them."""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

EmailAddress = NewType("EmailAddress", str)
"""An address in the one form we keep: composed, without blanks, in lower case."""

MAX_LENGTH = 254
"""Characters in an address. Source: RFC 5321 section 4.5.3.1, less the angle brackets."""

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_SHAPE = re.compile(rf"[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{{1,64}}@(?:{_LABEL}\.)*{_LABEL}")


def parse_address(text: str) -> EmailAddress | None:
    """The address in the form we keep, or None for what cannot be one.

    Upper and lower case are one address: no provider in use tells them apart, and people do not.
    """
    address = unicodedata.normalize("NFKC", text).strip().lower()
    if len(address) > MAX_LENGTH or not _SHAPE.fullmatch(address) or ".." in address:
        return None
    return EmailAddress(address)


def masked_address(address: str) -> str:
    """An address that its owner recognises and a passer-by cannot use, as `m…@example.org`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}…@{domain}"
