"""Who reads a page of sensors, and how much they may see."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from hereabouts.kernel.access import VISITOR, Actor, Capability, actor_of
from hereabouts.sensing.domain.grants import DataClass

MANAGE = Capability("sensing.manage")
CONNECT = Capability("sensing.connect")
READ_SHARED = Capability("sensing.read_shared")
READ_CLOSED = Capability("sensing.read_closed")


def level_for(actor: Actor) -> DataClass:
    """How much somebody may read."""
    if actor.may(READ_CLOSED):
        return DataClass.CLOSED
    return DataClass.SHARED if actor.may(READ_SHARED) else DataClass.OPEN


def reader_of(request: HttpRequest) -> Actor:
    """Who reads a public page; nobody's session is looked for where none was brought.

    The page of somebody who is signed in is kept out of caches.
    """
    brings = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    if not brings:
        return VISITOR
    request.is_private = True  # type: ignore[attr-defined]  # read by the gate
    return actor_of(request)


def level_of(request: HttpRequest) -> DataClass:
    """How much the reader of a public page may see."""
    return level_for(reader_of(request))


def asked(request: HttpRequest, name: str, longest: int = 100) -> str:
    """A value of the query, without what no database takes."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:longest]


def asked_number(request: HttpRequest, name: str) -> int | None:
    """A whole number of the query, or None."""
    text = asked(request, name, 18)
    return int(text) if text.isascii() and text.isdigit() else None
