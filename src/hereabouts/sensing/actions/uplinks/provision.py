"""Devices that enter the register by themselves, where their application is set up so.

A Thing a device, a Sensor a decoder, an ObservedProperty a definition, a Datastream a reading, each
made when the first reading that needs it comes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from hereabouts.kernel.time import now
from hereabouts.sensing.actions.ingest.version import move_register_version
from hereabouts.sensing.actions.uplinks.entities import Point, make_feature, make_stream, make_thing
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.uplinks import to_us
from hereabouts.sensing.models.inbound import Application, Device, DeviceStream, Uplink
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.queries.decoders import Library
from hereabouts.standards.lorawan.decoder import Decoder
from hereabouts.standards.lorawan.fields import Reading


def ensure_device(row: Uplink, library: Library) -> Device | None:
    """The device of a frame; made where its application is automatic and a decoder is found."""
    device = Device.objects.select_related("application").filter(eui=row.eui).first()
    if device is not None and device.application is not None:
        return device
    application = Application.objects.filter(network=row.network, name=row.application).first()
    if device is not None:
        return _belonging(device, application)
    if application is None or not application.is_automatic:
        return None
    return _enter(row, application, library)


def _belonging(device: Device, application: Application | None) -> Device:
    """A device registered before it was heard, now of the application that brought its frame."""
    if application is not None:
        device.application = application
        device.save(update_fields=["application"])
    return device


def _enter(row: Uplink, application: Application, library: Library) -> Device | None:
    by_model = library.find_for_model(row.model)
    decoder = by_model or library.find(application.default_decoder)
    if decoder is None:
        return None
    device, _ = Device.objects.get_or_create(
        eui=row.eui,
        defaults={
            "application": application,
            "name": row.device_name.strip() or row.eui,
            "model": row.model,
            "decoder": "" if by_model else decoder.id,
            "created": to_us(now()),
            "last_seen": row.received,
            "last_counter": row.counter,
        },
    )
    return device


def ensure_streams(
    device: Device, decoder: Decoder, readings: Sequence[Reading], point: Point | None
) -> Mapping[str, int | None]:
    """The stream of each reading name that has one, None where it is left out on purpose.

    Those that are missing are made where the device's application is automatic, with a Thing at
    `point` (longitude, latitude) where there is none yet.
    """
    streams = _known(device)
    missing = {each.name: each for each in readings if each.name not in streams}
    application = device.application
    if not missing or application is None or not application.is_automatic:
        return streams
    with transaction.atomic():
        device = Device.objects.select_for_update().get(pk=device.pk)
        # Held to the end: whoever makes a Sensor or a property of this kind has made it by then.
        move_register_version()
        streams = _known(device)
        for name, reading in missing.items():
            if name not in streams:
                streams[name] = _make(device, decoder, reading, point)
    return streams


def ensure_features(device: Device, stream_ids: Collection[int]) -> Mapping[int, int]:
    """The feature to name for those streams whose Thing is not on the map.

    The others are left to the rules of the store, which follow the Thing's Location.
    """
    on_the_map = Stream.objects.filter(
        pk__in=stream_ids, thing__location_links__location__geometry__isnull=False
    )
    off_the_map = set(stream_ids) - set(on_the_map.values_list("pk", flat=True))
    if not off_the_map:
        return {}
    with transaction.atomic():
        device = Device.objects.select_for_update().get(pk=device.pk)
        if device.feature_id is None:
            device.feature_id = make_feature(device)
            device.save(update_fields=["feature"])
    return dict.fromkeys(off_the_map, device.feature_id)


def _known(device: Device) -> dict[str, int | None]:
    links = DeviceStream.objects.filter(device=device)
    return dict(links.values_list("reading", "stream_id"))


def point_of(row: Uplink) -> Point | None:
    """Where the network says that a frame's device stands, as (longitude, latitude)."""
    if row.longitude is None or row.latitude is None:
        return None
    return row.longitude, row.latitude


def _make(device: Device, decoder: Decoder, reading: Reading, point: Point | None) -> int:
    if device.thing_id is None:
        data_class = DataClass.SHARED if decoder.is_about_people else DataClass.OPEN
        device.thing_id = make_thing(device, decoder, data_class, point)
        device.save(update_fields=["thing"])
    stream_id = make_stream(device, decoder, reading)
    DeviceStream.objects.create(device=device, reading=reading.name, stream_id=stream_id)
    return stream_id
