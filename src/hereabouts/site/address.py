"""The address a serving process is reached at, where the operator set none.

It comes from the listener and the operator's settings, never from a request: what goes into letters
and notifications would else be whatever host and port a stranger wrote into a header.
"""

from __future__ import annotations

from collections.abc import Sequence

EVERYWHERE = ("0.0.0.0", "::", "")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
USUAL = "http://localhost:8000"
"""Where `hereabouts serve` is found unless told otherwise; for processes that serve nothing."""


class Served:
    """The address of this process's listener; empty until there is one."""

    address = ""


SERVED = Served()


def work_out_address(host: str, port: int, hosts: Sequence[str], *, is_proxied: bool) -> str:
    """Scheme, host and port, without a slash behind, of a listener on `host` and `port`.

    `hosts` are the names the site answers to. The first of them that is neither a pattern nor this
    machine is taken behind a proxy, which ends TLS, and by a listener on every address.
    """
    named = [name for name in hosts if not name.startswith(("*", "."))]
    public = [name for name in named if name.lower() not in LOOPBACK]
    if is_proxied and public:
        return f"https://{public[0]}"
    shown = f"[{host}]" if ":" in host else host
    if host in EVERYWHERE:
        shown = next(iter(public or named), "localhost")
    return f"http://{shown}:{port}"
