"""What we note about a browser or a network: enough to recognise, too little to follow."""

from __future__ import annotations

import ipaddress

DEVICE_LENGTH = 60

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """A browser and its system in two words, as `Firefox, Windows`; empty when neither is known."""
    browser = next((name for sign, name in _BROWSERS if f"{sign}/" in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)[:DEVICE_LENGTH]


def network_of(address: str) -> str:
    """The network an address lies in: the first 24 bits of IPv4, the first 48 of IPv6.

    Enough to see that a sign-in came from elsewhere; one household cannot be told from the next.
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))
