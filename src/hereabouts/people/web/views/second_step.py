"""Setting up, replacing and recovering the second step of signing in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from hereabouts.kernel.access import PersonId, requires
from hereabouts.people.adapters.sign_in import visit_of
from hereabouts.people.api import end_all_sessions, note
from hereabouts.people.domain.links import digest_of
from hereabouts.people.domain.roles import ACCOUNT_USE
from hereabouts.people.domain.security import SecurityFact
from hereabouts.people.web.forms import SECOND_STEP_BY
from hereabouts.people.web.fresh import View, needs_fresh_sign_in
from hereabouts.people.web.middleware import identity_of


def _note(request: HttpRequest, what: SecurityFact) -> PersonId:
    person = identity_of(request).actor.person
    assert person is not None
    note(person, what, visit_of(request))
    return person


class SetUpView(ActivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    """Showing the secret to an app, and proving by a first code that it arrived."""

    template_name = "people/second_step.html"

    def form_valid(self, form: Form) -> HttpResponse:
        """Count the code just given as this session's second step, and end all others."""
        answer: HttpResponse = super().form_valid(form)
        self.request.session[SECOND_STEP_BY] = self.request.user.pk
        person = _note(self.request, SecurityFact.SECOND_STEP_SET_UP)
        here = digest_of(self.request.session.session_key or "")
        end_all_sessions(person, actor=identity_of(self.request).actor, except_digest=here)
        return answer


class RemoveView(DeactivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    """Taking the app off, to put another in its place."""

    template_name = "people/second_step_remove.html"

    def form_valid(self, form: Form) -> HttpResponse:
        """Note it."""
        answer: HttpResponse = super().form_valid(form)
        _note(self.request, SecurityFact.SECOND_STEP_REMOVED)
        return answer


class RecoveryCodesView(ViewRecoveryCodesView):  # type: ignore[misc]  # allauth is untyped
    """The recovery codes, shown once."""

    template_name = "people/recovery_codes.html"


class NewRecoveryCodesView(GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth is untyped
    """New recovery codes in place of the old."""

    template_name = "people/recovery_codes_new.html"

    def form_valid(self, form: Form) -> HttpResponse:
        """Note it."""
        answer: HttpResponse = super().form_valid(form)
        _note(self.request, SecurityFact.CODES_RENEWED)
        return answer


def _guarded(view: Any) -> View:  # Any: allauth is untyped
    return requires(ACCOUNT_USE)(never_cache(needs_fresh_sign_in(view.as_view())))


set_up = _guarded(SetUpView)
remove = _guarded(RemoveView)
recovery_codes = _guarded(RecoveryCodesView)
new_recovery_codes = _guarded(NewRecoveryCodesView)
