"""Who is acting in a request: a token's owner, the person of the session, or a visitor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest

from hereabouts.kernel.access import VISITOR, Actor
from hereabouts.kernel.time import now
from hereabouts.people.adapters.sign_in import SIGNED_IN_AT, find_signed_in_at
from hereabouts.people.api import PersonCard, actor_for_token, note_session_use
from hereabouts.people.domain.links import digest_of
from hereabouts.people.domain.sessions import NOTED_EVERY, RENEWED_EVERY, is_over, limits_for
from hereabouts.people.queries import find_person_by_key, find_session_seen_at
from hereabouts.people.web.forms import SECOND_STEP_BY

RENEWED_AT = "renewed_at"
BEARER = "bearer "
PROGRAM_PATHS = ("/api/", "/ogc", "/events", "/tiles/")


class Lacking(Enum):
    """What a signed-in person of the desk still has to do before their roles count."""

    NOTHING = "nothing"
    APP = "app"
    CODE = "code"


@dataclass(frozen=True)
class Identity:
    """Who is acting, and what stands between them and their roles."""

    actor: Actor
    person: PersonCard | None = None
    lacking: Lacking = Lacking.NOTHING
    was_signed_out: bool = False


NOBODY = Identity(VISITOR)


def is_for_programs(request: HttpRequest) -> bool:
    """Whether the address is one that programs call, where tokens are accepted."""
    return request.path.startswith(PROGRAM_PATHS) or request.path.endswith((".json", ".geojson"))


def bearer_token(request: HttpRequest) -> str:
    """The token in the Authorization header of a program's request, or nothing.

    Never from the address: addresses end up in logs and histories.
    """
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith(BEARER) or not is_for_programs(request):
        return ""
    return header[len(BEARER) :].strip()


def identify(request: HttpRequest) -> Identity:
    """Work out who is acting.

    Reads the session only where the browser sent its cookie. A session past its limits is ended.
    Raises: BadToken where a token was sent that is not valid.
    """
    token = bearer_token(request)
    if token:
        return Identity(actor_for_token(token))
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return NOBODY
    person = find_person_by_key(request.user.pk)
    if person is None or not person.is_active:
        return NOBODY
    if _has_run_out(request, person):
        logout(request)
        return replace(NOBODY, was_signed_out=True)
    return _identity_of(request, person)


def _identity_of(request: HttpRequest, person: PersonCard) -> Identity:
    has_taken = person.has_second_step and request.session.get(SECOND_STEP_BY) == request.user.pk
    lacking = Lacking.NOTHING
    if person.must_use_second_step and not has_taken:
        lacking = Lacking.CODE if person.has_second_step else Lacking.APP
    actor = Actor(person.uid, person.capabilities(has_second_step=has_taken))
    return Identity(actor, person, lacking)


def _has_run_out(request: HttpRequest, person: PersonCard) -> bool:
    """Whether the session is past its limits; where it is not, note that it is in use."""
    moment = now()
    digest = digest_of(request.session.session_key or "")
    seen_at = find_session_seen_at(digest) or moment
    signed_in_at = find_signed_in_at(request)
    if signed_in_at is None:
        signed_in_at = moment
        request.session[SIGNED_IN_AT] = moment.isoformat()
    limits = limits_for(person.roles)
    if is_over(limits, signed_in_at=signed_in_at, seen_at=seen_at, now=moment):
        return True
    if moment - seen_at > NOTED_EVERY:
        note_session_use(digest)
    if limits.life is None and moment - signed_in_at > RENEWED_EVERY:
        _renew_daily(request, moment.date().isoformat())
    return False


def _renew_daily(request: HttpRequest, today: str) -> None:
    # A changed session is written and its cookie sent again, with another fortnight to run.
    if request.session.get(RENEWED_AT) != today:
        request.session[RENEWED_AT] = today
