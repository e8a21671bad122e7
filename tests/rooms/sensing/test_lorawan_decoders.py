"""The decoders that ship, against every recorded uplink of the codecs they stand for."""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.sensing.queries.decoders import Library, shared_vocabulary, shipped
from hereabouts.standards.lorawan.decoder import Decoder, read_decoder
from hereabouts.standards.lorawan.errors import PayloadUndecodable
from tests.rooms.sensing.lorawan_vectors import COMPARISONS, REFUSED_BY_US
from tests.shared_data import shared_file

pytestmark = pytest.mark.once
WANTED = {
    "air quality",
    "gully level",
    "river level",
    "soil moisture",
    "bin fill",
    "parking",
    "people count",
    "temperature and humidity",
    "noise",
    "lighting",
    "door",
    "energy meter",
    "weather",
}


@cache
def library() -> Library:
    return shipped()


def lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(shared_file("place", "lorawan", name), "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


@cache
def decoders_of_codecs() -> dict[tuple[str, str], Decoder]:
    """The decoder of a vendor's codec, by the devices that the catalogue says use it."""
    found: dict[tuple[str, str], Decoder] = {}
    for device in lines("ttn-device-catalogue.jsonl.gz"):
        decoder = library().find_for_model(f"{device['vendor']}/{device['device']}")
        if decoder is None:
            continue
        for firmware in device["firmware"]:
            for codec in (firmware["profiles"] or {}).values():
                if codec:
                    found[device["vendor"], codec] = decoder
    return found


@cache
def vectors() -> list[tuple[Decoder, dict[str, Any]]]:
    found = []
    for vector in lines("ttn-codec-test-vectors.jsonl.gz"):
        decoder = decoders_of_codecs().get((vector["vendor"], vector["codec"]))
        if decoder is not None and vector["kind"] == "uplinkDecoder":
            found.append((decoder, vector))
    return found


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Members of a vendor's answer with their paths; list positions are left out."""
    if isinstance(value, dict):
        if "value" in value and set(value) <= {"value", "unit", "displayName"}:
            yield path, value["value"]
        elif "measurementId" in value:
            yield str(value["measurementId"]), value["measurementValue"]
            yield f"{path}.type", value["type"]
        else:
            for name, inner in value.items():
                yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


def as_ours(value: Any, factor: float, words: dict[str, object]) -> Any:
    if isinstance(value, str):
        value = words[value] if value in words else float(value)
    return value if value is None or isinstance(value, bool) else value * factor


def test_every_recorded_uplink_reads_as_its_vendor_says() -> None:
    compared: dict[str, int] = {}
    for decoder, vector in vectors():
        payload, port = bytes.fromhex(vector["bytes_hex"]), vector["fPort"]
        told = f"{decoder.id} {vector['codec']} port {port} {vector['bytes_hex']}"
        if vector["expected"].get("errors") or vector["bytes_hex"] in REFUSED_BY_US:
            with pytest.raises(PayloadUndecodable):
                decoder.decode(payload, port)
            continue
        ours = {reading.name: reading.value for reading in decoder.decode(payload, port)}
        comparison, seen = COMPARISONS[decoder.id], set()
        for path, value in leaves(vector["expected"]["data"]):
            if path in comparison.unread:
                continue
            target = comparison.same[path]
            name, factor = target if isinstance(target, tuple) else (target, 1.0)
            wanted = as_ours(value, factor, dict(comparison.words))
            if wanted is None or (
                decoder.id.startswith("teneo")
                and name == "distance"
                and not vector["expected"]["data"]["valid"]
            ):
                assert name not in ours, told
                continue
            got = ours[name]
            assert not isinstance(got, str)
            assert math.isclose(float(got), float(wanted), rel_tol=1e-9, abs_tol=1e-12), (
                f"{told}: {name} is {got}, not {wanted}"
            )
            seen.add(name)
            compared[decoder.id] = compared.get(decoder.id, 0) + 1
        assert seen == set(ours), f"{told}: readings that the vendor does not have"
    assert set(compared) == set(COMPARISONS), "a decoder was never compared"
    assert sum(compared.values()) > 300


def test_every_shipped_decoder_has_recorded_uplinks() -> None:
    assert {decoder.id for decoder, _ in vectors()} == {each.id for each in library().decoders}
    assert len(vectors()) > 150


def test_every_kind_of_device_a_council_buys_has_a_decoder() -> None:
    assert {decoder.kind for decoder in library().decoders} >= WANTED


def test_every_reading_has_an_observed_property_with_a_known_unit() -> None:
    for decoder in library().decoders:
        for name, key in decoder.outputs().items():
            observed = decoder.properties[key]
            assert observed.definition.startswith(("http", "urn:")), (decoder.id, name)
            assert observed.unit == "" or observed.unit in decoder.units


def test_a_meter_says_itself_when_it_measured() -> None:
    decoder = library().get("emu-professional-ii")
    (reading,) = decoder.decode(bytes.fromhex("b4d77b6101b4d77b61031207000039"), 1)
    assert (reading.name, reading.value) == ("energy_import_1", 1810)
    assert reading.at_us == 1_635_506_100_000_000


def test_readings_kept_while_out_of_reach_have_their_own_times() -> None:
    decoder = library().get("laird-rs1xx-temp-rh")
    readings = decoder.decode(bytes.fromhex("0401020000003c2a3d4c6b000000782a3d4d6b"), 1)
    heat = [(each.at_us, each.value) for each in readings if each.name == "air_temperature"]
    assert heat == [(1_420_070_460_000_000, 107.76), (1_420_070_520_000_000, 107.77)]


def test_below_zero_reads_below_zero() -> None:
    decoder = library().get("dragino-lht65")
    values = {
        each.name: each.value for each in decoder.decode(bytes.fromhex("cbf6ff3803e8017fff7fff"), 2)
    }
    assert values == {
        "battery_voltage": 3.062,
        "air_temperature": -2.0,
        "relative_humidity": 100.0,
    }


def test_counts_of_people_are_marked_as_such() -> None:
    decoder = library().get("opensource-paxcounter")
    (reading,) = decoder.decode(bytes.fromhex("07000300"), 1)
    assert reading.value == 10
    assert reading.observed.people


@given(payload=st.binary(max_size=242), port=st.integers(0, 255), pick=st.integers(0, 10_000))
def test_no_bytes_make_a_decoder_fail(payload: bytes, port: int, pick: int) -> None:
    decoder = library().decoders[pick % len(library().decoders)]
    try:
        readings = decoder.decode(payload, port)
    except PayloadUndecodable:
        return
    for reading in readings:
        assert not isinstance(reading.value, float) or math.isfinite(reading.value)


@given(data=st.data())
def test_no_payload_close_to_a_real_one_makes_a_decoder_fail(data: st.DataObject) -> None:
    decoder, vector = data.draw(st.sampled_from(vectors()))
    payload = bytearray.fromhex(vector["bytes_hex"])
    for place in data.draw(st.lists(st.integers(0, max(len(payload) - 1, 0)), max_size=4)):
        payload[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(payload)))
    try:
        decoder.decode(bytes(payload[:cut]), vector["fPort"])
    except PayloadUndecodable:
        return


def test_the_example_in_the_guide_works_as_it_stands() -> None:
    guide = (Path(__file__).resolve().parents[3] / "docs" / "decoders.md").read_text()
    example, properties = re.findall(r"```toml\n(.*?)```", guide, re.S)
    decoder = read_decoder(example + properties, "guide", shared_vocabulary())
    readings = decoder.decode(bytes.fromhex("0104d2fe0c"), 2)
    assert {each.name: each.value for each in readings} == {
        "is_alarm": True,
        "distance": 1234,
        "air_temperature": -5.0,
    }
    newer = decoder.decode(bytes.fromhex("00ffff00c88e"), 2)
    assert {each.name: each.value for each in newer} == {
        "is_alarm": False,
        "air_temperature": 2.0,
        "battery_voltage": 3.42,
    }
    assert decoder.decode(b"anything", 3) == ()
    assert decoder.properties["salt_level"].unit in decoder.units
