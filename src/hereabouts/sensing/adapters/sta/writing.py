"""Changes of the register: POST, PATCH, PUT and DELETE on entities, sets and links.

Source: OGC 18-088, clause 10.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import msgspec
from django.db import InterfaceError, OperationalError, connection

from hereabouts.sensing.actions import register
from hereabouts.sensing.actions.access import require_manage
from hereabouts.sensing.actions.register import Made
from hereabouts.sensing.adapters.sta.calls import Call, read_json
from hereabouts.sensing.adapters.sta.reading import show_entity
from hereabouts.sensing.adapters.sta.replies import MINIMAL, Header, MethodNotHere, Reply
from hereabouts.sensing.errors.reading import QuestionTooSlow
from hereabouts.sensing.queries.reading import find_ids
from hereabouts.standards.sensorthings.errors import BadRequest, OptionUnreadable
from hereabouts.standards.sensorthings.links import self_link
from hereabouts.standards.sensorthings.model import ENTITY_TYPES, EntityType
from hereabouts.standards.sensorthings.parsing.options import parse_options, read_pairs
from hereabouts.standards.sensorthings.parsing.paths import parse_path, parse_reference
from hereabouts.standards.sensorthings.tree import (
    Ending,
    Metadata,
    Options,
    ResourcePath,
    ResultFormat,
)

JSON_PATCH = b"application/json-patch+json"

PLAIN = Options()

log = logging.getLogger(__name__)

Body = dict[str, msgspec.Raw]


class _Reference(msgspec.Struct):
    """What a body says that a link is to lead to."""

    key: int | None = msgspec.field(name="@iot.id", default=None)
    link: str = msgspec.field(name="@iot.selfLink", default="")
    address: str = msgspec.field(name="@id", default="")
    url: str = ""


def answer_post(call: Call) -> Reply:
    """Create an entity in a set, or link one that is there. Raises: refusals."""
    path = parse_path(call.path)
    if path.ending is Ending.REFERENCES:
        return _link(call, path)
    if path.ending is not Ending.ENTITIES:
        raise MethodNotHere(method=call.method, allowed="GET, HEAD, OPTIONS")
    if path.is_entity:
        raise MethodNotHere(method=call.method, allowed="GET, HEAD, PATCH, PUT, DELETE, OPTIONS")
    options = _answer_options(call, path)
    made = register.create(path, read_json(call.body, Body), grant=call.grant)
    return _tell(call, made, options, 201)


def answer_update(call: Call) -> Reply:
    """Change an entity (PATCH), replace it (PUT), or turn a link. Raises: refusals."""
    path = parse_path(call.path)
    if path.ending is Ending.REFERENCES and call.method == "PUT":
        return _link(call, path)
    if path.ending is not Ending.ENTITIES:
        raise MethodNotHere(method=call.method, allowed="GET, HEAD, OPTIONS")
    if not path.is_entity:
        raise MethodNotHere(method=call.method, allowed="GET, HEAD, POST, DELETE, OPTIONS")
    options = _answer_options(call, path)
    if call.method == "PATCH" and call.media_type == JSON_PATCH:
        made = register.patch_json(path, read_json(call.body, msgspec.Raw), grant=call.grant)
    else:
        change: Callable[..., Made] = (
            register.update if call.method == "PATCH" else register.replace
        )
        made = change(path, read_json(call.body, Body), grant=call.grant)
    return _tell(call, made, options, 200)


def answer_delete(call: Call) -> Reply:
    """Delete an entity, the entities of a filter, or a link. Raises: refusals."""
    path = parse_path(call.path)
    if path.ending is Ending.REFERENCES:
        return _unlink(call, path)
    if path.ending is not Ending.ENTITIES:
        raise MethodNotHere(method=call.method, allowed="GET, HEAD, OPTIONS")
    if path.is_entity:
        register.delete(path, grant=call.grant)
        return Reply(200, b"", ())
    options = parse_options(call.query, path.entity, relation=path.steps[-1].relation)
    if options.filter is None:
        raise OptionUnreadable("a set is only deleted by a $filter", path.text)
    require_manage(call.grant)
    ids = find_ids(path, options.filter, call.grant.level)
    register.delete_filtered(path, ids, grant=call.grant)
    return Reply(200, b"", ())


def _tell(call: Call, made: Made, options: Options, status: int) -> Reply:
    """What came of a change: where it is, and the entity unless the caller asks to be spared."""
    entity = ENTITY_TYPES[made.entity_type]
    if status == 201:
        return show_created(call, entity, made.id, options)
    if call.wants_minimal:
        return Reply(status, b"", (MINIMAL,))
    return _show(call, entity, made.id, options) or Reply(status, b"", (MINIMAL,))


def show_created(
    call: Call,
    entity: EntityType,
    key: int,
    options: Options = PLAIN,
) -> Reply:
    """Where a new entity is, and the entity unless the caller asks to be spared."""
    headers: tuple[Header, ...] = ()
    if options.metadata is Metadata.FULL:
        headers = ((b"location", self_link(call.base, entity, key).encode("ascii", "ignore")),)
    if call.wants_minimal:
        return Reply(201, b"", (*headers, MINIMAL))
    shown = _show(call, entity, key, options)
    if shown is None:
        return Reply(201, b"", (*headers, MINIMAL))
    return Reply(201, shown.body, (*headers, *shown.headers))


def _show(call: Call, entity: EntityType, key: int, options: Options) -> Reply | None:
    """What was changed; None where the database went away between the commit and this read.

    What is committed is not answered with a fault, or the caller would send it again.
    """
    try:
        return show_entity(call, entity, key, options)
    except (OperationalError, InterfaceError, QuestionTooSlow) as fault:
        if connection.in_atomic_block:
            # Part of a change set: nothing is committed yet.
            raise
        log.warning("changed_not_shown path=%s fault=%s", call.path, fault)
        return None


def _answer_options(call: Call, path: ResourcePath) -> Options:
    """How the entity is shown once it is changed."""
    options = parse_options(call.query, path.entity)
    return replace(Options(), metadata=options.metadata, result_format=ResultFormat.JSON)


def _link(call: Call, path: ResourcePath) -> Reply:
    """Make a relation lead to an entity that is there: POST for many, PUT for one."""
    relation = path.steps[-1].relation
    if relation is None or (call.method == "PUT") is relation.is_many:
        raise MethodNotHere(method=call.method, allowed="GET, HEAD, DELETE, OPTIONS")
    found = read_json(call.body, _Reference)
    if found.key is not None:
        target = Made(relation.target, found.key)
    else:
        target = _referred(call, found.link or found.address or found.url)
    register.link(path, target, grant=call.grant)
    return Reply(204, b"", ())


def _unlink(call: Call, path: ResourcePath) -> Reply:
    """Take a link between two entities away; both stay."""
    named = dict(read_pairs(call.query)).get("$id")
    if named is None and path.steps[-1].key is None:
        raise BadRequest("say which link with $id, or by its id in brackets", path.text)
    target = None if named is None else _referred(call, named)
    register.unlink(path, target, grant=call.grant)
    return Reply(204, b"", ())


def _referred(call: Call, address: str) -> Made:
    entity, key = parse_reference(address, call.base)
    return Made(entity.name, key)
