"""Mosquitto between devices and the hub, and either of them restarted in the middle of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.sensing_hub import Hub, own_database, until
from tests.faults.sensing_senders import Ledger, Publisher, Sender, sending
from tests.rooms.sensing.mqtt_broker import PASSWORDS, Broker, broker

pytestmark = pytest.mark.broker

ROUNDS = 3


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    with broker(folder) as found:
        yield found


class Device(Publisher):
    """Publishes to the broker as its access list lets it: one topic for all streams."""

    way = "Mosquitto"
    username, password = "meter", PASSWORDS["meter"]
    topic = "v1.1/Observations"
    window = 40

    def body_of(self, number: int) -> dict[str, object]:
        stream = {"Datastream": {"@iot.id": self.ledger.stream_of(number)}}
        return {**self.ledger.body_of(number), **stream}


def test_through_restarts_of_broker_and_hub_every_acknowledged_message_is_stored_once(
    tmp_path: Path, mosquitto: Broker
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    address = f"mqtt://hub:{PASSWORDS['hub']}@127.0.0.1:{mosquitto.port}"
    with (
        own_database() as database,
        Hub(home, database, HEREABOUTS_MQTT=address, HEREABOUTS_MQTT_ANNOUNCE="off") as hub,
    ):
        ledger = Ledger(hub.make_streams(5))
        devices = [Device(hub, ledger, port=mosquitto.devices_port) for _ in range(2)]
        senders: list[Sender] = [*devices]
        with sending(*senders):
            for turn in range(ROUNDS):
                _some_more(ledger)
                mosquitto.stop()
                if turn % 2:
                    time.sleep(0.3)
                mosquitto.start()
                _some_more(ledger)
                hub.kill()
                hub.start()
        wanted = ledger.acknowledged["Mosquitto"]
        count = "SELECT COUNT(DISTINCT number) FROM sensing_observation"
        until(lambda: hub.query(count)[0][0] >= len(wanted), f"{len(wanted)} observations")
        ledger.judge(hub.check_pieces())
    assert len(wanted) > ROUNDS * 100


def _some_more(ledger: Ledger) -> None:
    before = len(ledger.acknowledged.get("Mosquitto", ()))
    until(
        lambda: len(ledger.acknowledged.get("Mosquitto", ())) > before + 100,
        "100 messages more",
    )
