"""Recognises a held feature under a new key: the source renumbered it, the thing stayed.

OpenStreetMap ids change when a way is split or a node becomes a building. Public ids must not, so a
record without a held feature of its key is tried against those the file no longer names: first by
identifiers of other registers, then by what the thing is and how near it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.measures import Plane
from hereabouts.places.domain.records import Record
from hereabouts.places.models import Feature, Identifier

Clue = tuple[Hashable, float]
"""What two descriptions of one thing share, and how far apart in metres they may lie."""

ANYWHERE = float("inf")
OWN_NUMBERS = frozenset({"osm"})
"""Schemes that number the description rather than the thing."""


def _street(thing: object) -> list[Clue]:
    name, ref = _text(thing, "name"), _text(thing, "ref")
    usrn = _text(thing, "usrn")
    named: list[Clue] = [(("street", name, ref), 30.0)] if name or ref else []
    return [(("usrn", usrn), ANYWHERE), *named] if usrn else named


def _segment(thing: object) -> list[Clue]:
    parts = ("from_node", "to_node", "road_class")
    return [(("segment", *(_text(thing, part) for part in parts)), 10.0)]


def _premises(thing: object) -> list[Clue]:
    address = tuple(_text(thing, part) for part in ("unit", "number", "name", "street_name"))
    uprn = _text(thing, "uprn")
    clues: list[Clue] = [(("uprn", uprn), ANYWHERE)] if uprn else []
    if any(address):
        return [*clues, (("address", *address), 50.0)]
    return [*clues, (("building",), 3.0)]


def _asset(thing: object) -> list[Clue]:
    kind, reference = _text(thing, "type"), _text(thing, "reference")
    clues: list[Clue] = [(("reference", kind, reference), ANYWHERE)] if reference else []
    return [*clues, (("asset", kind), 1.0)]


def _label(thing: object) -> list[Clue]:
    return [(("label", _text(thing, "kind"), _text(thing, "name")), 1_000.0)]


CLUES: Mapping[Kind, Callable[[object], list[Clue]]] = {
    Kind.STREET: _street,
    Kind.SEGMENT: _segment,
    Kind.PREMISES: _premises,
    Kind.ASSET: _asset,
    Kind.LABEL: _label,
}
"""How each kind is recognised; ground is not, and coded kinds are known by their code."""


@dataclass
class _Group:
    """Held features that share a clue."""

    features: list[Feature] = field(default_factory=list)
    tree: shapely.STRtree | None = None


def match(kind: Kind, records: Sequence[Record], features: Iterable[Feature]) -> dict[int, Feature]:
    """The held feature that each record describes, by the record's place in the sequence.

    Each feature is recognised at most once.
    """
    clues_of = CLUES.get(kind)
    held = list(features)
    if clues_of is None or not held:
        return {}
    plane = Plane(held[0].south)
    groups: dict[Hashable, _Group] = {}
    numbers = _identifiers(kind, held)
    for feature in held:
        shared = [*numbers.get(feature.pk, ()), *(key for key, _ in clues_of(feature))]
        for key in shared:
            groups.setdefault(key, _Group()).features.append(feature)
    used: set[int] = set()
    matched: dict[int, Feature] = {}
    for at, record in enumerate(records):
        own: list[Clue] = [(pair, ANYWHERE) for pair in _numbers_of(record.identifiers)]
        found = _first(record, [*own, *clues_of(record)], groups, (plane, used))
        if found is not None:
            matched[at] = found
            used.add(found.pk)
    return matched


def _first(
    record: Record,
    clues: Iterable[Clue],
    groups: Mapping[Hashable, _Group],
    state: tuple[Plane, set[int]],
) -> Feature | None:
    plane, used = state
    for key, reach in clues:
        group = groups.get(key)
        if group is None:
            continue
        near = group.features if reach == ANYWHERE else _nearest_first(record, group, plane, reach)
        for feature in near:
            if feature.pk not in used:
                return feature
    return None


def _nearest_first(record: Record, group: _Group, plane: Plane, reach: float) -> list[Feature]:
    if group.tree is None:
        shapes = shapely.from_wkb([bytes(feature.geometry) for feature in group.features])
        group.tree = shapely.STRtree(plane.place(shapes))
    shape = plane.place(np.array([shapely.from_wkb(record.geometry)], dtype=object))[0]
    found = group.tree.query(shape, predicate="dwithin", distance=reach)
    apart = shapely.distance(group.tree.geometries[found], shape)
    return [group.features[at] for at in found[np.argsort(apart, kind="stable")]]


def _identifiers(kind: Kind, features: Sequence[Feature]) -> dict[int, list[Hashable]]:
    known: dict[int, list[Hashable]] = {}
    ids = {feature.pk for feature in features}
    rows = Identifier.objects.filter(kind=kind.value).exclude(scheme__in=OWN_NUMBERS)
    for number, scheme, value in rows.values_list("feature_id", "scheme", "value").iterator():
        if number in ids:
            known.setdefault(number, []).append((scheme, value))
    return known


def _numbers_of(identifiers: Iterable[tuple[str, str]]) -> list[Hashable]:
    return [pair for pair in identifiers if pair[0] not in OWN_NUMBERS]


def _text(thing: object, name: str) -> str:
    return str(getattr(thing, name)).casefold()
