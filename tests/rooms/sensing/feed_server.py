"""A real HTTP server on this machine that answers as a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from hereabouts.sensing.adapters.connectors.fetching import Fetcher, FetchLimits
from hereabouts.sensing.adapters.connectors.hosts import HostRules


@dataclass
class Answer:
    """What is answered; `drip_s` is the pause before each byte of the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0.0
    cut_after: int | None = None
    says_length: bool = True


@dataclass(frozen=True)
class Asked:
    """What was asked for; header names in lower case."""

    path: str
    headers: dict[str, str]


Route = Answer | Callable[[Asked], Answer]


class FeedServer:
    """Answers by path, without its query; remembers what was asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.feed = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def answer_to(self, path: str, headers: dict[str, str]) -> Answer:
        asked = Asked(path, headers)
        self.asked.append(asked)
        route = self.routes.get(path.partition("?")[0], Answer(status=404))
        return route if isinstance(route, Answer) else route(asked)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def url(self, path: str) -> str:
        return self.origin + path

    def fetcher(self, limits: FetchLimits | None = None) -> Fetcher:
        """A fetcher that may ask this server and no other."""
        return Fetcher(HostRules(self.origin), "Hereabouts tests (+test@example.org)", limits)

    def stop(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    @property
    def feed(self) -> FeedServer:
        return cast(_Server, self.server).feed

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self._send(self.feed.answer_to(self.path, headers))
        except OSError:
            # The reader has had enough.
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.says_length and answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        body = answer.body[: answer.cut_after]
        if not answer.drip_s:
            self.wfile.write(body)
            return
        for at in range(len(body)):
            if self.feed.stopping.wait(answer.drip_s):
                return
            self.wfile.write(body[at : at + 1])
            self.wfile.flush()

    def log_message(self, format: str, *values: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    feed: FeedServer


@contextmanager
def serving() -> Iterator[FeedServer]:
    server = FeedServer()
    try:
        yield server
    finally:
        server.stop()


def cached(body: bytes, tag: str, **headers: str) -> Route:
    """A route that answers 304 to who holds the tag."""

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(body, headers={"ETag": tag, **headers})

    return answer
