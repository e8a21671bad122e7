"""The description of our own API, written from the routes that describe themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from hereabouts import __version__
from hereabouts.kernel.access import Access, access_of
from hereabouts.kernel.asgi import HotRoute
from hereabouts.kernel.describe import Description, Parameter, description_of

Schema = Mapping[str, object]

COMPONENT = "#/components/schemas/{name}"
_DJANGO_PLACE = re.compile(r"<(?:(?P<kind>[a-z_]+):)?(?P<name>[a-z_]+)>")
_HOT_PLACE = re.compile(r"\{(?P<name>[a-z_]+)(?::(?P<kind>int))?\}")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_INTEGER: Schema = {"type": "integer"}
_TEXT: Schema = {"type": "string"}

ERROR_SCHEMA: Schema = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "description": "Stable; programs go by this."},
        "message": {"type": "string", "description": "A sentence for people."},
    },
}


@dataclass(frozen=True)
class Operation:
    """One described route: its path with `{places}`, and what it says about itself."""

    path: str
    name: str
    description: Description
    access: Access | None
    integers: frozenset[str]
    method: str = "get"


def list_pages() -> list[tuple[str, str, object]]:
    """Every Django route: path as Django writes it, name and view; regular expressions left out."""
    return list(_walk(get_resolver(), "/", ""))


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[tuple[str, str, object]]:
    for entry in resolver.url_patterns:
        if not isinstance(entry.pattern, RoutePattern):
            continue
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            yield path, f"{space}{entry.name or path}", entry.callback


def build_document(
    pages: Iterable[tuple[str, str, object]], hot_routes: Iterable[HotRoute]
) -> dict[str, object]:
    """The OpenAPI document of all routes that carry a description. Source: OpenAPI 3.1."""
    operations = [*_from_pages(pages), *_from_hot_routes(hot_routes)]
    types = {op.description.returns for op in operations if op.description.returns is not None}
    ordered = sorted(types, key=lambda kind: kind.__qualname__)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=COMPONENT)
    answers = dict(zip(ordered, schemas, strict=True))
    paths = {
        operation.path: {operation.method: _operation(operation, answers)}
        for operation in sorted(operations, key=lambda operation: operation.path)
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hereabouts",
            "version": __version__,
            "description": "What this place knows, as our own pages read it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({op.description.tag for op in operations} - {""})],
        "paths": paths,
        "components": {
            "schemas": {**components, "Refusal": ERROR_SCHEMA},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _from_pages(pages: Iterable[tuple[str, str, object]]) -> Iterator[Operation]:
    for path, name, view in pages:
        description = description_of(view)
        if description is not None:
            yield _place((path, _DJANGO_PLACE), name, description, access_of(view))


def _from_hot_routes(routes: Iterable[HotRoute]) -> Iterator[Operation]:
    for route in routes:
        description = description_of(route.handler)
        if description is not None:
            written = (route.pattern, _HOT_PLACE)
            placed = _place(written, route.name, description, route.declared_access)
            yield replace(placed, method=route.methods[0].lower())


def _place(
    written: tuple[str, re.Pattern[str]],
    name: str,
    description: Description,
    access: Access | None,
) -> Operation:
    path, places = written
    integers = frozenset(match["name"] for match in places.finditer(path) if match["kind"] == "int")
    plain = places.sub(lambda match: "{" + match["name"] + "}", path)
    return Operation(plain, name, description, access, integers)


def _operation(operation: Operation, answers: Mapping[type, Schema]) -> dict[str, object]:
    described = operation.description
    schema: Schema = answers[described.returns] if described.returns else {}
    content = {described.media_type: {"schema": schema} if schema else {}}
    refusal = {"application/json": {"schema": {"$ref": COMPONENT.format(name="Refusal")}}}
    written: dict[str, object] = {
        "operationId": re.sub(r"[^A-Za-z0-9]+", "_", operation.name).strip("_"),
        "summary": described.summary,
        "parameters": _parameters(operation),
        "responses": {
            "200": {"description": "The answer.", "content": content},
            "default": {"description": "A refusal.", "content": refusal},
        },
    }
    if described.tag:
        written["tags"] = [described.tag]
    if operation.access is not None and operation.access.capability is not None:
        written["security"] = [{"token": []}]
        written["x-capability"] = operation.access.capability
    return written


def _parameters(operation: Operation) -> list[dict[str, object]]:
    declared = operation.description.parameters
    named = {parameter.name for parameter in declared if parameter.where == "path"}
    places = [
        Parameter(name, "", "path", _INTEGER if name in operation.integers else _TEXT, True)
        for name in _PLACE.findall(operation.path)
        if name not in named
    ]
    return [_parameter(parameter) for parameter in (*places, *declared)]


def _parameter(parameter: Parameter) -> dict[str, object]:
    written: dict[str, object] = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.is_required or parameter.where == "path",
        "schema": dict(parameter.schema),
    }
    if parameter.meaning:
        written["description"] = parameter.meaning
    return written
