"""Columns of a row from the values of an entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from hereabouts.sensing.actions.register.tables import COLUMNS
from hereabouts.sensing.domain.register.places import read_place
from hereabouts.standards.sensorthings.model import EntityType

PLACES = {"Location": "location", "FeatureOfInterest": "feature"}
"""Entities with a place, and the property that holds it."""
UNIT_COLUMNS = {"name": "unit_name", "symbol": "unit_symbol", "definition": "unit_definition"}


def columns_of(entity: EntityType, values: Mapping[str, object]) -> dict[str, object]:
    """The columns that these values set, geometry and its index left out."""
    columns: dict[str, object] = {}
    for name, value in values.items():
        if name == "unitOfMeasurement":
            unit = cast(dict[str, str | None], value)
            columns |= {column: unit[part] for part, column in UNIT_COLUMNS.items()}
        elif name == "unitOfMeasurements":
            columns["units"] = _json(value)
        elif name == "multiObservationDataTypes":
            columns["result_types"] = _json(value)
        else:
            columns[COLUMNS.get(name, name)] = value
    return columns


def place_columns(encoding_type: str, value: str, at: str) -> dict[str, object]:
    """Geometry, cell and box of a Location or feature; all None where it has no place.

    Raises: UnusableError.
    """
    place = read_place(encoding_type, value, at)
    if place is None:
        return dict.fromkeys(("geometry", "cell", "west", "south", "east", "north"))
    box = place.box
    return {
        "geometry": place.wkb,
        "cell": place.cell,
        "west": box.west,
        "south": box.south,
        "east": box.east,
        "north": box.north,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
