"""Links are right wherever the caller stands: directly, behind proxies, under a prefix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.asgi import FROM_PROXY, Scope
from hereabouts.sensing.adapters.sta.addresses import MOST_KEPT, Addresses, UnknownHost
from hereabouts.sensing.adapters.sta.settings import StaSettings

pytestmark = pytest.mark.once

OURS = StaSettings(hosts=("localhost", ".example.gov.uk", "[::1]"))


def a_scope(
    name: str, /, *, is_proxied: bool = False, scheme: str = "http", **forwarded: str
) -> Scope:
    headers = [(b"host", name.encode("latin-1"))]
    headers += [
        (f"x-forwarded-{key}".encode(), value.encode("latin-1")) for key, value in forwarded.items()
    ]
    return {"scheme": scheme, "headers": headers, "state": {FROM_PROXY: True} if is_proxied else {}}


def base(scope: Scope, settings: StaSettings = OURS) -> str:
    return Addresses(settings).base_of(scope)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (a_scope("localhost:8000"), "http://localhost:8000/sta/v1.1"),
        (a_scope("LOCALHOST:80"), "http://localhost/sta/v1.1"),
        (a_scope("[::1]:9000"), "http://[::1]:9000/sta/v1.1"),
        (
            a_scope("data.example.gov.uk", scheme="https"),
            "https://data.example.gov.uk/sta/v1.1",
        ),
        (a_scope("example.gov.uk:443", scheme="https"), "https://example.gov.uk/sta/v1.1"),
    ],
)
def test_links_follow_the_host_and_scheme_of_the_request(scope: Scope, expected: str) -> None:
    assert base(scope) == expected


def test_a_trusted_proxy_says_host_port_and_prefix() -> None:
    scope = a_scope(
        "localhost:8000",
        is_proxied=True,
        scheme="https",
        host="hub.example.gov.uk, inner.example.gov.uk",
        port="8443",
        prefix="/city/",
    )
    assert base(scope) == "https://hub.example.gov.uk:8443/city/sta/v1.1"


def test_nobody_else_can_turn_our_links() -> None:
    scope = a_scope("localhost", host="evil.example.gov.uk", port="1", prefix="/x")
    assert base(scope) == "http://localhost/sta/v1.1"


@pytest.mark.parametrize("prefix", ["//evil.example", "/a b", "/<script>", "javascript:", "/é"])
def test_a_prefix_that_is_no_path_is_left_out(prefix: str) -> None:
    scope = a_scope("localhost", is_proxied=True, prefix=prefix)
    assert base(scope) == "http://localhost/sta/v1.1"


@pytest.mark.parametrize(
    "host", ["evil.example", "", "localhost.evil.example", "local host", "a@localhost", "::1"]
)
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(UnknownHost):
        base(a_scope(host))
    with pytest.raises(UnknownHost):
        base(a_scope("localhost", is_proxied=True, host=host or "?"))


def test_the_site_s_own_address_comes_before_everything() -> None:
    settings = StaSettings(base_url="https://hub.example.gov.uk/city/")
    assert base(a_scope("anything"), settings) == "https://hub.example.gov.uk/city/sta/v1.1"


def test_no_number_of_ports_fills_the_memory() -> None:
    addresses = Addresses(OURS)
    for port in range(MOST_KEPT + 10):
        addresses.base_of(a_scope(f"localhost:{port}"))
    assert len(addresses._known) == MOST_KEPT


@given(st.text(max_size=60), st.booleans())
def test_any_host_gives_an_address_or_a_refusal(host: str, is_proxied: bool) -> None:
    scope = a_scope("localhost", is_proxied=is_proxied)
    scope["headers"].append((b"x-forwarded-host", host.encode("utf-8", "replace")))
    try:
        found = base(scope)
    except UnknownHost:
        return
    assert found.startswith("http://") and found.endswith("/sta/v1.1") and " " not in found
