"""The page that answers before money is spent: who measures this, could share, is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import distance, language, number, percent, render_page
from hereabouts.kernel.access import actor_of, requires
from hereabouts.kernel.geometry import Point
from hereabouts.kernel.time import now
from hereabouts.places.api import AssetRef, get_asset_types
from hereabouts.sensing.domain.coverage import (
    DEPRIVED_DECILES,
    Aim,
    Plan,
    Question,
    Site,
)
from hereabouts.sensing.domain.coverage.choosing import GUARANTEE
from hereabouts.sensing.domain.deployments.steps import DEPLOY, State
from hereabouts.sensing.domain.deployments.views import View
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.queries.deployments.coverage import (
    Candidate,
    Coverage,
    find_coverage,
    find_next_sites,
)
from hereabouts.sensing.queries.deployments.links import Heard, list_heard_near
from hereabouts.sensing.queries.deployments.proposal import (
    MountOffer,
    Near,
    Offer,
    Sharing,
    list_near,
    list_sharers,
)
from hereabouts.sensing.web.deployments import words
from hereabouts.sensing.web.deployments.desk import get_view
from hereabouts.sensing.web.deployments.forms import PlanForm
from hereabouts.sensing.web.deployments.listing import level_of

USUAL_SITES = 3
LEFT_OUT_SHOWN = 10


@requires(DEPLOY)
@require_safe
def near(request: HttpRequest, uid: str) -> HttpResponse:
    """The four answers for one deployment."""
    view = get_view(request, uid)
    form = _form(request, view)
    typed = form.cleaned_data if form.is_valid() else form.initial
    radius_m = float(typed["radius"])
    level, known = level_of(actor_of(request)), get_choices()
    sharers = list_sharers(view, known, level=level)
    context = {
        "view": view,
        "row": words.row_of(view.card, view.areas),
        "form": form,
        "radius": distance(radius_m),
        "near": [_near(one) for one in list_near(view, known, radius_m=radius_m, level=level)],
        "offers": [_offer(one) for one in sharers.offers],
        "mounts": [_mount(one) for one in sharers.mounts],
        "heard": [_heard(one) for one in list_heard_near(view, now().date(), level=level)],
        **_coverage(view, typed, radius_m, level),
    }
    return render_page(request, "sensing/deployments/near.html", context)


Typed = Mapping[str, object]


def _form(request: HttpRequest, view: View) -> PlanForm:
    known = get_choices()
    first = {
        "measure": view.card.measures[0] if view.card.measures else "",
        "radius": round(known.reach_m(view.card.measures)),
        "sites": USUAL_SITES,
        "aim": Aim.COVER.value,
        "emphasis": "0",
    }
    measures = [(key, words.measure_names([key])) for key in view.card.measures]
    # What the query leaves out is as it was first, so that every address shows a page.
    given = {**first, **{name: request.GET[name] for name in first if request.GET.get(name)}}
    return PlanForm(given, initial=first, measures=measures)


def _near(one: Near) -> dict[str, object]:
    sensed = one.sensed
    return {
        "title": sensed.title,
        "href": reverse("deployments:desk_one", args=[sensed.uid]) if sensed.uid else "",
        "department": words.department_name(sensed.department) if sensed.department else "",
        "measures": words.measure_names(sensed.measures),
        "distance": distance(one.distance_m),
        "catchment": "" if one.is_within else one.catchment,
        "state": words.state_name(sensed.state) if sensed.state else gettext("In the register"),
        "shape": words.STATE_SHAPES[sensed.state] if sensed.state else "good",
        "data_class": gettext(words.SHORT_CLASSES[sensed.data_class]),
        "since": sensed.since,
        "last_at": sensed.last_at,
    }


def _offer(one: Offer) -> dict[str, object]:
    told = {
        Sharing.MOUNT: ngettext(
            "Its mount can carry %(count)s more device",
            "Its mount can carry %(count)s more devices",
            one.spare,
        )
        % {"count": number(one.spare)},
        Sharing.POWER: gettext("It can feed another device")
        if one.spare
        else gettext("It runs on mains: ask whether it could feed another"),
        Sharing.GATEWAY: gettext("It hosts a LoRaWAN gateway"),
    }
    return {
        "what": told[one.sharing],
        "row": words.row_of(one.card),
        "distance": distance(one.distance_m),
    }


def _mount(one: MountOffer) -> dict[str, object]:
    return {
        "name": asset_text(one.asset),
        "href": f"/assets/{one.asset.uid}",
        "distance": distance(one.asset.distance_m or 0.0),
        "power": gettext("Mains at hand") if one.has_power else gettext("No mains"),
        "carries": ngettext("%(count)s deployment", "%(count)s deployments", one.carries)
        % {"count": number(one.carries)}
        if one.carries
        else gettext("Nothing yet"),
    }


def _heard(one: Heard) -> dict[str, object]:
    return {
        "row": words.row_of(one.card),
        "distance": distance(one.distance_m),
        "gateways": number(one.link.gateways),
        "rssi": "–" if one.link.rssi_dbm is None else f"{one.link.rssi_dbm:.0f} dBm",
        "lost": percent(one.link.lost),
    }


def asset_text(asset: AssetRef) -> str:
    """An asset as people call it: its type, its name or reference, and its street."""
    found = get_asset_types().find(asset.type)
    kind = found.name(language()) if found else asset.type
    told = " ".join(part for part in (kind, asset.name or asset.reference) if part)
    return f"{told}, {asset.street.name}" if asset.street else told


def _coverage(view: View, typed: Typed, radius_m: float, level: DataClass) -> dict[str, object]:
    """Coverage today and with the proposal, and the best next sites; nothing without figures."""
    known = get_choices()
    measure = str(typed["measure"] or next(iter(view.card.measures), ""))
    found = find_coverage(measure, known, radius_m=radius_m, proposed=_proposed(view), level=level)
    if found is None:
        return {"coverage": None, "measure": words.measure_names([measure])}
    question = Question(
        radius_m=radius_m,
        how_many=int(str(typed["sites"])),
        aim=Aim(str(typed["aim"])),
        emphasis=float(str(typed["emphasis"])),
    )
    plan, candidates = find_next_sites(found, known, question)
    return {
        "measure": words.measure_names([measure]),
        "coverage": _told(found),
        "plan": {
            "sites": site_rows(plan, candidates),
            "sentence": plan_sentence(plan),
            "trust": trust_sentence(plan),
            "is_assets": any(one.asset for one in candidates),
        },
    }


def _proposed(view: View) -> Point | None:
    return None if view.card.state is State.LIVE else view.card.place


@dataclass(frozen=True)
class Told:
    """Coverage in words and figures."""

    sensors: int
    sentence: str
    addition: str
    deciles: Sequence[tuple[str, str, str, str]]
    left_out: Sequence[tuple[str, str, str]]
    more_left_out: int


def _told(found: Coverage) -> Told:
    then = found.then
    gain = then.covered - found.now.covered if then else 0
    later = {one.decile: one for one in then.deciles} if then else {}
    return Told(
        sensors=found.sensors,
        sentence=coverage_sentence(found),
        addition=gettext("With this one, %(count)s more residents would be covered: %(share)s.")
        % {"count": number(gain), "share": percent(then.share)}
        if then
        else "",
        deciles=[
            (
                decile_text(one.decile),
                number(one.residents),
                percent(one.share),
                percent(later[one.decile].share) if one.decile in later else "–",
            )
            for one in found.now.deciles
        ],
        left_out=[
            (area.name, number(area.residents), decile_text(area.decile))
            for area in found.now.left_out[:LEFT_OUT_SHOWN]
        ],
        more_left_out=max(0, len(found.now.left_out) - LEFT_OUT_SHOWN),
    )


def coverage_sentence(found: Coverage) -> str:
    """How many residents are covered today, and how that differs by deprivation."""
    told = gettext(
        "%(covered)s of %(residents)s residents (%(share)s) live in an area whose middle is within "
        "%(radius)s of a live sensor."
    ) % {
        "covered": number(found.now.covered),
        "residents": number(found.now.residents),
        "share": percent(found.now.share),
        "radius": distance(found.now.radius_m),
    }
    deprived = found.now.share_of(DEPRIVED_DECILES)
    if deprived is None:
        return told
    compared = gettext("In the three most deprived deciles it is %(share)s.")
    return f"{told} {compared % {'share': percent(deprived)}}"


def decile_text(decile: int | None) -> str:
    """A decile by its number; the first and the last with what they mean."""
    if decile is None:
        return gettext("Not known")
    if decile == 1:
        return gettext("1 (most deprived)")
    return gettext("10 (least deprived)") if decile == 10 else number(decile)


def site_rows(plan: Plan, candidates: Sequence[Candidate]) -> list[dict[str, object]]:
    """The sites in their order, each with whom it brings in."""
    return [
        {
            "name": candidate_text(candidates[site.candidate]),
            "href": candidate_href(candidates[site.candidate]),
            "position": words.place_text(candidates[site.candidate].place),
            "sentence": site_sentence(plan, site),
        }
        for site in plan.sites
    ]


def candidate_text(candidate: Candidate) -> str:
    """An asset, or the middle of an area."""
    if candidate.asset:
        return asset_text(candidate.asset)
    name = candidate.area.name if candidate.area else ""
    return gettext("Near the middle of %(area)s") % {"area": name}


def candidate_href(candidate: Candidate) -> str:
    """The page of the asset or area."""
    if candidate.asset:
        return f"/assets/{candidate.asset.uid}"
    return f"/areas/{candidate.area.code}" if candidate.area else ""


def site_sentence(plan: Plan, site: Site) -> str:
    """Whom a site brings within the radius, and how it shortens the average way."""
    radius = distance(plan.question.radius_m)
    if not site.residents:
        told = gettext("would bring nobody new within %(radius)s") % {"radius": radius}
    else:
        told = gettext(
            "would bring %(count)s more residents within %(radius)s, %(share)s of them in the "
            "three most deprived deciles"
        ) % {
            "count": number(site.residents),
            "radius": radius,
            "share": percent(site.deprived_share),
        }
    if plan.question.aim is Aim.NEAR:
        shorter = gettext("shortens the average way to a sensor by %(metres)s")
        told = f"{told}; {shorter % {'metres': distance(site.saved_m)}}"
    return told


def plan_sentence(plan: Plan) -> str:
    """What all sites together would do."""
    if not plan.sites:
        return gettext("No site would add anything: everybody who can be reached is reached.")
    return ngettext(
        "%(sites)s more sensor would bring %(count)s more residents within %(radius)s.",
        "%(sites)s more sensors would bring %(count)s more residents within %(radius)s.",
        len(plan.sites),
    ) % {
        "sites": number(len(plan.sites)),
        "count": number(plan.residents),
        "radius": distance(plan.question.radius_m),
    }


def trust_sentence(plan: Plan) -> str:
    """How good the choice is known to be."""
    if not plan.sites:
        return ""
    if plan.choice.gap < 0.0005:
        return gettext("No other choice of as many sites among these can do better.")
    return gettext(
        "No choice of as many sites among these can be more than %(gap)s better; the method "
        "promises at least %(least)s of the best."
    ) % {
        "gap": f"{number(100 * (plan.choice.bound / plan.choice.worth - 1), 1)}%",
        "least": percent(GUARANTEE),
    }
