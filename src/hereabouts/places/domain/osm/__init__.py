"""What the tags of OpenStreetMap mean to the gazetteer. Source: wiki of OpenStreetMap, Map features."""
