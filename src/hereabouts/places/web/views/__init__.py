"""Pages of the gazetteer and the same as JSON."""
