"""Connections with limits that the server library leaves out: how large and how slow a head may be.

The head is the part of a request before its body. Without these limits one stranger could fill the
memory with headers, or hold every connection open by never ending one. A connection also notes
whether it comes from a trusted proxy: the library overwrites the address that would tell.
"""

from __future__ import annotations

import asyncio
from typing import cast

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hereabouts.kernel.asgi import FROM_PROXY

LARGEST_HEAD = 64 * 1024
"""Bytes of a head beyond the piece in which it began; browsers send about 2 KB."""

HEAD_SECONDS = 15.0
"""How long a head may take to arrive, from the connection or from its first byte."""

TOO_LARGE = b"The head of this request is too large."


class Connection(HttpToolsProtocol):
    """One connection; its head arrives soon and stays small, or it is closed."""

    _patience: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Expect a head soon."""
        super().connection_made(cast(asyncio.Transport, transport))
        app, client = self.app, self.client
        if isinstance(app, ProxyHeadersMiddleware) and client and client[0] in app.trusted_hosts:
            self.app_state = {**self.app_state, FROM_PROXY: True}
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._have_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; too much of an unfinished head ends the connection."""
        if self._patience is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._patience is not None and self._head_bytes > LARGEST_HEAD:
            self._refuse()

    def on_message_begin(self) -> None:
        """A request begins: its head has to end in time, also on a connection used before."""
        super().on_message_begin()
        if self._patience is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._have_head()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._patience = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _have_head(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _refuse(self) -> None:
        self._have_head()
        self.transport.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
            b"content-type: text/plain; charset=utf-8\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(TOO_LARGE), TOO_LARGE)
        )
        self.transport.close()
