"""Fields of a payload: made once from a description, then read from bytes."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hereabouts.standards.lorawan.description import Field, Property
from hereabouts.standards.lorawan.errors import PayloadUndecodable
from hereabouts.standards.lorawan.expressions import BadExpression, Expression, NoValue, Number

Outcome = float | int | bool | str
DIGITS = 12
"""Significant digits of a reading: below them lies only the noise of binary fractions."""

LARGEST = 1e30
_READ = re.compile(
    r"(?:(?P<skip>skip)(?P<count>[0-9]{1,3})|"
    r"(?P<kind>[uif])(?P<bits>8|16|24|32|40|48|56|64)(?P<order>be|le|lw)?)"
)
_MICROSECONDS = {"unix": 1_000_000, "unix_ms": 1_000}
EARLIEST_US, LATEST_US = 946_684_800_000_000, 4_102_444_800_000_000


@dataclass(frozen=True)
class Reading:
    """One value of a payload: `at_us` since 1970 UTC where the device says when, else None.

    `age_us` is how long before the frame, or before `at_us`, it was measured.
    """

    name: str
    value: Outcome
    property_key: str
    observed: Property
    at_us: int | None = None
    age_us: int = 0


@dataclass
class Cursor:
    """Where reading stands in a payload, and what was found so far."""

    data: bytes
    end: int
    position: int = 0
    numbers: dict[str, Number] = field(default_factory=dict)
    readings: dict[tuple[str, int | None, int], Reading] = field(default_factory=dict)
    at_us: int | None = None
    age_us: int = 0

    def take(self, count: int) -> bytes:
        """The next bytes. Raises: PayloadUndecodable where there are fewer."""
        start = self.position
        if start + count > self.end:
            raise PayloadUndecodable(reason=f"it ends before byte {start + count}")
        self.position = start + count
        return self.data[start : self.position]

    def note(self, reading: Reading) -> None:
        """Keep a reading; a later one of the same name and time takes its place."""
        self.readings[reading.name, reading.at_us, reading.age_us] = reading


@dataclass(frozen=True)
class Codec:
    """How a number stands in bytes."""

    kind: str
    size: int
    order: str

    def read(self, data: bytes) -> Number:
        """The number; NaN of a float is no number and raises NoValue."""
        if self.order == "lw":
            words = [data[start : start + 2] for start in range(0, self.size, 2)]
            data = b"".join(reversed(words))
        big = self.order != "le"
        if self.kind != "f":
            return int.from_bytes(data, "big" if big else "little", signed=self.kind == "i")
        (value,) = struct.unpack((">" if big else "<") + ("f" if self.size == 4 else "d"), data)
        if not math.isfinite(value):
            raise NoValue
        return float(value)


def make_codec(text: str, order: str) -> Codec:
    """The codec of a `read`. Raises: BadExpression."""
    match = _READ.fullmatch(text)
    if match is None:
        raise BadExpression(f"“{text}” is not a way to read a number")
    if match["skip"]:
        return Codec("skip", int(match["count"]), "be")
    size = int(match["bits"]) // 8
    if match["kind"] == "f" and size not in (4, 8):
        raise BadExpression(f"“{text}” is not a floating-point number")
    if match["order"] == "lw" and size % 2:
        raise BadExpression(f"“{text}” has no whole words")
    return Codec(match["kind"], size, match["order"] or ("be" if order == "big" else "le"))


class FieldReader:
    """Reads one field; made from its description.

    Raises BadExpression where the description does not hold together.
    """

    def __init__(self, spec: Field, order: str, properties: Mapping[str, Property]) -> None:
        """Check the description and prepare its expressions."""
        self.spec = spec
        self.codec = make_codec(spec.read, order) if spec.read else None
        self.when = Expression(spec.when) if spec.when else None
        self.value = Expression(spec.value) if spec.value else None
        self.name = spec.name or ""
        self.observed = properties.get(spec.property) if spec.property else None
        self.map = {_key(text): value for text, value in spec.map.items()} if spec.map else None
        self.invalid = frozenset(spec.invalid)
        self._check()

    def _check(self) -> None:
        spec, codec = self.spec, self.codec
        is_skip = codec is not None and codec.kind == "skip"
        if (spec.read is not None) + (spec.source is not None) > 1 or not (
            spec.read or spec.source or spec.value
        ):
            raise BadExpression(f"field “{self.name}” needs one of read, from and value")
        if not self.name and not is_skip:
            raise BadExpression("a field has no name")
        if spec.property and self.observed is None:
            raise BadExpression(f"the property “{spec.property}” is not known")
        self._check_bits()

    def _check_bits(self) -> None:
        if self.spec.bits is not None:
            lowest, count = self.spec.bits
            if not (0 <= lowest <= 63 and 1 <= count <= 64):
                raise BadExpression(f"field “{self.name}” has impossible bits")

    def used_names(self) -> frozenset[str]:
        """Names that have to stand before this field."""
        names = {self.spec.source} if self.spec.source else set()
        for expression in (self.when, self.value):
            names |= set(expression.names) if expression else set()
        return frozenset(names - {"x"})

    def read(self, cursor: Cursor) -> None:
        """Read it, if its condition holds, and note the reading it makes.

        Raises: PayloadUndecodable.
        """
        if self.when is not None and not _holds(self.when, cursor.numbers):
            return
        try:
            raw = self._raw(cursor)
            if raw is None:
                return
            if self.spec.must_be is not None and raw != self.spec.must_be:
                reason = f"{self.name} is {raw} and not {self.spec.must_be}"
                raise PayloadUndecodable(reason=reason)
            cursor.numbers[self.name] = raw
            self._conclude(raw, cursor)
        except NoValue:
            return

    def _raw(self, cursor: Cursor) -> Number | None:
        if self.codec is not None:
            number = self._read_bytes(cursor, self.codec)
        elif self.spec.source is not None:
            number = cursor.numbers.get(self.spec.source)
        else:
            return self._worked_out(None, cursor)
        if number is None or self.spec.bits is None or isinstance(number, float):
            return number
        return _some_bits(number, self.spec.bits, is_signed=self.spec.signed)

    def _read_bytes(self, cursor: Cursor, codec: Codec) -> Number | None:
        at = self.spec.at
        if at is not None:
            cursor.position = at if at >= 0 else len(cursor.data) + at
            if cursor.position < 0:
                raise PayloadUndecodable(reason=f"it is shorter than {-at} bytes")
        data = cursor.take(codec.size)
        return None if codec.kind == "skip" else codec.read(data)

    def _worked_out(self, raw: Number | None, cursor: Cursor) -> Number:
        if self.value is None:
            raise NoValue
        return self.value(cursor.numbers if raw is None else {**cursor.numbers, "x": raw})

    def _conclude(self, raw: Number, cursor: Cursor) -> None:
        if raw in self.invalid:
            return
        worked_out = (
            raw if self._is_derived() or self.value is None else self._worked_out(raw, cursor)
        )
        if self.spec.time is not None:
            cursor.at_us = _moment(worked_out, _MICROSECONDS[self.spec.time])
        if self.observed is None or self.spec.property is None:
            return
        value = self._outcome(worked_out)
        if value is not None:
            cursor.note(
                Reading(
                    self.name, value, self.spec.property, self.observed, cursor.at_us, cursor.age_us
                )
            )

    def _is_derived(self) -> bool:
        return self.codec is None and self.spec.source is None

    def _outcome(self, number: Number) -> Outcome | None:
        spec = self.spec
        if self.map is not None:
            return self.map.get(number)
        if self.observed is not None and self.observed.kind == "boolean":
            return bool(number)
        scaled = number if spec.scale == 1 and spec.add == 0 else number * spec.scale + spec.add
        value = _tidy(scaled)
        is_outside = (spec.least is not None and value < spec.least) or (
            spec.most is not None and value > spec.most
        )
        return None if is_outside or abs(value) > LARGEST else value


def _key(text: str) -> Number:
    try:
        return int(text, 0)
    except ValueError as fault:
        raise BadExpression(f"“{text}” in a map is not a whole number") from fault


def _moment(number: Number, unit: int) -> int | None:
    if not EARLIEST_US <= number * unit < LATEST_US:
        return None
    return int(number * unit)


def _holds(condition: Expression, numbers: Mapping[str, Number]) -> bool:
    try:
        return bool(condition(numbers))
    except NoValue:
        return False


def _some_bits(number: int, bits: Sequence[int], *, is_signed: bool) -> int:
    lowest, count = bits
    part = number >> lowest & ((1 << count) - 1)
    return part - (1 << count) if is_signed and part >> (count - 1) else part


def _tidy(value: Number) -> Number:
    if isinstance(value, int):
        return int(value)
    return float(f"{value:.{DIGITS}g}")
