"""Applications and devices set up by officers, with the keys of their webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, Capability
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.domain.keys import new_key
from hereabouts.sensing.domain.uplinks import to_us
from hereabouts.sensing.errors.uplinks import (
    ApplicationNamed,
    BadDevice,
    BadMapping,
    DeviceRegistered,
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
SET_MEMBERS = ("name", "decoder", "model", "thing_id", "is_enabled")
"""What an officer sets of a device, as its events name it."""


@dataclass(frozen=True)
class DeviceDraft:
    """What an officer says of a device; an empty `decoder` means by its device type."""

    eui: str
    name: str
    decoder: str = ""
    model: str = ""
    thing_id: int | None = None
    is_enabled: bool = True


@dataclass(frozen=True)
class ApplicationDraft:
    """What an officer says of an application; an empty `default_decoder` means none."""

    network: Network
    name: str
    is_automatic: bool = False
    default_decoder: str = ""


def name_application(draft: ApplicationDraft, *, actor: Actor, clock: Clock = now) -> None:
    """Name an application whose uplinks are taken.

    Raises: NotAllowed; NoSuchDecoder; BadDevice; ApplicationNamed where it is named already.
    """
    actor.require(CONNECT)
    fields = _check_application(draft)
    named = {"network": draft.network.value, "name": draft.name}
    with transaction.atomic():
        try:
            with transaction.atomic():
                Application.objects.create(**named, **fields, created=to_us(clock()))
        except IntegrityError as taken:
            raise ApplicationNamed(application=draft.name) from taken
        _tell_application(draft, actor)


def change_application(draft: ApplicationDraft, *, actor: Actor) -> None:
    """Set an application up again; network and name say which.

    Raises: NotAllowed; NoSuchDecoder; BadDevice; NoSuchApplication.
    """
    actor.require(CONNECT)
    fields = _check_application(draft)
    rows = Application.objects.filter(network=draft.network.value, name=draft.name)
    with transaction.atomic():
        if not rows.update(**fields):
            raise NoSuchApplication(application=draft.name)
        Device.objects.filter(application__in=rows).update(is_pending=True)
        _tell_application(draft, actor)


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


def register_device(draft: DeviceDraft, *, actor: Actor, clock: Clock = now) -> None:
    """Register a device; what it sent before is kept and can be read again.

    Raises: NotAllowed; BadDevice; NoSuchDecoder; DeviceRegistered where it is registered already,
    be it by another process meanwhile.
    """
    actor.require(CONNECT)
    eui, fields = _check(draft)
    with transaction.atomic():
        heard = Uplink.objects.filter(eui=eui).order_by("-received").first()
        row = Device(eui=eui, created=to_us(clock()), application=_application_of(heard), **fields)
        if heard is not None:
            row.last_seen, row.last_counter = heard.received, heard.counter
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as taken:
            raise DeviceRegistered(eui=eui) from taken
        _tell(eui, SET_MEMBERS, actor)


def change_device(draft: DeviceDraft, *, actor: Actor) -> None:
    """Set a device up again; what it sent before is kept and can be read again.

    Raises: NotAllowed; BadDevice; NoSuchDecoder; NoSuchDevice where it is not registered.
    """
    actor.require(CONNECT)
    eui, fields = _check(draft)
    with transaction.atomic():
        if not Device.objects.filter(eui=eui).update(**fields):
            raise NoSuchDevice(eui=eui)
        _tell(eui, SET_MEMBERS, actor)


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


def _check_application(draft: ApplicationDraft) -> dict[str, Any]:
    """The columns of what was typed. Raises: BadDevice; NoSuchDecoder."""
    if not draft.name.strip() or len(draft.name) > NAME_LENGTH:
        raise BadDevice(reason=f"an application has a name of at most {NAME_LENGTH} characters")
    if draft.default_decoder:
        current_library().get(draft.default_decoder)
    return {"is_automatic": draft.is_automatic, "default_decoder": draft.default_decoder}


def _check(draft: DeviceDraft) -> tuple[str, dict[str, Any]]:
    """The EUI and the columns of what was typed. Raises: BadDevice; NoSuchDecoder."""
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
    return eui, {
        "name": draft.name.strip(),
        "decoder": draft.decoder,
        "model": draft.model,
        "thing_id": draft.thing_id,
        "is_enabled": draft.is_enabled,
        "is_pending": True,
    }


def _application_of(heard: Uplink | None) -> Application | None:
    if heard is None:
        return None
    return Application.objects.filter(network=heard.network, name=heard.application).first()


def _tell_application(draft: ApplicationDraft, actor: Actor) -> None:
    event = ApplicationChanged(("is_automatic", "default_decoder"))
    subject = f"application:{draft.network.value}:{draft.name}"
    append(event, subject=subject, actor=actor.person)


def _tell(eui: str, members: tuple[str, ...], actor: Actor) -> None:
    device = Device.objects.get(eui=eui)
    event = DeviceChanged(members, device.decoder, device.thing_id)
    append(event, subject=f"device:{eui}", actor=actor.person)
