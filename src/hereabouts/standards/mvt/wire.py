"""Protocol Buffers by hand: rows of numbers become one run of varints without a loop over rows."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Counts = NDArray[np.int64]

MAX_VARINT_BYTES = 5
"""Enough for the 32-bit numbers that tiles are made of."""


@dataclass(frozen=True)
class Rows:
    """Rows of unequal length, end to end: `counts[i]` numbers of `values` belong to row i."""

    values: Numbers
    counts: Counts

    def __len__(self) -> int:
        return len(self.counts)

    def grouped(self, sizes: Counts) -> Rows:
        """The same numbers in fewer rows: row i becomes the next `sizes[i]` rows joined."""
        ends = np.concatenate(([0], np.cumsum(self.counts)))
        return Rows(self.values, np.diff(ends[np.concatenate(([0], np.cumsum(sizes)))]))

    def taken(self, order: NDArray[np.int64]) -> Rows:
        """The rows of these numbers, in this order."""
        starts = np.cumsum(self.counts) - self.counts
        counts = self.counts[order]
        return Rows(self.values[_spans(starts[order], counts)], counts)


def column(values: NDArray[np.integer] | int, rows: int) -> Rows:
    """One number a row: the same everywhere, or row by row."""
    filled = np.broadcast_to(np.asarray(values, dtype=np.uint32), (rows,))
    return Rows(filled, np.ones(rows, dtype=np.int64))


def braid(*pieces: Rows) -> Rows:
    """Row i of the result is row i of every piece, one after the other."""
    counts: Counts = np.add.reduce([piece.counts for piece in pieces], axis=0)
    starts = np.cumsum(counts) - counts
    values = np.empty(int(counts.sum()), dtype=np.uint32)
    for piece in pieces:
        values[_spans(starts, piece.counts)] = piece.values
        starts = starts + piece.counts
    return Rows(values, counts)


def joined(pieces: list[Rows]) -> Rows:
    """The rows of the first piece, then those of the second, and so on."""
    return Rows(
        np.concatenate([piece.values for piece in pieces]),
        np.concatenate([piece.counts for piece in pieces]),
    )


def encoded_sizes(rows: Rows) -> NDArray[np.uint32]:
    """How many bytes each row takes as varints."""
    ends = np.concatenate(([0], np.cumsum(_varint_sizes(rows.values), dtype=np.int64)))
    return np.diff(ends[np.concatenate(([0], np.cumsum(rows.counts)))]).astype(np.uint32)


def varints(numbers: Numbers) -> bytes:
    """The numbers as varints, end to end. Source: Protocol Buffers, Base 128 Varints."""
    sizes = _varint_sizes(numbers)
    starts = np.cumsum(sizes, dtype=np.int64) - sizes
    written = np.empty(int(starts[-1] + sizes[-1]) if len(sizes) else 0, dtype=np.uint8)
    written[starts] = numbers & np.uint32(0x7F)
    # Nearly all numbers are short, so each further byte looks only at those that go on.
    longer = np.flatnonzero(sizes > 1)
    for place in range(1, MAX_VARINT_BYTES):
        written[starts[longer] + (place - 1)] |= np.uint8(0x80)
        written[starts[longer] + place] = (numbers[longer] >> np.uint32(7 * place)) & np.uint32(
            0x7F
        )
        longer = longer[sizes[longer] > place + 1]
    return written.tobytes()


def zigzag(numbers: NDArray[np.int32]) -> Numbers:
    """Signed numbers with the small ones first: 0, −1, 1, −2 become 0, 1, 2, 3."""
    return ((numbers << 1) ^ (numbers >> 31)).view(np.uint32)


def varint(number: int) -> bytes:
    """One number as a varint; negative ones as 64-bit two's complement."""
    number &= 0xFFFFFFFFFFFFFFFF
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def block(field: int, content: bytes) -> bytes:
    """A length-delimited field: a text or a nested message."""
    return varint(field << 3 | 2) + varint(len(content)) + content


def number_field(field: int, number: int) -> bytes:
    """A varint field."""
    return varint(field << 3) + varint(number)


def double_field(field: int, number: float) -> bytes:
    """A 64-bit floating point field."""
    return varint(field << 3 | 1) + struct.pack("<d", number)


def _varint_sizes(numbers: Numbers) -> NDArray[np.uint8]:
    sizes = np.ones(len(numbers), dtype=np.uint8)
    for place in range(1, MAX_VARINT_BYTES):
        sizes += numbers >= np.uint32(1 << 7 * place)
    return sizes


def _spans(starts: Counts, counts: Counts) -> NDArray[np.int64]:
    """Indices `starts[i] … starts[i] + counts[i]`, one run after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
