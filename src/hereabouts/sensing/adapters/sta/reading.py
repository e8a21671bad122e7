"""Reads: sets, entities, properties, raw values and references.

Source: OGC 18-088, clause 9.
"""

from __future__ import annotations

from hereabouts.sensing.adapters.sta.calls import Call
from hereabouts.sensing.adapters.sta.replies import Reply, json_reply
from hereabouts.sensing.adapters.sta.shaping import shape, shape_value
from hereabouts.sensing.queries.reading import answer_bytes, entity_document, read
from hereabouts.standards.sensorthings.model import EntityType
from hereabouts.standards.sensorthings.parsing.options import parse_options
from hereabouts.standards.sensorthings.parsing.paths import parse_path
from hereabouts.standards.sensorthings.tree import Ending, Options


def answer_read(call: Call) -> Reply:
    """The answer to a GET, read from this thread's connection. Raises: refusals."""
    path = parse_path(call.path)
    options = parse_options(call.query, path.entity, relation=path.steps[-1].relation)
    plain = answer_bytes(path, options, level=call.grant.level, base=call.base)
    if plain is not None:
        return Reply(200, plain)
    answer = read(path, options, level=call.grant.level, base=call.base)
    if path.ending in (Ending.PROPERTY, Ending.VALUE):
        return shape_value(path, answer.value, empties_null=call.settings.empties_null)
    return shape(path, options, answer, call.base)


def show_entity(call: Call, entity: EntityType, key: int, options: Options) -> Reply:
    """An entity as the caller of a change sees it; nothing where they may not see it."""
    found = entity_document(entity, key, call.grant.level, call.base, options=options)
    return Reply(200, b"", ()) if found is None else json_reply(found)
