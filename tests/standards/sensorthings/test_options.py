"""Query options: what is read, merged and refused; and links that repeat them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.standards.sensorthings import conformance
from hereabouts.standards.sensorthings.conformance import REQUIREMENTS
from hereabouts.standards.sensorthings.errors import (
    BadRequest,
    NotImplementedOption,
    OptionUnreadable,
    TooComplex,
)
from hereabouts.standards.sensorthings.links import (
    navigation_link,
    page_link,
    self_link,
    write_query,
)
from hereabouts.standards.sensorthings.model import (
    DATASTREAM,
    ENTITY_TYPES,
    MULTI_DATASTREAM,
    OBSERVATION,
    THING,
)
from hereabouts.standards.sensorthings.parsing.options import parse_options, read_pairs
from hereabouts.standards.sensorthings.tree import (
    Expansion,
    Metadata,
    Options,
    PropertyPath,
    ResultFormat,
    SelectedProperty,
    SelectedRelation,
)
from tests.standards.sensorthings.printing import without_positions

READING = REQUIREMENTS + "request-data/"
BASE = "https://town.test/sta/v1.1"


def outline(options: Options) -> dict[str, object]:
    """Expansions by name, each with what it expands and its other options as text."""
    return {
        one.relation.name: (
            outline(one.options),
            {name: text for name, text in one.options.texts if name != "$expand"},
        )
        for one in options.expand
    }


@pytest.mark.requirement(READING + "expand")
@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("Datastreams", {"Datastreams": ({}, {})}),
        ("Datastreams/Sensor", {"Datastreams": ({"Sensor": ({}, {})}, {})}),
        (
            "Datastreams($filter=name eq 'a;b),c';$top=2),"
            "Datastreams/Observations($top=1),Locations",
            {
                "Datastreams": (
                    {"Observations": ({}, {"$top": "1"})},
                    {"$filter": "name eq 'a;b),c'", "$top": "2"},
                ),
                "Locations": ({}, {}),
            },
        ),
        (
            "\n  Datastreams/Sensor ,\n Datastreams($expand=Observations( $top = 1 ; $skip=2 ))",
            {
                "Datastreams": (
                    {"Sensor": ({}, {}), "Observations": ({}, {"$top": "1", "$skip": "2"})},
                    {},
                )
            },
        ),
        (
            "Datastreams($expand=Observations/FeatureOfInterest),Datastreams($count=true)",
            {
                "Datastreams": (
                    {"Observations": ({"FeatureOfInterest": ({}, {})}, {})},
                    {"$count": "true"},
                )
            },
        ),
        (
            "Datastreams/Thing/Datastreams",
            {"Datastreams": ({"Thing": ({"Datastreams": ({}, {})}, {})}, {})},
        ),
    ],
)
def test_what_is_said_about_one_relation_is_one_expansion(
    text: str, expanded: dict[str, object]
) -> None:
    options = parse_options(f"$expand={quote(text)}", THING)
    assert outline(options) == expanded
    again = parse_options(write_query(options.texts), THING)
    assert without_positions(again) == without_positions(options)
    for expansion in options.expand:
        _check_texts(expansion)


def _check_texts(expansion: Expansion) -> None:
    """The options of an expansion, asked for by themselves, mean the same."""
    target = ENTITY_TYPES[expansion.relation.target]
    alone = parse_options(write_query(expansion.options.texts), target)
    assert outline(alone) == outline(expansion.options)
    for inner in expansion.options.expand:
        _check_texts(inner)


@pytest.mark.requirement(READING + "select")
@pytest.mark.requirement(conformance.DEEP_SELECT)
def test_select_takes_properties_relations_ids_and_members_each_once() -> None:
    text = "name,Datastreams,id,properties/a/b,properties/list[1],@iot.id, name"
    selected = parse_options(f"$select={text}", THING).select
    assert selected == (
        SelectedProperty(THING.properties["name"]),
        SelectedRelation(THING.relations["Datastreams"]),
        SelectedProperty(None),
        SelectedProperty(THING.properties["properties"], ("a", "b")),
        SelectedProperty(THING.properties["properties"], ("list", 1)),
    )


@pytest.mark.requirement(conformance.SELECT_DISTINCT)
def test_distinct_rows_are_of_properties_and_ordered_by_them() -> None:
    options = parse_options("$select=distinct:properties/type,name&$orderby=properties/type", THING)
    assert options.is_distinct and len(options.select) == 2
    for query in (
        "$select=distinct:Datastreams",
        "$select=distinct:name&$orderby=id",
        "$select=distinct:name&$expand=Datastreams",
        "$expand=Datastreams($select=distinct:name)",
    ):
        with pytest.raises(OptionUnreadable):
            parse_options(query, THING)


@pytest.mark.requirement(READING + "orderby")
def test_order_takes_several_keys_related_ones_and_expressions() -> None:
    order = parse_options("$orderby=name desc,Thing/id asc, length(name)", DATASTREAM).order
    assert [key.is_descending for key in order] == [True, False, False]
    related = order[1].expression
    assert isinstance(related, PropertyPath) and related.entity is THING
    with pytest.raises(OptionUnreadable, match="gives no order"):
        parse_options("$orderby=location", ENTITY_TYPES["Location"])


@pytest.mark.parametrize(
    ("key", "token", "position"),
    [
        ("nonexist", "nonexist", 0),
        ("name,nonexist desc", "nonexist", 5),
        ("length(name, 1)", "length", 0),
        ("name gt", "", 7),
    ],
)
def test_an_order_that_cannot_be_read_says_that_it_is_the_order(
    key: str, token: str, position: int
) -> None:
    inside = len("Datastreams($orderby=")
    for query, at in ((f"$orderby={key}", 0), (f"$expand=Datastreams($orderby={key})", inside)):
        with pytest.raises(OptionUnreadable, match=r"in \$orderby, ") as refused:
            parse_options(query, THING)
        assert (refused.value.token, refused.value.position) == (token, at + position)


def test_results_behind_a_multi_datastream_are_lists_in_every_option() -> None:
    observations = MULTI_DATASTREAM.relations["Observations"]
    for query in ("$filter=result gt 1", "$orderby=result"):
        assert parse_options(query, OBSERVATION)
        with pytest.raises(BadRequest, match="list"):
            parse_options(query, OBSERVATION, relation=observations)
        with pytest.raises(BadRequest, match="list"):
            parse_options(f"$expand=Observations({query})", MULTI_DATASTREAM)
    assert parse_options("$filter=result[0] gt 1&$orderby=result[0]", OBSERVATION).order


@pytest.mark.requirement(READING + "top")
@pytest.mark.requirement(READING + "skip")
@pytest.mark.requirement(READING + "count")
def test_top_skip_and_count_are_read_strictly() -> None:
    options = parse_options("$top=5&$skip=10&$count=true", THING)
    assert (options.top, options.skip, options.count) == (5, 10, True)
    assert parse_options("$top=0&$count=false", THING).top == 0
    for query in (
        "$top=-1",
        "$top=1.5",
        "$top=",
        "$skip=x",
        "$skip=-1",
        "$count=yes",
        "$count=True",
    ):
        with pytest.raises(OptionUnreadable):
            parse_options(query, THING)


@pytest.mark.requirement(READING + "query-status-code")
@pytest.mark.parametrize(
    ("query", "status", "token"),
    [
        ("$filtre=x", 400, "$filtre"),
        ("$Filter=true", 400, "$Filter"),
        ("filter=true", 400, "filter"),
        ("$search=x", 501, "$search"),
        ("$format=json", 501, "$format"),
        ("$top=1&$top=2", 400, "$top"),
        ("$filter=%ff", 400, "%ff"),
        ("$expand=Datastream", 400, "Datastream"),
        ("$expand=Datastreams($top=1)($skip=1)", 400, ")($skip=1"),
        ("$expand=Datastreams($top=1", 400, "Datastreams($top=1"),
        ("$expand=Datastreams($top)", 400, "$top"),
        ("$expand=Datastreams($resultFormat=CSV)", 400, "$resultFormat"),
        ("$expand=Datastreams($top=1),Datastreams($top=2)", 400, "2"),
        ("$expand=Datastreams($top=1;$top=1)", 400, "$top"),
        ("$expand=$value", 501, "$value"),
        ("$select=Datastreams/name", 400, "Datastreams/name"),
        ("$select=", 400, ""),
        ("$select=colour", 400, "colour"),
        ("$resultFormat=XML", 400, "XML"),
        ("$resultFormat=dataArray", 400, "dataArray"),
        ("$resultMetadata=some", 400, "some"),
    ],
)
def test_what_is_no_option_is_refused_with_its_token(query: str, status: int, token: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_options(query, THING)
    assert refused.value.status == status
    assert isinstance(refused.value, NotImplementedOption) is (status == 501)
    assert refused.value.token == token


def test_formats_metadata_and_foreign_parameters() -> None:
    options = parse_options("$resultFormat=dataArray&$resultMetadata=none&_=123&x=y", OBSERVATION)
    assert options.result_format is ResultFormat.DATA_ARRAY
    assert options.metadata is Metadata.NONE
    assert options.texts == (("$resultFormat", "dataArray"), ("$resultMetadata", "none"))


@pytest.mark.parametrize(
    "query",
    [
        "$filter=resultTime%20gt%202024-01-01T00%3A00%3A00%2B01%3A00",
        "%24filter=resultTime+gt+2024-01-01T00:00:00+01:00",
        b"$filter=resultTime gt 2024-01-01T00:00:00+0100",
    ],
)
def test_encoded_and_raw_forms_parse_alike(query: str | bytes) -> None:
    wanted = parse_options("$filter=resultTime gt 2024-01-01T00:00:00%2B01:00", OBSERVATION)
    read = parse_options(query, OBSERVATION)
    assert without_positions(read.filter) == without_positions(wanted.filter)


def test_plain_text_is_not_decoded() -> None:
    assert parse_options("$filter=name eq 'a%20+b'", THING, is_encoded=False).texts == (
        ("$filter", "name eq 'a%20+b'"),
    )


def test_expansions_are_limited_in_depth_and_number() -> None:
    deep = "/".join(["Datastreams", "Thing"] * 10)
    with pytest.raises(TooComplex):
        parse_options(f"$expand={deep}", THING)
    wide = ",".join(f"Datastreams/{name}" for name in DATASTREAM.relations)
    assert parse_options(f"$expand={wide}", THING).expand
    with pytest.raises(TooComplex):
        parse_options("$filter=" + "a" * 40_000, THING)


@pytest.mark.requirement(READING + "pagination")
def test_next_links_keep_the_path_and_round_trip_every_option() -> None:
    texts = (
        ("$filter", "name eq 'a&b?c=d#e+f%20' and properties/x gt 5"),
        ("$expand", "Datastreams($filter=name eq 'x;y';$top=1)"),
        ("$top", "2"),
        ("$skip", "4"),
    )
    link = page_link(BASE, "Things", Options(texts=texts), skiptoken="a+b/c=", skip=None)
    assert link.count("?") == 1 and "#" not in link and " " not in link
    parts = urlsplit(link)
    assert parts.path == "/sta/v1.1/Things"
    assert tuple(read_pairs(parts.query)) == (*texts[:3], ("$skiptoken", "a+b/c="))
    assert parse_options(parts.query, THING).skip_token == "a+b/c="
    nested = page_link(BASE, "Things(1)/Datastreams", Options(), skip=100)
    assert nested == f"{BASE}/Things(1)/Datastreams?$skip=100"


def test_links_lead_to_entities_and_along_relations() -> None:
    assert self_link(BASE, THING, 5) == f"{BASE}/Things(5)"
    link = navigation_link(BASE, DATASTREAM, 5, DATASTREAM.relations["Thing"])
    assert link == f"{BASE}/Datastreams(5)/Thing"


@given(st.lists(st.tuples(st.sampled_from(["$filter", "$select"]), st.text()), max_size=2))
def test_any_text_round_trips_through_a_query_string(pairs: list[tuple[str, str]]) -> None:
    query = write_query(pairs)
    assert query.isascii() and not set(query) & set("?#+ ")
    assert list(read_pairs(query)) == pairs


WORDS = st.sampled_from(
    [
        "$filter=",
        "$expand=",
        "$select=",
        "$orderby=",
        "$top=",
        "$count=",
        "&",
        ";",
        "(",
        ")",
        ",",
        "/",
        "Datastreams",
        "Observations",
        "name",
        "id",
        "'",
        "%27",
        "%",
        "+",
        "1",
        "true",
        "distinct:",
        "properties",
        "[1]",
        " desc",
        "$",
        "=",
        "\0",
        "é",
        "$skiptoken=",
        "$resultFormat=",
        "CSV",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(ENTITY_TYPES)),
    st.text() | st.binary() | st.lists(WORDS, max_size=14).map("".join),
    st.booleans(),
)
def test_no_query_does_anything_but_parse_or_be_refused(
    entity: str, query: str | bytes, is_encoded: bool
) -> None:
    try:
        options = parse_options(query, ENTITY_TYPES[entity], is_encoded=is_encoded)
    except BadRequest as refused:
        assert refused.status in (400, 501)
    else:
        again = parse_options(write_query(options.texts), ENTITY_TYPES[entity])
        assert without_positions(again.expand) == without_positions(options.expand)
        assert without_positions(again.filter) == without_positions(options.filter)


def test_the_same_option_twice_is_no_contradiction() -> None:
    assert parse_options("$top=1&$expand=Locations&%24expand=Locations%20", THING).top == 1
