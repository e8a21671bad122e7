"""Changing the register of deployments, on the tables and in the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hereabouts.journal.models import Entry
from hereabouts.kernel.access import INSTALLATION, VISITOR, Actor, NotAllowed, PersonId
from hereabouts.kernel.geometry import Point
from hereabouts.sensing.actions.deployments import (
    change,
    link_thing,
    propose,
    take_step,
    unlink_thing,
)
from hereabouts.sensing.domain.deployments.records import Draft
from hereabouts.sensing.domain.deployments.steps import READ_CLOSED, State, Step
from hereabouts.sensing.domain.deployments.views import View
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors.deployments import (
    BadDeployment,
    DeploymentSettled,
    NoSuchDeployment,
    OwnProposal,
    ReasonNeeded,
    ReferenceTaken,
    StepIncomplete,
    StepNotPossible,
    ThingTaken,
)
from hereabouts.sensing.queries.deployments.people import export_deployments_of
from hereabouts.sensing.queries.deployments.register import (
    Filter,
    count_by_state,
    find_deployment,
    find_deployment_of_thing,
    list_areas_in_use,
    list_deployments,
)
from tests.rooms.places.small_town import Town
from tests.rooms.sensing.deploying import (
    ANN,
    BOB,
    COMPLETE,
    NOON,
    draft,
    east,
    make_live,
    make_thing,
    noon,
)

pytestmark = pytest.mark.django_db


def view(uid: str, actor: Actor = BOB) -> View:
    found = find_deployment(uid, actor=actor)
    assert found is not None
    return found


def events(uid: str) -> list[tuple[str, bool]]:
    rows = Entry.objects.filter(subject=uid).order_by("position")
    return [(row.wire_name, row.is_public) for row in rows]


def test_a_proposal_is_recorded_whole_with_a_reference_of_its_own() -> None:
    uid = propose(COMPLETE, actor=ANN, clock=noon)
    found = view(uid)
    assert found.card.state is State.PROPOSED
    assert found.draft == replace(COMPLETE, reference=found.card.reference)
    assert found.card.reference.startswith("2026-")
    assert found.card.proposed_by == "person-ann"
    assert found.card.state_since == NOON
    assert events(uid) == [("sensing.deployment.proposed.v1", True)]


def test_a_deployment_goes_from_proposal_to_retirement_and_every_step_is_told() -> None:
    uid = make_live()
    assert take_step(uid, Step.RETIRE, actor=ANN, reason=" worn out ") is State.RETIRED
    assert [name for name, _ in events(uid)] == [
        "sensing.deployment.proposed.v1",
        "sensing.deployment.changed.v1",
        "sensing.deployment.agreed.v1",
        "sensing.deployment.went_live.v1",
        "sensing.deployment.retired.v1",
    ]
    history = view(uid).entries
    assert [one.step for one in history] == ["propose", "link", "agree", "go_live", "retire"]
    assert [one.person for one in history] == [
        *("person-ann", "person-ann", "person-bob", "person-ann", "person-ann")
    ]
    assert history[-1].reason == "worn out"


def test_who_proposes_may_not_agree_even_with_the_right_to() -> None:
    uid = propose(COMPLETE, actor=BOB)
    for step in (Step.AGREE, Step.REFUSE):
        with pytest.raises(OwnProposal):
            take_step(uid, step, actor=BOB, reason="mine")
    with pytest.raises(NotAllowed):
        take_step(uid, Step.AGREE, actor=ANN)
    assert view(uid).card.state is State.PROPOSED


def test_who_brings_a_refused_one_back_stands_for_it() -> None:
    uid = propose(COMPLETE, actor=ANN)
    take_step(uid, Step.REFUSE, actor=BOB, reason="too dear")
    take_step(uid, Step.PROPOSE_AGAIN, actor=BOB, reason="cheaper now")
    with pytest.raises(OwnProposal):
        take_step(uid, Step.AGREE, actor=BOB)


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"no_default_passwords": None}, "default password"),
        ({"measures": ("people_count",), "measures_people": True}, "legal basis"),
        (
            {
                "measures": ("people_count",),
                "measures_people": True,
                "legal_basis": "public_task",
            },
            "impact assessment",
        ),
        ({"yearly_gbp": None}, "costs"),
    ],
)
def test_nobody_agrees_to_what_is_incomplete(changed: dict[str, object], missing: str) -> None:
    uid = propose(draft(**changed), actor=ANN)
    with pytest.raises(StepIncomplete, match=missing):
        take_step(uid, Step.AGREE, actor=BOB)


def test_none_needed_is_no_legal_basis_where_people_are_measured() -> None:
    counted = draft(
        measures=("people_count",),
        measures_people=True,
        legal_basis="none_needed",
        dpia_url="https://example.org/7",
    )
    uid = propose(counted, actor=ANN)
    with pytest.raises(StepIncomplete, match="legal basis"):
        take_step(uid, Step.AGREE, actor=BOB)
    change(uid, replace(counted, legal_basis="public_task"), actor=ANN)
    assert take_step(uid, Step.AGREE, actor=BOB) is State.AGREED


def test_nothing_goes_live_without_a_thing_that_is_there() -> None:
    uid = propose(COMPLETE, actor=ANN)
    take_step(uid, Step.AGREE, actor=BOB)
    with pytest.raises(StepIncomplete, match="Thing"):
        take_step(uid, Step.GO_LIVE, actor=ANN)
    thing = make_thing()
    link_thing(uid, thing.pk, device="70B3D57ED0000001", actor=ANN)
    gone = thing.pk
    thing.delete()
    with pytest.raises(StepIncomplete, match="Thing"):
        take_step(uid, Step.GO_LIVE, actor=ANN)
    assert [(one.thing_id, one.is_there) for one in view(uid).things] == [(gone, False)]


def test_nothing_goes_live_that_is_read_more_widely_than_was_agreed() -> None:
    uid = propose(draft(data_class=DataClass.CLOSED), actor=ANN)
    thing = make_thing(data_class=DataClass.SHARED)
    link_thing(uid, thing.pk, actor=ANN)
    take_step(uid, Step.AGREE, actor=BOB)
    with pytest.raises(StepIncomplete, match="no more open than was agreed"):
        take_step(uid, Step.GO_LIVE, actor=ANN)
    type(thing).objects.update(data_class=DataClass.CLOSED)
    assert take_step(uid, Step.GO_LIVE, actor=ANN) is State.LIVE


def test_steps_follow_the_table_and_reasons_are_asked_for() -> None:
    uid = propose(COMPLETE, actor=ANN)
    with pytest.raises(StepNotPossible):
        take_step(uid, Step.RETIRE, actor=ANN, reason="x")
    with pytest.raises(ReasonNeeded):
        take_step(uid, Step.WITHDRAW, actor=ANN, reason="   ")
    with pytest.raises(NoSuchDeployment):
        take_step("dp-unknown", Step.WITHDRAW, actor=ANN, reason="x")


def test_a_change_says_what_was_and_what_is() -> None:
    uid = propose(COMPLETE, actor=ANN)
    changed = change(uid, draft(capital_gbp=200, inspect_by=date(2027, 1, 1)), actor=ANN)
    assert changed == ["capital_gbp", "inspect_by"]
    last = view(uid).entries[-1]
    assert dict(last.changes) == {
        "capital_gbp": [180, 200],
        "inspect_by": [None, "2027-01-01"],
    }
    assert change(uid, draft(capital_gbp=200, inspect_by=date(2027, 1, 1)), actor=ANN) == []
    assert len(events(uid)) == 2


def test_what_was_agreed_stays_and_a_retired_record_is_history() -> None:
    uid = make_live()
    with pytest.raises(DeploymentSettled, match="data_class, measures"):
        change(uid, draft(measures=("no2",), data_class=DataClass.CLOSED), actor=ANN)
    assert change(uid, draft(place=east(10)), actor=ANN) == ["place"]
    take_step(uid, Step.RETIRE, actor=ANN, reason="worn out")
    with pytest.raises(StepNotPossible):
        change(uid, draft(title="Other"), actor=ANN)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"department": "nobody"}, "department"),
        ({"measures": ("phlogiston",)}, "measures"),
        ({"measures": ("no2", "no2")}, "measures"),
        ({"mailbox": "Ann"}, "mailbox"),
        ({"dpia_url": "javascript:alert(1)"}, "dpia_url"),
        ({"disclosure_contact": "ring us"}, "disclosure_contact"),
        ({"measures": ("people_count",)}, "measures_people"),
        ({"legal_basis": "because"}, "legal_basis"),
        ({"capital_gbp": -1}, "capital_gbp"),
        ({"installed_on": date(1066, 1, 1)}, "installed_on"),
        ({"inspected_on": date(2026, 1, 1)}, "inspected_on"),
        ({"place": None}, "place"),
    ],
)
def test_what_cannot_stand_in_the_register_is_refused(
    changed: dict[str, object], field: str
) -> None:
    with pytest.raises(BadDeployment) as refused:
        propose(draft(**changed), actor=ANN)
    assert refused.value.facts["field"] == field
    assert not Entry.objects.filter(wire_name__startswith="sensing.deployment").exists()


def test_references_are_taken_once() -> None:
    propose(draft(reference="GUL-7"), actor=ANN)
    with pytest.raises(ReferenceTaken):
        propose(draft(reference="GUL-7"), actor=ANN)
    uid = propose(draft(reference="GUL-8"), actor=ANN)
    with pytest.raises(ReferenceTaken):
        change(uid, draft(reference="GUL-7"), actor=ANN)
    taken = propose(COMPLETE, actor=ANN, clock=noon)
    number = int(view(taken).card.reference.split("-")[1])
    propose(draft(reference=f"2026-{number + 2:04}"), actor=ANN)
    assert view(propose(COMPLETE, actor=ANN, clock=noon)).card.reference in {
        f"2026-{number + 2:04}b",
        f"2026-{number + 3:04}",
    }


def test_a_thing_belongs_to_one_deployment() -> None:
    thing = make_thing()
    first, second = propose(COMPLETE, actor=ANN), propose(COMPLETE, actor=ANN)
    link_thing(first, thing.pk, device="70B3", actor=ANN)
    link_thing(first, thing.pk, device="70B3", actor=ANN)
    with pytest.raises(ThingTaken):
        link_thing(second, thing.pk, actor=ANN)
    with pytest.raises(ThingTaken):
        link_thing(second, 999_999, actor=ANN)
    found = find_deployment_of_thing(thing.pk, actor=VISITOR)
    assert found is not None
    assert found.uid == first
    assert unlink_thing(first, thing.pk, actor=ANN)
    assert not unlink_thing(first, thing.pk, actor=ANN)
    link_thing(second, thing.pk, actor=ANN)


def test_a_live_one_keeps_its_last_thing() -> None:
    thing = make_thing()
    uid = make_live(thing=thing)
    with pytest.raises(StepNotPossible):
        unlink_thing(uid, thing.pk, actor=ANN)


def test_visitors_change_nothing() -> None:
    uid = propose(COMPLETE, actor=ANN)
    for attempt in (
        lambda: propose(COMPLETE, actor=VISITOR),
        lambda: change(uid, draft(title="x"), actor=VISITOR),
        lambda: take_step(uid, Step.AGREE, actor=VISITOR),
        lambda: link_thing(uid, 1, actor=VISITOR),
        lambda: unlink_thing(uid, 1, actor=VISITOR),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_closed_deployments_are_seen_by_few_and_never_told_in_public() -> None:
    closed = draft(data_class=DataClass.CLOSED)
    uid = propose(closed, actor=ANN)
    other = Actor(PersonId("person-eve"), ANN.capabilities)
    reader = Actor(PersonId("person-cy"), frozenset({READ_CLOSED}))
    seen = [find_deployment(uid, actor=one) is not None for one in (ANN, BOB, reader)]
    assert seen == [True, True, True]
    assert [find_deployment(uid, actor=one) for one in (VISITOR, other)] == [None, None]
    assert list_deployments(Filter(), actor=VISITOR).cards == []
    assert count_by_state(actor=VISITOR)[State.PROPOSED] == 0
    assert count_by_state(actor=reader)[State.PROPOSED] == 1
    with pytest.raises(NoSuchDeployment):
        change(uid, closed, actor=other)
    take_step(uid, Step.AGREE, actor=BOB)
    change(uid, replace(closed, title="Other"), actor=ANN)
    assert events(uid) == [("sensing.restricted_deployment.stepped.v1", False)] * 3


def test_the_list_is_filtered_and_paged() -> None:
    town = Town()
    town.area("W1", "Stow Hill", -3.0, -2.95, valid_from=None)
    town.made.clear()
    gully = propose(draft(place=Point(-2.99, 51.05)), actor=ANN)
    air = propose(
        draft(title="Air at the school", measures=("no2", "pm25"), department="parks"),
        actor=ANN,
    )
    take_step(air, Step.WITHDRAW, actor=ANN, reason="no money")

    def listed(**wanted: str) -> list[str]:
        return [one.uid for one in list_deployments(Filter(**wanted), actor=VISITOR).cards]

    assert listed() == [air, gully]
    assert listed(department="parks") == [air]
    assert listed(measure="pm25") == [air]
    assert listed(measure="pm2") == []
    assert listed(state="proposed") == [gully]
    assert listed(network="wifi") == []
    assert listed(words="school AIR") == [air]
    assert listed(area="W1") == [gully]
    assert [one.code for one in list_areas_in_use(actor=VISITOR)] == ["W1"]
    first = list_deployments(Filter(), actor=VISITOR, limit=1)
    assert ([one.uid for one in first.cards], first.after) == ([air], air)
    second = list_deployments(Filter(), actor=VISITOR, after=first.after, limit=1)
    assert ([one.uid for one in second.cards], second.after) == ([gully], "")


def test_the_operator_may_do_it_all() -> None:
    uid = propose(COMPLETE, actor=INSTALLATION)
    assert take_step(uid, Step.AGREE, actor=INSTALLATION) is State.AGREED


def test_a_draft_comes_back_from_its_row_with_every_field() -> None:
    full = Draft(
        **{
            **{name: getattr(COMPLETE, name) for name in COMPLETE.__dataclass_fields__},
            "reference": "A 1",
            "asset_uid": "as-123",
            "battery_mah": 19_000,
            "battery_empty": 3.1,
            "gives_power": True,
            "spare_mounts": 2,
            "hosts_gateway": True,
            "maker": "Maker",
            "model": "M 1",
            "inspected_on": date(2026, 6, 1),
            "inspect_by": date(2027, 6, 1),
            "support_ends_on": date(2030, 1, 1),
            "data_class": DataClass.SHARED,
            "legal_basis": "none_needed",
            "dpia_url": "https://example.org/dpia",
        }
    )
    assert view(propose(full, actor=ANN)).draft == full


def test_an_officer_can_have_what_the_register_keeps_about_them() -> None:
    uid = make_live(reference="GUL-9")
    take_step(uid, Step.RETIRE, actor=ANN, reason="worn out")
    found = export_deployments_of(PersonId("person-ann"))
    assert found["proposed"] == ["GUL-9"]
    steps = found["steps"]
    assert isinstance(steps, list)
    assert [(one["step"], one["reason"]) for one in steps] == [
        *(("propose", ""), ("link", ""), ("go_live", ""), ("retire", "worn out"))
    ]
    assert export_deployments_of(PersonId("person-eve")) == {"proposed": [], "steps": []}
