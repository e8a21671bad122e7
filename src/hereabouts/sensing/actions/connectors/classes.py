"""The data class of a connector given to the Things it made before."""

from __future__ import annotations

import json

from hereabouts.kernel.access import INSTALLATION
from hereabouts.sensing.actions.register import update
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.sensing.models.inbound import Connector, ConnectorThing
from hereabouts.standards.sensorthings.model import THING
from hereabouts.standards.sensorthings.tree import ResourcePath, Step

BY_ITSELF = Grant(INSTALLATION, DataClass.CLOSED, manages=True, observes_all=True)


def settle_class(row: Connector) -> int:
    """Give every Thing of a connector its class, in the caller's transaction; how many changed."""
    word = DataClass(row.data_class).word
    links = ConnectorThing.objects.filter(connector=row, thing__isnull=False)
    changed = 0
    for link in links.exclude(thing__data_class=row.data_class).select_related("thing"):
        if link.thing is None:
            continue
        properties = json.loads(link.thing.properties or "{}")
        properties["dataClass"] = word
        path = ResourcePath((Step(THING, None, link.thing.pk),))
        update(path, {"properties": properties}, grant=BY_ITSELF)
        changed += 1
    return changed
