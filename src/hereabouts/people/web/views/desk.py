"""The officers' desk: where it begins, people, and tokens."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hereabouts.design.api import render_page, sentence_of
from hereabouts.kernel.access import Actor, Capability, PersonId, requires
from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.time import now
from hereabouts.people import api
from hereabouts.people.domain.links import LinkPurpose
from hereabouts.people.domain.roles import (
    CAPABILITIES,
    DESK_USE,
    PEOPLE_MANAGE,
    PEOPLE_READ,
    ROLE_NAMES,
    TOKEN_CAPABILITIES,
    TOKENS_MANAGE,
    Role,
)
from hereabouts.people.errors import (
    AddressTaken,
    BadLifetime,
    LetterNotSent,
    ScopeNotAllowed,
    TooManyTokens,
)
from hereabouts.people.web.forms import NewPersonForm, RolesForm, TokenForm
from hereabouts.people.web.letters import send_link
from hereabouts.people.web.middleware import identity_of


def _actor(request: HttpRequest) -> Actor:
    return identity_of(request).actor


@requires(DESK_USE)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The pages of the desk that this officer may open."""
    context = {
        "person": identity_of(request).person,
        "entries": [
            {
                "href": reverse(entry.url_name),
                "title": gettext(entry.title),
                "summary": gettext(entry.summary),
            }
            for entry in api.list_desk_entries(_actor(request))
        ],
    }
    return render_page(request, "people/desk.html", context)


def _role_of(name: str) -> Role | None:
    return Role(name) if name in set(Role) else None


def _number_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@requires(PEOPLE_READ)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Who has an account."""
    words, role = request.GET.get("q", ""), _role_of(request.GET.get("role", ""))
    page = api.list_people(words=words, role=role, after=_number_of(request.GET.get("after", "")))
    asked = request.GET.copy()
    asked["after"] = str(page.next_after)
    context = {
        "page": page,
        "words": words,
        "role": role.value if role else "",
        "roles": {role.value: gettext(ROLE_NAMES[role]) for role in Role},
        "next_href": f"?{asked.urlencode()}" if page.next_after else "",
        "may_manage": _actor(request).may(PEOPLE_MANAGE),
    }
    return render_page(request, "people/desk_people.html", context)


@requires(PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Make an account and send an invitation."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            uid = api.create_person(
                form.cleaned_data["email"],
                display_name=form.cleaned_data["display_name"],
                roles=api.parse_roles([*form.cleaned_data["roles"], Role.RESIDENT.value]),
                actor=_actor(request),
            )
        except AddressTaken as taken:
            form.add_error("email", sentence_of(taken))
        else:
            _invite(request, form.cleaned_data["email"])
            return HttpResponseRedirect(reverse("people:desk_person", args=[uid]))
    return render_page(request, "people/desk_new_person.html", {"form": form})


def _invite(request: HttpRequest, address: str) -> None:
    email, secret = api.invite(address, actor=_actor(request))
    try:
        send_link(email, secret, LinkPurpose.INVITATION, request)
    except LetterNotSent:
        messages.error(
            request, gettext("The account is there, but the invitation could not be sent.")
        )
    else:
        messages.success(request, gettext("The invitation is sent."))


@requires(PEOPLE_MANAGE)
@require_POST
def invite(request: HttpRequest, uid: str) -> HttpResponse:
    """Send an invitation again."""
    _invite(request, api.get_person(PersonId(uid)).email)
    return HttpResponseRedirect(reverse("people:desk_person", args=[uid]))


@requires(PEOPLE_READ)
@require_GET
def person(request: HttpRequest, uid: str) -> HttpResponse:
    """One account."""
    card = api.get_person(PersonId(uid))
    return _show_person(request, card, RolesForm(initial={"roles": sorted(card.roles)}))


def _show_person(request: HttpRequest, card: api.PersonCard, form: RolesForm) -> HttpResponse:
    context = {
        "card": card,
        "roles": [gettext(ROLE_NAMES[role]) for role in sorted(card.roles)],
        "form": form,
        "sessions": len(api.list_sessions(card.uid, now())),
        "is_me": card.uid == _actor(request).person,
        "may_manage": _actor(request).may(PEOPLE_MANAGE),
    }
    return render_page(request, "people/desk_person.html", context)


@requires(PEOPLE_MANAGE)
@require_POST
def change_roles(request: HttpRequest, uid: str) -> HttpResponse:
    """Give a person other roles."""
    card = api.get_person(PersonId(uid))
    form = RolesForm(request.POST)
    if not form.is_valid():
        return _show_person(request, card, form)
    roles = api.parse_roles(form.cleaned_data["roles"])
    changed = api.change_roles(card.uid, roles, actor=_actor(request))
    said = gettext("The roles are changed.") if changed else gettext("Nothing was changed.")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("people:desk_person", args=[uid]))


def _sign_out(uid: PersonId, *, actor: Actor) -> bool:
    return api.end_all_sessions(uid, actor=actor) > 0


ACTS: dict[str, Callable[..., bool]] = {
    "disable": api.disable_person,
    "enable": api.enable_person,
    "reset-code": api.reset_second_step,
    "sign-out": _sign_out,
}


@requires(PEOPLE_MANAGE)
@require_POST
def act_on_person(request: HttpRequest, uid: str, act: str) -> HttpResponse:
    """Close or open an account, take its app off, or sign it out everywhere."""
    card = api.get_person(PersonId(uid))
    changed = ACTS[act](card.uid, actor=_actor(request))
    said = gettext("Done.") if changed else gettext("Nothing was changed.")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("people:desk_person", args=[uid]))


def _offered(request: HttpRequest) -> frozenset[Capability]:
    return TOKEN_CAPABILITIES & _actor(request).capabilities


@requires(TOKENS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """All tokens, and the form for a new one; its secret is shown once, in the answer itself."""
    form = TokenForm(request.POST or None, offered=_offered(request))
    if request.method == "POST" and form.is_valid():
        secret = _new_token(request, form)
        if secret:
            return _show_tokens(request, TokenForm(offered=_offered(request)), secret)
    return _show_tokens(request, form)


def _new_token(request: HttpRequest, form: TokenForm) -> str:
    actor = _actor(request)
    if actor.person is None:
        raise AssertionError("the page is open to people only")
    try:
        _, secret = api.create_token(
            actor.person,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            days=form.cleaned_data["days"],
            actor=actor,
        )
    except (ScopeNotAllowed, BadLifetime, TooManyTokens) as refusal:
        _say(form, refusal)
        return ""
    return secret


def _say(form: TokenForm, refusal: Refusal) -> None:
    form.add_error(None, sentence_of(refusal))


def _show_tokens(request: HttpRequest, form: TokenForm, secret: str = "") -> HttpResponse:
    moment = now()
    context = {
        "form": form,
        "secret": secret,
        "can_make": bool(_offered(request)),
        "tokens": [
            {
                "card": card,
                "is_live": card.is_live(moment),
                "may": "; ".join(
                    gettext(CAPABILITIES.get(Capability(scope), scope)) for scope in card.scopes
                ),
            }
            for card in api.list_tokens()
        ],
    }
    return render_page(request, "people/desk_tokens.html", context)


@requires(TOKENS_MANAGE)
@require_POST
def revoke_token(request: HttpRequest, uid: str) -> HttpResponse:
    """Stop a token at once."""
    api.revoke_token(uid, actor=_actor(request))
    messages.success(request, gettext("The token is revoked."))
    return HttpResponseRedirect(reverse("people:desk_tokens"))
