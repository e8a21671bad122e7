"""Who may bring a device's frames: its own key, its application's, or a grant that reaches it."""

from __future__ import annotations

from django.db.models import Q

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.access import grant_for_authorization
from hereabouts.sensing.domain.grants import NOBODY, Grant
from hereabouts.sensing.domain.keys import digest_of, is_key_shaped, is_same_digest
from hereabouts.sensing.errors.keys import CredentialsNeeded
from hereabouts.sensing.errors.uplinks import UplinkNotAllowed
from hereabouts.sensing.models.inbound import Application, Device
from hereabouts.standards.lorawan.uplink import Uplink

BRINGS_THIS = Grant(observes_all=True)
"""What a webhook's key allows, once it was found to belong to the frame's device."""


def grant_for_uplink(uplink: Uplink, header: str | None, *, clock: Clock = now) -> Grant:
    """The grant of an `Authorization` header for one frame: `Bearer` a webhook's key, or as always.

    Raises: BadCredentials.
    """
    scheme, _, secret = (header or "").strip().partition(" ")
    if scheme.lower() == "bearer" and _is_webhook_key(uplink, secret.strip()):
        return BRINGS_THIS
    return grant_for_authorization(header, clock=clock)


def require_reach(grant: Grant, device: Device | None) -> None:
    """Refuse who may not bring a device's frames. Raises: CredentialsNeeded; UplinkNotAllowed."""
    if grant.observes_all or grant.manages:
        return
    if device is not None and device.thing_id in grant.thing_ids:
        return
    if grant == NOBODY:
        raise CredentialsNeeded
    raise UplinkNotAllowed


def _is_webhook_key(uplink: Uplink, secret: str) -> bool:
    if not is_key_shaped(secret):
        return False
    digest = digest_of(secret)
    of_application = Q(network=uplink.network, name=uplink.application)
    kept = [
        *Application.objects.filter(of_application).values_list("key_digest", flat=True),
        *Device.objects.filter(eui=uplink.eui).values_list("key_digest", flat=True),
    ]
    return any(is_same_digest(each, digest) for each in kept if each)
