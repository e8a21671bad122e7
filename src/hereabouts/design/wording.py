"""Times, numbers and names as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal, format_percent
from django.utils import timezone, translation
from django.utils.translation import gettext

from hereabouts.design.domain.collation import SortKey
from hereabouts.design.domain.collation import sort_key as sort_key_of
from hereabouts.kernel import time

Item = TypeVar("Item")
LOCALES = {"en": Locale("en", "GB"), "cy": Locale("cy", "GB")}
JUST_NOW = timedelta(seconds=45)
LONG_AGO = timedelta(days=30)
"""From here on "ago" says less than the date does."""


def language() -> str:
    """The reader's language, `en` or `cy`."""
    active = (translation.get_language() or "en").split("-")[0]
    return active if active in LOCALES else "en"


def locale() -> Locale:
    """The conventions of the reader's language, as used in the United Kingdom."""
    return LOCALES[language()]


def day(moment: date | datetime) -> str:
    """A date in words: 22 November 2026. Aware times are shown in the installation's zone."""
    return format_date(_local(moment), "d MMMM y", locale=locale())


def clock(moment: datetime) -> str:
    """The time of day: 14:03."""
    return _local(moment).strftime("%H:%M")


def day_and_time(moment: datetime) -> str:
    """Both: 14:03, 22 November 2026."""
    return f"{clock(moment)}, {day(moment)}"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, or how far ahead: 12 minutes ago. Without `now`, the clock is asked."""
    passed = (now or time.now()) - moment
    if abs(passed) < JUST_NOW:
        return gettext("just now")
    # Short of a whole unit, Babel rounds up at 85 %; we say 1 day only when it is one.
    return format_timedelta(-passed, add_direction=True, locale=locale(), threshold=1)


def when(moment: datetime, now: datetime | None = None) -> str:
    """A time as every page says it: 12 minutes ago (14:03, 22 November 2026).

    More than 30 days off only the exact time is said.
    """
    if abs((now or time.now()) - moment) > LONG_AGO:
        return day_and_time(moment)
    return f"{ago(moment, now)} ({day_and_time(moment)})"


def machine_time(moment: date | datetime) -> str:
    """A date or time for the `datetime` attribute: UTC with `Z`, or a plain date."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


def number(value: float, decimals: int = 0) -> str:
    """A number with the language's separators: 1,234 or 0.35."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=locale())


def percent(share: float) -> str:
    """A share from 0 to 1 as a whole percentage: 62%."""
    return format_percent(share, locale=locale())


def distance(metres: float) -> str:
    """A length in metres as people say it: 8 m, 120 m, 1.2 km; a line never ends within it."""
    if metres >= 995:
        return unbroken(gettext("%(number)s km") % {"number": number(metres / 1000, 1)})
    rounded = round(metres) if metres < 20 else round(metres, -1)
    return unbroken(gettext("%(number)s m") % {"number": number(rounded)})


def unbroken(text: str) -> str:
    """The same, with spaces at which no line may end."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def sort_key(of_language: str | None = None) -> Callable[[str], SortKey]:
    """The key that sorts names in a language, the reader's own unless told."""
    return sort_key_of(of_language or language())


def sorted_names(items: Iterable[Item], attribute: str = "") -> list[Item]:
    """Items in alphabetical order of the reader's language, by themselves or by an attribute."""
    key = sort_key()
    return sorted(items, key=lambda item: key(str(getattr(item, attribute) if attribute else item)))


def translated(message: str) -> str:
    """The reader's wording of a message that rules marked with `N_`."""
    return gettext(message) if message else ""


def _local(moment: date | datetime) -> date | datetime:
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment
