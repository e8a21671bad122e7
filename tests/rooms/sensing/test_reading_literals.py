"""Functions with nothing but literals in them, in `$filter` and in `$orderby`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from django.db import connection

from hereabouts.sensing.errors.reading import CannotBeAsked
from tests.rooms.sensing.reading_world import ask, build, found, ids

pytestmark = pytest.mark.django_db

THINGS = [1, 2, 3, 6]
SHAPES = [
    f"geography'{text}'"
    for text in (
        "POINT(1 2)",
        "LINESTRING(0 0,3 4)",
        "POLYGON((0 0,1 0,1 1,0 1,0 0))",
        "MULTIPOINT((0 0),(1 1))",
        "MULTILINESTRING((0 0,1 1),(2 2,3 3))",
        "MULTIPOLYGON(((0 0,1 0,1 1,0 1,0 0)))",
        "GEOMETRYCOLLECTION(POINT(0 0),LINESTRING(0 0,1 1))",
        "POINT Z(1 2 3)",
        "POINT(1000 1000)",
        "LINESTRING(-1e9 0,1e9 0)",
    )
]
RELATIONS = (
    "geo.intersects st_equals st_disjoint st_touches st_within st_overlaps st_crosses"
    " st_intersects st_contains"
).split()


@pytest.fixture(autouse=True)
def _world(db: None) -> Iterator[None]:
    build()
    yield


@pytest.mark.parametrize(
    ("filter", "holds"),
    [
        ("geo.length(geography'LINESTRING(0 0,3 4)') eq 5", True),
        ("geo.length(geography'LINESTRING(0 0,3 4)') gt 5", False),
        ("5 le geo.length(geography'LINESTRING(0 0,3 4)')", True),
        ("geo.length(geography'LINESTRING(0 0,3 4)') add 1 eq 6", True),
        ("geo.length(geography'POINT(1 2)') eq 0", True),
        ("geo.length(geography'POLYGON((0 0,1 0,1 1,0 0))') eq 0", True),
        ("geo.length(geography'MULTILINESTRING((0 0,3 4),(0 0,0 1))') eq 6", True),
        ("round(geo.length(geography'LINESTRING(0 0,1 1)')) eq 1", True),
        ("geo.distance(geography'POINT(0 0)', geography'POINT(3 4)') eq 5", True),
        ("geo.distance(geography'POINT(0 0)', geography'POINT(3 4)') gt id add 5", False),
        ("geo.intersects(geography'POINT(0 0)', geography'LINESTRING(0 0,3 4)')", True),
        ("st_equals(geography'POINT(0 0)', geography'POINT(0 1)')", False),
        ("st_disjoint(geography'POINT(0 0)', geography'POINT(0 1)')", True),
        ("st_touches(geography'POINT(0 0)', geography'LINESTRING(0 0,3 4)')", True),
        ("st_within(geography'POINT(1 1)', geography'POLYGON((0 0,2 0,2 2,0 2,0 0))')", True),
        ("st_contains(geography'POINT(1 1)', geography'POLYGON((0 0,2 0,2 2,0 2,0 0))')", False),
        ("st_overlaps(geography'LINESTRING(0 0,2 0)', geography'LINESTRING(1 0,3 0)')", True),
        ("st_crosses(geography'LINESTRING(0 0,2 2)', geography'LINESTRING(0 2,2 0)')", True),
        ("st_intersects(geography'POINT(0 0)', geography'POINT(0 0)')", True),
        ("st_relate(geography'POINT(0 0)', geography'POINT(0 0)', '0FFFFFFF2')", True),
    ],
)
def test_geometries_that_were_both_written_are_compared(filter: str, holds: bool) -> None:
    assert found("Things", filter) == (THINGS if holds else [])


def test_every_function_of_space_takes_any_two_literals() -> None:
    for first, second in itertools.product(SHAPES, SHAPES):
        for name in RELATIONS:
            assert found("Things", f"{name}({first},{second})") in (THINGS, [])
        assert found("Things", f"geo.distance({first},{second}) ge 0") == THINGS
        assert found("Things", f"st_relate({first},{second},'*********')") == THINGS
    for shape in SHAPES:
        assert found("Things", f"geo.length({shape}) ge 0") == THINGS


@pytest.mark.parametrize("call", ["length({0})", "distance({0}, geography'POINT(0 0)')"])
def test_an_order_by_literals_alone_is_that_of_the_id(call: str) -> None:
    for shape in SHAPES:
        assert ids(ask("Things", f"$orderby=geo.{call.format(shape)}")) == THINGS
        descending = ask("Things", f"$orderby=geo.{call.format(shape)} desc")
        assert ids(descending) == THINGS[::-1]


@pytest.mark.parametrize(
    "condition",
    [
        "totaloffsetminutes({0}) eq 120",
        "hour({0}) eq 0",
        "day({0}) eq 1",
        "month({0}) eq 1",
        "year({0}) eq 2026",
        "minute({0}) eq 30",
        "second({0}) eq 15",
        "fractionalseconds({0}) eq 0.5",
        "date({0}) eq 2026-01-01",
        "time({0}) eq 00:30:15.5",
        "hour({0} add duration'PT25H') eq 1",
        "hour(duration'PT25H' add {0}) eq 1",
        "totaloffsetminutes({0} sub duration'PT1H') eq 120",
        "{0} eq 2025-12-31T22:30:15.5Z",
        "hour({0}/2026-01-02T00:00:00Z) eq 0",
        "totaloffsetminutes({0}/2026-01-02T00:00:00Z) eq 120",
        "date({0}) lt '2026-01-02' and length(date({0})) eq 10",
    ],
)
def test_parts_of_a_written_time_are_those_of_its_own_zone(condition: str) -> None:
    filter = condition.format("2026-01-01T00:30:15.5+02:00")
    assert found("Things", filter) == THINGS


def test_zones_of_every_form_count_and_what_is_stored_is_in_utc() -> None:
    for text, minutes, hour in (
        ("2026-01-01T12:00:00+02:00", 120, 12),
        ("2026-01-01T12:00:00-0330", -210, 12),
        ("2026-01-01T12:00:00+14", 840, 12),
        ("2026-01-01T12:00:00 02:00", 120, 12),
        ("2026-01-01T12:00:00Z", 0, 12),
        ("0001-01-01T00:00:00-02:00", -120, 0),
    ):
        filter = f"totaloffsetminutes({text}) eq {minutes} and hour({text}) eq {hour}"
        assert found("Things", filter) == THINGS
    stored = "hour(phenomenonTime) eq 12 and totaloffsetminutes(phenomenonTime) eq 0"
    assert found("Observations", f"{stored} and totaloffsetminutes(now()) eq 0") == [10, 20, 30, 70]


def test_a_time_outside_the_calendar_has_no_parts() -> None:
    for time in ("mindatetime() sub duration'P1D'", "maxdatetime() add duration'P4000D'"):
        for part in ("year", "month", "day", "hour", "date", "time"):
            assert found("Things", f"{part}({time}) eq null") == THINGS, part
        assert ids(ask("Things", f"$orderby=year({time})")) == THINGS


def test_a_number_that_does_not_fit_is_refused_and_may_stand_in_the_order() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's numbers become infinite instead")
    with pytest.raises(CannotBeAsked) as refused:
        ask("Things", f"$orderby=id mul {'9' * 300} mul {'9' * 300}")
    assert "$orderby" in refused.value.facts["token"]
