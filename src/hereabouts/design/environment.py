"""The Jinja2 environment of every page: loaders, filters and what templates may call."""

from __future__ import annotations

import json

import jinja2
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django_vite.templatetags.django_vite import vite_asset, vite_preload_asset

from hereabouts.design import preferences, wording
from hereabouts.design.council import current_council
from hereabouts.design.forms.errors import error_items
from hereabouts.design.map_words import map_words
from hereabouts.design.navigation import navigation


def environment(
    *,
    loader: jinja2.BaseLoader,
    autoescape: bool,
    auto_reload: bool,
    undefined: type[jinja2.Undefined],
) -> jinja2.Environment:
    """Build the environment; the parameters are those that Django's Jinja2 back end passes.

    What Django would do about names that are not there is passed over: the GOV.UK macros read
    optional members of members, as in `params.label.classes`.
    """
    built = jinja2.Environment(
        loader=jinja2.ChoiceLoader([loader, _govuk_loader()]),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=autoescape,
        auto_reload=auto_reload,
        undefined=jinja2.ChainableUndefined,
    )
    built.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    built.globals.update(_globals())
    built.filters.update(_filters())
    return built


def _govuk_loader() -> jinja2.BaseLoader:
    prefix = "govuk_frontend_jinja"
    return jinja2.PrefixLoader({prefix: jinja2.PackageLoader(prefix)})


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a named route."""
    return reverse(name, args=args, kwargs=kwargs)


def sign_in_address() -> str:
    """Where people sign in, as the settings say."""
    return resolve_url(settings.LOGIN_URL)


def messages_of(request: HttpRequest | None) -> list[object]:
    """What a view has left to be said on the next page."""
    return list(get_messages(request)) if request is not None else []


def to_json(value: object) -> str:
    """A value as JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


def _globals() -> dict[str, object]:
    return {
        "url": url,
        "sign_in_address": sign_in_address,
        "static": static,
        "vite_asset": vite_asset,
        "vite_preload_asset": vite_preload_asset,
        "council": current_council,
        "language": wording.language,
        "theme_of": preferences.theme_of,
        "language_choices": preferences.language_choices,
        "theme_choices": preferences.theme_choices,
        "navigation": navigation,
        "map_words": map_words,
        "messages_of": messages_of,
        "error_items": error_items,
        "to_json": to_json,
    }


def _filters() -> dict[str, object]:
    return {
        "day": wording.day,
        "clock": wording.clock,
        "day_and_time": wording.day_and_time,
        "ago": wording.ago,
        "when": wording.when,
        "machine_time": wording.machine_time,
        "number": wording.number,
        "percent": wording.percent,
        "distance": wording.distance,
        "sorted_names": wording.sorted_names,
        "translated": wording.translated,
    }
