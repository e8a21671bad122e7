"""Makes entities: what a draft names is looked up, what it brings along is made, parents first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from hereabouts.sensing.actions.access import require_manage
from hereabouts.sensing.actions.register.columns import PLACES, columns_of, place_columns
from hereabouts.sensing.actions.register.index import index_members
from hereabouts.sensing.actions.register.linking import relink_stream
from hereabouts.sensing.actions.register.observing import make_observation
from hereabouts.sensing.actions.register.placing import (
    add_visit,
    check_encodings,
    follow_history,
    link_visit,
    place_thing,
)
from hereabouts.sensing.actions.register.tables import TABLES
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.classes import class_of
from hereabouts.sensing.domain.register.drafts import Draft, Link, Related, require_all
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.multi import check_multi
from hereabouts.sensing.domain.register.retention import check_kept_days
from hereabouts.sensing.errors.entities import NotPermitted

Found = tuple[int, int]
"""An entity's id and data class."""

MADE_BY_OBSERVERS = frozenset({"Observation", "FeatureOfInterest"})
STREAMS = ("Datastreams", "MultiDatastreams")


def make(work: Work, draft: Draft, owner: tuple[str, int] | None = None) -> int:
    """Make an entity with all that it brings along; its id, 0 for an Observation.

    `owner` is the relation of this entity that its parent fills, with the parent's id. Raises:
    UnusableError; CredentialsNeeded; NotPermitted.
    """
    if draft.entity.name not in MADE_BY_OBSERVERS:
        require_manage(work.grant)
    if owner is not None:
        adopt(draft, *owner)
    require_all(draft)
    if draft.entity.name == "Observation":
        make_observation(work, draft, find_or_make)
        return 0
    return MAKERS[draft.entity.name](work, draft)


def adopt(draft: Draft, relation_name: str, parent: int) -> None:
    """Fill the relation to the parent; a body that names another is refused.

    Raises: UnusableError.
    """
    named = draft.related.get(relation_name) or []
    if any(isinstance(entry, Link) and entry.id == parent for entry in named):
        return
    if draft.entity.relations[relation_name].is_many:
        draft.related[relation_name] = [Link(parent), *named]
    elif named:
        raise UnusableError(draft.member(relation_name), "it is another than the one it stands in")
    else:
        draft.related[relation_name] = [Link(parent)]


def find_or_make(work: Work, related: Related, entity: str) -> Found:
    """The entity that a relation names, or the one it brings along. Raises: UnusableError."""
    if isinstance(related, Draft):
        held = None if related.id is None else work.find_class(entity, related.id)
        if related.id is not None and held is not None:
            # Clients send back whole what they have read, id included: it is meant, not a copy.
            return related.id, held
        key = make(work, related)
        return key, work.class_of(entity, key)
    return look_up(work, related, entity)


def look_up(work: Work, link: Link, entity: str) -> Found:
    """An entity that must be there and be visible to who acts. Raises: UnusableError."""
    data_class = work.find_class(entity, link.id)
    if data_class is None:
        raise UnusableError(link.at, f"there is no {entity} {link.id}")
    return link.id, data_class


def check_class(work: Work, properties: object, at: str) -> int:
    """The class in a Thing's properties, which who acts must be able to read.

    Raises: UnusableError; NotPermitted.
    """
    data_class = class_of(cast(str | None, properties), at)
    if data_class > work.grant.level:
        raise NotPermitted(reason=f"it does not read {data_class.word} data")
    return int(data_class)


def _insert(work: Work, draft: Draft, more: Mapping[str, object]) -> int:
    entity = draft.entity.name
    properties = draft.values.get("properties")
    check_kept_days(entity, properties, draft.member("properties"))
    columns = {"data_class": 0, **columns_of(draft.entity, draft.values), **more}
    key = work.insert(TABLES[entity], columns)
    work.note_created(entity, key)
    if properties is not None:
        index_members(work, entity, key, properties)
    return key


def _make_thing(work: Work, draft: Draft) -> int:
    data_class = check_class(work, draft.values.get("properties"), draft.member("properties"))
    key = _insert(work, draft, {"data_class": data_class})
    places = draft.related.get("Locations")
    if places:
        found = [find_or_make(work, entry, "Location")[0] for entry in places]
        place_thing(work, key, data_class, found)
    for entry in draft.related.get("HistoricalLocations", ()):
        _make_inside(work, entry, ("Thing", key))
    _make_streams(work, draft, key)
    return key


def _make_inside(work: Work, entry: Related, owner: tuple[str, int]) -> None:
    if isinstance(entry, Link):
        raise UnusableError(entry.at, "it belongs to another already; change it there")
    make(work, entry, owner)


def _make_streams(work: Work, draft: Draft, key: int) -> None:
    """Make the streams of a Thing, Sensor or ObservedProperty, or move those that are named."""
    for name in STREAMS:
        for entry in draft.related.get(name, ()):
            inverse = draft.entity.relations[name].inverse
            if isinstance(entry, Draft):
                make(work, entry, (inverse, key))
            else:
                look_up(work, entry, name[:-1])
                relink_stream(work, name[:-1], entry, {inverse: key})


def _make_place(work: Work, draft: Draft) -> int:
    member = PLACES[draft.entity.name]
    encoding, value = str(draft.values["encodingType"]), str(draft.values[member])
    return _insert(work, draft, place_columns(encoding, value, draft.member(member)))


def _make_location(work: Work, draft: Draft) -> int:
    key = _make_place(work, draft)
    for entry in draft.related.get("Things", ()):
        thing, data_class = find_or_make(work, entry, "Thing")
        place_thing(work, thing, data_class, [key])
    for entry in draft.related.get("HistoricalLocations", ()):
        if isinstance(entry, Draft):
            make(work, entry, ("Locations", key))
        else:
            join_visit(work, entry, key)
    return key


def join_visit(work: Work, visit: Link, location: int) -> None:
    """Add a Location to a visit that is there. Raises: UnusableError."""
    key, data_class = look_up(work, visit, "HistoricalLocation")
    link_visit(work, key, data_class, [location])
    check_encodings(
        work,
        work.ids("SELECT location_id FROM sensing_historylocation WHERE history_id = %s", key),
        visit.at,
    )
    work.note_changed("HistoricalLocation", key, ["Locations"])
    for thing in work.ids("SELECT thing_id FROM sensing_historicallocation WHERE id = %s", key):
        follow_history(work, thing)


def _make_visit(work: Work, draft: Draft) -> int:
    thing, data_class = find_or_make(work, draft.related["Thing"][0], "Thing")
    places = [find_or_make(work, entry, "Location")[0] for entry in draft.related["Locations"]]
    check_encodings(work, sorted(set(places)), draft.member("Locations"))
    time = cast(int, draft.values["time"])
    key = add_visit(work, thing, data_class, time=time, location_ids=places)
    follow_history(work, thing)
    return key


def _make_feature(work: Work, draft: Draft) -> int:
    key = _make_place(work, draft)
    for entry in draft.related.get("Observations", ()):
        _make_inside(work, entry, ("FeatureOfInterest", key))
    return key


def _make_sensor(work: Work, draft: Draft) -> int:
    key = _insert(work, draft, {})
    _make_streams(work, draft, key)
    return key


def _make_observed_property(work: Work, draft: Draft) -> int:
    for entry in draft.related.get("MultiDatastreams", ()):
        if isinstance(entry, Link):
            raise UnusableError(entry.at, "the properties of a MultiDatastream stay as they are")
    key = _insert(work, draft, {})
    _make_streams(work, draft, key)
    return key


def _make_stream(work: Work, draft: Draft) -> int:
    thing, data_class = find_or_make(work, draft.related["Thing"][0], "Thing")
    sensor, _ = find_or_make(work, draft.related["Sensor"][0], "Sensor")
    work.uses.gain("Sensor", sensor, data_class)
    columns = {"thing_id": thing, "sensor_id": sensor, "data_class": data_class, "rules": ""}
    if draft.entity.name == "MultiDatastream":
        key = _make_multi(work, draft, columns)
    else:
        entry = draft.related["ObservedProperty"][0]
        observed, _ = find_or_make(work, entry, "ObservedProperty")
        work.uses.gain("ObservedProperty", observed, data_class)
        key = _insert(work, draft, columns | {"is_multi": False, "observed_property_id": observed})
    for entry in draft.related.get("Observations", ()):
        _make_inside(work, entry, (draft.entity.name, key))
    return key


def _make_multi(work: Work, draft: Draft, columns: dict[str, object]) -> int:
    named = draft.related["ObservedProperties"]
    check_multi(draft.values, len(named), draft.at)
    observed = [find_or_make(work, entry, "ObservedProperty")[0] for entry in named]
    key = _insert(work, draft, columns | {"is_multi": True})
    set_columns(work, key, observed, cast(int, columns["data_class"]))
    return key


def set_columns(work: Work, key: int, observed: list[int], data_class: int) -> None:
    """Give a MultiDatastream its ObservedProperties, in order."""
    for rank, entry in enumerate(observed):
        row = {"stream_id": key, "observed_property_id": entry, "rank": rank}
        work.insert("sensing_streamproperty", row)
        work.uses.gain("ObservedProperty", entry, data_class)


MAKERS: Final[Mapping[str, Callable[[Work, Draft], int]]] = {
    "Thing": _make_thing,
    "Location": _make_location,
    "HistoricalLocation": _make_visit,
    "Datastream": _make_stream,
    "MultiDatastream": _make_stream,
    "Sensor": _make_sensor,
    "ObservedProperty": _make_observed_property,
    "FeatureOfInterest": _make_feature,
}
