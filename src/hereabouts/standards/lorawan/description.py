"""What a decoder file says, as it is written in TOML.

A file describes the payloads of one or more device types. Each `[[payload]]` is one layout, tried
in order; the first whose ports, lengths and first bytes agree is read: its `fields` in order, then
its `tlv` (marked values), then its `records` (the same fields again and again), then `after`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Kind = Literal["number", "count", "boolean", "category"]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
DecoderId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]
DeviceModel = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9._-]{1,40}/[a-z0-9._-]{1,60}$")]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Byte = Annotated[int, msgspec.Meta(ge=0, le=255)]
Value = float | bool | str


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit of measurement; its key is the UCUM code, `symbol` is for people."""

    name: Short
    symbol: str = ""
    definition: str = ""


class Property(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a reading observes; `unit` is a UCUM code, empty where there is none.

    `people` marks numbers that come from people: they are aggregates only, and the deployments
    that make them have to name their legal basis.
    """

    name: Short
    definition: Short
    description: str = ""
    unit: str = ""
    kind: Kind = "number"
    people: bool = False


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units and observed properties that decoders share."""

    units: dict[str, Unit] = {}
    properties: dict[Name, Property] = {}


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """One number: read from the payload, taken `from` an earlier one, or worked out as a `value`.

    `read` is `u8`, `i16`, `u24le`, `f32`, `u32lw` (two big-endian words, the low one first), … or
    `skip4`; `at` moves to a byte first, from the end where negative. `bits` is [lowest, how many].
    In `value` the number just read is `x`. The name holds the whole number before `value`,
    `scale` and `add`. With a `property` it is a reading, unless the number is one of `invalid`, is
    not in `map`, or lies outside `least` and `most`. `must_be` refuses a payload where it differs.
    """

    name: Name | None = None
    read: str | None = None
    source: Name | None = None
    value: str | None = None
    at: int | None = None
    bits: tuple[int, int] | None = None
    signed: bool = False
    when: str | None = None
    must_be: int | None = None
    invalid: list[int] = []
    map: dict[str, Value] | None = None
    scale: float = 1
    add: float = 0
    least: float | None = None
    most: float | None = None
    property: str | None = None
    time: Literal["unix", "unix_ms"] | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands behind a mark; `"*"` in the key agrees with anything."""

    key: list[int | Literal["*"]]
    fields: list[Field] = []
    size: Byte | None = None


class Tlv(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Marked values: a key, perhaps a length, and what the entry of that key says.

    `length` says where a byte with the length stands: before the key (and counting it) or after
    it. `tail` bytes at the end are left alone.
    """

    key: list[str]
    entries: list[Entry]
    length: Literal["before", "after"] | None = None
    tail: Byte = 0
    unknown: Literal["refuse", "stop", "skip"] = "refuse"


class Records(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same fields again and again, each record with its age in seconds.

    `count` and `age` are expressions; `index` counts from 0 and `count` is the number of records.
    Without `count` records go on to the end, `tail` bytes excepted.
    """

    fields: list[Field]
    count: str | None = None
    age: str | None = None
    tail: Byte = 0


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One layout and which payloads have it; nothing to read means that it is no measurement."""

    ports: list[Byte] = []
    lengths: list[Byte] = []
    least_length: Byte = 0
    prefix: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})*$")] = ""
    order: Literal["big", "little"] = "big"
    note: str = ""
    fields: list[Field] = []
    tlv: Tlv | None = None
    records: Records | None = None
    after: list[Field] = []


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decoder file; `devices` are `vendor/model` of the public device catalogue."""

    id: DecoderId
    version: Annotated[int, msgspec.Meta(ge=1)]
    title: Short
    kind: Short
    devices: list[DeviceModel]
    payload: Annotated[list[Payload], msgspec.Meta(min_length=1)]
    source: str = ""
    units: dict[str, Unit] = {}
    properties: dict[Name, Property] = {}
