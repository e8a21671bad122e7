"""What the tags of a highway say: class, lanes, speed, direction, and who may use it."""

from __future__ import annotations

from dataclasses import dataclass

from hereabouts.places.domain.kinds import OneWay, Provision, RoadClass
from hereabouts.places.domain.osm.values import Tags, first, is_yes, metres, whole, without

LINK = "_link"
OTHER_NAMES = {
    "road": RoadClass.UNCLASSIFIED,
    "byway": RoadClass.TRACK,
    "busway": RoadClass.SERVICE,
    "bus_guideway": RoadClass.SERVICE,
}
MOTOR_CLASSES = frozenset(
    {
        RoadClass.MOTORWAY,
        RoadClass.TRUNK,
        RoadClass.PRIMARY,
        RoadClass.SECONDARY,
        RoadClass.TERTIARY,
        RoadClass.UNCLASSIFIED,
        RoadClass.RESIDENTIAL,
        RoadClass.LIVING_STREET,
    }
)
"""Classes of the public road network for motor traffic, service roads apart."""

MPH_IN_KMH = 1.609344
FASTEST_MPH = 130
NATIONAL_LIMITS = {
    "gb:motorway": 70,
    "gb:nsl_dual": 70,
    "gb:nsl_single": 60,
    "gb:nsl_restricted": 30,
    "national": 60,
}
"""Source: Highway Code, rule 124, cars; Welsh restricted roads carry their own signs and tags."""

WIDEST_M = 100.0
MOST_LANES = 16
CYCLE_SIDES = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
PATHS = frozenset({RoadClass.FOOTWAY, RoadClass.PATH, RoadClass.BRIDLEWAY, RoadClass.PEDESTRIAN})
USED = frozenset(
    {
        "highway",
        "name",
        "name:cy",
        "name:en",
        "ref",
        "lanes",
        "maxspeed",
        "oneway",
        "junction",
        "surface",
        "lit",
        "bridge",
        "tunnel",
        "layer",
        "width",
        "ref:GB:usrn",
    }
)
"""Keys that end up in columns and are not repeated among the remaining tags."""


@dataclass(frozen=True, slots=True)
class Road:
    """A highway's own columns."""

    road_class: RoadClass
    is_link: bool
    lanes: int | None
    speed_limit_mph: int | None
    one_way: OneWay
    width_m: float | None
    surface: str
    cycle: Provision
    bus: Provision
    is_lit: bool | None
    is_bridge: bool
    is_tunnel: bool
    layer: int
    access: str
    ref: str
    usrn: str
    tags: dict[str, str]


def class_of(tags: Tags) -> RoadClass | None:
    """The class of a highway; None for what nobody moves along (planned, platforms, squares)."""
    if is_yes(tags.get("area")):
        return None
    value = tags.get("highway", "").removesuffix(LINK)
    return RoadClass(value) if value in _CLASSES else OTHER_NAMES.get(value)


_CLASSES = frozenset(member.value for member in RoadClass)


def road_of(tags: Tags, road_class: RoadClass) -> Road:
    """Everything the tags say about a highway of this class."""
    return Road(
        road_class=road_class,
        is_link=tags["highway"].endswith(LINK),
        lanes=whole(tags.get("lanes", ""), MOST_LANES) or None,
        speed_limit_mph=speed_mph(tags),
        one_way=one_way(tags, road_class),
        width_m=_width(tags),
        surface=first(tags.get("surface", ""))[:40].lower(),
        cycle=cycle_provision(tags, road_class),
        bus=bus_provision(tags),
        is_lit=is_lit(tags.get("lit")),
        is_bridge=tags.get("bridge", "no") not in ("no", ""),
        is_tunnel=tags.get("tunnel", "no") not in ("no", ""),
        layer=_layer(tags.get("layer", "")),
        access=access(tags, road_class),
        ref=first(tags.get("ref", ""))[:40],
        usrn=usrn(tags),
        tags=without(tags, USED),
    )


def speed_mph(tags: Tags) -> int | None:
    """The speed limit in miles per hour; numbers without a unit are kilometres per hour."""
    for key in ("maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type"):
        value = first(tags.get(key, "")).lower()
        if value in NATIONAL_LIMITS:
            return NATIONAL_LIMITS[value]
        number, _, unit = value.partition(" ")
        if value.endswith("mph") and not unit:
            number, unit = value.removesuffix("mph"), "mph"
        if number.isascii() and number.isdigit() and unit in ("", "mph", "km/h", "kmh"):
            limit = int(number[:4]) if unit == "mph" else round(int(number[:4]) / MPH_IN_KMH)
            return limit if 0 < limit <= FASTEST_MPH else None
    return None


def one_way(tags: Tags, road_class: RoadClass) -> OneWay:
    """Direction of motor traffic; roundabouts and motorways imply theirs."""
    value = tags.get("oneway", "")
    if value in ("-1", "reverse"):
        return OneWay.BACKWARD
    if is_yes(value):
        return OneWay.FORWARD
    implied = tags.get("junction") in ("roundabout", "circular")
    if not value and (implied or road_class is RoadClass.MOTORWAY):
        return OneWay.FORWARD
    return OneWay.NO


def cycle_provision(tags: Tags, road_class: RoadClass) -> Provision:
    """The best that the road gives to people cycling."""
    sides = {tags[key] for key in CYCLE_SIDES if key in tags}
    against = tags.get("oneway:bicycle") == "no" and "oneway" in tags
    if against or any(side.startswith("opposite") for side in sides):
        return Provision.CONTRAFLOW
    if road_class is RoadClass.CYCLEWAY or sides & {"track", "separate"}:
        return Provision.TRACK
    if road_class in PATHS:
        return _on_path(tags)
    if "lane" in sides:
        return Provision.LANE
    if sides & {"shared_lane", "share_busway", "shared", "shoulder"}:
        return Provision.SHARED
    if sides & {"no", "none"} or tags.get("bicycle") == "no":
        return Provision.NONE
    return Provision.UNKNOWN


def _on_path(tags: Tags) -> Provision:
    bicycle = tags.get("bicycle", "")
    if bicycle == "designated" and is_yes(tags.get("segregated")):
        return Provision.TRACK
    if bicycle in ("designated", "yes", "permissive"):
        return Provision.SHARED
    return Provision.NONE if bicycle in ("no", "dismount") else Provision.UNKNOWN


def bus_provision(tags: Tags) -> Provision:
    """What the road gives to buses."""
    if tags.get("highway") in ("busway", "bus_guideway"):
        return Provision.TRACK
    allowed = {"yes", "designated"} & {tags.get("bus", ""), tags.get("psv", "")}
    closed = "no" in (tags.get("access"), tags.get("motor_vehicle"), tags.get("vehicle"))
    if allowed and closed:
        return Provision.GATE
    ways = {value for key, value in tags.items() if key.startswith("busway")}
    if any(value.startswith("opposite") for value in ways):
        return Provision.CONTRAFLOW
    if ways & {"lane", "yes"} or _has_bus_lane(tags):
        return Provision.LANE
    return Provision.UNKNOWN


def _has_bus_lane(tags: Tags) -> bool:
    return any(
        (key.startswith(("lanes:bus", "lanes:psv")) and value not in ("", "0"))
        or (key.startswith(("bus:lanes", "psv:lanes")) and "designated" in value)
        for key, value in tags.items()
    )


def is_lit(value: str | None) -> bool | None:
    """Whether a road is lit at least at times; None when nobody has said."""
    if not value or value == "unknown":
        return None
    return value not in ("no", "disused")


def access(tags: Tags, road_class: RoadClass) -> str:
    """The restriction on general use: `private`, `destination`, `no`…; empty without one."""
    keys = ("motor_vehicle", "vehicle", "access") if road_class in MOTOR_CLASSES else ("access",)
    value = next((tags[key] for key in keys if key in tags), "")
    return "" if value in ("yes", "public") else first(value)[:30]


def usrn(tags: Tags) -> str:
    """The unique street reference number, or nothing."""
    value = first(tags.get("ref:GB:usrn", ""))
    return value if value.isascii() and value.isdigit() and len(value) <= 8 else ""


def _layer(value: str) -> int:
    digits = value.removeprefix("-")
    return int(value) if len(digits) == 1 and digits.isascii() and digits.isdigit() else 0


def _width(tags: Tags) -> float | None:
    width = metres(tags.get("width", "") or tags.get("est_width", ""))
    return width if width is not None and 0 < width <= WIDEST_M else None
