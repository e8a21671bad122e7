"""How long observations are kept, as the owner writes it into a stream's or Thing's properties."""

from __future__ import annotations

from typing import Final

import msgspec

from hereabouts.sensing.domain.register.faults import UnusableError

MEMBER: Final = "keptDays"
MOST_DAYS: Final = 36_500
DAY: Final = 86_400_000_000
"""Microseconds."""
OWNERS: Final = frozenset({"Thing", "Datastream", "MultiDatastream"})
"""Entities whose `properties` may say it."""

_PROPERTIES = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NUMBER = msgspec.json.Decoder(int)


def check_kept_days(entity: str, properties: object, at: str = "properties") -> None:
    """Refuse days that cannot be kept to, in the `properties` of an entity as JSON text or None.

    Raises: UnusableError.
    """
    if entity in OWNERS and isinstance(properties, str):
        read_kept_days(properties, at)


def read_kept_days(properties: str | None, at: str = "properties") -> int | None:
    """The days in `properties` as JSON text; None where none are given.

    Raises: UnusableError where they are not a whole number from 1 to 36,500.
    """
    # Its name as it is, without escapes: the database looks for it by the same text.
    if properties is None or MEMBER not in properties:
        return None
    sent = _PROPERTIES.decode(properties).get(MEMBER)
    if sent is None or bytes(sent) == b"null":
        return None
    try:
        days = _NUMBER.decode(sent)
    except msgspec.DecodeError:
        days = 0
    if not 1 <= days <= MOST_DAYS:
        raise UnusableError(f"{at}/{MEMBER}", f"it is a whole number of days from 1 to {MOST_DAYS}")
    return days


def kept_days(stream: str | None, thing: str | None) -> int | None:
    """Days for which a stream's observations are kept, from its and its Thing's properties.

    The stream's own go before the Thing's. None for ever; also where what stands there was never
    checked and does not read as days.
    """
    try:
        own = read_kept_days(stream)
        return read_kept_days(thing) if own is None else own
    except UnusableError:
        return None
