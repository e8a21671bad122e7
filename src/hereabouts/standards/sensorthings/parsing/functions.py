"""Every function of the filter language: how many arguments it takes and of which kinds.

Source: OGC 18-088, 9.3.3.5.2; the interval functions and `in` are extensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias


class Kind(Enum):
    """What a value is, as far as the text of a filter tells."""

    NUMBER = "a number"
    TEXT = "a text"
    BOOLEAN = "a condition"
    INSTANT = "a time"
    PERIOD = "an interval"
    MOMENT = "a time or an interval"
    DURATION = "a duration"
    DATE = "a date"
    TIME_OF_DAY = "a time of day"
    GEOMETRY = "a geometry"
    ANY = "a JSON value"
    """A JSON member or a result, typed row by row."""
    LIST = "a list"
    NULL = "null"


Kinds: TypeAlias = frozenset[Kind]

TIMES: Kinds = frozenset({Kind.INSTANT, Kind.PERIOD, Kind.MOMENT})
NUMBERS: Kinds = frozenset({Kind.NUMBER, Kind.ANY})
TEXTS: Kinds = frozenset({Kind.TEXT, Kind.NUMBER, Kind.ANY, Kind.DATE, Kind.TIME_OF_DAY})
"""What text functions take; numbers and ids are compared by their text."""
CONDITIONS: Kinds = frozenset({Kind.BOOLEAN, Kind.ANY})
GEOMETRIES: Kinds = frozenset({Kind.GEOMETRY})
SPANS: Kinds = frozenset({Kind.PERIOD, Kind.MOMENT})


@dataclass(frozen=True)
class Signature:
    """The kinds a function takes, argument by argument, and the kind it yields.

    The last `optional` arguments may be left out.
    """

    parameters: tuple[Kinds, ...]
    result: Kind
    optional: int = 0

    @property
    def fewest(self) -> int:
        """How many arguments are needed."""
        return len(self.parameters) - self.optional


_TIME_PARTS = ("year", "month", "day", "hour", "minute", "second", "fractionalseconds")
_SPATIAL = ("equals", "disjoint", "touches", "within", "overlaps", "crosses", "intersects")
_TEMPORAL = ("before", "after", "meets", "overlaps", "starts", "finishes")
_PATTERN: Kinds = frozenset({Kind.TEXT})

FUNCTIONS: Mapping[str, Signature] = MappingProxyType(
    {
        "substringof": Signature((TEXTS, TEXTS), Kind.BOOLEAN),
        "startswith": Signature((TEXTS, TEXTS), Kind.BOOLEAN),
        "endswith": Signature((TEXTS, TEXTS), Kind.BOOLEAN),
        "length": Signature((TEXTS,), Kind.NUMBER),
        "indexof": Signature((TEXTS, TEXTS), Kind.NUMBER),
        "substring": Signature((TEXTS, NUMBERS, NUMBERS), Kind.TEXT, optional=1),
        "tolower": Signature((TEXTS,), Kind.TEXT),
        "toupper": Signature((TEXTS,), Kind.TEXT),
        "trim": Signature((TEXTS,), Kind.TEXT),
        "concat": Signature((TEXTS, TEXTS), Kind.TEXT),
        **{name: Signature((TIMES,), Kind.NUMBER) for name in _TIME_PARTS},
        "date": Signature((TIMES,), Kind.DATE),
        "time": Signature((TIMES,), Kind.TIME_OF_DAY),
        "totaloffsetminutes": Signature((TIMES,), Kind.NUMBER),
        "now": Signature((), Kind.INSTANT),
        "mindatetime": Signature((), Kind.INSTANT),
        "maxdatetime": Signature((), Kind.INSTANT),
        "round": Signature((NUMBERS,), Kind.NUMBER),
        "floor": Signature((NUMBERS,), Kind.NUMBER),
        "ceiling": Signature((NUMBERS,), Kind.NUMBER),
        "geo.distance": Signature((GEOMETRIES, GEOMETRIES), Kind.NUMBER),
        "geo.length": Signature((GEOMETRIES,), Kind.NUMBER),
        "geo.intersects": Signature((GEOMETRIES, GEOMETRIES), Kind.BOOLEAN),
        **{f"st_{name}": Signature((GEOMETRIES, GEOMETRIES), Kind.BOOLEAN) for name in _SPATIAL},
        "st_contains": Signature((GEOMETRIES, GEOMETRIES), Kind.BOOLEAN),
        "st_relate": Signature((GEOMETRIES, GEOMETRIES, _PATTERN), Kind.BOOLEAN),
        **{name: Signature((TIMES, TIMES), Kind.BOOLEAN) for name in _TEMPORAL},
        "during": Signature((TIMES, SPANS), Kind.BOOLEAN),
    }
)
"""Every function by its name in lower case."""
