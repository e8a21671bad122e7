"""Which format a reader gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.ogcapi.errors import FormatUnknown
from hereabouts.standards.ogcapi.model import CSV_TYPE, GEOJSON_TYPE, HTML_TYPE, JSON_TYPE
from hereabouts.standards.ogcapi.negotiation import choose

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OFFERED = (GEOJSON_TYPE, HTML_TYPE, CSV_TYPE)


@pytest.mark.parametrize(
    ("accept", "served"),
    [
        ("", GEOJSON_TYPE),
        ("*/*", GEOJSON_TYPE),
        (BROWSER, HTML_TYPE),
        ("application/geo+json", GEOJSON_TYPE),
        ("application/json", GEOJSON_TYPE),
        ("text/csv;q=0.5, text/html;q=0.4", CSV_TYPE),
        ("text/csv;q=0.5, text/*;q=0.9", HTML_TYPE),
        ("text/html;q=0, application/json;q=0.1", GEOJSON_TYPE),
        ("image/png", GEOJSON_TYPE),
        ("text/html;q=much", GEOJSON_TYPE),
    ],
)
def test_accept_header_decides_where_nothing_else_does(accept: str, served: str) -> None:
    assert choose(None, accept, OFFERED) == served


def test_parameter_f_outweighs_the_header() -> None:
    assert choose("csv", BROWSER, OFFERED) == CSV_TYPE
    assert choose("json", BROWSER, (JSON_TYPE, HTML_TYPE)) == JSON_TYPE


def test_format_that_is_not_offered_is_refused_with_those_that_are() -> None:
    with pytest.raises(FormatUnknown, match="json, html, csv") as refusal:
        choose("xml", "", OFFERED)
    assert refusal.value.status == 400


@given(st.text(max_size=200))
def test_any_header_leads_to_a_format(accept: str) -> None:
    assert choose(None, accept, OFFERED) in OFFERED
