"""The register: lists with filters, and one deployment with its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from hereabouts.kernel.access import Actor, PersonId
from hereabouts.sensing.domain.deployments.choices import Choices
from hereabouts.sensing.domain.deployments.records import Draft
from hereabouts.sensing.domain.deployments.steps import Beside, State
from hereabouts.sensing.domain.deployments.views import (
    Became,
    Card,
    Entry,
    StandsIn,
    View,
    sees_everything,
)
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.deployments import (
    Deployment,
    DeploymentArea,
    DeploymentEntry,
    DeploymentThing,
)
from hereabouts.sensing.models.register import Thing
from hereabouts.sensing.queries.deployments.rows import card_of, draft_of

PAGE = 50
MOST = 20_000
"""Deployments that one download holds."""


@dataclass(frozen=True)
class Filter:
    """Which deployments to list; empty is all. `area` is a code, `words` stand in title or
    reference.
    """

    department: str = ""
    measure: str = ""
    network: str = ""
    state: str = ""
    area: str = ""
    words: str = ""


@dataclass(frozen=True)
class CardPage:
    """A page of the list; `after` is the uid of its last one when there are more."""

    cards: Sequence[Card]
    after: str = ""


def visible_to(actor: Actor) -> QuerySet[Deployment]:
    """Rows an actor may see: closed ones only with the right to, or as their proposer."""
    rows = Deployment.objects.all()
    if sees_everything(actor):
        return rows
    allowed = Q(data_class__lt=int(DataClass.CLOSED))
    if actor.person is not None:
        allowed |= Q(proposed_by=actor.person)
    return rows.filter(allowed)


def list_deployments(
    wanted: Filter, *, actor: Actor, after: str = "", limit: int = PAGE
) -> CardPage:
    """Deployments, newest first, from the one after a public id. Two reads at most."""
    rows = _filtered(visible_to(actor), wanted).order_by("-id")
    if after:
        mark = Deployment.objects.filter(uid=after).values_list("id", flat=True).first()
        rows = rows.filter(id__lt=mark) if mark is not None else rows
    found = [card_of(row) for row in rows[: limit + 1]]
    return CardPage(found[:limit], found[limit - 1].uid if len(found) > limit else "")


def count_by_state(*, actor: Actor) -> dict[State, int]:
    """How many deployments stand where."""
    rows = visible_to(actor).values_list("state").annotate(times=Count("id")).order_by()
    found = dict(rows)
    return {state: found.get(state.value, 0) for state in State}


def list_areas_in_use(*, actor: Actor) -> list[StandsIn]:
    """Areas that deployments stand in, by kind and name."""
    rows = DeploymentArea.objects.filter(deployment__in=visible_to(actor))
    fields = ("code", "kind", "name", "name_cy")
    return [StandsIn(*row) for row in rows.order_by("kind", "name").values_list(*fields).distinct()]


def areas_of(ids: Iterable[int]) -> dict[int, list[StandsIn]]:
    """The areas of each of these deployments, in the order in which they were recorded."""
    found: dict[int, list[StandsIn]] = {}
    rows = DeploymentArea.objects.filter(deployment_id__in=list(ids)).order_by("id")
    for row in rows:
        area = StandsIn(row.code, row.kind, row.name, row.name_cy)
        found.setdefault(row.deployment_id, []).append(area)
    return found


def find_deployment(uid: str, *, actor: Actor) -> View | None:
    """One deployment with its areas, Things and history, or None. Five reads."""
    row = visible_to(actor).filter(uid=uid).first()
    if row is None:
        return None
    return View(
        card=card_of(row),
        draft=draft_of(row),
        areas=areas_of([row.pk]).get(row.pk, []),
        things=_things_of(row.pk),
        entries=_entries_of(row.pk),
        changed_at=row.changed_at,
    )


def beside(pk: int, draft: Draft, choices: Choices) -> Beside:
    """What a deployment's steps look at beside its draft. Two reads."""
    ids = list(DeploymentThing.objects.filter(deployment_id=pk).values_list("thing_id", flat=True))
    classes = list(Thing.objects.filter(pk__in=ids).values_list("data_class", flat=True))
    basis = choices.legal_bases.get(draft.legal_basis)
    return Beside(
        things=len(classes),
        too_open=sum(one < draft.data_class for one in classes),
        is_lawful=basis is not None and basis.is_personal,
    )


def find_deployment_of_thing(thing_id: int, *, actor: Actor) -> Card | None:
    """The deployment that became a Thing, or None."""
    row = visible_to(actor).filter(things__thing_id=thing_id).first()
    return card_of(row) if row else None


def _filtered(rows: QuerySet[Deployment], wanted: Filter) -> QuerySet[Deployment]:
    for name in ("department", "network", "state"):
        value = getattr(wanted, name)
        rows = rows.filter(**{name: value}) if value else rows
    if wanted.measure:
        rows = rows.filter(measures__contains=f",{wanted.measure},")
    if wanted.area:
        rows = rows.filter(areas__code=wanted.area)
    for word in wanted.words.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(reference__icontains=word))
    return rows


def _things_of(pk: int) -> list[Became]:
    links = list(DeploymentThing.objects.filter(deployment_id=pk).order_by("id"))
    things = Thing.objects.in_bulk([link.thing_id for link in links])
    return [_became(link, things.get(link.thing_id)) for link in links]


def _became(link: DeploymentThing, thing: Thing | None) -> Became:
    if thing is None:
        return Became(link.thing_id, "", link.device, is_there=False, data_class=DataClass.CLOSED)
    level = DataClass(thing.data_class)
    return Became(link.thing_id, thing.name, link.device, is_there=True, data_class=level)


def _entries_of(pk: int) -> list[Entry]:
    return [
        Entry(
            at=row.at,
            step=row.step,
            state_before=row.state_before,
            state_after=row.state_after,
            person=PersonId(row.person) if row.person else None,
            reason=row.reason,
            changes=row.changes,
        )
        for row in DeploymentEntry.objects.filter(deployment_id=pk).order_by("id")
    ]
