"""Forms of sign-in, account and desk; those of django-allauth in our words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext, gettext_lazy

from hereabouts.kernel.access import Capability
from hereabouts.people.domain.addresses import MAX_LENGTH as ADDRESS_LENGTH
from hereabouts.people.domain.addresses import EmailAddress, parse_address
from hereabouts.people.domain.roles import (
    ACCOUNT_USE,
    CAPABILITIES,
    DESK_USE,
    ROLE_NAMES,
    ROLES,
    Role,
)
from hereabouts.people.domain.tokens import MAX_DAYS
from hereabouts.people.errors import BadAddress
from hereabouts.people.models import NAME_LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SECOND_STEP_BY = "second_step_by"
"""Where a session says whose second step was taken in it."""

CODE_REMEMBERED_S = 120
"""Longer than a code is good for: three steps of 30 seconds."""

PASSWORD_LENGTH = 128
CODE_LENGTH = 20


def code_field() -> forms.CharField:
    """The box for a code from an app."""
    return forms.CharField(
        label=gettext_lazy("Code"),
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def password_field(label: str | _StrPromise, autocomplete: str) -> forms.CharField:
    """The box for a password."""
    return forms.CharField(
        label=label,
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class AddressForm(forms.Form):
    """Where to send a link."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("We’ll send you a link that signs you in. No password needed."),
        max_length=ADDRESS_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Enter your e-mail address.")},
    )

    def clean_email(self) -> EmailAddress:
        """The address in the form we keep."""
        address = parse_address(self.cleaned_data["email"])
        if address is None:
            raise forms.ValidationError(gettext(BadAddress.message))
        return address


class PasswordSignInForm(LoginForm):  # type: ignore[misc]  # allauth is untyped
    """Signing in by password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=gettext_lazy("E-mail address"),
            max_length=ADDRESS_LENGTH,
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            error_messages={"required": gettext_lazy("Enter your e-mail address.")},
        )
        self.fields["password"] = password_field(gettext("Password"), "current-password")
        self.fields["password"].error_messages["required"] = gettext("Enter your password.")
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        """The address in the form we keep; what is none belongs to nobody and fails below."""
        typed: str = self.cleaned_data["login"]
        return parse_address(typed) or typed.strip()[:ADDRESS_LENGTH]


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The password once more, before something that protects the account changes."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(gettext("Password"), "current-password")


class OnceOnly:
    """Makes a code good once for as long as a clock could still accept it."""

    def clean_code(self) -> str:
        """The code, if it is right and was not used before."""
        code: str = super().clean_code()  # type: ignore[misc]  # from the form beside it
        key = f"people.code:{self.user.pk}:{code.strip()}"  # type: ignore[attr-defined]
        if not cache.add(key, "used", timeout=CODE_REMEMBERED_S):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondStepForm(OnceOnly, AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The code that ends a sign-in: from the app, or a recovery code."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field()
        self.fields["code"].help_text = gettext(
            "Six digits from your authenticator app, or one of your recovery codes."
        )

    def save(self) -> None:
        """Remember that the second step was taken in this session."""
        super().save()
        context.request.session[SECOND_STEP_BY] = self.user.pk


class SecondStepAgainForm(OnceOnly, CodeAgainForm):  # type: ignore[misc]  # allauth is untyped
    """A code once more, before something that protects the account changes."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field()

    def save(self) -> None:
        """Remember that the second step was taken in this session."""
        super().save()
        context.request.session[SECOND_STEP_BY] = self.user.pk


class AppSetUpForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    """The first code of an app, which proves that it holds the secret."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field()
        self.fields["code"].help_text = gettext("The six digits that the app shows now.")


class AppRemovalForm(DeactivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    """Nothing to fill in: the button is the answer."""


class NewCodesForm(GenerateRecoveryCodesForm):  # type: ignore[misc]  # allauth is untyped
    """Nothing to fill in: the button is the answer."""


def language_choices() -> list[tuple[str, str]]:
    """The languages we can write in."""
    return list(settings.LANGUAGES)


class DetailsForm(forms.Form):
    """What we call somebody and the language we write in."""

    display_name = forms.CharField(
        label=gettext_lazy("What should we call you?"), max_length=NAME_LENGTH, required=False
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of our letters"),
        choices=language_choices,
        widget=forms.RadioSelect,
    )


class NewPasswordForm(forms.Form):
    """A new password, typed once: the box can show it."""

    password = password_field(gettext_lazy("New password"), "new-password")
    password.help_text = gettext_lazy("At least 12 characters. Three random words are good.")


class DeleteForm(forms.Form):
    """Consent to the deletion of everything."""

    is_sure = forms.BooleanField(
        label=gettext_lazy("I understand that this cannot be undone"),
        error_messages={
            "required": gettext_lazy("Tick the box if you want your account to be deleted.")
        },
    )


class RolesForm(forms.Form):
    """The roles of one person."""

    marks_optional = False
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(role.value, gettext(ROLE_NAMES[role])) for role in Role]
            field.widget.option_hints = {role.value: describe(ROLES[role]) for role in Role}


class NewPersonForm(RolesForm):
    """An account for somebody who will be sent an invitation."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=ADDRESS_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    display_name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    field_order = ["email", "display_name", "roles"]

    clean_email = AddressForm.clean_email


def describe(capabilities: Iterable[Capability]) -> str:
    """Capabilities as one sentence; what everybody or every desk has is left out beside others."""
    found = set(capabilities)
    telling = found - {ACCOUNT_USE, DESK_USE} or found
    return "; ".join(gettext(CAPABILITIES[name]) for name in sorted(telling))


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        help_text=gettext_lazy("A name that tells it from others, like “nightly export”."),
        max_length=NAME_LENGTH,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one permission.")},
    )
    days = forms.IntegerField(
        label=gettext_lazy("For how many days?"), min_value=1, max_value=MAX_DAYS, initial=90
    )

    def __init__(  # Any: Django's own signature
        self, *args: Any, offered: Iterable[Capability], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(name, gettext(CAPABILITIES[name])) for name in sorted(offered)]
