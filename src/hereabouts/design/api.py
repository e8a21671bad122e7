"""The door: what other rooms use to make pages."""

from hereabouts.design.council import current_council, load_council
from hereabouts.design.domain.council import Council, MapStart
from hereabouts.design.forms import DayField, GovukFormRenderer, error_items
from hereabouts.design.navigation import NavigationEntry, add_navigation
from hereabouts.design.pages import render_page, render_refusal, sentence_of
from hereabouts.design.panels import Fact, Line, Panel
from hereabouts.design.wording import (
    ago,
    clock,
    day,
    day_and_time,
    distance,
    language,
    locale,
    number,
    percent,
    sort_key,
    sorted_names,
    translated,
    unbroken,
    when,
)

__all__ = [
    "Council",
    "DayField",
    "Fact",
    "GovukFormRenderer",
    "Line",
    "MapStart",
    "NavigationEntry",
    "Panel",
    "add_navigation",
    "ago",
    "clock",
    "current_council",
    "day",
    "day_and_time",
    "distance",
    "error_items",
    "language",
    "load_council",
    "locale",
    "number",
    "percent",
    "render_page",
    "render_refusal",
    "sentence_of",
    "sort_key",
    "sorted_names",
    "translated",
    "unbroken",
    "when",
]
