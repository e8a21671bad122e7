"""A database that is locked or gone while people ask: a sentence and when to come again."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from hereabouts.kernel.asgi import Request, Response, refusal_response
from hereabouts.site.asgi import DatabaseAway, HotThreads

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def nobody_may_write() -> Iterator[None]:
    """Somebody else writes and does not finish; or, at a server, nobody may write at all."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        connection.close()
        return
    connection.cursor().execute("SET statement_timeout = 100")
    holder = connection.copy()
    holder.set_autocommit(False)
    holder.cursor().execute("LOCK TABLE people_throttle, journal_head IN EXCLUSIVE MODE")
    yield
    holder.rollback()
    holder.close()
    connection.cursor().execute("SET statement_timeout = 0")


def _ask_for_link(client: Client, **headers: str) -> tuple[int, str, str]:
    client.raise_request_exception = False
    form = {"email": "somebody@example.org"}
    answer = client.post("/sign-in", form, headers=headers)
    words = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    return answer.status_code, answer.headers.get("Retry-After", ""), words


def test_signing_in_while_nobody_may_write_is_not_called_trying_too_often(client: Client) -> None:
    with nobody_may_write():
        status, again, words = _ask_for_link(client)
    assert (status, again) == (503, "30")
    assert "The database does not answer just now. Nothing was changed." in words
    assert _ask_for_link(client)[0] == 302


def test_a_throttle_says_when_it_could_not_count() -> None:
    with nobody_may_write(), pytest.raises(OperationalError):
        cache.add("tries", 1)
    assert cache.add("tries", 1) is True
    assert cache.add("tries", 1) is False


def test_a_page_says_so_when_the_database_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise OperationalError("the connection is closed")

    client.raise_request_exception = False
    connection.close()
    with monkeypatch.context() as patched:
        patched.setattr(connection, "connect", gone)
        page = client.get("/search", {"q": "high street"})
        data = client.get("/search.json", {"q": "high street"})
    assert (page.status_code, data.status_code) == (503, 503)
    assert json.loads(data.content)["code"] == "database_away"


@pytest.mark.once
def test_a_hot_route_says_so_too() -> None:
    def handler(request: Request) -> Response:
        raise OperationalError("the connection is closed")

    with pytest.raises(DatabaseAway, match="does not answer"):
        asyncio.run(HotThreads(1)(handler, Request("GET", "/tiles")))
    assert refusal_response(DatabaseAway()).status == 503
