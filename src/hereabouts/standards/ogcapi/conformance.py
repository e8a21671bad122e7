"""The conformance classes that our documents can claim; tests name the requirements they prove."""

from __future__ import annotations

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
OPENAPI = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30"
HTML = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html"
GEOJSON = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson"
COMMON_CORE = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core"
COMMON_COLLECTIONS = "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections"
REFERENCE_SYSTEMS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"
QUERYABLES = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables"
QUERYABLE_PARAMETERS = (
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters"
)
TILES_CORE = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core"
TILESET = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset"
TILESETS_LIST = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list"
DATASET_TILESETS = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets"
GEODATA_TILESETS = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets"
MVT = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt"

ALL = (
    CORE,
    OPENAPI,
    HTML,
    GEOJSON,
    COMMON_CORE,
    COMMON_COLLECTIONS,
    REFERENCE_SYSTEMS,
    QUERYABLES,
    QUERYABLE_PARAMETERS,
    TILES_CORE,
    TILESET,
    TILESETS_LIST,
    DATASET_TILESETS,
    GEODATA_TILESETS,
    MVT,
)
