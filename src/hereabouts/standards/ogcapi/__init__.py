"""OGC API – Features and Tiles as pure values: parameters in, documents out; no web, no tables."""
