"""Layers as vector-tile messages: attribute tables shared by all features, features in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hereabouts.standards.mvt.frame import EXTENT, Geometries
from hereabouts.standards.mvt.shapes import Shapes, shapes_of
from hereabouts.standards.mvt.wire import (
    Rows,
    block,
    braid,
    column,
    double_field,
    encoded_sizes,
    number_field,
    varint,
    varints,
)

Value = str | bool | int | float
Column = Sequence[Value | None]

VERSION = 2

# Fields of the messages. Source: vector_tile.proto of the specification.
TILE_LAYER = 3
LAYER_NAME, LAYER_FEATURE, LAYER_KEY, LAYER_VALUE, LAYER_EXTENT, LAYER_VERSION = 1, 2, 3, 4, 5, 15
FEATURE_TAGS, FEATURE_TYPE, FEATURE_GEOMETRY = 2, 3, 4
VALUE_STRING, VALUE_DOUBLE, VALUE_UINT, VALUE_SINT, VALUE_BOOL = 1, 3, 5, 6, 7
BLOCK = 2
"""Wire type of a length-delimited field."""

SHORT_TEXT = 125
"""Bytes of a text up to which its value message has lengths of one byte each."""
SHORT_VALUE, SHORT_STRING = LAYER_VALUE << 3 | BLOCK, VALUE_STRING << 3 | BLOCK


@dataclass(frozen=True)
class Layer:
    """What one layer of a tile shows, in drawing order.

    `geometries` are in tile units, `(n,)`, None where there is nothing; each column of
    `attributes` has a value a geometry, None where it has none.
    """

    name: str
    geometries: Geometries
    attributes: Mapping[str, Column] = field(default_factory=dict)
    extent: int = EXTENT


def encode_tile(layers: Iterable[Layer]) -> bytes:
    """A tile of these layers; no bytes at all when none of them has anything left to show."""
    return b"".join(encode_layer(layer) for layer in layers)


def encode_layer(layer: Layer) -> bytes:
    """One layer as it stands in a tile; layers joined end to end are a tile."""
    shapes = shapes_of(layer.geometries)
    if not len(shapes):
        return b""
    table = _Values()
    tags = _tags(layer.attributes, shapes, table)
    content = [
        block(LAYER_NAME, layer.name.encode()),
        varints(_features(shapes, tags).values),
        *(block(LAYER_KEY, key.encode()) for key in layer.attributes),
        *table.messages(),
        number_field(LAYER_EXTENT, layer.extent),
        number_field(LAYER_VERSION, VERSION),
    ]
    return block(TILE_LAYER, b"".join(content))


TEXT_OR_NOTHING = {str, type(None)}


def _features(shapes: Shapes, tags: Rows) -> Rows:
    rows = len(shapes)
    body = braid(
        column(FEATURE_TAGS << 3 | BLOCK, rows),
        column(encoded_sizes(tags), rows),
        tags,
        column(FEATURE_TYPE << 3, rows),
        column(shapes.kinds, rows),
        column(FEATURE_GEOMETRY << 3 | BLOCK, rows),
        column(encoded_sizes(shapes.commands), rows),
        shapes.commands,
    )
    return braid(column(LAYER_FEATURE << 3 | BLOCK, rows), column(encoded_sizes(body), rows), body)


def _tags(attributes: Mapping[str, Column], shapes: Shapes, table: _Values) -> Rows:
    """Pairs of key number and value number for every feature that is left."""
    rows, width = len(shapes), len(attributes)
    pairs = np.zeros((rows, width, 2), dtype=np.int64)
    pairs[:, :, 0] = np.arange(width)
    left = shapes.places.tolist()
    for number, values in enumerate(attributes.values()):
        pairs[:, number, 1] = table.numbers_of([values[place] for place in left])
    present = pairs[:, :, 1] >= 0
    return Rows(pairs[present].ravel().astype(np.uint32), 2 * present.sum(axis=1, dtype=np.int64))


class _Values(dict[Value | tuple[type, Value] | None, int]):
    """The layer's table of values: each different one once, told apart by type as well."""

    ABSENT = -1

    def __init__(self) -> None:
        super().__init__({None: self.ABSENT})

    def __missing__(self, key: Value | tuple[type, Value] | None) -> int:
        """The next free number, for a value not seen before."""
        number = self[key] = len(self) - 1
        return number

    def numbers_of(self, values: Column) -> list[int]:
        """Each value's place in the table; −1 for no value."""
        keys: Iterable[Value | tuple[type, Value] | None] = values
        if not set(map(type, values)) <= TEXT_OR_NOTHING:
            # True, 1 and 1.0 are one key to a dictionary, and three values to a tile.
            keys = [v if v is None or isinstance(v, str) else (type(v), v) for v in values]
        return list(map(self.__getitem__, keys))

    def messages(self) -> Iterable[bytes]:
        """The table as fields of the layer."""
        for key in self:
            if isinstance(key, tuple):
                yield block(LAYER_VALUE, _value(key[1]))
            elif not isinstance(key, str):
                continue
            elif len(text := key.encode()) <= SHORT_TEXT:
                yield bytes((SHORT_VALUE, len(text) + 2, SHORT_STRING, len(text))) + text
            else:
                yield block(LAYER_VALUE, block(VALUE_STRING, text))


def _value(value: Value) -> bytes:
    """A number's message; texts have a quicker way, since nearly all values are texts."""
    match value:
        case bool():
            return number_field(VALUE_BOOL, value)
        case int() if value >= 0:
            return number_field(VALUE_UINT, value)
        case int():
            return varint(VALUE_SINT << 3) + varint(-2 * value - 1)
        case _:
            return double_field(VALUE_DOUBLE, float(value))
