"""A clock that is ahead: what it said of the future hides nothing that comes after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.connectors.entities import Links
from hereabouts.sensing.actions.connectors.storing import find_newest
from hereabouts.sensing.actions.ingest import Change
from hereabouts.sensing.actions.thresholds import ThresholdDraft, set_threshold
from hereabouts.sensing.domain.observations import QualityFlag
from hereabouts.sensing.domain.watching import Comparison, Level
from hereabouts.sensing.jobs.watcher import Watcher
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.models.watching import Finding
from hereabouts.sensing.queries import series
from hereabouts.sensing.queries.around import sums_of
from hereabouts.sensing.queries.current import find_stream_now
from hereabouts.sensing.queries.deployments.readings import _battery
from hereabouts.sensing.queries.newest import newest_of
from hereabouts.sensing.queries.watched import latest_of
from tests.rooms.sensing.looking import (
    HOUR,
    MINUTE,
    keep,
    make_sensor,
    make_stream,
    observe,
    readings,
    us,
)

pytestmark = pytest.mark.django_db
WRONG = int(QualityFlag.CLOCK)
YEARS = timedelta(days=365 * 70)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    series.forget()


@pytest.fixture
def stream() -> Stream:
    """One whose clock was wrong, and then right again."""
    found = make_stream(make_sensor())
    keep(observe(found, now() + YEARS, 4, quality=WRONG))
    keep(observe(found, now() - 2 * MINUTE, 19.5))
    return found


def test_a_stream_says_what_it_said_last_and_not_what_it_will_have_said(stream: Stream) -> None:
    found = find_stream_now(stream.pk)
    assert found is not None and found.at is not None
    assert found.number == 19.5 and found.at < now() and found.quality == 0
    assert latest_of([stream.pk])[stream.pk][1] == 19.5
    assert StreamState.objects.get(pk=stream.pk).latest_number == 4, "SensorThings has the latest"


def test_a_stream_that_knows_the_future_alone_says_nothing_yet() -> None:
    ahead = make_stream(make_sensor())
    keep(observe(ahead, now() + YEARS, 4, quality=WRONG))
    found = find_stream_now(ahead.pk)
    assert found is not None and found.at is None and found.number is None
    assert found.count == 1
    assert latest_of([ahead.pk]) == {}


def test_a_clock_that_is_minutes_ahead_is_believed() -> None:
    stream = make_stream(make_sensor())
    keep(observe(stream, now() - HOUR, 1), observe(stream, now() + 4 * MINUTE, 2))
    found = find_stream_now(stream.pk)
    assert found is not None and found.number == 2


def test_what_was_the_future_is_believed_once_it_is_now() -> None:
    stream = make_stream(make_sensor())
    keep(observe(stream, now() - HOUR, 1), observe(stream, now() + HOUR, 2))
    states = list(StreamState.objects.filter(pk=stream.pk))
    assert newest_of(states, us(now()))[stream.pk].number == 1
    assert newest_of(states, us(now() + HOUR))[stream.pk].number == 2


def test_pages_show_it(client: Client, stream: Stream) -> None:
    for path in (f"/sensors/{stream.thing_id}/{stream.pk}", f"/sensors/{stream.thing_id}"):
        html = client.get(path).content.decode()
        assert "19.5" in html and "in 70 years" not in html, path


def test_the_list_of_doubtful_readings_goes_by_it(client: Client, stream: Stream) -> None:
    other = make_stream(make_sensor("Another post"))
    keep(observe(other, now() + YEARS, 4, quality=WRONG))
    keep(observe(other, now() - 2 * MINUTE, 900, quality=int(QualityFlag.RANGE)))
    html = client.get("/sensors?state=flagged").content.decode()
    assert "Another post" in html and "Mill Lane post" not in html


def test_a_battery_is_forecast_from_what_has_been() -> None:
    found = make_stream(make_sensor(), "Battery voltage", "V")
    keep(observe(found, now() + YEARS, 9, quality=WRONG))
    keep(*(observe(found, now() - timedelta(days=day), 3.6) for day in range(1, 5)))
    told = _battery([found], 3.0, now())
    assert list(told.values) == [3.6] * 4


def test_the_sums_of_an_area_take_it(stream: Stream) -> None:
    other = make_stream(make_sensor("Another post"))
    readings(other, 20.5)
    lost = make_stream(make_sensor("A lost post"))
    keep(observe(lost, now() + YEARS, 4, quality=WRONG))
    things = [stream.thing_id, other.thing_id, lost.thing_id]
    (found,) = sums_of(things, us(now() - HOUR))
    assert (found.least, found.most, found.count) == (19.5, 20.5, 2)


def test_a_feed_is_read_from_there_on(stream: Stream) -> None:
    newest = find_newest(Links(streams={"a": stream.pk}))
    assert newest["a"] < us(now())


def test_levels_are_watched_on_past_it(stream: Stream) -> None:
    draft = ThresholdDraft(stream.pk, "High", Level(Comparison.ABOVE, 30.0))
    set_threshold(draft, actor=INSTALLATION)
    watcher = Watcher()
    watcher.refresh()
    watcher.turn()
    watcher.observe([Change(observe(stream, now() + YEARS, 99, quality=WRONG), 7)])
    watcher.turn()
    assert not Finding.objects.exists(), "what is from the future raises nothing"
    watcher.observe([Change(observe(stream, now(), 31), 8)])
    watcher.turn()
    assert Finding.objects.count() == 1
