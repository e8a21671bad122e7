"""The pages that the sensor hub adds to the officers' desk."""

from __future__ import annotations

from hereabouts.kernel.desk import DeskEntry
from hereabouts.kernel.text import N_
from hereabouts.sensing.web.connectors.views import DESK_ENTRY as CONNECTORS
from hereabouts.sensing.web.readers import CONNECT, MANAGE, READ_SHARED

DESK_ENTRIES = (
    DeskEntry(
        url_name="sensing:desk",
        title=N_("Sensors now"),
        summary=N_("Open findings: levels crossed, silence, weak batteries."),
        capability=READ_SHARED,
        order=29,
    ),
    DeskEntry(
        url_name="sensing:devices",
        title=N_("LoRaWAN devices"),
        summary=N_("Devices, how well they are heard, and frames that could not be read."),
        capability=CONNECT,
        order=31,
    ),
    DeskEntry(
        url_name="sensing:applications",
        title=N_("Network servers"),
        summary=N_("Applications whose devices we take, with their addresses and keys."),
        capability=CONNECT,
        order=32,
    ),
    DeskEntry(
        url_name="sensing_keys:desk",
        title=N_("Device keys"),
        summary=N_("Keys with which devices and gateways add their readings."),
        capability=CONNECT,
        order=33,
    ),
    DeskEntry(
        url_name="sensing:levels",
        title=N_("Watched levels"),
        summary=N_("Levels of streams whose crossing is found and told."),
        capability=MANAGE,
        order=34,
    ),
    CONNECTORS,
)
