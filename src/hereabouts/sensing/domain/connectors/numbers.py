"""Numbers, truth values and positions as feeds write them."""

from __future__ import annotations

import math
import re

GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
TRUTHS = {"true": True, "false": False}


def read_number(value: object) -> float | None:
    """The finite number in a value, or None; thousands may be set off by commas."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        number = float(text)
    except ValueError:
        if not GROUPED.fullmatch(text):
            return None
        number = float(text.replace(",", ""))
    return number if math.isfinite(number) and "_" not in text else None


def read_value(value: object) -> float | bool | None:
    """The number or truth value in a value, or None."""
    if isinstance(value, bool):
        return value
    number = read_number(value)
    if number is None and isinstance(value, str):
        return TRUTHS.get(value.strip().lower())
    return number


def is_on_earth(lon: float, lat: float) -> bool:
    """Whether a pair can be a position; zero and zero is an empty form, not a place."""
    return -180 <= lon <= 180 and -90 <= lat <= 90 and not (lon == 0 and lat == 0)
