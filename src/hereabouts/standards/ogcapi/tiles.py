"""Vector tiles as the standard describes them: one tile matrix set, tile sets, their links."""

from __future__ import annotations

import math

from hereabouts.kernel.geometry import Box, to_square
from hereabouts.standards.ogcapi.model import (
    JSON_TYPE,
    MVT_TYPE,
    Collection,
    Dataset,
    Link,
)

Document = dict[str, object]

WEB_MERCATOR = "WebMercatorQuad"
WEB_MERCATOR_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
WEB_MERCATOR_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
MVT_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
TILE_MATRIX_SETS_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
TILING_SCHEME_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"

HALF_SIDE_M = 20_037_508.342789244
"""Half the side of the web map's square. Source: EPSG:3857, pi times 6378137."""

PIXELS = 256
PIXEL_M = 0.00028
"""The standard's pixel, by which scale denominators are reckoned. Source: TMS 2.0, 6.2."""


def matrix_sets_document(root: str) -> Document:
    """The list of tile matrix sets. Source: Tiles 1, Annex A."""
    link = Link(f"{root}/tileMatrixSets/{WEB_MERCATOR}", "self", JSON_TYPE, WEB_MERCATOR)
    entry = {"id": WEB_MERCATOR, "title": "Google Maps Compatible for the World"}
    entry |= {"uri": WEB_MERCATOR_URI, "crs": WEB_MERCATOR_CRS}
    return {"tileMatrixSets": [{**entry, "links": [link.document()]}]}


def matrix_set_document(highest_zoom: int) -> Document:
    """The tile matrix set from zoom 0 to the highest. Source: Two Dimensional TMS 2.0, D.1."""
    return {
        "id": WEB_MERCATOR,
        "title": "Google Maps Compatible for the World",
        "uri": WEB_MERCATOR_URI,
        "crs": WEB_MERCATOR_CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(highest_zoom + 1)],
    }


def _matrix(zoom: int) -> Document:
    cell = 2 * HALF_SIDE_M / PIXELS / 2**zoom
    return {
        "id": str(zoom),
        "scaleDenominator": cell / PIXEL_M,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_SIDE_M, HALF_SIDE_M],
        "tileWidth": PIXELS,
        "tileHeight": PIXELS,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }


def tilesets_document(address: str, title: str) -> Document:
    """The tile sets that an address has: one. Source: Tiles 1, 10."""
    link = Link(f"{address}?f=json", "self", JSON_TYPE, "This document")
    return {"links": [link.document()], "tilesets": [_summary(address, title)]}


def _summary(address: str, title: str) -> Document:
    links = [Link(f"{address}/{WEB_MERCATOR}", "self", JSON_TYPE, "The tile set")]
    return {
        "title": title,
        "dataType": "vector",
        "crs": WEB_MERCATOR_CRS,
        "tileMatrixSetURI": WEB_MERCATOR_URI,
        "links": [link.document() for link in links],
    }


def tileset_document(
    dataset: Dataset, root: str, zooms: range, collection: Collection | None = None
) -> Document:
    """One tile set, of the whole or of one collection. Source: Tiles 1, 8."""
    folder = f"{root}/collections/{collection.id}" if collection else root
    address = f"{folder}/tiles/{WEB_MERCATOR}"
    tile = f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    links = [
        Link(f"{address}?f=json", "self", JSON_TYPE, "This document"),
        Link(tile, "item", MVT_TYPE, "Vector tiles", is_template=True),
        Link(
            f"{root}/tileMatrixSets/{WEB_MERCATOR}", TILING_SCHEME_RELATION, JSON_TYPE, WEB_MERCATOR
        ),
    ]
    document: Document = {
        **_summary(f"{folder}/tiles", collection.title if collection else dataset.title),
        "tileMatrixSetId": WEB_MERCATOR,
        "links": [link.document() for link in links],
    }
    if dataset.attribution:
        document["attribution"] = dataset.attribution
    if dataset.extent:
        document["tileMatrixSetLimits"] = [limits(dataset.extent, zoom) for zoom in zooms]
        document["boundingBox"] = bounding_box(dataset.extent)
    return document


def limits(box: Box, zoom: int) -> Document:
    """The rows and columns of one zoom that hold anything."""
    west, north = to_square(box.west, box.north)
    east, south = to_square(box.east, box.south)
    return {
        "tileMatrix": str(zoom),
        "minTileRow": _place(north, zoom),
        "maxTileRow": _place(south, zoom),
        "minTileCol": _place(west, zoom),
        "maxTileCol": _place(east, zoom),
    }


def _place(share: float, zoom: int) -> int:
    side = 1 << zoom
    return min(side - 1, max(0, math.floor(share * side)))


def bounding_box(box: Box) -> Document:
    """The box as TMS 2.0 writes it."""
    return {
        "lowerLeft": [box.west, box.south],
        "upperRight": [box.east, box.north],
        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    }
