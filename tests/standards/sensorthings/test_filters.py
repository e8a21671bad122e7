"""The filter language: what is understood, and what is refused with its token."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.standards.sensorthings.conformance import REQUIREMENTS
from hereabouts.standards.sensorthings.errors import BadRequest, FilterUnreadable, TooComplex
from hereabouts.standards.sensorthings.model import (
    DATASTREAM,
    ENTITY_TYPES,
    LOCATION,
    MULTI_DATASTREAM,
    OBSERVATION,
    THING,
    EntityType,
)
from hereabouts.standards.sensorthings.parsing.filters import parse_filter
from hereabouts.standards.sensorthings.parsing.functions import FUNCTIONS
from hereabouts.standards.sensorthings.times import HOUR
from hereabouts.standards.sensorthings.tree import (
    AnyOf,
    Call,
    Constant,
    Expression,
    GeometryConstant,
    InList,
    InPath,
    InstantConstant,
    Operation,
    PropertyPath,
)
from tests.standards.sensorthings.printing import print_expression, without_positions
from tests.standards.sensorthings.strategies import ENTITIES, filters

OPERATIONS = REQUIREMENTS + "request-data/built-in-filter-operations"
MULTI = MULTI_DATASTREAM
QUERY_FUNCTIONS = REQUIREMENTS + "request-data/built-in-query-functions"


def shown(text: str, entity: EntityType = THING) -> str:
    """How a filter is understood, with every bracket written."""
    return print_expression(parse_filter(text, entity))


@pytest.mark.requirement(OPERATIONS)
@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("id eq 1 or id eq 2 and id eq 3", "((id eq 1) or ((id eq 2) and (id eq 3)))"),
        ("not id eq 1 and id eq 2", "((not (id eq 1)) and (id eq 2))"),
        ("not (id eq 1 and id eq 2)", "(not ((id eq 1) and (id eq 2)))"),
        ("id add 2 mul 3 eq 7", "((id add (2 mul 3)) eq 7)"),
        ("id sub 2 sub 3 lt -7", "(((id sub 2) sub 3) lt -7)"),
        ("-id mul 2 ge -(id)", "(((-(id)) mul 2) ge (-(id)))"),
        ("id gt 1 eq true", "((id gt 1) eq true)"),
        ("id div 2 mod 3 ne .5", "(((id div 2) mod 3) ne 0.5)"),
        ("properties/on or not properties/off", "(properties/'on' or (not properties/'off'))"),
        ("@iot.id le 1e2", "(id le 100.0)"),
        ("name eq 'it''s'", "(name eq 'it''s')"),
        ("id in (1, '2')", "(id in (1, 2))"),
        ("'x' in properties/tags", "('x' in properties/'tags')"),
        ("(((id eq 1)))", "(id eq 1)"),
        ("Datastreams/id ne null", "(Datastreams/id ne null)"),
        ("\n id\teq  1 ", "(id eq 1)"),
    ],
)
def test_operators_bind_as_the_standard_ranks_them(text: str, understood: str) -> None:
    assert shown(text) == understood


@pytest.mark.requirement(QUERY_FUNCTIONS)
@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_takes_its_number_of_arguments_and_no_other(name: str) -> None:
    arguments = {
        "substring": ["name", "1", "2"],
        "st_relate": ["location", "geography'POINT(0 0)'", "'T********'"],
    }.get(name)
    if arguments is None:
        kinds = [sorted(kind.name for kind in kinds) for kinds in FUNCTIONS[name].parameters]
        arguments = [EXAMPLES[one[0]] for one in kinds]
    call = f"{name}({','.join(arguments)})"
    parsed = parse_filter(f"{call} eq {call}", LOCATION)
    assert isinstance(parsed, Operation) and isinstance(parsed.left, Call)
    assert parsed.left.function == name
    for wrong in ([*arguments, "name", "name"], arguments[: FUNCTIONS[name].fewest - 1]):
        if wrong != arguments:
            with pytest.raises(FilterUnreadable) as refused:
                parse_filter(f"{name}({','.join(wrong)}) eq 1", LOCATION)
            assert refused.value.token == name


EXAMPLES = {
    "ANY": "properties/a",
    "INSTANT": "now()",
    "MOMENT": "2024-01-01T00:00:00Z/2024-01-02T00:00:00Z",
    "GEOMETRY": "location",
}


@pytest.mark.parametrize(
    ("text", "entity", "token", "reason"),
    [
        ("", THING, "", "value was expected"),
        ("name", THING, "name", "condition was expected"),
        ("id add 1", THING, "id", "condition was expected"),
        ("name eq", THING, "", "text ends"),
        ("name eq 'x", THING, "'x", "never closed"),
        ("name ~ 'x'", THING, "~", "no word"),
        ("name = 'x'", THING, "=", "no word"),
        ("name eq 'x' id", THING, "id", "operator or the end"),
        ("(name eq 'x'", THING, "", "“\\)” was expected"),
        ("name eq 'x')", THING, ")", "operator or the end"),
        ("name eq 5", THING, "eq", "text and a number"),
        ("id eq 'one'", THING, "eq", "text and a number"),
        ("id eq true", THING, "eq", "cannot be compared"),
        ("properties/on gt true", THING, "gt", "no order"),
        ("name gt null", THING, "gt", "no order"),
        ("colour eq 'x'", THING, "colour", "no property or relation"),
        ("Name eq 'x'", THING, "Name", "called name"),
        ("Datastream/name eq 'x'", THING, "Datastream", "called Datastreams"),
        ("Things/name eq 'x'", DATASTREAM, "Things", "called Thing"),
        ("Datastreams eq null", THING, "Datastreams", "Datastreams/id"),
        ("name/first eq 'x'", THING, "first", "nothing inside"),
        ("Datastreams[0]/name eq 'x'", THING, "Datastreams", "behind a list"),
        ("nearby(name)", THING, "nearby", "no such function"),
        ("startswith(name 'x')", THING, "'x'", "“,” was expected"),
        ("round(name) eq 1", THING, "round", "takes a JSON value or a number"),
        ("name add 1 eq 2", THING, "add", "cannot join"),
        ("substring(name, -1) eq 'x'", THING, "substring", "whole numbers from 0"),
        ("1 in (1, null)", THING, "null", "other than null"),
        ("id in (id)", THING, "id", "constants"),
        ("'x' in name", THING, "name", "no list"),
        ("name in properties/tags", THING, "in", "number, text, true or false"),
        ("Datastreams/any(d d/id eq 1)", THING, "d/id", "“:” was expected"),
        ("Datastreams/any(name: id eq 1) and any(d: true)", THING, "any", "no such function"),
        ("Datastreams/any(d: d/Observations/any(d: true))", THING, "d", "new name"),
        ("Datastreams/any(d: d/name)", THING, "d/name", "condition was expected"),
        ("d/name eq 'x'", THING, "d", "no property or relation"),
        ("location eq geography'POINT(0 0)'", LOCATION, "eq", "st_equals"),
        ("st_within(location, geography'POINT(0)')", LOCATION, "geography'POINT(0)'", "well-known"),
        ("st_within(location, 'POINT(0 0)')", LOCATION, "st_within", "takes a geometry"),
        ("st_within(location, geography'POINT EMPTY')", LOCATION, "geography'POINT EMPTY'",
         "empty"),
        ("st_within(location, geography'POLYGON((0 0,1 1,1 0,0 1,0 0))')", LOCATION,
         "geography'POLYGON((0 0,1 1,1 0,0 1,0 0))'", "not valid"),
        ("st_relate(location, geography'POINT(0 0)', 'T')", LOCATION, "st_relate", "nine signs"),
        ("during(phenomenonTime, 2024-01-01T00:00:00Z)", OBSERVATION, "during", "an interval"),
        ("during(phenomenonTime, resultTime)", OBSERVATION, "during", "an interval"),
        ("phenomenonTime gt 2024-01-01", OBSERVATION, "2024-01-01", "time such as|zone"),
        ("phenomenonTime gt 2024-01-01T00:00:00", OBSERVATION, "2024-01-01T00:00:00", "zone"),
        ("phenomenonTime gt 5", OBSERVATION, "gt", "cannot be compared"),
        ("phenomenonTime gt 'soon'", OBSERVATION, "soon", "not a time"),
        ("phenomenonTime gt now() sub duration'P1M'", OBSERVATION, "P1M", "days"),
        ("parameters/at gt 2024-01-01T00:00:00Z", OBSERVATION, "gt", "JSON holds no times"),
        ("id eq 1e999", THING, "1e999", "too large"),
        ("unitOfMeasurement/size eq 'x'", DATASTREAM, "size", "name, symbol and definition"),
        ("unitOfMeasurements/0/name eq 'x'", MULTI, "0", r"write unitOfMeasurements\[0\]"),
        ("multiObservationDataTypes/a eq 'x'", MULTI, "a", "is a list"),
        ("unitOfMeasurements eq 'x'", MULTI, "eq", "no value of its own"),
        ("startswith(multiObservationDataTypes, 'x')", MULTI, "startswith", "not a list"),
        ("Observations/result gt 1", MULTI, "gt", "no value of its own"),
        ("MultiDatastream/Observations/result eq 'x'", OBSERVATION, "eq", "no value of its own"),
        ("Observations/any(o: o/result eq 1)", MULTI, "eq", "no value of its own"),
        ("Observations/any(o: o/result)", MULTI, "o/result", "this is a list"),
        ("Observations/result/0 eq 1", MULTI, "0", r"write result\[0\]"),
        ("geo.length(geography'LINESTRING(0 0,1e300 0)') gt 1", THING,
         "geography'LINESTRING(0 0,1e300 0)'", "number of degrees"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_with_the_token(
    text: str, entity: EntityType, token: str, reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason) as refused:
        parse_filter(text, entity)
    assert refused.value.status == 400
    assert refused.value.token == token
    assert text[refused.value.position :].strip("'").startswith(token.strip("'")[:5])


def test_texts_become_times_dates_and_ids_as_the_other_side_asks() -> None:
    for text, offset in (
        ("2024-01-01T01:00:00+01:00", HOUR),
        ("'2024-01-01T00:00:00Z'", 0),
        ("2024-01-01T01:00:00 01:00", HOUR),
        ("'2023-12-31T20:30:00-0330'", -7 * HOUR // 2),
    ):
        parsed = parse_filter(f"phenomenonTime ge {text}", OBSERVATION)
        assert isinstance(parsed, Operation)
        wanted = InstantConstant(1_704_067_200_000_000, offset=offset)
        assert without_positions(parsed.right) == wanted
    assert shown("date(resultTime) eq 2024-01-01", OBSERVATION).endswith("'2024-01-01')")
    assert shown("time(resultTime) lt '10:00'", OBSERVATION).endswith("'10:00:00.000000')")
    assert shown("result gt '3'", OBSERVATION) == "(result gt '3')"
    assert shown("parameters/a eq '5'", OBSERVATION) == "(parameters/'a' eq '5')"


@pytest.mark.parametrize(
    "text", ["POINT(-1.25 51.75)", "Point ( -1.25   51.75 )", "srid=4326;point(-1.25 51.75)"]
)
def test_geometries_are_read_in_any_case_longitude_first(text: str) -> None:
    parsed = parse_filter(f"geo.intersects(location, GEOGRAPHY'{text}')", LOCATION)
    assert isinstance(parsed, Call) and isinstance(parsed.arguments[1], GeometryConstant)
    point = shapely.from_wkb(parsed.arguments[1].wkb)
    assert (point.x, point.y) == (-1.25, 51.75)


def test_results_of_a_multi_datastream_are_asked_value_by_value() -> None:
    for text in (
        "result[0] gt 1",
        "result ne null",
        "3 in result",
        "Datastream/Observations/result gt 1",
        "FeatureOfInterest/Observations/any(o: o/result eq 1)",
    ):
        parse_filter(text, OBSERVATION, relation=MULTI.relations["Observations"])
    with pytest.raises(FilterUnreadable, match="no value of its own"):
        parse_filter("result eq 1", OBSERVATION, relation=MULTI.relations["Observations"])
    parse_filter("result eq 1", OBSERVATION, relation=DATASTREAM.relations["Observations"])
    parse_filter("unitOfMeasurements[1]/symbol eq '%' and 'x' in multiObservationDataTypes", MULTI)


def test_any_names_a_related_row_beside_those_outside() -> None:
    text = "Datastreams/any(d: d/Observations/any(o: o/result gt d/properties/limit) and id eq 1)"
    parsed = parse_filter(text, THING)
    assert isinstance(parsed, AnyOf) and isinstance(parsed.condition, Operation)
    inner, outside = parsed.condition.left, parsed.condition.right
    assert isinstance(inner, AnyOf) and (inner.outer, inner.variable) == ("d", "o")
    assert isinstance(inner.condition, Operation)
    limit = inner.condition.right
    assert isinstance(limit, PropertyPath) and limit.variable == "d" and limit.entity is DATASTREAM
    assert isinstance(outside, Operation) and isinstance(outside.left, PropertyPath)
    assert outside.left.variable == "" and outside.left.entity is THING


def test_paths_walk_relations_and_then_json() -> None:
    parsed = parse_filter("Datastreams/Thing/properties/list[1]/'a b' in ('x', 3)", THING)
    assert isinstance(parsed, InList) and isinstance(parsed.operand, PropertyPath)
    assert [relation.name for relation in parsed.operand.relations] == ["Datastreams", "Thing"]
    assert parsed.operand.members == ("list", 1, "a b")
    assert isinstance(parse_filter("3 in result", OBSERVATION), InPath)


def test_long_chains_stay_shallow_and_deep_nesting_is_refused() -> None:
    parsed = parse_filter(" or ".join(f"id eq {key}" for key in range(400)), THING)
    depth, node = 0, parsed
    while isinstance(node, Operation):
        depth, node = depth + 1, node.left
    assert depth < 12
    for text in ("(" * 500 + "true" + ")" * 500, "not " * 500 + "true", "-" * 500 + "id eq 1"):
        with pytest.raises(TooComplex):
            parse_filter(text, THING)
    with pytest.raises(TooComplex):
        parse_filter("id" + " add id" * 500 + " eq 1", THING)
    with pytest.raises(TooComplex):
        parse_filter(" and ".join(["true"] * 5000), THING)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_written_reads_back_as_it_was_meant(data: st.DataObject) -> None:
    entity = data.draw(ENTITIES)
    parsed = parse_filter(data.draw(filters(entity)), entity)
    again = parse_filter(print_expression(parsed), entity)
    assert without_positions(again) == without_positions(parsed)


WORDS = st.sampled_from(
    ["name", "id", "'a'", "'", "5", "-", "(", ")", ",", ":", " eq ", " and ", " in ", "not ", "any",
     "/", "Datastreams", "d", "now()", "2024-01-01T00:00:00Z", "2024", "duration'P1D'", "result",
     "geography'POINT(0 0)'", "geography'", "length(", "during(", "null", "properties", "[1]", "\0",
     "é", " add ", "@iot.id", "$count", "%", "\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(ENTITY_TYPES)), st.text() | st.lists(WORDS, max_size=14).map("".join))
def test_no_text_does_anything_but_parse_or_be_refused(entity: str, text: str) -> None:
    try:
        parsed: Expression = parse_filter(text, ENTITY_TYPES[entity])
    except BadRequest as refused:
        assert refused.status == 400
        assert refused.sentence()
    else:
        assert parsed is not None


def test_negative_and_large_numbers_keep_their_kind() -> None:
    def value(text: str) -> Any:
        parsed = parse_filter(f"id eq {text}", THING)
        assert isinstance(parsed, Operation) and isinstance(parsed.right, Constant)
        return parsed.right.value

    assert value("-5") == -5 and isinstance(value("-5"), int)
    assert isinstance(value("5.0"), float)
    assert value("9223372036854775808") == float(2**63)
