"""Alerts as people ask for them: the form, the letter, its link, and the account's list."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from hereabouts.journal.jobs import Worker
from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.time import now
from hereabouts.people.api import erase_person, export_person
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.models.watching import AlertSubscription
from hereabouts.sensing.queries import series
from tests.rooms.people.signing_in import make_person, sign_in
from tests.rooms.sensing.looking import a_week_of, make_sensor, make_stream, readings

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://testserver(/sensors/alerts/\S+)")


@pytest.fixture
def no2() -> Stream:
    series.forget()
    found = make_stream(make_sensor())
    readings(found, 28, 31)
    return found


def the_form(stream: Stream, **more: str) -> dict[str, str]:
    """What somebody types."""
    return {
        "property_id": str(stream.observed_property_id),
        "comparison": "above",
        "value": "40",
        "email": "ann@example.org",
        **more,
    }


def ask(client: Client, stream: Stream, **more: str) -> str:
    """Ask for an alert at a sensor; the path of the letter's link."""
    path = f"/sensors/alerts/new?place=thing:{stream.thing_id}"
    answer = client.post(path, the_form(stream, **more))
    assert answer.status_code == 302 and answer["Location"] == "/sensors/alerts/sent"
    found = LINK.search(str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_the_form_says_what_is_measured_and_what_is_usual(client: Client, no2: Stream) -> None:
    a_week_of(no2)
    html = client.get(f"/sensors/alerts/new?place=thing:{no2.thing_id}").content.decode()
    assert "Nitrogen dioxide (µg/m³)" in html and "Mill Lane post" in html
    html = html.replace("\N{NO-BREAK SPACE}", " ")
    told = re.search("now 31 µg/m³, mostly between ([0-9.]+) and ([0-9.]+) µg/m³", html)
    assert told is not None, html[html.index("<main") :]
    assert 15 < float(told[1]) < 20 < float(told[2]) < 25


def test_an_alert_begins_when_the_letter_s_button_is_pressed(client: Client, no2: Stream) -> None:
    link = ask(client, no2)
    assert mail.outbox[-1].to == ["ann@example.org"]
    assert "Nitrogen dioxide above 40 at Mill Lane post." in str(mail.outbox[-1].body)
    row = AlertSubscription.objects.get()
    assert row.confirmed_at is None
    html = client.get(link).content.decode()
    assert "Start this alert" in html and AlertSubscription.objects.get().confirmed_at is None
    html = client.post(link, {"do": "confirm"}).content.decode()
    assert "Your alert has begun" in html and AlertSubscription.objects.get().confirmed_at


def test_the_button_works_in_a_browser_that_proves_where_it_comes_from(no2: Stream) -> None:
    browser = Client(enforce_csrf_checks=True)
    link = ask(Client(), no2)
    page = browser.get(link)
    # A stricter policy makes browsers send “Origin: null”, which no form may come from.
    assert page["Referrer-Policy"] == "same-origin"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token is not None
    sent = {"do": "confirm", "csrfmiddlewaretoken": token[1]}
    assert browser.post(link, sent, headers={"origin": "http://testserver"}).status_code == 200
    assert AlertSubscription.objects.get().confirmed_at


def test_an_alert_is_ended_by_its_link_and_the_address_forgotten(
    client: Client, no2: Stream
) -> None:
    link = ask(client, no2)
    html = client.post(link, {"do": "end"}).content.decode()
    assert "The alert is ended" in html and not AlertSubscription.objects.exists()
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("secret", ["x", "al-1:sig", "%00", "a" * 2_000])
def test_a_link_that_is_not_ours_is_not_found(client: Client, secret: str) -> None:
    assert client.get(f"/sensors/alerts/{secret}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"email": "ann"},
        {"email": ""},
        {"value": "much"},
        {"value": "nan"},
        {"comparison": ""},
        {"property_id": "999"},
        {"value": "1e400"},
    ],
)
def test_a_form_that_cannot_be_used_says_so(
    client: Client, no2: Stream, change: dict[str, str]
) -> None:
    path = f"/sensors/alerts/new?place=thing:{no2.thing_id}"
    html = client.post(path, the_form(no2, **change)).content.decode()
    assert "There is a problem" in html
    assert not mail.outbox and not AlertSubscription.objects.exists()


def test_nobody_s_mailbox_is_flooded(client: Client, no2: Stream) -> None:
    for value in ("40", "41", "42"):
        ask(client, no2, value=value)
    path = f"/sensors/alerts/new?place=thing:{no2.thing_id}"
    html = client.post(path, the_form(no2, email="Ann@example.org")).content.decode()
    assert "Several letters have been sent to this address" in html and len(mail.outbox) == 3
    AlertSubscription.objects.update(created_at=now() - timedelta(hours=2))
    ask(client, no2)


@pytest.mark.parametrize("key", ["", "street:st-none", "area:x", "thing:0", "thing:x", "odd:1"])
def test_a_place_that_is_not_there_is_not_found(client: Client, key: str) -> None:
    assert client.get(f"/sensors/alerts/new?place={key}").status_code == 404


def test_a_point_can_be_watched(client: Client, no2: Stream) -> None:
    path = "/sensors/alerts/new?place=point:51.58010,-2.99010"
    assert client.post(path, the_form(no2)).status_code == 302
    row = AlertSubscription.objects.get()
    assert row.west < -2.99 < row.east and row.south < 51.58 < row.north
    assert row.place_kind == "point"


def test_closed_streams_cannot_be_watched(client: Client) -> None:
    closed = make_stream(make_sensor("Clinic", dataClass="closed"), "Presence", None)
    readings(closed, 1, 2)
    assert client.get(f"/sensors/alerts/new?place=thing:{closed.thing_id}").status_code == 404
    html = client.get("/sensors/alerts/new?place=point:51.58,-2.99").content.decode()
    assert "Presence" not in html and "Nothing here that everybody may read" in html


def test_somebody_signed_in_finds_their_alerts_and_takes_them_along(
    client: Client, no2: Stream
) -> None:
    assert client.get("/sensors/alerts").status_code == 302
    ann = make_person("ann@example.org")
    sign_in(client, ann)
    link = ask(client, no2, email="other@example.org")
    html = client.get("/sensors/alerts").content.decode()
    assert "Nitrogen dioxide above 40 at Mill Lane post." in html and link in html
    told = export_person(ann, now())
    assert "other@example.org" in str(told) and "deployments" in str(told)


@pytest.mark.django_db(transaction=True)
def test_who_deletes_the_account_is_forgotten(client: Client, no2: Stream) -> None:
    ann = make_person("ann@example.org")
    sign_in(client, ann)
    ask(client, no2)
    erase_person(ann, actor=INSTALLATION)
    while Worker().turn():
        continue
    assert not AlertSubscription.objects.exists()
