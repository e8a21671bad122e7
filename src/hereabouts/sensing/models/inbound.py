"""Devices, uplinks and connectors: what came in and from where."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hereabouts.kernel.privacy import PersonalData, no_personal_data
from hereabouts.sensing.models.register import Feature, Stream, Thing

ABOUT_DEVICES = no_personal_data("as long as the device is registered")
FRAMES = no_personal_data("30 days once decoded, 365 days otherwise")
LINKS = no_personal_data("two years")

NETWORK_LENGTH = 12
NAME_LENGTH = 100
EUI_LENGTH = 16
MODEL_LENGTH = 100
DECODER_LENGTH = 80
DIGEST_LENGTH = 64
READING_LENGTH = 60
REASON_LENGTH = 200

# ---- LoRaWAN ------------------------------------------------------------------------------------


class Application(models.Model):
    """An application of a network server whose uplinks we take.

    With `is_automatic`, devices nobody registered enter the register by themselves when a decoder
    is found for them: by the device type the network names, else `default_decoder`. `key_digest` is
    that of its webhook's key. Times in microseconds since 1970 UTC.
    """

    personal_data: ClassVar[PersonalData] = ABOUT_DEVICES

    network = models.CharField(max_length=NETWORK_LENGTH)
    name = models.CharField(max_length=NAME_LENGTH)
    is_automatic = models.BooleanField(default=False)
    default_decoder = models.CharField(max_length=DECODER_LENGTH, blank=True, default="")
    key_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    created = models.BigIntegerField()

    class Meta:
        """A name once a network."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["network", "name"], name="sensing_application_once")
        ]

    def __str__(self) -> str:
        """Network and name."""
        return f"{self.network}:{self.name}"


class Device(models.Model):
    """A LoRaWAN device that is registered here; `decoder` empty: by its `model`.

    `feature` is what its readings are of while its Thing is not on the map.
    `is_pending`: set up anew since the frames kept of it were last tried.
    `last_seen` in microseconds since 1970 UTC, `last_counter` the frame counter then.
    """

    personal_data: ClassVar[PersonalData] = ABOUT_DEVICES

    eui = models.CharField(max_length=EUI_LENGTH, unique=True)
    application = models.ForeignKey(
        Application, null=True, on_delete=models.SET_NULL, related_name="devices"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    model = models.CharField(max_length=MODEL_LENGTH, blank=True, default="")
    decoder = models.CharField(max_length=DECODER_LENGTH, blank=True, default="")
    thing = models.ForeignKey(
        Thing, null=True, on_delete=models.SET_NULL, related_name="lorawan_devices"
    )
    feature = models.ForeignKey(
        Feature, null=True, on_delete=models.SET_NULL, related_name="lorawan_devices"
    )
    is_enabled = models.BooleanField(default=True)
    is_pending = models.BooleanField(default=False)
    key_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    created = models.BigIntegerField()
    last_seen = models.BigIntegerField(null=True)
    last_counter = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        """Its EUI."""
        return self.eui


class DeviceStream(models.Model):
    """The stream that a device's reading goes to; without one it is left out on purpose."""

    personal_data: ClassVar[PersonalData] = ABOUT_DEVICES

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="streams")
    reading = models.CharField(max_length=READING_LENGTH)
    stream = models.ForeignKey(
        Stream, null=True, on_delete=models.CASCADE, related_name="device_links"
    )

    class Meta:
        """A reading goes to one stream."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["device", "reading"], name="sensing_device_reading_once"
            )
        ]

    def __str__(self) -> str:
        """Reading and stream."""
        return f"{self.reading} to {self.stream_id}"


class Uplink(models.Model):
    """A frame as it came in, kept raw; `received` in microseconds since 1970 UTC.

    `gateways` is a JSON list of [id, RSSI in dBm, SNR in dB]. `decoder` and `decoder_version` are
    those used; `readings` is how many readings it gave.
    """

    personal_data: ClassVar[PersonalData] = FRAMES

    id = models.BigAutoField(primary_key=True)
    eui = models.CharField(max_length=EUI_LENGTH)
    network = models.CharField(max_length=NETWORK_LENGTH)
    application = models.CharField(max_length=NAME_LENGTH)
    device_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    model = models.CharField(max_length=MODEL_LENGTH, blank=True)
    port = models.SmallIntegerField()
    counter = models.BigIntegerField()
    payload = models.BinaryField()
    received = models.BigIntegerField()
    gateways = models.TextField(default="[]")
    spreading_factor = models.SmallIntegerField(null=True)
    airtime_us = models.BigIntegerField(null=True)
    is_simulated = models.BooleanField(default=False)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    state = models.CharField(max_length=16)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    decoder = models.CharField(max_length=DECODER_LENGTH, blank=True)
    decoder_version = models.IntegerField(null=True)
    readings = models.IntegerField(default=0)

    class Meta:
        """Once a frame; found by device, by state, and by age."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["eui", "received", "counter"], name="sensing_uplink_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "received"], name="sensing_uplink_state")
        ]

    def __str__(self) -> str:
        """Device and counter."""
        return f"{self.eui} frame {self.counter}"


class LinkDay(models.Model):
    """How well a device was heard on one day; `day` counts from 1970 UTC.

    `lost` are frames missing between counters. Sums are over the best gateway of each frame that
    has a figure. `last_counter` and `last_received` are those of the day's latest frame.
    """

    personal_data: ClassVar[PersonalData] = LINKS

    eui = models.CharField(max_length=EUI_LENGTH)
    day = models.IntegerField()
    frames = models.IntegerField(default=0)
    lost = models.IntegerField(default=0)
    rssi_sum = models.FloatField(default=0)
    rssi_count = models.IntegerField(default=0)
    rssi_worst = models.FloatField(null=True)
    snr_sum = models.FloatField(default=0)
    snr_count = models.IntegerField(default=0)
    gateways_sum = models.IntegerField(default=0)
    gateways_most = models.SmallIntegerField(default=0)
    last_counter = models.BigIntegerField()
    last_received = models.BigIntegerField()

    class Meta:
        """A day once a device."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["eui", "day"], name="sensing_link_day_once")
        ]

    def __str__(self) -> str:
        """Device and day."""
        return f"{self.eui} day {self.day}"


# ---- Connectors ---------------------------------------------------------------------------------

RUNS = no_personal_data("90 days")
CONNECTOR_UID_LENGTH = 24
CONNECTOR_KEY_LENGTH = 300
HOST_LENGTH = 255


class Connector(models.Model):
    """A feed that is polled, or that is pushed to an address of its own.

    `kind` names its manifest; `options` is a JSON object of texts. `state` is draft, on or paused.
    `header` and `sealed` are what is sent along to the feed's server, `sealed` encrypted;
    `key_digest` is that of the key of its webhook. `held` is a JSON object: for each step what was
    fetched last, with the server's validators. `newest` is the newest reading stored; it and `held`
    move only after the commit of what was fetched. `owner` is a department. `leased_until` and
    `lease` keep a second process from the same run. Times in microseconds since 1970 UTC.
    """

    personal_data: ClassVar[PersonalData] = no_personal_data("until it is taken away")

    uid = models.CharField(max_length=CONNECTOR_UID_LENGTH, unique=True)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=NAME_LENGTH)
    options = models.TextField(default="{}")
    header = models.CharField(max_length=60, blank=True, default="")
    sealed = models.TextField(blank=True, default="")
    key_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    state = models.CharField(max_length=10, default="draft")
    interval_s = models.IntegerField(default=3600)
    data_class = models.SmallIntegerField(default=0)
    owner = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    host = models.CharField(max_length=HOST_LENGTH, blank=True, default="")
    held = models.TextField(default="{}")
    newest = models.BigIntegerField(null=True)
    failures = models.IntegerField(default=0)
    next_due = models.BigIntegerField(null=True, db_index=True)
    last_run = models.BigIntegerField(null=True)
    lease = models.CharField(max_length=CONNECTOR_UID_LENGTH, blank=True, default="")
    leased_until = models.BigIntegerField(default=0)
    progress = models.CharField(max_length=40, blank=True, default="")
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    created = models.BigIntegerField()

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ConnectorThing(models.Model):
    """The Thing of a feed's station; without one, somebody deleted it, and it stays left out.

    `feature` is what its readings are of while it is not on the map. The position is the one it was
    last given by the feed.
    """

    personal_data: ClassVar[PersonalData] = no_personal_data("as long as the connector")

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="things")
    key = models.CharField(max_length=CONNECTOR_KEY_LENGTH)
    thing = models.ForeignKey(
        Thing, null=True, on_delete=models.SET_NULL, related_name="connector_links"
    )
    feature = models.ForeignKey(
        Feature, null=True, on_delete=models.SET_NULL, related_name="connector_links"
    )
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)

    class Meta:
        """A station is one Thing."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connector", "key"], name="sensing_connector_thing_once"
            )
        ]

    def __str__(self) -> str:
        """The station's key."""
        return self.key


class ConnectorStream(models.Model):
    """The stream of a feed's series; without one, somebody deleted it, and it stays left out."""

    personal_data: ClassVar[PersonalData] = no_personal_data("as long as the connector")

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="streams")
    key = models.CharField(max_length=CONNECTOR_KEY_LENGTH)
    station = models.CharField(max_length=CONNECTOR_KEY_LENGTH)
    stream = models.ForeignKey(
        Stream, null=True, on_delete=models.SET_NULL, related_name="connector_links"
    )
    period_s = models.FloatField(null=True)

    class Meta:
        """A series is one stream."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connector", "key"], name="sensing_connector_stream_once"
            )
        ]

    def __str__(self) -> str:
        """The series' key."""
        return self.key


class ConnectorRun(models.Model):
    """One poll, or an hour of what was pushed, with what came of it.

    `outcome` is stored, unchanged or failed; `code` and `reason` say why it failed. `problems` is a
    JSON list of [code, where, field, value, mended], `problem_counts` an object of numbers by code,
    `parts` one of the quality's parts as [good, of]. Times in microseconds since 1970 UTC.
    """

    personal_data: ClassVar[PersonalData] = RUNS

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="runs")
    started = models.BigIntegerField()
    ended = models.BigIntegerField()
    is_pushed = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10)
    code = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    messages = models.IntegerField(default=1)
    size = models.BigIntegerField(default=0)
    rows = models.IntegerField(default=0)
    bad_rows = models.IntegerField(default=0)
    readings = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    things = models.IntegerField(default=0)
    streams = models.IntegerField(default=0)
    problems = models.TextField(default="[]")
    problem_counts = models.TextField(default="{}")
    grade = models.CharField(max_length=1, blank=True, default="")
    parts = models.TextField(default="{}")

    class Meta:
        """Found by connector and time; removed by age."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["connector", "started"], name="sensing_connector_run"),
            models.Index(fields=["started"], name="sensing_connector_run_age"),
        ]

    def __str__(self) -> str:
        """Connector and outcome."""
        return f"{self.connector_id} {self.outcome}"
