"""Charts, scales, figures and shades: for any numbers and times that a device may send."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.sensing.domain.looking import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Spot,
    break_lines,
    usual_of,
    width_for,
)
from hereabouts.sensing.web.drawing.charts import HEIGHT, WIDTH, Chart, chart, sparkline
from hereabouts.sensing.web.drawing.scales import time_ticks, value_ticks
from hereabouts.sensing.web.drawing.shades import SHADES, edges_for, shade_of, shades_for
from hereabouts.sensing.web.pages.spans import micros_of
from hereabouts.sensing.web.words import figure, with_unit

usable = st.floats(-1e300, 1e300)
numbers = st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.integers(
    micros_of(datetime(1900, 1, 1, tzinfo=UTC)), micros_of(datetime(2199, 1, 1, tzinfo=UTC))
)


def spots(values: list[float], every: int = 10 * MINUTE, start: int = 0) -> list[Spot]:
    return [Spot(start + i * every, 1, v, v, v) for i, v in enumerate(values)]


@given(st.lists(numbers, min_size=1, max_size=20), TIMES, st.sampled_from([0, HOUR]))
def test_a_chart_of_any_numbers_stays_within_its_frame(
    values: list[float], since: int, width: int
) -> None:
    drawn = chart(
        Chart(since, since + DAY, width, spots(values, HOUR, since), "<b>", "µg/m³", levels=[5.0])
    )
    assert "<b>" not in drawn and "nan" not in drawn and "inf" not in drawn
    line = re.search(r'app-chart__line" d="([^"]*)"', drawn)
    assert line is not None
    for pair in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", line[1]):
        assert 0 <= float(pair[0]) <= WIDTH + 1 and -1 <= float(pair[1]) <= HEIGHT + 1


@given(usable, usable)
def test_values_are_enclosed_by_a_few_round_ticks(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    ticks = value_ticks(low, high)
    assert 2 <= len(ticks) <= 9 and ticks == sorted(ticks)
    slack = 1e-9 + 1e-9 * max(abs(low), abs(high))
    assert ticks[0] <= low + slack and ticks[-1] >= high - slack


@given(TIMES, st.integers(HOUR, 300 * 365 * DAY))
def test_times_are_marked_a_few_times_in_order(since: int, span: int) -> None:
    until = min(since + span, micros_of(datetime(2199, 12, 31, tzinfo=UTC)))
    marks = [at for at, _ in time_ticks(since, until, 7)]
    assert marks == sorted(marks) and len(marks) <= 9
    assert all(since <= at <= until for at in marks)


def test_days_begin_at_midnight_also_where_clocks_change() -> None:
    since = micros_of(datetime(2026, 3, 27, 12, tzinfo=UTC))
    assert {name for _, name in time_ticks(since, since + 5 * DAY, 7)} == {
        *("28 Mar", "29 Mar", "30 Mar", "31 Mar", "1 Apr")
    }


def test_a_line_is_broken_where_readings_are_missing() -> None:
    early, late = spots([1, 2, 3]), spots([4, 5], start=3 * HOUR)
    assert [len(line) for line in break_lines([*early, *late])] == [3, 2]
    assert [len(line) for line in break_lines(spots([1, 2, 3], HOUR), HOUR)] == [3]
    assert break_lines([]) == []


def test_steps_are_the_smallest_that_are_few_enough() -> None:
    assert width_for(DAY) == 5 * MINUTE
    assert width_for(300 * MINUTE) == MINUTE
    assert width_for(365 * DAY) == 7 * DAY
    assert width_for(10**6 * DAY) == 365 * DAY


def test_what_is_usual_leaves_out_the_tails_and_asks_for_half_a_week() -> None:
    assert usual_of([1.0] * 83) is None
    found = usual_of([float(value) for value in range(100)])
    assert found is not None and (found.low, found.high) == (10, 89)
    assert [found.side_of(value) for value in (9, 10, 50, 89, 90)] == [-1, 0, 0, 0, 1]


def test_a_sparkline_says_what_it_shows_and_needs_two_points() -> None:
    drawn = sparkline(spots([1, 3, 2]), 0, DAY, 'from "1"')
    assert 'aria-label="from &quot;1&quot;"' in drawn and 'role="img"' in drawn
    assert sparkline(spots([1]), 0, DAY, "x") == ""
    assert f'data-points="0,1 {10 * MINUTE // SECOND},3' in drawn


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0.0, "0"), (31.0, "31"), (31.44, "31.4"), (1.266, "1.27"), (0.0342, "0.034")),
        *((1234.5, "1,234"), (-0.5, "-0.5"), (1e20, "1e+20"), (2e-7, "2e-07"), (99.96, "100")),
    ],
)
def test_figures_are_as_exact_as_they_deserve(value: float, text: str) -> None:
    assert figure(value) == text


@given(usable)
def test_every_number_has_a_short_figure(value: float) -> None:
    text = figure(value)
    assert len(text) <= 24
    assert math.isclose(float(text.replace(",", "")), value, rel_tol=0.06, abs_tol=1e-9)


def test_a_unit_is_never_parted_from_its_number() -> None:
    assert with_unit(31, "µg/m³") == "31\N{NO-BREAK SPACE}µg/m³"
    assert with_unit(80, "%") == "80%" and with_unit(3, "") == "3"


@given(st.lists(numbers, max_size=200))
def test_every_value_has_one_of_the_shades(values: list[float]) -> None:
    edges = edges_for(values)
    assert edges == sorted(edges) and len(shades_for(edges)) == len(edges) + 1
    assert len(edges) <= len(SHADES) - 1
    assert all(shade_of(value, edges) in SHADES for value in values)
    assert shade_of(None, edges) == "none"


def test_low_and_high_values_have_the_ends_of_the_scale() -> None:
    edges = edges_for([float(value) for value in range(100)])
    assert (shade_of(-1, edges), shade_of(1_000, edges)) == (SHADES[0], SHADES[-1])
