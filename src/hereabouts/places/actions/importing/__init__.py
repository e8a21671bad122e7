"""Imports: one file read, compared with what the gazetteer holds, and written in one go.

An importer is a `ports.Reader` that turns a file into a `Batch`; everything else happens here.

    summary = import_file(path, "osm", actor, ImportOptions(say=progress))
"""

from __future__ import annotations

from hereabouts.places.actions.importing.run import (
    IMPORT,
    ImportOptions,
    import_batch,
    import_file,
)

__all__ = ["IMPORT", "ImportOptions", "import_batch", "import_file"]
