"""The standard's query parameters: what is read, and what is refused with its name."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.geometry import Box
from hereabouts.standards.ogcapi.errors import ParameterUnknown, ParameterUnreadable
from hereabouts.standards.ogcapi.model import Property, Type
from hereabouts.standards.ogcapi.parameters import (
    HIGHEST_LIMIT,
    Place,
    check_names,
    read_bbox,
    read_datetime,
    read_limit,
    read_token,
    read_value,
    write_token,
)

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/req/core/"


@pytest.mark.requirement(CORE + "fc-limit-definition")
def test_limit_counts_from_one_and_stops_at_the_highest() -> None:
    assert read_limit(None) == 100
    assert read_limit("1") == 1
    assert read_limit("10000000") == HIGHEST_LIMIT


@pytest.mark.requirement(CORE + "fc-limit-definition")
@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "ten", "1e3", "١٢", "9" * 40])
def test_limit_that_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(ParameterUnreadable, match="limit") as refusal:
        read_limit(text)
    assert refusal.value.status == 400


@pytest.mark.requirement(CORE + "fc-bbox-definition")
@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        ("-3.1,51.5,-2.9,51.6", (Box(-3.1, 51.5, -2.9, 51.6),)),
        ("-3.1,51.5,0,-2.9,51.6,100", (Box(-3.1, 51.5, -2.9, 51.6),)),
        (" -3 , 51 , -2 , 52 ", (Box(-3, 51, -2, 52),)),
        ("-1e1,5.1e1,+1e1,.52E2", (Box(-10, 51, 10, 52),)),
        ("170,-10,-170,10", (Box(-180, -10, -170, 10), Box(170, -10, 180, 10))),
    ],
)
def test_bbox_has_four_numbers_or_six_and_may_cross_the_antimeridian(
    text: str, boxes: tuple[Box, ...]
) -> None:
    assert read_bbox(text) == boxes


@pytest.mark.requirement(CORE + "fc-bbox-definition")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "1,2,3,4,5,6,7",
        "a,b,c,d",
        "nan,0,1,1",
        "0,0,inf,1",
        "1e999,0,1,1",
        "0,2,1,1",
        "-181,0,1,1",
        "0,0,1,91",
        "0,0,1,1\x00",
        ",".join(["1.0"] * 20_000),
    ],
)
def test_bbox_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(ParameterUnreadable, match="bbox") as refusal:
        read_bbox(text)
    assert refusal.value.status == 400
    assert len(str(refusal.value)) < 200


@given(st.text(max_size=60))
def test_bbox_is_read_or_refused_but_never_breaks(text: str) -> None:
    try:
        boxes = read_bbox(text)
    except ParameterUnreadable:
        return
    assert boxes


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # parts of a date in order


DAY_END = (23, 59, 59, 999_999)


@pytest.mark.requirement(CORE + "fc-time-definition")
@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024-02-29", moment(2024, 2, 29), moment(2024, 2, 29, *DAY_END)),
        ("2024-01-01T10:00:00Z", moment(2024, 1, 1, 10), moment(2024, 1, 1, 10)),
        ("2024-01-01T10:00:00+01:00", moment(2024, 1, 1, 9), moment(2024, 1, 1, 9)),
        ("2024-01-01t10:00:00.5z", *[moment(2024, 1, 1, 10, 0, 0, 500_000)] * 2),
        ("2024-01-01/2024-01-31", moment(2024, 1, 1), moment(2024, 1, 31, *DAY_END)),
        ("2024-01-01/..", moment(2024, 1, 1), None),
        ("/2024-01-01", None, moment(2024, 1, 1, *DAY_END)),
        ("../..", None, None),
    ],
)
def test_datetime_is_a_moment_a_day_or_an_interval(
    text: str, start: datetime | None, end: datetime | None
) -> None:
    interval = read_datetime(text)
    assert interval is not None
    assert (interval.start, interval.end) == (start, end)


@pytest.mark.requirement(CORE + "fc-time-definition")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-02-30",
        "2024-01-01T10:00:00",
        "2024-02-01/2024-01-01",
        "2024-01-01/2024-02-01/2024-03-01",
        "0001-01-01T00:00:00+23:59",
        "9" * 5_000,
    ],
)
def test_datetime_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(ParameterUnreadable, match="datetime"):
        read_datetime(text)


@given(st.text(max_size=50))
def test_datetime_is_read_or_refused_but_never_breaks(text: str) -> None:
    try:
        interval = read_datetime(text)
    except ParameterUnreadable:
        return
    assert interval is not None


@pytest.mark.requirement(CORE + "query-param-unknown")
def test_parameter_that_is_not_declared_is_refused_with_those_that_are() -> None:
    check_names({"limit": "1"}, {"limit", "f"})
    with pytest.raises(ParameterUnknown, match=r"“colour” here\. There are: f, limit"):
        check_names({"colour": "red"}, {"limit", "f"})


@pytest.mark.requirement(CORE + "fc-filters")
@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (Type.TEXT, "Mill Lane", "Mill Lane"),
        (Type.INTEGER, "-20", -20),
        (Type.NUMBER, "2.5", 2.5),
        (Type.BOOLEAN, "true", True),
        (Type.DATE, "2024-05-02", date(2024, 5, 2)),
    ],
)
def test_property_values_are_read_by_their_type(type_: Type, text: str, value: object) -> None:
    assert read_value(Property("p", "P", type_), text) == value


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (Type.INTEGER, "2.5"),
        (Type.INTEGER, "9" * 30),
        (Type.NUMBER, "1e999"),
        (Type.BOOLEAN, "yes"),
        (Type.DATE, "2024-02-31"),
        (Type.TEXT, "a\x00b"),
        (Type.TEXT, "a" * 501),
    ],
)
def test_property_values_of_another_type_are_refused_by_name(type_: Type, text: str) -> None:
    with pytest.raises(ParameterUnreadable, match="“p”"):
        read_value(Property("p", "P", type_), text)


@given(st.integers(0, 2**62), st.integers(0, 2**62))
def test_page_ends_come_back_from_their_words(cell: int, key: int) -> None:
    assert read_token(write_token(Place(cell, key))) == Place(cell, key)


@given(st.text(max_size=120))
def test_words_we_did_not_give_out_are_refused(text: str) -> None:
    try:
        place = read_token(text)
    except ParameterUnreadable:
        return
    assert place is not None


@pytest.mark.parametrize("inside", ["1.2.3", "a.b", f"{2**64}.1", "1", ""])
def test_words_with_something_else_inside_are_refused(inside: str) -> None:
    with pytest.raises(ParameterUnreadable, match="next"):
        read_token(base64.urlsafe_b64encode(inside.encode()).decode())
