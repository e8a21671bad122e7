"""Speaks for the demonstration's sensors, through the doors that real ones use: MQTT and a webhook.

A process of its own that knows the installation by its addresses and two keys only. Run by
`hereabouts demo`; it ends with the server, also where that is killed: a second simulator beside it
would take its place at the listener, and it that of the second, for ever.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import urllib3

from hereabouts.site.demonstration.measured import MEASURED
from hereabouts.site.demonstration.mqtt_line import MqttLine
from hereabouts.site.demonstration.sensors import APPLICATION, FILE, Registered, SimulatorFile
from hereabouts.site.demonstration.storms import read_storms
from hereabouts.town.sensing.noise import chance
from hereabouts.town.sensing.plan import Channel, SensorKind, TownSensor, plan_sensors
from hereabouts.town.sensing.readings import Values, battery_v, read, to_bytes
from hereabouts.town.sensing.weather import DAY_S, Weather

HISTORY_S = DAY_S
HISTORY_STEP_S = 300
ROWS = 2_000
STA = "/sta/v1.1"
WEBHOOK = "/sensing/in/lorawan/ttn"
TIMEOUT_S = 20.0

log = logging.getLogger("hereabouts.simulator")

Rows = dict[int, list[list[object]]]
"""By stream: rows of phenomenon time and result."""


@dataclass
class Doors:
    """Where readings are brought."""

    http: urllib3.PoolManager
    base: str
    line: MqttLine
    file: SimulatorFile

    def post(self, path: str, body: object, key: str) -> int:
        """Post JSON and return the status."""
        answer = self.http.request(
            "POST",
            f"{self.base}{path}",
            body=json.dumps(body).encode(),
            headers={"content-type": "application/json", "authorization": f"Bearer {key}"},
        )
        return answer.status


class Simulator:
    """All sensors of the town, each with the moment of its next reading."""

    def __init__(self, folder: Path, doors: Doors) -> None:
        self.folder = folder
        self.doors = doors
        seed = doors.file["seed"]
        known = {one["key"]: one for one in doors.file["sensors"]}
        planned = plan_sensors(folder, seed)
        self.sensors = [(one, known[one.key]) for one in planned if one.key in known]
        start = time.time()
        self._next = {
            one.key: start + one.period_s * chance(seed, f"phase {one.key}", 0)
            for one, _ in self.sensors
        }

    @property
    def weather(self) -> Weather:
        """The weather of now, with the storms that somebody ordered."""
        return Weather(self.doors.file["seed"], read_storms(self.folder))

    def fill_history(self) -> int:
        """Bring the last day's readings that are missing; how many."""
        last = self._last_times()
        rows: Rows = {}
        moment, weather, count = time.time(), self.weather, 0
        for sensor, known in self.sensors:
            began = max(moment - HISTORY_S, last.get(known["thing_id"], 0.0) + HISTORY_STEP_S)
            for seconds in _steps(began, moment):
                values = read(sensor, weather, seconds)
                if values is None:
                    continue
                for reading, result in _results(sensor, self._whole(sensor, values, seconds)):
                    stream = known["streams"][reading]
                    rows.setdefault(stream, []).append([_text(seconds), result])
            count += self._send_full(rows, ROWS)
        return count + self._send_full(rows, 1)

    async def tick(self) -> None:
        """Send what is due."""
        moment = time.time()
        due = [pair for pair in self.sensors if self._next[pair[0].key] <= moment]
        weather = self.weather
        for sensor, known in due:
            self._next[sensor.key] += sensor.period_s
            values = read(sensor, weather, moment)
            if values is None:
                continue
            whole = self._whole(sensor, values, moment)
            if sensor.channel is Channel.LORAWAN:
                await asyncio.to_thread(self._uplink, sensor, whole, moment)
            else:
                await self._publish(sensor, known, whole, moment)

    def _whole(self, sensor: TownSensor, values: Values, seconds: float) -> Values:
        return {**values, "battery": battery_v(sensor, self.doors.file["seed"], seconds)}

    def _uplink(self, sensor: TownSensor, values: Values, seconds: float) -> None:
        port, payload = to_bytes(sensor, values, values["battery"])
        body = uplink_body(sensor, port, payload, seconds)
        status = self.doors.post(WEBHOOK, body, self.doors.file["webhook_key"])
        if status >= 300:
            log.warning("uplink_refused sensor=%s status=%s", sensor.key, status)

    async def _publish(
        self, sensor: TownSensor, known: Registered, values: Values, seconds: float
    ) -> None:
        for one in MEASURED[sensor.kind]:
            body = {"phenomenonTime": _text(seconds), "result": values[one.value]}
            topic = f"v1.1/Datastreams({known['streams'][one.reading]})/Observations"
            await self.doors.line.publish(topic, json.dumps(body).encode())

    def _last_times(self) -> dict[int, float]:
        """When each Thing was heard last, in seconds since 1970 UTC. Raises: OSError, HTTPError."""
        streams = {
            stream: known["thing_id"]
            for _, known in self.sensors
            for stream in known["streams"].values()
        }
        found: dict[int, float] = {}
        address = f"{self.doors.base}{STA}/Datastreams?$select=id,phenomenonTime&$top=1000"
        while address:
            answer = self.doors.http.request("GET", address)
            if answer.status != 200:
                raise ConnectionError(f"the hub answered {answer.status}")
            page: Any = answer.json()  # Any: JSON
            for entity in page["value"]:
                thing = streams.get(entity["@iot.id"])
                period = entity.get("phenomenonTime")
                if thing is not None and period:
                    end = datetime.fromisoformat(period.partition("/")[2] or period).timestamp()
                    found[thing] = max(found.get(thing, 0.0), end)
            address = page.get("@iot.nextLink", "")
        return found

    def _send_full(self, rows: Rows, least: int) -> int:
        """Send rows once there are that many; how many were sent."""
        count = sum(len(of_stream) for of_stream in rows.values())
        if count < least:
            return 0
        groups = [
            {
                "Datastream": {"@iot.id": stream},
                "components": ["phenomenonTime", "result"],
                "dataArray": of_stream,
            }
            for stream, of_stream in rows.items()
        ]
        status = self.doors.post(
            f"{STA}/CreateObservations", groups, self.doors.file["observe_key"]
        )
        if status != 201:
            log.warning("history_refused status=%s", status)
        rows.clear()
        return count


def uplink_body(sensor: TownSensor, port: int, payload: bytes, seconds: float) -> dict[str, object]:
    """An uplink as a network server's webhook sends it."""
    quality = chance(sensor.period_s, sensor.key, int(seconds // sensor.period_s))
    return {
        "end_device_ids": {
            "device_id": sensor.key,
            "application_ids": {"application_id": APPLICATION},
            "dev_eui": sensor.eui.upper(),
        },
        "received_at": _text(seconds),
        "uplink_message": {
            "f_port": port,
            "f_cnt": int(seconds // sensor.period_s) % 2**32,
            "frm_payload": base64.b64encode(payload).decode(),
            "rx_metadata": [
                {
                    "gateway_ids": {"gateway_id": "demonstration-gateway"},
                    "rssi": round(-118 + 50 * quality),
                    "snr": round(-8 + 17 * quality, 1),
                }
            ],
            "settings": {"data_rate": {"lora": {"spreading_factor": 7, "bandwidth": 125_000}}},
            "received_at": _text(seconds),
        },
    }


def _steps(began: float, until: float) -> Iterator[float]:
    first = (int(began // HISTORY_STEP_S) + 1) * HISTORY_STEP_S
    yield from range(first, int(until), HISTORY_STEP_S)


def _results(sensor: TownSensor, values: Values) -> Iterator[tuple[str, float | bool]]:
    """What each reading's decoder would make of the bytes on the air."""
    for one in MEASURED[sensor.kind]:
        result: float | bool = values[one.value]
        if one.reading == "is_occupied":
            result = bool(result)
        elif one.reading == "battery_voltage":
            # As fine as the device's own bytes are.
            steps = 1_000 if sensor.kind is SensorKind.CLIMATE else 10
            result = round(result * steps) / steps
        yield one.reading, result


def _text(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def run(folder: Path, base: str, host: str, port: int) -> None:
    """Speak for the sensors until cancelled; doors that are shut are knocked at again."""
    file: SimulatorFile = json.loads((folder / FILE).read_text())
    http = urllib3.PoolManager(timeout=urllib3.Timeout(TIMEOUT_S), retries=False, maxsize=2)
    line = MqttLine(host, port, "simulator", file["observe_key"])
    simulator = Simulator(folder, Doors(http, base, line, file))
    is_filled = False
    while True:
        try:
            if not is_filled:
                await asyncio.to_thread(simulator.fill_history)
                is_filled = True
            await simulator.tick()
        except (OSError, urllib3.exceptions.HTTPError) as fault:
            log.warning("door_shut fault=%s", type(fault).__name__)
            await line.close()
            await asyncio.sleep(2)
        await asyncio.sleep(0.5)


def end_with_parent() -> None:
    """End this process once standard input does, which is when the parent is gone."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        # At once: a request under way would keep an orderly end waiting, and there is none to tell.
        os._exit(0)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def main(arguments: Sequence[str]) -> None:
    """Run with the folder of the town, the site's address, and the listener's host and port."""
    folder, base, host, port = arguments
    end_with_parent()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(Path(folder), base.rstrip("/"), host, int(port)))


if __name__ == "__main__":
    main(sys.argv[1:])
