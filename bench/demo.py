"""What a newcomer waits for and downloads: the demonstration town, and the weight of its pages.

The reference of both starts is a bare start of the command, which is what Python and the packages
cost before anything is done. Weights are what a browser is sent, compressed as it asks for it.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure, median, times_ms

COMMAND = Path(sys.executable).with_name("hereabouts")
LIMIT_S = 300
ISLAND = re.compile(r"place-map-|maplibre-gl-worker-")


def figures() -> Iterator[Figure]:
    """Two starts of the demonstration town, then the weight of a page without and with a map."""
    bare = median(times_ms(lambda: subprocess.run([COMMAND, "--help"], capture_output=True), 3))
    with tempfile.TemporaryDirectory(prefix="hereabouts-demo-") as home:
        for name, asked in (("first", "< 30 s"), ("second", "< 5 s")):
            began = time.perf_counter()
            with _demonstration(home) as address:
                took = time.perf_counter() - began
                yield Figure(
                    f"demonstration, {name} start", took, "s", asked, bare / 1000, "--help"
                )
                if name == "second":
                    yield from _weights(address)


@contextmanager
def _demonstration(home: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [COMMAND, "demo", "--port", str(port), "--no-open"],
        env={**os.environ, "HEREABOUTS_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait(address: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"no answer within {LIMIT_S} s")


def _weights(address: str) -> Iterator[Figure]:
    yield Figure("page without a map, gzipped", _weight(address, "/journal"), "kB", "≤ 60 kB")
    yield Figure("page with a map, gzipped", _weight(address, "/"), "kB", "≤ 520 kB")


def _weight(address: str, path: str) -> float:
    """Kilobytes of a page with the styles, scripts and fonts it names; the map where it has one."""
    page = _get(address + path)
    html = gzip.decompress(page).decode()
    files = set(re.findall(r'(?:href|src)="(/static/hereabouts/app/[^"]+)"', html))
    styles = "".join(
        gzip.decompress(_get(address + name)).decode() for name in files if name.endswith(".css")
    )
    latin = re.findall(r"([\w.-]*latin-\d[\w.-]*\.woff2)", styles)
    files |= {f"/static/hereabouts/app/assets/{name}" for name in latin}
    if 'data-island="place-map"' in html:
        files |= set(_built(address))
    return (len(page) + sum(len(_get(address + name)) for name in files)) / 1000


def _built(address: str) -> list[str]:
    manifest = json.loads(gzip.decompress(_get(f"{address}/static/hereabouts/app/manifest.json")))
    names = {
        part for entry in manifest.values() for part in (entry["file"], *entry.get("assets", ()))
    }
    return [f"/static/hereabouts/app/{name}" for name in sorted(names) if ISLAND.search(name)]


def _get(address: str) -> bytes:
    """What travels; compressed here where the server sends a small file plain."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        body: bytes = answer.read()
        is_packed = answer.headers.get("Content-Encoding") == "gzip"
    return body if is_packed or address.endswith(".woff2") else gzip.compress(body)
