"""The gazetteer as OGC API – Features and Tiles; it moves to the catalogue when there is one."""
