"""Comparisons of times and intervals, half-open, as one table.

Source: the revised text of SensorThings and its common reading; knowledge of what clients expect is
in decision 0063.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hereabouts.sensing.queries.reading.values import Moment, Period, Time, Times

# Left an instant t, right an instant T. What never holds is false, but null where a side is.
_INSTANTS: Mapping[str, str] = MappingProxyType(
    {
        "lt": "{s} < {S}",
        "gt": "{s} > {S}",
        "le": "{s} <= {S}",
        "ge": "{s} >= {S}",
        "eq": "{s} = {S}",
        "meets": "{s} = {S}",
        "during": "({s} <> {s} OR {S} <> {S})",
        "overlaps": "{s} = {S}",
        "starts": "{s} = {S}",
        "finishes": "{s} = {S}",
    }
)
# Left an interval [s, e), right an instant T.
_INTERVAL_INSTANT: Mapping[str, str] = MappingProxyType(
    {
        "lt": "{e} <= {S}",
        "gt": "{s} > {S}",
        "le": "{e} <= {S}",
        "ge": "{s} >= {S}",
        "eq": "({s} <> {s} OR {S} <> {S})",
        "meets": "({s} = {S} OR {e} = {S})",
        "during": "({s} <> {s} OR {S} <> {S})",
        "overlaps": "({s} <= {S} AND {S} < {e})",
        "starts": "{s} = {S}",
        "finishes": "{e} = {S}",
    }
)
# Left an instant t, right an interval [S, E).
_INSTANT_INTERVAL: Mapping[str, str] = MappingProxyType(
    {
        "lt": "{s} < {S}",
        "gt": "{s} >= {E}",
        "le": "{s} <= {S}",
        "ge": "{s} >= {E}",
        "eq": "({s} <> {s} OR {S} <> {S})",
        "meets": "({s} = {S} OR {s} = {E})",
        "during": "({S} <= {s} AND {s} < {E})",
        "overlaps": "({S} <= {s} AND {s} < {E})",
        "starts": "{s} = {S}",
        "finishes": "{s} = {E}",
    }
)
# Both intervals.
_INTERVALS: Mapping[str, str] = MappingProxyType(
    {
        "lt": "{e} <= {S}",
        "gt": "{s} >= {E}",
        "le": "({s} <= {S} AND {e} <= {E})",
        "ge": "({s} >= {S} AND {e} >= {E})",
        "eq": "({s} = {S} AND {e} = {E})",
        "meets": "({e} = {S} OR {s} = {E})",
        "during": "({S} <= {s} AND {s} < {E} AND {e} <= {E})",
        "overlaps": "({s} < {E} AND {S} < {e})",
        "starts": "{s} = {S}",
        "finishes": "{e} = {E}",
    }
)
_NAMES = MappingProxyType({"before": "lt", "after": "gt"})

# What must hold of the left's start for the whole to hold, so that an index on it serves.
_BOUNDS: Mapping[str, str] = MappingProxyType(
    {
        "lt": "{s} <= {S}",
        "gt": "{s} >= {S}",
        "le": "{s} <= {S}",
        "ge": "{s} >= {S}",
        "eq": "{s} = {S}",
        "during": "{s} >= {S} AND {s} < {E}",
        "overlaps": "{s} <= {E}",
        "starts": "{s} = {S}",
    }
)


def compare_times(operator: str, left: Times, right: Times) -> str:
    """A comparison or interval function of two times; `ne` is the opposite of `eq`."""
    name = _NAMES.get(operator, operator)
    if name == "ne":
        return f"NOT ({compare_times('eq', left, right)})"
    if isinstance(right, Moment):
        instant = compare_times(name, left, Time(right.start))
        interval = compare_times(name, left, Period(right.start, right.end))
        return f"CASE WHEN {right.end} IS NULL THEN {instant} ELSE {interval} END"
    if isinstance(left, Moment):
        instant = _compare(name, Time(left.start), right)
        interval = _compare(name, Period(left.start, left.end), right)
        exact = f"CASE WHEN {left.end} IS NULL THEN {instant} ELSE {interval} END"
        bound = _BOUNDS.get(name)
        return f"({_fill(bound, left, right)} AND {exact})" if bound else f"({exact})"
    return _compare(name, left, right)


def _compare(name: str, left: Time | Period, right: Time | Period) -> str:
    if isinstance(left, Period):
        table = _INTERVALS if isinstance(right, Period) else _INTERVAL_INSTANT
    else:
        table = _INSTANT_INTERVAL if isinstance(right, Period) else _INSTANTS
    return f"({_fill(table[name], left, right)})"


def _fill(rule: str, left: Times, right: Times) -> str:
    return rule.format(s=_start(left), e=_end(left), S=_start(right), E=_end(right))


def _start(value: Times) -> str:
    return value.sql if isinstance(value, Time) else value.start


def _end(value: Times) -> str:
    return value.sql if isinstance(value, Time) else value.end
