"""Appending: gapless, in the caller's transaction, and never to be changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from hereabouts.journal import api
from hereabouts.journal.adapters.guards import install_guards, lift_guards
from hereabouts.journal.api import Fact, Filter, Head
from hereabouts.journal.domain.chain import Fault
from hereabouts.journal.domain.events import EVENT_TYPES
from hereabouts.journal.errors import (
    EntryNotFound,
    EventTooLarge,
    OutsideTransactionError,
    SubjectUnusable,
)
from hereabouts.journal.models import Entry, HeadRow
from hereabouts.kernel.access import PersonId
from tests.rooms.journal.sample import StreetChecked, StreetRenamed, record, rename


@pytest.mark.django_db
def test_positions_follow_each_other() -> None:
    start = api.get_head().position
    assert rename(["a", "b", "c"]) == [start + 1, start + 2, start + 3]
    assert api.get_head().position == start + 3


@pytest.mark.django_db
def test_an_entry_reads_back_as_the_event_that_was_recorded() -> None:
    event = StreetChecked(1.5, PersonId("p-9"), ("é", "\x00"))
    position = record(event, subject="street:st-1", actor=PersonId("p-2"))
    found = api.get_entry(position)
    assert found.event == event
    assert (found.subject, found.actor, found.is_public) == ("street:st-1", "p-2", False)
    assert found.recorded_at.utcoffset() is not None


@pytest.mark.django_db
def test_an_event_of_an_unknown_type_reads_as_an_opaque_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    position = record(StreetRenamed("Mill Lane"))
    monkeypatch.setattr(EVENT_TYPES, "_classes", {})
    found = api.get_entry(position)
    assert found.event is None
    assert found.payload == {"title": "Mill Lane", "number": 1}
    assert found.is_public


@pytest.mark.django_db
def test_a_type_that_is_no_longer_public_hides_its_old_entries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    position = record(StreetRenamed("Mill Lane"))
    shown = api.list_before(None, limit=5, where=Filter(is_public=True))
    assert [entry.position for entry in shown] == [position]
    monkeypatch.setattr(StreetRenamed, "is_public", False)
    assert api.list_before(None, limit=5, where=Filter(is_public=True)) == []


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransactionError):
        api.append(StreetRenamed("a"), subject="street:1", actor=None)
    assert api.get_head() == Head()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_entry_and_no_gap() -> None:
    first = record(StreetRenamed("a"))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        api.append(StreetRenamed("lost"), subject="street:1", actor=None)
        raise ZeroDivisionError
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            api.append(StreetRenamed("lost too"), subject="street:1", actor=None)
            raise ZeroDivisionError
        second = api.append(StreetRenamed("b"), subject="street:1", actor=None)
    assert second == first + 1
    assert api.verify().broken is None


@pytest.mark.django_db
def test_an_event_that_cannot_be_recorded_leaves_nothing_of_its_batch() -> None:
    before = api.get_head()
    for wrong, subject in ((StreetRenamed("x" * 501), "street:1"), (StreetRenamed("x"), "a b")):
        with pytest.raises((EventTooLarge, SubjectUnusable)), transaction.atomic():
            facts = [Fact(StreetRenamed("good"), "street:1"), Fact(wrong, subject)]
            api.append_all(facts, actor=None)
    assert api.get_head() == before


@pytest.mark.django_db
def test_a_payload_of_many_long_parts_is_refused() -> None:
    with pytest.raises(EventTooLarge), transaction.atomic():
        event = StreetChecked(1.0, None, tuple("x" * 400 for _ in range(50)))
        api.append(event, subject="street:1", actor=None)


@pytest.mark.django_db
def test_many_events_are_recorded_in_their_order() -> None:
    facts = (Fact(StreetRenamed(str(number)), f"street:{number}") for number in range(2_500))
    last = api.append_all(facts, actor=None)
    assert last is not None
    found = api.list_after(last - 2_500, limit=1_000)
    assert [entry.payload["title"] for entry in found] == [str(number) for number in range(1_000)]
    assert api.verify().broken is None
    assert api.append_all([], actor=None) is None


@pytest.mark.django_db
def test_pages_lead_from_the_newest_to_the_oldest_and_back() -> None:
    start = api.get_head().position
    rename("abcdefg")
    newest = api.get_page(size=3, where=Filter(subject="street:1"))
    assert [entry.payload["title"] for entry in newest.entries] == ["g", "f", "e"]
    assert newest.newer_than is None
    older = api.get_page(before=newest.older_than, size=3, where=Filter(subject="street:1"))
    assert [entry.payload["title"] for entry in older.entries] == ["d", "c", "b"]
    back = api.get_page(after=older.newer_than, size=3, where=Filter(subject="street:1"))
    assert back.entries == newest.entries
    oldest = api.get_page(before=start + 2, size=3, where=Filter(subject="street:1"))
    assert oldest.older_than is None
    assert api.get_page(before=1, size=3, where=Filter()).entries == ()


@pytest.mark.django_db
def test_entries_are_found_by_type_and_subject() -> None:
    record(StreetRenamed("a"), "street:7")
    record(StreetChecked(1.0), "street:7")
    record(StreetRenamed("b"), "street:8")

    def titles(where: Filter) -> list[object]:
        return [entry.payload.get("title") for entry in api.list_before(None, limit=9, where=where)]

    assert titles(Filter("sample.street.ren")) == ["b", "a"]
    assert titles(Filter("sample.street.renamed.v1", "street:7")) == ["a"]
    assert titles(Filter(subject="street:7")) == [None, "a"]
    assert titles(Filter("sample.%")) == []
    with pytest.raises(EntryNotFound):
        api.get_entry(10**12)


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_change_or_remove_entries() -> None:
    rename("ab")
    statements = ["UPDATE journal_entry SET subject = 'x'", "DELETE FROM journal_entry"]
    if connection.vendor == "postgresql":
        statements.append("TRUNCATE journal_entry")
    for statement in statements:
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(position=1).delete()
    assert api.verify().entries == 2


def _tamper(statement: str, *values: object) -> None:
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    install_guards(connection)


SET = "UPDATE journal_entry SET {} WHERE position = 2"
TAMPERINGS: dict[str, tuple[Callable[[], None], int, Fault]] = {
    "subject": (lambda: _tamper(SET.format("subject = 'street:2'")), 2, Fault.HASH),
    "type": (lambda: _tamper(SET.format("wire_name = 'a.b.c.v1'")), 2, Fault.HASH),
    "actor": (lambda: _tamper(SET.format("actor = 'p-3'")), 2, Fault.HASH),
    "time": (lambda: _tamper(SET.format("recorded_at = '2020-01-01'")), 2, Fault.HASH),
    "public": (lambda: _tamper(SET.format("is_public = %s"), False), 2, Fault.HASH),
    "payload": (lambda: _tamper(SET.format("payload = '{}'")), 2, Fault.HASH),
    "blank": (lambda: _tamper(SET.format("payload = payload || ' '")), 2, Fault.HASH),
    "hash": (lambda: _tamper(SET.format("hash = %s"), "0" * 64), 2, Fault.HASH),
    "previous": (lambda: _tamper(SET.format("previous = %s"), "0" * 64), 2, Fault.PREVIOUS),
    "moved": (lambda: _tamper(SET.format("position = 9")), 2, Fault.GAP),
    "removed": (lambda: _tamper("DELETE FROM journal_entry WHERE position = 2"), 2, Fault.GAP),
    "first removed": (
        lambda: _tamper("DELETE FROM journal_entry WHERE position = 1"),
        1,
        Fault.GAP,
    ),
    "cut short": (lambda: _tamper("DELETE FROM journal_entry WHERE position > 2"), 3, Fault.HEAD),
    "emptied": (lambda: _tamper("DELETE FROM journal_entry"), 1, Fault.HEAD),
    "inserted before": (
        lambda: _tamper(
            "INSERT INTO journal_entry SELECT 0, recorded_at, wire_name, subject, actor, is_public,"
            " payload, previous, hash FROM journal_entry WHERE position = 1"
        ),
        1,
        Fault.GAP,
    ),
    "head back": (lambda: _tamper("UPDATE journal_head SET position = 2"), 3, Fault.HEAD),
    "head gone": (lambda: _tamper("DELETE FROM journal_head"), 3, Fault.HEAD),
    "head hash": (lambda: _tamper("UPDATE journal_head SET hash = 'x'"), 3, Fault.HEAD),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", TAMPERINGS)
def test_verify_names_the_first_broken_link(name: str) -> None:
    rename("abc")
    assert api.verify().broken is None
    act, position, fault = TAMPERINGS[name]
    act()
    broken = api.verify().broken
    assert broken is not None
    assert (broken.position, broken.fault) == (position, fault)


@pytest.mark.django_db(transaction=True)
def test_swapping_two_entries_is_found() -> None:
    rename("abc")
    _tamper("UPDATE journal_entry SET position = 0 WHERE position = 1")
    _tamper("UPDATE journal_entry SET position = 1 WHERE position = 2")
    _tamper("UPDATE journal_entry SET position = 2 WHERE position = 0")
    broken = api.verify().broken
    assert broken is not None and broken.position == 1


@pytest.mark.django_db(transaction=True)
def test_a_journal_rewritten_to_its_end_is_found_by_an_anchor() -> None:
    rename("ab")
    anchor = api.get_head()
    rename("c")
    assert api.verify(anchor).broken is None
    _tamper("DELETE FROM journal_entry")
    HeadRow.objects.all().delete()
    rename("xyz")
    assert api.verify().broken is None
    broken = api.verify(anchor).broken
    assert broken is not None and (broken.position, broken.fault) == (2, Fault.ANCHOR)
    assert api.verify(Head(7, "0" * 64)).broken is not None


@pytest.mark.django_db(transaction=True)
def test_verify_walks_in_pages() -> None:
    rename("abcdefg")
    found = api.verify(page=2)
    assert (found.entries, found.broken) == (7, None)


def _in_threads(count: int, work: Callable[[int], None]) -> None:
    faults: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as fault:
            faults.append(fault)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_no_gap_and_no_double() -> None:
    def write(number: int) -> None:
        for turn in range(15):
            try:
                with transaction.atomic():
                    api.append(StreetRenamed(f"{number}-{turn}"), subject="street:1", actor=None)
                    if turn % 3 == 0:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                continue

    _in_threads(6, write)
    found = api.verify()
    assert (found.entries, found.broken) == (60, None)
    titles = [entry.payload["title"] for entry in api.list_after(0, limit=100)]
    for number in range(6):
        mine = [title for title in titles if title.startswith(f"{number}-")]
        assert mine == [f"{number}-{turn}" for turn in range(15) if turn % 3]


@pytest.mark.django_db(transaction=True)
def test_a_reader_never_sees_a_later_position_before_an_earlier_one() -> None:
    gaps: list[list[int]] = []
    done = threading.Event()

    def work(number: int) -> None:
        if number == 0:
            while not done.is_set():
                positions = [entry.position for entry in api.list_after(0, limit=1_000)]
                if positions != list(range(1, len(positions) + 1)):
                    gaps.append(positions)
            return
        for turn in range(20):
            record(StreetRenamed(f"{number}-{turn}"))
        if number == 1:
            done.set()

    _in_threads(4, work)
    assert gaps == []


WRITE_UNTIL_KILLED = """
import django, sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.db import transaction
from hereabouts.journal.api import Fact, append, append_all
from hereabouts.journal.events import DeliveryParked
print("ready", flush=True)
for number in range(1_000_000):
    with transaction.atomic():
        append(DeliveryParked("killed", number), subject="reaction:killed", actor=None)
        facts = [Fact(DeliveryParked("killed", part), "reaction:killed") for part in range(20)]
        append_all(facts, actor=None)
    print(number, flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_while_appending_leaves_a_journal_that_holds() -> None:
    record(StreetRenamed("before"))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "hereabouts.site.settings"}
    command = [sys.executable, "-W", "ignore", "-c", WRITE_UNTIL_KILLED]
    for _ in range(2):
        writer = subprocess.Popen(
            [*command, str(connection.settings_dict["NAME"])],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        with writer.stdout:
            for line in writer.stdout:
                if line.strip() == "5":
                    break
            writer.send_signal(signal.SIGKILL)
            writer.wait(30)
    found = api.verify()
    assert found.broken is None
    assert found.entries >= 1 + 2 * 6 * 21
    assert (found.entries - 1) % 21 == 0
    assert record(StreetRenamed("after")) == found.entries + 1
