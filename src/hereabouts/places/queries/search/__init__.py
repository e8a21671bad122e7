"""The one search box: streets, postcodes, areas, premises, assets and named places."""

from __future__ import annotations

from hereabouts.places.queries.search.answering import search, search_grouped, suggest

__all__ = ["search", "search_grouped", "suggest"]
