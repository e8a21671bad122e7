"""Reads OpenStreetMap files into records of the gazetteer."""
