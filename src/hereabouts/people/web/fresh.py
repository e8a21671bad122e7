"""Asking once more who it is, before something that protects an account changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from hereabouts.people.adapters.sign_in import is_freshly_signed_in
from hereabouts.people.domain.sessions import FRESH

View = Callable[..., HttpResponseBase]


def is_sure_who(request: HttpRequest) -> bool:
    """Whether the person signed in, or gave password or code again, within a quarter of an hour."""
    if is_freshly_signed_in(request):
        return True
    latest = max(
        (
            float(record["at"])
            for record in get_authentication_records(request, request.user)
            if record.get("reauthenticated")
        ),
        default=0.0,
    )
    return time.time() - latest <= FRESH.total_seconds()


def needs_fresh_sign_in(view: View) -> View:
    """Send to the app's code, the password or a new link first, as far as the person has them."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if is_sure_who(request):
            return view(request, *args, **kwargs)
        methods = get_adapter().get_reauthentication_methods(request.user)
        way = {"next": request.path}
        if methods:
            return HttpResponseRedirect(f"{methods[0]['url']}?{urlencode(way)}")
        again = urlencode({**way, "again": "1"})
        return HttpResponseRedirect(f"{reverse('people:sign_in')}?{again}")

    return asked
