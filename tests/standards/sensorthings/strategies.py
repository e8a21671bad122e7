"""Small worlds, and filters as text that use every operator and function over them.

Values are few, so that filters often hold for some rows and not for others.
"""

from __future__ import annotations

from hypothesis import strategies as st

from hereabouts.standards.sensorthings.model import ENTITY_TYPES, EntityType, Shape, target_of
from hereabouts.standards.sensorthings.times import HOUR, MINUTE, parse_instant
from tests.standards.sensorthings.evaluator import World
from tests.standards.sensorthings.printing import format_zoned

NOON = parse_instant("2024-05-01T12:00:00Z")
TIMES = tuple(NOON + step * HOUR // 2 for step in range(-4, 5))
TEXTS = ("", "a", "Mill Lane", "it's", "50%", "a_b", "3", "NO2", "roads")
NUMBERS = (-1, 0, 1, 3, 4.5, 10)
KEYS = ("owner", "height", "on", "tags", "deep")
POINTS = ((-1.25, 51.75), (-1.30, 51.70), (-1.15, 51.65))
SHAPES = (
    "POINT (-1.25 51.75)",
    "Polygon ((-1.4 51.6, -1.2 51.6, -1.2 51.8, -1.4 51.8, -1.4 51.6))",
    "LINESTRING(-1.3 51.7,-1.25 51.75)",
    "MultiPoint ((-1.25 51.75), (-1.15 51.65))",
)
ZONES = (0, 0, 2 * HOUR, -3 * HOUR - 30 * MINUTE, 14 * HOUR)
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
ID = st.integers(1, 4)


# --- worlds -------------------------------------------------------------------------------------

SCALARS = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.booleans(), st.none())
PROPERTIES = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "owner": SCALARS,
        "height": SCALARS,
        "on": SCALARS,
        "tags": st.lists(SCALARS, max_size=3),
        "deep": st.fixed_dictionaries({"a": st.lists(SCALARS, max_size=2)}),
    },
)
MOMENTS = st.tuples(st.sampled_from(TIMES), st.none()) | st.tuples(
    st.sampled_from(TIMES), st.sampled_from(TIMES)
).map(lambda pair: (min(pair), max(pair)))
PERIODS = st.none() | st.tuples(st.sampled_from(TIMES), st.sampled_from(TIMES)).map(
    lambda pair: (min(pair), max(pair))
)
UNITS = st.sampled_from(
    [
        {"name": "degree", "symbol": "°C", "definition": "ucum:Cel"},
        {"name": None, "symbol": None, "definition": None},
    ]
)
LOCATIONS = st.sampled_from(
    [
        *({"type": "Point", "coordinates": list(point)} for point in POINTS),
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Point", "coordinates": [-1.25, 51.75]},
        },
        "behind the church",
    ]
)


def encoding_of(place: object) -> str:
    """The media type of a location or feature."""
    return "application/geo+json" if isinstance(place, dict) else "text/plain"


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to three entities of a type. Extents of streams and MultiDatastreams stay empty."""
    world = World()
    names = st.sampled_from(TEXTS)
    for key in range(1, draw(st.integers(1, 3)) + 1):
        world.add("Sensor", key, name=draw(names), description="", encodingType="", metadata="x")
        world.add("ObservedProperty", key, name=draw(names), definition="", description="")
        feature = draw(LOCATIONS.filter(lambda value: isinstance(value, dict)))
        world.add("FeatureOfInterest", key, name=draw(names), feature=feature, description="")
        world.rows["FeatureOfInterest"][key].values["encodingType"] = encoding_of(feature)
    others = st.sampled_from(sorted(world.rows["Sensor"]))
    for key in range(1, draw(st.integers(1, 3)) + 1):
        world.add("Thing", key, name=draw(names), description="", properties=draw(PROPERTIES))
        if draw(st.booleans()):
            place = draw(LOCATIONS)
            world.add("Location", key, name=draw(names), location=place, description="")
            world.rows["Location"][key].values["encodingType"] = encoding_of(place)
            world.link("Thing", key, "Locations", key)
    things = st.sampled_from(sorted(world.rows["Thing"]))
    for key in range(1, draw(st.integers(0, 3)) + 1):
        world.add(
            "Datastream",
            key,
            name=draw(names),
            description="",
            observationType="",
            unitOfMeasurement=draw(UNITS),
            properties=draw(PROPERTIES),
        )
        world.link("Datastream", key, "Thing", draw(things))
        world.link("Datastream", key, "Sensor", draw(others))
        world.link("Datastream", key, "ObservedProperty", draw(others))
    for key in range(1, draw(st.integers(0, 5 if world.rows["Datastream"] else 0)) + 1):
        world.add(
            "Observation",
            key,
            phenomenonTime=draw(MOMENTS),
            resultTime=draw(st.none() | st.sampled_from(TIMES)),
            result=draw(SCALARS | st.lists(SCALARS, max_size=2)),
            validTime=draw(PERIODS),
            parameters=draw(PROPERTIES),
        )
        streams = st.sampled_from(sorted(world.rows["Datastream"]))
        world.link("Observation", key, "Datastream", draw(streams))
        world.link("Observation", key, "FeatureOfInterest", draw(others))
    return world


# --- expressions as text ------------------------------------------------------------------------


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


TEXT_LITERALS = st.sampled_from(TEXTS).map(quoted)
NUMBER_LITERALS = st.sampled_from(NUMBERS).map(str)
_ZONED = st.sampled_from(ZONES)
TIME_LITERALS = st.builds(format_zoned, st.sampled_from(TIMES), _ZONED)
INTERVAL_LITERALS = st.tuples(st.sampled_from(TIMES), st.sampled_from(TIMES), _ZONED, _ZONED).map(
    lambda parts: (
        f"{format_zoned(min(parts[:2]), parts[2])}/{format_zoned(max(parts[:2]), parts[3])}"
    )
)
DURATION_LITERALS = st.sampled_from(["duration'PT30M'", "duration'P1D'", "duration'-PT1H'"])
GEOMETRY_LITERALS = st.sampled_from(SHAPES).map(lambda text: f"geography'{text}'")
ORDER = st.sampled_from(COMPARISONS)
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fractionalseconds")
_PARTS += ("totaloffsetminutes",)
_CALENDAR = st.sampled_from(["now()", "mindatetime()", "maxdatetime()"])
WRITTEN_TIMES = st.one_of(
    TIME_LITERALS,
    INTERVAL_LITERALS,
    st.tuples(TIME_LITERALS | INTERVAL_LITERALS | _CALENDAR, DURATION_LITERALS).map(
        lambda parts: f"({parts[0]} add {parts[1]})"
    ),
)
WRITTEN_NUMBERS = st.one_of(
    GEOMETRY_LITERALS.map(lambda shape: f"geo.length({shape})"),
    st.tuples(GEOMETRY_LITERALS, GEOMETRY_LITERALS).map(
        lambda pair: f"geo.distance({pair[0]}, {pair[1]})"
    ),
    st.tuples(st.sampled_from(_PARTS), WRITTEN_TIMES).map(lambda parts: f"{parts[0]}({parts[1]})"),
    st.tuples(st.sampled_from(["round", "floor", "ceiling", "-"]), NUMBER_LITERALS).map(
        lambda parts: f"{parts[0]}({parts[1]})"
    ),
    TEXT_LITERALS.map(lambda text: f"length({text})"),
    st.tuples(TEXT_LITERALS, TEXT_LITERALS).map(lambda pair: f"indexof({pair[0]}, {pair[1]})"),
)
"""Functions with nothing but literals in them: no row decides what they come to."""
WRITTEN_TEXTS = st.one_of(
    st.tuples(st.sampled_from(["tolower", "toupper", "trim"]), TEXT_LITERALS).map(
        lambda parts: f"{parts[0]}({parts[1]})"
    ),
    st.tuples(TEXT_LITERALS, TEXT_LITERALS).map(lambda pair: f"concat({pair[0]}, {pair[1]})"),
    st.tuples(TEXT_LITERALS, st.integers(0, 4)).map(
        lambda pair: f"substring({pair[0]}, {pair[1]})"
    ),
)
_COMPUTED = frozenset({"observedArea"})


@st.composite
def routes(draw: st.DrawFn, entity: EntityType, longest: int = 2) -> tuple[str, EntityType]:
    """A path along relations, slash behind it, and the type it reaches."""
    prefix = ""
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, longest]))):
        relation = draw(
            st.sampled_from(
                [
                    known
                    for known in entity.relations.values()
                    if known.target not in ("MultiDatastream", "HistoricalLocation")
                ]
            )
        )
        prefix, entity = f"{prefix}{relation.name}/", target_of(relation)
    return prefix, entity


@st.composite
def values(draw: st.DrawFn, entity: EntityType, prefix: str, *shapes: Shape) -> str:
    """A path to a property of one of some shapes; the id, as a number, where there is none."""
    route, reached = draw(routes(entity)) if not prefix else (prefix, entity)
    names = [
        known.name
        for known in reached.properties.values()
        if known.shape in shapes
        and known.name not in _COMPUTED
        and not (known.is_computed or known.name in ("resultQuality", "metadata"))
    ]
    return route + draw(st.sampled_from(names)) if names else ""


@st.composite
def numbers(draw: st.DrawFn, entity: EntityType, prefix: str, depth: int = 1) -> str:
    """A number: an id, a member, a literal, arithmetic or a function."""
    route, reached = draw(routes(entity)) if not prefix else (prefix, entity)
    leaves = [NUMBER_LITERALS, st.just(f"{route}id"), WRITTEN_NUMBERS]
    member = draw(members(entity, prefix))
    if member:
        leaves.append(st.just(member))
    if depth == 0:
        return draw(st.one_of(leaves))
    inner = numbers(entity, prefix, depth - 1)
    time = draw(times(entity, prefix))
    forms = [
        *leaves,
        st.tuples(inner, st.sampled_from(["add", "sub", "mul", "div", "mod"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.tuples(st.sampled_from(["round", "floor", "ceiling"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
        inner.map(lambda text: f"-({text})"),
        texts(entity, prefix, 0).map(lambda text: f"length({text})"),
        st.tuples(texts(entity, prefix, 0), TEXT_LITERALS).map(
            lambda parts: f"indexof({parts[0]},{parts[1]})"
        ),
        st.sampled_from(_PARTS).map(lambda name: f"{name}({time})"),
    ]
    del reached
    return draw(st.one_of(forms))


@st.composite
def members(draw: st.DrawFn, entity: EntityType, prefix: str) -> str:
    """A path into JSON, or "" where the type has none."""
    base = draw(values(entity, prefix, Shape.JSON, Shape.RESULT))
    if not base:
        return ""
    if base.endswith("result"):
        return base + draw(st.sampled_from(["", "", "[0]"]))
    return base + draw(
        st.sampled_from(["/owner", "/height", "/on", "/tags[0]", "/deep/a[1]", "/missing"])
    )


@st.composite
def texts(draw: st.DrawFn, entity: EntityType, prefix: str, depth: int = 1) -> str:
    """A text: a property, a member, a unit, a literal or a function."""
    found = draw(values(entity, prefix, Shape.TEXT))
    member = draw(members(entity, prefix))
    unit = draw(values(entity, prefix, Shape.UNIT))
    leaves = [TEXT_LITERALS, WRITTEN_TEXTS, *(st.just(text) for text in (found, member) if text)]
    if unit:
        leaves.append(st.sampled_from(["/name", "/symbol"]).map(lambda name: unit + name))
    if depth == 0:
        return draw(st.one_of(leaves))
    inner = texts(entity, prefix, depth - 1)
    position = st.integers(0, 4).map(str)
    return draw(
        st.one_of(
            *leaves,
            st.tuples(st.sampled_from(["tolower", "toupper", "trim"]), inner).map(
                lambda parts: f"{parts[0]}({parts[1]})"
            ),
            st.tuples(inner, inner).map(lambda parts: f"concat({parts[0]}, {parts[1]})"),
            st.tuples(inner, position).map(lambda parts: f"substring({','.join(parts)})"),
            st.tuples(inner, position, position).map(lambda parts: f"substring({','.join(parts)})"),
        )
    )


@st.composite
def times(draw: st.DrawFn, entity: EntityType, prefix: str) -> str:
    """A time or interval: a property, a literal, `now()`, or one of them shifted."""
    found = draw(values(entity, prefix, Shape.INSTANT, Shape.MOMENT, Shape.PERIOD))
    plain = [TIME_LITERALS, INTERVAL_LITERALS, WRITTEN_TIMES, st.just("now()")]
    plain.append(st.just("mindatetime()"))
    if found:
        plain += [st.just(found)] * 4
    shifted = st.tuples(
        st.just(found or "now()"), st.sampled_from(["add", "sub"]), DURATION_LITERALS
    ).map(lambda parts: f"({' '.join(parts)})")
    return draw(st.one_of(*plain, shifted))


@st.composite
def number_conditions(draw: st.DrawFn, entity: EntityType, prefix: str) -> str:
    """Conditions on numbers and ids."""
    route = prefix or draw(routes(entity))[0]
    forms = [
        f"{draw(numbers(entity, prefix))} {draw(ORDER)} {draw(numbers(entity, prefix, 0))}",
        f"{route}id in ({draw(ID)}, {draw(ID)})",
        f"{route}id {draw(EQUALITY)} null",
    ]
    return draw(st.sampled_from(forms))


@st.composite
def text_conditions(draw: st.DrawFn, entity: EntityType, prefix: str) -> str:
    """Conditions on texts."""
    name = draw(st.sampled_from(["startswith", "endswith", "substringof", "compare", "property"]))
    part, order = draw(TEXT_LITERALS), draw(ORDER)
    if name == "property":
        return f"{draw(values(entity, prefix, Shape.TEXT)) or 'tolower(id)'} {order} {part}"
    text = draw(texts(entity, prefix))
    if name == "compare":
        return f"concat({text},'') {order} {part}"
    return f"{name}({part},{text})" if name == "substringof" else f"{name}({text},{part})"


@st.composite
def time_conditions(draw: st.DrawFn, entity: EntityType, prefix: str) -> str:
    """Conditions on times, intervals and durations."""
    name = draw(st.sampled_from([*["compare"] * 8, "shift", "date", "time", *_TEMPORAL]))
    time, order = draw(times(entity, prefix)), draw(ORDER)
    if name == "date":
        return f"date({time}) {order} 2024-05-01"
    if name == "time":
        return f"time({time}) {order} 12:00:00"
    if name == "during":
        return f"during({time},{draw(INTERVAL_LITERALS)})"
    other = draw(times(entity, prefix))
    if name == "compare":
        return f"{time} {draw(EQUALITY | ORDER)} {other}"
    if name == "shift":
        return f"({time} sub {other}) {order} duration'PT1H'"
    return f"{name}({time}, {other})"


@st.composite
def member_conditions(draw: st.DrawFn, entity: EntityType, prefix: str) -> str:
    """Conditions on JSON values, typed row by row."""
    member = draw(members(entity, prefix))
    if not member:
        return draw(text_conditions(entity, prefix))
    order, part = draw(ORDER), draw(TEXT_LITERALS)
    forms = [
        member,
        f"{member} {order} {draw(NUMBER_LITERALS)}",
        f"{member} {order} {part}",
        f"{member} {draw(EQUALITY)} {draw(st.sampled_from(['true', 'false', 'null']))}",
        f"{member} {order} {draw(members(entity, prefix)) or '3'}",
        f"{member} in ({part}, {draw(NUMBER_LITERALS)})",
    ]
    holder = draw(values(entity, prefix, Shape.JSON))
    if holder:
        forms.append(f"{draw(TEXT_LITERALS | NUMBER_LITERALS)} in {holder}/tags")
    return draw(st.sampled_from(forms))


@st.composite
def spatial_conditions(draw: st.DrawFn, entity: EntityType, prefix: str) -> str:
    """Conditions on geometries."""
    geometry = draw(values(entity, prefix, Shape.GEOMETRY))
    # Where there is no geometry, or at times all the same, both are written.
    geometry = (
        draw(GEOMETRY_LITERALS)
        if not geometry
        else draw(st.sampled_from([geometry, geometry, geometry, draw(GEOMETRY_LITERALS)]))
    )
    shape, name, order = draw(GEOMETRY_LITERALS), draw(st.sampled_from(_SPATIAL)), draw(ORDER)
    forms = [
        f"{name}({geometry}, {shape})",
        f"{name}({shape}, {geometry})",
        f"geo.distance({geometry}, {shape}) {order} 0.05",
        f"geo.length({geometry}) {order} 0",
        f"st_relate({geometry}, {shape}, 'T********')",
    ]
    if not geometry.startswith("geography"):
        forms.append(f"{geometry}/type eq 'Point' or {geometry}/geometry/type eq 'Point'")
    return draw(st.sampled_from(forms))


def simple(entity: EntityType, prefix: str) -> st.SearchStrategy[str]:
    """A condition without connectives."""
    return st.one_of(
        number_conditions(entity, prefix),
        text_conditions(entity, prefix),
        time_conditions(entity, prefix),
        member_conditions(entity, prefix),
        spatial_conditions(entity, prefix),
    )


_TEMPORAL = ("before", "after", "meets", "overlaps", "starts", "finishes", "during")
EQUALITY = st.sampled_from(["eq", "ne"])
_SPATIAL = (
    "geo.intersects st_equals st_disjoint st_touches st_within st_overlaps st_crosses"
    " st_intersects st_contains"
).split()


@st.composite
def any_conditions(draw: st.DrawFn, entity: EntityType, prefix: str, variable: str) -> str:
    """`any()` over one relation; inside, its row stands beside the row outside."""
    relation = draw(
        st.sampled_from(
            [
                known
                for known in entity.relations.values()
                if known.is_many and known.target not in ("MultiDatastream", "HistoricalLocation")
            ]
            or [None]  # type: ignore[list-item] # answered at once
        )
    )
    if relation is None:
        return "true"
    target, inside = target_of(relation), f"{variable}/"
    if variable == "e":
        return f"{prefix}{relation.name}/any()"
    forms = st.one_of(
        simple(target, inside),
        st.tuples(simple(target, inside), simple(target, inside)).map(" or ".join),
        st.just(f"{inside}id ge {prefix}id"),
        any_conditions(target, inside, chr(ord(variable) + 1)),
    )
    return f"{prefix}{relation.name}/any({variable}: {draw(forms)})"


@st.composite
def filters(draw: st.DrawFn, entity: EntityType, depth: int = 2) -> str:
    """A filter on an entity type, as text; hops, `any` and connectives included."""
    if depth == 0:
        return draw(
            st.one_of(simple(entity, ""), simple(entity, ""), any_conditions(entity, "", "d"))
        )
    inner = filters(entity, depth - 1)
    return draw(
        st.one_of(
            inner,
            inner.map(lambda text: f"not ({text})"),
            st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
                lambda parts: f"({parts[0]}){parts[1]}({parts[2]})"
            ),
        )
    )


@st.composite
def orders(draw: st.DrawFn, entity: EntityType) -> str:
    """`$orderby` of one or two keys, related ones among them."""
    keys = []
    for _ in range(draw(st.integers(1, 2))):
        route, _reached = draw(routes(entity))
        choices = [f"{route}id", draw(members(entity, "")) or "id"]
        choices.append(draw(WRITTEN_NUMBERS | WRITTEN_TEXTS | WRITTEN_TIMES))
        name = draw(values(entity, "", Shape.TEXT, Shape.INSTANT, Shape.MOMENT, Shape.PERIOD))
        keys.append(draw(st.sampled_from([*choices, name or "id"])))
    return ",".join(key + draw(st.sampled_from(["", " asc", " desc"])) for key in keys)


ENTITIES = st.sampled_from(
    [ENTITY_TYPES[name] for name in ("Thing", "Location", "Datastream", "Sensor", "Observation")]
)
"""The types that generated filters are of."""
