"""What the demonstration's sensors measure, in the words of the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hereabouts.town.sensing.plan import SensorKind

CF = "http://vocab.nerc.ac.uk/standard_name/"
OWN = "urn:hereabouts:property:"
UCUM = "http://unitsofmeasure.org/ucum.html#"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
TRUTH = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_TruthObservation"
COUNT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"


@dataclass(frozen=True)
class Measured:
    """One thing a sensor measures; `reading` is its name in what is sent."""

    reading: str
    value: str
    """The name of the simulated number."""
    name: str
    definition: str
    unit: str | None
    unit_name: str | None
    observation_type: str = MEASUREMENT


_TEMPERATURE = ("Air temperature", f"{CF}air_temperature/", "°C", "degree Celsius")
_HUMIDITY = ("Relative humidity", f"{CF}relative_humidity/", "%", "per cent")
_FILL = ("Fill level", f"{OWN}fill-level", "%", "per cent")
_GULLY = ("Gully level", f"{OWN}gully-level", "%", "per cent")
_BATTERY = ("Battery voltage", "http://qudt.org/vocab/quantitykind/Voltage", "V", "volt")
_BAY = ("Occupied", f"{OWN}is-occupied", None, None)
_NO2 = f"{CF}mass_concentration_of_nitrogen_dioxide_in_air/"
_PM25 = f"{CF}mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air/"
_SOUND = "http://qudt.org/vocab/quantitykind/SoundPressureLevel"
_CUBIC = "microgram per cubic metre"

MEASURED: Mapping[SensorKind, tuple[Measured, ...]] = {
    SensorKind.GULLY: (
        Measured("fill_level", "level", *_GULLY),
        Measured("battery_voltage", "battery", *_BATTERY),
    ),
    SensorKind.BIN: (
        Measured("fill_level", "level", *_FILL),
        Measured("battery_voltage", "battery", *_BATTERY),
    ),
    SensorKind.CLIMATE: (
        Measured("air_temperature", "temperature", *_TEMPERATURE),
        Measured("relative_humidity", "humidity", *_HUMIDITY),
        Measured("battery_voltage", "battery", *_BATTERY),
    ),
    SensorKind.PARKING: (Measured("is_occupied", "is_occupied", *_BAY, TRUTH),),
    SensorKind.AIR: (
        Measured("no2", "no2", "Nitrogen dioxide", _NO2, "µg/m³", _CUBIC),
        Measured("pm2_5", "pm25", "PM2.5", _PM25, "µg/m³", _CUBIC),
    ),
    SensorKind.TRAFFIC: (
        Measured(
            "vehicles",
            "vehicles",
            "Vehicle count",
            f"{OWN}vehicle-count",
            "1/min",
            "per minute",
            COUNT,
        ),
        Measured("speed", "speed_mph", "Mean speed", f"{OWN}mean-speed", "mph", "mile per hour"),
    ),
    SensorKind.NOISE: (
        Measured("sound_level", "laeq", "Sound level", _SOUND, "dB", "A-weighted decibel"),
    ),
    SensorKind.WEATHER: (
        Measured("air_temperature", "temperature", *_TEMPERATURE),
        Measured("relative_humidity", "humidity", *_HUMIDITY),
        Measured("wind_speed", "wind", "Wind speed", f"{CF}wind_speed/", "m/s", "metre per second"),
        Measured(
            "rainfall_rate",
            "rain",
            "Rainfall rate",
            f"{CF}rainfall_rate/",
            "mm/h",
            "millimetre per hour",
        ),
    ),
}

TITLES: Mapping[SensorKind, str] = {
    SensorKind.GULLY: "Gully",
    SensorKind.BIN: "Litter bin",
    SensorKind.CLIMATE: "Temperature and humidity",
    SensorKind.PARKING: "Parking bay",
    SensorKind.AIR: "Air quality",
    SensorKind.TRAFFIC: "Traffic counter",
    SensorKind.NOISE: "Noise",
    SensorKind.WEATHER: "Weather station",
}
