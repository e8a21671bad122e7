"""The public account for everybody, and the desk's pages for those who may."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from hereabouts.journal import api
from hereabouts.journal.adapters.guards import install_guards, lift_guards
from hereabouts.journal.api import list_event_types
from hereabouts.journal.models import Delivery
from hereabouts.journal.web import views
from hereabouts.journal.web.wording import tell
from hereabouts.people.api import Role
from hereabouts.places.events import ImportCompleted
from tests.rooms.journal.sample import StreetChecked, StreetRenamed, record, rename
from tests.rooms.people.signing_in import make_officer, sign_in

pytestmark = pytest.mark.django_db


def text(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def administrator(client: Client) -> Client:
    sign_in(client, make_officer(role=Role.ADMINISTRATOR))
    return client


@pytest.fixture
def auditor(client: Client) -> Client:
    sign_in(client, make_officer(role=Role.AUDITOR))
    return client


@pytest.fixture
def parked() -> int:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    row = Delivery.objects.create(
        reaction="sample.note",
        position=rename("a")[0],
        subject="street:1",
        state=Delivery.State.PARKED,
        attempts=6,
        due_at=moment,
        changed_at=moment,
        failure="ValueError: no <luck>",
    )
    return row.pk


def test_everybody_reads_public_events_in_plain_words(client: Client) -> None:
    record(StreetRenamed("Mill <Lane>"), "street:7")
    record(StreetChecked(12.0), "street:8")
    page = client.get("/journal")
    assert page.status_code == 200
    assert "The street street:7 is now called Mill <Lane>." in text(page)
    assert b"Mill <Lane>" not in page.content
    assert "street:8" not in text(page)


def test_the_account_is_empty_in_words(client: Client) -> None:
    assert "Nothing has happened in public yet" in text(client.get("/journal"))


def test_the_account_as_data_leads_to_older_events(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    rename("abcde")
    seen: list[str] = []
    address = "/journal.json?type=sample.&subject=street:1"
    while address:
        answer = client.get(address).json()
        seen += [event["data"]["title"] for event in answer["events"]]
        address = answer["older"]
    assert seen == ["e", "d", "c", "b", "a"]
    assert answer["stream"] == "/events"
    back = client.get(answer["newer"]).json()
    assert [event["data"]["title"] for event in back["events"]] == ["c", "b"]
    assert set(back["events"][0]) == {
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "datacontenttype",
        "data",
    }


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=-1", "before=" + "9" * 40, "after=%00", "type=%00x", "subject=%00"],
)
def test_a_mistyped_address_shows_a_page_all_the_same(client: Client, query: str) -> None:
    assert client.get(f"/journal?{query}").status_code == 200
    assert client.get(f"/journal.json?{query}").status_code == 200


@pytest.mark.parametrize("path", ["", "1", "parked/", "parked/1"])
def test_the_desk_s_pages_ask_visitors_to_sign_in(client: Client, path: str) -> None:
    assert client.get(f"/desk/journal/{path}").status_code == 302


def test_an_auditor_reads_everything_and_decides_nothing(auditor: Client, parked: int) -> None:
    record(StreetChecked(12.0), "street:8")
    page = text(auditor.get("/desk/journal/"))
    assert "street:8" in page and "Street checked (sample)" in page
    assert "Decide what waits" not in page
    assert auditor.get("/desk/journal/parked/").status_code == 403
    assert auditor.post(f"/desk/journal/parked/{parked}/retry").status_code == 403
    assert auditor.post(f"/desk/journal/parked/{parked}", {"reason": "x"}).status_code == 403
    assert api.get_delivery(parked).state == "parked"


def test_entries_are_filtered_and_paged(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    positions = rename("abc")
    page = text(auditor.get("/desk/journal/?type=sample.street.renamed.v1"))
    assert "called c" in page and "called b" in page and "called a" not in page
    older = text(auditor.get(f"/desk/journal/?type=sample.street.renamed.v1&before={positions[1]}"))
    assert "called a" in older and "called b" not in older
    assert "No entry fits" in text(auditor.get("/desk/journal/?subject=none"))


def test_an_entry_shows_all_that_is_recorded(auditor: Client) -> None:
    position = record(StreetChecked(12.5, None, ("x", "y")), "street:8")
    page = text(auditor.get(f"/desk/journal/{position}"))
    assert "12.50" in page and "x, y" in page and api.get_entry(position).hash in page
    assert auditor.get("/desk/journal/999999999999999999999").status_code == 404


def test_the_chain_is_checked_on_demand(auditor: Client) -> None:
    rename("abc")
    said = text(auditor.post("/desk/journal/verify", follow=True))
    assert "The journal holds" in said
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_entry SET subject = 'x' WHERE position = 2")
    install_guards(connection)
    said = text(auditor.post("/desk/journal/verify", follow=True))
    assert "broken at position 2" in said
    assert auditor.get("/desk/journal/verify").status_code == 405


def test_a_long_journal_is_left_to_the_command_line(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_VERIFIED", 1)
    rename("ab")
    assert "hereabouts journal verify" in text(auditor.post("/desk/journal/verify", follow=True))


def test_an_operator_tries_a_parked_delivery_again(administrator: Client, parked: int) -> None:
    assert "Decide what waits" in text(administrator.get("/desk/journal/"))
    listed = administrator.get("/desk/journal/parked/")
    assert "ValueError: no <luck>" in text(listed) and b"<luck>" not in listed.content
    said = text(administrator.post(f"/desk/journal/parked/{parked}/retry", follow=True))
    assert "will be tried again" in said and "Nothing waits" in said
    assert api.get_delivery(parked).state == "retrying"
    again = administrator.post(f"/desk/journal/parked/{parked}/retry")
    assert again.status_code == 409


def test_an_operator_gives_a_delivery_up_with_a_reason(administrator: Client, parked: int) -> None:
    address = f"/desk/journal/parked/{parked}"
    without = administrator.post(address, {"reason": " "})
    assert "There is a problem" in text(without)
    said = text(administrator.post(address, {"reason": "wrong street"}, follow=True))
    assert "was given up" in said
    kept = api.get_delivery(parked)
    assert (kept.state, kept.discard_reason) == ("discarded", "wrong street")
    assert "wrong street" in text(administrator.get(address))
    assert administrator.get("/desk/journal/parked/999999").status_code == 404


def test_every_event_type_is_told_in_a_sentence(auditor: Client) -> None:
    position = None
    for cls in list_event_types():
        position = record(cls.example(), "sample:1")
    page = text(auditor.get("/desk/journal/?subject=sample:1"))
    assert position is not None and "{" not in page.split("<main", 1)[1].split("</main", 1)[0]


def test_numbers_that_are_zero_are_not_told() -> None:
    loaded = ImportCompleted(
        run="im-3x9k2m7q1d5t",
        importer="osm",
        file_digest="0" * 64,
        kinds=("street",),
        appeared=1_204,
        changed=0,
        moved=3,
        went=0,
        returned=0,
    )
    position = record(loaded)

    assert tell(api.get_entry(position)) == (
        "New data was loaded: OpenStreetMap – 1,204 new, 3 moved (import im-3x9k2m7q1d5t)."
    )
