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


class MqttPort:
    """The port of the demonstration's listener, kept from other programs until it is released."""

    def __init__(self, number: int, held: socket.socket | None = None) -> None:
        self.number = number
        self._held = held

    def release(self) -> None:
        """Let it go, for the listener to take."""
        if self._held is not None:
            self._held.close()
            self._held = None


def choose_mqtt_port() -> MqttPort:
    """Decide where the demonstration listens for MQTT; another port where the usual one is taken.

    An operator's own setting is left as it is. Called before Django reads the settings, and long
    before the town is ready.
    """
    if os.environ.get(LISTEN):
        return MqttPort(int(os.environ[LISTEN].rpartition(":")[2]))
    try:
        held = _hold(MQTT_PORT)
    except OSError:
        held = _hold(0)
    number = int(held.getsockname()[1])
    os.environ[LISTEN] = f"127.0.0.1:{number}"
    return MqttPort(number, held)


def _hold(port: int) -> socket.socket:
    """A socket that listens, as only that keeps everybody else out. Raises: OSError where taken."""
    held = socket.socket()
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", port))
        held.listen(1)
    except OSError:
        held.close()
        raise
    return held


@contextlib.contextmanager
def simulation(folder: Path, host: str, port: int) -> Iterator[None]:
    """Run the simulator in a process of its own until the block, or this process, ends.

    The simulator reads from a pipe into which nothing is written: it ends when we do, however.
    """
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
        ],
        stdin=subprocess.PIPE,
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
