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
