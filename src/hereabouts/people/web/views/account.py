"""One's own account: details, security, data."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hereabouts.design.api import language, render_page, sentence_of
from hereabouts.kernel.access import requires
from hereabouts.kernel.time import now
from hereabouts.people import api
from hereabouts.people.adapters.sign_in import visit_of
from hereabouts.people.api import PersonCard
from hereabouts.people.domain.links import digest_of
from hereabouts.people.domain.roles import ACCOUNT_USE, DESK_USE, ROLE_NAMES
from hereabouts.people.domain.security import SENTENCES, SecurityFact
from hereabouts.people.errors import WeakPassword
from hereabouts.people.queries import get_account
from hereabouts.people.web.forms import DeleteForm, DetailsForm, NewPasswordForm
from hereabouts.people.web.fresh import needs_fresh_sign_in
from hereabouts.people.web.middleware import identity_of

COOKIE_S = 31_536_000


def _me(request: HttpRequest) -> PersonCard:
    person = identity_of(request).person
    if person is None:
        raise Http404("tokens have no account page")
    return person


def _here(request: HttpRequest) -> str:
    return digest_of(request.session.session_key or "")


@requires(ACCOUNT_USE)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """My details."""
    me = _me(request)
    known = {"display_name": me.display_name, "language": me.language or language()}
    form = DetailsForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        return _change(request, me, form)
    context = {
        "form": form,
        "me": me,
        "roles": [gettext(ROLE_NAMES[role]) for role in sorted(me.roles)],
        "has_desk": DESK_USE in me.capabilities(has_second_step=True),
    }
    return render_page(request, "people/account.html", context)


def _change(request: HttpRequest, me: PersonCard, form: DetailsForm) -> HttpResponse:
    chosen = form.cleaned_data["language"]
    actor = identity_of(request).actor
    api.change_details(
        me.uid, display_name=form.cleaned_data["display_name"], language=chosen, actor=actor
    )
    messages.success(request, gettext("Your details are saved."))
    answer = HttpResponseRedirect(reverse("people:account"))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=COOKIE_S,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return answer


@requires(ACCOUNT_USE)
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """How I sign in, where I am signed in, and what happened at my door."""
    me = _me(request)
    here = _here(request)
    context = {
        "me": me,
        "sessions": [
            {"card": card, "is_here": card.digest == here}
            for card in api.list_sessions(me.uid, now())
        ],
        "lines": [
            {"what": gettext(SENTENCES[SecurityFact(line.what)]), "line": line}
            for line in api.list_security_lines(me.uid)
        ],
    }
    return render_page(request, "people/security.html", context)


@requires(ACCOUNT_USE)
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign one other browser out, or all of them and this one too."""
    me = _me(request)
    one = request.POST.get("session", "")
    if one:
        api.end_session_of(me.uid, one)
        messages.success(request, gettext("That browser is signed out."))
        return HttpResponseRedirect(reverse("mfa_index"))
    api.note(me.uid, SecurityFact.SIGNED_OUT_EVERYWHERE, visit_of(request))
    api.end_all_sessions(me.uid, actor=identity_of(request).actor)
    logout(request)
    messages.success(request, gettext("You are signed out everywhere."))
    return HttpResponseRedirect(reverse("people:sign_in"))


@requires(ACCOUNT_USE)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@needs_fresh_sign_in
def password(request: HttpRequest) -> HttpResponse:
    """Set a password: for desk roles, whose sign-in ends with a code."""
    me = _me(request)
    if not me.must_use_second_step:
        raise Http404("residents sign in by link")
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            api.set_password(
                me.uid, form.cleaned_data["password"], actor=identity_of(request).actor
            )
        except WeakPassword as weak:
            form.add_error("password", sentence_of(weak))
        else:
            # The password is part of every session: this one is made to fit the new one.
            update_session_auth_hash(request, get_account(me.uid))
            api.note(me.uid, SecurityFact.PASSWORD_SET, visit_of(request))
            messages.success(
                request, gettext("Your password is set. Other browsers are signed out.")
            )
            return HttpResponseRedirect(reverse("mfa_index"))
    return render_page(request, "people/password_set.html", {"form": form, "me": me})


@requires(ACCOUNT_USE)
@require_GET
@needs_fresh_sign_in
def data(request: HttpRequest) -> HttpResponse:
    """Everything the rooms keep about me, as a file."""
    me = _me(request)
    api.note(me.uid, SecurityFact.DATA_EXPORTED, visit_of(request))
    text = json.dumps(api.export_person(me.uid, now()), ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@requires(ACCOUNT_USE)
@require_http_methods(["GET", "HEAD", "POST"])
@needs_fresh_sign_in
def delete(request: HttpRequest) -> HttpResponse:
    """Delete my account."""
    me = _me(request)
    form = DeleteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        api.erase_person(me.uid, actor=identity_of(request).actor)
        logout(request)
        return HttpResponseRedirect(reverse("people:deleted"))
    return render_page(request, "people/delete.html", {"form": form, "me": me})
