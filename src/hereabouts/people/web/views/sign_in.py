"""Signing in by link, by password and code, and signing out."""

from __future__ import annotations

from allauth.account.utils import perform_login
from allauth.account.views import AccountInactiveView, LoginView, LogoutView, ReauthenticateView
from allauth.core import ratelimit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from hereabouts.design.api import render_page
from hereabouts.kernel.access import public, requires
from hereabouts.kernel.time import now
from hereabouts.people.adapters.sign_in import is_local_path
from hereabouts.people.api import ask_for_link, find_live_link, use_link
from hereabouts.people.domain.addresses import masked_address
from hereabouts.people.domain.links import LIFETIMES, LinkPurpose
from hereabouts.people.domain.roles import ACCOUNT_USE
from hereabouts.people.errors import LinkNotValid, TooManyTries
from hereabouts.people.queries import get_account
from hereabouts.people.web.forms import AddressForm
from hereabouts.people.web.letters import send_link

MINUTES = int(LIFETIMES[LinkPurpose.SIGN_IN].total_seconds() // 60)


def next_of(request: HttpRequest) -> str:
    """Where to go afterwards, if it is a path of this site; otherwise nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_local_path(wanted) else ""


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an address and send a link to it, whoever it belongs to."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _send(request, form.cleaned_data["email"])
    context = {
        "form": form,
        "next": next_of(request),
        "ended": request.GET.get("ended") == "1",
        "again": request.GET.get("again") == "1",
    }
    return render_page(request, "people/sign_in.html", context)


def _send(request: HttpRequest, address: str) -> HttpResponse:
    if not ratelimit.consume(request, action="request_login_code", key=address):
        raise TooManyTries
    email, secret = ask_for_link(address, next_path=next_of(request))
    send_link(email, secret, LinkPurpose.SIGN_IN, request)
    return HttpResponseRedirect(reverse("people:sign_in_sent"))


@public
@require_GET
def sign_in_sent(request: HttpRequest) -> HttpResponse:
    """Say that a letter is on its way: the same for every address."""
    return render_page(request, "people/sign_in_sent.html", {"minutes": MINUTES})


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Show whose link it is, and sign in only when the button is pressed.

    Mail scanners open every link of a letter; opening uses nothing up.
    """
    if request.method == "POST":
        answer = _use(request, secret)
    else:
        link = find_live_link(secret, now())
        if link is None:
            return _link_gone(request)
        context = {"email": masked_address(link.email), "has_account": link.has_account}
        answer = render_page(request, "people/sign_in_link.html", context)
    # The address holds the secret: it is not to be passed on as a referrer.
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _use(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        uid, next_path = use_link(secret)
    except LinkNotValid:
        return _link_gone(request)
    if request.user.is_authenticated:
        # Whoever was signed in here makes room, so that codes are asked for again.
        logout(request)
    answer: HttpResponse = perform_login(request, get_account(uid), redirect_url=next_path or None)
    return answer


def _link_gone(request: HttpRequest) -> HttpResponse:
    return render_page(request, "people/sign_in_gone.html", status=LinkNotValid().status)


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class PasswordSignInView(LoginView):  # type: ignore[misc]  # allauth is untyped
    """Signing in by password, which leads on to the code."""

    template_name = "people/password.html"


class CodeView(AuthenticateView):  # type: ignore[misc]  # allauth is untyped
    """The code that ends a sign-in."""

    template_name = "people/code.html"


class SignOutView(LogoutView):  # type: ignore[misc]  # allauth is untyped
    """Signing out, by a button."""

    template_name = "people/sign_out.html"


class ClosedView(AccountInactiveView):  # type: ignore[misc]  # allauth is untyped
    """Said to somebody who proved who they are and whose account is closed."""

    template_name = "people/closed.html"


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class PasswordConfirmView(ReauthenticateView):  # type: ignore[misc]  # allauth is untyped
    """The password once more."""

    template_name = "people/password_again.html"


class CodeConfirmView(CodeAgainView):  # type: ignore[misc]  # allauth is untyped
    """A code once more."""

    template_name = "people/code_again.html"


by_password = public(PasswordSignInView.as_view())
by_code = public(CodeView.as_view())
sign_out = public(SignOutView.as_view())
closed = public(ClosedView.as_view())
password_again = requires(ACCOUNT_USE)(PasswordConfirmView.as_view())
code_again = requires(ACCOUNT_USE)(CodeConfirmView.as_view())


@public
@require_GET
def deleted(request: HttpRequest) -> HttpResponse:
    """Said after an account was deleted."""
    return render_page(request, "people/deleted.html")
