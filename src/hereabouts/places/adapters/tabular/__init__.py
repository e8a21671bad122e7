"""Tables of text: CSV and its relatives, plain, gzipped or zipped, row by row in flat memory."""

from __future__ import annotations

from hereabouts.places.adapters.tabular.tables import Row, Table, read_table, read_tables

__all__ = ["Row", "Table", "read_table", "read_tables"]
