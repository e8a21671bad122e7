"""One page of a set: a statement, or for all observations a few, each looking further."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.listing import Listing, open_listing, page_statement
from hereabouts.sensing.queries.reading.narrowing import find_streams, list_windows
from hereabouts.sensing.queries.reading.paging import peek_first_key
from hereabouts.sensing.queries.reading.selecting import Selection
from hereabouts.sensing.queries.reading.sources import Reader
from hereabouts.standards.sensorthings.model import FEATURE_OF_INTEREST, OBSERVATION
from hereabouts.standards.sensorthings.tree import (
    Constant,
    Expression,
    Operation,
    Options,
    PropertyPath,
    ResourcePath,
)

MOST_LED = 200
"""Where no more streams than this are meant, their observations are read without windows."""


def read_page(
    reader: Reader, path: ResourcePath, options: Options, selection: Selection, *, size: int
) -> tuple[list[Row], Sequence[int]]:
    """The rows of a page and one more, and where in a row the keys of the order stand.

    Raises: CannotBeAsked, BadPageToken.
    """
    return read_columns(
        reader, path, options, selection.columns, size=size, needs_state=selection.needs_state
    )


def read_columns(
    reader: Reader,
    path: ResourcePath,
    options: Options,
    columns: Sequence[str],
    *,
    size: int,
    needs_state: bool = False,
) -> tuple[list[Row], Sequence[int]]:
    """The same for columns, which are templates over the alias of what is listed."""
    rows: list[Row] = []
    places: Sequence[int] = ()
    streams = _streams(reader, path, options)
    is_led = streams is not None and len(streams) <= MOST_LED
    windows = iter((None,)) if is_led else _windows(reader, path, options, size)
    for window in windows:
        listing = open_listing(reader, path.steps)
        if needs_state:
            listing.source.add_state(listing.alias)
        if streams is not None or window is not None:
            _narrow(listing, streams, window)
        sql, places = page_statement(listing, path, options, columns=columns, size=size)
        rows = listing.query.run(sql) if size else []
        if not size or len(rows) > size:
            break
    return rows, places


def _is_of_all(path: ResourcePath) -> bool:
    """Whether all observations there are lie behind a path."""
    return len(path.steps) == 1 and path.entity.name == "Observation"


def _streams(reader: Reader, path: ResourcePath, options: Options) -> list[int] | None:
    condition = _condition(path, options)
    if condition is None:
        return None
    is_by_id = not options.order or _is_id(options)
    return find_streams(reader, condition, is_by_id=is_by_id)


def _condition(path: ResourcePath, options: Options) -> Expression | None:
    """What is said of all observations: the filter, or that they are of the feature in the path."""
    if _is_of_all(path):
        return options.filter
    first = path.steps[0]
    is_of_feature = len(path.steps) == 2 and first.entity is FEATURE_OF_INTEREST
    if not is_of_feature or first.key is None:
        return None
    relation = OBSERVATION.relations[FEATURE_OF_INTEREST.name]
    feature = PropertyPath((relation,), FEATURE_OF_INTEREST, None)
    of_feature = Operation("eq", feature, Constant(first.key))
    if options.filter is None:
        return of_feature
    return Operation("and", of_feature, options.filter)


def _is_id(options: Options) -> bool:
    first = options.order[0].expression
    return isinstance(first, PropertyPath) and not first.relations and first.property is None


def _windows(
    reader: Reader, path: ResourcePath, options: Options, size: int
) -> Iterator[tuple[int, int] | None]:
    if not _is_of_all(path):
        return iter((None,))
    first = peek_first_key(options)
    behind = first if isinstance(first, int) else None
    return list_windows(reader, options, size=size, behind=behind)


def _narrow(listing: Listing, streams: list[int] | None, window: tuple[int, int] | None) -> None:
    """Name the streams, so that each is searched by its own times."""
    alias, query = listing.alias, listing.query
    named = "(SELECT stream_id FROM sensing_stream_state)"
    if streams is not None:
        named = query.bind_ids(streams)
    if streams is not None and len(streams) == 1:
        # One stream is walked in its own order.
        listing.where.append(f"{alias}.stream_id = {query.bind(streams[0])}")
    else:
        listing.where.append(f"{alias}.stream_id IN {named}")
    if window is not None:
        first, last = (query.bind(edge) for edge in window)
        listing.where.append(f"{alias}.started BETWEEN {first} AND {last}")
