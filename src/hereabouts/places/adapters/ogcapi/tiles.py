"""Tiles at the addresses of OGC API – Tiles: the same bytes, all layers or one collection's."""

from __future__ import annotations

from hereabouts.kernel.access import public
from hereabouts.kernel.asgi import Request, Response
from hereabouts.places.adapters.ogcapi.collections import TILE_PARTS
from hereabouts.places.adapters.tiles.http import answer_tile
from hereabouts.places.adapters.tiles.making import WHOLE
from hereabouts.standards.ogcapi.errors import FormatUnknown, ResourceUnknown
from hereabouts.standards.ogcapi.parameters import check_names


@public
def dataset_tile(request: Request) -> Response:
    """Answer with a tile of everything."""
    _check_query(request)
    return answer_tile(request, WHOLE)


@public
def collection_tile(request: Request) -> Response:
    """Answer with a tile of one collection. Raises: ResourceUnknown."""
    _check_query(request)
    name = request.parameters["collection"]
    parts = TILE_PARTS.get(name)
    if parts is None:
        raise ResourceUnknown(name=f"{name[:60]}/tiles")
    return answer_tile(request, parts)


def _check_query(request: Request) -> None:
    check_names(request.query, {"f"})
    form = request.query.get("f", "mvt")
    if form != "mvt":
        raise FormatUnknown(format=form[:40], known="mvt")
