"""The desk's pages of connectors, through the client, and the addresses that are pushed to."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.asgi import Request
from hereabouts.kernel.time import now
from hereabouts.people.domain.roles import Role
from hereabouts.sensing.actions.connectors.setting_up import (
    ConnectorDraft,
    Terms,
    create_connector,
    give_connector_key,
    pause,
    turn_on,
)
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.adapters.connectors.webhook import WebhookDoor
from hereabouts.sensing.errors.connectors import ConnectorPaused, FeedUnreadable
from hereabouts.sensing.errors.keys import BadCredentials
from hereabouts.sensing.jobs.connectors import poll_due
from hereabouts.sensing.models.inbound import Connector, ConnectorRun
from hereabouts.sensing.models.observations import Observation
from hereabouts.sensing.models.register import Stream, Thing
from hereabouts.sensing.queries.connectors import get_connector, list_manifests
from tests.rooms.people.signing_in import make_officer, sign_in
from tests.rooms.sensing.feed_server import Answer, FeedServer, serving
from tests.rooms.sensing.test_connectors import CSV, MAPPING

pytestmark = pytest.mark.django_db(transaction=True)

DESK = "/desk/sensing/connectors/"


@pytest.fixture(autouse=True)
def routes(settings: Settings) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    INGEST.start()
    yield
    INGEST.stop()


@pytest.fixture
def server(settings: Settings) -> Iterator[FeedServer]:
    with serving() as running:
        settings.CONNECTOR_HOSTS = running.origin
        running.routes["/air.csv"] = Answer(CSV)
        yield running


@pytest.fixture
def steward(client: Client) -> Client:
    sign_in(client, make_officer("steward@example.org", Role.DATA_STEWARD))
    return client


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:500]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def typed(address: str, **more: str) -> dict[str, str]:
    return {
        **MAPPING,
        "address": address,
        "format": "auto",
        "time_format": "iso",
        "meaning": "start",
        "zone": "UTC",
        **more,
    }


def test_a_connector_is_set_up_step_by_step_and_runs(steward: Client, server: FeedServer) -> None:
    assert "A table on the web" in text_of(steward.get(DESK))
    form = text_of(steward.get(f"{DESK}new/table"))
    assert "Column or member with the time" in form
    made = steward.post(f"{DESK}new/table", typed(server.url("/air.csv")))
    assert made.status_code == 302, text_of(made)
    uid = Connector.objects.get().uid
    assert made["Location"] == f"{DESK}{uid}/preview"
    assert server.asked == []
    shown = text_of(steward.post(made["Location"]))
    assert "41.5 µg/m³" in shown
    assert "2 new things, 4 streams" in shown
    assert "Its time cannot be read" in shown
    assert not Thing.objects.exists()
    terms = {"name": "Roadside air", "minutes": "60", "data_class": "0", "owner": ""}
    on = steward.post(f"{DESK}{uid}/on", terms)
    assert on.status_code == 302, text_of(on)
    assert poll_due(now) == 1
    page = text_of(steward.get(f"{DESK}{uid}"))
    assert "Roadside air" in page
    assert "What the grade is made of" in page
    assert "2 things, 4 streams" in page
    assert Observation.objects.count() == 6
    assert "Roadside air" in text_of(steward.get(DESK))


def test_pause_go_on_run_now_and_take_away(steward: Client, server: FeedServer) -> None:
    uid = create_connector(
        "table", ConnectorDraft(typed(server.url("/air.csv"))), actor=INSTALLATION
    )
    turn_on(uid, Terms("A feed", 3600), actor=INSTALLATION)
    assert "paused" in text_of(steward.post(f"{DESK}{uid}/pause", follow=True))
    assert poll_due(now) == 0
    assert "on again" in text_of(steward.post(f"{DESK}{uid}/resume", follow=True))
    assert poll_due(now) == 1
    assert "in a moment" in text_of(steward.post(f"{DESK}{uid}/run", follow=True))
    assert poll_due(now) == 1
    assert steward.post(f"{DESK}{uid}/nothing").status_code == 404
    assert steward.get(f"{DESK}{uid}/run").status_code == 405
    assert "taken away" in text_of(steward.post(f"{DESK}{uid}/remove", follow=True))
    assert not Connector.objects.exists()


def test_a_sample_is_looked_at_in_place_of_the_feed(steward: Client, server: FeedServer) -> None:
    uid = create_connector(
        "table", ConnectorDraft(typed(server.url("/air.csv"))), actor=INSTALLATION
    )
    sample = SimpleUploadedFile("a.csv", CSV, "text/csv")
    assert "41.5 µg/m³" in text_of(steward.post(f"{DESK}{uid}/preview", {"sample": sample}))
    assert server.asked == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"address": "file:///etc/passwd"}, "begins with https"),
        ({"address": "https://user:word@x.example/"}, "begins with https"),
        ({"values": "no2"}, "column: property, unit, station"),
        ({"zone": "Nowhere/Town"}, "no such time zone"),
        ({"time_format": "%Q"}, "Write iso"),
        ({"lat": ""}, "latitude and longitude"),
        ({"skip": "many"}, "Enter a number"),
        ({"skip": "1000"}, "at most 100"),
        ({"format": "xml"}, ""),
        ({"time": ""}, "Enter “"),
        ({"send_header": "Host", "send_secret": "x"}, "cannot be sent along"),
    ],
)
def test_options_that_make_no_sense_are_said_at_their_field(
    steward: Client, changed: dict[str, str], said: str
) -> None:
    answer = steward.post(f"{DESK}new/table", {**typed("https://x.example/"), **changed})
    page = text_of(answer)
    assert "There is a problem" in page
    assert said in page
    assert not Connector.objects.exists()


def test_a_host_that_is_not_listed_is_said_in_the_preview(
    steward: Client, settings: Settings
) -> None:
    settings.CONNECTOR_HOSTS = ""
    uid = create_connector("table", ConnectorDraft(typed("https://x.example/")), actor=INSTALLATION)
    assert "HEREABOUTS_CONNECTOR_HOSTS" in text_of(steward.post(f"{DESK}{uid}/preview"))


@pytest.mark.parametrize("kind", [manifest.id for manifest in list_manifests()])
def test_every_kind_has_its_form(steward: Client, kind: str) -> None:
    manifest = next(each for each in list_manifests() if each.id == kind)
    page = text_of(steward.get(f"{DESK}new/{kind}"))
    assert manifest.title in page
    for option in manifest.options:
        assert option.title in page


def test_only_who_may_connect_sees_the_pages(client: Client) -> None:
    sign_in(client, make_officer("officer@example.org", Role.OFFICER))
    assert client.get(DESK).status_code == 403
    assert client.get(f"{DESK}new/table").status_code == 403


def test_a_secret_is_never_shown_again(steward: Client) -> None:
    secret = {"send_header": "X-Key", "send_secret": "word of honour"}
    made = steward.post(f"{DESK}new/table", typed("https://x.example/", **secret))
    assert made.status_code == 302, text_of(made)
    uid = Connector.objects.get().uid
    for page in (f"{DESK}{uid}", f"{DESK}{uid}/options", f"{DESK}{uid}/preview"):
        assert b"honour" not in steward.get(page).content
    kept = steward.post(f"{DESK}{uid}/options", typed("https://x.example/", send_header="X-Key"))
    assert kept.status_code == 302
    assert get_connector(uid, now()).has_secret


# ---- Pushed -------------------------------------------------------------------------------------


def pushed(kind: str = "webhook", **options: str) -> tuple[str, str]:
    values = {**MAPPING, **options} if kind == "webhook" else options
    uid = create_connector(kind, ConnectorDraft(values), actor=INSTALLATION)
    turn_on(uid, Terms("Pushed", 3600), actor=INSTALLATION)
    return uid, give_connector_key(uid, actor=INSTALLATION)


def push(uid: str, body: bytes, authorization: str = "", media_type: str = "") -> Any:
    headers = {"authorization": authorization, "content-type": media_type}
    request = Request("POST", f"/sensing/in/webhook/{uid}", {"uid": uid}, {}, headers, body)
    answer = WebhookDoor(INGEST).handle(request)
    assert isinstance(answer.body, bytes)
    return answer.status, json.loads(answer.body)


RECORDS = {
    "data": [
        {
            "at": "2026-03-02T10:00:00Z",
            "site": "Gate",
            "lat": 51.6,
            "lon": -2.9,
            "no2": 12,
            "temp": 7.5,
        },
        {
            "at": "2026-03-02T11:00:00Z",
            "site": "Gate",
            "lat": 51.6,
            "lon": -2.9,
            "no2": None,
            "temp": True,
        },
    ]
}


def test_a_message_is_stored_when_it_is_answered(steward: Client) -> None:
    uid, secret = pushed(records="data")
    body = json.dumps(RECORDS).encode()
    status, told = push(uid, body, f"Bearer {secret}")
    assert (status, told["readings"], told["added"]) == (200, 3, 3)
    assert Observation.objects.count() == 3
    basic = base64.b64encode(f"feed:{secret}".encode()).decode()
    status, told = push(uid, body, f"Basic {basic}")
    assert (status, told["added"]) == (200, 0)
    run = ConnectorRun.objects.get()
    assert (run.messages, run.readings, run.added) == (2, 6, 3)
    page = text_of(steward.get(f"{DESK}{uid}"))
    assert "2 messages" in page
    assert f"/sensing/in/webhook/{uid}" in page


def test_csv_may_be_pushed_too() -> None:
    uid, secret = pushed()
    status, told = push(uid, CSV, f"Bearer {secret}", "text/csv")
    assert (status, told["rows"], told["added"]) == (200, 5, 6)
    assert {problem["code"] for problem in told["problems"]} == {
        "time_unreadable",
        "not_a_number",
    }


@pytest.mark.parametrize("authorization", ["", "Bearer nothing", "Basic ???", "Digest x"])
def test_without_its_key_a_connector_takes_nothing(authorization: str) -> None:
    uid, _ = pushed()
    with pytest.raises(BadCredentials):
        push(uid, CSV, authorization)


def test_the_key_of_another_connector_does_not_open_it() -> None:
    uid, _ = pushed()
    _, other = pushed()
    for where in (uid, "co-nothing"):
        with pytest.raises(BadCredentials):
            push(where, CSV, f"Bearer {other}")


def test_a_fresh_key_takes_the_place_of_the_one_before(steward: Client) -> None:
    uid, old = pushed()
    page = text_of(steward.post(f"{DESK}{uid}/key"))
    found = re.search(r"hereaboutskey_[\w-]+", page)
    assert found is not None
    with pytest.raises(BadCredentials):
        push(uid, CSV, f"Bearer {old}")
    assert push(uid, CSV, f"Bearer {found[0]}")[0] == 200


def test_a_paused_connector_refuses_what_is_pushed() -> None:
    uid, secret = pushed()
    pause(uid, actor=INSTALLATION)
    with pytest.raises(ConnectorPaused):
        push(uid, CSV, f"Bearer {secret}")


@pytest.mark.parametrize("body", [b"", b"{", b'{"data": 7}', b"\xff\xfe"])
def test_a_message_that_is_none_is_refused(body: bytes) -> None:
    uid, secret = pushed(records="data")
    with pytest.raises(FeedUnreadable):
        push(uid, body, f"Bearer {secret}", "application/json")


def test_a_message_without_a_usable_row_is_refused() -> None:
    uid, secret = pushed(records="data")
    body = b'{"data": [{"site": "Gate", "no2": 1, "temp": 2}]}'
    status, told = push(uid, body, f"Bearer {secret}")
    assert (status, told["problems"][0]["code"]) == (400, "no_time")


def test_a_brokers_notification_is_taken() -> None:
    uid, secret = pushed("ngsild-push")
    body = {
        "id": "urn:ngsi-ld:Notification:1",
        "type": "Notification",
        "subscriptionId": "urn:ngsi-ld:Subscription:1",
        "notifiedAt": "2026-03-02T11:00:01Z",
        "data": [
            {
                "id": "urn:ngsi-ld:Parking:1",
                "type": "OffStreetParking",
                "name": {"type": "Property", "value": "Market"},
                "isOpen": {"type": "Property", "value": True, "observedAt": "2026-03-02T11:00:00Z"},
                "availableSpotNumber": [
                    {
                        "type": "Property",
                        "value": 12,
                        "observedAt": "2026-03-02T11:00:00Z",
                        "datasetId": "urn:ngsi-ld:Dataset:north",
                    },
                    {
                        "type": "Property",
                        "value": 30,
                        "observedAt": "2026-03-02T11:00:00Z",
                        "datasetId": "urn:ngsi-ld:Dataset:south",
                    },
                ],
            }
        ],
    }
    status, told = push(uid, json.dumps(body).encode(), f"Bearer {secret}")
    assert (status, told["added"]) == (200, 3)
    assert Stream.objects.count() == 3
    assert Thing.objects.get().name == "Market"
    started = Observation.objects.values_list("started", flat=True)[0]
    assert datetime.fromtimestamp(started / 1e6, UTC) == datetime(2026, 3, 2, 11, tzinfo=UTC)
