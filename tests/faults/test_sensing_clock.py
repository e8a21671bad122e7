"""The machine's clock jumps, forwards and back: what depends on the time stays sensible."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from hereabouts.kernel.time import now
from hereabouts.sensing.actions.access import grant_for_password
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.actions.remembered import GRANTS
from hereabouts.sensing.actions.silence import note_silences
from hereabouts.sensing.domain.observations import Stored
from hereabouts.sensing.errors.keys import BadCredentials
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream
from tests.rooms.sensing.conftest import application, sta
from tests.rooms.sensing.ingesting import SECOND, extent, kept, make_stream, number
from tests.rooms.sensing.sta import Sta, a_token

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86_400
JUMPS = pytest.mark.parametrize("jump", [400 * DAY, -400 * DAY, 10 * 365 * DAY])


class Machine:
    """The machine's clock, which a test may set."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.offset_s = 0.0
        real_ns, real = time.time_ns, time.time
        patch.setattr(time, "time_ns", lambda: real_ns() + int(self.offset_s * 1e9))
        patch.setattr(time, "time", lambda: real() + self.offset_s)

    def now(self) -> datetime:
        return now() + timedelta(seconds=self.offset_s)

    @property
    def us(self) -> int:
        return time.time_ns() // 1_000


__all__ = ["application", "sta"]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def _received(stream: Stream) -> int:
    found = StreamState.objects.get(pk=stream.pk).received
    assert found is not None
    return found


@JUMPS
def test_when_a_stream_was_last_heard_follows_the_clock_that_was_put_right(
    sta: Sta, machine: Machine, jump: float
) -> None:
    stream = make_stream()
    path = f"Datastreams({stream.pk})/Observations"
    sta.make(path, {"result": 1})
    machine.offset_s = jump
    sta.make(path, {"result": 2})
    assert abs(_received(stream) - machine.us) < 60 * SECOND
    machine.offset_s = 0
    sta.make(path, {"result": 3})
    assert abs(_received(stream) - machine.us) < 60 * SECOND
    assert len(kept(stream)) == 3


@JUMPS
def test_observations_keep_the_times_they_were_sent_with_and_their_order(
    sta: Sta, machine: Machine, jump: float
) -> None:
    stream = make_stream()
    path = f"Datastreams({stream.pk})/Observations"
    for place, offset in enumerate((0.0, jump, 0.0)):
        machine.offset_s = offset
        sta.make(path, {"phenomenonTime": f"2026-01-01T00:0{place}:00Z", "result": place})
    found = sta.read(f"{path}?$orderby=phenomenonTime&$select=phenomenonTime,result")["value"]
    assert found == [
        {"phenomenonTime": f"2026-01-01T00:0{place}:00Z", "result": place} for place in range(3)
    ]
    known = extent(stream)
    assert known is not None and known.latest_number == 2
    ids = [row.id for row in kept(stream)]
    assert ids == sorted(ids)


def test_now_in_a_filter_is_the_clock_s_each_time_it_is_asked(sta: Sta, machine: Machine) -> None:
    stream = make_stream()
    at = machine.us - 3_600 * SECOND
    assert isinstance(INGEST.write_blocking([number(stream, at=at)])[0], Stored)
    path = f"Datastreams({stream.pk})/Observations?$filter=phenomenonTime lt now()&$count=true"
    counts = []
    for offset in (0, -2 * 3_600, 400 * DAY, 0):
        machine.offset_s = offset
        counts.append(sta.read(path)["@iot.count"])
    assert counts == [1, 0, 1, 1]


def test_a_token_ends_and_holds_by_the_clock_that_was_put_right(machine: Machine) -> None:
    secret = a_token("sensing.observe")
    assert grant_for_password("x", secret, clock=machine.now).observes_all
    for offset, holds in ((10 * 365 * DAY, False), (-10 * DAY, True), (0, True)):
        GRANTS.forget()
        machine.offset_s = offset
        if holds:
            assert grant_for_password("x", secret, clock=machine.now).observes_all
        else:
            with pytest.raises(BadCredentials):
                grant_for_password("x", secret, clock=machine.now)


def test_silence_is_told_and_ended_by_the_clock_that_was_put_right(
    sta: Sta, machine: Machine
) -> None:
    stream = make_stream()
    path = f"Datastreams({stream.pk})/Observations"
    rows = [number(stream, at=machine.us - nth * 600 * SECOND) for nth in range(20)]
    INGEST.write_blocking(rows)
    assert note_silences(clock=machine.now).raised == 0
    machine.offset_s = -2 * DAY
    assert note_silences(clock=machine.now).raised == 0
    machine.offset_s = 2 * DAY
    assert note_silences(clock=machine.now).raised == 1
    # Heard while the clock is wrong, then put right: silent again only when it is so.
    sta.make(path, {"result": 1})
    assert note_silences(clock=machine.now).cleared == 1
    machine.offset_s = 0
    sta.make(path, {"result": 2})
    assert note_silences(clock=machine.now).raised == 0
    machine.offset_s = DAY
    assert note_silences(clock=machine.now).raised == 1


def test_uses_of_a_key_are_noted_again_after_a_clock_was_put_back(machine: Machine) -> None:
    machine.offset_s = 400 * DAY
    GRANTS.note_use("key", machine.now())
    assert "key" in GRANTS.take_uses()
    machine.offset_s = 0
    GRANTS.note_use("key", machine.now())
    assert "key" in GRANTS.take_uses()
