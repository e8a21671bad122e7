"""Where things lie: river, railway, main roads, neighbourhoods and the streets that fill them."""
