"""What the build leaves in the package: no brand that is not ours, and the licences."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from hereabouts import design

APP = Path(design.__file__).parents[1] / "static" / "hereabouts" / "app"
BRANDED = re.compile(r"gds.transport|crown|royal(?!blue)|govuk-crest|opengraph")
pytestmark = pytest.mark.once


def built(pattern: str = "*") -> list[Path]:
    files = [path for path in APP.rglob(pattern) if path.is_file()]
    assert files, "the front end is not built: npm run build in web/"
    return files


def test_no_file_is_named_after_a_brand_that_is_not_ours() -> None:
    names = [path.name.lower() for path in built()]
    assert [name for name in names if BRANDED.search(name)] == []


@pytest.mark.parametrize("pattern", ["*.css", "*.js"])
def test_no_style_or_script_mentions_transport_or_the_crown(pattern: str) -> None:
    for path in built(pattern):
        text = path.read_text().lower()
        assert BRANDED.findall(text) == [], path.name


def test_styles_and_scripts_name_no_other_host() -> None:
    for path in built("*.css"):
        addresses = re.findall(r"url\(([^)]*)\)", path.read_text())
        assert addresses
        assert [one for one in addresses if not one.startswith(("./", "data:"))] == []


def test_compressed_copies_hold_the_same() -> None:
    copies = built("*.gz")
    for copy in copies:
        assert gzip.decompress(copy.read_bytes()) == copy.with_suffix("").read_bytes()
    assert {copy.with_suffix("").name for copy in copies} >= {
        path.name for path in built("*.js") if path.stat().st_size > 1000
    }


def test_the_manifest_names_files_that_are_there() -> None:
    manifest = json.loads((APP / "manifest.json").read_text())
    named = {
        name
        for entry in manifest.values()
        for name in (entry["file"], *entry.get("css", ()), *entry.get("assets", ()))
    }
    assert {"main.ts", "islands/places/place-map.ts"} <= set(manifest)
    assert [name for name in named if not (APP / name).is_file()] == []


def test_the_licences_of_what_is_bundled_ship_with_it() -> None:
    text = (APP / "licences.txt").read_text()
    for package in ("maplibre-gl", "govuk-frontend", "@fontsource/atkinson-hyperlegible-next"):
        assert f"\n{package} " in text
    assert "SIL OPEN FONT LICENSE" in text.upper()
    assert "\nvite " not in text
