"""How many there are: exact where that is cheap, and beyond a limit honestly estimated."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.sensing.queries.reading.fields import STREAMS
from hereabouts.sensing.queries.reading.listing import add_filter, open_listing
from hereabouts.sensing.queries.reading.sources import Query, Reader, Source
from hereabouts.sensing.queries.reading.tables import NAMES
from hereabouts.standards.sensorthings.model import ENTITY_TYPES
from hereabouts.standards.sensorthings.tree import Expression, ResourcePath, Step

UNFILTERED = 20
"""How many times further whole sets are counted exactly: that reads no more than an index."""


def count_entities(
    reader: Reader, path: ResourcePath, condition: Expression | None
) -> tuple[int, bool]:
    """How many entities a path leads to, and whether that is an estimate. Raises: CannotBeAsked."""
    steps = path.steps
    if condition is None and path.entity.name == "Observation":
        if len(steps) == 1:
            return _count_all_observations(reader), False
        if steps[-2].entity.name in STREAMS:
            return _count_of_streams(reader, steps[:-1]), False
    limit = reader.limits.counted * (1 if condition is not None else UNFILTERED)
    listing = open_listing(reader, steps)
    listing.query.stops_early = True
    add_filter(listing, condition)
    body = f"SELECT 1{listing.source.text(listing.where)} LIMIT {limit + 1}"
    found = int(listing.query.run(f"SELECT count(*) FROM ({body}) counted")[0][0])
    if found <= limit:
        return found, False
    return max(limit + 1, _estimate(reader, path, condition, limit)), True


def _count_all_observations(reader: Reader) -> int:
    total = 0
    for entity in (ENTITY_TYPES[name] for name in sorted(STREAMS)):
        query = Query(reader)
        source = Source(query)
        alias = source.add(entity)
        source.add_state(alias)
        rows = query.run(f"SELECT coalesce(sum({alias}st.count), 0){source.text()}")
        total += int(rows[0][0])
    return total


def _count_of_streams(reader: Reader, steps: Sequence[Step]) -> int:
    listing = open_listing(reader, steps)
    listing.source.add_state(listing.alias)
    counted = f"SELECT coalesce(sum({listing.alias}st.count), 0)"
    return int(listing.query.run(counted + listing.source.text(listing.where))[0][0])


def _estimate(reader: Reader, path: ResourcePath, condition: Expression | None, limit: int) -> int:
    """From how far the first matches reach among all ids, as if they lay evenly."""
    reader.database.walk_by_keys()
    listing = open_listing(reader, path.steps)
    listing.query.stops_early = True
    add_filter(listing, condition)
    alias = listing.alias
    first = (
        f"SELECT {alias}.id AS k{listing.source.text(listing.where)}"
        f" ORDER BY {alias}.id LIMIT {limit + 1}"
    )
    low, high = listing.query.run(f"SELECT min(k), max(k) FROM ({first}) reached")[0]
    whole = Query(reader).run(f"SELECT max(id) FROM {NAMES[path.entity.name]}")[0][0]
    return int((limit + 1) * (whole - low + 1) / max(1, high - low + 1))
