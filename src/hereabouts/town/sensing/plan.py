"""Which sensors the invented town has, and on which of its lamps and gullies they hang."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hereabouts.town.dice import Dice


class SensorKind(StrEnum):
    """What a sensor of the town measures."""

    GULLY = "gully"
    BIN = "bin"
    AIR = "air"
    CLIMATE = "climate"
    TRAFFIC = "traffic"
    NOISE = "noise"
    PARKING = "parking"
    WEATHER = "weather"


class Channel(StrEnum):
    """How a sensor's readings travel."""

    MQTT = "mqtt"
    LORAWAN = "lorawan"


@dataclass(frozen=True)
class Stock:
    """A kind's share of the sensors, how they report, and how often in seconds."""

    kind: SensorKind
    share: float
    channel: Channel
    period_s: int
    on: str = "street_lamp"


STOCK = (
    Stock(SensorKind.GULLY, 0.30, Channel.LORAWAN, 120, on="gully"),
    Stock(SensorKind.BIN, 0.14, Channel.LORAWAN, 600),
    Stock(SensorKind.CLIMATE, 0.14, Channel.LORAWAN, 300),
    Stock(SensorKind.PARKING, 0.10, Channel.LORAWAN, 120),
    Stock(SensorKind.AIR, 0.13, Channel.MQTT, 60),
    Stock(SensorKind.TRAFFIC, 0.11, Channel.MQTT, 60),
    Stock(SensorKind.NOISE, 0.05, Channel.MQTT, 60),
    Stock(SensorKind.WEATHER, 0.03, Channel.MQTT, 60),
)
FAILING_GULLY = "a gully that silts up"
SILENT_SENSOR = "a sensor that has fallen silent"


@dataclass(frozen=True)
class TownSensor:
    """One sensor: its name for programs, what it is, and the asset it hangs on.

    `eui` is its LoRaWAN address, "" on MQTT. `fault` is empty, `FAILING_GULLY` or `SILENT_SENSOR`.
    """

    key: str
    kind: SensorKind
    channel: Channel
    period_s: int
    lon: float
    lat: float
    street: str
    asset: str
    eui: str = ""
    fault: str = ""


def plan_sensors(folder: Path, seed: int, count: int = 200) -> list[TownSensor]:
    """The sensors of the town in a folder that `generate` wrote; the same each time.

    Raises: OSError where the folder does not hold the town's lists of assets.
    """
    dice = Dice(seed, count).stream("sensors")
    assets = {on: _read(folder / f"assets-{on}.csv") for on in ("street_lamp", "gully")}
    order = {on: dice.permutation(len(rows)).tolist() for on, rows in assets.items()}
    taken = dict.fromkeys(assets, 0)
    found: list[TownSensor] = []
    for stock in STOCK:
        for number in range(round(count * stock.share)):
            if taken[stock.on] >= len(order[stock.on]):
                break
            row = assets[stock.on][order[stock.on][taken[stock.on]]]
            taken[stock.on] += 1
            found.append(_sensor(stock, number, row))
    return found


def _sensor(stock: Stock, number: int, row: dict[str, str]) -> TownSensor:
    fault = ""
    if stock.kind is SensorKind.GULLY and number == 0:
        fault = FAILING_GULLY
    elif stock.kind is SensorKind.CLIMATE and number == 0:
        fault = SILENT_SENSOR
    is_radio = stock.channel is Channel.LORAWAN
    kind_number = list(SensorKind).index(stock.kind)
    return TownSensor(
        key=f"{stock.kind}-{number + 1:03d}",
        kind=stock.kind,
        channel=stock.channel,
        period_s=stock.period_s,
        lon=float(row["lon"]),
        lat=float(row["lat"]),
        street=row["street"],
        asset=row["reference"],
        # No maker owns addresses that begin with 02: the bit for "locally given" is set.
        eui=f"02000000{kind_number:04x}{number + 1:04x}" if is_radio else "",
        fault=fault,
    )


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(_named(csv.DictReader(file)))


def _named(rows: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    return (row for row in rows if row["street"])
