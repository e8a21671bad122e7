"""A full disk or a database held by somebody else: one sentence, and nothing half done."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from hereabouts.journal import api
from hereabouts.journal.api import Fact
from hereabouts.kernel.access import Actor
from hereabouts.site.cli import main
from tests.rooms.journal.sample import StreetRenamed, rename

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 3_000


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `journal retry` write as much as an importer does."""

    def write_much(delivery: int, *, actor: Actor) -> None:
        with transaction.atomic():
            facts = (Fact(StreetRenamed("x" * 400), "street:1") for _ in range(MANY))
            api.append_all(facts, actor=None)

    monkeypatch.setattr(api, "retry_delivery", write_much)


@contextmanager
def full_disk() -> Iterator[None]:
    """The next growth of the database finds no room."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA page_count")
            (pages,) = cursor.fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages + 20}")
            yield
            cursor.execute("PRAGMA max_page_count = 1073741823")
            return
        # A server's disk cannot be filled from here: it is made to say the same.
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.position"
            " > 1000 THEN RAISE EXCEPTION 'could not extend file: disk full'"
            " USING ERRCODE = '53100'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER no_room BEFORE INSERT ON journal_entry"
            " FOR EACH ROW EXECUTE FUNCTION no_room()"
        )
        yield
        cursor.execute("DROP TRIGGER no_room ON journal_entry")
        cursor.execute("DROP FUNCTION no_room")


@contextmanager
def held_database() -> Iterator[None]:
    """Somebody else is writing and does not finish; we wait a little only."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        connection.close()
        return
    connection.cursor().execute("SET lock_timeout = 50")
    holder = connection.copy()
    holder.set_autocommit(False)
    holder.cursor().execute("SELECT * FROM journal_head FOR UPDATE")
    yield
    holder.rollback()
    holder.close()
    connection.cursor().execute("SET lock_timeout = 0")


def _run() -> int | str | None:
    with pytest.raises(SystemExit) as left:
        main(["journal", "retry", "1"])
    return left.value.code


def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing(
    command: None, capsys: pytest.CaptureFixture[str]
) -> None:
    rename("a")
    with full_disk():
        assert _run() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "full" in said.err and len(said.err.splitlines()) == 1
    found = api.verify()
    assert (found.entries, found.broken) == (1, None)
    assert rename("b") == [2]


def test_a_database_held_by_another_is_told_in_a_sentence_and_leaves_nothing(
    command: None, capsys: pytest.CaptureFixture[str]
) -> None:
    rename("a")
    with held_database():
        assert _run() == 1
    said = capsys.readouterr()
    assert "lock" in said.err and len(said.err.splitlines()) == 1
    assert api.verify().entries == 1
    assert rename("b") == [2]


def test_a_database_that_is_gone_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = connection.settings_dict.copy()
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", f"{os.sep}no such folder{os.sep}x")
    try:
        with pytest.raises(SystemExit) as left:
            main(["journal", "verify"])
    finally:
        connection.close()
        connection.settings_dict.update(real)
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("The database cannot be reached") and len(said.splitlines()) == 1
