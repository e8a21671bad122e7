"""Fetches other people's feeds: politely, within limits, and from nowhere but the listed hosts."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from hereabouts.kernel.time import now
from hereabouts.sensing.adapters.connectors.hosts import HostRules, Target
from hereabouts.sensing.domain.connectors.states import Held
from hereabouts.sensing.errors.connectors import FeedTooLarge, FetchFailed, HostNotListed

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PATIENCE = frozenset({429, 503})
CHUNK = 64 * 1024
LONGEST_TAG = 500
MB = 1024 * 1024
FAULTS = (urllib3.exceptions.HTTPError, OSError, ValueError, zlib.error)
"""What connecting, sending and reading raise; ValueError is a header or status that is none."""


@dataclass(frozen=True)
class FetchLimits:
    """How much of a server's answer we take, in bytes, and how long we wait, in seconds."""

    sent_bytes: int = 32 * MB
    plain_bytes: int = 64 * MB
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 120.0
    redirects: int = 3


@dataclass(frozen=True)
class Wanted:
    """What to fetch. With `held`, only if it changed since; `secret` goes in its header."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    held: Held | None = None
    secret_header: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Fetched:
    """An answer; `is_unchanged` where the server says that it is as it was."""

    body: bytes
    media_type: str = ""
    etag: str = ""
    modified: str = ""
    is_unchanged: bool = False
    sent_bytes: int = 0


class PatienceAsked(FetchFailed):
    """A server asks us to come back later."""

    def __init__(self, reason: str, seconds: float | None) -> None:
        super().__init__(reason=reason)
        self.retry_after_s = seconds


class Fetcher:
    """Fetches from the hosts of some rules; one request at a time, on the caller's thread."""

    def __init__(
        self, rules: HostRules, user_agent: str, limits: FetchLimits | None = None
    ) -> None:
        self._rules = rules
        self._user_agent = user_agent
        self._limits = limits or FetchLimits()
        self._tls: ssl.SSLContext | None = None

    def fetch(self, wanted: Wanted) -> Fetched:
        """Fetch one address.

        A redirect is followed to the same scheme, host and port only. Raises: HostNotListed;
        AddressNotAllowed; FetchFailed; FeedTooLarge.
        """
        deadline = time.monotonic() + self._limits.total_s
        url = wanted.url
        for _ in range(self._limits.redirects + 1):
            target = self._rules.target_of(url)
            answer = self._ask(target, url, wanted, deadline)
            if isinstance(answer, Fetched):
                return answer
            url = self._redirected(url, answer)
        raise FetchFailed(reason="it redirects again and again")

    def _redirected(self, url: str, location: str) -> str:
        following = urljoin(url, location)
        before, after = urlsplit(url), urlsplit(following)
        if (after.scheme, after.netloc.lower()) != (before.scheme, before.netloc.lower()):
            raise HostNotListed(host=f"{after.scheme}://{after.netloc}"[:200])
        return following

    def _ask(self, target: Target, url: str, wanted: Wanted, deadline: float) -> Fetched | str:
        """The answer to one request, or where it redirects to."""
        connection = self._connect(target)
        guard = _Guard(connection, deadline)
        try:
            connection.connect()
            guard.watch()
            connection.timeout = self._limits.read_s
            connection.request(
                "GET",
                _path_of(url),
                headers=self._headers(target, wanted),
                preload_content=False,
                decode_content=False,
            )
            with contextlib.closing(connection.getresponse()) as response:
                return self._take(response, wanted)
        except FAULTS as fault:
            if guard.is_late:
                limit = round(self._limits.total_s)
                raise FetchFailed(reason=f"it took longer than {limit} seconds") from fault
            raise FetchFailed(reason=_words_of(fault)) from fault
        finally:
            guard.end()
            connection.close()

    def _connect(self, target: Target) -> HTTPConnection:
        """A connection to the address that was checked, not yet open."""
        timeout = urllib3.Timeout(connect=self._limits.connect_s, read=self._limits.read_s)
        if target.scheme == "http":
            return HTTPConnection(target.address, target.port, timeout=timeout.connect_timeout)
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return HTTPSConnection(
            target.address,
            target.port,
            timeout=timeout.connect_timeout,
            ssl_context=self._tls,
            server_hostname=target.host,
            assert_hostname=target.host,
        )

    def _headers(self, target: Target, wanted: Wanted) -> dict[str, str]:
        headers = {
            "host": target.host_header,
            "user-agent": self._user_agent,
            "accept": "*/*",
            "accept-encoding": "gzip",
            "connection": "close",
            **{name.lower(): value for name, value in wanted.headers.items()},
        }
        if wanted.held is not None and wanted.held.etag:
            headers["if-none-match"] = wanted.held.etag
        if wanted.held is not None and wanted.held.modified:
            headers["if-modified-since"] = wanted.held.modified
        if wanted.secret_header and wanted.secret:
            headers[wanted.secret_header.lower()] = wanted.secret
        return headers

    def _take(self, response: HTTPResponse, wanted: Wanted) -> Fetched | str:
        status = response.status
        if status == 304 and wanted.held is not None:
            held = wanted.held
            return Fetched(b"", etag=held.etag, modified=held.modified, is_unchanged=True)
        if status in REDIRECTS and response.headers.get("location"):
            return str(response.headers["location"])
        if status in PATIENCE:
            asked = read_retry_after(response.headers.get("retry-after", ""))
            raise PatienceAsked(f"the server asks for patience (status {status})", asked)
        if status != 200:
            raise FetchFailed(reason=f"the server answered with status {status}")
        body, sent = self._read(response)
        return Fetched(
            body,
            media_type=_short(response.headers.get("content-type")),
            etag=_short(response.headers.get("etag")),
            modified=_short(response.headers.get("last-modified")),
            sent_bytes=sent,
        )

    def _read(self, response: HTTPResponse) -> tuple[bytes, int]:
        """The plain body and how many bytes were sent; given up beyond either limit."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise FetchFailed(reason=f"it is packed as {encoding[:40]}")
        declared = response.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared) > self._limits.sent_bytes:
            raise FeedTooLarge(limit=_size(self._limits.sent_bytes))
        unpack = _Unpacker("gzip" in encoding, self._limits.plain_bytes)
        sent = 0
        while chunk := response.read(CHUNK, decode_content=False):
            sent += len(chunk)
            if sent > self._limits.sent_bytes:
                raise FeedTooLarge(limit=_size(self._limits.sent_bytes))
            unpack.feed(chunk)
        return unpack.finish(), sent


class _Unpacker:
    """Gathers a body, unpacked where it is packed, up to a limit of plain bytes."""

    def __init__(self, is_packed: bool, limit: int) -> None:
        self._plain = bytearray()
        self._limit = limit
        self._gzip = zlib.decompressobj(wbits=31) if is_packed else None

    def feed(self, chunk: bytes) -> None:
        while chunk:
            room = self._limit - len(self._plain) + 1
            if self._gzip is None:
                self._plain += chunk[:room]
                chunk = b""
            else:
                self._plain += self._gzip.decompress(chunk, room)
                chunk = self._gzip.unconsumed_tail
            if len(self._plain) > self._limit:
                raise FeedTooLarge(limit=_size(self._limit))
            if self._gzip is not None and self._gzip.eof:
                return

    def finish(self) -> bytes:
        if self._gzip is not None and not self._gzip.eof:
            raise FetchFailed(reason="the packed answer ends half-way")
        return bytes(self._plain)


def read_retry_after(text: str) -> float | None:
    """Seconds that a server asks for, as a number or a date; None where it asks for nothing."""
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - now()).total_seconds())


class _Guard:
    """Ends a connection when its time is up, wherever it waits: a limit on each read is none."""

    def __init__(self, connection: HTTPConnection, deadline: float) -> None:
        self.is_late = False
        self._connection = connection
        self._sock: socket.socket | None = None
        self._timer = threading.Timer(max(0.01, deadline - time.monotonic()), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def watch(self) -> None:
        """Remember the open socket: the connection lets go of it when the answer begins."""
        self._sock = self._connection.sock

    def end(self) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self.is_late = True
        sock = self._sock or self._connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _path_of(url: str) -> str:
    """What a request asks for: path and query, in the letters that may stand there."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(path, safe="/%:=&?~+!$,;'@()*[]")


def _words_of(fault: Exception) -> str:
    """What went wrong, without addresses or secrets."""
    if isinstance(fault, urllib3.exceptions.NameResolutionError):
        return "the host was not found"
    if isinstance(fault, urllib3.exceptions.NewConnectionError):
        return "there was no connection"
    if isinstance(fault, TimeoutError | urllib3.exceptions.TimeoutError):
        return "the server did not answer in time"
    if isinstance(fault, ssl.SSLError | urllib3.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(fault, zlib.error):
        return "the packed answer is broken"
    if isinstance(fault, urllib3.exceptions.IncompleteRead | urllib3.exceptions.ProtocolError):
        return "the answer ended half-way"
    return f"there was no connection ({type(fault).__name__})"


def _short(value: str | None) -> str:
    return value if value is not None and len(value) <= LONGEST_TAG else ""


def _size(count: int) -> str:
    return f"{count // MB} MB" if count >= MB else f"{count // 1024} kB"
