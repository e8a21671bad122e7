"""The chain: each entry's hash covers the one before it, so that no change goes unseen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

from hereabouts.kernel.canonical_json import Encoded, encode
from hereabouts.kernel.text import N_

GENESIS = "0" * 64
"""What stands before the first entry."""


@dataclass(frozen=True)
class Link:
    """One entry as stored; `recorded_at` and `payload` are the very texts that were hashed."""

    position: int
    recorded_at: str
    wire_name: str
    subject: str
    actor: str
    is_public: bool
    payload: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Head:
    """Where the journal ends: the last position and its hash."""

    position: int = 0
    hash: str = GENESIS


class Fault(Enum):
    """What is wrong with a link."""

    GAP = "gap"
    PREVIOUS = "previous"
    HASH = "hash"
    HEAD = "head"
    ANCHOR = "anchor"


@dataclass(frozen=True)
class Break:
    """The first broken link: where, and why."""

    position: int
    fault: Fault
    found: str

    @property
    def message(self) -> str:
        """The break's sentence in English, before it is filled."""
        return SENTENCES[self.fault]

    def sentence(self, translated: str | None = None) -> str:
        """The break in one sentence, or in its translation."""
        return (translated or self.message).format(position=self.position, found=self.found)


SENTENCES = {
    Fault.GAP: N_("The journal is broken at position {position}: the next entry is {found}."),
    Fault.PREVIOUS: N_(
        "The journal is broken at position {position}: the entry does not follow the one before it."
    ),
    Fault.HASH: N_("The journal is broken at position {position}: the entry was changed."),
    Fault.HEAD: N_("The journal is broken at position {position}: it should end at {found}."),
    Fault.ANCHOR: N_(
        "The journal is broken at position {position}: its hash is not the one that was noted."
    ),
}


def digest(link: Link) -> str:
    """The hash of an entry, in hexadecimal.

    SHA-256 over the previous hash, a line break, and the canonical JSON of everything else.
    """
    body = encode(
        {
            "actor": link.actor or None,
            "event": link.wire_name,
            "payload": Encoded(link.payload.encode("utf-8", "surrogatepass")),
            "position": link.position,
            "public": link.is_public,
            "recorded_at": link.recorded_at,
            "subject": link.subject,
        }
    )
    return hashlib.sha256(link.previous.encode() + b"\n" + body).hexdigest()


class Walk:
    """Follows a journal from its first entry, one at a time, in flat memory."""

    def __init__(self) -> None:
        self.head = Head()

    def follow(self, link: Link) -> Break | None:
        """Take the next entry; the break where it does not continue the chain."""
        expected = self.head.position + 1
        if link.position != expected:
            return Break(expected, Fault.GAP, str(link.position))
        if link.previous != self.head.hash:
            return Break(expected, Fault.PREVIOUS, link.previous)
        if not _is_itself(link):
            return Break(expected, Fault.HASH, link.hash)
        self.head = Head(link.position, link.hash)
        return None

    def stumble(self) -> Break:
        """The break at a next entry that cannot even be read."""
        return Break(self.head.position + 1, Fault.HASH, "")

    def finish(self, head: Head) -> Break | None:
        """The break where the journal does not end where its head says."""
        if head.position > self.head.position:
            return Break(self.head.position + 1, Fault.HEAD, str(head.position))
        if head != self.head:
            return Break(self.head.position, Fault.HEAD, str(head.position))
        return None


def _is_itself(link: Link) -> bool:
    texts = (link.recorded_at, link.wire_name, link.subject, link.actor, link.payload)
    if not all(isinstance(text, str) for text in texts):
        # SQLite keeps bytes where texts belong, if somebody puts them there.
        return False
    try:
        return digest(link) == link.hash
    except ValueError:
        # What was put in place of the entry has no canonical form at all.
        return False
