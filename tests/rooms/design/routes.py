"""The site's addresses, and pages that only tests need."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hereabouts.design.api import DayField
from hereabouts.design.pages import ENGINE, depend_on_reader
from hereabouts.kernel.access import NotAllowed, SignInNeeded, public
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class Joined(Refusal):
    """A trial refusal with a fact in it."""

    code = "trial.joined"
    kind = RefusalKind.GONE
    message = N_("This street is now part of {other}.")


FORM_PAGE = """
{% extends "design/layout.html" %}
{% from "design/components.html" import heading, form_page with context %}
{% block title %}Tell us{% endblock %}
{% block content %}{{ heading("Tell us") }}{{ form_page(form, submit="Send") }}{% endblock %}
"""
MAP_PAGE = """
{% extends "design/split.html" %}
{% from "design/components.html" import heading, lead, place_map with context %}
{% block title %}Mill Lane{% endblock %}
{% block heading %}{{ heading("Mill Lane", caption="Street") }}{% endblock %}
{% block lead %}{{ lead("Mill Lane is open.") }}{% endblock %}
{% block map %}
{% call place_map(label="Map of Mill Lane", lon=-2.99, lat=51.58, zoom=16.5,
  kind="street", uid="str-1", attribution="© The survey of Dun",
  asset_names={"bin": "Litter bin"}) %}
<p class="govuk-body-s">The map shows Mill Lane.</p>{% endcall %}{% endblock %}
{% block words %}<p class="govuk-body">Words.</p>{% endblock %}
"""


def answer(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """A page from the text of a template."""
    page = HttpResponse(engines[ENGINE].from_string(template).render(context, request))
    return depend_on_reader(page)


class Gauge(forms.Widget):
    """A widget no component of ours knows."""

    def render(
        self,
        name: str,
        value: object,
        attrs: dict[str, object] | None = None,
        renderer: object = None,
    ) -> SafeString:
        """A box of its own."""
        return format_html('<input name="{}" id="{}" size="3">', name, (attrs or {}).get("id"))


class TrialForm(forms.Form):
    """One field of every sort."""

    name = forms.CharField(label="Your name", help_text="As you like to be called.")
    email = forms.EmailField(label="E-mail address")
    about = forms.CharField(label="About", widget=forms.Textarea, max_length=40)
    plain = forms.CharField(label="Notes", widget=forms.Textarea)
    ward = forms.ChoiceField(label="Ward", choices=[("", "Choose"), ("e", "East")])
    kind = forms.ChoiceField(
        label="What is it?", widget=forms.RadioSelect, choices=[("lamp", "Lamp"), ("bin", "Bin")]
    )
    who = forms.MultipleChoiceField(
        label="Who?",
        widget=forms.CheckboxSelectMultiple,
        choices=[("walk", "Walkers"), ("ride", "Riders")],
    )
    many = forms.MultipleChoiceField(label="Where?", choices=[("n", "North"), ("s", "South")])
    seen = DayField(label="Seen on", help_text="For example, 27 3 2026")
    count = forms.IntegerField(label="How many?")
    width = forms.DecimalField(label="How wide?")
    photo = forms.FileField(label="Photo")
    word = forms.CharField(label="Password", widget=forms.PasswordInput)
    agreed = forms.BooleanField(label="I agree")
    gauge = forms.CharField(label="Gauge", widget=Gauge)
    secret = forms.CharField(widget=forms.HiddenInput)


@public
def trial_form(request: HttpRequest) -> HttpResponse:
    """The form, and its errors once it is sent."""
    form = TrialForm(request.POST or None)
    return answer(request, FORM_PAGE, {"form": form})


@public
def trial_map(request: HttpRequest) -> HttpResponse:
    """A page with a map beside words."""
    return answer(request, MAP_PAGE, {})


@public
def joined(request: HttpRequest) -> HttpResponse:
    """Refuses with a fact."""
    raise Joined(other="<Mill Lane>")


@public
def forbidden(request: HttpRequest) -> HttpResponse:
    """Refuses for want of a permission."""
    raise NotAllowed(capability="places.import")


@public
def sign_in_needed(request: HttpRequest) -> HttpResponse:
    """Refuses a stranger."""
    raise SignInNeeded


@public
def broken(request: HttpRequest) -> HttpResponse:
    """Fails as only a bug does."""
    raise ZeroDivisionError("a bug")


urlpatterns = [
    path("trial/form", trial_form),
    path("trial/map", trial_map),
    path("trial/joined", joined),
    path("trial/joined.json", joined),
    path("trial/forbidden", forbidden),
    path("trial/sign-in", sign_in_needed),
    path("trial/broken", broken),
    path("", include("hereabouts.design.web.urls")),
    path("", include("hereabouts.site.urls")),
]

handler400 = "hereabouts.design.web.errors.bad_request"
handler403 = "hereabouts.design.web.errors.forbidden"
handler404 = "hereabouts.design.web.errors.not_found"
handler500 = "hereabouts.design.web.errors.server_error"
