"""What each sensor of the invented town says at a moment, and the bytes it would send by radio."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from hereabouts.town.sensing.noise import chance, smooth
from hereabouts.town.sensing.plan import (
    FAILING_GULLY,
    SILENT_SENSOR,
    SensorKind,
    TownSensor,
)
from hereabouts.town.sensing.weather import DAY_S, Weather

Values = Mapping[str, float]
"""Numbers by name: `level`, `no2`, …; a truth value is 1 or 0."""

DRAINS_S = 900.0
SILTED_DRAINS_S = 4 * 3_600.0
GULLY_DEPTH_MM = 800
BIN_DEPTH_MM = 1_200
GAP_HOURS = 2
GAP_SHARE = 0.02
"""Share of the windows of two hours in which a sensor is out of reach."""


def read(sensor: TownSensor, weather: Weather, seconds: float) -> Values | None:
    """What a sensor says at a moment (seconds since 1970 UTC); None while it is out of reach."""
    if sensor.fault == SILENT_SENSOR or _is_gap(sensor, weather.seed, seconds):
        return None
    return _READERS[sensor.kind](sensor, weather, seconds)


def _is_gap(sensor: TownSensor, seed: int, seconds: float) -> bool:
    if sensor.fault == FAILING_GULLY:
        return False
    window = int(seconds // (GAP_HOURS * 3_600))
    return chance(seed, f"gap {sensor.key}", window) < GAP_SHARE


def busyness(seconds: float) -> float:
    """How busy the roads are, 0 to 1: two rush hours on working days, one long one at weekends."""
    day = int(seconds // DAY_S + 4) % 7  # 1970 began on a Thursday; 0 is Sunday
    hour = seconds % DAY_S / 3_600
    if day in (0, 6):
        return 0.05 + 0.55 * _hump(hour, 14.0, 3.5)
    peaks = 0.85 * _hump(hour, 8.3, 1.1) + 0.95 * _hump(hour, 17.2, 1.6)
    return 0.04 + min(0.96, peaks + 0.42 * _hump(hour, 12.7, 3.6))


def _hump(hour: float, at: float, width: float) -> float:
    return math.exp(-(((hour - at) / width) ** 2))


def _gully(sensor: TownSensor, weather: Weather, seconds: float) -> Values:
    is_failing = sensor.fault == FAILING_GULLY
    drains = SILTED_DRAINS_S if is_failing else DRAINS_S
    gain = 5.0 if is_failing else 6.0 + 4.0 * chance(weather.seed, sensor.key, 0)
    base = 34.0 if is_failing else 8.0 + 10.0 * chance(weather.seed, sensor.key, 1)
    ripple = 1.5 * smooth(weather.seed, f"ripple {sensor.key}", seconds, 300)
    level = min(100.0, base + gain * weather.standing_water(seconds, drains) + ripple)
    return {"level": round(level), "distance_mm": round(GULLY_DEPTH_MM * (1 - level / 100))}


def _bin(sensor: TownSensor, weather: Weather, seconds: float) -> Values:
    cycle = (2 + 5 * chance(weather.seed, sensor.key, 0)) * DAY_S
    phase = (seconds / cycle + chance(weather.seed, sensor.key, 1)) % 1.0
    level = min(100.0, 104.0 * phase**0.9)
    return {"level": round(level), "distance_mm": round(BIN_DEPTH_MM * (1 - level / 100))}


def _climate(sensor: TownSensor, weather: Weather, seconds: float) -> Values:
    local = 1.6 * chance(weather.seed, sensor.key, 0) - 0.8
    return {
        "temperature": round(weather.temperature_c(seconds) + local, 2),
        "humidity": round(weather.humidity_percent(seconds) - 2 * local, 1),
    }


def _parking(sensor: TownSensor, weather: Weather, seconds: float) -> Values:
    wanted = min(0.97, 0.15 + busyness(seconds) * (0.6 + 0.6 * chance(weather.seed, sensor.key, 0)))
    is_taken = smooth(weather.seed, f"bay {sensor.key}", seconds, 1_500) < wanted
    return {"is_occupied": float(is_taken)}


def _air(sensor: TownSensor, weather: Weather, seconds: float) -> Values:
    blown = 1.0 / (0.6 + 0.25 * weather.wind_m_s(seconds))
    street = 0.6 + 0.9 * chance(weather.seed, sensor.key, 0)
    washed = 1.0 / (1.0 + 0.25 * weather.rain_mm_h(seconds))
    shimmer = 0.9 + 0.2 * smooth(weather.seed, f"air {sensor.key}", seconds, 420)
    no2 = (6.0 + 46.0 * busyness(seconds) * street) * blown * shimmer
    far = smooth(weather.seed, "far dust", seconds, 2 * DAY_S)
    pm25 = (3.0 + 9.0 * far + 6.0 * busyness(seconds) * street) * blown**0.5 * washed * shimmer
    return {"no2": round(no2, 1), "pm25": round(pm25, 1)}


def _traffic(sensor: TownSensor, weather: Weather, seconds: float) -> Values:
    size = 6.0 + 22.0 * chance(weather.seed, sensor.key, 0)
    per_minute = size * busyness(seconds)
    luck = smooth(weather.seed, f"cars {sensor.key}", seconds, 90) - 0.5
    wet = 1.0 - 0.12 * min(1.0, weather.rain_mm_h(seconds) / 5)
    vehicles = max(0.0, per_minute + 2.0 * luck * math.sqrt(per_minute))
    speed = (30.0 - 11.0 * busyness(seconds)) * wet + 3.0 * luck
    return {"vehicles": round(vehicles), "speed_mph": round(speed, 1)}


def _noise(sensor: TownSensor, weather: Weather, seconds: float) -> Values:
    near = 4.0 * chance(weather.seed, sensor.key, 0)
    rain = 5.0 * min(1.0, weather.rain_mm_h(seconds) / 8)
    passing = 5.0 * smooth(weather.seed, f"noise {sensor.key}", seconds, 75)
    return {"laeq": round(43.0 + near + 17.0 * busyness(seconds) ** 0.5 + rain + passing, 1)}


def _station(sensor: TownSensor, weather: Weather, seconds: float) -> Values:
    return {
        "temperature": round(weather.temperature_c(seconds), 1),
        "humidity": round(weather.humidity_percent(seconds)),
        "wind": round(weather.wind_m_s(seconds), 1),
        "rain": round(weather.rain_mm_h(seconds), 1),
    }


_READERS: Mapping[SensorKind, Callable[[TownSensor, Weather, float], Values]] = {
    SensorKind.GULLY: _gully,
    SensorKind.BIN: _bin,
    SensorKind.CLIMATE: _climate,
    SensorKind.PARKING: _parking,
    SensorKind.AIR: _air,
    SensorKind.TRAFFIC: _traffic,
    SensorKind.NOISE: _noise,
    SensorKind.WEATHER: _station,
}


def battery_v(sensor: TownSensor, seed: int, seconds: float) -> float:
    """A battery that lasts some years, in volts."""
    years = (seconds / (365 * DAY_S) + 4 * chance(seed, f"battery {sensor.key}", 0)) % 4.0
    return 3.6 - 0.25 * years


def to_bytes(sensor: TownSensor, values: Values, volts: float) -> tuple[int, bytes]:
    """Port and payload of a radio sensor, in the layouts that the decoders for such devices know.

    Raises: KeyError for a sensor that does not report by radio.
    """
    return _ENCODERS[sensor.kind](values, volts)


def _fill(values: Values, volts: float) -> tuple[int, bytes]:
    level = int(values["level"])
    return 6, bytes.fromhex("01b101") + bytes(
        [
            round(volts * 10),
            int(level >= 90),
            *int(values["distance_mm"]).to_bytes(2, "big"),
            level,
            0,
            0,
            0,
        ]
    )


def _climate_bytes(values: Values, volts: float) -> tuple[int, bytes]:
    battery = round(volts * 1_000) & 0x3FFF
    temperature = round(values["temperature"] * 100)
    humidity = round(values["humidity"] * 10)
    return 2, (
        battery.to_bytes(2, "big")
        + temperature.to_bytes(2, "big", signed=True)
        + humidity.to_bytes(2, "big")
        + bytes(5)
    )


def _bay(values: Values, volts: float) -> tuple[int, bytes]:
    return 1, bytes([int(values["is_occupied"])])


_ENCODERS: Mapping[SensorKind, Callable[[Values, float], tuple[int, bytes]]] = {
    SensorKind.GULLY: _fill,
    SensorKind.BIN: _fill,
    SensorKind.CLIMATE: _climate_bytes,
    SensorKind.PARKING: _bay,
}
