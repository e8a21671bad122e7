"""Postcodes: what one looks like, and the one way we write it."""

from __future__ import annotations

import re

_FORM = re.compile(
    r"(?:(?P<outward>[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]|[A-HK-Y][0-9][0-9A-Z]|[0-9][A-HJKPSTUW]))"
    r"(?P<inward>[0-9][ABD-HJLNP-UW-Z]{2})|(?P<giro>GIR)(?P<giro_inward>0AA))"
)
"""Source: the forms in the Royal Mail's programmer's guide to the postcode address file."""

_LONGEST = 16


def parse_postcode(text: str) -> str | None:
    """The postcode as `AA9 9AA`, or None where the text is not one.

    Takes any case and any blanks, inside too: `np100aa`, `B1  1AA` and ` OX1 1AA ` are read.
    """
    if len(text) > _LONGEST:
        return None
    found = _FORM.fullmatch("".join(text.split()).upper())
    if found is None:
        return None
    outward, inward = found["outward"] or found["giro"], found["inward"] or found["giro_inward"]
    return f"{outward} {inward}"


def outward_of(code: str) -> str:
    """The first half of a postcode written by `parse_postcode`: the district it belongs to."""
    return code.partition(" ")[0]
