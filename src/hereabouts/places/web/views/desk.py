"""The desk's page about imports: what was loaded, when, and what was wrong in it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import number, render_page
from hereabouts.kernel.access import requires
from hereabouts.kernel.desk import DeskEntry
from hereabouts.kernel.text import N_
from hereabouts.places.actions.importing import IMPORT
from hereabouts.places.domain import wording
from hereabouts.places.errors import BadPage, PlaceNotFound
from hereabouts.places.queries.sources import (
    Run,
    count_findings,
    find_run,
    list_findings,
    page_of_runs,
)
from hereabouts.places.web.links import with_query
from hereabouts.places.web.words.names import word
from hereabouts.places.web.words.origins import source_name

DESK_ENTRY = DeskEntry(
    url_name="places:desk",
    title=N_("Imports"),
    summary=N_("What was loaded into the gazetteer, when, and what was wrong in it."),
    capability=IMPORT,
    order=20,
)


@requires(IMPORT)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Imports, newest first."""
    found, before = page_of_runs(_mark(request, "before") or None)
    context = {
        "rows": [_row(run) for run in found],
        "next_href": with_query("/desk/places/", before=before) if before else "",
    }
    return render_page(request, "places/desk_runs.html", context)


@requires(IMPORT)
@require_safe
def run(request: HttpRequest, uid: str) -> HttpResponse:
    """One import and its findings, all or of one code."""
    one = find_run(uid)
    if one is None:
        raise PlaceNotFound(name=uid[:40])
    codes = count_findings(uid)
    code = request.GET.get("code", "")
    code = code if code in codes else ""
    findings, after = list_findings(uid, code, _mark(request, "after"))
    here = f"/desk/places/{uid}"
    context = {
        "run": _row(one),
        "counts": _counts(one),
        "choices": [
            {
                "text": f"{name} ({number(times)})",
                "href": with_query(here, code=name),
                "is_here": name == code,
            }
            for name, times in codes.items()
        ],
        "code": code,
        "here": here,
        "findings": findings,
        "kept": sum(codes.values()),
        "next_href": with_query(here, code=code, after=after) if after else "",
    }
    return render_page(request, "places/desk_run.html", context)


def _mark(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "0")
    if not text.isascii() or not text.isdigit():
        raise BadPage
    return int(text[:15])


def _row(one: Run) -> Mapping[str, object]:
    changed = {
        change: sum(counts.get(change, 0) for counts in one.counts.values())
        for change in ("appeared", "changed", "moved", "went", "returned")
    }
    said = [
        gettext("%(count)s %(change)s") % {"count": number(times), "change": _change(change)}
        for change, times in changed.items()
        if times
    ]
    return {
        "uid": one.uid,
        "href": f"/desk/places/{one.uid}",
        "importer": word(wording.IMPORTERS, one.importer),
        "file_name": one.file_name,
        "digest": one.file_digest,
        "source": source_name(one.source, one.importer),
        "at": one.ended_at,
        "seconds": (one.ended_at - one.began_at).total_seconds(),
        "attribution": one.attribution,
        "finding_count": one.finding_count,
        "summary": ", ".join(said) or gettext("nothing changed"),
    }


def _counts(one: Run) -> list[tuple[str, ...]]:
    columns = ("appeared", "changed", "moved", "went", "returned", "unchanged")
    names = {**wording.IMPORTERS, **wording.KINDS}
    return [
        (word(names, kind), *(number(counts.get(name, 0)) for name in columns))
        for kind, counts in one.counts.items()
    ]


def _change(change: str) -> str:
    said = {
        "appeared": gettext("new"),
        "changed": gettext("changed"),
        "moved": gettext("moved"),
        "went": gettext("gone"),
        "returned": gettext("back"),
    }
    return said[change]
