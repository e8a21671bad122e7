"""A place page's content in the reader's words, the same parts for every kind of place."""

from __future__ import annotations

from hereabouts.places.web.words.sheets.parts import Section, Sheet
from hereabouts.places.web.words.sheets.point import point_sheet
from hereabouts.places.web.words.sheets.reaching import area_sheet, postcode_sheet
from hereabouts.places.web.words.sheets.standing import asset_sheet, premises_sheet
from hereabouts.places.web.words.sheets.street import street_sheet

__all__ = [
    "Section",
    "Sheet",
    "area_sheet",
    "asset_sheet",
    "point_sheet",
    "postcode_sheet",
    "premises_sheet",
    "street_sheet",
]
