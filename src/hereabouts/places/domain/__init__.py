"""Rules of the gazetteer; no framework, no tables, no clock."""
