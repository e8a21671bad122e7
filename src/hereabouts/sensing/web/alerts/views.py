"""Asking for an alert, the page of a letter's link, and the alerts of somebody signed in."""

from __future__ import annotations

from smtplib import SMTPException

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hereabouts.design.api import language, render_page, sentence_of
from hereabouts.kernel.access import Capability, actor_of, public, requires
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.alerts import (
    AlertDraft,
    ask_for_alert,
    confirm_alert,
    end_alert,
    find_alert,
)
from hereabouts.sensing.adapters.letters import describe, send_confirmation
from hereabouts.sensing.domain.watching import Comparison
from hereabouts.sensing.errors.watching import (
    BadAlert,
    LetterNotSent,
    NoSuchPlace,
    TooManyAlerts,
    TooManyLetters,
)
from hereabouts.sensing.queries.alerts import addressee
from hereabouts.sensing.queries.asking import (
    Choosable,
    asks_too_often,
    list_choosable,
    list_my_alerts,
)
from hereabouts.sensing.queries.current import find_stream_now
from hereabouts.sensing.queries.series import usual_of_stream
from hereabouts.sensing.web import words
from hereabouts.sensing.web.alerts.places import AlertPlace, find_place
from hereabouts.sensing.web.forms import AlertForm
from hereabouts.sensing.web.pages.spans import micros_of
from hereabouts.sensing.web.readers import asked, asked_number, reader_of

ACCOUNT_USE = Capability("account.use")
MOST_HINTS = 6


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form for a place, `?place=street:st-1`."""
    place = find_place(asked(request, "place", 60))
    if place is None:
        raise NoSuchPlace
    choices = list_choosable(place.thing_ids)
    form = AlertForm(
        request.POST if request.method == "POST" else None,
        properties=[(str(one.property_id), _choice(one)) for one in choices],
        hint=_hints(choices),
        initial={"property_id": asked_number(request, "property"), "comparison": "above"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request, place, form)
        except (BadAlert, TooManyAlerts, TooManyLetters, LetterNotSent) as refusal:
            form.add_error("email", sentence_of(refusal))
        else:
            return HttpResponseRedirect(reverse("sensing:alert_sent"))
    context = {"form": form, "place": place, "choices": choices}
    return render_page(request, "sensing/alerts/new.html", context)


def _choice(one: Choosable) -> str:
    return f"{one.name} ({one.unit})" if one.unit else one.name


def _hints(choices: list[Choosable]) -> str:
    """What is usual here, as help for the value."""
    told = []
    for one in choices[:MOST_HINTS]:
        stream = find_stream_now(one.stream_id)
        if stream is None:
            continue
        usual = words.usual_range(usual_of_stream(stream, micros_of(now())), one.unit)
        told.append(
            gettext("%(name)s: now %(value)s, %(usual)s.")
            % {"name": one.name, "value": words.value_text(stream), "usual": usual}
            if usual
            else gettext("%(name)s: now %(value)s.")
            % {"name": one.name, "value": words.value_text(stream)}
        )
    return " ".join(told)


def _ask(request: HttpRequest, place: AlertPlace, form: AlertForm) -> None:
    """Keep the alert and send the letter that confirms it."""
    typed = form.cleaned_data
    if asks_too_often(typed["email"], now()):
        raise TooManyLetters
    draft = AlertDraft(
        email=typed["email"],
        place_kind=place.kind,
        place_uid=place.uid,
        place_name=place.name,
        box=place.box,
        property_id=typed["property_id"],
        comparison=Comparison(typed["comparison"]),
        value=typed["value"],
        language=language(),
        person=reader_of(request).person,
    )
    _, secret = ask_for_alert(draft)
    to = addressee(find_alert(secret))
    try:
        send_confirmation(to, base=request.build_absolute_uri("/"))
    except (OSError, SMTPException) as fault:
        end_alert(secret)
        raise LetterNotSent from fault


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What to do next, the same for everybody."""
    return render_page(request, "sensing/alerts/sent.html")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of a letter's link: nothing happens before a button is pressed."""
    to = addressee(find_alert(secret[:300].replace("\x00", "")))
    context: dict[str, object] = {"told": describe(to), "is_confirmed": to.is_confirmed}
    if request.method == "POST":
        if request.POST.get("do") == "end":
            end_alert(to.secret)
            return render_page(request, "sensing/alerts/ended.html", context)
        confirm_alert(to.secret)
        context |= {"is_confirmed": True, "is_new": True}
    return render_page(request, "sensing/alerts/one.html", context)


@requires(ACCOUNT_USE)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The alerts of somebody who is signed in."""
    person = actor_of(request).person
    rows = [
        {
            "told": describe(each.to),
            "secret": each.to.secret,
            "is_confirmed": each.confirmed_at is not None,
            "asked_at": each.created_at,
            "last_letter_at": each.last_letter_at,
        }
        for each in (list_my_alerts(person) if person else [])
    ]
    return render_page(request, "sensing/alerts/mine.html", {"rows": rows})
