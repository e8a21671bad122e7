"""Conditions on geometries: candidates by cell and box in SQL, the exact test by shapely.

What matches goes back into the statement as one parameter of ids. A row without a geometry gives
null. Distances and lengths are in degrees, as clients of SensorThings expect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import shapely

from hereabouts.kernel.geometry import BAND_SHIFT, Box, cell_ranges
from hereabouts.sensing.errors.reading import CannotBeAsked
from hereabouts.sensing.queries.reading.comparing import Mismatch
from hereabouts.sensing.queries.reading.covering import can_cover, cover
from hereabouts.sensing.queries.reading.sources import Query, Source, balanced
from hereabouts.sensing.queries.reading.values import Geometry, Shape, Text, Truth, Value
from hereabouts.standards.sensorthings.model import ENTITY_TYPES

Geometries: TypeAlias = tuple[Sequence[int], Any]
"""Ids, and an array of geometries beside them."""
Test: TypeAlias = Callable[[Any, Any], Any]
"""Whether each geometry of an array stands so to the literal, which comes first."""

SPATIAL = frozenset(
    "geo.intersects st_equals st_disjoint st_touches st_within st_overlaps st_crosses"
    " st_intersects st_contains st_relate".split()
)
STREAMS = frozenset({"Datastream", "MultiDatastream"})
MANY = 2_000
"""So many geometries in a rectangle are not listed one by one."""
_POINT = "{0}.west = {0}.east AND {0}.south = {0}.north"
_GROWTH = 1e-9
"""Boxes are compared with this margin, in degrees: rounding must not lose a touch."""

# Of a geometry and the literal, with the literal first, where shapely can prepare it.
_TESTS: Mapping[str, Test] = MappingProxyType(
    {
        "st_equals": shapely.equals,
        "st_touches": shapely.touches,
        "st_within": shapely.contains,
        "st_overlaps": shapely.overlaps,
        "st_crosses": shapely.crosses,
        "st_intersects": shapely.intersects,
        "st_contains": shapely.within,
    }
)
_MIRRORED = {"st_within": "st_contains", "st_contains": "st_within"}
_COMPARISONS: Mapping[str, tuple[Callable[[Any, Any], Any], bool]] = MappingProxyType(
    {
        "lt": (np.less, False),
        "le": (np.less_equal, False),
        "eq": (np.equal, False),
        "gt": (np.less_equal, True),
        "ge": (np.less, True),
        "ne": (np.equal, True),
    }
)
"""What to look for near the literal, and whether the others are meant."""


def relate(query: Query, name: str, arguments: Sequence[Value]) -> Truth:
    """The condition of a spatial function. Raises: Mismatch, CannotBeAsked."""
    name = "st_intersects" if name == "geo.intersects" else name
    column, literal, is_mirrored = _sides(arguments)
    pattern = _pattern(arguments[2]) if name == "st_relate" else ""
    name = _MIRRORED.get(name, name) if is_mirrored else name
    shape = _shape(literal)
    if column is None:
        first, second = (
            _shape(argument) for argument in arguments[:2] if isinstance(argument, Shape)
        )
        return _constant(_holds_between(name, first, second, pattern))
    if name == "st_relate":
        ids, geometries = _candidates(query, column, None)
        pair = (shape, geometries) if is_mirrored else (geometries, shape)
        found = shapely.relate_pattern(*pair, pattern) if len(ids) else []
        return _among(query, column, _chosen(ids, found), are_others=False)
    window = _window(shape, 0.0)
    is_wide = name in ("st_intersects", "st_within") and _is_area(shape, column)
    if window and is_wide and _are_many(query, column, window):
        if _is_rectangle(shape):
            return _in_rectangle(query, name, column, shape)
        return _in_area(query, name, column, shape)
    ids, geometries = _candidates(query, column, window) if window else ([], [])
    test = shapely.intersects if name == "st_disjoint" else _TESTS[name]
    found = test(shape, geometries) if len(ids) else []
    return _among(query, column, _chosen(ids, found), are_others=name == "st_disjoint")


def _are_many(query: Query, column: Geometry, window: Box) -> bool:
    """Whether so many lie in a window that reading on until a page is full is quicker."""
    look = Query(query.reader)
    source = Source(look)
    alias = source.add(ENTITY_TYPES[column.owner])
    body = f"SELECT 1{source.text(_within(look, alias, window))} LIMIT {MANY}"
    return int(look.run(f"SELECT count(*) FROM ({body}) counted")[0][0]) >= MANY


def _is_area(shape: Any, column: Geometry) -> bool:
    """Whether boxes or cells can tell of most rows whether they lie in a literal."""
    return column.owner not in STREAMS and (_is_rectangle(shape) or can_cover(shape))


def _is_rectangle(shape: Any) -> bool:
    """Whether a literal is a box along the axes, as a map's view is."""
    if shape.geom_type != "Polygon":
        return False
    return bool(shapely.equals(shape, shapely.envelope(shape)))


def _in_area(query: Query, name: str, column: Geometry, shape: Any) -> Truth:
    """What is filed in cells wholly inside an area is known; the rest is looked at."""
    memory, key = query.reader.memory, (column.owner, name, shapely.to_wkb(shape))
    if key not in memory:
        inside, edge = cover(shape)
        window = _window(shape, 0.0)
        large = [part for part in cell_ranges(window) if part[0] >> BAND_SHIFT] if window else []
        ids, geometries = _read(query, column, [_in_ranges("{0}", [*edge, *large])])
        memory[key] = inside, _chosen(ids, _TESTS[name](shape, geometries) if len(ids) else [])
    inside, found = memory[key]
    among = f"{column.key} IN {query.bind_ids(found)}"
    if inside:
        among = f"({_in_ranges(column.key.removesuffix('.id'), inside)} OR {among})"
    query.is_broad = True
    return Truth(f"CASE WHEN {column.sql} IS NOT NULL THEN {among} END", positive=among)


def _read(query: Query, column: Geometry, conditions: Sequence[str]) -> Geometries:
    """Ids and geometries for which conditions hold, templates over their alias."""
    look = Query(query.reader)
    source = Source(look)
    alias = source.add(ENTITY_TYPES[column.owner])
    wanted = [f"({condition.format(alias)})" for condition in conditions]
    most = query.reader.limits.candidates
    whole = source.text([f"{alias}.geometry IS NOT NULL", *wanted])
    rows = look.run(f"SELECT {_columns(alias)}{whole} LIMIT {most + 1}")
    _check(rows, most)
    return [row[0] for row in rows], _geometries(rows)


def _in_rectangle(query: Query, name: str, column: Geometry, shape: Any) -> Truth:
    """What lies within a box is known by its own box; only what meets the edge is looked at."""
    window = _window(shape, 0.0)
    if window is None:
        return _constant(False)
    bounds = [query.bind(float(bound), "number") for bound in shapely.bounds(shape)]
    alias = column.key.removesuffix(".id")
    ids, geometries = _candidates(query, column, window, outside=shape)
    found = _TESTS[name](shape, geometries) if len(ids) else []
    edge = f"{column.key} IN {query.bind_ids(_chosen(ids, found))}"
    among = f"({_inside(alias, bounds)} OR {edge})"
    query.is_broad = True
    return Truth(f"CASE WHEN {column.sql} IS NOT NULL THEN {among} END", positive=among)


def _inside(alias: str, bounds: Sequence[str]) -> str:
    west, south, east, north = bounds
    return (
        f"({alias}.west > {west} AND {alias}.east < {east}"
        f" AND {alias}.south > {south} AND {alias}.north < {north})"
    )


def compare_distance(
    query: Query, operator: str, arguments: Sequence[Value], degrees: float
) -> Truth:
    """The condition on a distance to a literal. Raises: Mismatch, CannotBeAsked."""
    column, literal, _ = _sides(arguments)
    shape = _shape(literal)
    compared, are_others = _COMPARISONS[operator]
    if column is None:
        first, second = (_shape(argument) for argument in arguments if isinstance(argument, Shape))
        near = bool(compared(shapely.distance(first, second), degrees))
        return _constant(near is not are_others)
    window = _window(shape, degrees) if degrees >= 0 else None
    ids, geometries = _candidates(query, column, window) if window else ([], [])
    found = compared(shapely.distance(shape, geometries), degrees) if len(ids) else []
    return _among(query, column, _chosen(ids, found), are_others=are_others)


def measure(query: Query, name: str, arguments: Sequence[Value]) -> str:
    """A distance or length row by row, in degrees. Raises: Mismatch, CannotBeAsked."""
    shape = None
    if name == "geo.length":
        column = arguments[0] if isinstance(arguments[0], Geometry) else None
        if column is None:
            # NumPy keeps one number as an array, which no database takes for a number.
            return query.bind(float(_length(_shape(arguments[0]))), "number")
    else:
        column, literal, _ = _sides(arguments)
        shape = _shape(literal)
        if column is None:
            shapes = [_shape(argument) for argument in arguments]
            return query.bind(float(shapely.distance(*shapes)), "number")
    is_from_point = shape is not None and shape.geom_type == "Point" and not shapely.is_empty(shape)
    if is_from_point and column.owner not in STREAMS:
        return _from_point(query, column, shape)
    ids, geometries = _candidates(query, column, None)
    return _by_pairs(query, column, ids, _measured(shape, geometries) if len(ids) else [])


def _from_point(query: Query, column: Geometry, shape: Any) -> str:
    """Distances of points in SQL, as GEOS works them out; those of lines and areas beside them."""
    alias = column.key.removesuffix(".id")
    ids, geometries = _read(query, column, [f"NOT ({_POINT})"])
    other = "NULL"
    if len(ids):
        other = _by_pairs(query, column, ids, _measured(shape, geometries))
    x, y = (query.bind(float(part), "number") for part in (shape.x, shape.y))
    squares = f"({alias}.west - {x}) * ({alias}.west - {x})"
    squares += f" + ({alias}.south - {y}) * ({alias}.south - {y})"
    root = query.dialect.function("root", [squares])
    return f"CASE WHEN {_POINT.format(alias)} THEN {root} ELSE {other} END"


def _measured(shape: Any, geometries: Any) -> Any:
    return _length(geometries) if shape is None else shapely.distance(shape, geometries)


def _by_pairs(query: Query, column: Geometry, ids: Sequence[int], values: Any) -> str:
    """The value that stands beside a row's id."""
    pairs = [(key, float(value)) for key, value in zip(ids, values, strict=True)]
    alias = query.alias()
    column.source.tables.append(
        f"LEFT JOIN {query.bind_pairs(pairs)} {alias} ON {alias}.id = {column.key}"
    )
    return f"{alias}.v"


def _sides(arguments: Sequence[Value]) -> tuple[Geometry | None, Value, bool]:
    """The column and the literal, and whether the literal came first; no column for two literals.

    Raises: Mismatch.
    """
    match arguments[0], arguments[1]:
        case (Geometry() as column, Shape() as literal):
            return column, literal, False
        case (Shape() as literal, Geometry() as column):
            return column, literal, True
        case (Shape() as literal, Shape()):
            return None, literal, False
    raise Mismatch("one of the two geometries must be written in the filter")


def _pattern(value: Value) -> str:
    pattern = value.constant if isinstance(value, Text) else None
    if pattern is None or len(pattern) != 9 or set(pattern.upper()) - set("TF*012"):
        raise Mismatch("the pattern has nine characters of T, F, *, 0, 1 and 2")
    return pattern.upper()


def _shape(value: Value) -> Any:
    if not isinstance(value, Shape):
        raise Mismatch("it is no geometry")
    shape = shapely.from_wkb(value.wkb)
    shapely.prepare(shape)
    return shape


def _holds_between(name: str, first: Any, second: Any, pattern: str) -> bool:
    if name == "st_relate":
        return bool(shapely.relate_pattern(first, second, pattern))
    if name == "st_disjoint":
        return bool(shapely.disjoint(first, second))
    return bool(_TESTS[name](second, first))


def _constant(is_true: bool) -> Truth:
    return Truth("(1 = 1)" if is_true else "(1 = 0)")


def _chosen(ids: Sequence[int], found: Any) -> list[int]:
    return [key for key, is_so in zip(ids, found, strict=True) if is_so]


def _among(query: Query, column: Geometry, ids: list[int], *, are_others: bool) -> Truth:
    """That a row's geometry is among those found, or is one and is not among them."""
    listed = f"{column.key} IN {query.bind_ids(ids)}"
    if are_others:
        return Truth(f"CASE WHEN {column.sql} IS NOT NULL THEN NOT ({listed}) END")
    return Truth(f"CASE WHEN {column.sql} IS NOT NULL THEN {listed} END", positive=listed)


def _window(shape: Any, margin: float) -> Box | None:
    """The box round a literal, cut at the edge of the map; None where that leaves nothing."""
    if shapely.is_empty(shape):
        return None
    west, south, east, north = (float(bound) for bound in shapely.bounds(shape))
    grown = margin + _GROWTH
    west, east = max(-180.0, west - grown), min(180.0, east + grown)
    south, north = max(-90.0, south - grown), min(90.0, north + grown)
    return Box(west, south, east, north) if west <= east and south <= north else None


def _candidates(
    query: Query, column: Geometry, window: Box | None, *, outside: Any = None
) -> Geometries:
    """Ids and geometries whose boxes touch the window; all there are without one.

    With `outside`, a box, only those that meet its edge.
    """
    memory = query.reader.memory
    key = (column.owner, window, outside is not None)
    if key not in memory:
        memory[key] = _look(query, column, window, outside)
    found: Geometries = memory[key]
    return found


def _look(query: Query, column: Geometry, window: Box | None, outside: Any) -> Geometries:
    reader = query.reader
    look = Query(reader)
    source = Source(look)
    alias = source.add(ENTITY_TYPES[column.owner])
    most = reader.limits.candidates
    if column.owner in STREAMS:
        source.add_state(alias)
        sql = f"SELECT {alias}.id, {alias}st.area{source.text([f'{alias}st.area IS NOT NULL'])}"
        rows = look.run(f"{sql} LIMIT {most + 1}")
        _check(rows, most)
        texts = [text for _, text in rows]
        return [key for key, _ in rows], shapely.from_geojson(texts) if texts else []
    windows = [window] if outside is None else _edges(outside)
    # Each window by itself, so that the index on cells serves each.
    sql = " UNION ".join(
        f"SELECT {_columns(alias)}"
        + source.text([f"{alias}.geometry IS NOT NULL", *_within(look, alias, one)])
        for one in windows
    )
    rows = look.run(f"{sql} LIMIT {most + 1}")
    _check(rows, most)
    return [row[0] for row in rows], _geometries(rows)


def _within(look: Query, alias: str, window: Box | None) -> list[str]:
    """That a row's box touches a window."""
    if window is None:
        return []
    west, south = look.bind(window.west, "number"), look.bind(window.south, "number")
    east, north = look.bind(window.east, "number"), look.bind(window.north, "number")
    return [
        f"({_cells(alias, window)})",
        f"{alias}.west <= {east} AND {alias}.east >= {west}",
        f"{alias}.south <= {north} AND {alias}.north >= {south}",
    ]


def _columns(alias: str) -> str:
    """What is read of a geometry: a point is its own box, and most geometries are points."""
    whole = f"CASE WHEN {_POINT.format(alias)} THEN NULL ELSE {alias}.geometry END"
    return f"{alias}.id, {alias}.west, {alias}.south, {whole}"


def _cells(alias: str, window: Box) -> str:
    return _in_ranges(alias, cell_ranges(window))


def _in_ranges(alias: str, ranges: Sequence[tuple[int, int]]) -> str:
    return balanced("OR", [f"{alias}.cell BETWEEN {first} AND {last}" for first, last in ranges])


def _edges(shape: Any) -> list[Box]:
    """Windows on the edges of a box: they touch what is neither wholly inside nor outside."""
    window = _window(shape, 0.0)
    if window is None:
        return []
    west, south, east, north = window.west, window.south, window.east, window.north
    grown = 2 * _GROWTH
    return [
        Box(west, south, min(east, west + grown), north),
        Box(max(west, east - grown), south, east, north),
        Box(west, south, east, min(north, south + grown)),
        Box(west, max(south, north - grown), east, north),
    ]


def _geometries(rows: Sequence[Any]) -> Any:
    """Geometries of rows of id, west, south and a binary where the geometry is no point."""
    if not rows:
        return []
    made = shapely.points([row[1] for row in rows], [row[2] for row in rows])
    others = [at for at, row in enumerate(rows) if row[3] is not None]
    if others:
        made[others] = shapely.from_wkb([bytes(rows[at][3]) for at in others])
    return made


def _check(rows: Sequence[Any], most: int) -> None:
    if len(rows) > most:
        raise CannotBeAsked(
            token="geography", position=0, reason=f"more than {most} geometries are meant"
        )


def _length(geometries: Any) -> Any:
    """Lengths of lines; areas and points have none. Source: OGC simple features, ST_Length."""
    return np.where(
        np.isin(shapely.get_dimensions(geometries), [1]), shapely.length(geometries), 0.0
    )
