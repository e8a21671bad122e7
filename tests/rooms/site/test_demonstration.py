"""The demonstration's sensors: registered once, speaking through the public doors."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from hereabouts.sensing.models.deployments import Deployment
from hereabouts.sensing.models.register import Stream, Thing
from hereabouts.sensing.models.watching import Threshold
from hereabouts.site.cli import main
from hereabouts.site.demonstration.mqtt_line import MqttLine
from hereabouts.site.demonstration.running import LISTEN, choose_mqtt_port
from hereabouts.site.demonstration.sensors import set_up_sensors
from hereabouts.site.demonstration.simulator import uplink_body
from hereabouts.site.demonstration.storms import order_storm, read_storms
from hereabouts.standards.lorawan.ttn import parse_ttn
from hereabouts.standards.mqtt import (
    VERSION_3,
    Connack,
    Connect,
    Decoder,
    Packet,
    Puback,
    Publish,
    encode,
)
from hereabouts.town.sensing.plan import Channel, plan_sensors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a small town: the two lists that sensors hang on."""
    for on, count in (("street_lamp", 400), ("gully", 200)):
        rows = (f"{1.4 + k / 1e4:.7f},54.5,R{k},Mill Lane" for k in range(count))
        (tmp_path / f"assets-{on}.csv").write_text("\n".join(("lon,lat,reference,street", *rows)))
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_sensors_are_registered_once_and_their_secrets_are_ours_alone(folder: Path) -> None:
    path = set_up_sensors(folder, seed=1)
    assert path.stat().st_mode & 0o077 == 0
    sensors = plan_sensors(folder, seed=1)
    assert Thing.objects.count() == len(sensors)
    file = json.loads(path.read_text())
    assert [one["key"] for one in file["sensors"]] == [sensor.key for sensor in sensors]
    streams = {stream for one in file["sensors"] for stream in one["streams"].values()}
    assert streams == set(Stream.objects.values_list("pk", flat=True))
    assert Threshold.objects.count() == sum(sensor.key.startswith("gully") for sensor in sensors)
    assert Deployment.objects.filter(state="proposed").count() == 3
    assert set_up_sensors(folder, seed=1) == path
    assert Thing.objects.count() == len(sensors)


@pytest.mark.once
def test_an_uplink_is_one_that_a_network_server_could_have_sent(folder: Path) -> None:
    sensor = next(one for one in plan_sensors(folder, 1) if one.channel is Channel.LORAWAN)
    body = uplink_body(sensor, 6, b"\x01\xb1\x01", 1_800_000_000.0)
    uplink = parse_ttn(json.dumps(body).encode())
    assert uplink is not None
    assert uplink.eui.upper() == sensor.eui.upper()
    assert base64.b64encode(uplink.payload) == b"AbEB"


@pytest.mark.once
def test_a_storm_lasts_as_long_as_was_ordered(folder: Path) -> None:
    storm = order_storm(folder, minutes=30, mm_per_hour=12)
    assert storm.end - storm.start == pytest.approx(1_800)
    order_storm(folder, minutes=1, mm_per_hour=3)
    assert [one.mm_per_hour for one in read_storms(folder)] == [12, 3]


@pytest.mark.once
def test_it_does_not_rain_where_there_is_no_town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEREABOUTS_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as left:
        main(["town", "rain"])
    assert left.value.code == 1
    assert "no invented town" in capsys.readouterr().err


@pytest.mark.once
def test_rain_is_ordered_by_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = folder / "home"
    town = home / "demonstration"
    town.mkdir(parents=True)
    (town / "town.json").write_text("{}")
    monkeypatch.setenv("HEREABOUTS_HOME", str(home))
    main(["town", "rain", "--minutes", "5", "--hard", "8"])
    (storm,) = read_storms(town)
    assert storm.mm_per_hour == 8
    assert storm.start <= time.time() < storm.end


@pytest.fixture
def no_setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment in which nobody has said where to listen; what is chosen is taken back."""
    monkeypatch.setenv(LISTEN, "")
    yield


@pytest.mark.once
def test_an_operator_s_port_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LISTEN, "0.0.0.0:2883")
    assert choose_mqtt_port().number == 2883


@pytest.mark.once
def test_a_port_that_is_free_is_chosen(no_setting: None) -> None:
    port = choose_mqtt_port()
    try:
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", port.number))
        assert os.environ[LISTEN] == f"127.0.0.1:{port.number}"
    finally:
        port.release()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port.number))


DEMONSTRATION = """
import sys, time
from pathlib import Path
from hereabouts.site.demonstration.running import simulation
with simulation(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2])):
    time.sleep(600)
"""


@pytest.mark.once
def test_the_simulator_ends_with_a_demonstration_that_is_killed(folder: Path) -> None:
    file = {"seed": 1, "observe_key": "o", "webhook_key": "w", "sensors": []}
    (folder / "sensors.json").write_text(json.dumps(file))
    with socket.create_server(("127.0.0.1", 0)) as site:
        site.settimeout(60)
        arguments = [str(folder), str(site.getsockname()[1])]
        # A group of its own, so that nothing is left over where the simulator lives on.
        parent = subprocess.Popen(
            [sys.executable, "-c", DEMONSTRATION, *arguments], start_new_session=True
        )
        try:
            simulator, _ = site.accept()
            with closing(simulator):
                simulator.settimeout(5)
                assert simulator.recv(4_096).startswith(b"GET /sta/v1.1/Datastreams")
                parent.kill()
                # Left without an answer, a simulator that lives on waits for 20 s.
                assert simulator.recv(4_096) == b""
        finally:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)
            parent.wait()


class Listener:
    """A listener that lets in who knows the word, and acknowledges or hangs up."""

    def __init__(self, word: bytes, acknowledges: bool = True) -> None:
        self.word, self.acknowledges = word, acknowledges
        self.heard: list[Publish] = []
        self.is_over = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = Decoder()
        while chunk := await reader.read(4_096):
            for packet in decoder.feed(chunk):
                answer = self.answer(packet)
                if answer is not None:
                    writer.write(encode(answer, VERSION_3))
        writer.close()
        await writer.wait_closed()
        self.is_over.set()

    def answer(self, packet: Packet) -> Packet | None:
        if isinstance(packet, Connect):
            return Connack(code=0 if packet.password == self.word else 5)
        if isinstance(packet, Publish):
            self.heard.append(packet)
            return Puback(packet_id=packet.packet_id) if self.acknowledges else Puback(packet_id=9)
        return None


async def _speak(listener: Listener, word: str) -> None:
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    async with server:
        line = MqttLine("127.0.0.1", server.sockets[0].getsockname()[1], "simulator", word)
        try:
            await line.publish("v1.1/Datastreams(1)/Observations", b'{"result": 1}')
            await line.publish("v1.1/Datastreams(1)/Observations", b'{"result": 2}')
        finally:
            await line.close()
            await asyncio.wait_for(listener.is_over.wait(), 10)


@pytest.mark.once
def test_a_line_publishes_at_quality_one_and_waits_for_the_acknowledgement() -> None:
    listener = Listener(b"word")
    asyncio.run(_speak(listener, "word"))
    assert [(one.qos, one.packet_id) for one in listener.heard] == [(1, 1), (1, 2)]


@pytest.mark.once
def test_a_line_says_when_it_is_not_let_in_or_not_acknowledged() -> None:
    with pytest.raises(ConnectionError, match="let us in"):
        asyncio.run(_speak(Listener(b"word"), "wrong"))
    with pytest.raises(ConnectionError, match="acknowledge"):
        asyncio.run(_speak(Listener(b"word", acknowledges=False), "word"))
