"""Refusals of uplinks and of decoder descriptions; a binding turns them into its answers."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class UplinkTooLarge(Refusal):
    """The message is larger than any network server sends."""

    code = "lorawan.too_large"
    kind = RefusalKind.TOO_LARGE
    message = N_("The message is larger than {limit} bytes.")


class UplinkUnreadable(Refusal):
    """The message is not what the network server documents."""

    code = "lorawan.unreadable"
    message = N_("The message cannot be read: {reason}.")


class PayloadUndecodable(Refusal):
    """The decoder does not know such a payload."""

    code = "lorawan.undecodable"
    message = N_("The payload cannot be decoded: {reason}.")


class DecoderUnreadable(Refusal):
    """A decoder description does not say what it has to say."""

    code = "lorawan.bad_decoder"
    message = N_("The decoder “{name}” cannot be used: {reason}.")
