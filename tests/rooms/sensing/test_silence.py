"""Things that fall silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from hereabouts.sensing.actions.silence import Silences, note_silences
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import ObservedProperty, Sensor, Stream, Thing
from hereabouts.sensing.models.watching import Finding

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINUTE = 60_000_000


def micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def a_stream(thing: Thing, *, last: datetime, period_s: int = 60, count: int = 100) -> None:
    """A stream that was heard last at a moment, after that many readings of that period."""
    sensor = Sensor.objects.create(
        name="S", description="", encoding_type="text/plain", metadata='""'
    )
    known = ObservedProperty.objects.create(name="P", definition="urn:p", description="")
    stream = Stream.objects.create(
        name="s",
        description="",
        observation_type="",
        thing=thing,
        sensor=sensor,
        observed_property=known,
    )
    latest = micros(last)
    StreamState.objects.create(
        stream_id=stream.pk,
        count=count,
        first_started=latest - period_s * 1_000_000 * (count - 1),
        latest_started=latest,
        received=latest + 2_000_000,
    )


@pytest.fixture
def thing() -> Thing:
    return Thing.objects.create(name="Lamp 7", description="")


@pytest.mark.django_db
def test_a_thing_that_spoke_every_minute_is_silent_after_ten(thing: Thing) -> None:
    a_stream(thing, last=NOON)
    assert note_silences(clock=lambda: NOON + timedelta(minutes=9)) == Silences(0, 0)
    assert note_silences(clock=lambda: NOON + timedelta(minutes=11)) == Silences(1, 0)
    assert note_silences(clock=lambda: NOON + timedelta(minutes=12)) == Silences(0, 0)
    finding = Finding.objects.get()
    assert finding.evidence["summary"] == "Lamp 7 has said nothing since 2026-11-27 12:00 UTC"
    assert finding.evidence["usual_period_s"] == 60


@pytest.mark.django_db
def test_a_slow_sensor_is_given_three_of_its_periods(thing: Thing) -> None:
    a_stream(thing, last=NOON, period_s=3_600)
    assert note_silences(clock=lambda: NOON + timedelta(hours=2)) == Silences(0, 0)
    assert note_silences(clock=lambda: NOON + timedelta(hours=4)) == Silences(1, 0)


@pytest.mark.django_db
def test_a_thing_one_of_whose_streams_still_speaks_is_not_silent(thing: Thing) -> None:
    a_stream(thing, last=NOON)
    a_stream(thing, last=NOON + timedelta(minutes=30))
    assert note_silences(clock=lambda: NOON + timedelta(minutes=31)) == Silences(0, 0)


@pytest.mark.django_db
def test_a_thing_that_speaks_again_ends_its_finding(thing: Thing) -> None:
    a_stream(thing, last=NOON)
    note_silences(clock=lambda: NOON + timedelta(minutes=11))
    later = micros(NOON + timedelta(minutes=12))
    StreamState.objects.update(received=later, latest_started=later)
    assert note_silences(clock=lambda: NOON + timedelta(minutes=13)) == Silences(0, 1)
    assert Finding.objects.get().cleared_at is not None


@pytest.mark.django_db
def test_a_reading_from_the_future_does_not_keep_a_thing_from_being_silent(thing: Thing) -> None:
    a_stream(thing, last=NOON)
    ahead = micros(NOON + timedelta(days=365 * 70))
    StreamState.objects.update(latest_started=ahead, count=F("count") + 1)
    assert note_silences(clock=lambda: NOON + timedelta(minutes=9)) == Silences(0, 0)
    assert note_silences(clock=lambda: NOON + timedelta(minutes=11)) == Silences(1, 0)


@pytest.mark.django_db
def test_history_filled_in_later_is_not_silence(thing: Thing) -> None:
    a_stream(thing, last=NOON - timedelta(days=400))
    StreamState.objects.update(received=micros(NOON))
    assert note_silences(clock=lambda: NOON + timedelta(days=1)) == Silences(0, 0)


@pytest.mark.django_db
def test_a_stream_with_a_handful_of_readings_has_no_usual_period(thing: Thing) -> None:
    a_stream(thing, last=NOON, count=5)
    assert note_silences(clock=lambda: NOON + timedelta(days=1)) == Silences(0, 0)
