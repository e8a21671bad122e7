"""Reads data arrays as runs: whole columns at once, where a body has nothing but plain numbers.

Most senders' bodies are like that: Datastreams, a time in UTC and a number in each row. Everything
else, and everything that is wrong, is read row by row (`parse_rows`), which means the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
import numpy as np

from hereabouts.sensing.domain.observations import ResultKind, Run
from hereabouts.sensing.domain.results import (
    ResultUnreadableError,
    find_plain_number,
    read_result,
)
from hereabouts.standards.sensorthings.errors import TimeUnreadable
from hereabouts.standards.sensorthings.formats.data_array import MOST_GROUPS
from hereabouts.standards.sensorthings.time_columns import parse_instants
from hereabouts.standards.sensorthings.times import parse_instant

LEAST_ROWS: Final = 16
"""Rows a group in the mean; shorter runs are not worth it."""
LEAST_EXACT, MOST_EXACT = 1e-4, 1e14
"""Between them the shortest form is the same everywhere, and has no exponent."""
SPACES: Final = b" \t\r\n"


class _Reference(msgspec.Struct):
    key: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = msgspec.field(name="@iot.id")


class _Group(msgspec.Struct):
    components: tuple[str, ...]
    rows: msgspec.Raw = msgspec.field(name="dataArray")
    datastream: _Reference | None = msgspec.field(name="Datastream", default=None)
    multi: msgspec.Raw | None = msgspec.field(name="MultiDatastream", default=None)


_decode_groups = msgspec.json.Decoder(list[_Group]).decode
_encode = msgspec.json.Encoder().encode
_KINDS: Final[dict[str, Any]] = {"phenomenonTime": str, "resultTime": str}


def _decoders(result: Any) -> dict[tuple[str, ...], msgspec.json.Decoder[Any]]:
    """How to read the rows of each set of components, by the type of the result."""
    shapes = (
        ("phenomenonTime", "result"),
        ("result", "phenomenonTime"),
        ("phenomenonTime", "resultTime", "result"),
        ("phenomenonTime", "result", "resultTime"),
        ("resultTime", "phenomenonTime", "result"),
        ("resultTime", "result", "phenomenonTime"),
        ("result", "phenomenonTime", "resultTime"),
        ("result", "resultTime", "phenomenonTime"),
    )
    return {
        names: msgspec.json.Decoder(
            list[tuple[tuple(_KINDS.get(name, result) for name in names)]]  # type: ignore[misc]
        )
        for names in shapes
    }


_NUMBERS = _decoders(int | float)
_RAW = _decoders(msgspec.Raw)


def read_runs(body: bytes) -> list[Run] | None:
    """The runs of a CreateObservations request, none of them empty; None for any other body."""
    try:
        groups = _decode_groups(body)
        if not 0 < len(groups) <= MOST_GROUPS:
            return None
        runs: list[Run] = []
        rows = 0
        for group in groups:
            run = _read_group(group)
            if run is None:
                return None
            runs.append(run)
            rows += len(run)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return runs if rows >= LEAST_ROWS * len(runs) else None


def _read_group(group: _Group) -> Run | None:
    decoder = _NUMBERS.get(group.components)
    if decoder is None or group.datastream is None or group.multi is not None:
        return None
    sent = bytes(group.rows)
    if b"\\" in sent or not sent.isascii():
        return None
    rows = decoder.decode(sent)
    if not rows:
        return None
    columns = dict(zip(group.components, zip(*rows, strict=True), strict=True))
    found = _take_numbers(columns["result"]) if _is_as_sent(rows, sent) else None
    if found is None:
        place = group.components.index("result")
        found = _read_numbers([cells[place] for cells in _RAW[group.components].decode(sent)])
    started = _read_times(columns["phenomenonTime"])
    if found is None or started is None:
        return None
    run = Run(group.datastream.key, started, found[0], texts=found[1])
    if "resultTime" in columns:
        run.result_times = _read_times(columns["resultTime"])
        if run.result_times is None:
            return None
    return run


def _read_times(texts: Sequence[str]) -> list[int] | None:
    """Times however they are written; None where one is an interval or no time."""
    found = parse_instants(texts)
    if found is not None:
        return found
    try:
        return [parse_instant(text) for text in texts]
    except TimeUnreadable:
        return None


def _is_as_sent(rows: Sequence[object], sent: bytes) -> bool:
    """Whether every number was sent in its shortest form: then the rows encode as they came."""
    told = _encode(rows)
    return told == sent or told == sent.translate(None, SPACES)


def _take_numbers(numbers: Sequence[int | float]) -> tuple[list[float], dict[int, str]] | None:
    """Numbers that were sent in their shortest form, whole ones perhaps with `.0`."""
    try:
        column = np.array(numbers, np.float64)
    except OverflowError:
        return None
    sizes = np.abs(column)
    if not ((sizes < MOST_EXACT) & ((sizes >= LEAST_EXACT) | (sizes == 0))).all():
        return None
    found: list[float] = column.tolist()
    whole = (column == np.floor(column)).nonzero()[0].tolist()
    texts = {place: repr(found[place]) for place in whole if type(numbers[place]) is float}
    return found, texts


def _read_numbers(cells: Sequence[msgspec.Raw]) -> tuple[list[float], dict[int, str]] | None:
    """Numbers however they were sent."""
    found: list[float] = []
    texts: dict[int, str] = {}
    for place, cell in enumerate(cells):
        sent = bytes(cell)
        number = find_plain_number(sent)
        if number is None:
            try:
                kind, number, text = read_result(sent.decode("ascii"))
            except (ResultUnreadableError, UnicodeDecodeError):
                return None
            if kind != ResultKind.NUMBER or number is None:
                return None
            if text is not None:
                texts[place] = text
        found.append(number)
    return found, texts
