"""Bytes into lines of text: whatever the encoding, and never more than one line in memory."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from pathlib import PurePosixPath

from hereabouts.places.adapters.unpacking import Opened
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.records import Finding

MAX_LINE_CHARACTERS = 1_000_000
MAX_RECORD_LINES = 300
"""Lines that one quoted cell may run over; more means that a quotation mark was never closed."""

HEAD = 512
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class RecordTooLong(Exception):  # noqa: N818 - caught beside csv.Error, never shown
    """A record runs over too many lines."""


class Lines:
    """The lines of a stream, which the reader of records may take back.

    Text is UTF-8, or UTF-16 with its mark; a line that is not UTF-8 is read as Windows-1252. Lines
    that are too long or hold NUL bytes are passed over as findings.
    """

    def __init__(self, opened: Opened, findings: Findings) -> None:
        self.head = opened.stream.peek(HEAD)[:HEAD]
        is_utf_16 = self.head[:2] in _UTF_16
        encoding = "utf-16" if is_utf_16 else "utf-8-sig"
        errors = "replace" if is_utf_16 else "surrogateescape"
        self.text = io.TextIOWrapper(opened.stream, encoding, errors, newline="")
        self.findings, self.name = findings, PurePosixPath(opened.name).name
        self.number = 0
        self.ended = False
        self.taken: list[str] = []
        self._returned: deque[str] = deque()
        self._told_encoding = False

    def __enter__(self) -> Lines:
        """Read within the stream's own block."""
        return self

    def __exit__(self, *fault: object) -> None:
        """Let go of the stream, which whoever opened it closes."""
        self.text.detach()

    def __iter__(self) -> Iterator[str]:
        """The lines, from where the last reader stopped."""
        return self

    def __next__(self) -> str:
        """The next line. Raises: RecordTooLong when a record has taken too many."""
        if len(self.taken) >= MAX_RECORD_LINES:
            raise RecordTooLong
        line = self._returned.popleft() if self._returned else self._read()
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    def begin_record(self) -> None:
        """Forget the lines of the last record."""
        self.taken.clear()
        self.ended = False

    @property
    def began_at(self) -> int:
        """The number of the first line of this record."""
        return self.number - len(self.taken) + 1

    def take_back(self) -> None:
        """Give back all lines of this record but its first, to be read again as records."""
        self._returned.extendleft(reversed(self.taken[1:]))
        self.number -= max(0, len(self.taken) - 1)

    def _read(self) -> str:
        while True:
            line = self.text.readline(MAX_LINE_CHARACTERS)
            if len(line) == MAX_LINE_CHARACTERS and not line.endswith(("\n", "\r")):
                self._pass_over_rest()
                self._note("table.line_too_long")
            elif "\x00" in line:
                self._note("table.nul_bytes")
            else:
                return line if line.isascii() else self._mended(line)

    def _pass_over_rest(self) -> None:
        while rest := self.text.readline(MAX_LINE_CHARACTERS):
            if rest.endswith(("\n", "\r")):
                return

    def _note(self, code: str) -> None:
        self.number += 1
        self.findings.add(Finding(code, f"{self.name}, line {self.number}"))

    def _mended(self, line: str) -> str:
        try:
            line.encode()
        except UnicodeEncodeError:
            if not self._told_encoding:
                self._told_encoding = True
                self.findings.add(Finding("table.not_utf_8", self.name, repaired=True))
            return line.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        return line
