"""A thing's name in its usual form and in Welsh."""

from __future__ import annotations

from hereabouts.places.domain.osm.values import Tags


def names_of(tags: Tags) -> tuple[str, str]:
    """The name, and the Welsh name where it differs; both empty for a thing without one.

    A thing whose usual name is the Welsh one is named in English first where that is known, so that
    either language has its own.
    """
    usual, welsh, english = (tags.get(key, "").strip() for key in ("name", "name:cy", "name:en"))
    if english and (not usual or usual == welsh):
        usual, welsh = english, welsh or usual
    name = usual or welsh
    return name, "" if welsh == name else welsh
