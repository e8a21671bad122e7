"""Addresses of this room; of django-allauth's own pages only those we use, each marked."""

from __future__ import annotations

from django.urls import include, path, register_converter

from hereabouts.people.web.views import account, desk, second_step, sign_in


class UidConverter:
    """A public id as this room makes them; anything else is no address of ours."""

    regex = "[a-z]{2,12}-[0-9a-z]{1,20}"

    def to_python(self, value: str) -> str:
        """The id as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The id as it stands."""
        return value


register_converter(UidConverter, "people_uid")

PERSON = "desk/people/<people_uid:uid>/"

ours = [
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("sign-in/sent", sign_in.sign_in_sent, name="sign_in_sent"),
    path("sign-in/link/<str:secret>", sign_in.sign_in_link, name="sign_in_link"),
    path("account", account.account, name="account"),
    path("account/sessions/end", account.end_sessions, name="end_sessions"),
    path("account/password", account.password, name="password"),
    path("account/data", account.data, name="data"),
    path("account/delete", account.delete, name="delete"),
    path("account-deleted", sign_in.deleted, name="deleted"),
    path("desk/", desk.desk, name="desk"),
    path("desk/people/", desk.people, name="desk_people"),
    path("desk/people/new", desk.new_person, name="desk_new_person"),
    path(PERSON, desk.person, name="desk_person"),
    path(f"{PERSON}roles", desk.change_roles, name="desk_change_roles"),
    path(f"{PERSON}invite", desk.invite, name="desk_invite"),
    *(
        path(f"{PERSON}{act}", desk.act_on_person, {"act": act}, name=f"desk_{act}")
        for act in desk.ACTS
    ),
    path("desk/tokens/", desk.tokens, name="desk_tokens"),
    path("desk/tokens/<people_uid:uid>/revoke", desk.revoke_token, name="desk_revoke_token"),
]

# django-allauth finds its pages by these names.
of_allauth = [
    path("sign-in/password", sign_in.by_password, name="account_login"),
    path("sign-in/code", sign_in.by_code, name="mfa_authenticate"),
    path("sign-in/closed", sign_in.closed, name="account_inactive"),
    path("sign-out", sign_in.sign_out, name="account_logout"),
    path("account/confirm/password", sign_in.password_again, name="account_reauthenticate"),
    path("account/confirm/code", sign_in.code_again, name="mfa_reauthenticate"),
    path("account/security", account.security, name="mfa_index"),
    path("account/second-step", second_step.set_up, name="mfa_activate_totp"),
    path("account/second-step/remove", second_step.remove, name="mfa_deactivate_totp"),
    path("account/recovery-codes", second_step.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new",
        second_step.new_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]

urlpatterns = [path("", include((ours, "people"))), *of_allauth]
