"""The closed sets of the gazetteer: what kinds of thing a place is made of."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a feature of the gazetteer is."""

    AREA = "area"
    STREET = "street"
    SEGMENT = "segment"
    PREMISES = "premises"
    ASSET = "asset"
    POSTCODE = "postcode"
    GROUND = "ground"
    LABEL = "label"


class RoadClass(StrEnum):
    """Class of a segment, as OpenStreetMap's `highway`; slip roads take their road's."""

    MOTORWAY = "motorway"
    TRUNK = "trunk"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"
    UNCLASSIFIED = "unclassified"
    RESIDENTIAL = "residential"
    LIVING_STREET = "living_street"
    PEDESTRIAN = "pedestrian"
    SERVICE = "service"
    TRACK = "track"
    CYCLEWAY = "cycleway"
    BRIDLEWAY = "bridleway"
    FOOTWAY = "footway"
    PATH = "path"
    STEPS = "steps"


class OneWay(StrEnum):
    """Which way traffic may go, relative to the line's own direction."""

    NO = "no"
    FORWARD = "forward"
    BACKWARD = "backward"


class Provision(StrEnum):
    """What a segment gives to people cycling or to buses."""

    UNKNOWN = ""
    NONE = "none"
    LANE = "lane"
    TRACK = "track"
    SHARED = "shared"
    CONTRAFLOW = "contraflow"
    GATE = "gate"


class Change(StrEnum):
    """What an import did to a feature."""

    APPEARED = "appeared"
    CHANGED = "changed"
    MOVED = "moved"
    WENT = "went"
    RETURNED = "returned"
