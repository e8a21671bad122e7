"""Shared by every test: real data, a browser, a broker, and a loud word where one is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.journal_guards import let_flushes_through
from tests.shared_data import shared_file

# A machine that is busy is no fault of the code: what is generated is judged, not how long it took.
settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("suite")

CHROMIUM = next(
    (
        found
        for name in (os.environ.get("HEREABOUTS_TEST_BROWSER", ""), "chromium", "chromium-browser")
        if name and (found := shutil.which(name))
    ),
    None,
)

BROKER = shutil.which("mosquitto_pub") and (
    shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
)

MISSING = {
    mark: name
    for mark, name, found in (
        ("browser", "Chromium", CHROMIUM),
        ("broker", "Mosquitto", BROKER),
    )
    if not found
}
"""Programs that this machine lacks, by the mark of the tests that need them."""

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
    """Take tests out whose program is not there, and remember to say so."""
    if not MISSING:
        return
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in MISSING)]
    if left_out and os.environ.get("CI"):
        raise pytest.UsageError(f"not on this machine: {', '.join(MISSING.values())}")
    config.stash[LEFT_OUT] = [item.nodeid for item in left_out]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each test that did not run for want of a program."""
    missing = terminalreporter.config.stash.get(LEFT_OUT, [])
    if missing:
        lacking = " and no ".join(MISSING.values())
        title = f"NOT RUN: no {lacking} on this machine"
        terminalreporter.section(title, red=True, bold=True)
        for name in missing:
            terminalreporter.write_line(name, red=True)
