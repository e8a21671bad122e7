"""Quality rules: what they mark, and that they never drop anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.access import Actor
from hereabouts.sensing.actions.ingest import Ingest
from hereabouts.sensing.actions.quality import set_quality_settings
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.sensing.domain.observations import NewObservation, QualityFlag, ResultKind
from hereabouts.sensing.domain.quality import (
    AHEAD,
    EARLIEST,
    RULES,
    GapSettings,
    Profile,
    RangeSettings,
    Settings,
    SettingsUnreadableError,
    SpikeSettings,
    StuckSettings,
    judge,
    read_settings,
    write_settings,
)
from hereabouts.sensing.errors import BadEntity, NoSuchEntity, NotPermitted
from tests.rooms.sensing.ingesting import MORNING, SECOND, kept, make_stream, number, running

RECEIVED = MORNING + 3_600 * SECOND
MANAGER = Grant(Actor(), DataClass.CLOSED, manages=True)


def flags(settings: Settings, values: list[float], *, step: int = SECOND) -> list[QualityFlag]:
    before = Profile()
    return [
        QualityFlag(judge(number(1, value, MORNING + place * step), settings, before, RECEIVED))
        for place, value in enumerate(values)
    ]


NONE = QualityFlag(0)


def test_a_number_outside_the_range_is_marked_and_bounds_are_inside() -> None:
    found = flags(Settings(range=RangeSettings(-5, 5)), [-5.1, -5, 5, 5.1])
    assert found == [QualityFlag.RANGE, NONE, NONE, QualityFlag.RANGE]


def test_a_jump_is_marked_on_the_number_after_it() -> None:
    found = flags(Settings(spike=SpikeSettings(2)), [1, 3, 5.5, 5.5, 1])
    assert found == [NONE, NONE, QualityFlag.SPIKE, NONE, QualityFlag.SPIKE]


def test_equal_numbers_in_a_row_are_marked_from_the_count_on() -> None:
    found = flags(Settings(stuck=StuckSettings(3)), [1, 1, 1, 1, 2, 1, 1])
    assert found == [NONE, NONE, QualityFlag.STUCK, QualityFlag.STUCK, NONE, NONE, NONE]


def test_what_comes_after_a_long_silence_is_marked() -> None:
    settings = Settings(gap=GapSettings(60))
    assert flags(settings, [1, 2], step=60 * SECOND) == [NONE, NONE]
    assert flags(settings, [1, 2], step=61 * SECOND) == [NONE, QualityFlag.GAP]


def test_a_late_number_is_marked_and_changes_nothing_for_the_next() -> None:
    before, settings = Profile(), Settings(spike=SpikeSettings(1))
    assert judge(number(1, 1, MORNING + 10), settings, before, RECEIVED) == 0
    assert judge(number(1, 50, MORNING), settings, before, RECEIVED) == QualityFlag.LATE
    assert judge(number(1, 1, MORNING + 20), settings, before, RECEIVED) == 0


def test_a_text_ends_a_row_of_equal_numbers() -> None:
    before, settings = Profile(), Settings(stuck=StuckSettings(2))
    text = NewObservation(1, MORNING + 1, ResultKind.TEXT, None, '"x"')
    assert judge(number(1, 1, MORNING), settings, before, RECEIVED) == 0
    assert judge(text, settings, before, RECEIVED) == 0
    assert judge(number(1, 1, MORNING + 2), settings, before, RECEIVED) == 0


@given(st.lists(st.floats(-10, 10), max_size=20), st.floats(0.1, 5), st.integers(2, 5))
def test_the_rules_are_as_they_are_described(values: list[float], step: float, count: int) -> None:
    settings = Settings(spike=SpikeSettings(step), stuck=StuckSettings(count))
    for place, found in enumerate(flags(settings, values)):
        is_jump = place > 0 and abs(values[place] - values[place - 1]) > step
        last = values[max(0, place - count + 1) : place + 1]
        assert bool(found & QualityFlag.SPIKE) == is_jump
        assert bool(found & QualityFlag.STUCK) == (len(last) == count and len(set(last)) == 1)


def test_settings_come_back_as_they_were_written() -> None:
    settings = Settings(range=RangeSettings(0), gap=GapSettings(600))
    assert read_settings(write_settings(settings)) == settings
    assert read_settings("") is None and write_settings(None) == ""


@pytest.mark.parametrize(
    "text", ["[]", '{"rage": {}}', '{"stuck": {"count": 1}}', '{"spike": {}}', "{"]
)
def test_settings_that_no_rule_has_are_refused(text: str) -> None:
    with pytest.raises(SettingsUnreadableError):
        read_settings(text)


def test_every_flag_has_one_rule_with_a_version_and_words() -> None:
    assert sorted(rule.flag for rule in RULES) == sorted(QualityFlag)
    assert all(rule.version >= 1 and rule.title and rule.description for rule in RULES)


@pytest.fixture
def ingest(transactional_db: None) -> Iterator[Ingest]:
    with running() as found:
        yield found


def test_every_stream_is_judged_by_clock_and_lateness(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream, at=MORNING + 5)])
    future = 2**55
    ingest.write_blocking(
        [
            number(stream, at=MORNING + 4),
            number(stream, at=EARLIEST - 1),
            number(stream, at=future),
            number(stream, at=MORNING + 6),
        ]
    )
    assert {row.started: row.quality for row in kept(stream)} == {
        EARLIEST - 1: QualityFlag.CLOCK,
        MORNING + 4: QualityFlag.LATE,
        MORNING + 5: 0,
        MORNING + 6: 0,
        future: QualityFlag.CLOCK,
    }
    ingest.stop()
    ingest.write_blocking([number(stream, at=MORNING + 7)])
    assert {row.quality for row in kept(stream) if row.started == MORNING + 7} == {0}


def test_settings_hold_from_the_moment_they_are_given(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream, 50)])
    set_quality_settings(stream.pk, '{"range": {"most": 40}, "stuck": {"count": 3}}', grant=MANAGER)
    ingest.write_blocking([number(stream, 50, MORNING + 1)])
    ingest.stop()
    ingest.write_blocking([number(stream, 50, MORNING + 2), number(stream, 20, MORNING + 3)])
    assert [row.quality for row in kept(stream)] == [
        0,
        QualityFlag.RANGE,
        QualityFlag.RANGE | QualityFlag.STUCK,
        0,
    ]


def test_only_managers_give_settings_that_rules_have_to_streams_that_are_there(
    transactional_db: None,
) -> None:
    stream = make_stream()
    with pytest.raises(NotPermitted):
        set_quality_settings(stream.pk, "", grant=Grant(Actor(), observes_all=True))
    with pytest.raises(BadEntity):
        set_quality_settings(stream.pk, '{"magic": 1}', grant=MANAGER)
    with pytest.raises(NoSuchEntity):
        set_quality_settings(stream.pk + 1, "", grant=MANAGER)


def test_the_clock_is_allowed_to_be_a_little_ahead() -> None:
    settings, before = Settings(), Profile()
    assert judge(number(1, at=RECEIVED + AHEAD), settings, before, RECEIVED) == 0
    assert (
        judge(number(1, at=RECEIVED + AHEAD + 1), settings, before, RECEIVED) == QualityFlag.CLOCK
    )
