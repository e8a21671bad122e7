"""Reads GeoPackage and Shapefile through GDAL, which only ever meets a file we have looked at."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import (
    CRSError,
    DataLayerError,
    DataSourceError,
    FeatureError,
    FieldError,
    GeometryError,
)

from hereabouts.kernel.geometry import Box
from hereabouts.places.adapters.layers.layer import Layer
from hereabouts.places.adapters.projection import box_in, described_system
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.records import Finding
from hereabouts.places.errors import FieldMissing, FileDamaged, WrongKindOfFile

MAX_FEATURES = 2_000_000
DRIVERS = ("GPKG", "ESRI Shapefile")
FAULTS = (
    CRSError,
    DataLayerError,
    DataSourceError,
    FeatureError,
    FieldError,
    GeometryError,
    UnicodeDecodeError,
)

pyogrio.set_gdal_config_options(
    {
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",  # no sidecar files are looked for
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".nothing",  # no file is fetched from the network
        "OGR_SQLITE_LOAD_EXTENSIONS": None,
        "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
        "PROJ_NETWORK": "OFF",
    }
)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to read of a file: which fields (None is all), and which box."""

    fields: Sequence[str] | None = None
    box: Box | None = None


EVERYTHING = Wish()


def read_vector_file(path: Path, name: str, findings: Findings, wish: Wish = EVERYTHING) -> Layer:
    """Read the first layer with shapes.

    `name` is what people call the file. Raises: FileDamaged, WrongKindOfFile, FieldMissing.
    """
    try:
        with warnings.catch_warnings():
            # GDAL's remarks on a file; what matters of them shows in what it reads.
            warnings.simplefilter("ignore", RuntimeWarning)
            layer = _read(os.path.abspath(path), name, wish)
    except FAULTS as fault:
        raise FileDamaged(name=name, reason="it cannot be read as a map layer") from fault
    if not layer.system:
        findings.add(Finding("layer.no_coordinate_system", name))
    return layer


def _read(local: str, name: str, wish: Wish) -> Layer:
    layer = _first_layer(local, name)
    about = pyogrio.read_info(local, layer=layer)
    if about["driver"] not in DRIVERS or (about["features"] > MAX_FEATURES and wish.box is None):
        raise WrongKindOfFile(name=name, expected="a GeoPackage or a Shapefile of this size")
    known = [str(field) for field in about["fields"]]
    wanted = known if wish.fields is None else list(wish.fields)
    for field in wanted:
        if field not in known:
            raise FieldMissing(name=name, field=field, found=", ".join(known) or "none")
    system = described_system(about["crs"]) if about["crs"] else ""
    meta, _, blobs, columns = pyogrio.raw.read(
        local,
        layer=layer,
        columns=wanted,
        force_2d=True,
        bbox=box_in(wish.box, system) if wish.box and system else None,
    )
    shapes = shapely.from_wkb(blobs, on_invalid="ignore")
    there = np.array([blob is not None for blob in blobs], dtype=bool)
    lost = np.flatnonzero(shapely.is_missing(shapes) & there)
    return Layer(
        name=name,
        fields=known,
        # The fields come back in the file's order, whatever was asked for.
        values={str(field): found for field, found in zip(meta["fields"], columns, strict=True)},
        shapes=shapes,
        system=system,
        unreadable=frozenset(int(place) for place in lost),
    )


def _first_layer(local: str, name: str) -> str:
    layers = pyogrio.list_layers(local)
    with_shapes = [str(layer) for layer, kind in layers if kind is not None]
    if not with_shapes:
        raise WrongKindOfFile(name=name, expected="a map layer: it holds only tables")
    return with_shapes[0]
