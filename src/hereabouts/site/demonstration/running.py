"""Keeps the simulator running beside the demonstration's server."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from hereabouts.site.configuration import PREFIX, from_environment

GOODBYE_S = 5
LISTEN = f"{PREFIX}MQTT_LISTEN"
MQTT_PORT = 1883


def choose_mqtt_port() -> int:
    """Decide where the demonstration listens for MQTT; another port where the usual one is taken.

    An operator's own setting is left as it is. Called before Django reads the settings.
    """
    if os.environ.get(LISTEN):
        return int(os.environ[LISTEN].rpartition(":")[2])
    port = MQTT_PORT if _is_free(MQTT_PORT) else _free_port()
    os.environ[LISTEN] = f"127.0.0.1:{port}"
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def simulation(folder: Path, host: str, port: int) -> Iterator[None]:
    """Run the simulator in a process of its own until the block ends."""
    listener = from_environment(os.environ).mqtt_listen
    mqtt_host, _, mqtt_port = listener.rpartition(":")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "hereabouts.site.demonstration.simulator",
            str(folder),
            f"http://{_reachable(host)}:{port}",
            _reachable(mqtt_host.strip("[]") or "127.0.0.1"),
            mqtt_port or "1883",
        ]
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _reachable(host: str) -> str:
    """A name under which an address that is listened on can be called from here."""
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
