"""Rules of deployments without a database: steps, choices, health, links, trends."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.kernel.access import INSTALLATION, Actor, PersonId
from hereabouts.kernel.geometry import Point
from hereabouts.sensing.domain.deployments.choices import (
    Choices,
    UnusableChoicesError,
    read_choices,
)
from hereabouts.sensing.domain.deployments.health import (
    DAY_S,
    BatteryReadings,
    Complaint,
    Dates,
    StreamReadings,
    Urgency,
    check,
    find_drift,
    find_gaps,
    find_silence,
    forecast_battery,
)
from hereabouts.sensing.domain.deployments.links import LinkDay, weeks_of
from hereabouts.sensing.domain.deployments.records import (
    Draft,
    Network,
    Power,
    changes,
    settled_changes,
)
from hereabouts.sensing.domain.deployments.steps import (
    AGREE,
    DEPLOY,
    RULES,
    Beside,
    Need,
    State,
    Step,
    steps_for,
    unmet,
)
from hereabouts.sensing.domain.deployments.trends import trend_of
from hereabouts.sensing.domain.watching import FindingKind

BUILT_IN = Path(__file__).parents[3] / "src/hereabouts/sensing/data/deployments.toml"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
NOW_S = NOW.timestamp()

COMPLETE = Draft(
    title="Gully level in Mill Lane",
    department="flood_risk",
    mailbox="drainage@example.gov.uk",
    purpose="Empty the gullies that need it.",
    measures=("gully_level",),
    place=Point(-2.99, 51.58),
    network=Network.LORAWAN,
    power=Power.BATTERY,
    no_default_passwords=True,
    disclosure_contact="https://maker.example/security",
    updates_until=date(2031, 1, 1),
    capital_gbp=180,
    yearly_gbp=12,
)


def officer(name: str, *capabilities: object) -> Actor:
    return Actor(PersonId(name), frozenset(capabilities))  # type: ignore[arg-type]  # by constants


def test_every_state_can_be_reached_and_only_retirement_is_final() -> None:
    reached = {rule.after for rule in RULES.values()}
    left = {state for rule in RULES.values() for state in rule.before}
    assert reached == set(State)
    assert set(State) - left == {State.RETIRED}


def test_a_bare_idea_lacks_what_a_proposal_needs() -> None:
    bare = Draft(title="", department="", mailbox="", purpose="", measures=())
    assert unmet(Step.PROPOSE, bare) == [
        *(Need.TITLE, Need.DEPARTMENT, Need.MAILBOX, Need.PURPOSE, Need.MEASURES, Need.PLACE)
    ]
    assert unmet(Step.PROPOSE, COMPLETE) == []


def test_agreement_asks_for_the_makers_security_answers_and_the_cost() -> None:
    assert unmet(Step.AGREE, COMPLETE) == []
    asked = replace(
        COMPLETE,
        no_default_passwords=False,
        disclosure_contact="",
        updates_until=None,
        yearly_gbp=None,
    )
    assert unmet(Step.AGREE, asked) == [*(Need.PASSWORDS, Need.DISCLOSURE, Need.UPDATES, Need.COST)]
    # Free of charge is an answer.
    assert unmet(Step.AGREE, replace(COMPLETE, yearly_gbp=0)) == []


def test_where_people_are_measured_agreement_asks_for_law_and_assessment() -> None:
    people = replace(COMPLETE, measures_people=True)
    assert unmet(Step.AGREE, people) == [Need.LEGAL_BASIS, Need.DPIA]
    assert unmet(Step.AGREE, people, Beside(is_lawful=True)) == [Need.DPIA]
    assessed = replace(people, dpia_url="https://council.example/dpia/7")
    assert unmet(Step.AGREE, assessed, Beside(is_lawful=True)) == []


def test_nothing_goes_live_before_it_is_in_the_register_and_installed() -> None:
    assert unmet(Step.GO_LIVE, COMPLETE) == [Need.INSTALLED, Need.THING]
    installed = replace(COMPLETE, installed_on=date(2026, 5, 1))
    assert unmet(Step.GO_LIVE, installed, Beside(things=1)) == []
    assert unmet(Step.GO_LIVE, installed, Beside(2, too_open=1)) == [Need.DATA_CLASS]


def test_who_proposes_may_not_agree() -> None:
    ann = officer("person-ann", DEPLOY, AGREE)
    bob = officer("person-bob", DEPLOY, AGREE)
    mine = steps_for(State.PROPOSED, ann, PersonId("person-ann"))
    assert mine == [Step.WITHDRAW]
    assert steps_for(State.PROPOSED, bob, PersonId("person-ann")) == [
        *(Step.AGREE, Step.REFUSE, Step.WITHDRAW)
    ]
    assert Step.AGREE not in steps_for(State.PROPOSED, officer("x", DEPLOY), None)
    assert Step.AGREE in steps_for(State.PROPOSED, INSTALLATION, None)


def test_an_agreement_settles_what_it_was_about_and_lets_the_rest_change() -> None:
    assert settled_changes(COMPLETE, replace(COMPLETE, title="Gullies", capital_gbp=200)) == []
    assert settled_changes(COMPLETE, replace(COMPLETE, place=Point(-2.9901, 51.58))) == []
    assert settled_changes(COMPLETE, replace(COMPLETE, place=Point(-2.98, 51.58))) == ["place"]
    changed = replace(COMPLETE, measures=("no2",), measures_people=True)
    assert settled_changes(COMPLETE, changed) == ["measures", "measures_people"]
    assert changes(COMPLETE, changed)["measures"] == (("gully_level",), ("no2",))


def built_in() -> Choices:
    choices = Choices()
    read_choices(BUILT_IN.read_text(encoding="utf-8"), choices)
    return choices


def test_the_built_in_choices_name_everything_in_both_languages() -> None:
    choices = built_in()
    entries = [
        *choices.departments.values(),
        *choices.legal_bases.values(),
        *choices.measures.values(),
    ]
    assert len(entries) > 40
    assert [one.key for one in entries if not {"en", "cy"} <= set(one.names)] == []
    assert choices.are_of_people(["no2", "people_count"])
    assert not choices.are_of_people(["no2", "unheard_of"])
    assert choices.reach_m(["no2", "noise"]) == 200


def test_a_stream_is_recognised_by_definition_or_by_name() -> None:
    no2 = built_in().measures["no2"]
    assert no2.fits("http://dd.eionet.europa.eu/vocabulary/aq/pollutant/8", "anything")
    assert no2.fits("", " Nitrogen   Dioxide ")
    assert not no2.fits("http://example.org/x", "NO")


def test_a_council_adds_and_replaces_entries() -> None:
    choices = built_in()
    read_choices('[property.no2]\nname = { en = "NO2" }\nreach_m = 50\n', choices)
    read_choices('[department.ports]\nname = { en = "Harbour" }\n', choices)
    assert choices.measures["no2"].reach_m == 50
    assert choices.measures["no2"].name("cy") == "NO2"
    assert choices.departments["ports"].name("cy-GB") == "Harbour"


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "[departments.x]\n",
        "department = 3",
        "[department.X]\nname = { en = 'x' }",
        "[department.x]\nname = 'x'",
        "[property.x]\nname = { en = 'x' }\nreach_m = 'far'",
        "[property.x]\nname = { en = 'x' }\nreach_m = -1",
        "[property.x]\nname = { en = 'x' }\nnames = 'x'",
    ],
)
def test_a_list_without_meaning_is_refused(text: str) -> None:
    with pytest.raises(UnusableChoicesError):
        read_choices(text, Choices())


def regular(period_s: float, count: int, until: float = NOW_S) -> list[float]:
    return [until - period_s * (count - 1 - number) for number in range(count)]


def test_a_stream_is_silent_after_three_of_its_periods() -> None:
    times = regular(900, 50, NOW_S - 2_000)
    assert find_silence(StreamReadings("level", times[-1], None, times), NOW_S) is None
    found = find_silence(StreamReadings("level", times[-1], None, times), NOW_S + 1_000)
    assert found is not None
    assert found.kind is FindingKind.SILENT
    assert found.summary == "“level” has sent nothing for 0.8 hours; it usually does within 15 min"
    never = find_silence(StreamReadings("level"), NOW_S)
    assert never is not None
    assert "never" in never.summary


def test_a_stream_with_a_fifth_missing_is_gappy_and_a_steady_one_is_not() -> None:
    times = regular(900, 672)
    assert find_gaps(StreamReadings("level", NOW_S, None, times), NOW_S) is None
    thinned = [moment for number, moment in enumerate(times) if number % 4]
    found = find_gaps(StreamReadings("level", NOW_S, None, thinned), NOW_S)
    assert found is not None
    assert found.evidence["share"] == pytest.approx(0.25, abs=0.01)
    doubled = sorted([*times, *[moment + 1 for moment in times]])
    assert find_gaps(StreamReadings("level", NOW_S, 900, doubled), NOW_S) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_noise_alone_seldom_drifts_and_a_real_drift_is_found(seed: int) -> None:
    dice = random.Random(seed)
    days = [DAY_S * number for number in range(40)]
    weather = [10 + dice.gauss(0, 4) for _ in days]
    beside = [value + dice.gauss(0, 0.5) for value in weather]
    drifting = [value + 0.2 * number for number, value in enumerate(weather)]
    found = find_drift(StreamReadings("no2", NOW_S, None, (), days, drifting, beside))
    assert found is not None
    assert found.evidence["amount"] == pytest.approx(7.8, abs=1.5)
    # Weather that both follow is no drift, however wild.
    wild = [value * (1 + number / 10) for number, value in enumerate(weather)]
    same = [value + 0.01 * (number % 3) for number, value in enumerate(wild)]
    assert find_drift(StreamReadings("no2", NOW_S, None, (), days, wild, same)) is None


def test_without_neighbours_a_stream_is_held_against_its_own_past() -> None:
    days = [DAY_S * number for number in range(40)]
    usual = [20 + number % 5 for number in range(40)]
    assert find_drift(StreamReadings("no2", NOW_S, None, (), days, usual)) is None
    moved = [*usual[:-7], *[value + 30 for value in usual[-7:]]]
    found = find_drift(StreamReadings("no2", NOW_S, None, (), days, moved))
    assert found is not None
    assert found.evidence["amount"] == pytest.approx(30, abs=3)
    assert find_drift(StreamReadings("no2", NOW_S, None, (), days[:5], moved[:5])) is None


def test_a_battery_is_forecast_and_one_bad_reading_changes_nothing() -> None:
    times = [NOW_S - DAY_S * (20 - number) for number in range(21)]
    values = [40.0 - number for number in range(21)]
    values[7] = 3.0
    forecast = forecast_battery(BatteryReadings(times, values))
    assert forecast is not None
    assert forecast.empty_on == (NOW + timedelta(days=10)).date()
    assert forecast.per_day == pytest.approx(-1.0)
    found = check([], BatteryReadings(times, values), Dates(), NOW_S)
    assert [(one.kind, one.urgency) for one in found] == [(FindingKind.LOW_BATTERY, Urgency.SOON)]
    flat = BatteryReadings(times, [9.0] * 21)
    assert [one.urgency for one in check([], flat, Dates(), NOW_S)] == [Urgency.NOW]


def test_volts_say_nothing_without_the_level_at_which_the_device_stops() -> None:
    times = [NOW_S - DAY_S * (20 - number) for number in range(21)]
    volts = [3.6 - 0.01 * number for number in range(21)]
    assert forecast_battery(BatteryReadings(times, volts, "V")) is None
    forecast = forecast_battery(BatteryReadings(times, volts, "V", 3.3))
    assert forecast is not None
    assert forecast.empty_on == (NOW + timedelta(days=10)).date()
    full = forecast_battery(BatteryReadings(times, [100.0] * 21))
    assert full is not None
    assert full.empty_on is None


def kinds(found: list[Complaint]) -> list[tuple[FindingKind, Urgency]]:
    return [(one.kind, one.urgency) for one in found]


def test_support_and_inspections_are_watched() -> None:
    today = NOW.date()
    over = Dates(today - timedelta(days=1), today - timedelta(days=1), today + timedelta(days=900))
    assert kinds(check([], BatteryReadings(), over, NOW_S)) == [
        (FindingKind.OVERDUE, Urgency.NOW),
        (FindingKind.UNSUPPORTED, Urgency.NOW),
    ]
    soon = Dates(today, today + timedelta(days=900), today + timedelta(days=100))
    assert kinds(check([], BatteryReadings(), soon, NOW_S)) == [
        (FindingKind.UNSUPPORTED, Urgency.SOON)
    ]
    assert check([], BatteryReadings(), Dates(), NOW_S) == []


def test_of_several_streams_with_one_fault_the_worst_is_told_once() -> None:
    silent = StreamReadings("level", NOW_S - 9 * DAY_S, 900)
    found = check([silent, replace(silent, name="battery")], BatteryReadings(), Dates(), NOW_S)
    assert kinds(found) == [(FindingKind.SILENT, Urgency.NOW)]


def test_weeks_of_a_link_take_medians_and_the_share_that_was_lost() -> None:
    monday = date(2026, 6, 1)
    days = [
        LinkDay(monday, 90, 10, -100.0, 5.0, 2),
        LinkDay(monday + timedelta(days=3), 90, 10, -90.0, None, 3),
        LinkDay(monday + timedelta(days=6), 100, 0, -110.0, 7.0, 1),
        LinkDay(monday + timedelta(days=7), 0, 0),
    ]
    first, second = weeks_of(days)
    assert (first.monday, first.frames, first.rssi_dbm, first.snr_db, first.gateways) == (
        *(monday, 280, -100.0, 6.0, 3),
    )
    assert first.lost == pytest.approx(20 / 300)
    assert (second.rssi_dbm, second.lost) == (None, 0.0)


@settings(deadline=None)
@given(
    st.lists(st.floats(-100, 100), min_size=4, max_size=30),
    st.floats(-5, 5),
)
def test_a_trend_follows_what_is_added_to_it(values: list[float], slope: float) -> None:
    times = [float(number) for number in range(len(values))]
    plain = trend_of(times, values)
    tilted = trend_of(times, [value + slope * x for value, x in zip(values, times, strict=True)])
    assert plain is not None
    assert tilted is not None
    assert tilted.slope == pytest.approx(plain.slope + slope, abs=1e-6)
    assert 0.0 <= plain.chance <= 1.0


def test_a_trend_needs_three_times_and_survives_ties() -> None:
    assert trend_of([1, 1, 1, 2], [1, 2, 3, 4]) is None
    flat = trend_of([1, 2, 3, 4], [5, 5, 5, 5])
    assert flat is not None
    assert (flat.slope, flat.chance) == (0.0, 1.0)
