"""How long observations are kept: what says it, what goes and stays, what cannot come back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client

from hereabouts.journal.api import list_after
from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.time import Clock
from hereabouts.sensing.actions import retention
from hereabouts.sensing.actions.connectors.entities import Links
from hereabouts.sensing.actions.connectors.storing import store_readings
from hereabouts.sensing.actions.ingest import Ingest
from hereabouts.sensing.actions.rebuilding import rebuild_streams
from hereabouts.sensing.actions.retention import Swept, list_overdue, sweep
from hereabouts.sensing.domain.connectors.records import Gathered, Reading
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.sensing.domain.observations import Run, Stored, StoredRun
from hereabouts.sensing.errors import BadEntity, BadObservation, NotPermitted
from hereabouts.sensing.jobs.rounds import Round, Rounds, usual_rounds
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Feature, Stream, Thing
from hereabouts.site.cli.sensing import sensing
from tests.rooms.sensing.ingesting import (
    MORNING,
    SECOND,
    add_feature,
    extent,
    kept,
    make_location,
    make_stream,
    make_thing,
    number,
    pairs,
)
from tests.rooms.sensing.registering import (
    a_multi,
    a_property,
    a_stream,
    a_thing,
    create,
    create_sent,
    link,
    patch,
    replace,
    update,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 86_400 * SECOND
REASON = "it is a whole number of days from 1 to 36500"


def days_after(days: float) -> Clock:
    """So many days after the morning of the tests' readings."""
    return lambda: datetime.fromtimestamp(MORNING / SECOND + days * 86_400, UTC)


def keep(one: Stream | Thing, days: int | None) -> None:
    """Set the days by the register, as its owner does."""
    entity = "Things" if isinstance(one, Thing) else "Datastreams"
    update(f"{entity}({one.pk})", {"properties": None if days is None else {"keptDays": days}})


def expired() -> list[dict[str, Any]]:
    """What the journal says was swept away."""
    found = list_after(0, limit=1_000)
    return [
        dict(entry.payload)
        for entry in found
        if entry.wire_name == "sensing.observations.expired.v1"
    ]


def fill(ingest: Ingest, stream: Stream, days: Sequence[float], **more: Any) -> None:
    rows = [
        number(stream, at, MORNING + round(day * DAY), **more) for at, day in enumerate(days, 1)
    ]
    assert all(isinstance(one, Stored) for one in ingest.write_blocking(rows))


def days_kept(stream: Stream) -> list[float]:
    return [(row.started - MORNING) / DAY for row in kept(stream)]


@pytest.mark.parametrize("wrong", [0, -3, 1.5, 7.0, "30", True, 36_501, 10**30, [1], {"days": 1}])
def test_a_wrong_number_of_days_is_refused_whoever_says_it(wrong: object) -> None:
    bad = {"keptDays": wrong}
    thing = create("Things", a_thing(properties={"keptDays": 7, "dataClass": "shared"}))
    stream = create(f"Things({thing})/Datastreams", a_stream(properties={"keptDays": None}))
    multi = create(f"Things({thing})/MultiDatastreams", a_multi(properties={"keptDays": 36_500}))
    for attempt in (
        lambda: create("Things", a_thing(properties=bad)),
        lambda: update(f"Things({thing})", {"properties": bad}),
        lambda: replace(f"Things({thing})", a_thing(properties=bad)),
        lambda: update(f"Datastreams({stream})", {"properties": bad}),
        lambda: update(f"MultiDatastreams({multi})", {"properties": bad}),
        lambda: patch(
            f"Datastreams({stream})", {"op": "add", "path": "/properties/keptDays", "value": wrong}
        ),
    ):
        with pytest.raises(BadEntity) as refused:
            attempt()
        assert refused.value.facts == {"member": "properties/keptDays", "reason": REASON}
    with pytest.raises(BadEntity) as inline:
        create("Things", a_thing(Datastreams=[a_stream(properties=bad)]))
    assert inline.value.facts["member"] == "Datastreams[0]/properties/keptDays"
    # Elsewhere it is a word like any other.
    create("ObservedProperties", a_property(properties=bad))


def test_who_may_not_change_the_register_cannot_shorten_what_is_kept() -> None:
    thing = create("Things", a_thing(properties={"keptDays": 400}))
    stream = create(f"Things({thing})/Datastreams", a_stream())
    key = Grant(
        level=DataClass.CLOSED, stream_ids=frozenset({stream}), thing_ids=frozenset({thing})
    )
    for path, body in (
        (f"Things({thing})", {"properties": {"keptDays": 1}}),
        (f"Datastreams({stream})", {"properties": {"keptDays": 1}}),
    ):
        for write in (update, replace):
            with pytest.raises(NotPermitted):
                write(path, body, grant=key)
        with pytest.raises(NotPermitted):
            patch(path, {"op": "add", "path": "/properties", "value": {"keptDays": 1}}, grant=key)
    inline = a_stream(properties={"keptDays": 1}, Thing=link(thing))
    with pytest.raises(NotPermitted):
        create("Observations", {"result": 1, "Datastream": inline}, key)
    assert Thing.objects.get().properties == '{"keptDays":400}'
    assert Stream.objects.get().properties is None


def test_the_stream_goes_before_its_thing_and_silence_means_for_ever(ingest: Ingest) -> None:
    thing = make_thing(make_location())
    own, things, other = make_stream(thing), make_stream(thing), make_stream()
    for stream in (own, things, other):
        fill(ingest, stream, [0, 3, 6, 9])
    keep(thing, 5)
    keep(own, 2)
    clock = days_after(10)
    found = [(each.stream_id, each.days) for each in list_overdue(clock=clock)]
    assert found == [(own.pk, 2), (things.pk, 5)]
    assert sweep(clock=clock) == Swept(2, 5, is_done=True)
    assert (days_kept(own), days_kept(things)) == ([9], [6, 9])
    assert days_kept(other) == [0, 3, 6, 9]
    assert expired() == [{"streams": 2, "observations": 5}]
    assert sweep(clock=clock) == Swept(0, 0, is_done=True)
    assert len(expired()) == 1
    keep(own, None)
    keep(thing, None)
    assert list_overdue(clock=days_after(10_000)) == []


def test_exactly_so_old_is_kept_and_a_microsecond_more_is_not(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream, 1, MORNING - 1), number(stream, 2, MORNING)])
    keep(stream, 30)
    sweep(clock=days_after(30))
    assert [row.number for row in kept(stream)] == [2]


def test_a_wrong_record_of_the_first_one_ends_a_sweep_all_the_same(ingest: Ingest) -> None:
    stream = make_stream()
    fill(ingest, stream, [9])
    keep(stream, 5)
    StreamState.objects.filter(stream_id=stream.pk).update(first_started=MORNING)
    assert sweep(clock=days_after(10)) == Swept(0, 0, is_done=True)
    keep(stream, None)
    fill(ingest, stream, [8, 3])
    keep(stream, 5)
    assert sweep(clock=days_after(10)) == Swept(1, 1, is_done=True)
    assert days_kept(stream) == [8, 9]
    assert list(rebuild_streams(keeps=False).differing) == []


def test_some_at_a_time_and_one_instant_together(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 4)
    stream = make_stream()
    fill(ingest, stream, [0, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 8])
    keep(stream, 5)
    calls: list[tuple[int, bool]] = []
    take = retention.delete_oldest_observations

    def counted(*values: Any) -> Any:
        found = take(*values)
        calls.append((found.count, found.is_last))
        return found

    monkeypatch.setattr(retention, "delete_oldest_observations", counted)
    assert sweep(clock=days_after(10)) == Swept(1, 10, is_done=True)
    assert calls == [(7, False), (3, True)]
    assert days_kept(stream) == [5, 8]


def test_counts_extents_features_and_area_agree_with_what_is_left(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    stream = make_stream()
    places = [add_feature(-3.0 + at / 3, 51.0 + at * at / 7).pk for at in range(5)]
    for at in range(20):
        row = number(
            stream,
            at,
            MORNING + at * DAY,
            ended=MORNING + (40 - at) * DAY if at == 3 else None,
            result_time=MORNING + (20 - at) * DAY if at % 2 else None,
            feature_id=places[at // 4] if at % 4 else None,
        )
        ingest.write_blocking([row])
    keep(stream, 5)
    before = extent(stream)
    sweep(clock=days_after(19.5))
    assert days_kept(stream) == [15, 16, 17, 18, 19]
    after = extent(stream)
    assert before is not None and after is not None
    assert (after.count, after.first_started) == (5, MORNING + 15 * DAY)
    assert after.last_ended == MORNING + 19 * DAY and after.latest_number == 19
    assert (after.first_result_time, after.last_result_time) == (
        MORNING + DAY,
        MORNING + 5 * DAY,
    )
    assert after.area != before.area
    assert {feature for feature, _ in pairs(stream)} >= {places[3], places[4]}
    assert places[0] not in {feature for feature, _ in pairs(stream)}
    assert list(rebuild_streams(keeps=False).differing) == []
    sweep(clock=days_after(90))
    left = extent(stream)
    assert left is not None and (left.count, left.latest_id, left.area) == (0, None, None)
    assert pairs(stream) == []
    assert list(rebuild_streams(keeps=False).differing) == []


def test_a_feature_that_only_closed_readings_still_have_is_closed(ingest: Ingest) -> None:
    feature = add_feature(-3.0, 51.0)
    closed = make_stream(make_thing(make_location(data_class=2), data_class=2))
    opened = make_stream()
    for stream in (closed, opened):
        fill(ingest, stream, [0], feature_id=feature.pk)
        fill(ingest, stream, [1])
    assert Feature.objects.get(pk=feature.pk).data_class == 0
    keep(opened, 5)
    sweep(clock=days_after(5.5))
    assert days_kept(opened) == [1]
    assert Feature.objects.get(pk=feature.pk).data_class == 2


def test_what_takes_too_long_goes_on_in_the_next_turn(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    streams = [make_stream() for _ in range(2)]
    for stream in streams:
        fill(ingest, stream, [0, 1, 2])
        keep(stream, 5)
    clock = days_after(30)
    found = [sweep(seconds=0, clock=clock) for _ in range(5)]
    assert [(each.observations, each.is_done) for each in found] == [
        (2, False),
        (1, False),
        (2, False),
        (1, True),
        (0, True),
    ]
    assert len(expired()) == 4
    assert list(rebuild_streams(keeps=False).differing) == []


def test_longer_days_hold_for_a_sweep_that_began_before(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = make_stream()
    fill(ingest, stream, [0, 1])
    keep(stream, 5)
    stale = list_overdue(clock=days_after(30))
    monkeypatch.setattr(retention, "list_overdue", lambda **_: stale)
    keep(stream, 100)
    assert sweep(clock=days_after(30)) == Swept(0, 0, is_done=True)
    keep(stream, None)
    assert sweep(clock=days_after(30)) == Swept(0, 0, is_done=True)
    assert days_kept(stream) == [0, 1]


def test_what_is_past_the_end_is_refused_and_the_rest_of_the_batch_is_stored(
    ingest: Ingest,
) -> None:
    now = time.time_ns() // 1000
    thing = make_thing(make_location())
    short, ever = make_stream(thing), make_stream()
    ingest.write_blocking([number(short, 1, now - 40 * DAY), number(ever, 1, MORNING)])
    keep(thing, 30)
    late = [number(short, 2, now - 31 * DAY, once=True), number(short, 3, now - 29 * DAY)]
    refused, stored, other = ingest.write_blocking([*late, number(ever, 2, MORNING)])
    assert isinstance(refused, BadObservation)
    assert refused.facts["reason"] == "its stream keeps 30 days, and it is older"
    assert isinstance(stored, Stored) and isinstance(other, Stored)
    times = [now - 31 * DAY, now - DAY, now]
    (rows,) = ingest.write_runs_blocking([Run(short.pk, times, [4.0, 5.0, 6.0])])
    assert not isinstance(rows, StoredRun)
    assert [isinstance(one, Refusal) for one in rows] == [True, False, False]
    (run,) = ingest.write_runs_blocking([Run(short.pk, times[1:], [7.0, 8.0])])
    assert isinstance(run, StoredRun) and run.count == 2
    assert sorted(row.number or 0 for row in kept(short)) == [1, 3, 5, 6, 7, 8]
    sweep()
    assert sorted(row.number or 0 for row in kept(short)) == [3, 5, 6, 7, 8]
    with pytest.raises(BadEntity) as named:
        create(
            f"Datastreams({short.pk})/Observations",
            {"result": 1, "phenomenonTime": "2001-01-01T00:00:00Z"},
        )
    assert "keeps 30 days" in str(named.value.facts["reason"])


def test_a_feed_that_repeats_old_readings_has_no_problem_and_brings_none_back(
    ingest: Ingest,
) -> None:
    now = time.time_ns() // 1000
    thing = make_thing(make_location())
    short, ever = make_stream(thing), make_stream()
    keep(thing, 30)
    readings = [Reading(key, now - days * DAY, days) for key in "ab" for days in (40, 31, 29)]
    links = Links({"a": short.pk, "b": ever.pk, "c": None})
    told = store_readings(Gathered(readings=readings), links, ingest)
    assert (told.added, told.refused, told.problems) == (4, 0, [])
    assert [row.number for row in kept(short)] == [29]
    assert [row.number for row in kept(ever)] == [40, 31, 29]


def test_a_name_with_escapes_is_another_name(ingest: Ingest) -> None:
    body = json.dumps(a_thing(Datastreams=[a_stream()]))[:-1]
    create_sent("Things", body + ', "properties": {"kept\\u0044ays": 1}}')
    stream = Stream.objects.get()
    fill(ingest, stream, [0], feature_id=add_feature(-3.0, 51.0).pk)
    assert list_overdue(clock=days_after(30)) == []


def test_beside_a_writer_nothing_is_lost(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 20)
    now = time.time_ns() // 1000
    stream = make_stream()
    old = [number(stream, 0, now - 50 * DAY + at) for at in range(400)]
    ingest.write_blocking(old)
    keep(stream, 30)
    told: list[object] = []

    def feed() -> None:
        for turn in range(100):
            told.extend(ingest.write_blocking([number(stream, turn, now + turn)]))
        connection.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    swept = sweep()
    feeder.join()
    assert swept == Swept(1, 400, is_done=True)
    assert len(told) == 100 and all(isinstance(one, Stored) for one in told)
    assert [row.number for row in kept(stream)] == list(range(100))
    assert list(rebuild_streams(keeps=False).differing) == []


def test_the_round_is_daily_and_goes_on_soon_where_there_is_more() -> None:
    (daily,) = [one for one in usual_rounds(0.0) if one.name == "retention"]
    assert (daily.every_s, daily.goes_on) == (86_400.0, True)
    answers = [True, True, False]
    begin = time.monotonic()
    one = Round("x", lambda: answers.pop(0), 86_400.0, begin - 86_400.0, goes_on=True)
    other = Round("y", lambda: True, 86_400.0, begin - 86_400.0)
    rounds = Rounds([one, other])
    assert rounds.turn() == ["x", "y"]
    assert rounds.turn() == []
    soon, later = time.monotonic() + 11, time.monotonic() + 80_000
    assert one.is_due(soon) and not other.is_due(later)
    one.done_at = time.monotonic() - 86_400
    assert rounds.turn() == ["x"] and one.is_due(soon)
    one.done_at = time.monotonic() - 86_400
    assert rounds.turn() == ["x"] and not one.is_due(later)


def test_pages_say_for_how_long(ingest: Ingest, client: Client) -> None:
    thing = make_thing(make_location())
    own, things, other = make_stream(thing), make_stream(thing), make_stream()
    words = "Readings are kept for"

    def page(stream: Stream | None, of: Thing) -> str:
        address = f"/sensors/{of.pk}" + (f"/{stream.pk}" if stream else "")
        return " ".join(client.get(address).content.decode().split())

    assert words not in page(None, thing) and words not in page(own, thing)
    keep(thing, 30)
    keep(own, 1)
    for text, days in ((page(None, thing), "30 days"), (page(things, thing), "30 days")):
        assert words in text and days in unbreak(text)
    assert words in page(own, thing) and "1 day<" in unbreak(page(own, thing))
    assert words not in page(other, other.thing)


def unbreak(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


def test_the_command_says_and_does(ingest: Ingest) -> None:
    stream = make_stream()
    fill(ingest, stream, [0, 1, 2])
    keep(stream, 7)
    run = CliRunner().invoke
    said = run(sensing, ["sweep", "--dry-run", "--json"])
    assert json.loads(said.stdout) == {
        "streams": 1,
        "observations": 3,
        "changed": False,
        "overdue": [{"stream": stream.pk, "days": 7, "observations": 3}],
    }
    assert days_kept(stream) == [0, 1, 2] and expired() == []
    plain = run(sensing, ["sweep", "--dry-run"])
    assert f"Stream {stream.pk} keeps 7 days: 3" in plain.output
    done = run(sensing, ["sweep"])
    assert done.exit_code == 0 and "Deleted 3 observations of 1 streams." in done.output
    assert days_kept(stream) == [] and len(expired()) == 1
