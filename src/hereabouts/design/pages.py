"""Turning a template, or a refusal, into the answer a browser gets."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext

from hereabouts.kernel.refusals import Refusal

ENGINE = "jinja2"
REFUSAL_TEMPLATE = "design/refusal.html"


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a Jinja2 template as a whole page."""
    html = render_to_string(template, dict(context or {}), request, using=ENGINE)
    return depend_on_reader(HttpResponse(html, status=status))


def depend_on_reader(answer: HttpResponse) -> HttpResponse:
    """Tell caches that language and theme are the reader's own, not to be handed on."""
    patch_vary_headers(answer, ("Cookie", "Accept-Language"))
    return answer


def render_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Say no in a page: what happened, that nothing was lost, and what to do."""
    context = {"sentence": sentence_of(refusal), "code": refusal.code, "kind": refusal.kind.value}
    return render_page(request, REFUSAL_TEMPLATE, context, status=refusal.status)


def sentence_of(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    return refusal.sentence(gettext(refusal.message) if refusal.message else None)
