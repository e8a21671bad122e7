"""Statements for plain pages of observations, compiled once for each shape of question."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.listing import open_listing, page_statement
from hereabouts.sensing.queries.reading.observing import COLUMNS
from hereabouts.sensing.queries.reading.pages import read_columns
from hereabouts.sensing.queries.reading.sources import Reader
from hereabouts.standards.sensorthings.tree import Options, PropertyPath, ResourcePath

MOST_STATEMENTS = 500

_statements: dict[Hashable, tuple[str, Sequence[int]]] = {}


def read_rows(
    reader: Reader, path: ResourcePath, options: Options, size: int
) -> tuple[list[Row], Sequence[int]]:
    """A page of observations and one row more, and where the keys of the order stand in a row."""
    if not size:
        return [], ()
    if not _has_only_keys(path, options):
        return read_columns(reader, path, options, COLUMNS, size=size)
    shape = (
        tuple((step.entity, step.relation, step.key is None) for step in path.steps),
        (options.order, options.skip, size),
        (reader.level, reader.database.dialect.name),
    )
    found = _statements.get(shape)
    if found is None:
        if len(_statements) >= MOST_STATEMENTS:
            _statements.clear()
        listing = open_listing(reader, path.steps)
        found = page_statement(listing, path, options, columns=COLUMNS, size=size)
        _statements[shape] = found
    # Keys are bound from the end of the path to its beginning.
    keys = [step.key for step in reversed(path.steps) if step.key is not None]
    return reader.database.rows(found[0], keys), found[1]


def _has_only_keys(path: ResourcePath, options: Options) -> bool:
    """Whether the keys in the path, each once, are the only parameters of the statement."""
    if options.filter is not None or options.skip_token is not None:
        return False
    if len(path.steps) == 1 and options.order:
        return False
    if any(step.entity.name == "FeatureOfInterest" for step in path.steps):
        return False
    return all(isinstance(key.expression, PropertyPath) for key in options.order)
