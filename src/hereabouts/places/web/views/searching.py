"""The search page, its suggestions while somebody types, and the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import sentence_of
from hereabouts.kernel.access import public
from hereabouts.kernel.describe import Parameter, describe
from hereabouts.kernel.geometry import Point
from hereabouts.places.domain import wording
from hereabouts.places.domain.found import Answer, AreaRef, Hit
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.errors import BadPage, SearchTooLong
from hereabouts.places.queries.search import search, search_grouped, suggest
from hereabouts.places.web.answers import json_answer, meta, page
from hereabouts.places.web.links import with_query
from hereabouts.places.web.words.lists import hit_item, hit_note, hit_title
from hereabouts.places.web.words.names import word

PAGE = 20
MAX_SKIP = 280
GROUP = 8
"""Hits of one kind that are shown before "more"."""

QUESTION = Parameter("q", "What to look for: a street, postcode, area, address or reference.")
KIND = Parameter(
    "kind",
    "Only one kind of place.",
    schema={"type": "string", "enum": sorted(wording.KINDS_MANY)},
)
SKIP = Parameter("skip", "How many hits to pass over.", schema={"type": "integer", "minimum": 0})


@dataclass(frozen=True)
class Group:
    """Hits of one kind under their heading."""

    title: str
    items: Sequence[dict[str, str]]
    more_href: str
    more_text: str


@dataclass(frozen=True)
class FoundPlace:
    """One hit as data: its name and what and where it is in words, and where its page is."""

    kind: Kind
    uid: str
    name: str
    note: str
    href: str
    place: Point | None
    areas: Sequence[AreaRef]


@dataclass(frozen=True)
class SearchResults:
    """What a question finds, as data; `counts` by kind are of what was read so far."""

    question: str
    is_guess: bool
    is_part: bool
    counts: Mapping[Kind, int]
    has_more: bool
    hits: Sequence[FoundPlace]


@public
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What a question finds, grouped by kind, or page by page for one kind."""
    text = request.GET.get("q", "")
    kind, skip = _kind(request), _skip(request)
    try:
        answer = search(text, kind=kind, skip=skip) if kind else search_grouped(text, GROUP)
    except SearchTooLong as refusal:
        context = {"question": "", "refusal": sentence_of(refusal), "meta": meta(request, "")}
        return page(request, "places/search.html", context, status=refusal.status)
    context = {
        "question": answer.question,
        "answer": answer,
        "groups": [] if kind else _groups(answer),
        "items": [hit_item(hit) for hit in answer.hits] if kind else [],
        "kind": word(wording.KINDS_MANY, kind.value) if kind else "",
        "everything_href": with_query("/search", q=answer.question) if kind else "",
        "previous_href": _page_href(answer, kind, skip - PAGE) if skip else "",
        "next_href": _page_href(answer, kind, skip + PAGE) if answer.has_more and kind else "",
        "meta": meta(request, "", with_query("/search.json", q=answer.question)),
    }
    return page(request, "places/search.html", context)


@public
@describe("What a question finds, best first.", QUESTION, KIND, SKIP, returns=SearchResults)
@require_safe
def results_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    answer = search(request.GET.get("q", ""), kind=_kind(request), skip=_skip(request))
    return json_answer(_results(answer))


@public
@describe("What somebody who is still typing may mean.", QUESTION, returns=SearchResults)
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """A few hits for the box to offer."""
    answer = suggest(request.GET.get("q", ""))
    return json_answer(_results(answer))


def _results(answer: Answer) -> SearchResults:
    return SearchResults(
        question=answer.question,
        is_guess=answer.is_guess,
        is_part=answer.is_part,
        counts=answer.counts,
        has_more=answer.has_more,
        hits=[_found(hit) for hit in answer.hits],
    )


def _found(hit: Hit) -> FoundPlace:
    return FoundPlace(
        kind=hit.kind,
        uid=hit.uid,
        name=hit_title(hit),
        note=hit_note(hit),
        href=hit_item(hit)["href"],
        place=hit.place,
        areas=hit.areas,
    )


def _groups(answer: Answer) -> list[Group]:
    """Hits by kind; the kind of the best hit first."""
    by_kind: dict[Kind, list[Hit]] = {}
    for hit in answer.hits:
        by_kind.setdefault(hit.kind, []).append(hit)
    return [
        Group(
            title=word(wording.KINDS_MANY, kind.value),
            items=[hit_item(hit) for hit in hits],
            more_href=with_query("/search", q=answer.question, kind=kind.value)
            if answer.counts[kind] > len(hits)
            else "",
            more_text=gettext("All %(count)s") % {"count": answer.counts[kind]},
        )
        for kind, hits in by_kind.items()
    ]


def _page_href(answer: Answer, kind: Kind | None, skip: int) -> str:
    return with_query("/search", q=answer.question, kind=kind.value if kind else "", skip=skip)


def _kind(request: HttpRequest) -> Kind | None:
    asked = request.GET.get("kind", "")
    return Kind(asked) if asked in wording.KINDS_MANY else None


def _skip(request: HttpRequest) -> int:
    asked = request.GET.get("skip", "0")
    if not asked.isascii() or not asked.isdigit() or int(asked[:9]) > MAX_SKIP:
        raise BadPage
    return int(asked)
