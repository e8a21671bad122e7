"""What a broker answers or sends: an entity, a list, a GeoJSON collection, or a notification.

Source: ETSI GS CIM 009 V1.8.1, clauses 5.3.1, 6.4.3.2 and 5.2.29.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from hereabouts.standards.ngsild.entities import Entity, NotAnEntity, parse_entity
from hereabouts.standards.ngsild.errors import EntitiesUnreadable


@dataclass(frozen=True)
class Document:
    """The entities of a body, and for each that is none its place and why."""

    entities: tuple[Entity, ...]
    faults: tuple[tuple[int, str], ...] = ()
    notified_at: str = ""

    @property
    def count(self) -> int:
        """How many there were, good or not."""
        return len(self.entities) + len(self.faults)


def parse_document(body: bytes) -> Document:
    """Read a body. Raises: EntitiesUnreadable."""
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise EntitiesUnreadable(reason=f"the JSON cannot be read ({fault})") from fault
    items, notified_at = _items(sent)
    entities: list[Entity] = []
    faults: list[tuple[int, str]] = []
    for place, item in enumerate(items, start=1):
        try:
            entities.append(parse_entity(item))
        except NotAnEntity as fault:
            faults.append((place, str(fault)))
    return Document(tuple(entities), tuple(faults), notified_at)


def _items(sent: object) -> tuple[Sequence[object], str]:
    if isinstance(sent, list):
        return sent, ""
    if not isinstance(sent, Mapping):
        raise EntitiesUnreadable(reason="it is neither an object nor a list")
    data = sent.get("data")
    if sent.get("type") == "Notification" or (isinstance(data, list) and "subscriptionId" in sent):
        if isinstance(data, Mapping):
            data = _features(data)
        if not isinstance(data, list):
            raise EntitiesUnreadable(reason="the notification has no data")
        notified = sent.get("notifiedAt")
        return data, notified if isinstance(notified, str) else ""
    if sent.get("type") == "FeatureCollection":
        return _features(sent), ""
    if "id" not in sent and "@id" not in sent:
        raise EntitiesUnreadable(reason="there is no entity in it")
    return [sent], ""


def _features(sent: Mapping[str, object]) -> list[object]:
    """Entities of a GeoJSON answer: each feature's properties with its id and geometry."""
    features = sent.get("features")
    if not isinstance(features, list):
        raise EntitiesUnreadable(reason="the collection has no features")
    return [_from_feature(each) for each in features]


def _from_feature(feature: object) -> object:
    if not isinstance(feature, Mapping):
        return feature
    members = feature.get("properties")
    found: dict[str, object] = dict(members) if isinstance(members, Mapping) else {}
    found.setdefault("id", feature.get("id"))
    geometry = feature.get("geometry")
    if geometry is not None:
        found.setdefault("location", {"type": "GeoProperty", "value": geometry})
    return found
