"""Rows of data arrays as observations: read column by column, as few steps a row as can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.domain.observations import NewObservation, ResultKind
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.observations import read_members
from hereabouts.sensing.domain.results import ResultUnreadableError, read_result
from hereabouts.sensing.errors import BadObservation
from hereabouts.standards.sensorthings.errors import TimeUnreadable
from hereabouts.standards.sensorthings.formats.data_array import FEATURE_ID, ObservationGroup
from hereabouts.standards.sensorthings.times import parse_instant, parse_moment

Row: TypeAlias = Sequence[msgspec.Raw]
Fills: TypeAlias = Callable[[NewObservation, msgspec.Raw], None]
"""Puts one cell into an observation; raises what `read_rows` turns into the row's refusal."""

LARGEST_ID = 2**63 - 1

_text = msgspec.json.Decoder(str | None).decode
_key = msgspec.json.Decoder(int | None).decode


def read_rows(group: ObservationGroup, now: int) -> list[NewObservation | Refusal]:
    """Each row of a group as an observation, or why it is none; `now` in microseconds."""
    fills = [_fill_of(name) for name in group.components]
    width, stream_id = len(fills), group.stream_id
    read: list[NewObservation | Refusal] = []
    for cells in group.rows:
        row = NewObservation(stream_id, now, ResultKind.NULL)
        try:
            if len(cells) != width:
                raise UnusableError("", f"it has {len(cells)} cells for {width} components")
            for fill, cell in zip(fills, cells, strict=True):
                fill(row, cell)
        except (UnusableError, ResultUnreadableError) as fault:
            read.append(BadObservation(reason=str(fault)))
        except TimeUnreadable as refusal:
            read.append(refusal)
        except msgspec.DecodeError:
            read.append(BadObservation(reason="a cell is not of the type of its component"))
        else:
            read.append(row)
    return read


def _phenomenon(row: NewObservation, cell: msgspec.Raw) -> None:
    text = _text(cell)
    if text is not None:
        row.started, row.ended = parse_moment(text)


def _result_time(row: NewObservation, cell: msgspec.Raw) -> None:
    text = _text(cell)
    row.result_time = None if text is None else parse_instant(text)


def _result(row: NewObservation, cell: msgspec.Raw) -> None:
    row.kind, row.number, row.result = read_result(bytes(cell).decode())


def _feature(row: NewObservation, cell: msgspec.Raw) -> None:
    key = _key(cell)
    if key is not None and not 0 < key <= LARGEST_ID:
        raise UnusableError(FEATURE_ID, "an id is a whole number")
    row.feature_id = key


def _fill_of(name: str) -> Fills:
    return _FILLS.get(name) or _other(name)


def _other(name: str) -> Fills:
    """What is rarer, read as the register reads it."""

    def fill(row: NewObservation, cell: msgspec.Raw) -> None:
        found: dict[str, Any] = read_members({name: cell}, "")
        for member, value in found.items():
            setattr(row, member, value)

    return fill


_FILLS: dict[str, Fills] = {
    "phenomenonTime": _phenomenon,
    "resultTime": _result_time,
    "result": _result,
    FEATURE_ID: _feature,
}
