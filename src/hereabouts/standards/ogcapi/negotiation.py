"""Which of a resource's formats a reader gets: `f` if it says so, else the Accept header."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.standards.ogcapi.documents import NAMES
from hereabouts.standards.ogcapi.errors import FormatUnknown

MOST_ENTRIES = 40


def choose(asked: str | None, accept: str, offered: Sequence[str]) -> str:
    """The media type to serve; the first one offered where the reader has no preference.

    Raises: FormatUnknown for an `f` that is not offered. Source: RFC 9110, 12.5.1.
    """
    if asked is not None:
        for media in offered:
            if NAMES.get(media, media) == asked:
                return media
        known = ", ".join(dict.fromkeys(NAMES.get(media, media) for media in offered))
        raise FormatUnknown(format=asked[:40], known=known)
    weighed = [(_weight(media, accept), -place, media) for place, media in enumerate(offered)]
    best = max(weighed)
    return best[2] if best[0] > 0 else offered[0]


def _weight(media: str, accept: str) -> float:
    """How much the reader wants it: the most exact entry of the header that fits decides."""
    kind = media.split(";")[0]
    family = f"{kind.split('/')[0]}/*"
    found: dict[str, float] = {}
    for entry in accept.split(",")[:MOST_ENTRIES]:
        name, _, rest = entry.strip().partition(";")
        found.setdefault(name.strip().lower(), _quality(rest))
    for fitting in (kind, *_related(kind), family, "*/*"):
        if fitting in found:
            return found[fitting]
    return 0.0


def _related(kind: str) -> Sequence[str]:
    """Plain JSON will do for whoever asks for it and gets a kind of JSON."""
    return ("application/json",) if kind.endswith("+json") else ()


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
