"""Reads observations from the bodies of requests and messages, fast; shared by every door.

Members that seldom come, and results that are neither a plain number nor a word, are read by the
rules of the register, so that both ways mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec

from hereabouts.sensing.actions.ingest import INGEST, StreamInfo
from hereabouts.sensing.domain.observations import NewObservation, ResultKind
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.observations import read_members
from hereabouts.sensing.domain.results import (
    ResultUnreadableError,
    find_plain_number,
    read_result,
)
from hereabouts.sensing.errors import BadObservation
from hereabouts.standards.sensorthings.errors import TimeUnreadable
from hereabouts.standards.sensorthings.formats.data_array import FEATURE_ID, ObservationGroup
from hereabouts.standards.sensorthings.times import parse_instant, parse_moment

FindStream = Callable[[int], StreamInfo | None]
Key = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]

ABSENT = msgspec.Raw()
UNKNOWN_MEMBER = "unknown field"
QUOTE = ord('"')
_NULL = int(ResultKind.NULL)
_NUMBER = int(ResultKind.NUMBER)
UNKNOWN = "unknown field"
SIMPLE = frozenset(b"-0123456789tfn")
"""How a result begins that is a number or a word."""


class Related(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """An entity in a body that is named by its id and nothing else."""

    id: Key | None = msgspec.field(name="@iot.id", default=None)


class Body(msgspec.Struct, gc=False, rename="camel", forbid_unknown_fields=True):
    """An Observation as it is sent; one with other members is for the register to judge."""

    result: msgspec.Raw = ABSENT
    phenomenon_time: str | None = None
    result_time: str | None = None
    valid_time: msgspec.Raw = ABSENT
    parameters: msgspec.Raw = ABSENT
    result_quality: msgspec.Raw = ABSENT
    datastream: Related | None = msgspec.field(name="Datastream", default=None)
    multi: Related | None = msgspec.field(name="MultiDatastream", default=None)
    feature: Related | None = msgspec.field(name="FeatureOfInterest", default=None)


_decode_body = msgspec.json.Decoder(Body).decode
_decode_key = msgspec.json.Decoder(Key).decode


def parse_observation(
    body: bytes,
    stream_id: int | None,
    received: int,
    find_stream: FindStream = INGEST.find_stream,
) -> NewObservation | None:
    """The observation in the body of a POST or a message.

    `stream_id` is that of the address or topic, None where the body names it; `received`, in
    microseconds, is its time where it has none. None where the body describes entities to be made
    with it, or has members of no meaning here: that is for the register. Raises: BadObservation.
    """
    try:
        sent = _decode_body(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        if UNKNOWN in str(fault):
            return None
        raise BadObservation(reason=f"the body cannot be read: {fault}") from fault
    stream = _find_id(sent, stream_id, find_stream)
    feature = sent.feature
    if stream is None or (feature is not None and feature.id is None):
        return None
    if sent.result is ABSENT:
        raise BadObservation(reason="it has no result")
    row = NewObservation(stream, received, _NULL)
    if feature is not None:
        row.feature_id = feature.id
    _fill(row, sent)
    return row


def parse_rows(group: ObservationGroup, received: int) -> list[NewObservation | BadObservation]:
    """The observations of a group of a data array, or what is wrong with each, in order."""
    reader = _RowReader(group, received)
    width = len(group.components)
    found: list[NewObservation | BadObservation] = []
    for cells in group.rows:
        try:
            if len(cells) != width:
                raise BadObservation(reason=f"it has {len(cells)} cells for {width} components")
            found.append(reader.read(cells))
        except BadObservation as fault:
            found.append(fault)
    return found


class _RowReader:
    """Reads the rows of one group; a time that was read once is not read again."""

    def __init__(self, group: ObservationGroup, received: int) -> None:
        columns = group.columns
        self._stream_id = group.stream_id
        self._received = received
        self._result_at = columns["result"]
        self._time_at = columns.get("phenomenonTime", -1)
        self._result_time_at = columns.get("resultTime", -1)
        self._feature_at = columns.get(FEATURE_ID, -1)
        self._seldom = [
            (name, columns[name])
            for name in ("validTime", "parameters", "resultQuality")
            if name in columns
        ]
        self._times: dict[bytes, int] = {}

    def read(self, cells: Sequence[msgspec.Raw]) -> NewObservation:
        """The observation of a row. Raises: BadObservation."""
        row = NewObservation(self._stream_id, self._received, _NULL)
        _fill_result(row, cells[self._result_at])
        if self._time_at >= 0:
            sent = bytes(cells[self._time_at])
            started = self._times.get(sent)
            if started is not None:
                row.started = started
            else:
                self._read_time(row, sent)
        if self._result_time_at >= 0:
            sent = bytes(cells[self._result_time_at])
            time = self._times.get(sent)
            row.result_time = self._read_result_time(sent) if time is None else time
        if self._feature_at >= 0:
            row.feature_id = _feature_id(cells[self._feature_at])
        if self._seldom:
            _fill_rest(row, {name: cells[place] for name, place in self._seldom})
        return row

    def _read_time(self, row: NewObservation, sent: bytes) -> None:
        text = _text(sent, "phenomenonTime")
        if text is None:
            return
        _fill_time(row, text)
        if row.ended is None:
            self._times[sent] = row.started

    def _read_result_time(self, sent: bytes) -> int | None:
        text = _text(sent, "resultTime")
        if text is None:
            return None
        found = self._times[sent] = _instant(text, "resultTime")
        return found


def _feature_id(raw: msgspec.Raw) -> int | None:
    sent = bytes(raw)
    if sent == b"null":
        return None
    try:
        return _decode_key(sent)
    except msgspec.DecodeError as fault:
        raise BadObservation(reason="its FeatureOfInterest id is not a whole number") from fault


def _find_id(sent: Body, stream_id: int | None, find_stream: FindStream) -> int | None:
    """The stream that body and address agree on; None where the body describes a new one."""
    if sent.datastream is None and sent.multi is None:
        if stream_id is None:
            raise BadObservation(reason="it names no Datastream")
        return stream_id
    if sent.datastream is not None and sent.multi is not None:
        raise BadObservation(reason="it names a Datastream and a MultiDatastream")
    is_multi = sent.multi is not None
    named = sent.multi or sent.datastream
    key = None if named is None else named.id
    if stream_id is not None and key != stream_id:
        raise BadObservation(reason=f"its address says stream {stream_id}, its body another")
    info = None if key is None else find_stream(key)
    if info is not None and info.is_multi != is_multi:
        name = "MultiDatastream" if is_multi else "Datastream"
        raise BadObservation(reason=f"there is no {name} {key}")
    return key


def _fill(row: NewObservation, sent: Body) -> None:
    _fill_result(row, sent.result)
    if sent.phenomenon_time is not None:
        _fill_time(row, sent.phenomenon_time)
    if sent.result_time is not None:
        row.result_time = _instant(sent.result_time, "resultTime")
    rest = {
        name: raw
        for name, raw in (
            ("validTime", sent.valid_time),
            ("parameters", sent.parameters),
            ("resultQuality", sent.result_quality),
        )
        if raw is not ABSENT
    }
    if rest:
        _fill_rest(row, rest)


def _fill_result(row: NewObservation, raw: msgspec.Raw) -> None:
    sent = bytes(raw)
    number = find_plain_number(sent)
    if number is not None:
        row.kind, row.number = _NUMBER, number
        return
    if sent[0] not in SIMPLE:
        _fill_rest(row, {"result": raw})
        return
    try:
        row.kind, row.number, row.result = read_result(sent.decode("ascii"))
    except ResultUnreadableError as fault:
        raise BadObservation(reason=str(fault)) from fault


def _fill_rest(row: NewObservation, values: dict[str, msgspec.Raw]) -> None:
    try:
        fields = read_members(values, "")
    except UnusableError as fault:
        raise BadObservation(reason=f"{fault.member}: {fault.reason}") from fault
    for name, value in fields.items():
        setattr(row, name, value)


def _fill_time(row: NewObservation, text: str) -> None:
    try:
        if "/" in text:
            row.started, row.ended = parse_moment(text)
        else:
            row.started = parse_instant(text)
    except TimeUnreadable as fault:
        raise _bad_time(fault, "phenomenonTime") from fault


def _instant(text: str, member: str) -> int:
    try:
        return parse_instant(text)
    except TimeUnreadable as fault:
        raise _bad_time(fault, member) from fault


def _bad_time(fault: TimeUnreadable, member: str) -> BadObservation:
    token = fault.facts["token"]
    return BadObservation(reason=f"{member} “{token}”: {fault.facts['reason']}")


def _text(sent: bytes, member: str) -> str | None:
    """The text in a cell; None for null."""
    if sent[0] != QUOTE:
        if sent == b"null":
            return None
        raise BadObservation(reason=f"{member}: it is not a text")
    if b"\\" in sent:
        raise BadObservation(reason=f"{member}: it is not a time")
    try:
        return sent[1:-1].decode("ascii")
    except UnicodeDecodeError as fault:
        raise BadObservation(reason=f"{member}: it is not a time") from fault
