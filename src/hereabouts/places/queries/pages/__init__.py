"""Everything that is known of one place, one module for each kind of page."""

from __future__ import annotations

from hereabouts.places.queries.pages.area import find_area
from hereabouts.places.queries.pages.asset import find_asset
from hereabouts.places.queries.pages.postcode import find_postcode
from hereabouts.places.queries.pages.premises import find_premises
from hereabouts.places.queries.pages.street import find_street

__all__ = ["find_area", "find_asset", "find_postcode", "find_premises", "find_street"]
