"""Other forms of an answer than plain JSON: data arrays, CSV and GeoJSON."""
