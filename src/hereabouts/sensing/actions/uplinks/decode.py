"""Kept frames become observations: at once, and again when a decoder or a mapping arrived.

A frame is never in a transaction while its observations wait for the writer: it is kept first,
decoded, and marked last. What ends in between is found again by its state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, Capability
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.sensing.actions.uplinks.observations import sort_readings
from hereabouts.sensing.actions.uplinks.provision import (
    ensure_device,
    ensure_features,
    ensure_streams,
    point_of,
)
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.sensing.domain.uplinks import DONE, UplinkState
from hereabouts.sensing.errors.uplinks import NoSuchDevice
from hereabouts.sensing.events.uplinks import UplinksDecodedAgain
from hereabouts.sensing.models.inbound import REASON_LENGTH, Device, Uplink
from hereabouts.sensing.queries.decoders import Library, current_library
from hereabouts.sensing.queries.uplinks import list_retryable
from hereabouts.standards.lorawan.decoder import Decoder
from hereabouts.standards.lorawan.errors import PayloadUndecodable
from hereabouts.standards.lorawan.fields import Reading

CONNECT = Capability("sensing.connect")
AT_ONCE = 500
"""Frames decoded together."""

DEVICES_AT_ONCE = 50
"""Devices whose kept frames are tried again in one go."""


class Writes(Protocol):
    """Writes observations and answers after their commit."""

    def write_blocking(self, batch: Sequence[NewObservation]) -> Sequence[Stored | Refusal]:
        """What came of each, in order. Raises: IngestFull; StoreAway."""


@dataclass
class Verdict:
    """What is to be noted of a frame, and the observations it gave."""

    state: UplinkState
    reason: str = ""
    decoder: Decoder | None = None
    readings: int = 0
    device: Device | None = None
    observations: list[NewObservation] = field(default_factory=list)


def decode_rows(
    rows: Sequence[Uplink], ingest: Writes, library: Library | None = None
) -> Counter[UplinkState]:
    """Decode frames and note what came of each; how many are in which state now.

    Raises: IngestFull; StoreAway: the frames then keep their states.
    """
    library = library or current_library()
    verdicts = [_judge(row, library) for row in rows]
    batch = [each for verdict in verdicts for each in verdict.observations]
    answers = iter(ingest.write_blocking(batch) if batch else ())
    for verdict in verdicts:
        _take_answers(verdict, [next(answers) for _ in verdict.observations])
    with transaction.atomic():
        for row, verdict in zip(rows, verdicts, strict=True):
            _note(row, verdict)
    return Counter(verdict.state for verdict in verdicts)


def decode_again(
    eui: str, *, ingest: Writes, actor: Actor, everything: bool = False
) -> Mapping[UplinkState, int]:
    """Decode a device's kept frames with the decoder and mapping of now; what came of them.

    The answer has how many of the frames that were tried are in which state now, none at 0.

    Those decoded before are left alone unless `everything` is asked for; observations that are
    there already are not stored twice. Raises: NotAllowed; NoSuchDevice; IngestFull; StoreAway.
    """
    actor.require(CONNECT)
    if not Device.objects.filter(eui=eui).exists():
        raise NoSuchDevice(eui=eui)
    rows = Uplink.objects.filter(eui=eui)
    if not everything:
        rows = rows.exclude(state__in=DONE)
    ids = list(rows.order_by("received", "id").values_list("pk", flat=True))
    found = _decode_ids(ids, ingest)
    if ids:
        event = UplinksDecodedAgain(len(ids), found[UplinkState.DECODED])
        with transaction.atomic():
            append(event, subject=f"device:{eui}", actor=actor.person)
    return found


def decode_pending(ingest: Writes) -> int:
    """Decode kept frames whose device, decoder or mapping arrived since; how many went well.

    For the background, once a minute. Reads every frame that waits, has no device or could not be
    read; those whose readings want streams only where their device was set up again.
    Raises: IngestFull; StoreAway.
    """
    pending = Device.objects.filter(is_pending=True).order_by("id")
    changed = list(pending.values_list("eui", flat=True)[:DEVICES_AT_ONCE])
    ids = list_retryable(current_library(), changed)
    # Before the work, so that what changes meanwhile counts as changed.
    _mark(changed, is_pending=False)
    try:
        return _decode_ids(ids, ingest)[UplinkState.DECODED]
    except Refusal:
        _mark(changed, is_pending=True)
        raise


def _mark(euis: Sequence[str], *, is_pending: bool) -> None:
    if euis:
        with transaction.atomic():
            Device.objects.filter(eui__in=euis).update(is_pending=is_pending)


def _decode_ids(ids: Sequence[int], ingest: Writes) -> Counter[UplinkState]:
    found: Counter[UplinkState] = Counter()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows = Uplink.objects.filter(pk__in=some).order_by("received", "id")
        found += decode_rows(list(rows), ingest)
    return found


def _judge(row: Uplink, library: Library) -> Verdict:
    if not row.payload:
        return Verdict(UplinkState.EMPTY)
    device = ensure_device(row, library)
    if device is None:
        return Verdict(UplinkState.UNKNOWN_DEVICE)
    if not device.is_enabled:
        return Verdict(UplinkState.DISABLED, device=device)
    decoder = find_decoder(device, row, library)
    if decoder is None:
        return Verdict(UplinkState.NO_DECODER, device.decoder, device=device)
    try:
        readings = decoder.decode(bytes(row.payload), row.port)
    except PayloadUndecodable as refusal:
        return Verdict(UplinkState.FAILED, refusal.sentence(), decoder, device=device)
    return _map(row, device, decoder, readings)


def find_decoder(device: Device, row: Uplink, library: Library) -> Decoder | None:
    """The decoder chosen for a device, else the one for its device type, or None."""
    if device.decoder:
        return library.find(device.decoder)
    return library.find_for_model(device.model or row.model)


def _map(row: Uplink, device: Device, decoder: Decoder, readings: Sequence[Reading]) -> Verdict:
    streams = ensure_streams(device, decoder, readings, point_of(row))
    found = sort_readings(readings, streams, row.received)
    features = ensure_features(device, {each.stream_id for each in found.observations})
    for observation in found.observations:
        observation.feature_id = features.get(observation.stream_id)
    state = UplinkState.DECODED
    if found.missing:
        state = UplinkState.PARTLY if found.observations else UplinkState.UNMAPPED
    return Verdict(
        state, ", ".join(found.missing), decoder, len(readings), device, found.observations
    )


def _take_answers(verdict: Verdict, answers: Sequence[Stored | Refusal]) -> None:
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    if not refused:
        return
    for_now = any(each.kind is RefusalKind.UNAVAILABLE for each in refused)
    verdict.state = UplinkState.WAITING if for_now else UplinkState.FAILED
    verdict.reason = refused[0].sentence()


def _note(row: Uplink, verdict: Verdict) -> None:
    row.state = verdict.state.value
    row.reason = verdict.reason[:REASON_LENGTH]
    row.decoder = verdict.decoder.id if verdict.decoder else ""
    row.decoder_version = verdict.decoder.version if verdict.decoder else None
    row.readings = verdict.readings
    row.save(update_fields=["state", "reason", "decoder", "decoder_version", "readings"])
