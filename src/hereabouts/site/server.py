"""The server process: one port, one process, everything in it."""

from __future__ import annotations

import errno
import gc
import logging
import os
import resource
import socket
from types import FrameType

import click
import uvicorn

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_
from hereabouts.site.address import EVERYWHERE, SERVED, work_out_address
from hereabouts.site.configuration import Configuration, from_environment
from hereabouts.site.connections import Connection

MOST_FILES = 65_536
MOST_CONNECTIONS = 4_000
FAREWELL_SECONDS = 10
SEARCHES = (10_000, 20, 20)
"""New objects, and searches of the younger ones, before Python looks for garbage."""
UNFINISHED = "ASGI callable returned without completing response."


class PortTaken(Refusal):
    """Somebody else listens on the port."""

    code = "site.port_taken"
    kind = RefusalKind.CONFLICT
    message = N_(
        "Port {port} is taken by another program; stop that one, or choose another port "
        "with --port."
    )


class AddressUnusable(Refusal):
    """The address cannot be listened on."""

    code = "site.address_unusable"
    message = N_("Cannot listen on {host} port {port}: {reason}.")


class Server(uvicorn.Server):
    """Uvicorn's server, with three habits changed.

    It says where it is, lets open event streams go before it waits for requests to end, and takes
    being told to stop as a success rather than as a signal to die of.
    """

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        settle_memory()
        click.echo(f"Hereabouts is open at {self.address} (Ctrl+C stops it).", err=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        from hereabouts.sensing.web.live.feed import FEED
        from hereabouts.site.background import BACKGROUND

        BACKGROUND.streams.close()
        FEED.hub.close()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop at the first signal, at once at the second."""
        self.force_exit = self.should_exit
        self.should_exit = True


def settle_memory() -> None:
    """Leave what was loaded at the start out of every later search for garbage.

    Such a search stops all threads; over a hundred thousand objects that are there for good it took
    0.1 s and more, several times a second under load.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCHES)


def serve_forever(host: str, port: int) -> None:
    """Serve the site until told to stop.

    The database has to be up to date. Raises: PortTaken; AddressUnusable.
    """
    configuration = from_environment(os.environ)
    listener = bind(host, port)
    with listener:
        _raise_file_limit()
        logging.getLogger("uvicorn.error").addFilter(_is_news)
        number = listener.getsockname()[1]
        # Before anything is built that hands out links.
        SERVED.address = work_out_address(
            host, number, configuration.hosts, is_proxied=bool(configuration.trusted_proxies)
        )
        address = f"http://{_shown(host)}:{number}/"
        Server(server_config(configuration), address).run(sockets=[listener])


def server_config(configuration: Configuration) -> uvicorn.Config:
    """How uvicorn is to run the site."""
    from hereabouts.site.asgi import build

    proxies = [name.strip() for name in configuration.trusted_proxies.split(",") if name.strip()]
    return uvicorn.Config(
        build(),
        interface="asgi3",
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        backlog=2_048,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=FAREWELL_SECONDS,
    )


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises: PortTaken; AddressUnusable."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as fault:
        raise AddressUnusable(host=host, port=port, reason=fault.strerror or str(fault)) from fault
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2_048)
    except OSError as fault:
        listener.close()
        if fault.errno == errno.EADDRINUSE:
            raise PortTaken(port=port) from fault
        raise AddressUnusable(host=host, port=port, reason=fault.strerror or str(fault)) from fault
    listener.setblocking(False)
    return listener


def _shown(host: str) -> str:
    if host in EVERYWHERE:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _raise_file_limit() -> None:
    """Allow as many open streams as the machine lets us; the usual soft limit is 1,024 files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _is_news(record: logging.LogRecord) -> bool:
    # Ending a stream whose reader does not read is our own decision, not a fault.
    return record.msg != UNFINISHED
