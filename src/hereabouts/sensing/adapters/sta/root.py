"""The service root: entity sets, and what the service can prove.

Source: OGC 18-088, 9.2.1; nothing but the sets of the standard may be listed.
"""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.sensing.adapters.sta.calls import Call
from hereabouts.sensing.adapters.sta.replies import MethodNotHere, Reply, json_reply
from hereabouts.standards.sensorthings.conformance import (
    CREATE_OBSERVATIONS_MQTT,
    RECEIVE_UPDATES,
    declared,
)
from hereabouts.standards.sensorthings.model import ENTITY_TYPES

OVER_MQTT = (CREATE_OBSERVATIONS_MQTT, RECEIVE_UPDATES)


def answer_root(call: Call) -> Reply:
    """The landing document. Raises: MethodNotHere."""
    if call.method not in ("GET", "HEAD"):
        raise MethodNotHere(method=call.method, allowed="GET, HEAD, OPTIONS")
    sets = [
        {"name": kind.set_name, "url": f"{call.base}/{kind.set_name}"}
        for kind in ENTITY_TYPES.values()
    ]
    settings = server_settings(call.settings.mqtt_endpoints)
    return json_reply({"value": sets, "serverSettings": settings})


def server_settings(endpoints: Sequence[str]) -> dict[str, object]:
    """What is claimed: without a way in over MQTT, nothing about MQTT."""
    claims = [uri for uri in declared() if endpoints or uri not in OVER_MQTT]
    settings: dict[str, object] = {"conformance": claims}
    for uri in OVER_MQTT:
        if uri in claims:
            settings[uri] = {"endpoints": list(endpoints)}
    return settings
