"""What is filed for each feature, so that the box finds it: names, words and weights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_words import key_of, plain_words, terms_of

MAX_NUMBER = 12
MAX_RANGE = 60
"""House numbers a range such as 2-40 may stand for; more is a mistake in the data."""

KIND_WEIGHT = {Kind.STREET: 0, Kind.AREA: 4, Kind.LABEL: 12, Kind.PREMISES: 24, Kind.ASSET: 40}
"""How many letters longer a name of another kind may seem: streets and areas come first."""

_RANGE = re.compile(r"^(\d{1,4})\s*[-–]\s*(\d{1,4})$")
_NUMBER = re.compile(r"^\d{1,5}[a-z]?$")


@dataclass(frozen=True)
class Entry:
    """One name of one feature, reduced for the index; `what` is its type within its kind."""

    kind: Kind
    feature_id: int
    uid: str
    name: str
    what: str
    key: str
    terms: tuple[str, ...]
    weight: int


@dataclass(frozen=True)
class Named:
    """A feature and the names it goes by, the chief one first."""

    kind: Kind
    feature_id: int
    uid: str
    what: str
    names: Sequence[str]


def entries_for(feature: Named) -> Iterator[Entry]:
    """An entry for each of a feature's names that says something new."""
    seen: set[str] = set()
    for name in feature.names:
        key = key_of(name)[:300]
        if not key or key in seen:
            continue
        seen.add(key)
        yield Entry(
            kind=feature.kind,
            feature_id=feature.feature_id,
            uid=feature.uid,
            name=name[:260],
            what=feature.what,
            key=key,
            terms=tuple(terms_of(name)),
            weight=KIND_WEIGHT[feature.kind] + min(len(key), 200),
        )


def numbers_of(number: str) -> list[str]:
    """The house numbers an address answers to: `12-16` also to 12, 14 and 16; `3;5` to both."""
    found: list[str] = []
    for part in re.split(r"[;,/&+]", number):
        joined = "".join(plain_words(part))[:MAX_NUMBER]
        if joined:
            found.append(joined)
        found += _within(part.strip())
    return list(dict.fromkeys(found))


def is_number(word: str) -> bool:
    """Whether a word looks like a house number: 12 or 12a."""
    return bool(_NUMBER.match(word))


def _within(part: str) -> list[str]:
    ends = _RANGE.match(part)
    if not ends:
        return []
    first, last = int(ends[1]), int(ends[2])
    if not first < last <= first + MAX_RANGE:
        return []
    step = 2 if (last - first) % 2 == 0 else 1
    return [str(number) for number in range(first, last + 1, step)]
