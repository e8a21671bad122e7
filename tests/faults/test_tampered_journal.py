"""Somebody who can write to the database file puts things into the journal that are no texts."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from hereabouts.journal import api
from hereabouts.journal.adapters.guards import install_guards, lift_guards
from hereabouts.journal.domain.chain import Fault
from hereabouts.site.cli import main
from tests.rooms.journal.sample import rename

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
COLUMNS = ("recorded_at", "wire_name", "subject", "actor", "payload")


def _put(column: str, value: str) -> None:
    lift_guards(connection)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE journal_entry SET {column} = {value} WHERE position = 2")
    install_guards(connection)


@pytest.mark.parametrize("value", ["x'ff00fe'", "CAST(x'ff00fe' AS TEXT)"])
@pytest.mark.parametrize("column", COLUMNS)
def test_bytes_in_place_of_a_text_are_the_first_broken_link(column: str, value: str) -> None:
    rename("abc")
    _put(column, value)
    found = api.verify()
    assert found.broken is not None
    assert (found.broken.position, found.broken.fault) == (2, Fault.HASH)


def test_the_command_says_it_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    rename("abc")
    _put("payload", "x'ff00fe'")
    with pytest.raises(SystemExit) as left:
        main(["journal", "verify"])
    assert left.value.code == 1
    said = "The journal is broken at position 2: the entry was changed.\n"
    assert capsys.readouterr().err == said
