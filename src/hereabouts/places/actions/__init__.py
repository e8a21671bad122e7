"""Writes to the gazetteer, each in one transaction."""
