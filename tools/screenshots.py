"""Pictures of the chief pages, so that a change of look is seen in review."""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screens"
TOTAL_LIMIT_BYTES = 3_000_000
START_LIMIT_S = 240
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
SCREENS = ((1280, 860), (390, 844))
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Chief:
    """A page worth a picture: its own path, or the first link of a sort on another page."""

    name: str
    path: str
    link: str = ""


CHIEF_PAGES = (
    Chief("home", "/"),
    Chief("search", "/search?q=high+street"),
    Chief("street", "/search?q=high+street", "/streets/"),
    Chief("area", "/", "/areas/"),
    Chief("asset", "/assets", "/assets/"),
    Chief("sensors", "/sensors"),
    Chief("sensor", "/sensors/1"),
    Chief("stream", "/sensors/1/1"),
    Chief("property", "/sensors/properties/1"),
    Chief("alert", "/sensors/alerts/new?place=thing:1"),
    Chief("deployments", "/sensing/deployments"),
    Chief("sign-in", "/account"),
    Chief("not-found", "/nowhere"),
)


def main() -> int:
    """Take all pictures of a running server, or of a demonstration town of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="Of a running server; a town is started without it.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="Folder for the pictures.")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("There is no Chromium here to take pictures with.", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    with running(options.address) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        total = take_all(browser, address, options.out)
        browser.close()
    print(f"{total / 1e6:.1f} MB in {options.out}")
    if total > TOTAL_LIMIT_BYTES:
        print(f"That is more than {TOTAL_LIMIT_BYTES / 1e6:.0f} MB.", file=sys.stderr)
        return 1
    return 0


@contextmanager
def running(address: str | None) -> Iterator[str]:
    """The address of a server: the one that was named, or a demonstration town's for a while."""
    if address:
        yield address.rstrip("/")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="hereabouts-screens-") as home:
        command = [str(Path(sys.executable).with_name("hereabouts")), "demo", "--no-open"]
        process = subprocess.Popen(
            [*command, "--port", str(port)], env={**os.environ, "HEREABOUTS_HOME": home}
        )
        try:
            wait_for(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers. Raises: SystemExit when it ends or takes too long."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.5)
    raise SystemExit("The town did not start.")


def take_all(browser: Browser, address: str, folder: Path) -> int:
    """Every chief page on every screen in both themes; the bytes written."""
    total = 0
    for width, height in SCREENS:
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,  # type: ignore[arg-type]  # one of the two names it knows
                reduced_motion="reduce",
                locale="en-GB",
            )
            page = context.new_page()
            for chief in CHIEF_PAGES:
                open_page(page, address, chief)
                picture = small_png(page, page.screenshot())
                (folder / f"{chief.name}-{width}-{theme}.png").write_bytes(picture)
                total += len(picture)
            context.close()
    return total


def open_page(page: Page, address: str, chief: Chief) -> None:
    """Go to a page, and wait for its map when that is on the screen."""
    page.goto(address + chief.path, wait_until="load")
    if chief.link:
        found = page.locator(f'main a[href^="{chief.link}"]').first
        page.goto(address + str(found.get_attribute("href")), wait_until="load")
    island = page.locator("[data-island$='map']")
    box = island.first.bounding_box() if island.count() else None
    size = page.viewport_size
    if box is not None and size is not None and box["y"] < size["height"]:
        page.wait_for_selector("[data-state=ready], [data-state=failed]")


def small_png(page: Page, picture: bytes) -> bytes:
    """The same picture with at most 256 colours, which is a third of the size."""
    # The browser decodes it: a tab of its own, whose policy knows no page of ours.
    tab = page.context.new_page()
    width, height, data = tab.evaluate(
        """async (data) => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height);
            const pen = canvas.getContext("2d");
            pen.drawImage(image, 0, 0);
            const { data: pixels } = pen.getImageData(0, 0, image.width, image.height);
            let text = "";
            for (let at = 0; at < pixels.length; at += 32768) {
                text += String.fromCharCode(...pixels.subarray(at, at + 32768));
            }
            return [image.width, image.height, btoa(text)];
        }""",
        base64.b64encode(picture).decode(),
    )
    tab.close()
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[:, :, :3]
    return palette_png(pixels)


def palette_png(pixels: NDArray[np.uint8]) -> bytes:
    """An indexed PNG of the commonest colours. Shape: `(height, width, 3)`. Source: PNG, 11.2."""
    height, width, _ = pixels.shape
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colours, inverse, counts = np.unique(packed, return_inverse=True, return_counts=True)
    table = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.int32)
    kept = table[np.sort(np.argsort(counts)[::-1][:256])]
    nearest = np.array([np.abs(kept - colour).sum(axis=1).argmin() for colour in table], np.uint8)
    rows = nearest[inverse].reshape(height, width)
    scanlines = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", kept.astype(np.uint8).tobytes()),
            chunk(b"IDAT", zlib.compress(scanlines, 9)),
            chunk(b"IEND", b""),
        )
    )


def chunk(name: bytes, content: bytes) -> bytes:
    """A part of a PNG file: length, name, content, checksum."""
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


if __name__ == "__main__":
    sys.exit(main())
