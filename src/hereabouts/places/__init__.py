"""The gazetteer: areas, streets, premises and assets, and finding them."""
