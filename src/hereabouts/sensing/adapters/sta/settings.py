"""What the installation decides about the service."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "/sta/v1.1"
"""Where the service is mounted."""

KB, MB = 2**10, 2**20


@dataclass(frozen=True)
class StaSettings:
    """Settings of the HTTP face.

    `base_url` is the site's own address, used for every link where it is set; else links follow the
    request, whose host must be one of `hosts`. `mqtt_endpoints` are addresses told to clients.
    `empties_null`: a null property is answered 204 as the standard says, else 200 with null.
    """

    base_url: str = ""
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    mqtt_endpoints: tuple[str, ...] = ()
    empties_null: bool = True
    largest_body: int = 32 * MB
    largest_observation: int = 256 * KB
    body_seconds: float = 30.0
    threads: int = 6
    longest_queue: int = 256
    sqlite_path: str = ""
    """The embedded database, where short reads may be answered on the event loop; else empty."""
    slow_seconds: float = 0.5
    """Requests that took longer are noted in the log."""
