"""Shared by every test: real data, a real browser, and a loud word where either is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.journal_guards import let_flushes_through
from tests.shared_data import shared_file

CHROMIUM = next(
    (
        found
        for name in (os.environ.get("HEREABOUTS_TEST_BROWSER", ""), "chromium", "chromium-browser")
        if name and (found := shutil.which(name))
    ),
    None,
)

LEFT_OUT: pytest.StashKey[list[str]] = pytest.StashKey()


@pytest.fixture(scope="session", autouse=True)
def _emptied_between_tests() -> None:
    let_flushes_through()


@pytest.fixture
def shared_place() -> Path:
    """The folder of real place data beside the checkout."""
    return shared_file("place")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; tests that ask for it carry the mark `browser`."""
    assert CHROMIUM is not None
    return CHROMIUM


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take browser tests out where there is no browser, and remember to say so."""
    if CHROMIUM is not None:
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out and os.environ.get("CI"):
        raise pytest.UsageError("no Chromium here: the browser journeys cannot run")
    config.stash[LEFT_OUT] = [item.nodeid for item in left_out]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each test that did not run for want of a browser."""
    missing = terminalreporter.config.stash.get(LEFT_OUT, [])
    if missing:
        terminalreporter.section("NOT RUN: no Chromium on this machine", red=True, bold=True)
        for name in missing:
            terminalreporter.write_line(name, red=True)
