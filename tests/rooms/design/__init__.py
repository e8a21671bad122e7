"""How pages look, read and answer."""
