"""The fields packets are made of: numbers, texts and binary, read strictly.

Source: OASIS MQTT 5.0, section 1.5.
"""

from __future__ import annotations

from typing import Final

from hereabouts.standards.mqtt.faults import malformed

LARGEST_VARINT: Final = 268_435_455
LONGEST_FIELD: Final = 65_535


def read_text(raw: bytes) -> str:
    """UTF-8 without surrogates and without the null character. Raises: MqttError."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        raise malformed("a text is not UTF-8") from fault
    if "\0" in text:
        raise malformed("a text holds the null character")
    return text


class Reader:
    """Takes field after field from the body of one packet. Every method raises MqttError."""

    __slots__ = ("_at", "_body")

    def __init__(self, body: bytes, at: int = 0) -> None:
        self._body = body
        self._at = at

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._body)

    @property
    def at(self) -> int:
        """Where the next field begins."""
        return self._at

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self._at + count
        if end > len(self._body):
            raise malformed("a packet ends within a field")
        found = self._body[self._at : end]
        self._at = end
        return found

    def number(self, size: int) -> int:
        """A number of so many bytes."""
        return int.from_bytes(self.take(size), "big")

    def binary(self) -> bytes:
        """Bytes behind their length."""
        return self.take(self.number(2))

    def text(self) -> str:
        """Text behind its length."""
        return read_text(self.binary())

    def varint(self) -> int:
        """A number of one to four bytes, seven bits in each."""
        value = 0
        for shift in (0, 7, 14, 21):
            byte = self.number(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if shift and byte == 0:
                    raise malformed("a number is longer than it needs to be")
                return value
        raise malformed("a number has more than four bytes")

    def end(self) -> None:
        """Refuse anything left over."""
        if not self.is_done:
            raise malformed("a packet goes on behind its last field")


def packed(value: int, size: int) -> bytes:
    """A number in so many bytes. Raises: ValueError where it does not fit."""
    try:
        return value.to_bytes(size, "big")
    except OverflowError as fault:
        raise ValueError(f"{value} does not fit into {size} bytes") from fault


def varint(value: int) -> bytes:
    """A number of one to four bytes. Raises: ValueError where it does not fit."""
    if not 0 <= value <= LARGEST_VARINT:
        raise ValueError(f"{value} does not fit into four times seven bits")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def binary(value: bytes) -> bytes:
    """Bytes behind their length. Raises: ValueError where they are too many."""
    if len(value) > LONGEST_FIELD:
        raise ValueError("a field has at most 65,535 bytes")
    return len(value).to_bytes(2, "big") + value


def text(value: str) -> bytes:
    """Text behind its length. Raises: ValueError where MQTT cannot carry it."""
    if "\0" in value:
        raise ValueError("a text cannot hold the null character")
    return binary(value.encode())
