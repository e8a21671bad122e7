"""The desk of the sensor hub: findings, devices, frames kept raw, applications."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from hereabouts.kernel.time import now
from hereabouts.people.domain.roles import Role
from hereabouts.sensing.actions.findings import FindingDraft, raise_finding
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.uplinks import to_us
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.models.inbound import Application, Device, DeviceStream, LinkDay, Uplink
from tests.rooms.people.signing_in import make_officer, sign_in
from tests.rooms.sensing.looking import make_sensor, make_stream, readings

pytestmark = pytest.mark.django_db
EUI = "A81758FFFE012345"
SECRET = re.compile(r"hereaboutskey_[\w-]{43}")
PAGES = (
    "/desk/sensing/",
    "/desk/sensing/devices",
    "/desk/sensing/devices/new",
    "/desk/sensing/applications",
    "/desk/sensing/levels",
)


@pytest.fixture
def steward(client: Client, settings: Settings) -> Client:
    """A data steward, signed in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    sign_in(client, make_officer("steward@example.org", Role.DATA_STEWARD))
    return client


def page(client: Client, path: str) -> str:
    """The markup of a page that is there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def a_frame(payload: bytes = b"\x01\x00\xe2\x02\x29", state: str = "unknown_device") -> Uplink:
    """A frame as it was kept."""
    return Uplink.objects.create(
        eui=EUI,
        network="ttn",
        application="town",
        device_name="ers-1",
        model="elsys/ers",
        port=5,
        counter=7,
        payload=payload,
        received=to_us(now()),
        gateways='[["gw",-97,6.5]]',
        state=state,
        reason="nobody registered it",
    )


def test_every_page_opens_while_there_is_nothing(steward: Client) -> None:
    for path in PAGES:
        page(steward, path)


def test_the_desk_is_for_officers(client: Client) -> None:
    for path in PAGES:
        assert client.get(path).status_code in {302, 401, 403}


def test_an_officer_without_devices_sees_findings_alone(client: Client, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    sign_in(client, make_officer())
    raise_finding(FindingDraft(FindingKind.SILENT, "thing:1", "Post is quiet", thing_id=1))
    raise_finding(
        FindingDraft(
            FindingKind.SILENT,
            "thing:2",
            "Ward 3 is quiet",
            thing_id=2,
            data_class=DataClass.CLOSED,
        )
    )
    html = page(client, "/desk/sensing/")
    assert "Post is quiet" in html and 'href="/sensors/1"' in html
    assert "Ward 3" not in html and "/desk/sensing/devices" not in html
    assert client.get("/desk/sensing/devices").status_code == 403


def test_an_unknown_device_is_shown_with_its_bytes_and_registered(steward: Client) -> None:
    a_frame()
    html = page(steward, "/desk/sensing/devices")
    assert f"Register {EUI}" in html and "01 00 e2 02 29" in html
    assert "nobody registered it" in html
    link = re.search(r'href="(/desk/sensing/devices/new\?eui=[^"]+)"', html)
    assert link is not None
    form = page(steward, link[1].replace("&amp;", "&"))
    assert f'value="{EUI}"' in form and 'value="elsys/ers"' in form
    sent = {"eui": "a8:17:58:ff:fe:01:23:45", "name": "Office", "decoder": "", "is_enabled": "on"}
    answer = steward.post("/desk/sensing/devices/new", sent)
    assert answer["Location"] == f"/desk/sensing/devices/{EUI}"
    assert Device.objects.get().name == "Office"


@pytest.mark.parametrize(
    "change", [{"eui": "12"}, {"name": ""}, {"thing_id": "999"}, {"decoder": "none"}]
)
def test_a_device_that_cannot_be_says_so(steward: Client, change: dict[str, str]) -> None:
    sent = {"eui": EUI, "name": "Office", "is_enabled": "on"} | change
    html = steward.post("/desk/sensing/devices/new", sent).content.decode()
    assert "There is a problem" in html and not Device.objects.exists()


@pytest.fixture
def device() -> Device:
    """A registered device that feeds a Thing."""
    thing = make_sensor()
    readings(make_stream(thing, "Battery voltage", "V"), 3.61)
    made = Device.objects.create(
        eui=EUI,
        name="Office",
        decoder="elsys-generic",
        thing=thing,
        created=0,
        last_seen=to_us(now()),
    )
    today = (now() - timedelta(days=1)).date().toordinal() - 719163
    LinkDay.objects.create(
        eui=EUI,
        day=today,
        frames=90,
        lost=10,
        rssi_sum=-9000,
        rssi_count=90,
        snr_sum=450,
        snr_count=90,
        gateways_sum=180,
        gateways_most=3,
        last_counter=99,
        last_received=0,
    )
    return made


def test_devices_are_listed_with_battery_and_link(steward: Client, device: Device) -> None:
    html = page(steward, "/desk/sensing/devices")
    assert "3.61\N{NO-BREAK SPACE}V" in html and "-100 dBm" in html and "10%" in html
    html = page(steward, f"/desk/sensing/devices/{EUI}")
    assert "5.0 dB" in html and "elsys-generic" in html
    page(steward, f"/desk/sensing/devices/{EUI.lower()}")


def test_a_device_is_set_up_anew_and_keeps_its_eui(steward: Client, device: Device) -> None:
    path = f"/desk/sensing/devices/{EUI}/change"
    assert 'value="Office"' in page(steward, path)
    sent = {"eui": "0" * 16, "name": "Hall", "decoder": "elsys-generic"}
    assert steward.post(path, sent).status_code == 302
    row = Device.objects.get()
    assert (row.eui, row.name, row.is_enabled) == (EUI, "Hall", False)


def test_readings_are_mapped_and_left_out(steward: Client, device: Device) -> None:
    assert device.thing is not None
    stream = make_stream(device.thing, "Air temperature", "°C")
    html = page(steward, f"/desk/sensing/devices/{EUI}")
    assert "Nowhere yet" in html and f">{stream.pk}: Air temperature</option>" in html
    path = f"/desk/sensing/devices/{EUI}/readings"
    sent = {"reading": "temperature", "stream_id": str(stream.pk)}
    assert steward.post(path, sent).status_code == 302
    assert DeviceStream.objects.get().stream_id == stream.pk
    assert steward.post(path, {"reading": "temperature", "stream_id": ""}).status_code == 302
    assert DeviceStream.objects.get().stream_id is None
    other = make_stream(make_sensor("Other"))
    html = steward.post(path, {**sent, "stream_id": str(other.pk)}).content.decode()
    assert "There is a problem" in html


def test_a_key_of_a_device_is_shown_once(steward: Client, device: Device) -> None:
    html = steward.post(f"/desk/sensing/devices/{EUI}/key").content.decode()
    assert SECRET.search(html) and not SECRET.search(page(steward, f"/desk/sensing/devices/{EUI}"))


@pytest.mark.django_db(transaction=True)
def test_kept_frames_are_read_again(steward: Client, device: Device) -> None:
    a_frame(state="no_decoder")
    assert device.thing is not None
    for reading in ("air_temperature", "relative_humidity"):
        stream = make_stream(device.thing, reading)
        DeviceStream.objects.create(device=device, reading=reading, stream=stream)
    try:
        answer = steward.post(f"/desk/sensing/devices/{EUI}/decode", follow=True)
    finally:
        INGEST.stop()
    assert "1 frame was read." in answer.content.decode()
    assert Uplink.objects.get().state == "decoded"


def test_an_application_is_named_and_given_a_key(steward: Client) -> None:
    path = "/desk/sensing/applications"
    sent = {"network": "ttn", "name": "town", "is_automatic": "on", "default_decoder": ""}
    assert steward.post(path, sent).status_code == 302
    html = page(steward, path)
    assert "http://testserver/sensing/in/lorawan/ttn" in html and "Registered by themselves" in html
    html = steward.post(f"{path}/key", {"network": "ttn", "name": "town"}).content.decode()
    assert SECRET.search(html) and Application.objects.get().key_digest
    assert steward.post(f"{path}/key", {"network": "x", "name": "town"}).status_code == 404
    assert steward.post(path, {"network": "ttn", "name": " "}).status_code == 200


@pytest.mark.parametrize("eui", ["none", "0" * 16, "%00", "x" * 300])
def test_a_device_that_is_not_there_is_not_found(steward: Client, eui: str) -> None:
    assert steward.get(f"/desk/sensing/devices/{eui}").status_code == 404


def test_the_desk_lists_our_pages(steward: Client) -> None:
    html = page(steward, "/desk/")
    for path in ("devices", "applications", "keys/", "levels", "deployments/"):
        assert f'href="/desk/sensing/{path}"' in html, re.findall('href="/desk[^"]*"', html)
