"""How well devices are heard, summed up a day as their frames come in."""

from __future__ import annotations

from hereabouts.sensing.domain.uplinks import DAY_US, count_lost
from hereabouts.sensing.models.inbound import LinkDay
from hereabouts.standards.lorawan.uplink import Uplink


def note_link(uplink: Uplink) -> None:
    """Add a new frame to its day, in the caller's transaction."""
    last = LinkDay.objects.filter(eui=uplink.eui).order_by("-day").first()
    day, _ = LinkDay.objects.select_for_update().get_or_create(
        eui=uplink.eui,
        day=uplink.received_us // DAY_US,
        defaults={"last_counter": uplink.counter, "last_received": uplink.received_us},
    )
    _note_counter(day, last, uplink)
    _note_signal(day, uplink)
    day.save()


def _note_counter(day: LinkDay, last: LinkDay | None, uplink: Uplink) -> None:
    day.frames += 1
    if last is None:
        return
    if uplink.received_us >= last.last_received:
        day.lost += count_lost(last.last_counter, uplink.counter)
    elif count_lost(uplink.counter - 1, last.last_counter):
        # It came late: the step over it was counted as a loss.
        day.lost = max(day.lost - 1, 0)
    if uplink.received_us >= day.last_received:
        day.last_counter, day.last_received = uplink.counter, uplink.received_us


def _note_signal(day: LinkDay, uplink: Uplink) -> None:
    day.gateways_sum += len(uplink.gateways)
    day.gateways_most = max(day.gateways_most, len(uplink.gateways))
    if not uplink.gateways:
        return
    best = uplink.gateways[0]
    if best.rssi_dbm is not None:
        day.rssi_sum += best.rssi_dbm
        day.rssi_count += 1
        worst = day.rssi_worst
        day.rssi_worst = best.rssi_dbm if worst is None else min(worst, best.rssi_dbm)
    if best.snr_db is not None:
        day.snr_sum += best.snr_db
        day.snr_count += 1
