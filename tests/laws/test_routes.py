"""Every route says who may use it, and only capabilities somebody can hold are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from hereabouts.kernel.access import Access, access_of
from hereabouts.people.domain.roles import ROLES
from hereabouts.site.hot import hot_mounts, hot_routes

pytestmark = pytest.mark.once


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, object]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


def _routes() -> dict[str, Access | None]:
    pages = {name: access_of(view) for name, view in _patterns(get_resolver())}
    mounts = {mount.prefix: mount.access for mount in hot_mounts()}
    return (
        pages
        | mounts
        | {route.pattern: access_of(route.handler) or route.access for route in hot_routes()}
    )


def test_every_route_declares_its_capability_or_says_public() -> None:
    routes = _routes()
    assert len(routes) > 20
    assert [name for name, access in routes.items() if access is None] == []


def test_every_capability_a_route_asks_for_is_held_by_some_role() -> None:
    held = {capability for capabilities in ROLES.values() for capability in capabilities}
    asked = {access.capability for access in _routes().values() if access and access.capability}
    assert asked - held == set()


def test_every_desk_page_needs_a_capability() -> None:
    assert [
        name
        for name, access in _routes().items()
        if name.lstrip("/").startswith("desk/") and (access is None or access.is_public)
    ] == []
