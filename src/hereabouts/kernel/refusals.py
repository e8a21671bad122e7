"""Refusals: the one way a rule says no, translated once at each edge."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import ClassVar

Fact = str | int | float


class RefusalKind(Enum):
    """What sort of no it is; edges turn it into a status or an exit code."""

    INVALID = "invalid"
    NOT_ALLOWED = "not_allowed"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_FOUND = "not_found"
    GONE = "gone"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


HTTP_STATUS: Mapping[RefusalKind, int] = {
    RefusalKind.INVALID: 400,
    RefusalKind.NOT_SIGNED_IN: 401,
    RefusalKind.NOT_ALLOWED: 403,
    RefusalKind.NOT_FOUND: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.GONE: 410,
    RefusalKind.TOO_LARGE: 413,
    RefusalKind.TOO_MANY: 429,
    RefusalKind.UNAVAILABLE: 503,
}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A rule's no, with a stable code, a sentence fit for a resident, and facts for the log.

    Subclasses live in a room's `errors.py` and set `code`, `kind` and `message`; `message` is an
    English sentence marked with `N_`, whose `{placeholders}` are filled from `facts`.
    """

    code: ClassVar[str] = ""
    kind: ClassVar[RefusalKind] = RefusalKind.INVALID
    message: ClassVar[str] = ""

    def __init__(self, **facts: Fact) -> None:
        self.facts: Mapping[str, Fact] = facts
        super().__init__(self.sentence())

    def sentence(self, translated: str | None = None) -> str:
        """Fill the message, or its translation, with the facts."""
        return (translated or self.message).format(**self.facts)

    @property
    def status(self) -> int:
        """The HTTP status an edge answers with."""
        return HTTP_STATUS[self.kind]
