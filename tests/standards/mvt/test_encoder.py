"""The vector-tile encoder against the specification, with another implementation as the judge."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import msgspec
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from hereabouts.standards.mvt import EXTENT, Layer, Value, encode_layer, encode_tile
from hereabouts.standards.mvt.wire import varint, varints, zigzag

SPEC = "https://github.com/mapbox/vector-tile-spec/tree/master/2.1#"


def features_of(tile: bytes, layer: str = "layer") -> list[dict[str, Any]]:
    decoded = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    found: list[dict[str, Any]] = decoded[layer]["features"]
    return found


def message_of(tile: bytes) -> Any:
    message = vector_tile_pb2.tile()
    message.ParseFromString(tile)
    return message


def layer_of(*shapes: str | shapely.Geometry, **attributes: list[Value | None]) -> Layer:
    geometries = [shapely.from_wkt(shape) if isinstance(shape, str) else shape for shape in shapes]
    return Layer("layer", np.array(geometries, dtype=object), attributes)


def commands_of(*shapes: str) -> list[list[int]]:
    message = message_of(encode_layer(layer_of(*shapes)))
    return [list(feature.geometry) for feature in message.layers[0].features]


def shape_from(geometry: dict[str, Any]) -> shapely.Geometry:
    found: shapely.Geometry = shapely.from_geojson(msgspec.json.encode(geometry))
    return found


def surveyor(ring: list[list[int]]) -> float:
    points = np.array(ring, dtype=np.int64)
    after = np.roll(points[:-1], -1, axis=0)
    return float((points[:-1, 0] * after[:, 1] - after[:, 0] * points[:-1, 1]).sum()) / 2


def rings_of(feature: dict[str, Any]) -> list[list[list[list[int]]]]:
    coordinates = feature["geometry"]["coordinates"]
    return [coordinates] if feature["geometry"]["type"] == "Polygon" else coordinates


@pytest.mark.requirement(SPEC + "435-example-geometry-encodings")
@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("POINT (25 17)", [9, 50, 34]),
        ("MULTIPOINT ((5 7), (3 2))", [17, 10, 14, 3, 9]),
        ("LINESTRING (2 2, 2 10, 10 10)", [9, 4, 4, 18, 0, 16, 16, 0]),
        (
            "MULTILINESTRING ((2 2, 2 10, 10 10), (1 1, 3 5))",
            [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8],
        ),
        ("POLYGON ((3 6, 8 12, 20 34, 3 6))", [9, 6, 12, 18, 10, 12, 24, 44, 15]),
    ],
)
def test_geometry_is_encoded_as_the_specification_shows(shape: str, expected: list[int]) -> None:
    assert commands_of(shape) == [expected]


@pytest.mark.requirement(SPEC + "4356-example-multi-polygon")
def test_multipolygon_with_a_hole_is_encoded_as_the_specification_shows() -> None:
    shape = (
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)),"
        " ((11 11, 20 11, 20 20, 11 20, 11 11), (13 13, 13 17, 17 17, 17 13, 13 13)))"
    )
    expected = [9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15]
    expected += [9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15]
    expected += [9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15]
    assert commands_of(shape) == [expected]


@pytest.mark.requirement(SPEC + "4344-polygon-geometry-type")
def test_exterior_rings_run_clockwise_and_holes_the_other_way_however_they_arrive() -> None:
    outer, hole = "(0 0, 100 0, 100 100, 0 100, 0 0)", "(20 20, 40 20, 40 40, 20 40, 20 20)"
    backwards = "(0 0, 0 100, 100 100, 100 0, 0 0)"
    features = features_of(
        encode_layer(layer_of(f"POLYGON ({outer}, {hole})", f"POLYGON ({backwards}, {hole})"))
    )
    for feature in features:
        ((exterior, interior),) = rings_of(feature)
        assert surveyor(exterior) == 10_000
        assert surveyor(interior) == -400


@pytest.mark.requirement(SPEC + "4344-polygon-geometry-type")
def test_ring_that_crosses_itself_on_the_grid_is_mended() -> None:
    # A sliver of a notch: valid before rounding, a crossing of two edges after it.
    sliver = "POLYGON ((0 0, 50.4 10.4, 100 20.4, 50.6 10.6, 100 100, 0 100, 0 0))"
    assert shapely.from_wkt(sliver).is_valid
    (feature,) = features_of(encode_layer(layer_of(sliver)))
    for polygon in rings_of(feature):
        assert shapely.Polygon(polygon[0], polygon[1:]).is_valid


@pytest.mark.requirement(SPEC + "4344-polygon-geometry-type")
def test_polygon_that_collapses_on_the_grid_is_left_out_with_its_attributes() -> None:
    tile = encode_layer(
        layer_of(
            "POLYGON ((10.1 10.1, 10.3 10.1, 10.3 10.3, 10.1 10.1))",
            "POLYGON ((0 0, 9 0, 9 9, 0 0))",
            name=["speck", "field"],
        )
    )
    assert [feature["properties"] for feature in features_of(tile)] == [{"name": "field"}]
    assert list(message_of(tile).layers[0].values[0].string_value) == list("field")


def test_hole_that_collapses_leaves_its_polygon_whole() -> None:
    shape = "POLYGON ((0 0, 90 0, 90 90, 0 90, 0 0), (5.1 5.1, 5.1 5.3, 5.3 5.3, 5.1 5.1))"
    (feature,) = features_of(encode_layer(layer_of(shape)))
    assert [len(rings) for rings in rings_of(feature)] == [1]


@pytest.mark.requirement(SPEC + "4343-linestring-geometry-type")
def test_line_of_no_length_is_left_out_and_repeated_points_are_written_once() -> None:
    assert commands_of("LINESTRING (5.1 5.1, 5.3 5.2)", "LINESTRING (0 0, 0.2 0, 8 0)") == [
        [9, 0, 0, 10, 16, 0]
    ]


@pytest.mark.requirement(SPEC + "3-projection-and-bounds")
def test_points_are_rounded_into_their_own_tile() -> None:
    (feature,) = features_of(encode_layer(layer_of("POINT (4095.9 0.9)")))
    assert feature["geometry"]["coordinates"] == [4095, 0]


@pytest.mark.requirement(SPEC + "41-layers")
def test_layer_names_its_version_extent_and_keys_once() -> None:
    tile = encode_layer(
        layer_of("POINT (1 1)", "POINT (2 2)", kind=["a", "a"], lit=[True, None], width=[1, 1.0])
    )
    (layer,) = message_of(tile).layers
    assert (layer.version, layer.name, layer.extent) == (2, "layer", EXTENT)
    assert list(layer.keys) == ["kind", "lit", "width"]
    assert len(layer.values) == 4


@pytest.mark.requirement(SPEC + "44-feature-attributes")
def test_values_keep_their_types_and_missing_ones_are_absent() -> None:
    values: list[Value | None] = [True, 1, 1.0, "1", -7, False, 0, None, "", 2**40, "Ŵy" * 80]
    tile = encode_layer(layer_of(*["POINT (1 1)"] * len(values), value=values))
    decoded = [feature["properties"].get("value") for feature in features_of(tile)]
    assert decoded == values
    assert [type(value) for value in decoded] == [type(value) for value in values]


@pytest.mark.requirement(SPEC + "42-features")
def test_features_keep_their_order_whatever_their_kind() -> None:
    shapes = [
        "LINESTRING (0 0, 9 9)",
        "POLYGON ((0 0, 9 0, 9 9, 0 0))",
        "POINT (3 3)",
        "LINESTRING (5 5, 5 9)",
    ]
    tile = encode_layer(layer_of(*shapes, number=[1, 2, 3, 4]))
    assert [feature["properties"]["number"] for feature in features_of(tile)] == [1, 2, 3, 4]
    assert [feature.type for feature in message_of(tile).layers[0].features] == [2, 3, 1, 2]


@pytest.mark.requirement(SPEC + "41-layers")
def test_layer_without_features_takes_no_bytes() -> None:
    assert encode_tile([layer_of(), Layer("none", np.array([None, None], dtype=object))]) == b""


def test_layers_stand_in_a_tile_in_their_order() -> None:
    geometries = np.array([shapely.Point(1, 1)], dtype=object)
    tile = encode_tile([Layer("ground", geometries), Layer("streets", geometries)])
    assert [layer.name for layer in message_of(tile).layers] == ["ground", "streets"]


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1))
def test_varints_of_many_numbers_are_those_of_each(numbers: list[int]) -> None:
    assert varints(np.array(numbers, dtype=np.uint32)) == b"".join(map(varint, numbers))


@given(st.integers(-(2**30), 2**30))
def test_zigzag_alternates_between_signs(number: int) -> None:
    expected = 2 * number if number >= 0 else -2 * number - 1
    assert zigzag(np.array([number], dtype=np.int32)).tolist() == [expected]


units = st.integers(-64 * 256, (EXTENT + 64) * 256).map(lambda count: count / 256)
coordinates = st.tuples(units, units)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
values_of_any_type = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts
values_of_any_type |= st.floats(allow_nan=False)


def polygon_through(points: list[tuple[float, float]]) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon(points))


shapes_of_any_kind = st.one_of(
    coordinates.map(shapely.Point),
    st.lists(coordinates, min_size=2, max_size=12).map(shapely.LineString),
    st.lists(coordinates, min_size=3, max_size=9)
    .map(polygon_through)
    .filter(lambda shape: shape.geom_type in ("Polygon", "MultiPolygon")),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(shapes_of_any_kind, values_of_any_type), max_size=8))
def test_another_implementation_reads_back_what_was_written(
    rows: list[tuple[shapely.Geometry, Value | None]],
) -> None:
    layer = layer_of(*[shape for shape, _ in rows], value=[value for _, value in rows])
    layer.attributes["place"] = list(range(len(rows)))  # type: ignore[index]  # a plain dict here
    tile = encode_layer(layer)
    read = features_of(tile) if tile else []
    places = [feature["properties"]["place"] for feature in read]
    assert places == sorted(places)
    for feature in read:
        shape, value = rows[feature["properties"]["place"]]
        assert feature["properties"].get("value") == value
        written = shape_from(feature["geometry"])
        assert written.is_valid
        assert shape.buffer(1.5).covers(written)
    lost = [shape for place, (shape, _) in enumerate(rows) if place not in places]
    assert all(shape.buffer(-1.5).is_empty for shape in lost)
    assert all(shape.length < 2 for shape in lost if shape.geom_type == "LineString")
