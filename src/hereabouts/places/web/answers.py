"""The two forms of an answer: a page for people, JSON for everyone else; both may be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

from hereabouts.design.api import render_page
from hereabouts.places.web.words.names import asset_names

JSON_AGE_S = 60


@dataclass(frozen=True)
class Meta:
    """What a page says to browsers and search engines about itself."""

    description: str
    canonical: str
    alternate: str = ""


def page(
    request: HttpRequest, template: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    """A page that browsers may keep, as long as they ask whether it has changed."""
    named = {"asset_names": asset_names(), **context}
    answer = render_page(request, template, named, status=status)
    if status == 200:
        # The language and the colours are in cookies, and a signed-in reader has more links.
        patch_cache_control(answer, private=True, no_cache=True)
        patch_vary_headers(answer, ["Cookie"])
    return answer


def json_answer(value: object, links: Mapping[str, str] | None = None) -> HttpResponse:
    """A value as JSON, open to every origin, kept for a minute."""
    body = plain(value)
    if links and isinstance(body, dict):
        body = {**body, "links": dict(links)}
    answer = HttpResponse(msgspec.json.encode(body), content_type="application/json")
    patch_cache_control(answer, public=True, max_age=JSON_AGE_S)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def plain(value: object) -> object:
    """A value of the gazetteer as JSON has it: objects, lists, texts and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(name)): plain(inner) for name, inner in value.items()}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    return value


def meta(request: HttpRequest, description: str, alternate: str = "") -> Meta:
    """The page's own address without its query, and where the same is as JSON."""
    return Meta(description, request.build_absolute_uri(request.path), alternate)
