"""Pages of the gazetteer, and the hot route of its tiles."""
