"""Frames of devices: kept once, decoded, decoded again, and thrown away in time."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from hereabouts.kernel.access import INSTALLATION, VISITOR, NotAllowed
from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest import Changes, Ingest
from hereabouts.sensing.actions.remembered import GRANTS
from hereabouts.sensing.actions.uplinks.access import grant_for_uplink
from hereabouts.sensing.actions.uplinks.decode import decode_again, decode_pending
from hereabouts.sensing.actions.uplinks.devices import (
    ApplicationDraft,
    DeviceDraft,
    change_device,
    give_application_key,
    give_device_key,
    map_reading,
    name_application,
    register_device,
)
from hereabouts.sensing.actions.uplinks.receive import Received, receive_uplink
from hereabouts.sensing.actions.uplinks.tidy import TidiedUplinks, tidy_uplinks
from hereabouts.sensing.adapters.lorawan.doors import LorawanDoors
from hereabouts.sensing.domain.grants import NOBODY, DataClass, Grant
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.sensing.domain.uplinks import UplinkState, count_lost, to_us
from hereabouts.sensing.errors import BadCredentials, BadObservation, IngestFull, StoreAway
from hereabouts.sensing.errors.keys import CredentialsNeeded
from hereabouts.sensing.errors.uplinks import (
    BadDevice,
    BadMapping,
    NoSuchApplication,
    NoSuchDecoder,
    NoSuchDevice,
    UplinkNotAllowed,
)
from hereabouts.sensing.jobs.uplinks import read_kept_uplinks
from hereabouts.sensing.models.inbound import Device, DeviceStream
from hereabouts.sensing.models.inbound import Uplink as Kept
from hereabouts.sensing.models.observations import Observation
from hereabouts.sensing.models.register import (
    Feature,
    Location,
    ObservedProperty,
    Sensor,
    Stream,
    Thing,
)
from hereabouts.sensing.ports import store_for
from hereabouts.sensing.queries.decoders import current_library
from hereabouts.sensing.queries.uplinks import (
    count_uplinks_by_state,
    find_device,
    find_device_of_thing,
    list_applications,
    list_devices,
    list_link_quality,
    list_unknown_devices,
    list_uplinks,
)
from hereabouts.standards.lorawan.errors import UplinkUnreadable
from hereabouts.standards.lorawan.uplink import Gateway, Network, Uplink
from tests.rooms.sensing.registering import create

pytestmark = pytest.mark.django_db

EUI = "70B3D57ED0001A2B"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SECOND = 1_000_000
GATEWAY = Grant(observes_all=True)
LEVEL = bytes.fromhex("0207d9000390888081006400000c60")
UPLINK = Uplink(
    network=Network.THE_THINGS_STACK,
    application="drains",
    eui=EUI,
    device_name="gully-7",
    port=1,
    counter=41,
    payload=LEVEL,
    received_us=to_us(NOON),
    gateways=(Gateway("library", -87.0, 7.5), Gateway("town-hall", -110.0, -2.0)),
    spreading_factor=9,
    model="decentlab/dl-ctd10",
)


class StraightIn:
    """Writes observations with the real store, one batch after the other; may be full."""

    def __init__(self) -> None:
        self._one = Lock()
        self.is_full = False
        self.is_away = False
        self.refuses: set[int] = set()

    def write_blocking(self, batch: Sequence[NewObservation]) -> Sequence[Stored | Refusal]:
        if self.is_full:
            raise IngestFull
        if self.is_away:
            return [StoreAway(reason="the disk is full") for _ in batch]
        taken = [row for row in batch if row.stream_id not in self.refuses]
        with self._one, transaction.atomic():
            connection.ensure_connection()
            stored = iter(
                store_for(connection.vendor).append(connection.connection, taken, to_us(NOON))
            )
        return [
            BadObservation(reason="not of this stream")
            if row.stream_id in self.refuses
            else next(stored)
            for row in batch
        ]


@pytest.fixture
def ingest() -> StraightIn:
    return StraightIn()


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.HOME = tmp_path
    GRANTS.forget()
    yield tmp_path
    GRANTS.forget()


def later(uplink: Uplink, frames: int = 1, **changes: Any) -> Uplink:
    """The frame so many ten minutes on."""
    moved = replace(
        uplink,
        counter=uplink.counter + frames,
        received_us=uplink.received_us + frames * 600 * SECOND,
    )
    return replace(moved, **changes)


def automatic(name: str = "drains", decoder: str = "") -> None:
    draft = ApplicationDraft(Network.THE_THINGS_STACK, name, True, decoder)
    name_application(draft, actor=INSTALLATION)


def readings() -> list[tuple[str, float | None]]:
    names = dict(Stream.objects.values_list("pk", "name"))
    rows = Observation.objects.order_by("stream_id", "started", "id")
    return [(names[row.stream_id], row.number) for row in rows]


def state_of(received: Received) -> tuple[UplinkState, str]:
    row = Kept.objects.get(pk=received.uplink_id)
    return UplinkState(row.state), row.reason


# ---- unknown, registered, mapped ----------------------------------------------------------------


def test_a_frame_of_an_unknown_device_is_kept_raw_and_listed(ingest: StraightIn) -> None:
    received = receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    assert state_of(received) == (UplinkState.UNKNOWN_DEVICE, "")
    (unknown,) = list_unknown_devices()
    assert (unknown.eui, unknown.frames, unknown.last_seen) == (EUI, 1, NOON)
    (card,) = list_uplinks(eui=EUI)
    assert card.payload == LEVEL
    assert card.gateways == UPLINK.gateways
    assert Observation.objects.count() == 0


def test_a_registered_device_feeds_the_streams_its_readings_are_mapped_to(
    ingest: StraightIn,
) -> None:
    register_device(DeviceDraft(EUI, "Gully 7", decoder="decentlab-dl-ctd10"), actor=INSTALLATION)
    depth, heat = a_stream("depth"), a_stream("heat")
    map_reading(EUI, "water_depth", depth.pk, actor=INSTALLATION)
    map_reading(EUI, "water_temperature", heat.pk, actor=INSTALLATION)
    for name in ("water_conductivity", "is_freezing", "battery_voltage"):
        map_reading(EUI, name, None, actor=INSTALLATION)
    received = receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    assert received.state is UplinkState.DECODED
    assert readings() == [("depth", 4232.0), ("heat", 12.9)]
    assert {row.started for row in Observation.objects.all()} == {UPLINK.received_us}
    card = find_device(EUI)
    assert card is not None
    assert (card.last_seen, card.last_counter) == (NOON, 41)
    (kept,) = list_uplinks(state=UplinkState.DECODED)
    assert (kept.decoder, kept.decoder_version, kept.readings) == ("decentlab-dl-ctd10", 1, 5)


def test_readings_without_a_stream_are_named_and_stored_when_a_stream_is_given(
    ingest: StraightIn,
) -> None:
    register_device(DeviceDraft(EUI, "Gully 7", model="decentlab/dl-ctd10"), actor=INSTALLATION)
    depth = a_stream("depth")
    map_reading(EUI, "water_depth", depth.pk, actor=INSTALLATION)
    received = receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    missing = "battery_voltage, is_freezing, water_conductivity, water_temperature"
    assert state_of(received) == (UplinkState.PARTLY, missing)
    assert readings() == [("depth", 4232.0)]
    heat = a_stream("heat")
    map_reading(EUI, "water_temperature", heat.pk, actor=INSTALLATION)
    decode_pending(ingest)
    assert readings() == [("depth", 4232.0), ("heat", 12.9)]


def test_a_decoder_that_arrives_reads_what_was_kept(ingest: StraightIn, home: Path) -> None:
    register_device(DeviceDraft(EUI, "Own"), actor=INSTALLATION)
    heat = a_stream("heat")
    map_reading(EUI, "heat", heat.pk, actor=INSTALLATION)
    frames = [replace(later(UPLINK, n), model="council/own", payload=bytes([n])) for n in (1, 2)]
    for frame in frames:
        received = receive_uplink(frame, GATEWAY, ingest=ingest)
        assert state_of(received) == (UplinkState.NO_DECODER, "")
    assert decode_pending(ingest) == 0
    folder = home / "decoders"
    folder.mkdir()
    (folder / "broken.toml").write_text("id = 1")
    (folder / "own.toml").write_text(
        'id = "own"\nversion = 1\ntitle = "Own"\nkind = "own"\ndevices = ["council/own"]\n'
        '[[payload]]\nfields = [{ name = "heat", read = "u8", property = "air_temperature" }]\n'
    )
    assert decode_pending(ingest) == 2
    assert decode_pending(ingest) == 0
    assert [each.name for each in current_library().broken] == ["broken.toml"]
    assert readings() == [("heat", 1.0), ("heat", 2.0)]
    again = decode_again(EUI, ingest=ingest, actor=INSTALLATION, everything=True)
    assert again == {UplinkState.DECODED: 2}
    assert readings() == [("heat", 1.0), ("heat", 2.0)], "nothing is stored twice"


def test_a_payload_the_decoder_does_not_know_is_kept_with_the_reason(ingest: StraightIn) -> None:
    register_device(DeviceDraft(EUI, "Gully 7", decoder="decentlab-dl-ctd10"), actor=INSTALLATION)
    received = receive_uplink(replace(UPLINK, payload=b"\x07\x01"), GATEWAY, ingest=ingest)
    state, reason = state_of(received)
    assert state is UplinkState.FAILED
    assert "protocol is 7" in reason
    assert decode_pending(ingest) == 0


def test_a_device_switched_off_is_heard_and_not_read(ingest: StraightIn) -> None:
    draft = DeviceDraft(EUI, "Gully 7", decoder="decentlab-dl-ctd10", is_enabled=False)
    register_device(draft, actor=INSTALLATION)
    received = receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    assert received.state is UplinkState.DISABLED
    change_device(replace(draft, is_enabled=True), actor=INSTALLATION)
    decode_pending(ingest)
    assert count_uplinks_by_state() == {UplinkState.UNMAPPED: 1}


def test_a_frame_without_a_payload_tells_of_the_link_alone(ingest: StraightIn) -> None:
    received = receive_uplink(replace(UPLINK, payload=b"", port=0), GATEWAY, ingest=ingest)
    assert received.state is UplinkState.EMPTY
    assert [day.frames for day in quality()] == [1]


def test_frames_wait_for_the_first_mapping_of_their_device(ingest: StraightIn) -> None:
    register_device(DeviceDraft(EUI, "Gully 7", model="decentlab/dl-ctd10"), actor=INSTALLATION)
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    receive_uplink(later(UPLINK), GATEWAY, ingest=ingest)
    assert count_uplinks_by_state() == {UplinkState.UNMAPPED: 2}
    map_reading(EUI, "water_depth", a_stream("depth").pk, actor=INSTALLATION)
    ingest.is_full = True
    with pytest.raises(IngestFull):
        decode_pending(ingest)
    ingest.is_full = False
    decode_pending(ingest)
    assert count_uplinks_by_state() == {UplinkState.PARTLY: 2}
    assert readings() == [("depth", 4232.0)] * 2
    with CaptureQueriesContext(connection) as queries:
        decode_pending(ingest)
    assert len(queries) < 6, "nothing arrived since"


# ---- automatic ----------------------------------------------------------------------------------


def test_a_device_of_an_automatic_application_enters_the_register_by_itself(
    ingest: StraightIn,
) -> None:
    automatic()
    received = receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    assert received.state is UplinkState.DECODED
    thing = Thing.objects.get()
    assert (thing.name, thing.data_class) == ("gully-7", DataClass.OPEN)
    stream = Stream.objects.get(observed_property__name="Water depth")
    assert (stream.unit_symbol, stream.unit_name) == ("mm", "millimetre")
    assert stream.observation_type.endswith("OM_Measurement")
    truth = Stream.objects.get(observed_property__name="Water is freezing")
    assert truth.observation_type.endswith("OM_TruthObservation")
    assert ("Water depth", 4232.0) in readings()
    card = find_device_of_thing(thing.pk)
    assert card is not None
    assert card.eui == EUI


def test_a_device_with_a_blank_name_goes_by_its_eui(ingest: StraightIn) -> None:
    automatic()
    receive_uplink(replace(UPLINK, device_name=" "), GATEWAY, ingest=ingest)
    assert Thing.objects.get().name == EUI


def test_a_device_enters_where_the_network_says_that_it_stands(ingest: StraightIn) -> None:
    automatic()
    receive_uplink(replace(UPLINK, point=(1.5, 54.6)), GATEWAY, ingest=ingest)
    location = Location.objects.get()
    assert (location.west, location.south) == (1.5, 54.6)
    assert not Feature.objects.filter(geometry=None).exists(), "the store follows the Location"


def test_a_second_device_of_a_kind_shares_sensor_and_properties(ingest: StraightIn) -> None:
    automatic()
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    other = replace(UPLINK, eui="70B3D57ED0001A2C", device_name="gully-8")
    receive_uplink(other, GATEWAY, ingest=ingest)
    receive_uplink(later(other), GATEWAY, ingest=ingest)
    assert Thing.objects.count() == 2
    assert Stream.objects.count() == 10
    assert (Sensor.objects.count(), ObservedProperty.objects.count()) == (1, 5)
    assert Observation.objects.count() == 15


def test_counts_of_people_do_not_become_open_by_themselves(ingest: StraightIn) -> None:
    automatic()
    counted = replace(
        UPLINK, model="opensource/esp32-paxcounter", payload=bytes.fromhex("07000300")
    )
    assert receive_uplink(counted, GATEWAY, ingest=ingest).state is UplinkState.DECODED
    assert Thing.objects.get().data_class == DataClass.SHARED
    assert Stream.objects.get().data_class == DataClass.SHARED
    assert readings() == [("People counted", 10.0)]


def test_the_decoder_of_the_application_serves_networks_that_name_no_device_type(
    ingest: StraightIn,
) -> None:
    automatic(decoder="decentlab-dl-ctd10")
    received = receive_uplink(replace(UPLINK, model=""), GATEWAY, ingest=ingest)
    assert received.state is UplinkState.DECODED


def test_frames_kept_before_the_application_became_automatic_are_read(ingest: StraightIn) -> None:
    for frames in range(3):
        receive_uplink(later(UPLINK, frames), GATEWAY, ingest=ingest)
    assert decode_pending(ingest) == 0
    automatic()
    assert decode_pending(ingest) == 3
    assert [value for name, value in readings() if name == "Water depth"] == [4232.0] * 3
    assert list_unknown_devices() == []


# ---- once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 3, -2, 299])
def test_the_same_frame_again_is_kept_once(ingest: StraightIn, seconds: int) -> None:
    automatic()
    first = receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    moved = replace(UPLINK, received_us=UPLINK.received_us + seconds * SECOND)
    again = receive_uplink(moved, GATEWAY, ingest=ingest)
    assert again == Received(first.uplink_id, UplinkState.DECODED, is_duplicate=True)
    assert Observation.objects.count() == 5
    assert [day.frames for day in quality()] == [1]


def test_a_counter_that_begins_again_is_another_frame(ingest: StraightIn) -> None:
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    receive_uplink(later(UPLINK, counter=41), GATEWAY, ingest=ingest)
    receive_uplink(
        later(UPLINK, payload=b"\x02", counter=41, received_us=UPLINK.received_us + 9),
        GATEWAY,
        ingest=ingest,
    )
    assert Kept.objects.count() == 3


def test_a_frame_kept_while_the_store_was_full_is_stored_when_it_comes_again(
    ingest: StraightIn,
) -> None:
    automatic()
    ingest.is_full = True
    with pytest.raises(IngestFull):
        receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    assert count_uplinks_by_state() == {UplinkState.WAITING: 1}
    ingest.is_full = False
    again = receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    assert (again.state, again.is_duplicate) == (UplinkState.DECODED, True)
    assert Observation.objects.count() == 5


def test_a_frame_kept_while_the_store_was_full_is_stored_in_the_background(
    ingest: StraightIn,
) -> None:
    automatic()
    ingest.is_full = True
    with pytest.raises(IngestFull):
        receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    assert read_kept_uplinks(ingest) == 0, "still full: later"
    ingest.is_full = False
    assert read_kept_uplinks(ingest) == 1
    assert Observation.objects.count() == 5


def test_a_reading_its_stream_refuses_leaves_the_frame_raw(ingest: StraightIn) -> None:
    automatic()
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    ingest.refuses = {Stream.objects.get(observed_property__name="Water depth").pk}
    received = receive_uplink(later(UPLINK), GATEWAY, ingest=ingest)
    assert received.state is UplinkState.FAILED
    assert Observation.objects.count() == 9


@pytest.mark.django_db(transaction=True)
def test_many_frames_at_once_make_each_thing_once(ingest: StraightIn) -> None:
    automatic()
    frames = [
        replace(UPLINK, eui=f"70B3D57ED000000{device}", device_name=f"gully-{device}")
        for device in range(4)
    ]

    def bring(frame: Uplink) -> Received:
        try:
            return receive_uplink(frame, GATEWAY, ingest=ingest)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        received = list(pool.map(bring, frames * 3))
    assert len({each.uplink_id for each in received}) == 4
    assert (Thing.objects.count(), Stream.objects.count()) == (4, 20)
    assert (Sensor.objects.count(), ObservedProperty.objects.count()) == (1, 5)
    assert Observation.objects.count() == 20


def test_a_device_registered_before_it_was_heard_joins_its_application(
    ingest: StraightIn,
) -> None:
    register_device(DeviceDraft(EUI, "Gully 7"), actor=INSTALLATION)
    automatic()
    assert receive_uplink(UPLINK, GATEWAY, ingest=ingest).state is UplinkState.DECODED
    assert Thing.objects.get().name == "Gully 7"


@pytest.mark.django_db(transaction=True)
def test_readings_go_through_the_writer_of_the_process() -> None:
    writer = Ingest(Changes())
    try:
        automatic()
        frames = [
            replace(later(UPLINK, frame), eui=f"70B3D57ED000000{device}")
            for device in range(3)
            for frame in range(4)
        ]

        def bring(frame: Uplink) -> Received:
            try:
                return receive_uplink(frame, GATEWAY, ingest=writer)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            received = list(pool.map(bring, frames * 2))
        assert Feature.objects.count() == 3, "none of them is on the map"
        assert {state_of(each) for each in received} == {(UplinkState.DECODED, "")}
        assert Observation.objects.count() == 60
        for device in list_devices():
            again = decode_again(device.eui, ingest=writer, actor=INSTALLATION, everything=True)
            assert again == {UplinkState.DECODED: 4}
        assert Observation.objects.count() == 60, "nothing is stored twice"
        (thing,) = Thing.objects.filter(pk=list_devices()[0].thing_id)
        place = {
            "name": "Mill Lane",
            "description": "By the gully",
            "encodingType": "application/geo+json",
            "location": {"type": "Point", "coordinates": [1.5, 54.6]},
        }
        create(f"Things({thing.pk})/Locations", place)
        here = later(UPLINK, 9, eui=list_devices()[0].eui)
        assert state_of(bring(here)) == (UplinkState.DECODED, "")
        assert Feature.objects.filter(geometry__isnull=False).count() == 1
    finally:
        writer.stop()


# ---- link quality -------------------------------------------------------------------------------


def quality() -> list[Any]:
    return list_link_quality(EUI, first=date(2026, 11, 1), last=date(2026, 11, 30))


def test_link_quality_is_summed_up_a_day(ingest: StraightIn) -> None:
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    worse = (Gateway("town-hall", -117.0, -7.5),)
    receive_uplink(later(UPLINK, 4, gateways=worse), GATEWAY, ingest=ingest)
    tomorrow = later(UPLINK, 144, counter=46, gateways=())
    receive_uplink(tomorrow, GATEWAY, ingest=ingest)
    first, second = quality()
    assert (first.day, first.frames, first.lost) == (date(2026, 11, 2), 2, 3)
    assert (first.rssi_dbm, first.rssi_worst_dbm, first.snr_db) == (-102.0, -117.0, 0.0)
    assert (first.gateways, first.gateways_most, first.loss) == (1.5, 2, 0.6)
    assert (second.frames, second.lost, second.rssi_dbm, second.loss) == (1, 0, None, 0.0)


def test_a_frame_that_comes_late_was_not_lost(ingest: StraightIn) -> None:
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    receive_uplink(later(UPLINK, 2), GATEWAY, ingest=ingest)
    assert [day.lost for day in quality()] == [1]
    receive_uplink(later(UPLINK, 1), GATEWAY, ingest=ingest)
    assert [(day.frames, day.lost) for day in quality()] == [(3, 0)]


@pytest.mark.parametrize(
    ("previous", "counter", "lost"),
    [(1, 2, 0), (1, 5, 3), (5, 0, 0), (5, 5, 0), (0, 10_001, 10_000), (0, 10_002, 0)],
)
def test_lost_frames_are_the_numbers_between(previous: int, counter: int, lost: int) -> None:
    assert count_lost(previous, counter) == lost


# ---- who may ------------------------------------------------------------------------------------


def test_a_frame_without_a_grant_is_refused_and_not_kept(ingest: StraightIn) -> None:
    with pytest.raises(CredentialsNeeded):
        receive_uplink(UPLINK, NOBODY, ingest=ingest)
    with pytest.raises(UplinkNotAllowed):
        receive_uplink(UPLINK, Grant(thing_ids=frozenset({99})), ingest=ingest)
    assert Kept.objects.count() == 0


def test_a_key_of_a_thing_brings_the_frames_of_its_device(ingest: StraightIn) -> None:
    automatic()
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    thing = Thing.objects.get()
    of_thing = Grant(thing_ids=frozenset({thing.pk}))
    assert receive_uplink(later(UPLINK), of_thing, ingest=ingest).state is UplinkState.DECODED


def test_a_webhook_key_reaches_its_application_or_its_device_alone() -> None:
    automatic()
    key = give_application_key(Network.THE_THINGS_STACK, "drains", actor=INSTALLATION)
    assert grant_for_uplink(UPLINK, f"Bearer {key}").observes_all
    elsewhere = replace(UPLINK, application="parks")
    with pytest.raises(BadCredentials):
        grant_for_uplink(elsewhere, f"Bearer {key}")
    with pytest.raises(BadCredentials):
        grant_for_uplink(replace(UPLINK, network=Network.CHIRPSTACK), f"Bearer {key}")
    register_device(DeviceDraft(EUI, "Gully 7"), actor=INSTALLATION)
    own = give_device_key(EUI, actor=INSTALLATION)
    assert grant_for_uplink(elsewhere, f"Bearer {own}").observes_all
    with pytest.raises(BadCredentials):
        grant_for_uplink(replace(UPLINK, eui="0" * 16), f"Bearer {own}")
    assert grant_for_uplink(UPLINK, None) == NOBODY
    renewed = give_application_key(Network.THE_THINGS_STACK, "drains", actor=INSTALLATION)
    assert renewed != key
    with pytest.raises(BadCredentials):
        grant_for_uplink(UPLINK, f"Bearer {key}")


def test_only_those_who_may_connect_set_devices_up(ingest: StraightIn) -> None:
    draft = DeviceDraft(EUI, "Gully 7")
    with pytest.raises(NotAllowed):
        register_device(draft, actor=VISITOR)
    with pytest.raises(NotAllowed):
        map_reading(EUI, "a", None, actor=VISITOR)
    with pytest.raises(NotAllowed):
        decode_again(EUI, ingest=ingest, actor=VISITOR)


def test_what_is_said_of_a_device_has_to_hold(ingest: StraightIn) -> None:
    with pytest.raises(BadDevice):
        register_device(DeviceDraft("70B3", "Gully 7"), actor=INSTALLATION)
    with pytest.raises(BadDevice):
        register_device(DeviceDraft(EUI, " "), actor=INSTALLATION)
    with pytest.raises(BadDevice):
        register_device(DeviceDraft(EUI, "Gully 7", thing_id=99), actor=INSTALLATION)
    with pytest.raises(NoSuchDecoder):
        register_device(DeviceDraft(EUI, "Gully 7", decoder="nothing"), actor=INSTALLATION)
    with pytest.raises(NoSuchDecoder):
        automatic(decoder="nothing")
    with pytest.raises(NoSuchDevice):
        map_reading(EUI, "a", None, actor=INSTALLATION)
    with pytest.raises(NoSuchDevice):
        decode_again(EUI, ingest=ingest, actor=INSTALLATION)
    with pytest.raises(NoSuchApplication):
        give_application_key(Network.CHIRPSTACK, "nothing", actor=INSTALLATION)


def test_a_reading_goes_only_to_a_stream_of_the_same_thing() -> None:
    stream, other = a_stream("depth"), a_stream("heat")
    register_device(DeviceDraft(EUI, "Gully 7", thing_id=stream.thing_id), actor=INSTALLATION)
    map_reading(EUI, "depth", stream.pk, actor=INSTALLATION)
    for stream_id in (other.pk, 99_999):
        with pytest.raises(BadMapping):
            map_reading(EUI, "depth", stream_id, actor=INSTALLATION)
    Stream.objects.filter(pk=stream.pk).update(is_multi=True)
    with pytest.raises(BadMapping):
        map_reading(EUI, "depth", stream.pk, actor=INSTALLATION)


def test_devices_and_applications_are_listed(ingest: StraightIn) -> None:
    automatic()
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    (device,) = list_devices()
    assert (device.eui, device.application, device.network) == (EUI, "drains", "ttn")
    assert {reading for reading, _ in device.streams} >= {"water_depth", "battery_voltage"}
    (application,) = list_applications()
    assert (application.name, application.devices, application.has_key) == ("drains", 1, False)


# ---- doors --------------------------------------------------------------------------------------


async def run_here(work: Any) -> Received:
    received: Received = work()
    return received


def call(coroutine: Any) -> Any:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


def ttn_body() -> bytes:
    return json.dumps(
        {
            "end_device_ids": {
                "device_id": "gully-7",
                "application_ids": {"application_id": "drains"},
                "dev_eui": EUI,
            },
            "uplink_message": {
                "f_port": 1,
                "f_cnt": 41,
                "frm_payload": base64.b64encode(LEVEL).decode(),
                "received_at": "2026-11-02T12:00:00Z",
                "rx_metadata": [{"gateway_ids": {"gateway_id": "a"}, "rssi": -80, "snr": 9}],
                "version_ids": {"brand_id": "decentlab", "model_id": "dl-ctd10"},
            },
        }
    ).encode()


def chirpstack_body() -> bytes:
    return json.dumps(
        {
            "time": "2026-11-02T12:00:00Z",
            "deviceInfo": {"applicationId": "drains", "deviceName": "gully 7", "devEui": EUI},
            "fCnt": 41,
            "fPort": 1,
            "data": base64.b64encode(LEVEL).decode(),
            "rxInfo": [],
        }
    ).encode()


@pytest.fixture
def doors(ingest: StraightIn) -> LorawanDoors:
    return LorawanDoors(ingest, run_here)


def test_a_webhook_of_the_things_stack_is_answered_after_the_commit(doors: LorawanDoors) -> None:
    automatic()
    key = give_application_key(Network.THE_THINGS_STACK, "drains", actor=INSTALLATION)
    headers = {"authorization": f"Bearer {key}"}
    for is_duplicate in (False, True):
        response = call(doors.handle_ttn(headers, {}, ttn_body()))
        assert response.status == 200
        answer = json.loads(response.body)
        assert (answer["state"], answer["duplicate"]) == ("decoded", is_duplicate)
    assert Observation.objects.count() == 5


def test_a_webhook_of_chirpstack_is_answered_after_the_commit(doors: LorawanDoors) -> None:
    draft = ApplicationDraft(Network.CHIRPSTACK, "drains", True, "decentlab-dl-ctd10")
    name_application(draft, actor=INSTALLATION)
    key = give_application_key(Network.CHIRPSTACK, "drains", actor=INSTALLATION)
    headers = {"authorization": f"Bearer {key}"}
    response = call(doors.handle_chirpstack(headers, {"event": "up"}, chirpstack_body()))
    assert json.loads(response.body)["state"] == "decoded"
    assert Thing.objects.get().name == "gully 7"


def test_a_frame_whose_readings_wait_is_answered_as_accepted(
    doors: LorawanDoors, ingest: StraightIn
) -> None:
    automatic()
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    key = give_application_key(Network.THE_THINGS_STACK, "drains", actor=INSTALLATION)
    ingest.is_away = True
    body = ttn_body().replace(b'"f_cnt": 41', b'"f_cnt": 42')
    response = call(doors.handle_ttn({"authorization": f"Bearer {key}"}, {}, body))
    assert response.status == 202
    assert count_uplinks_by_state()[UplinkState.WAITING] == 1
    ingest.is_away = False
    assert read_kept_uplinks(ingest) == 1


def test_messages_of_other_kinds_are_thanked_for_and_forgotten(doors: LorawanDoors) -> None:
    join = b'{"end_device_ids": {"device_id": "a", "application_ids": {"application_id": "b"}}}'
    assert call(doors.handle_ttn({}, {}, join)).status == 204
    assert call(doors.handle_chirpstack({}, {"event": "join"}, b"{}")).status == 204
    assert doors.handle_mqtt("application/a/device/b/event/ack", b"{}", NOBODY) is None


def test_a_webhook_without_its_key_is_refused(doors: LorawanDoors) -> None:
    with pytest.raises(CredentialsNeeded):
        call(doors.handle_ttn({}, {}, ttn_body()))
    with pytest.raises(BadCredentials):
        call(doors.handle_ttn({"authorization": "Bearer hereaboutskey_x"}, {}, ttn_body()))
    assert Kept.objects.count() == 0


def test_a_published_frame_is_kept_and_read(doors: LorawanDoors) -> None:
    automatic()
    received = doors.handle_mqtt("v3/drains@ttn/devices/gully-7/up", ttn_body(), GATEWAY)
    assert received is not None
    assert received.state is UplinkState.DECODED
    with pytest.raises(UplinkUnreadable):
        doors.handle_mqtt("v3/parks@ttn/devices/gully-7/up", ttn_body(), GATEWAY)


# ---- the end ------------------------------------------------------------------------------------


def test_decoded_frames_go_after_a_month_and_others_after_a_year(ingest: StraightIn) -> None:
    automatic()
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    receive_uplink(replace(UPLINK, eui="0" * 16, model=""), GATEWAY, ingest=ingest)

    def after(days: int) -> TidiedUplinks:
        return tidy_uplinks(clock=lambda: NOON + timedelta(days=days, seconds=1))

    assert after(29) == TidiedUplinks(0, 0, 0)
    assert after(30) == TidiedUplinks(1, 0, 0)
    assert after(364) == TidiedUplinks(0, 0, 0)
    assert after(365) == TidiedUplinks(0, 1, 0)
    assert [day.frames for day in quality()] == [1], "how it was heard is kept longer"
    assert after(732) == TidiedUplinks(0, 0, 2)
    assert Observation.objects.count() == 5


def test_a_device_outlives_its_thing(ingest: StraightIn) -> None:
    automatic()
    receive_uplink(UPLINK, GATEWAY, ingest=ingest)
    Thing.objects.all().delete()
    assert Device.objects.get().thing_id is None
    assert DeviceStream.objects.count() == 0
    assert receive_uplink(later(UPLINK), GATEWAY, ingest=ingest).state is UplinkState.DECODED
    assert Thing.objects.count() == 1


def a_stream(name: str) -> Stream:
    thing = Thing.objects.create(name=name, description="t")
    sensor = Sensor.objects.create(name="s", description="s", encoding_type="e", metadata='"m"')
    observed = ObservedProperty.objects.create(
        name=name, definition=f"urn:x:{name}", description=""
    )
    return Stream.objects.create(
        name=name,
        description="d",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        thing=thing,
        sensor=sensor,
        observed_property=observed,
    )
