"""Devices and applications at the desk: registered once, and never a dead end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.time import now
from hereabouts.people.domain.roles import Role
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.actions.uplinks.devices import (
    ApplicationDraft,
    DeviceDraft,
    change_application,
    change_device,
    map_reading,
    name_application,
    register_device,
)
from hereabouts.sensing.domain.uplinks import to_us
from hereabouts.sensing.errors.uplinks import (
    ApplicationNamed,
    DeviceRegistered,
    NoSuchApplication,
    NoSuchDevice,
)
from hereabouts.sensing.models.inbound import Application, Device, Uplink
from hereabouts.sensing.models.observations import Observation
from hereabouts.standards.lorawan.uplink import Network
from tests.rooms.people.signing_in import make_officer, sign_in
from tests.rooms.sensing.looking import make_sensor, make_stream

pytestmark = pytest.mark.django_db
EUI = "A81758FFFE012345"
NEW = "/desk/sensing/devices/new"
DEVICE = f"/desk/sensing/devices/{EUI}"
APPLICATIONS = "/desk/sensing/applications"
GREEN = 'class="app-notice"'
DRAFT = DeviceDraft(EUI, "Office", decoder="elsys-generic")
TOWN = ApplicationDraft(Network.THE_THINGS_STACK, "town", True, "elsys-generic")


@pytest.fixture
def steward(client: Client, settings: Settings) -> Client:
    """A data steward, signed in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    sign_in(client, make_officer("steward@example.org", Role.DATA_STEWARD))
    return client


@pytest.fixture
def writer() -> Iterator[None]:
    """The writer of the process, ended with the test."""
    yield
    INGEST.stop()


def a_frame(payload: bytes = b"\x01\x00\xe2\x02\x29", counter: int = 7) -> Uplink:
    """A frame of the device that nobody has read yet: air temperature and humidity."""
    return Uplink.objects.create(
        eui=EUI,
        network="ttn",
        application="town",
        device_name="ers-1",
        model="elsys/ers",
        port=5,
        counter=counter,
        payload=payload,
        received=to_us(now()),
        state="unmapped",
    )


def page(client: Client, path: str) -> str:
    """The markup of a page that is there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def read_again(client: Client, everything: str = "") -> str:
    """The page after the kept frames were read again."""
    answer = client.post(f"{DEVICE}/decode", {"everything": everything}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


# ---- registered once ----------------------------------------------------------------------------


def test_a_device_that_is_registered_is_not_registered_over(steward: Client) -> None:
    thing = make_sensor()
    register_device(replace(DRAFT, thing_id=thing.pk), actor=INSTALLATION)
    sent = {"eui": "a8:17:58:ff:fe:01:23:45", "name": "Somebody else’s", "is_enabled": "on"}
    answer = steward.post(NEW, sent)
    html = answer.content.decode()
    assert answer.status_code == 200 and GREEN not in html
    assert "This device is registered already." in html
    assert f'href="{DEVICE}">To the page of Office</a>' in html
    row = Device.objects.get()
    assert (row.name, row.decoder, row.thing_id) == ("Office", "elsys-generic", thing.pk)


def test_only_a_device_that_is_there_is_changed() -> None:
    with pytest.raises(NoSuchDevice):
        change_device(DRAFT, actor=INSTALLATION)
    register_device(DRAFT, actor=INSTALLATION)
    change_device(replace(DRAFT, name="Hall"), actor=INSTALLATION)
    assert Device.objects.get().name == "Hall"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_a_device_at_once_one_does() -> None:
    def register(name: str) -> str:
        try:
            register_device(replace(DRAFT, name=name), actor=INSTALLATION)
        except DeviceRegistered:
            return ""
        finally:
            connection.close()
        return name

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(register, ["North", "East", "South", "West"]))
    assert told.count("") == 3
    assert [Device.objects.get().name] == [name for name in told if name]


def test_an_application_that_is_named_is_changed_at_its_own_page(steward: Client) -> None:
    name_application(TOWN, actor=INSTALLATION)
    html = steward.post(APPLICATIONS, {"network": "ttn", "name": "town"}).content.decode()
    assert "This application is named already." in html and GREEN not in html
    assert Application.objects.get().is_automatic
    own = f"{APPLICATIONS}/change?network=ttn&name=town"
    assert own.replace("&", "&amp;") in html
    form = page(steward, own)
    assert " checked" in form and '<option value="elsys-generic" selected' in form
    sent = {"network": "chirpstack", "name": "other", "default_decoder": "elsys-generic"}
    assert steward.post(own, sent).status_code == 302
    row = Application.objects.get()
    assert (row.network, row.name, row.is_automatic) == ("ttn", "town", False)
    assert row.default_decoder == "elsys-generic"
    assert steward.get(f"{APPLICATIONS}/change?network=ttn&name=x").status_code == 404


def test_an_application_is_named_once_and_changed_where_it_is_there() -> None:
    with pytest.raises(NoSuchApplication):
        change_application(TOWN, actor=INSTALLATION)
    name_application(TOWN, actor=INSTALLATION)
    with pytest.raises(ApplicationNamed):
        name_application(replace(TOWN, is_automatic=False), actor=INSTALLATION)
    assert Application.objects.get().is_automatic


# ---- no dead end --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_device_without_a_sensor_says_what_it_lacks(steward: Client, writer: None) -> None:
    register_device(DRAFT, actor=INSTALLATION)
    a_frame()
    html = page(steward, DEVICE)
    lack = "It belongs to no sensor yet, so its readings have nowhere to go."
    assert html.count(lack) == 1 and f'href="{DEVICE}/change">Set it up again</a></p>' in html
    html = read_again(steward)
    assert html.count(lack) == 2, "where it was read again, and where the readings go"
    assert "No frame was read in full." in html and "No reading goes anywhere: 1" in html
    assert GREEN not in html and "0 frames" not in html
    assert "Set below where" not in html, "there is nowhere to set yet"


@pytest.mark.django_db(transaction=True)
def test_a_device_without_a_decoder_says_so(steward: Client, writer: None) -> None:
    register_device(replace(DRAFT, decoder=""), actor=INSTALLATION)
    a_frame(b"\x01")
    Uplink.objects.update(model="")
    html = read_again(steward)
    assert "No decoder: 1" in html and "No decoder reads its frames." in html
    assert GREEN not in html


@pytest.mark.django_db(transaction=True)
def test_a_device_that_is_switched_off_says_so(steward: Client, writer: None) -> None:
    register_device(replace(DRAFT, is_enabled=False), actor=INSTALLATION)
    a_frame()
    html = read_again(steward)
    assert "Its frames are not accepted: it is switched off here." in html and GREEN not in html


def test_a_sensor_without_a_stream_is_told(steward: Client) -> None:
    thing = make_sensor()
    register_device(replace(DRAFT, thing_id=thing.pk), actor=INSTALLATION)
    html = page(steward, DEVICE)
    assert "Its sensor has no stream yet" in html and "belongs to no sensor" not in html
    make_stream(thing, "Air temperature", "°C")
    html = page(steward, DEVICE)
    assert "Its sensor has no stream yet" not in html and "govuk-inset-text" not in html


@pytest.mark.django_db(transaction=True)
def test_an_automatic_application_makes_what_a_device_lacks(steward: Client, writer: None) -> None:
    name_application(TOWN, actor=INSTALLATION)
    a_frame()
    register_device(DRAFT, actor=INSTALLATION)
    assert "are made with the first frame" in page(steward, DEVICE)
    html = read_again(steward)
    assert "1 frame was read." in html and GREEN in html
    assert "are made with the first frame" not in html
    assert Observation.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_read_in_part_or_not_at_all_is_counted(steward: Client, writer: None) -> None:
    thing = make_sensor()
    register_device(replace(DRAFT, thing_id=thing.pk), actor=INSTALLATION)
    stream = make_stream(thing, "Air temperature", "°C")
    map_reading(EUI, "air_temperature", stream.pk, actor=INSTALLATION)
    a_frame()
    a_frame(b"\x01", counter=8)
    a_frame(b"\x01\x00\xe2", counter=9)
    html = read_again(steward)
    assert "1 frame was read." in html and GREEN not in html
    assert "Some readings go nowhere: 1" in html and "Could not be read: 1" in html
    assert "Set below where each of its readings goes." in html
    assert "stands beside it below" in html


@pytest.mark.django_db(transaction=True)
def test_where_every_frame_was_read_nothing_is_left(steward: Client, writer: None) -> None:
    register_device(DRAFT, actor=INSTALLATION)
    for reading in ("air_temperature", "relative_humidity"):
        map_reading(EUI, reading, None, actor=INSTALLATION)
    a_frame()
    assert "1 frame was read." in read_again(steward)
    html = read_again(steward)
    assert "Every kept frame was read before" in html and GREEN not in html
    assert "1 frame was read." in read_again(steward, everything="yes")
