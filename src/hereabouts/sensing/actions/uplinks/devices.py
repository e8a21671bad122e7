"""Applications and devices set up by officers, with the keys of their webhooks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, Capability
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.domain.keys import new_key
from hereabouts.sensing.domain.uplinks import to_us
from hereabouts.sensing.errors.uplinks import (
    BadDevice,
    BadMapping,
    NoSuchApplication,
    NoSuchDevice,
)
from hereabouts.sensing.events.uplinks import ApplicationChanged, DeviceChanged
from hereabouts.sensing.models.inbound import (
    NAME_LENGTH,
    READING_LENGTH,
    Application,
    Device,
    DeviceStream,
    Uplink,
)
from hereabouts.sensing.models.register import Stream, Thing
from hereabouts.sensing.queries.decoders import current_library
from hereabouts.standards.lorawan.uplink import Network, is_eui

CONNECT = Capability("sensing.connect")


@dataclass(frozen=True)
class DeviceDraft:
    """What an officer says of a device; an empty `decoder` means by its device type."""

    eui: str
    name: str
    decoder: str = ""
    model: str = ""
    thing_id: int | None = None
    is_enabled: bool = True


def set_application(
    network: Network,
    name: str,
    *,
    actor: Actor,
    is_automatic: bool = False,
    default_decoder: str = "",
    clock: Clock = now,
) -> None:
    """Name an application whose uplinks are taken, or set it up anew.

    Raises: NotAllowed; NoSuchDecoder; BadDevice.
    """
    actor.require(CONNECT)
    if not name.strip() or len(name) > NAME_LENGTH:
        raise BadDevice(reason=f"an application has a name of at most {NAME_LENGTH} characters")
    if default_decoder:
        current_library().get(default_decoder)
    with transaction.atomic():
        Application.objects.update_or_create(
            network=network.value,
            name=name,
            defaults={"is_automatic": is_automatic, "default_decoder": default_decoder},
            create_defaults={
                "is_automatic": is_automatic,
                "default_decoder": default_decoder,
                "created": to_us(clock()),
            },
        )
        devices = Device.objects.filter(application__network=network.value, application__name=name)
        devices.update(is_pending=True)
        event = ApplicationChanged(("is_automatic", "default_decoder"))
        append(event, subject=f"application:{network.value}:{name}", actor=actor.person)


def give_application_key(network: Network, name: str, *, actor: Actor) -> str:
    """A fresh key for an application's webhook, in place of the one before; shown once.

    Raises: NotAllowed; NoSuchApplication.
    """
    actor.require(CONNECT)
    key = new_key()
    with transaction.atomic():
        rows = Application.objects.filter(network=network.value, name=name)
        if not rows.update(key_digest=key.digest):
            raise NoSuchApplication(application=name[:NAME_LENGTH])
        event = ApplicationChanged(("key",))
        append(event, subject=f"application:{network.value}:{name}", actor=actor.person)
    return key.secret


def set_device(draft: DeviceDraft, *, actor: Actor, clock: Clock = now) -> None:
    """Register a device, or set it up anew; what it sent before is kept and can be read again.

    Raises: NotAllowed; BadDevice; NoSuchDecoder.
    """
    actor.require(CONNECT)
    eui = _check(draft)
    fields = {
        "name": draft.name.strip(),
        "decoder": draft.decoder,
        "model": draft.model,
        "thing_id": draft.thing_id,
        "is_enabled": draft.is_enabled,
        "is_pending": True,
    }
    with transaction.atomic():
        heard = Uplink.objects.filter(eui=eui).order_by("-received").first()
        first = {**fields, "created": to_us(clock()), "application": _application_of(heard)}
        if heard is not None:
            first |= {"last_seen": heard.received, "last_counter": heard.counter}
        Device.objects.update_or_create(eui=eui, defaults=fields, create_defaults=first)
        _tell(eui, tuple(name for name in fields if name != "is_pending"), actor)


def give_device_key(eui: str, *, actor: Actor) -> str:
    """A fresh key for one device's webhook, in place of the one before; shown once.

    Raises: NotAllowed; NoSuchDevice.
    """
    actor.require(CONNECT)
    key = new_key()
    with transaction.atomic():
        if not Device.objects.filter(eui=eui).update(key_digest=key.digest):
            raise NoSuchDevice(eui=eui)
        _tell(eui, ("key",), actor)
    return key.secret


def map_reading(eui: str, reading: str, stream_id: int | None, *, actor: Actor) -> None:
    """Send a device's reading of a name to a stream from now on; None leaves it out on purpose.

    Raises: NotAllowed; NoSuchDevice; BadMapping.
    """
    actor.require(CONNECT)
    if not reading or len(reading) > READING_LENGTH:
        raise BadMapping(reading=reading[:READING_LENGTH], reason="no reading has such a name")
    with transaction.atomic():
        device = Device.objects.select_for_update().filter(eui=eui).first()
        if device is None:
            raise NoSuchDevice(eui=eui)
        _check_stream(device, reading, stream_id)
        DeviceStream.objects.update_or_create(
            device=device, reading=reading, defaults={"stream_id": stream_id}
        )
        Device.objects.filter(pk=device.pk).update(is_pending=True)
        _tell(eui, (reading,), actor)


def _check_stream(device: Device, reading: str, stream_id: int | None) -> None:
    if stream_id is None:
        return
    stream = Stream.objects.filter(pk=stream_id).first()
    if stream is None:
        raise BadMapping(reading=reading, reason=f"there is no stream {stream_id}")
    if stream.is_multi:
        raise BadMapping(reading=reading, reason=f"stream {stream_id} takes several values at once")
    if device.thing_id is not None and stream.thing_id != device.thing_id:
        raise BadMapping(reading=reading, reason=f"stream {stream_id} is of another thing")


def _check(draft: DeviceDraft) -> str:
    eui = draft.eui.strip().upper()
    if not is_eui(eui):
        raise BadDevice(reason="an EUI has 16 hexadecimal digits")
    if not draft.name.strip() or len(draft.name) > NAME_LENGTH:
        raise BadDevice(reason=f"a device has a name of at most {NAME_LENGTH} characters")
    if len(draft.model) > NAME_LENGTH:
        raise BadDevice(reason=f"a device type has at most {NAME_LENGTH} characters")
    if draft.decoder:
        current_library().get(draft.decoder)
    if draft.thing_id is not None and not Thing.objects.filter(pk=draft.thing_id).exists():
        raise BadDevice(reason=f"there is no thing {draft.thing_id}")
    return eui


def _application_of(heard: Uplink | None) -> Application | None:
    if heard is None:
        return None
    return Application.objects.filter(network=heard.network, name=heard.application).first()


def _tell(eui: str, members: tuple[str, ...], actor: Actor) -> None:
    device = Device.objects.get(eui=eui)
    event = DeviceChanged(members, device.decoder, device.thing_id)
    append(event, subject=f"device:{eui}", actor=actor.person)
