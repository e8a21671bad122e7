"""`$select=distinct:…`: the different values that some properties have, each once.

Rows of such an answer are no entities: they have no id, no links and nothing expanded. There are
few of them, so pages simply say how many came before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.expanding import page_size
from hereabouts.sensing.queries.reading.fields import Field, field_of
from hereabouts.sensing.queries.reading.listing import Listing, add_filter, open_listing
from hereabouts.sensing.queries.reading.ordering import Term, order_by, terms_of_key
from hereabouts.sensing.queries.reading.paging import next_link, read_token
from hereabouts.sensing.queries.reading.properties import json_column
from hereabouts.sensing.queries.reading.selecting import Document, nest, pick
from hereabouts.sensing.queries.reading.sources import Bound, Reader
from hereabouts.standards.sensorthings.model import Property, Shape
from hereabouts.standards.sensorthings.tree import Options, ResourcePath, SelectedProperty

_BEFORE = Term("before")
"""Stands in a token for how many rows came before."""


def read_distinct(
    reader: Reader, path: ResourcePath, options: Options, base: str
) -> tuple[list[Document], str | None]:
    """One page of different rows, and the link to the next. Raises: BadPageToken, CannotBeAsked."""
    listing = open_listing(reader, path.steps)
    add_filter(listing, options.filter)
    chosen = [one for one in options.select if isinstance(one, SelectedProperty)]
    fields = [_field(listing, path, one) for one in chosen]
    columns = [column.format(listing.alias) for field in fields for column in field.columns]
    terms = [term for key in options.order for term in terms_of_key(listing.scope, key)]
    terms += [Term(column, "any", is_nullable=True) for column in columns]
    size, skip = page_size(reader, options), options.skip
    if options.skip_token is not None:
        skip = max(0, read_token(path.text, options, [_BEFORE])[0])
    if any(field.needs_state for field in fields):
        listing.source.add_state(listing.alias)
    read = list(dict.fromkeys([*columns, *(term.sql for term in terms)]))
    named = ", ".join(f"{column} AS c{at}" for at, column in enumerate(read))
    placed = [
        Term(f"c{read.index(term.sql)}", term.kind, term.is_descending, term.is_nullable)
        for term in terms
    ]
    # The order is put round the different rows, where both databases allow expressions.
    sql = (
        f"SELECT * FROM (SELECT DISTINCT {named}{listing.source.text(listing.where)}) different"
        f" ORDER BY {order_by(listing.query.dialect, placed)} LIMIT {size + 1} OFFSET {skip}"
    )
    rows = listing.query.run(sql) if size else []
    link = None
    if len(rows) > size:
        rows.pop()
        link = next_link(base, path.text, options, [skip + size])
    places = [read.index(column) for column in columns]
    return [_document(row, fields, places) for row in rows], link


def _field(listing: Listing, path: ResourcePath, chosen: SelectedProperty) -> Field:
    owned, members = chosen.property, chosen.members
    if owned is None:
        return Field("@iot.id", ("{0}.id",), _first, True)
    field = field_of(path.entity, owned, is_always=True)
    if not members:
        return field
    if owned.shape is Shape.UNIT:
        return Field(
            owned.name, field.columns, lambda r, a: pick(field.make(r, a), [members]), True
        )
    sql = _inside(listing, path, owned, chosen)
    return Field(
        owned.name,
        (sql.replace("{", "{{").replace("}", "}}"),),
        lambda row, at: None if row[at] is None else nest(members, _raw(row[at])),
        True,
    )


def _inside(listing: Listing, path: ResourcePath, owned: Property, chosen: SelectedProperty) -> str:
    bound = Bound(path.entity, listing.alias, listing.source)
    return listing.query.dialect.json_value(json_column(bound, owned), chosen.members).json


def _first(row: Row, at: int) -> Any:
    return row[at]


def _raw(text: str) -> Any:
    return msgspec.Raw(text.encode())


def _document(row: Row, fields: Sequence[Field], places: Sequence[int]) -> Document:
    document: Document = {}
    values = tuple(row[place] for place in places)
    at = 0
    for field in fields:
        value = field.make(values, at)
        at += len(field.columns)
        held = document.get(field.name)
        if isinstance(held, dict) and isinstance(value, dict):
            value = {**held, **value}
        document[field.name] = value
    return document
