"""The absolute address of the service as the caller knows it, for every link of an answer.

Where the site's own address is set, that; else the request's host and scheme, or what a trusted
proxy says in `X-Forwarded-Host`, `-Port`, `-Proto` and `-Prefix`.
"""

from __future__ import annotations

import re

from hereabouts.kernel.asgi import FROM_PROXY, Scope
from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.text import N_
from hereabouts.sensing.adapters.sta.settings import PREFIX, StaSettings

MOST_KEPT = 500
"""Addresses remembered; there are as many as names the site is reached by."""

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::(?P<port>[0-9]{1,5}))?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]{1,100}){0,10}")
_FORWARDED = (b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-prefix")
_USUAL = {"http": "80", "https": "443"}


class UnknownHost(Refusal):
    """The request names a host that is not ours, so links to it would mislead."""

    code = "sta.unknown_host"
    message = N_("This service does not answer to the host name of the request.")


class Addresses:
    """Works out the service's address from requests."""

    def __init__(self, settings: StaSettings) -> None:
        self._fixed = settings.base_url.rstrip("/") + PREFIX if settings.base_url else ""
        self._hosts = tuple(name.lower() for name in settings.hosts)
        self._known: dict[tuple[bytes | str, ...], str] = {}

    def base_of(self, scope: Scope) -> str:
        """The service root as the caller reaches it, without a slash behind.

        Raises: UnknownHost for a host the site does not answer to.
        """
        if self._fixed:
            return self._fixed
        key = _named(scope)
        found = self._known.get(key)
        if found is None:
            found = self._work_out(key)
            if len(self._known) < MOST_KEPT:
                self._known[key] = found
        return found

    def _work_out(self, key: tuple[bytes | str, ...]) -> str:
        scheme, host, port, prefix = (
            part.decode("latin-1") if isinstance(part, bytes) else part for part in key
        )
        match = _HOST.fullmatch(host.strip().lower())
        if match is None or not self._is_ours(match["name"]):
            raise UnknownHost
        number = match["port"] or (port if port.isdigit() else "")
        shown = "" if number in ("", _USUAL.get(scheme)) else f":{number}"
        path = prefix.rstrip("/")
        path = path if _PREFIX.fullmatch(path) else ""
        return f"{scheme}://{match['name']}{shown}{path}{PREFIX}"

    def _is_ours(self, name: str) -> bool:
        return any(
            pattern in ("*", name)
            or (pattern.startswith(".") and (name.endswith(pattern) or name == pattern[1:]))
            for pattern in self._hosts
        )


def _named(scope: Scope) -> tuple[bytes | str, ...]:
    """Scheme, host, port and prefix as the request gives them; lists of proxies: the first."""
    host = port = prefix = b""
    is_proxied = bool(scope.get("state", {}).get(FROM_PROXY))
    forwarded: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif is_proxied and name in _FORWARDED:
            forwarded[name] = value.split(b",")[0].strip()
    if forwarded:
        host = forwarded.get(b"x-forwarded-host", host)
        port = forwarded.get(b"x-forwarded-port", b"")
        prefix = forwarded.get(b"x-forwarded-prefix", b"")
    return scope.get("scheme", "http"), host, port, prefix
