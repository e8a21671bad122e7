"""An Observation in the body of a request, read member by member.

Source: OGC 18-088, clause 8.2.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec

from hereabouts.sensing.domain.observations import NewObservation, ResultKind
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.values import is_null, read_any, read_text, text_of
from hereabouts.sensing.domain.results import ResultUnreadableError, count_elements, read_result
from hereabouts.standards.sensorthings.errors import TimeUnreadable
from hereabouts.standards.sensorthings.times import parse_instant, parse_moment

OBJECT_STARTS: Final = "{"


def read_observation(
    stream_id: int, values: Mapping[str, object], *, now: int, at: str = ""
) -> NewObservation:
    """The observation that raw members describe; without a time, it is now, in microseconds.

    Raises: UnusableError.
    """
    row = NewObservation(stream_id, now, ResultKind.NULL)
    for name, value in read_members(values, at).items():
        setattr(row, name, value)
    return row


def read_members(values: Mapping[str, object], at: str) -> dict[str, Any]:
    """Fields of an observation by name, for those members that were sent. Raises: UnusableError."""
    fields: dict[str, Any] = {}
    for name, value in values.items():
        raw, member = cast(msgspec.Raw, value), f"{at}/{name}" if at else name
        fields |= _READERS[name](raw, member)
    return fields


def check_length(row: NewObservation, columns: int | None, at: str = "") -> None:
    """Refuse a result of a MultiDatastream that is not a list of so many values.

    Raises: UnusableError.
    """
    if columns is None:
        return
    text = row.result if row.kind == ResultKind.JSON else None
    if count_elements(text) != columns:
        member = f"{at}/result" if at else "result"
        raise UnusableError(member, f"it is not a list of {columns} values")


def _times(raw: msgspec.Raw, member: str) -> tuple[int, int | None] | None:
    if is_null(raw):
        return None
    try:
        return parse_moment(read_text(raw, member))
    except TimeUnreadable as fault:
        raise UnusableError(member, str(fault.facts["reason"])) from fault


def _phenomenon(raw: msgspec.Raw, member: str) -> dict[str, Any]:
    times = _times(raw, member)
    return {} if times is None else {"started": times[0], "ended": times[1]}


def _result_time(raw: msgspec.Raw, member: str) -> dict[str, Any]:
    if is_null(raw):
        return {"result_time": None}
    try:
        return {"result_time": parse_instant(read_text(raw, member))}
    except TimeUnreadable as fault:
        raise UnusableError(member, str(fault.facts["reason"])) from fault


def _valid_time(raw: msgspec.Raw, member: str) -> dict[str, Any]:
    times = _times(raw, member)
    if times is None:
        return {"valid_start": None, "valid_end": None}
    if times[1] is None:
        raise UnusableError(member, "it is not an interval such as 2024-01-01T00:00:00Z/P1D")
    return {"valid_start": times[0], "valid_end": times[1]}


def _result(raw: msgspec.Raw, member: str) -> dict[str, Any]:
    try:
        kind, number, text = read_result(text_of(raw, member))
    except ResultUnreadableError as fault:
        raise UnusableError(member, str(fault)) from fault
    return {"kind": kind, "number": number, "result": text}


def _result_quality(raw: msgspec.Raw, member: str) -> dict[str, Any]:
    if is_null(raw):
        return {"result_quality": None}
    read_any(raw, member)
    return {"result_quality": text_of(raw, member)}


def _parameters(raw: msgspec.Raw, member: str) -> dict[str, Any]:
    if is_null(raw):
        return {"parameters": None}
    text = text_of(raw, member)
    read_any(raw, member)
    if not text.startswith(OBJECT_STARTS):
        raise UnusableError(member, "it is not a JSON object")
    return {"parameters": text}


_READERS: Final = {
    "phenomenonTime": _phenomenon,
    "resultTime": _result_time,
    "validTime": _valid_time,
    "result": _result,
    "resultQuality": _result_quality,
    "parameters": _parameters,
}
