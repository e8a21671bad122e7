"""The journal's commands: one sentence, one exit code, JSON when asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection

from hereabouts.journal import api
from hereabouts.journal.adapters.guards import install_guards, lift_guards
from hereabouts.journal.models import Delivery
from hereabouts.kernel.access import PersonId
from hereabouts.site.cli import journal as commands
from hereabouts.site.cli import main
from tests.rooms.journal.sample import StreetRenamed, record, rename

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; its exit code, what it said on stdout, and on stderr."""

    def runs(*arguments: str) -> tuple[int, str, str]:
        try:
            main(["journal", *arguments])
        except SystemExit as left:
            code = left.code
        else:
            code = 0
        said = capsys.readouterr()
        assert isinstance(code, int)
        return code, said.out, said.err

    return runs


pytestmark = pytest.mark.django_db


def test_verify_says_that_the_journal_holds_and_what_to_note(run: Run) -> None:
    rename("ab")
    head = api.get_head()
    code, out, err = run("verify")
    assert (code, err) == (0, "")
    assert out == (
        f"The journal holds: 2 entries. Note the head as an anchor: {head.position}:{head.hash}\n"
    )
    code, out, _ = run("verify", "--json", "--anchor", f"{head.position}:{head.hash}")
    assert (code, json.loads(out)["holds"]) == (0, True)


def test_verify_names_the_first_broken_link_and_fails(run: Run) -> None:
    rename("abc")
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_entry SET subject = 'street:9' WHERE position = 2")
    install_guards(connection)
    code, out, err = run("verify")
    assert (code, out) == (1, "")
    assert err == "The journal is broken at position 2: the entry was changed.\n"
    code, out, err = run("verify", "--json")
    assert code == 1
    assert json.loads(out) == {"holds": False, "position": 2, "fault": "hash"}


def test_verify_refuses_an_anchor_that_is_none(run: Run) -> None:
    code, _, err = run("verify", "--anchor", "yesterday")
    assert code == 1 and "is not a noted head" in err
    rename("a")
    code, _, err = run("verify", "--anchor", f"1:{'0' * 64}")
    assert code == 1 and "its hash is not the one that was noted" in err


def test_list_shows_the_newest_first_and_can_be_narrowed(run: Run) -> None:
    rename("ab")
    record(StreetRenamed("c"), "street:2", PersonId("p-4"))
    code, out, _ = run("list", "--limit", "2")
    lines = out.splitlines()
    assert code == 0 and len(lines) == 2
    assert "street:2 by p-4" in lines[0] and '"title": "c"' in lines[0]
    _, out, _ = run("list", "--json", "--subject", "street:1", "--type", "sample.")
    assert [entry["payload"]["title"] for entry in json.loads(out)] == ["b", "a"]
    _, out, _ = run("list", "--before", "2", "--json")
    assert [entry["position"] for entry in json.loads(out)] == [1]
    _, out, _ = run("list", "--type", "none.such")
    assert out == "The journal has no such entries.\n"


def test_wrong_usage_leaves_with_two(run: Run) -> None:
    assert run("list", "--limit", "0")[0] == 2
    assert run("discard", "1")[0] == 2
    assert run("nonsense")[0] == 2


def test_follow_goes_on_from_a_position_until_stopped(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename("abc")

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands.time, "sleep", stop)
    code, out, _ = run("follow", "--after", "1", "--json")
    assert code == 0
    assert [json.loads(line)["position"] for line in out.splitlines()] == [2, 3]
    assert run("follow")[1] == ""


def _parked(position: int) -> int:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    row = Delivery.objects.create(
        reaction="sample.note",
        position=position,
        subject="street:1",
        state=Delivery.State.PARKED,
        attempts=6,
        due_at=moment,
        changed_at=moment,
        failure="ValueError: no luck",
    )
    return row.pk


def test_parked_deliveries_are_listed_retried_and_discarded(run: Run) -> None:
    assert run("parked")[1] == "No delivery waits for a person.\n"
    first, second = (_parked(position) for position in rename("ab"))
    code, out, _ = run("parked")
    assert code == 0 and "sample.note" in out and "ValueError: no luck" in out
    listed = json.loads(run("parked", "--json")[1])
    assert [entry["id"] for entry in listed] == [second, first]
    assert run("retry", str(first))[:2] == (0, f"Delivery {first} will be tried again.\n")
    code, out, _ = run("discard", str(second), "--reason", "wrong street", "--json")
    assert (code, json.loads(out)) == (0, {"delivery": second, "state": "discarded"})
    assert api.get_delivery(second).discard_reason == "wrong street"


def test_what_cannot_be_decided_is_refused_in_a_sentence(run: Run) -> None:
    code, _, err = run("retry", "999999")
    assert (code, err) == (1, "There is no delivery with the number 999999.\n")
    number = _parked(rename("a")[0])
    run("retry", str(number))
    code, _, err = run("retry", str(number))
    assert code == 1 and "is not parked" in err
    other = _parked(rename("b")[0])
    code, _, err = run("discard", str(other), "--reason", " ")
    assert code == 1 and err.startswith("Say in a few words")
