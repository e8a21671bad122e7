"""Links entities that are there to others that are there, relation by relation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hereabouts.sensing.actions.register.linking import relink_stream
from hereabouts.sensing.actions.register.making import join_visit, look_up, set_columns
from hereabouts.sensing.actions.register.paths import Place
from hereabouts.sensing.actions.register.placing import follow_history, place_thing
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.drafts import Link
from hereabouts.sensing.domain.register.faults import UnusableError


def relink(work: Work, place: Place, name: str, links: list[Link]) -> None:
    """Link an entity to others through one of its relations.

    A relation to one is replaced; to many, added to, save a Thing's Locations, which are replaced.
    Raises: UnusableError.
    """
    LINKERS[place.entity](work, place.id, name, links)


def columns_held(work: Work, stream_id: int) -> list[int]:
    """A MultiDatastream's ObservedProperties, in order."""
    return [
        row[0]
        for row in work.rows(
            "SELECT observed_property_id FROM sensing_streamproperty WHERE stream_id = %s"
            " ORDER BY rank",
            stream_id,
        )
    ]


def _link_thing(work: Work, key: int, name: str, links: list[Link]) -> None:
    if name == "Locations":
        found = [look_up(work, entry, "Location")[0] for entry in links]
        place_thing(work, key, work.class_of("Thing", key), found)
    elif name == "HistoricalLocations":
        for entry in links:
            look_up(work, entry, "HistoricalLocation")
            _hand_visit(work, entry.id, key)
    else:
        _move_streams(work, name, links, {"Thing": key})


def _move_streams(work: Work, name: str, links: list[Link], owner: Mapping[str, int]) -> None:
    for entry in links:
        look_up(work, entry, name[:-1])
        relink_stream(work, name[:-1], entry, owner)


def _link_location(work: Work, key: int, name: str, links: list[Link]) -> None:
    for entry in links:
        if name == "Things":
            thing, data_class = look_up(work, entry, "Thing")
            place_thing(work, thing, data_class, [key])
        else:
            join_visit(work, entry, key)


def _link_visit(work: Work, key: int, name: str, links: list[Link]) -> None:
    if name == "Thing":
        _hand_visit(work, key, look_up(work, links[0], "Thing")[0])
        return
    for entry in links:
        join_visit(work, Link(key, entry.at), look_up(work, entry, "Location")[0])


def _hand_visit(work: Work, visit: int, thing: int) -> None:
    """Make a visit another Thing's."""
    row = work.one("SELECT thing_id FROM sensing_historicallocation WHERE id = %s", visit)
    if row is None or row[0] == thing:
        return
    columns = {"thing_id": thing, "data_class": work.class_of("Thing", thing)}
    work.update("sensing_historicallocation", visit, columns)
    places = work.ids(
        "SELECT location_id FROM sensing_historylocation WHERE history_id = %s", visit
    )
    work.uses.lose("Location", places)
    work.note_changed("HistoricalLocation", visit, ["Thing"])
    follow_history(work, row[0])
    follow_history(work, thing)


def _link_datastream(work: Work, key: int, name: str, links: list[Link]) -> None:
    _link_stream(work, Place("Datastream", key), name, links)


def _link_stream(work: Work, place: Place, name: str, links: list[Link]) -> None:
    if name == "Observations":
        raise UnusableError(links[0].at, "an Observation is moved on the Observation")
    owner, _ = look_up(work, links[0], name)
    relink_stream(work, place.entity, Link(place.id), {name: owner})


def _link_multi(work: Work, key: int, name: str, links: list[Link]) -> None:
    if name != "ObservedProperties":
        _link_stream(work, Place("MultiDatastream", key), name, links)
        return
    wanted = [look_up(work, entry, "ObservedProperty")[0] for entry in links]
    held = columns_held(work, key)
    if wanted == held:
        return
    if work.one("SELECT 1 FROM sensing_observation WHERE stream_id = %s", key):
        raise UnusableError(
            "ObservedProperties", "there are Observations; its properties stay as they are"
        )
    work.run("DELETE FROM sensing_streamproperty WHERE stream_id = %s", key)
    work.uses.lose("ObservedProperty", held)
    set_columns(work, key, wanted, work.class_of("MultiDatastream", key))
    work.note_changed("MultiDatastream", key, ["ObservedProperties"])


def _link_sensor(work: Work, key: int, name: str, links: list[Link]) -> None:
    _move_streams(work, name, links, {"Sensor": key})


def _link_observed_property(work: Work, key: int, name: str, links: list[Link]) -> None:
    if name == "MultiDatastreams":
        raise UnusableError(links[0].at, "the properties of a MultiDatastream stay as they are")
    _move_streams(work, name, links, {"ObservedProperty": key})


def _link_feature(work: Work, key: int, name: str, links: list[Link]) -> None:
    raise UnusableError(links[0].at, "an Observation's feature is changed on the Observation")


LINKERS: Final[Mapping[str, Callable[[Work, int, str, list[Link]], None]]] = {
    "Thing": _link_thing,
    "Location": _link_location,
    "HistoricalLocation": _link_visit,
    "Datastream": _link_datastream,
    "MultiDatastream": _link_multi,
    "Sensor": _link_sensor,
    "ObservedProperty": _link_observed_property,
    "FeatureOfInterest": _link_feature,
}
