"""Reactions: at least once, each subject's events in order, failures kept for a person."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from hereabouts.journal import api
from hereabouts.journal.actions.deliver import Deliverer
from hereabouts.journal.domain.events import EVENT_TYPES
from hereabouts.journal.domain.reactions import Reaction, ReactionError, Reactions, reaction
from hereabouts.journal.domain.retries import DELAYS, delay_after, describe_failure
from hereabouts.journal.errors import DeliveryNotFound, DeliveryNotParked, ReasonNeeded
from hereabouts.journal.events import DeliveryDiscarded, DeliveryParked, DeliveryRetried
from hereabouts.journal.jobs import HEARTBEAT, Worker
from hereabouts.journal.models import Cursor, Delivery
from hereabouts.journal.queries import find_moved_at, find_oldest_undelivered
from hereabouts.kernel.access import VISITOR, Actor, NotAllowed, PersonId
from tests.rooms.journal.sample import StreetChecked, StreetRenamed, record, rename

OPERATOR = Actor(PersonId("p-7"), frozenset({api.OPERATE}))
NAME = "sample.follow_names"
BEGIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Scene:
    """A reaction that notes what it is given and fails on demand, with a clock of its own."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.broken: set[str] = set()
        self.moment = BEGIN
        self.fault: Callable[[], Exception] = lambda: ValueError("no luck")
        self.deliverer = self.fresh()

    def fresh(self, *, reads_history: bool = True) -> Deliverer:
        known = Reaction(NAME, StreetRenamed, self.handle, reads_history)
        return Deliverer(known, clock=lambda: self.moment)

    def handle(self, event: StreetRenamed, recorded: api.RecordedEvent) -> None:
        if event.title in self.broken:
            # Anything written before the failure has to vanish with it.
            Cursor.objects.create(name=f"trace-{event.title}", moved_at=self.moment)
            raise self.fault()
        self.seen.append((recorded.subject, event.title))

    def run(self) -> list[tuple[str, str]]:
        """Turn until nothing is left to do; what was handled."""
        before = len(self.seen)
        while self.deliverer.turn():
            continue
        return self.seen[before:]

    def run_until_parked(self) -> None:
        for delay in (timedelta(), *DELAYS):
            self.moment += delay
            self.run()


@pytest.fixture
def scene() -> Scene:
    return Scene()


pytestmark = pytest.mark.django_db


def test_every_event_of_the_type_is_delivered_once_and_in_order(scene: Scene) -> None:
    rename("ab")
    record(StreetChecked(1.0))
    rename("c")
    assert scene.run() == [("street:1", "a"), ("street:1", "b"), ("street:1", "c")]
    rename("d")
    assert scene.run() == [("street:1", "d")]
    assert scene.run() == []
    assert not Delivery.objects.exists()


def test_a_new_worker_goes_on_where_the_last_one_stopped(scene: Scene) -> None:
    rename("ab")
    scene.run()
    rename("c")
    scene.deliverer = scene.fresh()
    assert scene.run() == [("street:1", "c")]


def test_a_reaction_without_interest_in_history_begins_with_the_next_event(scene: Scene) -> None:
    rename("ab")
    scene.deliverer = scene.fresh(reads_history=False)
    assert scene.run() == []
    rename("c")
    assert scene.run() == [("street:1", "c")]


def test_a_failure_keeps_its_subject_waiting_and_no_other(scene: Scene) -> None:
    scene.broken = {"a"}
    rename("a", "street:1")
    rename("b", "street:2")
    rename("c", "street:1")
    assert scene.run() == [("street:2", "b")]
    rename("d", "street:1")
    rename("e", "street:2")
    assert scene.run() == [("street:2", "e")]
    scene.broken = set()
    assert scene.run() == []
    scene.moment += DELAYS[0]
    assert scene.run() == [("street:1", "a"), ("street:1", "c"), ("street:1", "d")]
    assert not Delivery.objects.exists()


def test_a_failed_attempt_leaves_nothing_of_what_it_wrote(scene: Scene) -> None:
    scene.broken = {"a"}
    rename("a")
    scene.run()
    assert not Cursor.objects.filter(name="trace-a").exists()


def test_attempts_are_spaced_out_and_end_with_a_parked_delivery(scene: Scene) -> None:
    scene.broken = {"a"}
    position = rename("ab")[0]
    scene.run_until_parked()
    (parked,) = api.list_parked()
    assert (parked.position, parked.attempts) == (position, 1 + len(DELAYS))
    assert parked.failure.startswith("ValueError: no luck")
    assert api.count_parked() == 1
    told = api.list_before(None, limit=1)[0]
    assert told.event == DeliveryParked(NAME, position)
    scene.moment += timedelta(days=30)
    assert scene.run() == []


def test_a_parked_delivery_that_is_retried_lets_its_followers_go_on(scene: Scene) -> None:
    scene.broken = {"a"}
    position = rename("ab")[0]
    scene.run_until_parked()
    scene.broken = set()
    scene.moment = datetime(2126, 1, 1, tzinfo=UTC)
    (parked,) = api.list_parked()
    api.retry_delivery(parked.id, actor=OPERATOR)
    assert scene.run() == [("street:1", "a"), ("street:1", "b")]
    told = api.list_before(None, limit=1)[0]
    assert (told.event, told.actor) == (DeliveryRetried(NAME, position), "p-7")
    with pytest.raises(DeliveryNotFound):
        api.get_delivery(parked.id)


def test_a_discarded_delivery_is_never_made_and_keeps_its_reason(scene: Scene) -> None:
    scene.broken = {"a"}
    position = rename("ab")[0]
    scene.run_until_parked()
    (parked,) = api.list_parked()
    api.discard_delivery(parked.id, reason="  wrong \n street ", actor=OPERATOR)
    assert scene.run() == [("street:1", "b")]
    kept = api.get_delivery(parked.id)
    assert (kept.state, kept.discard_reason, kept.discarded_by) == (
        "discarded",
        "wrong street",
        "p-7",
    )
    told = api.list_before(None, limit=1)[0]
    assert told.event == DeliveryDiscarded(NAME, position)
    assert "wrong" not in str(told.payload)


def test_only_parked_deliveries_can_be_decided_and_only_by_operators(scene: Scene) -> None:
    scene.broken = {"a"}
    rename("a")
    scene.run()
    retrying = Delivery.objects.get()
    with pytest.raises(DeliveryNotParked):
        api.retry_delivery(retrying.pk, actor=OPERATOR)
    scene.run_until_parked()
    with pytest.raises(NotAllowed):
        api.retry_delivery(retrying.pk, actor=VISITOR)
    with pytest.raises(NotAllowed):
        api.discard_delivery(retrying.pk, reason="x", actor=VISITOR)
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(ReasonNeeded):
            api.discard_delivery(retrying.pk, reason=reason, actor=OPERATOR)
    with pytest.raises(DeliveryNotFound):
        api.retry_delivery(10**9, actor=OPERATOR)


def test_a_payload_that_no_longer_fits_is_parked_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename("a")
    monkeypatch.setattr(EVENT_TYPES, "read", lambda name, payload: None)
    scene.run()
    (parked,) = api.list_parked()
    assert parked.attempts == 1 and "UnreadableEventError" in parked.failure


def test_a_fault_of_the_database_inside_a_reaction_is_kept_like_any_other(scene: Scene) -> None:
    def fault() -> Exception:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        raise AssertionError

    scene.broken, scene.fault = {"a"}, fault
    rename("a")
    rename("b", "street:2")
    assert scene.run() == [("street:2", "b")]
    assert "no_such_table" in Delivery.objects.get().failure


def test_two_workers_deliver_nothing_twice(scene: Scene) -> None:
    rename("ab")
    other = scene.fresh()
    recorded = api.list_after(0, limit=10)
    scene.run()
    for entry in recorded:
        other._deliver(entry)
    assert scene.seen == [("street:1", "a"), ("street:1", "b")]


def test_long_stretches_without_its_events_move_the_cursor_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hereabouts.journal.actions.deliver.UNSAVED", 3)
    rename("a")
    scene.run()
    for length in range(6):
        record(StreetChecked(float(length)))
    scene.run()
    assert Cursor.objects.get(name=NAME).position == api.get_head().position


def test_reactions_have_names_of_their_own() -> None:
    def one(event: StreetRenamed, recorded: api.RecordedEvent) -> None: ...

    def two(event: StreetRenamed, recorded: api.RecordedEvent) -> None: ...

    reactions = Reactions()
    reactions.add(Reaction("a.b", StreetRenamed, one))
    reactions.add(Reaction("a.b", StreetRenamed, one))
    with pytest.raises(ReactionError):
        reactions.add(Reaction("a.b", StreetRenamed, two))


def test_the_decorator_registers_and_returns_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.REACTIONS, "_reactions", {})

    @reaction(StreetRenamed, name="sample.note")
    def note(event: StreetRenamed, recorded: api.RecordedEvent) -> None: ...

    assert [(known.name, known.handler) for known in api.REACTIONS] == [("sample.note", note)]
    assert find_oldest_undelivered() is None
    rename("a")
    assert find_oldest_undelivered() is not None


class _SecretiveError(Exception):
    pass


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("postgresql://boss:hunter2@db/x failed", "hunter2"),
        ("password=hunter2 is wrong", "hunter2"),
        ("Authorization: hunter2", "hunter2"),
        ("Bearer hunter2", "hunter2"),
        ("mail to ann.other@example.org bounced", "ann.other"),
        ("call +44 1632 960 001 now", "960 001"),
        ("token 0123456789abcdef0123456789abcdef", "456789abcdef"),
    ],
)
def test_what_is_kept_of_a_failure_holds_no_secret_and_no_person(words: str, hidden: str) -> None:
    said = describe_failure(_SecretiveError(words))
    assert hidden not in said
    assert said.startswith("_SecretiveError: ")


def test_what_is_kept_of_a_failure_is_short_and_says_where() -> None:
    refusal = ReasonNeeded(longest=3)
    assert describe_failure(refusal).startswith("journal.reason_needed: Say in a few words")
    assert len(describe_failure(ValueError("word " * 1_000))) < 500
    with pytest.raises(DeliveryNotFound) as caught:
        api.get_delivery(10**9)
    wrapped = ValueError("odd").with_traceback(caught.value.__traceback__)
    assert "queries.py:" in describe_failure(wrapped)


def test_delays_grow_and_end() -> None:
    waits = [delay_after(attempts) for attempts in range(1, 8)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known) and len(known) == 5
    assert waits[5:] == [None, None]


def test_an_idle_worker_asks_two_questions_however_many_reactions_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    reactions = Reactions()
    for number in range(5):
        reactions.add(
            Reaction(f"sample.idle_{number}", StreetRenamed, lambda event, recorded: None)
        )
    worker = Worker(reactions)
    rename("a")
    assert worker.turn() == 5
    with django_assert_num_queries(2):
        assert worker.turn() == 0


def test_a_worker_attempts_again_what_is_due(scene: Scene) -> None:
    reactions = Reactions()
    reactions.add(Reaction(NAME, StreetRenamed, scene.handle))
    worker = Worker(reactions)
    scene.broken = {"a"}
    rename("a")
    assert worker.turn() == 1
    scene.broken = set()
    Delivery.objects.update(due_at=BEGIN - timedelta(days=365))
    assert worker.turn() == 1
    assert scene.seen == [("street:1", "a")]


@pytest.mark.django_db(transaction=True)
def test_a_worker_in_a_thread_delivers_soon_after_the_commit() -> None:
    delivered = threading.Event()
    reactions = Reactions()
    reactions.add(Reaction("sample.soon", StreetRenamed, lambda event, recorded: delivered.set()))
    worker = Worker(reactions, shows_life=True)
    worker.start()
    try:
        with transaction.atomic():
            api.append(StreetRenamed("a"), subject="street:1", actor=None)
        assert delivered.wait(10)
        assert worker.is_alive
    finally:
        worker.stop()
    assert not worker.is_alive
    assert find_moved_at(HEARTBEAT) is not None


@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(Reactions())
    turns: list[int] = []

    def turn() -> int:
        turns.append(1)
        if len(turns) == 1:
            raise DatabaseError("gone")
        worker._stop.set()
        return 0

    monkeypatch.setattr(worker, "turn", turn)
    monkeypatch.setattr("hereabouts.journal.jobs.POLL_SECONDS", 0.001)
    worker.run()
    assert len(turns) == 2
