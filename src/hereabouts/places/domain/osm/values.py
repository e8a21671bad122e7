"""Reads the small languages of tag values: numbers with units, lists, yes and no."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

Tags = Mapping[str, str]

FOOT_M = 0.3048
INCH_M = 0.0254
NUMBER = re.compile(r"\s*(\d{1,6}(?:[.,]\d{1,6})?)\s*([a-z'\"]*)", re.IGNORECASE)
FEET = re.compile(r"\s*(\d{1,4})\s*'\s*(?:(\d{1,2}(?:\.\d+)?)\s*\")?\s*$")

YES = frozenset({"yes", "true", "1"})
NOISE = (
    "source",
    "note",
    "fixme",
    "FIXME",
    "created_by",
    "comment",
    "attribution",
    "is_in",
    "not:",
    "import",
    "survey",
    "check_date",
    "date_checked",
)
"""Beginnings of keys that speak about the mapping, not about the thing."""

MOST_TAGS = 40
LONGEST_TAG = 255


def first(text: str) -> str:
    """The first of a list written with semicolons."""
    return text.split(";", 1)[0].strip()


def all_of(text: str) -> list[str]:
    """Every entry of a list written with semicolons."""
    return [part for part in (piece.strip() for piece in text.split(";")) if part]


def metres(text: str) -> float | None:
    """A length in metres, from `3.5`, `3.5 m`, `12 ft` or `6'7"`; None for what is no length."""
    feet = FEET.match(text)
    if feet:
        return round(int(feet[1]) * FOOT_M + float(feet[2] or 0) * INCH_M, 3)
    found = NUMBER.match(first(text))
    if not found:
        return None
    number, unit = float(found[1].replace(",", ".")), found[2].lower()
    scale = {"": 1.0, "m": 1.0, "metre": 1.0, "metres": 1.0, "ft": FOOT_M, "feet": FOOT_M}
    scale |= {"cm": 0.01, "km": 1000.0, "in": INCH_M}
    return round(number * scale[unit], 3) if unit in scale else None


def whole(text: str, most: int) -> int | None:
    """A count from 0 to `most`, or None; a half is rounded down."""
    found = NUMBER.match(first(text))
    if not found or found[2]:
        return None
    number = int(float(found[1].replace(",", ".")))
    return number if number <= most else None


def is_yes(text: str | None) -> bool:
    """Whether a value says yes plainly."""
    return text in YES


def without(tags: Tags, used: Collection[str]) -> dict[str, str]:
    """The tags that are not used elsewhere and tell something about the thing itself."""
    kept = {
        key: value[:LONGEST_TAG]
        for key, value in sorted(tags.items())
        if key not in used and not key.startswith(NOISE)
    }
    return dict(list(kept.items())[:MOST_TAGS])
