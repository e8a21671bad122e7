"""Reads of the gazetteer; plain values out, never rows of a table."""
