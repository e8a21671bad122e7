"""The invented town's sensors: repeatable, plausible, and wet when it rains."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from hereabouts.town.sensing.plan import (
    FAILING_GULLY,
    SILENT_SENSOR,
    Channel,
    SensorKind,
    TownSensor,
    plan_sensors,
)
from hereabouts.town.sensing.readings import battery_v, busyness, read, to_bytes
from hereabouts.town.sensing.weather import DAY_S, Storm, Weather

pytestmark = pytest.mark.once

MONDAY = 1_793_577_600.0
"""2 November 2026, midnight UTC."""
DRY = Weather(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the two lists that sensors hang on."""
    out = tmp_path_factory.mktemp("town")
    for on, count in (("street_lamp", 400), ("gully", 200)):
        rows = (f"{1.4 + k / 1e4:.7f},54.5,R{k},Mill Lane" for k in range(count))
        (out / f"assets-{on}.csv").write_text("\n".join(("lon,lat,reference,street", *rows)))
    return out


@pytest.fixture(scope="module")
def sensors(folder: Path) -> list[TownSensor]:
    """The town's sensors."""
    return plan_sensors(folder, seed=1)


def one(sensors: list[TownSensor], kind: SensorKind, fault: str = "") -> TownSensor:
    return next(sensor for sensor in sensors if sensor.kind is kind and sensor.fault == fault)


def test_about_two_hundred_sensors_hang_each_on_an_asset_of_its_own(
    sensors: list[TownSensor],
) -> None:
    assert 190 <= len(sensors) <= 210
    by_asset = [(sensor.asset, sensor.kind is SensorKind.GULLY) for sensor in sensors]
    assert len(set(by_asset)) == len(sensors)
    assert {sensor.channel for sensor in sensors} == set(Channel)


def test_the_same_town_has_the_same_sensors(folder: Path, sensors: list[TownSensor]) -> None:
    assert plan_sensors(folder, seed=1) == sensors
    assert plan_sensors(folder, seed=2) != sensors


def test_radio_addresses_are_unique_and_belong_to_no_maker(sensors: list[TownSensor]) -> None:
    euis = [sensor.eui for sensor in sensors if sensor.eui]
    assert len(set(euis)) == len(euis) > 100
    assert all(int(eui[:2], 16) & 2 for eui in euis)


def test_roads_are_busiest_in_the_rush_hour_and_empty_at_night() -> None:
    hours = {hour: busyness(MONDAY + hour * 3_600) for hour in range(24)}
    assert max(hours, key=hours.__getitem__) == 17
    assert hours[8] > hours[11] > hours[3]
    saturday = MONDAY + 5 * DAY_S
    assert busyness(saturday + 8 * 3_600) < hours[8]


def test_winters_are_colder_than_summers() -> None:
    year = [DRY.temperature_c(MONDAY + day * DAY_S) for day in range(365)]
    assert -15 < min(year) < 8
    assert 12 < max(year) < 35
    assert sum(year) / len(year) == pytest.approx(9, abs=3)


def test_it_rains_on_some_days_and_not_on_others() -> None:
    rain = [DRY.rain_mm_h(MONDAY + hour * 3_600) for hour in range(24 * 365)]
    assert 0.05 < sum(mm > 0 for mm in rain) / len(rain) < 0.5
    assert 300 < sum(rain) < 1_800, "millimetres a year"


def test_a_storm_fills_the_silted_gully_and_it_stays_full(sensors: list[TownSensor]) -> None:
    start = next(
        MONDAY + k * 3_600
        for k in range(2_000)
        if all(DRY.rain_mm_h(MONDAY + (k + ahead) * 3_600) == 0 for ahead in range(-24, 6))
    )
    wet = Weather(1, [Storm(start, start + 1_800, 25.0)])
    failing = one(sensors, SensorKind.GULLY, FAILING_GULLY)
    sound = one(sensors, SensorKind.GULLY)
    level = {
        (name, minutes): (read(sensor, wet, start + minutes * 60) or {})["level"]
        for name, sensor in (("failing", failing), ("sound", sound))
        for minutes in (0, 30, 150)
        if read(sensor, wet, start + minutes * 60) is not None
    }
    assert level["failing", 0] < 60
    assert level["failing", 30] > 80
    assert level["failing", 150] > 65
    assert level.get(("sound", 150), 0) < 60


def test_a_sensor_is_now_and_then_out_of_reach_and_one_for_good(sensors: list[TownSensor]) -> None:
    sensor = one(sensors, SensorKind.AIR)
    heard = [read(sensor, DRY, MONDAY + k * 7_200) is not None for k in range(1_000)]
    assert 0.95 < sum(heard) / len(heard) < 1
    silent = one(sensors, SensorKind.CLIMATE, SILENT_SENSOR)
    assert all(read(silent, DRY, MONDAY + k * 7_200) is None for k in range(100))


@pytest.mark.parametrize("kind", SensorKind)
def test_every_value_is_plausible_all_year(sensors: list[TownSensor], kind: SensorKind) -> None:
    sensor = one(sensors, kind)
    limits = {
        "level": (0, 100), "distance_mm": (0, 1_200), "temperature": (-15, 38),
        "humidity": (28, 102), "is_occupied": (0, 1), "no2": (0, 160), "pm25": (0, 60),
        "vehicles": (0, 45),
        "speed_mph": (10, 35), "laeq": (35, 80), "wind": (0, 14), "rain": (0, 60),
    }  # fmt: skip
    for k in range(365 * 4):
        values = read(sensor, DRY, MONDAY + k * DAY_S / 4 + 777)
        for name, number in (values or {}).items():
            assert limits[name][0] <= number <= limits[name][1], name


def test_neighbouring_moments_have_neighbouring_values(sensors: list[TownSensor]) -> None:
    sensor = one(sensors, SensorKind.CLIMATE)
    found = [read(sensor, DRY, MONDAY + 60 * k) for k in range(1_440)]
    temperatures = [values["temperature"] for values in found if values]
    assert max(abs(b - a) for a, b in itertools.pairwise(temperatures)) < 1.5


def test_radio_sensors_have_a_payload_and_wired_ones_have_none(sensors: list[TownSensor]) -> None:
    for kind in SensorKind:
        sensor = one(sensors, kind)
        values = read(sensor, DRY, MONDAY) or read(sensor, DRY, MONDAY + 90_000)
        assert values is not None
        if sensor.channel is Channel.LORAWAN:
            port, payload = to_bytes(sensor, values, battery_v(sensor, 1, MONDAY))
            assert 1 <= port <= 223
            assert 1 <= len(payload) <= 51
        else:
            with pytest.raises(KeyError):
                to_bytes(sensor, values, 3.6)
