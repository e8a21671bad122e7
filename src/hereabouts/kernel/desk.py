"""What a room adds to the officers' desk: a page, and who may open it."""

from __future__ import annotations

from dataclasses import dataclass

from hereabouts.kernel.access import Capability


@dataclass(frozen=True)
class DeskEntry:
    """A page of the desk; `title` and `summary` are English messages marked with `N_`.

    `url_name` is the name of a route without arguments, `room:name`.
    """

    url_name: str
    title: str
    summary: str
    capability: Capability
    order: int = 50
