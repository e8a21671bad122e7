"""Levels, findings and alerts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.journal.api import list_after
from hereabouts.kernel.access import INSTALLATION, VISITOR, NotAllowed
from hereabouts.kernel.geometry import Box, cell_of
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.alerts import (
    AlertDraft,
    ask_for_alert,
    confirm_alert,
    end_alert,
    tidy_alerts,
)
from hereabouts.sensing.actions.findings import FindingDraft, clear_finding, raise_finding
from hereabouts.sensing.actions.thresholds import ThresholdDraft, remove_threshold, set_threshold
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.watching import (
    Comparison,
    FindingKind,
    Level,
    LevelState,
    Outcome,
    step,
)
from hereabouts.sensing.errors.watching import BadAlert, NoSuchAlert, TooManyThresholds
from hereabouts.sensing.jobs.watcher import Watcher
from hereabouts.sensing.models.register import (
    Location,
    ObservedProperty,
    Sensor,
    Stream,
    Thing,
    ThingLocation,
)
from hereabouts.sensing.models.watching import AlertLetter, AlertSubscription, Finding, Threshold
from hereabouts.sensing.queries.alerts import secret_of

MINUTE = 60_000_000


def a_stream(name: str = "Gully 7", data_class: DataClass = DataClass.OPEN) -> Stream:
    """A stream of a level in a gully at the town's middle."""
    thing = Thing.objects.create(name=name, description="A gully", data_class=int(data_class))
    location = Location.objects.create(
        name=name,
        description="",
        encoding_type="application/geo+json",
        value='{"type":"Point","coordinates":[-3.0,51.5]}',
        geometry=b"\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\xc0\x00\x00\x00\x00\x00\xc0I@",
        cell=cell_of(Box(-3.0, 51.5, -3.0, 51.5)),
        west=-3.0,
        south=51.5,
        east=-3.0,
        north=51.5,
    )
    ThingLocation.objects.create(thing=thing, location=location)
    sensor = Sensor.objects.create(
        name="Float", description="", encoding_type="text/plain", metadata='""'
    )
    known, _ = ObservedProperty.objects.get_or_create(
        name="Level", definition="http://example.org/level", defaults={"description": ""}
    )
    return Stream.objects.create(
        name="Level",
        description="",
        observation_type="",
        unit_symbol="%",
        thing=thing,
        sensor=sensor,
        observed_property=known,
        data_class=int(data_class),
    )


# --- levels -------------------------------------------------------------------------------------


def follow(level: Level, numbers: list[float]) -> list[Outcome]:
    state, outcomes = LevelState(), []
    for minute, number in enumerate(numbers):
        state, outcome = step(level, state, minute * MINUTE, number)
        outcomes.append(outcome)
    return outcomes


def test_a_value_on_the_level_is_not_beyond_it() -> None:
    assert follow(Level(Comparison.ABOVE, 80), [80, 80.1]) == [Outcome.NOTHING, Outcome.RAISED]


def test_a_trembling_value_is_raised_once_and_cleared_past_the_margin() -> None:
    outcomes = follow(Level(Comparison.ABOVE, 80, margin=5), [81, 79, 81, 76, 75, 81])
    assert outcomes == [
        Outcome.RAISED,
        Outcome.NOTHING,
        Outcome.NOTHING,
        Outcome.NOTHING,
        Outcome.CLEARED,
        Outcome.RAISED,
    ]


def test_a_level_below_is_the_mirror_image() -> None:
    outcomes = follow(Level(Comparison.BELOW, 3, margin=1), [2.9, 3.5, 4, 2])
    assert outcomes == [Outcome.RAISED, Outcome.NOTHING, Outcome.CLEARED, Outcome.RAISED]


def test_a_level_that_has_to_hold_for_a_while_passes_over_a_spike() -> None:
    level = Level(Comparison.ABOVE, 80, sustained_s=120)
    assert follow(level, [90, 70, 90, 90, 90]) == [Outcome.NOTHING] * 4 + [Outcome.RAISED]


def test_a_late_value_changes_nothing() -> None:
    state, _ = step(Level(Comparison.ABOVE, 80), LevelState(), 10 * MINUTE, 70)
    assert step(Level(Comparison.ABOVE, 80), state, 5 * MINUTE, 99) == (state, Outcome.NOTHING)


@given(st.lists(st.floats(-200, 200)), st.floats(-100, 100), st.floats(0, 50))
def test_raised_and_cleared_alternate_whatever_comes(
    numbers: list[float], value: float, margin: float
) -> None:
    told = [
        outcome
        for outcome in follow(Level(Comparison.ABOVE, value, margin), numbers)
        if outcome is not Outcome.NOTHING
    ]
    assert told == [Outcome.RAISED, Outcome.CLEARED] * (len(told) // 2) + [Outcome.RAISED] * (
        len(told) % 2
    )


# --- findings -----------------------------------------------------------------------------------

SILENT = FindingDraft(FindingKind.SILENT, "stream:1", "Nothing for two hours", stream_id=1)


@pytest.mark.django_db
def test_a_finding_is_raised_once_and_stands_in_the_public_account() -> None:
    uid = raise_finding(SILENT)
    assert uid is not None
    assert raise_finding(SILENT) is None
    recorded = list_after(0, limit=10)
    assert [entry.wire_name for entry in recorded] == ["sensing.finding.raised.v1"]
    assert recorded[0].is_public


@pytest.mark.django_db
def test_a_finding_in_closed_data_stays_out_of_the_public_account() -> None:
    raise_finding(
        FindingDraft(FindingKind.SILENT, "stream:2", "Quiet", data_class=DataClass.CLOSED)
    )
    clear_finding(FindingKind.SILENT, "stream:2")
    assert [entry.is_public for entry in list_after(0, limit=10)] == [False, False]


@pytest.mark.django_db
def test_a_cleared_finding_can_be_raised_again() -> None:
    raise_finding(SILENT)
    assert clear_finding(FindingKind.SILENT, "stream:1", evidence={"at": "now"})
    assert not clear_finding(FindingKind.SILENT, "stream:1")
    assert raise_finding(SILENT) is not None
    assert Finding.objects.filter(cleared_at__isnull=True).count() == 1
    assert Finding.objects.get(cleared_at__isnull=False).evidence["cleared_at"] == "now"


# --- thresholds and the watcher -----------------------------------------------------------------


@pytest.mark.django_db
def test_only_who_manages_the_hub_sets_a_level() -> None:
    draft = ThresholdDraft(a_stream().pk, "Full", Level(Comparison.ABOVE, 80))
    with pytest.raises(NotAllowed):
        set_threshold(draft, actor=VISITOR)


@pytest.mark.django_db
def test_a_stream_has_a_limited_number_of_levels() -> None:
    draft = ThresholdDraft(a_stream().pk, "Full", Level(Comparison.ABOVE, 80))
    for _ in range(10):
        set_threshold(draft, actor=INSTALLATION)
    with pytest.raises(TooManyThresholds):
        set_threshold(draft, actor=INSTALLATION)


@pytest.mark.django_db
def test_a_crossed_threshold_becomes_a_finding_with_its_evidence_and_ends() -> None:
    stream = a_stream()
    set_threshold(
        ThresholdDraft(stream.pk, "Nearly full", Level(Comparison.ABOVE, 80, margin=5)),
        actor=INSTALLATION,
    )
    watcher = Watcher()
    watcher.refresh()
    assert watcher.watched == {stream.pk}
    watcher.take([(stream.pk, MINUTE, 50.0), (stream.pk, 2 * MINUTE, 92.0)])
    assert watcher.turn() == 1
    finding = Finding.objects.get()
    assert finding.evidence["summary"] == "Gully 7, Nearly full: 92 % is above 80 %"
    assert finding.stream_id == stream.pk
    watcher.take([(stream.pk, 3 * MINUTE, 60.0)])
    watcher.turn()
    finding.refresh_from_db()
    assert finding.cleared_at is not None


@pytest.mark.django_db
def test_a_watcher_that_starts_anew_knows_what_was_raised() -> None:
    stream = a_stream()
    set_threshold(
        ThresholdDraft(stream.pk, "Full", Level(Comparison.ABOVE, 80)), actor=INSTALLATION
    )
    for _ in range(2):
        watcher = Watcher()
        watcher.refresh()
        watcher.take([(stream.pk, MINUTE, 92.0)])
        watcher.turn()
    assert Finding.objects.count() == 1


@pytest.mark.django_db
def test_a_removed_level_takes_its_finding_with_it() -> None:
    stream = a_stream()
    uid = set_threshold(
        ThresholdDraft(stream.pk, "Full", Level(Comparison.ABOVE, 80)), actor=INSTALLATION
    )
    watcher = Watcher()
    watcher.refresh()
    watcher.take([(stream.pk, MINUTE, 92.0)])
    watcher.turn()
    remove_threshold(uid, actor=INSTALLATION)
    assert not Threshold.objects.exists()
    assert not Finding.objects.filter(cleared_at__isnull=True).exists()


# --- alerts -------------------------------------------------------------------------------------


def an_alert(property_id: int, value: float = 80.0) -> AlertDraft:
    return AlertDraft(
        email=" Resident@Example.org",
        place_kind="street",
        place_uid="st-1",
        place_name="Mill Lane",
        box=Box(-3.001, 51.499, -2.999, 51.501),
        property_id=property_id,
        comparison=Comparison.ABOVE,
        value=value,
    )


@pytest.mark.django_db
def test_an_alert_writes_only_after_it_was_confirmed_and_once_a_crossing() -> None:
    stream = a_stream()
    assert stream.observed_property_id is not None
    email, secret = ask_for_alert(an_alert(stream.observed_property_id))
    assert email == "resident@example.org"
    watcher = Watcher()
    watcher.refresh()
    assert watcher.watched == set()
    confirm_alert(secret)
    watcher.refresh()
    watcher.take([(stream.pk, MINUTE, 92.0), (stream.pk, 2 * MINUTE, 95.0)])
    watcher.turn()
    letter = AlertLetter.objects.get()
    assert (letter.facts["value"], letter.facts["unit"]) == (92.0, "%")
    watcher.take([(stream.pk, 3 * MINUTE, 10.0), (stream.pk, 4 * MINUTE, 99.0)])
    watcher.turn()
    assert AlertLetter.objects.count() == 1, "one letter an hour, however the value trembles"


@pytest.mark.django_db
def test_closed_streams_alert_nobody() -> None:
    stream = a_stream(data_class=DataClass.CLOSED)
    assert stream.observed_property_id is not None
    _, secret = ask_for_alert(an_alert(stream.observed_property_id))
    confirm_alert(secret)
    watcher = Watcher()
    watcher.refresh()
    assert watcher.watched == set()


@pytest.mark.django_db
def test_an_alert_is_ended_by_the_link_of_its_letters() -> None:
    stream = a_stream()
    assert stream.observed_property_id is not None
    _, secret = ask_for_alert(an_alert(stream.observed_property_id))
    end_alert(secret)
    assert not AlertSubscription.objects.exists()
    for forged in (secret, secret[:-1] + "x", signing.dumps("al-1", salt="other"), ""):
        with pytest.raises(NoSuchAlert):
            confirm_alert(forged)


@pytest.mark.django_db
def test_an_address_that_is_none_and_a_property_nobody_measures_are_refused() -> None:
    with pytest.raises(BadAlert):
        ask_for_alert(an_alert(999))


@pytest.mark.django_db
def test_alerts_never_confirmed_are_forgotten_after_two_days() -> None:
    stream = a_stream()
    assert stream.observed_property_id is not None
    ask_for_alert(an_alert(stream.observed_property_id))
    tidy_alerts(clock=lambda: now() + timedelta(days=1))
    row = AlertSubscription.objects.get()
    assert secret_of(row.uid)
    tidy_alerts(clock=lambda: now() + timedelta(days=3))
    assert not AlertSubscription.objects.exists()
