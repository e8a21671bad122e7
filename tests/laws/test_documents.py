"""Documents keep to the code: links resolve, every room and every reference page is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
ROOMS = sorted(
    folder.name
    for folder in (ROOT / "src" / "hereabouts").iterdir()
    if (folder / "__init__.py").exists() and folder.name != "locale"
)
ONE_SCREEN = 80
pytestmark = pytest.mark.once


def _documents() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).exists()]


def _is_broken(document: Path, target: str) -> bool:
    """Whether a link leads nowhere; `file.py#name` has to name a function or class there."""
    address, _, name = target.partition("#")
    path = (document.parent / address).resolve() if address else document
    if not path.exists():
        return True
    if path.suffix == ".py" and name:
        return not re.search(
            rf"^\s*(?:async )?(?:def|class) {re.escape(name)}\b|^{name}\b.*=",
            path.read_text(),
            re.M,
        )
    return False


def test_every_link_between_documents_and_code_resolves() -> None:
    links = [
        (document, target)
        for document in _documents()
        for target in LINK.findall(document.read_text())
        if not target.startswith(("http:", "https:", "mailto:"))
    ]
    assert len(links) > 20
    assert [
        f"{document.relative_to(ROOT)} → {target}"
        for document, target in links
        if _is_broken(document, target)
    ] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_readme_of_one_screen(room: str) -> None:
    readme = ROOT / "src" / "hereabouts" / room / "README.md"
    assert readme.exists()
    assert len(readme.read_text().splitlines()) <= ONE_SCREEN


def test_the_reference_is_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_decision_says_context_decision_consequences_and_alternatives() -> None:
    lacking = [
        f"{path.name}: {part}"
        for path in sorted((ROOT / "docs" / "decisions").glob("0*.md"))
        for part in ("Context", "Decision", "Consequences", "Alternatives")
        if part.lower() not in path.read_text().lower()
    ]
    assert lacking == []
