"""Payload decoders made from descriptions: bytes in, readings out, or a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from hereabouts.standards.lorawan.description import (
    Description,
    Entry,
    Field,
    Payload,
    Property,
    Records,
    Tlv,
    Vocabulary,
)
from hereabouts.standards.lorawan.errors import DecoderUnreadable, PayloadUndecodable
from hereabouts.standards.lorawan.expressions import BadExpression, Expression, NoValue
from hereabouts.standards.lorawan.fields import Codec, Cursor, FieldReader, Reading, make_codec
from hereabouts.standards.lorawan.uplink import LONGEST_PAYLOAD

LONGEST_DESCRIPTION = 200_000
"""Characters of a decoder file."""

ALWAYS_KNOWN = frozenset({"length", "port"})
MOST_AGE_S = 366 * 86_400
Properties = Mapping[str, Property]
T = TypeVar("T")


class _Fields:
    def __init__(self, specs: Iterable[Field], order: str, properties: Properties) -> None:
        self.readers = [FieldReader(spec, order, properties) for spec in specs]

    def names(self) -> frozenset[str]:
        return frozenset(reader.name for reader in self.readers if reader.name)

    def check(self, known: frozenset[str]) -> frozenset[str]:
        for reader in self.readers:
            missing = sorted(reader.used_names() - known)
            if missing:
                raise BadExpression(f"field “{reader.name}” uses “{missing[0]}” before it is read")
            known |= {reader.name}
        return known

    def read(self, cursor: Cursor) -> None:
        for reader in self.readers:
            reader.read(cursor)


class _Entry:
    def __init__(self, spec: Entry, order: str, properties: Properties) -> None:
        self.key = tuple(spec.key)
        self.size = spec.size
        self.fields = _Fields(spec.fields, order, properties)

    def agrees(self, key: Sequence[int]) -> bool:
        return all(mine in ("*", part) for mine, part in zip(self.key, key, strict=True))


class _Tlv:
    def __init__(self, spec: Tlv, order: str, properties: Properties) -> None:
        self.spec = spec
        self.codecs: list[Codec] = [make_codec(text, order) for text in spec.key]
        self.entries = [_Entry(entry, order, properties) for entry in spec.entries]
        if any(codec.kind not in "ui" for codec in self.codecs) or not self.codecs:
            raise BadExpression("a key is made of whole numbers")
        if any(len(entry.key) != len(self.codecs) for entry in self.entries):
            raise BadExpression("an entry's key has another number of parts than the keys")
        if spec.unknown == "skip" and spec.length is None:
            raise BadExpression("what is unknown can only be skipped where lengths are given")

    def check(self, known: frozenset[str]) -> frozenset[str]:
        found = known.union(*(entry.fields.names() for entry in self.entries))
        for entry in self.entries:
            entry.fields.check(found)
        return found

    def read(self, cursor: Cursor) -> None:
        whole = cursor.end
        cursor.end = max(whole - self.spec.tail, cursor.position)
        while cursor.position < cursor.end and self._read_one(cursor):
            continue
        cursor.end = whole

    def _read_one(self, cursor: Cursor) -> bool:
        before = cursor.take(1)[0] if self.spec.length == "before" else None
        start = cursor.position
        key = [int(codec.read(cursor.take(codec.size))) for codec in self.codecs]
        size = self._size(cursor, before, start)
        entry = next((each for each in self.entries if each.agrees(key)), None)
        if entry is None:
            return self._meet_unknown(cursor, key, size)
        self._read_entry(entry, cursor, size if size is not None else entry.size)
        return True

    def _size(self, cursor: Cursor, before: int | None, start: int) -> int | None:
        if self.spec.length == "after":
            return cursor.take(1)[0]
        if before is None:
            return None
        size = before - (cursor.position - start)
        if size < 0:
            raise PayloadUndecodable(reason="a length is shorter than its key")
        return size

    def _meet_unknown(self, cursor: Cursor, key: Sequence[int], size: int | None) -> bool:
        if self.spec.unknown == "refuse":
            shown = " ".join(f"{part:02x}" for part in key)
            raise PayloadUndecodable(reason=f"it has an unknown part {shown}")
        if self.spec.unknown == "stop" or size is None:
            return False
        cursor.take(size)
        return True

    @staticmethod
    def _read_entry(entry: _Entry, cursor: Cursor, size: int | None) -> None:
        if size is None:
            entry.fields.read(cursor)
            return
        whole, start = cursor.end, cursor.position
        cursor.take(size)
        cursor.position, cursor.end = start, start + size
        entry.fields.read(cursor)
        cursor.position, cursor.end = start + size, whole


class _Records:
    def __init__(self, spec: Records, order: str, properties: Properties) -> None:
        self.spec = spec
        self.count = Expression(spec.count) if spec.count else None
        self.age = Expression(spec.age) if spec.age else None
        self.fields = _Fields(spec.fields, order, properties)

    def check(self, known: frozenset[str]) -> frozenset[str]:
        for expression in (self.count, self.age):
            missing = sorted((expression.names if expression else frozenset()) - known)
            if set(missing) - {"index", "count"}:
                raise BadExpression(f"“{missing[0]}” is used before it is read")
        return self.fields.check(known | {"index", "count"})

    def read(self, cursor: Cursor) -> None:
        whole = cursor.end
        cursor.end = max(whole - self.spec.tail, cursor.position)
        wanted = self._wanted(cursor)
        index = 0
        while (index < wanted) if wanted is not None else (cursor.position < cursor.end):
            start = cursor.position
            self._read_one(cursor, index, wanted)
            index += 1
            if cursor.position <= start:
                break
        cursor.end, cursor.age_us = whole, 0

    def _wanted(self, cursor: Cursor) -> int | None:
        if self.count is None:
            return None
        try:
            wanted = self.count(cursor.numbers)
        except NoValue as fault:
            raise PayloadUndecodable(reason="it does not say how many records it has") from fault
        if not 0 <= wanted <= LONGEST_PAYLOAD:
            raise PayloadUndecodable(reason=f"it says that it has {wanted} records")
        return int(wanted)

    def _read_one(self, cursor: Cursor, index: int, count: int | None) -> None:
        cursor.numbers["index"] = index
        cursor.numbers["count"] = 0 if count is None else count
        if self.age is not None:
            try:
                age_s = self.age(cursor.numbers)
            except NoValue:
                age_s = 0
            cursor.age_us = int(min(max(age_s, 0), MOST_AGE_S) * 1_000_000)
        self.fields.read(cursor)


class _Layout:
    def __init__(self, spec: Payload, properties: Properties) -> None:
        self.spec = spec
        self.prefix = bytes.fromhex(spec.prefix)
        order = spec.order
        parts: list[_Fields | _Tlv | _Records] = [_Fields(spec.fields, order, properties)]
        if spec.tlv is not None:
            parts.append(_Tlv(spec.tlv, order, properties))
        if spec.records is not None:
            parts.append(_Records(spec.records, order, properties))
        self.parts = [*parts, _Fields(spec.after, order, properties)]
        known = ALWAYS_KNOWN
        for part in self.parts:
            known = part.check(known)

    def agrees(self, payload: bytes, port: int) -> bool:
        spec = self.spec
        if spec.ports and port not in spec.ports:
            return False
        if spec.lengths and len(payload) not in spec.lengths:
            return False
        return len(payload) >= spec.least_length and payload.startswith(self.prefix)

    def read(self, payload: bytes, port: int) -> tuple[Reading, ...]:
        numbers = {"length": len(payload), "port": port}
        cursor = Cursor(payload, len(payload), numbers=dict(numbers))
        for part in self.parts:
            part.read(cursor)
        return tuple(cursor.readings.values())


class Decoder:
    """A decoder of some device types: its id, version, title, kind, devices, and what it reads."""

    def __init__(self, description: Description, vocabulary: Vocabulary) -> None:
        """Make it. Raises: DecoderUnreadable."""
        self.id = description.id
        self.version = description.version
        self.title = description.title
        self.kind = description.kind
        self.devices = tuple(description.devices)
        self.properties = {**vocabulary.properties, **description.properties}
        self.units = {**vocabulary.units, **description.units}
        self._description = description
        try:
            self._layouts = [_Layout(spec, self.properties) for spec in description.payload]
        except BadExpression as fault:
            raise DecoderUnreadable(name=description.id, reason=str(fault)) from fault
        self._check_units()

    def _check_units(self) -> None:
        for key in set(self.outputs().values()):
            unit = self.properties[key].unit
            if unit and unit not in self.units:
                raise DecoderUnreadable(name=self.id, reason=f"the unit “{unit}” is not known")

    def outputs(self) -> Mapping[str, str]:
        """The name of every reading it can make, with the key of its observed property."""
        found: dict[str, str] = {}
        for spec in self._description.payload:
            for each in _all_fields(spec):
                if each.property and each.name:
                    found.setdefault(each.name, each.property)
        return found

    @property
    def is_about_people(self) -> bool:
        """Whether any of its numbers come from people."""
        return any(self.properties[key].people for key in self.outputs().values())

    def decode(self, payload: bytes, port: int) -> tuple[Reading, ...]:
        """The readings of a payload; none where it is known and holds no measurement.

        Raises: PayloadUndecodable.
        """
        layouts = [layout for layout in self._layouts if layout.agrees(payload, port)]
        if not layouts:
            reason = f"no layout is known for {len(payload)} bytes on port {port}"
            raise PayloadUndecodable(reason=reason)
        return layouts[0].read(payload, port)


def _all_fields(spec: Payload) -> Iterable[Field]:
    yield from spec.fields
    for entry in spec.tlv.entries if spec.tlv else ():
        yield from entry.fields
    yield from spec.records.fields if spec.records else ()
    yield from spec.after


def read_vocabulary(text: str, name: str) -> Vocabulary:
    """Units and observed properties of a file. Raises: DecoderUnreadable."""
    return _read(text, name, Vocabulary)


def read_decoder(text: str, name: str, vocabulary: Vocabulary) -> Decoder:
    """The decoder that a file describes; `name` is the file's. Raises: DecoderUnreadable."""
    return Decoder(_read(text, name, Description), vocabulary)


def _read(text: str, name: str, kind: type[T]) -> T:
    if len(text) > LONGEST_DESCRIPTION:
        raise DecoderUnreadable(name=name, reason=f"it is over {LONGEST_DESCRIPTION} characters")
    try:
        return msgspec.toml.decode(text, type=kind)
    except (msgspec.MsgspecError, RecursionError) as fault:
        raise DecoderUnreadable(name=name, reason=str(fault)[:300]) from fault
