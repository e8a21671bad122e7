"""Vector tiles of the gazetteer: what `web/TILES.md` promises to the map."""

from hereabouts.places.adapters.tiles.http import tile

__all__ = ["tile"]
