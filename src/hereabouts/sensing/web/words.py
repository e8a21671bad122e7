"""Sensors and their readings in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec
from django.utils.translation import gettext, ngettext

from hereabouts.design.api import number, unbroken
from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.looking import Spot, Usual
from hereabouts.sensing.domain.observations import ResultKind
from hereabouts.sensing.domain.quality import RULES
from hereabouts.sensing.domain.watching import Comparison
from hereabouts.sensing.queries.current import StreamNow

LONGEST_TEXT = 120
LEAST, MOST = 1e-5, 1e15
"""Sizes of numbers that are written out; others with a power of ten."""
CLASS_NAMES: Mapping[DataClass, str] = {
    DataClass.OPEN: N_("Open: everybody may read it"),
    DataClass.SHARED: N_("Shared: departments and partners may read it"),
    DataClass.CLOSED: N_("Closed: only those who need it may read it"),
}
SIDES: Mapping[Comparison, str] = {Comparison.ABOVE: N_("Above"), Comparison.BELOW: N_("Below")}


def figure(value: float) -> str:
    """A number with as many decimals as its size deserves: 0.034, 1.27, 31.4, 412."""
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if size and not LEAST <= size < MOST:
        return f"{value:.3g}"
    if size >= 100 or value == int(value):
        return number(value)
    least = 1 if size >= 10 else 2 if size >= 1 else 2 - math.floor(math.log10(size)) - 1
    decimals = min(6, max(1, least))
    text = number(round(value, decimals), decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_unit(value: float, unit: str) -> str:
    """A number and its unit, which no line parts: 31 µg/m³, 80%."""
    if not unit:
        return figure(value)
    space = "" if unit in ("%", "°") else " "
    return unbroken(f"{figure(value)}{space}{unit}")


def reading_text(kind: int | None, value: float | None, result: str | None, unit: str) -> str:
    """A result as people read it."""
    if kind == ResultKind.NULL or kind is None:
        return gettext("nothing")
    if kind == ResultKind.TRUTH:
        return gettext("yes") if value else gettext("no")
    if value is not None:
        return with_unit(value, unit)
    return _json_text(result or "")


def _json_text(text: str) -> str:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text[:LONGEST_TEXT]
    if isinstance(found, list):
        return ", ".join(figure(one) if isinstance(one, float | int) else str(one) for one in found)
    return str(found)[:LONGEST_TEXT]


def value_text(one: StreamNow) -> str:
    """What a stream reads now."""
    if one.at is None:
        return gettext("Nothing yet")
    return reading_text(one.kind, one.number, one.text, one.unit)


def flag_names(quality: int) -> list[str]:
    """The flags of an observation by name."""
    return [gettext(rule.title) for rule in RULES if quality & rule.flag]


def flag_keys(quality: int) -> list[str]:
    """The flags of an observation as programs know them."""
    return [rule.name for rule in RULES if quality & rule.flag]


def usual_text(value: float | None, usual: Usual | None) -> str:
    """How a value compares with the last week; empty where nothing is known."""
    if value is None or usual is None:
        return ""
    side = usual.side_of(value)
    if side > 0:
        return gettext("higher than usual")
    return gettext("lower than usual") if side < 0 else gettext("as usual")


def usual_range(usual: Usual | None, unit: str) -> str:
    """Between which values it mostly was in the last week; empty where nothing is known."""
    if usual is None:
        return ""
    return gettext("mostly between %(low)s and %(high)s in the last week") % {
        "low": figure(usual.low),
        "high": with_unit(usual.high, unit),
    }


def spark_label(name: str, spots: Sequence[Spot], unit: str) -> str:
    """What a sparkline shows, in words."""
    if not spots:
        return ""
    return gettext("%(name)s over 24 hours: from %(low)s to %(high)s.") % {
        "name": name,
        "low": figure(min(spot.mean for spot in spots)),
        "high": with_unit(max(spot.mean for spot in spots), unit),
    }


def span_text(span: timedelta) -> str:
    """A length of time: 15 minutes, 3 hours, 1 day."""
    seconds = int(span.total_seconds())
    if seconds % 86_400 == 0:
        days = seconds // 86_400
        return days_text(days)
    if seconds % 3_600 == 0:
        hours = seconds // 3_600
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": number(hours)}
    minutes = max(1, seconds // 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": number(minutes)}


def days_text(days: int) -> str:
    """A number of days."""
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": number(days)}
