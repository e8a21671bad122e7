"""Deployments as files: the same as the list, for programs and spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from hereabouts.sensing.domain.deployments.views import Card, StandsIn

COLUMNS = (
    *("uid", "reference", "title", "state", "state_since", "department", "measures"),
    *("data_class", "network", "power", "longitude", "latitude", "asset", "areas"),
)

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would take for a formula."""


def as_object(card: Card, areas: Sequence[StandsIn] = ()) -> dict[str, Any]:  # Any: JSON
    """A deployment as JSON; keys of the council's lists, not their names."""
    return {
        "uid": card.uid,
        "reference": card.reference,
        "title": card.title,
        "state": card.state.value,
        "state_since": card.state_since.isoformat(),
        "department": card.department,
        "measures": list(card.measures),
        "data_class": card.data_class.word,
        "network": card.network.value if card.network else None,
        "power": card.power.value if card.power else None,
        "longitude": card.place.lon,
        "latitude": card.place.lat,
        "asset": card.asset_uid or None,
        "areas": [area.code for area in areas],
    }


def write_csv(objects: Sequence[dict[str, Any]]) -> bytes:  # Any: JSON
    """The same as CSV, lists with spaces between; safe to open in a spreadsheet.

    Source: RFC 4180; OWASP, CSV Injection.
    """
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows([_cell(one[name]) for name in COLUMNS] for one in objects)
    return written.getvalue().encode()


def _cell(value: Any) -> str | float:  # Any: JSON
    if value is None:
        return ""
    if isinstance(value, float):
        return value
    text = " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
