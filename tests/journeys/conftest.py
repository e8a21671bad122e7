"""A running town for journeys: the newcomer's own command, on a small town, in a real browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
START_LIMIT_S = 120
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


@dataclass(frozen=True)
class RunningTown:
    """A server on a town of 2,000 residents: its address, what it printed, and its folder."""

    address: str
    said: str
    home: Path


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for `/healthz`; fail when the server ends first or takes too long."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode} before it was ready")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server was not ready after {START_LIMIT_S} s")


@pytest.fixture(scope="session")
def running_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTown]:
    """`hereabouts demo` on a town of 2,000 residents, ended with the session."""
    home = tmp_path_factory.mktemp("town")
    port = free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HEREABOUTS_")
    }
    environment |= {"HEREABOUTS_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    log = home / "server.log"
    command = [sys.executable, "-c", "from hereabouts.site.cli import main; main()"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *command,
                "demo",
                "--residents",
                "2000",
                "--seed",
                "7",
                "--port",
                str(port),
                "--no-open",
            ],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_ready(address, process)
            yield RunningTown(address, log.read_text(), home)
        finally:
            process.terminate()
            process.wait(timeout=20)
        verified = subprocess.run([*command, "journal", "verify"], env=environment, check=False)
        assert verified.returncode == 0, "the journal does not verify after the journeys"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, without a browser of its own.

    Ended with the module: while it runs, its event loop keeps Django from its tables.
    """
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """The system's Chromium with software graphics."""
    started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield started
    started.close()


@dataclass
class Visit:
    """A page in the browser, and everything it complained of."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a path of the town and wait until it has loaded."""
        self.page.goto(self.address + path, wait_until="load")

    def text(self) -> str:
        """What the page's main part says, with single spaces."""
        return re.sub(r"\s+", " ", self.page.inner_text("main"))


def _listen(visit: Visit) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            visit.complaints.append(message.text)

    visit.page.on("console", on_console)
    visit.page.on("pageerror", lambda fault: visit.complaints.append(str(fault)))


def open_visit(browser: Browser, town: RunningTown, **options: object) -> Visit:
    """A fresh visitor; `options` go to the browser's context (viewport, JavaScript, theme)."""
    context = browser.new_context(**options)  # type: ignore[arg-type]  # the names are Playwright's
    visit = Visit(context.new_page(), town.address)
    _listen(visit)
    return visit


@pytest.fixture
def heard_of_town(running_town: RunningTown) -> Iterator[None]:
    """Pass on what the server and its simulator print meanwhile; pytest shows it of a failure."""
    log = running_town.home / "server.log"
    before = log.stat().st_size
    yield
    with log.open("rb") as file:
        file.seek(before)
        sys.stdout.write(file.read().decode(errors="replace"))


@pytest.fixture
def visit(browser: Browser, running_town: RunningTown, heard_of_town: None) -> Iterator[Visit]:
    """A visitor on a desk-sized screen; a console error or a policy report fails the test."""
    opened = open_visit(browser, running_town, viewport={"width": 1280, "height": 800})
    yield opened
    opened.page.context.close()
    assert opened.complaints == []


@pytest.fixture
def visit_without_script(browser: Browser, running_town: RunningTown) -> Iterator[Visit]:
    """A visitor whose browser runs no JavaScript."""
    opened = open_visit(browser, running_town, java_script_enabled=False)
    yield opened
    opened.page.context.close()
