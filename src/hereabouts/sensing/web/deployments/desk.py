"""The desk's pages of deployments: the list, proposing, keeping the record, and steps."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hereabouts.design.api import distance, render_page, sentence_of
from hereabouts.kernel.access import Actor, PersonId, actor_of, requires
from hereabouts.kernel.desk import DeskEntry
from hereabouts.kernel.text import N_
from hereabouts.kernel.time import now
from hereabouts.people.api import names_of
from hereabouts.sensing.actions.deployments import (
    change,
    link_thing,
    propose,
    take_step,
    unlink_thing,
)
from hereabouts.sensing.domain.deployments.records import SETTLED
from hereabouts.sensing.domain.deployments.steps import (
    CHANGEABLE,
    DEPLOY,
    NEED_WORDS,
    RULES,
    SETTLED_STATES,
    STEP_NAMES,
    State,
    Step,
    steps_for,
    unmet,
)
from hereabouts.sensing.domain.deployments.views import View
from hereabouts.sensing.domain.watching import FINDING_NAMES
from hereabouts.sensing.errors.deployments import (
    ChangedMeanwhile,
    DeploymentSettled,
    NoSuchDeployment,
    OwnProposal,
    ReasonNeeded,
    ReferenceTaken,
    StepIncomplete,
    StepNotPossible,
    ThingTaken,
)
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.queries.deployments.findings import open_findings
from hereabouts.sensing.queries.deployments.links import link_weeks
from hereabouts.sensing.queries.deployments.pairs import list_pairs
from hereabouts.sensing.queries.deployments.register import beside, find_deployment
from hereabouts.sensing.web.deployments import words
from hereabouts.sensing.web.deployments.forms import (
    DeploymentForm,
    StepForm,
    ThingForm,
    initial_of,
)
from hereabouts.sensing.web.deployments.listing import level_of, list_context
from hereabouts.sensing.web.deployments.public import (
    battery_facts,
    lawful_facts,
    mount_text,
    readings_of,
    upkeep_facts,
    what_facts,
)

DESK_ENTRY = DeskEntry(
    url_name="deployments:desk",
    title=N_("Sensor deployments"),
    summary=N_("Who puts what where, why and until when; propose, agree, and look after them."),
    capability=DEPLOY,
    order=30,
)

WARNING_STEPS = frozenset({Step.REFUSE, Step.WITHDRAW, Step.RETIRE})


@requires(DEPLOY)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All deployments an officer may see, with what is wrong with them."""
    actor = actor_of(request)
    pairs = list_pairs(get_choices(), actor=actor)
    context = list_context(request, actor) | {"pairs": len(pairs)}
    return render_page(request, "sensing/deployments/desk_list.html", context)


@requires(DEPLOY)
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """Where two departments are about to buy the same thing."""
    found = [
        {
            "one": words.row_of(pair.one),
            "other": words.row_of(pair.other),
            "measures": words.measure_names(pair.measures),
            "distance": distance(pair.distance_m),
        }
        for pair in list_pairs(get_choices(), actor=actor_of(request))
    ]
    return render_page(request, "sensing/deployments/pairs.html", {"pairs": found})


@requires(DEPLOY)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form for a proposal; `?asset=` and `?at=lat,lon` fill in the place."""
    first = {
        "data_class": "open",
        "no_default_passwords": "",
        "asset_uid": request.GET.get("asset", "")[:40],
        "position": request.GET.get("at", "")[:60],
    }
    form = DeploymentForm(_sent(request), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            uid = propose(form.draft(), actor=actor_of(request))
        except ReferenceTaken as taken:
            form.add_error("reference", sentence_of(taken))
        else:
            messages.success(request, gettext("The deployment is proposed."))
            return HttpResponseRedirect(reverse("deployments:near", args=[uid]))
    context = {"form": form, "title": gettext("Propose a deployment")}
    return render_page(request, "sensing/deployments/form.html", context)


@requires(DEPLOY)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Change the record."""
    view = get_view(request, uid)
    if view.card.state not in CHANGEABLE:
        raise StepNotPossible
    is_settled = view.card.state in SETTLED_STATES
    form = DeploymentForm(
        _sent(request),
        initial=initial_of(view.draft),
        settled=SETTLED if is_settled else (),
    )
    if request.method == "POST" and form.is_valid() and _change(request, view, form):
        return HttpResponseRedirect(reverse("deployments:desk_one", args=[uid]))
    context = {
        "form": form,
        "title": gettext("Change the record"),
        "view": view,
        "is_settled": is_settled,
        "seen": request.POST.get("seen", ""),
        "settled": [*what_facts(view)[:2], *lawful_facts(view)],
    }
    return render_page(request, "sensing/deployments/form.html", context)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, be it nothing at all; None where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def _change(request: HttpRequest, view: View, form: DeploymentForm) -> bool:
    try:
        changed = change(view.card.uid, form.draft(), actor=actor_of(request), seen=_seen(request))
    except ReferenceTaken as taken:
        form.add_error("reference", sentence_of(taken))
        return False
    except ChangedMeanwhile as meanwhile:
        form.add_error(None, sentence_of(meanwhile))
        return False
    except DeploymentSettled as settled:
        names = str(settled.facts["fields"]).split(", ")
        told = ", ".join(gettext(words.FIELD_NAMES[name]) for name in names)
        form.add_error(None, sentence_of(DeploymentSettled(fields=told)))
        return False
    said = gettext("The record is changed.") if changed else gettext("Nothing was changed.")
    messages.success(request, said)
    return True


def _seen(request: HttpRequest) -> datetime | None:
    """When the record had last changed as the form was opened; None where it does not say."""
    try:
        found = datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


@requires(DEPLOY)
@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    """One deployment with everything that is recorded, and what can be done."""
    return _show(request, get_view(request, uid), ThingForm())


def _show(request: HttpRequest, view: View, form: ThingForm) -> HttpResponse:
    actor, uid = actor_of(request), view.card.uid
    findings = open_findings([uid], level=level_of(actor)).get(uid, [])
    context = {
        "view": view,
        "row": words.row_of(view.card, view.areas, findings),
        "what": what_facts(view),
        "lawful": lawful_facts(view),
        "upkeep": [*upkeep_facts(view), *battery_facts(view, level_of(actor))],
        "readings": readings_of(view, level_of(actor)),
        "more": _more_facts(view),
        "mount": mount_text(view),
        "position": words.place_text(view.card.place),
        "findings": [
            (gettext(FINDING_NAMES[found.kind]), words.finding_sentence(found), found.raised_at)
            for found in findings
        ],
        "steps": [
            (step.value, gettext(STEP_NAMES[step]), "warning" if step in WARNING_STEPS else "")
            for step in steps_for(view.card.state, actor, view.card.proposed_by)
        ],
        "may_change": view.card.state in CHANGEABLE,
        "must_wait": _must_wait(view, actor),
        "history": history_of(view),
        "links": link_weeks(view, now().date()),
        "form": form,
        "level": level_of(actor),
    }
    return render_page(request, "sensing/deployments/desk_one.html", context)


def _must_wait(view: View, actor: Actor) -> bool:
    """Whether somebody else has to decide about the actor's own proposal."""
    is_own = actor.person is not None and actor.person == view.card.proposed_by
    return is_own and view.card.state is State.PROPOSED


def _more_facts(view: View) -> list[tuple[str, str]]:
    """What only officers need: security answers, cost, battery, what can be shared."""
    draft = view.draft
    rows = [
        (gettext("No universal default password"), words.yes_or_no(draft.no_default_passwords)),
        (
            gettext("Where weaknesses are reported"),
            draft.disclosure_contact or gettext("Not answered"),
        ),
        (gettext("Cost to buy"), words.money(draft.capital_gbp)),
        (gettext("Cost each year"), words.money(draft.yearly_gbp)),
        (gettext("Further devices the mount can carry"), str(draft.spare_mounts)),
        (gettext("Can feed another device"), words.yes_or_no(draft.gives_power)),
        (gettext("Hosts a gateway"), words.yes_or_no(draft.hosts_gateway)),
    ]
    if draft.battery_mah:
        rows.append((gettext("Battery capacity"), f"{draft.battery_mah} mAh"))
    return rows


def history_of(view: View) -> list[dict[str, object]]:
    """What happened, newest first, with names and what changed in words."""
    people = names_of({entry.person for entry in view.entries if entry.person})
    return [
        {
            "at": entry.at,
            "what": gettext(words.PAST_STEPS.get(entry.step, entry.step)),
            "who": people.get(PersonId(entry.person or ""), entry.person or ""),
            "reason": entry.reason,
            "changes": [
                gettext("%(field)s: from %(before)s to %(after)s")
                % {
                    "field": gettext(words.FIELD_NAMES.get(name, name)),
                    "before": words.changed_value(name, pair[0]),
                    "after": words.changed_value(name, pair[1]),
                }
                for name, pair in sorted(entry.changes.items())
            ],
        }
        for entry in reversed(view.entries)
    ]


@requires(DEPLOY)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, uid: str, name: str) -> HttpResponse:
    """Take a step: what it asks for, and the reason."""
    view, actor = get_view(request, uid), actor_of(request)
    taken = Step(name) if name in set(Step) - {Step.PROPOSE} else None
    if taken is None or view.card.state not in RULES[taken].before:
        raise StepNotPossible
    actor.require(RULES[taken].capability)
    if taken not in steps_for(view.card.state, actor, view.card.proposed_by):
        raise OwnProposal
    form = StepForm(_sent(request), is_needed=RULES[taken].needs_reason)
    missing = _missing(view, taken)
    if request.method == "POST" and form.is_valid() and not missing:
        try:
            take_step(uid, taken, actor=actor, reason=form.cleaned_data["reason"])
        except (ReasonNeeded, StepIncomplete) as refused:
            form.add_error(None, sentence_of(refused))
        else:
            messages.success(request, gettext("Done: it is recorded in the journal."))
            return HttpResponseRedirect(reverse("deployments:desk_one", args=[uid]))
    context = {
        "view": view,
        "form": form,
        "step": gettext(STEP_NAMES[taken]),
        "kind": "warning" if taken in WARNING_STEPS else "",
        "missing": missing,
    }
    return render_page(request, "sensing/deployments/step.html", context)


def _missing(view: View, taken: Step) -> list[str]:
    needs = unmet(taken, view.draft, beside(view.card.id, view.draft, get_choices()))
    return [gettext(NEED_WORDS[need]) for need in needs]


@requires(DEPLOY)
@require_POST
def add_thing(request: HttpRequest, uid: str) -> HttpResponse:
    """Record which Thing the deployment became."""
    view, form = get_view(request, uid), ThingForm(request.POST)
    if form.is_valid() and not _would_forget_device(view, form):
        typed = form.cleaned_data
        try:
            link_thing(uid, typed["thing"], device=typed["device"], actor=actor_of(request))
        except ThingTaken as taken:
            form.add_error("thing", sentence_of(taken))
        else:
            messages.success(request, gettext("The Thing is recorded."))
            return HttpResponseRedirect(reverse("deployments:desk_one", args=[uid]))
    return _show(request, view, form)


def _would_forget_device(view: View, form: ThingForm) -> bool:
    """Whether a Thing that is recorded with an id would lose it by being recorded again; says so.

    Another id may be typed: that is how one is put right.
    """
    typed = form.cleaned_data
    held = {one.thing_id for one in view.things if one.device}
    if typed["device"].strip() or typed["thing"] not in held:
        return False
    said = gettext("This Thing is recorded already. To change its id on the network, type that.")
    form.add_error("thing", said)
    return True


@requires(DEPLOY)
@require_POST
def remove_thing(request: HttpRequest, uid: str, thing_id: int) -> HttpResponse:
    """Take a Thing off the deployment again."""
    unlink_thing(uid, min(thing_id, 2**62), actor=actor_of(request))
    messages.success(request, gettext("The Thing is taken off."))
    return HttpResponseRedirect(reverse("deployments:desk_one", args=[uid]))


def get_view(request: HttpRequest, uid: str) -> View:
    """The deployment an officer asked for.

    Raises: NoSuchDeployment.
    """
    view = find_deployment(uid.replace("\x00", ""), actor=actor_of(request))
    if view is None:
        raise NoSuchDeployment
    return view
