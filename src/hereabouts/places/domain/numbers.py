"""Numbers as tables write them, read strictly."""

from __future__ import annotations

import math
import re

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}(\.0*)?")
_COMMAS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def parse_number(text: str) -> float | None:
    """A finite decimal number, with or without thousands commas, or None."""
    bare = _without_commas(text.strip())
    if not _DECIMAL.fullmatch(bare):
        return None
    number = float(bare)
    return number if math.isfinite(number) else None


def parse_whole(text: str) -> int | None:
    """A whole number, also one that a spreadsheet wrote as `1625.0`, or None."""
    bare = _without_commas(text.strip())
    return int(bare.partition(".")[0]) if _WHOLE.fullmatch(bare) else None


def _without_commas(text: str) -> str:
    if "," in text and _COMMAS.fullmatch(text):
        return text.replace(",", "")
    return text
