"""Which readings of ours stand for which members of the vendors' recorded answers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Comparison:
    """For one decoder: members compared (with a factor), and members left unread on purpose.

    A key is a path below `data`; `.value` of an object with a unit is added by the test. `words`
    turns a vendor's word into our value.
    """

    same: dict[str, str | tuple[str, float]]
    unread: frozenset[str] = frozenset()
    words: dict[str, object] = field(default_factory=dict)


def _same(text: str, **more: tuple[str, float]) -> dict[str, str | tuple[str, float]]:
    """`theirs=ours` pairs, one a word."""
    pairs: dict[str, str | tuple[str, float]] = {}
    for word in text.split():
        theirs, _, ours = word.partition("=")
        pairs[theirs.replace("~", " ")] = ours or theirs
    return {**pairs, **more}


def _unread(text: str) -> frozenset[str]:
    return frozenset(word.replace("~", " ") for word in text.split())


_HEAD = "protocol_version device_id "
_WIND = (
    "battery_voltage air_temperature wind_speed wind_direction maximum_wind_speed=wind_gust "
    "north_wind_speed=northward_wind east_wind_speed=eastward_wind "
    "x_orientation_angle=tilt_x y_orientation_angle=tilt_y "
)
_ROOM_HEAD = "battery=battery_voltage "
_NETVOX = "Device Datecode HWver SWver Cmd Status BatteryChange MaxTime MinTime "
_SERIES = (
    "Volt=battery_voltage PM1_0=pm1 PM2_5=pm2_5 PM10=pm10 um0_3=count_pm0_3 um0_5=count_pm0_5 "
    "um1_0=count_pm1 um2_5=count_pm2_5 um5_0=count_pm5 um10=count_pm10 CO2=carbon_dioxide "
    "Noise=sound_level PH=water_ph TempPH=water_temperature ORP=redox_potential "
    "NTU=turbidity_ntu TempNTU=water_temperature EC5SoildHumi=soil_moisture "
    "SoildHumi5TE=soil_moisture SoildTemp5TE=soil_temperature WaterLevel=water_depth "
    "TempLDO=water_temperature LDO_DO=dissolved_oxygen LDO_Sat=oxygen_saturation "
    "Temperature=air_temperature Humidity=relative_humidity WindSpeed=wind_speed "
    "WindDirection=wind_direction Atomsphere=air_pressure"
)
_PPM = {
    "CO": ("carbon_monoxide", 1000.0),
    "O3": ("ozone", 1000.0),
    "false": ("nitrogen_monoxide", 1000.0),  # their script writes the name of a test, not "NO"
    "NO2": ("nitrogen_dioxide", 1000.0),
    "SO2": ("sulphur_dioxide", 1000.0),
    "H2S": ("hydrogen_sulphide", 1000.0),
    "NH3": ("ammonia", 1000.0),
    "VOC": ("volatile_organics", 1000.0),
    "EC5TE": ("soil_conductivity", 1000.0),
}
_MARKED = (
    "temperature=air_temperature humidity=relative_humidity light=illuminance "
    "motion=motion_count co2=carbon_dioxide occupancy=room_occupancy pressure=air_pressure "
    "distance pulse1=pulse_count pulseAbs=pulse_total soundAvg=sound_level soundPeak=sound_peak "
    "waterleak=is_leaking"
)

COMPARISONS: dict[str, Comparison] = {
    "browan-tbam100": Comparison(
        _same(_ROOM_HEAD + "temperatureBoard=device_temperature lux=illuminance"),
        _unread("darker lighter keepAlive statusChange"),
    ),
    "browan-tbdw100": Comparison(
        _same(
            _ROOM_HEAD + "temperatureBoard=device_temperature count=opening_count time=open_time "
            "status=is_open"
        )
    ),
    "browan-tbhh100": Comparison(
        _same(_ROOM_HEAD + "temperature=air_temperature humidity=relative_humidity"),
        _unread("status"),
    ),
    "browan-tbhv110": Comparison(
        _same(
            _ROOM_HEAD + "temperature=air_temperature temperatureBoard=device_temperature "
            "humidity=relative_humidity eco2=carbon_dioxide voc=volatile_organics "
            "iaq=air_quality_index"
        ),
        _unread("status iaqChanged tempHumidChanged"),
    ),
    "browan-tbsl100": Comparison(
        _same(_ROOM_HEAD + "temperatureBoard=device_temperature decibel=sound_level"),
        _unread("status"),
    ),
    "decentlab-dl-5tm": Comparison(
        _same(
            "battery_voltage soil_temperature dielectric_permittivity=soil_permittivity",
            volumetric_water_content=("soil_moisture", 100.0),
        ),
        _unread(_HEAD),
    ),
    "decentlab-dl-atm22": Comparison(_same(_WIND), _unread(_HEAD)),
    "decentlab-dl-atm41": Comparison(
        _same(
            _WIND + "solar_radiation precipitation=rainfall "
            "lightning_strike_count=lightning_count lightning_average_distance=lightning_distance "
            "vapor_pressure=vapour_pressure relative_humidity compass_heading=heading "
            "sensor_temperature_internal=device_temperature",
            atmospheric_pressure=("air_pressure", 10.0),
        ),
        _unread(_HEAD),
    ),
    "decentlab-dl-ctd10": Comparison(
        _same(
            "battery_voltage water_depth temperature=water_temperature "
            "electrical_conductivity=water_conductivity freezing_flag=is_freezing"
        ),
        _unread(_HEAD),
    ),
    "decentlab-dl-lid": Comparison(
        _same(
            "battery_voltage distance_average distance_minimum distance_maximum distance_median "
            "distance_10th_percentile=distance_10th distance_25th_percentile=distance_25th "
            "distance_75th_percentile=distance_75th distance_90th_percentile=distance_90th "
            "distance_most_frequent_value=distance_frequent"
        ),
        _unread(_HEAD + "number_of_samples total_acquisition_time"),
    ),
    "decentlab-dl-ntu": Comparison(
        _same(
            "battery_voltage temperature=water_temperature turbidity_in_fnu=turbidity "
            "turbidity_in_ntu=turbidity_ntu turbidity_in_mg_l=suspended_solids"
        ),
        _unread(_HEAD + "status"),
    ),
    "decentlab-dl-optod": Comparison(
        _same(
            "battery_voltage temperature=water_temperature oxygen_saturation "
            "oxygen_concentration=dissolved_oxygen"
        ),
        _unread(_HEAD + "status oxygen_concentration_alt"),
    ),
    "decentlab-dl-pm": Comparison(
        _same(
            "battery_voltage pm1_0_mass_concentration=pm1 pm2_5_mass_concentration=pm2_5 "
            "pm4_mass_concentration=pm4 pm10_mass_concentration=pm10 typical_particle_size "
            "pm0_5_number_concentration=number_pm0_5 pm1_0_number_concentration=number_pm1 "
            "pm2_5_number_concentration=number_pm2_5 pm4_number_concentration=number_pm4 "
            "pm10_number_concentration=number_pm10 air_temperature "
            "air_humidity=relative_humidity",
            barometric_pressure=("air_pressure", 0.01),
        ),
        _unread(_HEAD),
    ),
    "decentlab-dl-pr36": Comparison(
        _same("battery_voltage pressure=water_pressure temperature=water_temperature"),
        _unread(_HEAD),
    ),
    "decentlab-dl-sht35": Comparison(
        _same("battery_voltage air_temperature air_humidity=relative_humidity"), _unread(_HEAD)
    ),
    "decentlab-dl-tbrg": Comparison(
        _same("battery_voltage precipitation=rainfall cumulative_precipitation=rainfall_total"),
        _unread(_HEAD + "precipitation_interval"),
    ),
    "decentlab-dl-trs12": Comparison(
        _same(
            "battery_voltage soil_temperature electrical_conductivity=soil_conductivity "
            "dielectric_permittivity=soil_permittivity",
            volumetric_water_content=("soil_moisture", 100.0),
        ),
        _unread(_HEAD),
    ),
    "decentlab-dl-trs21": Comparison(
        _same("battery_voltage soil_temperature water_potential=soil_water_potential"),
        _unread(_HEAD),
    ),
    "decentlab-dl-wrm": Comparison(
        _same(
            "battery_voltage air_temperature air_humidity=relative_humidity surface_temperature "
            "head_temperature=device_temperature"
        ),
        _unread(_HEAD),
    ),
    "dragino-ldds04": Comparison(
        _same(
            "BatV=battery_voltage",
            **{f"distance{number}_cm": (f"distance_{number}", 10.0) for number in range(1, 5)},
        ),
        _unread("EXTI_Trigger mes_type"),
    ),
    "dragino-lds02": Comparison(
        _same("BAT_V=battery_voltage DOOR_OPEN_STATUS=is_open DOOR_OPEN_TIMES=opening_count"),
        # Their example is cut short, and their script reads zeros for the bytes that are missing.
        _unread("ALARM MOD LAST_DOOR_OPEN_DURATION"),
    ),
    "dragino-lht65": Comparison(
        _same(
            "BatV=battery_voltage TempC_SHT=air_temperature Hum_SHT=relative_humidity "
            "TempC_DS=probe_temperature"
        ),
        _unread("Bat_status Ext_sensor"),
    ),
    "dragino-lse01": Comparison(
        _same(
            "Bat=battery_voltage TempC_DS18B20=probe_temperature water_SOIL=soil_moisture "
            "temp_SOIL=soil_temperature conduct_SOIL=soil_conductivity"
        ),
        _unread("Hardware_flag Interrupt_flag Sensor_flag"),
    ),
    "elsys-generic": Comparison(_same(_MARKED), _unread("x y z")),
    "emu-professional-ii": Comparison(
        _same(
            " ".join(
                f"{kind}~Energy~{way}~T{tariff}={ours}_{way.lower()}_{tariff}"
                for kind, ours in (("Active", "energy"), ("Reactive", "reactive"))
                for way in ("Import", "Export")
                for tariff in (1, 2)
            )
        ),
        _unread(
            "medium.desc medium.type timeStamp timestamp MID~year meter-typ serial-number "
            "current-transformer~primary current-transformer~secondary "
            "voltage-transformer~primary voltage-transformer~secondary"
        ),
    ),
    "keller-adt1": Comparison(
        {
            "P1": "pressure_1",
            "Pd (P1-PBaro)": "pressure_difference",
            "PBaro": ("barometer", 1000.0),
            "TBaro": "barometer_temperature",
            "TOB1": "temperature_1",
            "battery_capacity_percentage": "battery_level",
            "battery_voltage": "battery_voltage",
        },
        _unread(
            "channel channelCount ct func payload port class_group_text device_local_datetime "
            "humidity_percentage serial_number sw_version_text"
        ),
    ),
    "laird-rs1xx-temp-rh": Comparison(
        _same(
            "temperature=air_temperature humidity=relative_humidity voltage=battery_voltage "
            "readings.temperature=air_temperature readings.humidity=relative_humidity"
        ),
        _unread(
            "alarmMsgCount backlogMsgCount batteryCapacity msgType options numberOfReadings "
            "batteryType humidityAlarmsEnabled sensorAggregate sensorReadPeriod tempAlarmsEnabled "
            "humidityAlarmLimitHigh humidityAlarmLimitLow ledBle ledLora tempAlarmLimitHigh "
            "tempAlarmLimitLow partNumber releaseDate releaseNumber "
            + " ".join(
                f"{where}timestamp.{part}"
                for where in ("", "readings.")
                for part in ("day", "hours", "minutes", "month", "seconds", "year")
            )
        ),
    ),
    "milesight-am107": Comparison(
        _same(
            "battery=battery_level temperature=air_temperature humidity=relative_humidity "
            "activity=motion_count illumination=illuminance infrared infrared_and_visible "
            "co2=carbon_dioxide tvoc=volatile_organics pressure=air_pressure"
        )
    ),
    "netvox-r718g": Comparison(
        _same("Volt=battery_voltage Illuminance=illuminance"),
        _unread(_NETVOX + "IlluminanceChange RangeSetting"),
    ),
    "netvox-r718pe": Comparison(
        _same(
            "Volt=battery_voltage Distance=distance FillLevel=fill_level Temp=air_temperature "
            "AngleOfInclination=tilt Status=is_alarm"
        ),
        _unread(
            "Device Datecode HWver SWver Cmd BatteryChange MaxTime MinTime DistanceChange "
            "OnDistanceThreshold FillMaxDistance DeadZoneDistance TempChange"
        ),
        {"ON": True, "Success": None},
    ),
    "netvox-r718wa": Comparison(
        _same("Volt=battery_voltage WaterLeak=is_leaking"), _unread(_NETVOX), {"Leak": True}
    ),
    "netvox-r726-ra07": Comparison(
        {**_same(_SERIES), **_PPM}, _unread(_NETVOX), {"NoSensor": None}
    ),
    "netvox-r809a": Comparison(
        _same(
            "OnOff=is_switched_on Energy=energy_import OverCurrentAlarm=is_alarm Vol=voltage "
            "Current=current Power=active_power"
        ),
        _unread(_NETVOX + "DashCurrentAlarm PowerOffAlarm CurrentChange PowerChange"),
        {"ON": True, "Alarm": True},
    ),
    "nwave-ncc405": Comparison(
        _same("counter_value=vehicle_count"),
        _unread(
            "type battery_voltage battery_voltage_mean_24h hw_health_status firmware_version "
            "reset_cause"
        ),
    ),
    "nwave-nps310": Comparison(
        _same("occupied=is_occupied"), _unread("type firmware_version reset_cause")
    ),
    "opensource-paxcounter": Comparison(
        _same(
            "pax=people_count temperature=air_temperature humidity=relative_humidity "
            "pressure=air_pressure air=air_quality_index"
        ),
        _unread(
            "bytes port wifi ble cputemp memory reset0 restarts uptime voltage blescantime loradr "
            "rgblum rssilimit sendcycle txpower version wifichancycle altitude hdop latitude "
            "longitude sats button time timestatus ens "
            + " ".join(
                f"flags.{flag}"
                for flag in "adr antenna blescan countermode reserved screen screensaver".split()
            )
            + " "
            + " ".join(
                f"payloadmask.{flag}"
                for flag in "battery bme counter gps reserved sensor1 sensor2 sensor3".split()
            )
        ),
    ),
    "pepperl-wilsen-sonic": Comparison(
        _same(
            "battery_vol=battery_voltage fillinglvl=fill_level temp=air_temperature",
            proxx=("distance", 10.0),
        ),
        _unread("payload latitude longitude gps_count lora_count serial_nr us_sensor_count"),
    ),
    "sensecap-s21": Comparison(
        _same("messages.battery=battery_level 4097=air_temperature 4098=relative_humidity"),
        _unread(
            "err payload valid messages.type messages.hardwareVersion messages.softwareVersion "
            "messages.interval messages.channel messages.sensorId"
        ),
    ),
    "talkpool-oy1210": Comparison(
        _same("CO2=carbon_dioxide Humidity=relative_humidity Temperature=air_temperature")
    ),
    "talkpool-oy1700": Comparison(
        _same(
            "PM1_0=pm1 PM2_5=pm2_5 PM_10=pm10 RelativeHumidity=relative_humidity "
            "Temperature=air_temperature"
        )
    ),
    "teneo-filling-degree": Comparison(
        _same(
            "battery=battery_voltage temperature=air_temperature "
            "relativeHumidity=relative_humidity",
            distance=("distance", 10.0),
        ),
        _unread("charging sensorType settingsAllowed valid errorcode"),
    ),
    "terabee-lm-xl": Comparison(
        _same("distance levelPercentage=fill_level", batteryVoltage=("battery_voltage", 0.001))
    ),
    "uradmonitor-a3": Comparison(
        _same(
            "temperature=air_temperature humidity=relative_humidity gas_resistance "
            "sound=sound_level co2=carbon_dioxide ch20=formaldehyde o3=ozone pm1 pm2_5 pm10",
            pressure=("air_pressure", 0.01),
        ),
        _unread("firmware_version hardware_version iaq model"),
    ),
}

REFUSED_BY_US = {
    # Readings without a time of their own: they would all stand at one moment.
    "02000000000502000000002134436222354463",
}
"""Payloads the vendor decodes and we refuse, which keeps them raw."""
