"""What a device lacks before its readings can be stored, and what came of reading frames again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from hereabouts.design.api import number
from hereabouts.sensing.domain.uplinks import DONE, STATE_NAMES, WANTING_STREAMS, UplinkState
from hereabouts.sensing.queries.current import StreamNow
from hereabouts.sensing.queries.uplinks import DeviceCard, list_applications
from hereabouts.standards.lorawan.decoder import Decoder


@dataclass(frozen=True)
class Lack:
    """What is missing, in words; `href` and `action` are where to mend it, empty for nowhere."""

    text: str
    href: str = ""
    action: str = ""


def lack_of(
    card: DeviceCard, decoder: Decoder | None, streams: Collection[StreamNow]
) -> Lack | None:
    """The first thing that keeps a device's readings from being stored; None: nothing does.

    `streams` are those that its readings go to or may go to.
    """
    again = (reverse("sensing:change_device", args=[card.eui]), gettext("Set it up again"))
    if not card.is_enabled:
        return Lack(gettext("Its frames are not accepted: it is switched off here."), *again)
    if decoder is None:
        return Lack(
            gettext("No decoder reads its frames. Choose one, or give its device type."), *again
        )
    if any(not one.is_multi for one in streams):
        return None
    if _makes_its_own(card):
        return Lack(
            gettext("Its sensor and streams are made with the first frame that can be read.")
        )
    if card.thing_id is None:
        return Lack(
            gettext(
                "It belongs to no sensor yet, so its readings have nowhere to go. Give the number "
                "of its sensor (its Thing)."
            ),
            *again,
        )
    return Lack(
        gettext(
            "Its sensor has no stream yet that a reading could go to. Streams are added to a "
            "sensor’s Thing through SensorThings."
        ),
        reverse("sensing:thing", args=[card.thing_id]),
        gettext("Its sensor’s page"),
    )


def _makes_its_own(card: DeviceCard) -> bool:
    """Whether the device's application has Things and streams made."""
    belongs = (card.network, card.application)
    return any(
        one.is_automatic for one in list_applications() if (one.network, one.name) == belongs
    )


def read_text(decoded: int) -> str:
    """How many frames were read."""
    said = ngettext("%(count)s frame was read.", "%(count)s frames were read.", decoded)
    return said % {"count": number(decoded)}


def is_well(found: Mapping[UplinkState, int]) -> bool:
    """Whether frames were read and none was left."""
    return bool(found.get(UplinkState.DECODED)) and set(found) <= set(DONE)


def outcome_lines(found: Mapping[UplinkState, int], lack: Lack | None) -> list[str]:
    """What came of the frames that were tried, a line each; `found` counts them by state.

    `lack` comes first of what is to be done, and stands on the page beside these lines.
    """
    if not found:
        return [gettext("Every kept frame was read before, so nothing was left to read.")]
    decoded = found.get(UplinkState.DECODED, 0)
    lines = [read_text(decoded) if decoded else gettext("No frame was read in full.")]
    for state in UplinkState:
        if state is not UplinkState.DECODED and found.get(state):
            lines.append(f"{gettext(STATE_NAMES[state])}: {number(found[state])}")
    if UplinkState.FAILED in found:
        lines.append(gettext("Why a frame could not be read stands beside it below."))
    if lack is None and any(state in found for state in WANTING_STREAMS):
        lines.append(gettext("Set below where each of its readings goes."))
    return lines
