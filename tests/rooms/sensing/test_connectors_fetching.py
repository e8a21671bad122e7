"""Fetching: the listed hosts and no other, within limits, politely."""

from __future__ import annotations

import gzip
import time
from datetime import timedelta
from email.utils import format_datetime

import pytest

from hereabouts.kernel.time import now
from hereabouts.sensing.adapters.connectors.fetching import (
    Fetcher,
    FetchLimits,
    Wanted,
    read_retry_after,
)
from hereabouts.sensing.adapters.connectors.hosts import HostRules
from hereabouts.sensing.domain.connectors.states import Held
from hereabouts.sensing.errors.connectors import (
    AddressNotAllowed,
    FeedTooLarge,
    FetchFailed,
    HostNotListed,
)
from tests.rooms.sensing.feed_server import Answer, FeedServer, cached, serving

pytestmark = pytest.mark.once


def rules(listed: str, *addresses: str) -> HostRules:
    return HostRules(listed, lambda host, port: addresses)


def test_without_a_list_nothing_is_fetched() -> None:
    with pytest.raises(HostNotListed):
        rules("", "93.184.215.14").target_of("https://feeds.example.org/x")


def test_a_listed_host_is_asked_at_the_address_that_was_checked() -> None:
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["93.184.215.14"]

    target = HostRules("Feeds.Example.org", resolve).target_of("https://feeds.example.org/x?y")
    assert (target.address, target.port, target.host_header) == (
        "93.184.215.14",
        443,
        "feeds.example.org",
    )
    assert looked_up == ["feeds.example.org"]


@pytest.mark.parametrize(
    "url",
    [
        "http://feeds.example.org/",
        "https://feeds.example.org:8443/",
        "https://other.example.org/",
        "https://feeds.example.org.evil.example/",
        "https://feeds.example.org@evil.example/",
        "ftp://feeds.example.org/",
    ],
)
def test_another_scheme_port_or_host_is_not_listed(url: str) -> None:
    with pytest.raises(HostNotListed):
        rules("feeds.example.org", "93.184.215.14").target_of(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(AddressNotAllowed):
        rules("feeds.example.org", address).target_of("https://feeds.example.org/")


def test_one_inner_address_among_public_ones_is_refused() -> None:
    with pytest.raises(AddressNotAllowed):
        rules("feeds.example.org", "93.184.215.14", "127.0.0.1").target_of(
            "https://feeds.example.org/"
        )


def test_an_inner_address_that_the_operator_lists_is_allowed() -> None:
    listed = rules("http://broker.internal:1026, http://10.0.0.5", "10.0.0.5")
    assert listed.target_of("http://broker.internal:1026/x").address == "10.0.0.5"


@pytest.mark.parametrize(
    "listed", ["ftp://x.example", "https://x.example/path", "http://", "a b:c"]
)
def test_an_entry_that_is_no_host_is_refused(listed: str) -> None:
    with pytest.raises(ValueError, match=r"neither a host nor|invalid literal|Port"):
        HostRules(listed)


@pytest.fixture
def server():  # type: ignore[no-untyped-def]  # the iterator of a context manager
    with serving() as running:
        yield running


def test_a_feed_is_fetched_with_who_we_are(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(b"a,b", headers={"Content-Type": "text/csv", "ETag": '"1"'})
    found = server.fetcher().fetch(Wanted(server.url("/feed?x=1 2")))
    assert (found.body, found.media_type, found.etag) == (b"a,b", "text/csv", '"1"')
    asked = server.asked[0]
    assert asked.path == "/feed?x=1%202"
    assert "test@example.org" in asked.headers["user-agent"]
    assert asked.headers["host"] == server.origin.removeprefix("http://")


def test_what_did_not_change_is_not_sent_again(server: FeedServer) -> None:
    server.routes["/feed"] = cached(
        b"a", '"7"', **{"Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT"}
    )
    first = server.fetcher().fetch(Wanted(server.url("/feed")))
    held = Held(first.etag, first.modified)
    again = server.fetcher().fetch(Wanted(server.url("/feed"), held=held))
    assert again.is_unchanged
    assert server.asked[1].headers["if-modified-since"] == "Mon, 02 Mar 2026 10:00:00 GMT"


def test_a_secret_goes_in_its_header_and_into_no_message(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(status=403)
    wanted = Wanted(server.url("/feed"), secret_header="X-Key", secret="s3cret")
    with pytest.raises(FetchFailed) as refused:
        server.fetcher().fetch(wanted)
    assert server.asked[0].headers["x-key"] == "s3cret"
    assert "s3cret" not in str(refused.value) + repr(wanted)


def test_a_redirect_to_the_same_host_is_followed(server: FeedServer) -> None:
    server.routes["/old"] = Answer(status=302, headers={"Location": "/new"})
    server.routes["/new"] = Answer(b"here")
    assert server.fetcher().fetch(Wanted(server.url("/old"))).body == b"here"


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/latest", "https://127.0.0.1/", "//evil.example/"]
)
def test_a_redirect_elsewhere_is_not_followed(server: FeedServer, to: str) -> None:
    server.routes["/old"] = Answer(status=302, headers={"Location": to})
    with pytest.raises(HostNotListed):
        server.fetcher().fetch(Wanted(server.url("/old")))
    assert len(server.asked) == 1


def test_redirects_without_end_are_given_up(server: FeedServer) -> None:
    server.routes["/a"] = Answer(status=302, headers={"Location": "/a"})
    with pytest.raises(FetchFailed, match="again and again"):
        server.fetcher().fetch(Wanted(server.url("/a")))


def test_a_server_that_asks_for_patience_says_how_long(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(status=429, headers={"Retry-After": "120"})
    with pytest.raises(FetchFailed) as refused:
        server.fetcher().fetch(Wanted(server.url("/feed")))
    assert refused.value.retry_after_s == 120


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(now() + timedelta(seconds=90), usegmt=True)
    assert 80 < (read_retry_after(later) or 0) <= 90
    assert read_retry_after("soon") is None


def test_a_body_that_says_it_is_too_large_is_not_read(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(b"x" * 3_000)
    with pytest.raises(FeedTooLarge):
        server.fetcher(FetchLimits(sent_bytes=2_000)).fetch(Wanted(server.url("/feed")))


def test_a_body_that_never_says_its_length_ends_at_the_limit(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(b"x" * 500_000, says_length=False)
    with pytest.raises(FeedTooLarge):
        server.fetcher(FetchLimits(sent_bytes=100_000)).fetch(Wanted(server.url("/feed")))


def test_a_packed_body_is_unpacked(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(
        gzip.compress(b"plain" * 100), headers={"Content-Encoding": "gzip"}
    )
    assert server.fetcher().fetch(Wanted(server.url("/feed"))).body == b"plain" * 100


def test_a_small_body_that_unpacks_to_a_huge_one_is_given_up(server: FeedServer) -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)
    assert len(bomb) < 40_000
    server.routes["/feed"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FeedTooLarge):
        server.fetcher(FetchLimits(plain_bytes=1_000_000)).fetch(Wanted(server.url("/feed")))


@pytest.mark.parametrize(
    "body",
    [b"no gzip at all", gzip.compress(b"cut" * 1_000, mtime=0)[:40]],
    ids=["none", "cut"],
)
def test_a_broken_packed_body_is_a_failure(server: FeedServer, body: bytes) -> None:
    server.routes["/feed"] = Answer(body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchFailed):
        server.fetcher().fetch(Wanted(server.url("/feed")))


def test_a_slow_drip_is_ended_when_the_time_is_up(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(b"x" * 1_000, drip_s=0.05)
    began = time.monotonic()
    with pytest.raises(FetchFailed, match="longer than"):
        server.fetcher(FetchLimits(total_s=0.4)).fetch(Wanted(server.url("/feed")))
    assert time.monotonic() - began < 3


def test_a_server_that_says_nothing_is_not_waited_for(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(b"x", drip_s=30)
    with pytest.raises(FetchFailed, match="in time"):
        server.fetcher(FetchLimits(read_s=0.2, total_s=5)).fetch(Wanted(server.url("/feed")))


def test_an_answer_that_ends_half_way_is_a_failure(server: FeedServer) -> None:
    server.routes["/feed"] = Answer(b"x" * 1_000, cut_after=10)
    with pytest.raises(FetchFailed):
        server.fetcher(FetchLimits(read_s=0.5)).fetch(Wanted(server.url("/feed")))


def test_no_server_is_a_failure(server: FeedServer) -> None:
    fetcher, url = server.fetcher(), server.url("/feed")
    server.stop()
    with pytest.raises(FetchFailed, match="no connection"):
        fetcher.fetch(Wanted(url))


def test_https_needs_a_trusted_certificate(server: FeedServer) -> None:
    secure = server.origin.replace("http:", "https:")
    with pytest.raises(FetchFailed):
        Fetcher(HostRules(secure), "x").fetch(Wanted(f"{secure}/feed"))
