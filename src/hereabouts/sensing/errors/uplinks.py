"""Refusals around devices, their uplinks and decoders."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class NoSuchDecoder(Refusal):
    """No decoder has this id."""

    code = "sensing.no_such_decoder"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no decoder “{decoder}”.")


class NoSuchDevice(Refusal):
    """No device has this EUI."""

    code = "sensing.no_such_device"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no device “{eui}”.")


class NoSuchApplication(Refusal):
    """No application of a network server has this name."""

    code = "sensing.no_such_application"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no application “{application}”.")


class BadMapping(Refusal):
    """A reading cannot go to that stream."""

    code = "sensing.bad_mapping"
    message = N_("The reading “{reading}” cannot go to stream {stream}: {reason}.")
