"""The list of connectors, one connector with its runs, and its switches."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hereabouts.design.api import render_page
from hereabouts.kernel.access import actor_of, requires
from hereabouts.kernel.desk import DeskEntry
from hereabouts.kernel.text import N_
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.connectors.setting_up import (
    CONNECT,
    give_connector_key,
    pause,
    remove_connector,
    resume,
    run_soon,
)
from hereabouts.sensing.domain.connectors.states import State
from hereabouts.sensing.queries.connectors import (
    ConnectorCard,
    get_connector,
    list_connectors,
    list_manifests,
    list_runs,
)
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.web.connectors import words
from hereabouts.sensing.web.deployments.listing import named

DESK_ENTRY = DeskEntry(
    url_name="connectors:desk",
    title=N_("Connectors"),
    summary=N_("Feeds of other people that are read here: set up, watched, paused."),
    capability=CONNECT,
    order=35,
)
DONE = {
    "pause": N_("The connector is paused."),
    "resume": N_("The connector is on again."),
    "run": N_("It runs in a moment."),
    "remove": N_("The connector is taken away; what it brought stays."),
}
STEPS: Mapping[str, Callable[..., bool]] = {"pause": pause, "resume": resume, "run": run_soon}


@requires(CONNECT)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All connectors, and the kinds to choose from."""
    context = {
        "connectors": [words.row_of(card) for card in list_connectors(now())],
        "manifests": list_manifests(),
    }
    return render_page(request, "sensing/connectors/desk.html", context)


@requires(CONNECT)
@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    """One connector: how it is set up, how good it is, what its runs brought."""
    return show(request, get_connector(uid, now()))


def show(request: HttpRequest, card: ConnectorCard, secret: str = "") -> HttpResponse:
    """The page of a connector; with its key where one was just made."""
    runs = list_runs(card.id)
    with_problems = next((run for run in runs if run.problems), None)
    departments = dict(named(get_choices().departments.values()))
    context = {
        "card": card,
        "row": words.row_of(card),
        "options": words.option_rows(card),
        "progress": words.progress_words(card),
        "interval": words.interval_words(card.interval_s),
        "owner": departments.get(card.owner, card.owner),
        "grade_rows": words.grade_rows(card.grade),
        "runs": [words.run_row(run) for run in runs],
        "problems_of": with_problems,
        "problems": words.problem_rows(with_problems.problems) if with_problems else [],
        "problem_counts": words.count_rows(with_problems.problem_counts) if with_problems else [],
        "secret": secret,
        "address": request.build_absolute_uri(f"/sensing/in/webhook/{card.uid}"),
        "is_draft": card.state is State.DRAFT,
        "is_on": card.state is State.ON,
        "is_paused": card.state is State.PAUSED,
    }
    return render_page(request, "sensing/connectors/one.html", context)


@requires(CONNECT)
@require_POST
def key(request: HttpRequest, uid: str) -> HttpResponse:
    """A fresh key for the connector's own address, shown once, in the answer itself."""
    secret = give_connector_key(uid, actor=actor_of(request))
    answer = show(request, get_connector(uid, now()), secret)
    answer["Cache-Control"] = "no-store"
    return answer


@requires(CONNECT)
@require_POST
def switch(request: HttpRequest, uid: str, step: str) -> HttpResponse:
    """Pause, go on, run now, or take away."""
    actor = actor_of(request)
    if step == "remove":
        remove_connector(uid, actor=actor)
        messages.success(request, gettext(DONE[step]))
        return HttpResponseRedirect(reverse("connectors:desk"))
    if step not in STEPS:
        raise Http404
    if STEPS[step](uid, actor=actor):
        messages.success(request, gettext(DONE[step]))
    return HttpResponseRedirect(reverse("connectors:one", args=[uid]))
