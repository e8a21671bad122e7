"""GeoPackage 1.3, written with nothing but SQLite: one table of features a file."""

from hereabouts.standards.geopackage.writer import (
    Column,
    ColumnType,
    FeatureTable,
    Row,
    SqlValue,
    write_features,
)

__all__ = ["Column", "ColumnType", "FeatureTable", "Row", "SqlValue", "write_features"]
