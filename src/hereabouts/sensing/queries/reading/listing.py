"""The statement behind a path: its steps as joins, its filter, its order and one page of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hereabouts.sensing.queries.reading.conditions import holds
from hereabouts.sensing.queries.reading.fields import STREAMS
from hereabouts.sensing.queries.reading.ordering import Term, behind, order_by, order_terms
from hereabouts.sensing.queries.reading.paging import read_token
from hereabouts.sensing.queries.reading.sources import (
    Bound,
    Query,
    Reader,
    Scope,
    Source,
    link_condition,
)
from hereabouts.sensing.queries.reading.tables import link_of
from hereabouts.standards.sensorthings.model import Relation
from hereabouts.standards.sensorthings.tree import Expression, Options, ResourcePath, Step


@dataclass
class Listing:
    """Rows at the end of a path: the statement so far, and the alias of what is listed."""

    query: Query
    source: Source
    scope: Scope
    alias: str
    rank: str = ""
    """The column by which relations that are ordered are ordered."""
    where: list[str] = field(default_factory=list)


def open_listing(reader: Reader, steps: Sequence[Step]) -> Listing:
    """The rows at the end of a path, walked from its end; each step is a condition."""
    query = Query(reader)
    source = Source(query)
    alias = source.add(steps[-1].entity)
    listing = Listing(query, source, Scope(source), alias)
    listing.scope.bound["", ()] = Bound(steps[-1].entity, alias, source)
    far = alias
    for position in range(len(steps) - 1, -1, -1):
        step = steps[position]
        key = query.bind(step.key) if step.key is not None else ""
        if key:
            listing.where.append(f"{far}.id = {key}")
        if step.relation is not None:
            far = _step_back(listing, steps[position - 1], step.relation, far)
    return listing


def _step_back(listing: Listing, before: Step, relation: Relation, far: str) -> str:
    """Join the step before, on the relation that leads from it."""
    source, link = listing.source, link_of(before.entity.name, relation)
    between = ""
    if link.between is not None:
        between = listing.query.alias()
        source.join(f"{link.between[0]} {between}")
        listing.where.append(f"{far}.id = {between}.{link.between[2]}")
        if link.rank and far == listing.alias:
            listing.rank = f"{between}.{link.rank}"
    near = source.add(before.entity)
    if link.either and before.key is not None:
        # With the key itself both databases find the rows by their indexes.
        literal = listing.query.bind(before.key)
        listing.where.append(link.either.format(f=far, n=literal))
    else:
        listing.where.append(link_condition(link, near, far, between))
    return near


def usual_order(steps: Sequence[Step], listing: Listing) -> list[Term]:
    """The order where none is asked for: by id, but as the rows lie within one stream."""
    if listing.rank:
        return [Term(listing.rank)]
    is_of_stream = (
        len(steps) > 1
        and steps[-1].entity.name == "Observation"
        and steps[-2].entity.name in STREAMS
    )
    return [Term(f"{listing.alias}.started")] if is_of_stream else []


def add_filter(listing: Listing, condition: Expression | None) -> None:
    """Keep only the rows for which a filter holds. Raises: CannotBeAsked."""
    if condition is not None:
        listing.where.append(holds(listing.scope, condition))


def page_statement(
    listing: Listing, path: ResourcePath, options: Options, *, columns: Sequence[str], size: int
) -> tuple[str, list[int]]:
    """One page and one row more, and where in its rows the keys of its order stand.

    `columns` are templates over the alias of what is listed; they come first, in order.

    Raises: CannotBeAsked, BadPageToken.
    """
    listing.query.stops_early = not options.order
    add_filter(listing, options.filter)
    terms = order_terms(
        listing.scope, listing.alias, options, first=usual_order(path.steps, listing)
    )
    if options.skip_token is not None:
        keys = read_token(path.text, options, terms)
        listing.where.append(behind(listing.query, terms, keys))
    read = [column.format(listing.alias) for column in columns]
    places = []
    for term in terms:
        if term.sql not in read:
            read.append(term.sql)
        places.append(read.index(term.sql))
    skip = options.skip if options.skip_token is None else 0
    sql = (
        f"SELECT {', '.join(read)}{listing.source.text(listing.where)}"
        f" ORDER BY {order_by(listing.query.dialect, terms)} LIMIT {size + 1}"
    )
    return (f"{sql} OFFSET {skip}" if skip else sql), places
