"""Layers: features with fields and a shape, from GeoJSON, GeoPackage and Shapefile, in WGS 84."""

from __future__ import annotations

from hereabouts.places.adapters.layers.layer import Layer, Shapes, in_degrees
from hereabouts.places.adapters.layers.orientation import refuse_latitude_first
from hereabouts.places.adapters.layers.reading import read_layer
from hereabouts.places.adapters.layers.vector_files import Wish

__all__ = ["Layer", "Shapes", "Wish", "in_degrees", "read_layer", "refuse_latitude_first"]
