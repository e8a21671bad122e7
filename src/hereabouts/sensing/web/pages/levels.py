"""Levels that managers watch: set and removed on the stream's page, listed at the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hereabouts.design.api import render_page, sentence_of
from hereabouts.kernel.access import actor_of, requires
from hereabouts.sensing.actions.thresholds import ThresholdDraft, remove_threshold, set_threshold
from hereabouts.sensing.errors.watching import TooManyThresholds
from hereabouts.sensing.queries.current import list_streams_now
from hereabouts.sensing.queries.sensor import list_thresholds
from hereabouts.sensing.web import words
from hereabouts.sensing.web.forms import ThresholdForm
from hereabouts.sensing.web.pages.stream import get_stream, show
from hereabouts.sensing.web.readers import MANAGE, level_for


@requires(MANAGE)
@require_POST
def set_level(request: HttpRequest, thing_id: int, stream_id: int) -> HttpResponse:
    """Watch a level; the page with its mistakes where it cannot be."""
    actor = actor_of(request)
    _, one = get_stream(actor, thing_id, stream_id)
    form = ThresholdForm(request.POST)
    if not form.is_valid():
        return show(request, thing_id, stream_id, form)
    draft = ThresholdDraft(one.id, form.cleaned_data["name"], form.level())
    try:
        set_threshold(draft, actor=actor)
    except TooManyThresholds as refusal:
        form.add_error(None, sentence_of(refusal))
        return show(request, thing_id, stream_id, form)
    messages.success(request, gettext("The level is watched."))
    return _back(thing_id, stream_id)


@requires(MANAGE)
@require_POST
def remove_level(request: HttpRequest, thing_id: int, stream_id: int, uid: str) -> HttpResponse:
    """Watch a level no longer."""
    remove_threshold(uid, actor=actor_of(request))
    messages.success(request, gettext("The level is no longer watched."))
    return _back(thing_id, stream_id)


def _back(thing_id: int, stream_id: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('sensing:stream', args=[thing_id, stream_id])}#levels")


@requires(MANAGE)
@require_safe
def levels(request: HttpRequest) -> HttpResponse:
    """Every watched level, with what its stream reads now."""
    level = level_for(actor_of(request))
    watched = list_thresholds()
    ids = {one.stream_id for one in watched}
    streams = {one.id: one for one in list_streams_now(stream_ids=ids, level=level)}
    rows = [
        {
            "level": one,
            "text": words.with_unit(one.value, streams[one.stream_id].unit),
            "stream": streams[one.stream_id],
            "value": words.value_text(streams[one.stream_id]),
        }
        for one in watched
        if one.stream_id in streams
    ]
    return render_page(request, "sensing/desk/levels.html", {"rows": rows})
