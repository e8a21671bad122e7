"""Whether two colours can be told apart, by the arithmetic of WCAG."""

from __future__ import annotations

import re

_HEX = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Whether the text is a colour as we write them: `#` and six hexadecimal digits."""
    return _HEX.fullmatch(text.lower()) is not None


def luminance(colour: str) -> float:
    """Relative luminance from 0 (black) to 1 (white) of a `#rrggbb` colour.

    Source: WCAG 2.2, relative luminance.
    """
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, from 1 to 21.

    Source: WCAG 2.2, contrast ratio.
    """
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
