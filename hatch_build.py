"""Refuses to build a package without the built front end, which its pages cannot do without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANIFEST = Path("src/hereabouts/static/hereabouts/app/manifest.json")
EDITABLE = "editable"


class FrontEndHook(BuildHookInterface):
    """Checks that `npm run build` has run; a checkout in use (editable) may build later."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Stop the build of a wheel or source archive that would lack the front end."""
        if version != EDITABLE and not (Path(self.root) / MANIFEST).is_file():
            raise RuntimeError(
                f"{MANIFEST} is missing: build the front end first, with "
                "`make setup`, or with `npm ci && npm run build` in the folder web."
            )
