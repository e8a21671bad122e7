"""Forms of the desk: devices, where their readings go, and applications."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext, gettext_lazy

from hereabouts.sensing.actions.uplinks.devices import ApplicationDraft, DeviceDraft
from hereabouts.sensing.models.inbound import NAME_LENGTH
from hereabouts.sensing.queries.decoders import current_library
from hereabouts.standards.lorawan.uplink import Network

SEPARATORS = re.compile(r"[\s:.\-]+")
NETWORK_NAMES = {
    Network.THE_THINGS_STACK: "The Things Stack",
    Network.CHIRPSTACK: "ChirpStack",
}


def decoder_choices(any_text: str) -> list[tuple[str, str]]:
    """Every decoder by title, after a choice of none."""
    found = [(one.id, f"{one.title} ({one.id})") for one in current_library().decoders]
    return [("", any_text), *sorted(found, key=lambda pair: pair[1].casefold())]


def _by_type() -> list[tuple[str, str]]:
    return decoder_choices(gettext("By its device type"))


def _or_none() -> list[tuple[str, str]]:
    return decoder_choices(gettext("None"))


class DeviceForm(forms.Form):
    """What an officer says of a device."""

    eui = forms.CharField(
        label=gettext_lazy("Device EUI"),
        help_text=gettext_lazy("16 hexadecimal digits, as printed on the device."),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter the EUI of the device.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Enter a name for the device.")},
    )
    decoder = forms.ChoiceField(
        label=gettext_lazy("Which decoder reads its frames?"), required=False, choices=_by_type
    )
    model = forms.CharField(
        label=gettext_lazy("Device type in the public catalogue"),
        help_text=gettext_lazy("Maker and model, such as dragino/lht65."),
        max_length=NAME_LENGTH,
        required=False,
    )
    thing_id = forms.IntegerField(
        label=gettext_lazy("Number of its sensor"),
        help_text=gettext_lazy(
            "As in the address of the sensor’s page. Without one a sensor is made only where the "
            "device’s application registers devices by themselves."
        ),
        min_value=1,
        max_value=10**17,
        required=False,
    )
    is_enabled = forms.BooleanField(
        label=gettext_lazy("Accept its frames"), required=False, initial=True
    )

    def clean_eui(self) -> str:
        """The digits alone, in capitals."""
        return SEPARATORS.sub("", self.cleaned_data["eui"]).upper()

    def draft(self) -> DeviceDraft:
        """What was typed."""
        return DeviceDraft(**self.cleaned_data)


class ReadingForm(forms.Form):
    """Where one reading of a device goes; nowhere on purpose without a stream."""

    reading = forms.CharField(
        label=gettext_lazy("Reading"),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter the name of the reading.")},
    )
    stream_id = forms.IntegerField(
        label=gettext_lazy("Number of the stream"), required=False, min_value=1, max_value=10**17
    )


class ApplicationForm(forms.Form):
    """An application of a network server whose devices are taken."""

    network = forms.ChoiceField(
        label=gettext_lazy("Network server"),
        choices=[(one.value, name) for one, name in NETWORK_NAMES.items()],
        error_messages={"required": gettext_lazy("Choose the network server.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Its application"),
        help_text=gettext_lazy("The application’s id there."),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Enter the id of the application.")},
    )
    is_automatic = forms.BooleanField(
        label=gettext_lazy("Register devices by themselves when a decoder is found for them"),
        required=False,
    )
    default_decoder = forms.ChoiceField(
        label=gettext_lazy("Decoder for devices of unknown type"),
        required=False,
        choices=_or_none,
    )

    def draft(self) -> ApplicationDraft:
        """What was typed; only after `is_valid`."""
        typed = self.cleaned_data
        return ApplicationDraft(
            Network(typed["network"]),
            typed["name"].strip(),
            typed["is_automatic"],
            typed["default_decoder"],
        )
