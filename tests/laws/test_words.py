"""What the source may not contain: a council's name, a machine's path, a swallowed fault."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
REAL_PLACES = ("Newport", "Oxford", "Bristol", "Leeds", "Southwark")
pytestmark = pytest.mark.once


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.splitlines()]


def test_no_council_is_named_in_the_source() -> None:
    slugs = [folder.parent.name for folder in (ROOT / "councils").glob("*/council.toml")]
    councils = [ROOT / "councils" / slug / "council.toml" for slug in slugs]
    names = {tomllib.loads(file.read_text())["council"]["name"] for file in councils}
    banned = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in (*names, *REAL_PLACES)))
    assert slugs
    assert [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in SOURCES
        if (found := banned.search(path.read_text()))
    ] == []


def test_no_file_holds_the_path_of_a_machine() -> None:
    path = re.compile(rb"(?<![\w.-])/(?:home|Users|work|root|farm)/[\w.-]+")
    assert [
        str(file.relative_to(ROOT))
        for file in _tracked()
        if file.is_file()
        and file.suffix not in {".png", ".woff2"}
        and path.search(file.read_bytes())
    ] == []


def test_nothing_catches_every_fault_and_goes_on() -> None:
    swallowing = re.compile(
        r"except (Exception|BaseException)?\s*:\s*\n\s*(pass|continue|\.\.\.)|except:\s*\n"
    )
    assert [
        str(path.relative_to(ROOT)) for path in SOURCES if swallowing.search(path.read_text())
    ] == []
