"""A line of readings over time: the sparkline of a panel, and the chart of a stream."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from hereabouts.sensing.domain.looking import SECOND, Spot, break_lines
from hereabouts.sensing.web.drawing.scales import Scale, time_ticks, value_ticks
from hereabouts.sensing.web.words import figure

SPARK_WIDTH, SPARK_HEIGHT = 120, 28
WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 60, 14, 32, 36
MOST_DOTS = 60
"""A line of no more points shows each of them."""


@dataclass(frozen=True)
class Chart:
    """What a chart shows; `levels` are watched ones, `usual` the band of usual values."""

    since: int
    until: int
    width: int
    spots: Sequence[Spot]
    label: str
    unit: str
    levels: Sequence[float] = ()
    usual: tuple[float, float] | None = None


def sparkline(spots: Sequence[Spot], since: int, until: int, label: str) -> SafeString:
    """A small line without axes; its text says the same. Empty for fewer than two points."""
    if len(spots) < 2:
        return SafeString()
    low, high = min(s.mean for s in spots), max(s.mean for s in spots)
    x = Scale(since, until, 2, SPARK_WIDTH - 4)
    y = Scale(low, high, SPARK_HEIGHT - 4, 4)
    width = spots[1].start - spots[0].start
    for before, after in itertools.pairwise(spots):
        width = min(width, after.start - before.start)
    lines = break_lines(spots, width)
    last = spots[-1]
    return format_html(
        '<svg class="app-spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" '
        'aria-label="{}" data-points="{}" data-longest="{}"><path class="app-spark__line" d="{}"/>'
        '<circle class="app-spark__last" cx="{}" cy="{}" r="2.5"/></svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT,
        SPARK_WIDTH,
        SPARK_HEIGHT,
        label,
        " ".join(f"{spot.start // SECOND},{spot.mean:.5g}" for spot in spots),
        width * 3 // (2 * SECOND),
        _path(lines, x, y),
        _px(x(last.start)),
        _px(y(last.mean)),
    )


def chart(what: Chart) -> SafeString:
    """The chart of a stream with axes; gaps are gaps, and a band says least and most of a step."""
    values = [*(s.least for s in what.spots), *(s.most for s in what.spots)]
    shown = [*values, *(what.usual or ()), *(level for level in what.levels)]
    ticks = value_ticks(min(shown), max(shown))
    x = Scale(what.since, what.until, LEFT, WIDTH - RIGHT)
    y = Scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)
    lines = break_lines(what.spots, what.width)
    parts = [
        _grid(ticks, y),
        _times(what.since, what.until, x),
        _usual(what.usual, y),
        _band(lines, x, y, what.width) if what.width else SafeString(),
        _levels(what.levels, y),
        format_html('<path class="app-chart__line" d="{}"/>', _path(lines, x, y, what.width)),
        _dots(lines, x, y, what),
        _flagged(what.spots, x, y),
        _unit(what.unit),
    ]
    return format_html(
        '<svg class="app-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        HEIGHT,
        what.label,
        mark_safe("".join(parts)),
    )


def _path(lines: Sequence[Sequence[Spot]], x: Scale, y: Scale, width: int = 0) -> str:
    return " ".join(
        " ".join(
            f"{'L' if index else 'M'}{_px(x(spot.start + width / 2))} {_px(y(spot.mean))}"
            for index, spot in enumerate(line)
        )
        for line in lines
    )


def _band(lines: Sequence[Sequence[Spot]], x: Scale, y: Scale, width: int) -> SafeString:
    pieces = []
    for line in lines:
        if len(line) > 1:
            over = [f"{_px(x(s.start + width / 2))} {_px(y(s.most))}" for s in line]
            under = [f"{_px(x(s.start + width / 2))} {_px(y(s.least))}" for s in reversed(line)]
            pieces.append(f"M{' L'.join([*over, *under])}Z")
    return format_html('<path class="app-chart__band" d="{}"/>', " ".join(pieces))


def _dots(lines: Sequence[Sequence[Spot]], x: Scale, y: Scale, what: Chart) -> SafeString:
    """Points that no line joins, or all of them where there are few."""
    is_few = len(what.spots) <= MOST_DOTS
    alone = [spot for line in lines for spot in line if is_few or len(line) == 1]
    return format_html_join(
        "",
        '<circle class="app-chart__dot" cx="{}" cy="{}" r="2.5"/>',
        ((_px(x(spot.start + what.width / 2)), _px(y(spot.mean))) for spot in alone),
    )


def _flagged(spots: Sequence[Spot], x: Scale, y: Scale) -> SafeString:
    return format_html_join(
        "",
        '<path class="app-chart__flag" d="M{} {}l5 9h-10Z"/>',
        ((_px(x(spot.start)), _px(y(spot.mean) - 14)) for spot in spots if spot.quality),
    )


def _grid(ticks: Sequence[float], y: Scale) -> SafeString:
    return format_html_join(
        "",
        '<path class="app-chart__grid" d="M{} {}H{}"/>'
        '<text class="app-chart__text" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, _px(y(tick)), WIDTH - RIGHT, LEFT - 8, _px(y(tick) + 5), figure(tick))
            for tick in ticks
        ),
    )


def _times(since: int, until: int, x: Scale) -> SafeString:
    return format_html_join(
        "",
        '<path class="app-chart__grid" d="M{} {}V{}"/>'
        '<text class="app-chart__text" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (_px(x(at)), TOP, HEIGHT - BOTTOM, _px(x(at)), HEIGHT - BOTTOM + 26, name)
            for at, name in time_ticks(since, until, 7)
            if LEFT <= x(at) <= WIDTH - RIGHT - 12
        ),
    )


def _usual(usual: tuple[float, float] | None, y: Scale) -> SafeString:
    if usual is None:
        return SafeString()
    low, high = y(usual[0]), y(usual[1])
    return format_html(
        '<rect class="app-chart__usual" x="{}" y="{}" width="{}" height="{}"/>',
        LEFT,
        _px(high),
        WIDTH - RIGHT - LEFT,
        _px(max(1.0, low - high)),
    )


def _levels(levels: Sequence[float], y: Scale) -> SafeString:
    return format_html_join(
        "",
        '<path class="app-chart__level" d="M{} {}H{}"/>',
        ((LEFT, _px(y(level)), WIDTH - RIGHT) for level in levels),
    )


def _unit(unit: str) -> SafeString:
    return format_html(
        '<text class="app-chart__text" x="{}" y="{}">{}</text>', LEFT, TOP - 10, unit
    )


def _px(value: float) -> str:
    return f"{value:.1f}"
