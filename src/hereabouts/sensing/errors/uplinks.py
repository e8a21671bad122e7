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


class DeviceRegistered(Refusal):
    """A device with this EUI is registered; changing it is another action."""

    code = "sensing.device_registered"
    kind = RefusalKind.CONFLICT
    message = N_("This device is registered already.")


class ApplicationNamed(Refusal):
    """An application of this network and name is there; changing it is another action."""

    code = "sensing.application_named"
    kind = RefusalKind.CONFLICT
    message = N_("This application is named already.")


class BadDevice(Refusal):
    """What was said of a device or an application cannot be."""

    code = "sensing.bad_device"
    message = N_("The device cannot be set up so: {reason}.")


class BadMapping(Refusal):
    """A reading cannot go to that stream."""

    code = "sensing.bad_mapping"
    message = N_("The reading “{reading}” cannot go there: {reason}.")


class UplinkNotAllowed(Refusal):
    """The key or token does not belong to this device or application."""

    code = "sensing.uplink_not_allowed"
    kind = RefusalKind.NOT_ALLOWED
    message = N_("The key or token does not belong to this device or its application.")
