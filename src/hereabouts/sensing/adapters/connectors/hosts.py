"""Which hosts connectors may be connected to: those that the operator lists, and no others.

An entry is a host (https), or an address with scheme and port: `environment.data.gov.uk`,
`http://feeds.example.org`, `https://broker.example.org:8443`. A name that leads to an address that
is not public is refused, unless that address is an entry itself: `http://10.0.0.5:1026`.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from hereabouts.sensing.errors.connectors import AddressNotAllowed, FetchFailed, HostNotListed

PORTS = {"https": 443, "http": 80}
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host; blocks. Raises: OSError."""


@dataclass(frozen=True)
class Target:
    """Where to connect to: the address that was checked, and the name it was checked for."""

    scheme: str
    host: str
    port: int
    address: str

    @property
    def host_header(self) -> str:
        """The name as it stands in a request."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def resolve_host(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class HostRules:
    """The operator's list, read from the text of the setting."""

    def __init__(self, listed: str, resolve: Resolve = resolve_host) -> None:
        """Raises: ValueError for an entry that is none."""
        self._entries = frozenset(
            _read_entry(part) for part in listed.replace("\n", ",").split(",") if part.strip()
        )
        self._literal = frozenset(
            address for _, host, _ in self._entries if (address := _as_address(host)) is not None
        )
        self._resolve = resolve

    def target_of(self, url: str) -> Target:
        """Where a request for an address goes: its host is looked up once, and checked.

        Raises: HostNotListed; AddressNotAllowed; FetchFailed where it is not found.
        """
        parts = urlsplit(url)
        scheme, host, port = _key_of(parts)
        if (scheme, host, port) not in self._entries:
            shown = host if port == PORTS.get(scheme) else f"{host}:{port}"
            raise HostNotListed(host=f"{scheme}://{shown}"[:200])
        try:
            found = [_as_address(text) for text in self._resolve(host, port)]
        except OSError as fault:
            raise FetchFailed(reason=f"the host {host} was not found") from fault
        addresses = [address for address in found if address is not None]
        if not addresses:
            raise FetchFailed(reason=f"the host {host} was not found")
        # One bad address among good ones is a trick, not an accident.
        for address in addresses:
            if not _is_public(address) and address not in self._literal:
                raise AddressNotAllowed(host=host[:200], address=str(address))
        return Target(scheme, host, port, str(addresses[0]))

    def is_listed(self, url: str) -> bool:
        """Whether an address is of a listed host, without looking it up."""
        try:
            return _key_of(urlsplit(url)) in self._entries
        except ValueError:
            return False


def _key_of(parts: SplitResult) -> tuple[str, str, int]:
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").lower().rstrip(".")
    return scheme, host, parts.port or PORTS.get(scheme, 0)


def _read_entry(text: str) -> tuple[str, str, int]:
    text = text.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    key = _key_of(parts)
    if key[0] not in PORTS or not key[1] or parts.path not in ("", "/") or parts.query:
        raise ValueError(f"“{text}” is neither a host nor http://host")
    return key


def _as_address(text: str) -> Address | None:
    """The address of a text; one that carries another inside is that other one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        return inner or address
    return address


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved
