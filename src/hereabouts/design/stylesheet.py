"""The council's colours as a stylesheet, so that no page needs an inline style."""

from __future__ import annotations

import hashlib

from hereabouts.design.domain.council import Council, Palette


def stylesheet(council: Council) -> str:
    """Custom properties for light and dark, by the reader's choice first, the device's second."""
    light, dark = _properties(council.theme.light), _properties(council.theme.dark)
    return (
        f":root{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
    )


def stylesheet_etag(council: Council) -> str:
    """A strong entity tag that changes with the colours."""
    return f'"{hashlib.sha256(stylesheet(council).encode()).hexdigest()[:16]}"'


def _properties(palette: Palette) -> str:
    return (
        f"--council-brand:{palette.brand};"
        f"--council-on-brand:{palette.on_brand};"
        f"--council-link:{palette.link}"
    )
