"""Where a serving process says it is, of an operator who set no address."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hereabouts.site.address import LOOPBACK, SERVED, work_out_address
from hereabouts.site.configuration import from_environment

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("host", "hosts", "is_proxied", "expected"),
    [
        ("127.0.0.1", LOOPBACK, False, "http://127.0.0.1:8161"),
        ("::1", LOOPBACK, False, "http://[::1]:8161"),
        ("0.0.0.0", LOOPBACK, False, "http://localhost:8161"),
        ("::", ("*",), False, "http://localhost:8161"),
        ("0.0.0.0", ("localhost", ".example.org", "hub.local"), False, "http://hub.local:8161"),
        ("127.0.0.1", ("localhost", "place.example"), False, "http://127.0.0.1:8161"),
        ("127.0.0.1", ("localhost", "place.example"), True, "https://place.example"),
        ("127.0.0.1", LOOPBACK, True, "http://127.0.0.1:8161"),
    ],
)
def test_the_address_is_the_listener_s_or_the_operator_s_name(
    host: str, hosts: Sequence[str], is_proxied: bool, expected: str
) -> None:
    assert work_out_address(host, 8161, hosts, is_proxied=is_proxied) == expected


def test_links_have_the_operator_s_address_else_that_of_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configuration = from_environment({})
    monkeypatch.setattr(SERVED, "address", "")
    assert configuration.base_address() == "http://localhost:8000"
    assert configuration.base_address("http://testserver/") == "http://testserver"
    monkeypatch.setattr(SERVED, "address", "http://127.0.0.1:8161")
    assert configuration.base_address("http://testserver/") == "http://127.0.0.1:8161"
    assert configuration.mqtt_settings().base == "http://127.0.0.1:8161/sta/v1.1"
    own = from_environment({"HEREABOUTS_BASE_URL": "https://place.example/"})
    assert own.base_address("http://testserver/") == "https://place.example"
