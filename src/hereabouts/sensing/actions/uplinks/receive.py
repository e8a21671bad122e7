"""A frame comes in: kept once, then decoded."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from django.db import transaction
from django.db.models import Q

from hereabouts.sensing.actions.uplinks.access import require_reach
from hereabouts.sensing.actions.uplinks.decode import Writes, decode_rows
from hereabouts.sensing.actions.uplinks.links import note_link
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.uplinks import REPEATED_WITHIN_US, UplinkState
from hereabouts.sensing.models import inbound
from hereabouts.sensing.models.inbound import Device
from hereabouts.standards.lorawan.uplink import Uplink


@dataclass(frozen=True)
class Received:
    """Where a frame is kept and what became of it; a duplicate is the one kept before."""

    uplink_id: int
    state: UplinkState
    is_duplicate: bool


def receive_uplink(uplink: Uplink, grant: Grant, *, ingest: Writes) -> Received:
    """Keep a frame and store the readings in it; both are committed when this returns.

    The same frame again (a network that tries once more, or brings it by two ways) is kept once.
    Unknown devices and payloads are kept raw. Blocks on the database and the writer.
    Raises: CredentialsNeeded; UplinkNotAllowed; IngestFull or StoreAway: the frame is kept, and
    its readings are stored when it comes again or in the background.
    """
    with transaction.atomic():
        device = Device.objects.select_for_update().filter(eui=uplink.eui).first()
        require_reach(grant, device)
        row, is_new = _keep(uplink)
        if is_new:
            note_link(uplink)
        if is_new and device is not None:
            # A device that entered just now is left alone: its row is locked before a link's.
            _note_seen(uplink)
    if row.state == UplinkState.WAITING:
        decode_rows([row], ingest)
    return Received(row.pk, UplinkState(row.state), not is_new)


def _keep(uplink: Uplink) -> tuple[inbound.Uplink, bool]:
    again = _find_repeated(uplink)
    if again is not None:
        return again, False
    return inbound.Uplink.objects.get_or_create(
        eui=uplink.eui,
        received=uplink.received_us,
        counter=uplink.counter,
        defaults={
            "network": uplink.network.value,
            "application": uplink.application,
            "device_name": uplink.device_name,
            "model": uplink.model,
            "port": uplink.port,
            "payload": uplink.payload,
            "gateways": gateways_text(uplink),
            "spreading_factor": uplink.spreading_factor,
            "airtime_us": uplink.airtime_us,
            "is_simulated": uplink.is_simulated,
            "longitude": None if uplink.point is None else uplink.point[0],
            "latitude": None if uplink.point is None else uplink.point[1],
            "state": UplinkState.WAITING.value,
        },
    )


def _find_repeated(uplink: Uplink) -> inbound.Uplink | None:
    """The same frame kept from shortly before or after."""
    near = inbound.Uplink.objects.filter(
        eui=uplink.eui,
        received__range=(
            uplink.received_us - REPEATED_WITHIN_US,
            uplink.received_us + REPEATED_WITHIN_US,
        ),
        counter=uplink.counter,
        port=uplink.port,
    )
    return next((row for row in near if bytes(row.payload) == uplink.payload), None)


def _note_seen(uplink: Uplink) -> None:
    older = Q(last_seen__isnull=True) | Q(last_seen__lt=uplink.received_us)
    devices = Device.objects.filter(older, eui=uplink.eui)
    devices.update(last_seen=uplink.received_us, last_counter=uplink.counter)
    if uplink.model:
        Device.objects.filter(eui=uplink.eui, model="").update(model=uplink.model)


def gateways_text(uplink: Uplink) -> str:
    """The gateways that heard a frame as a JSON list of [id, RSSI, SNR]."""
    heard = [(each.gateway_id, each.rssi_dbm, each.snr_db) for each in uplink.gateways]
    return msgspec.json.encode(heard).decode()
