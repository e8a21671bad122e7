"""The data class of a Thing, as its owner writes it into its properties."""

from __future__ import annotations

import msgspec

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.register.faults import UnusableError

MEMBER = "dataClass"
WORDS = {entry.word: entry for entry in DataClass}

_PROPERTIES = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WORD = msgspec.json.Decoder(str)


def class_of(properties: str | None, at: str = "properties") -> DataClass:
    """The class in a Thing's `properties` as JSON text; open where none is given.

    Raises: UnusableError where the word is none of ours.
    """
    if properties is None:
        return DataClass.OPEN
    sent = _PROPERTIES.decode(properties).get(MEMBER)
    if sent is None:
        return DataClass.OPEN
    try:
        return WORDS[_WORD.decode(sent)]
    except (msgspec.DecodeError, KeyError) as fault:
        raise UnusableError(f"{at}/{MEMBER}", f"it is one of {', '.join(WORDS)}") from fault
