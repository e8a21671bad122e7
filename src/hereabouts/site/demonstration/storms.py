"""Storms that somebody ordered for the demonstration town, kept in its folder."""

from __future__ import annotations

import json
import time
from pathlib import Path

from hereabouts.town.sensing.weather import Storm

FILE = "weather.json"
KEPT_S = 86_400.0


def read_storms(folder: Path) -> list[Storm]:
    """The storms ordered for a town, past ones of a day among them."""
    path = folder / FILE
    if not path.exists():
        return []
    return [Storm(**one) for one in json.loads(path.read_text())]


def order_storm(folder: Path, minutes: float, mm_per_hour: float) -> Storm:
    """Let it rain from now on for so long and so hard."""
    moment = time.time()
    storm = Storm(moment, moment + 60 * minutes, mm_per_hour)
    kept = [one for one in read_storms(folder) if one.end > moment - KEPT_S]
    draft = folder / f"{FILE}.new"
    draft.write_text(
        json.dumps(
            [
                {"start": one.start, "end": one.end, "mm_per_hour": one.mm_per_hour}
                for one in (*kept, storm)
            ]
        )
    )
    draft.replace(folder / FILE)
    return storm
