"""Wire formats as pure libraries: no framework, no database, no clock."""
